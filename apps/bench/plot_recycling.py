#!/usr/bin/env python3
"""Pictures of what bench_recycling measured.

    bench_recycling helmholtz convection elliptic --csv figures.csv
    plot_recycling.py figures.csv --out pictures

Writes recycling_applications.png (operator applications per system, by method: tables helmholtz and convection) and
elliptic_seconds.png (seconds per system with quartiles: table elliptic). Draws with matplotlib if it is there, else with gnuplot.
Several CSV files are read one after another.
"""

import argparse
import csv
import pathlib
import shutil
import subprocess
import sys

WIDTH, HEIGHT = 1500, 800


def read_rows(paths):
    rows = []
    for path in paths:
        try:
            with open(path, newline="") as file:
                rows += list(csv.DictReader(file))
        except OSError as error:
            sys.exit(f"{path}: {error.strerror}: give the file that bench_recycling --csv wrote")
    if rows and not {"table", "problem", "method", "operator_applications", "seconds_median"} <= rows[0].keys():
        sys.exit(f"{paths[0]}: not a table of bench_recycling: the columns table, problem, method, ... are missing")
    return rows


def number(row, column):
    return float(row[column]) if row.get(column) else None


def solved(row, column):
    """Only what was measured on all systems may be compared."""
    return number(row, column) if row["failed"] == "0" else None


def chart(rows, tables, columns):
    """Problems, methods, and for each (problem, method) the columns' values; None where a method failed."""
    rows = [row for row in rows if row["table"] in tables]
    if "operator_applications" in columns:  # a direct solver applies the operator to check itself, which compares with nothing
        rows = [row for row in rows if number(row, "iterations") != 0.0]
    problems = list(dict.fromkeys(row["problem"] for row in rows))
    methods = list(dict.fromkeys(row["method"] for row in rows))
    values = {(row["problem"], row["method"]): [solved(row, c) for c in columns] for row in rows}
    methods = [m for m in methods if any(values.get((p, m), [None])[0] for p in problems)]
    return problems, methods, values


def draw_matplotlib(pyplot, path, title, label, problems, methods, values):
    figure, axes = pyplot.subplots(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
    width = 0.85 / len(methods)
    for k, method in enumerate(methods):
        places = [p + (k - 0.5 * (len(methods) - 1)) * width for p in range(len(problems))]
        entries = [values.get((problem, method), [None]) for problem in problems]
        heights = [entry[0] or 0.0 for entry in entries]
        bars = axes.bar(places, heights, width, label=method, color=pyplot.get_cmap("tab20")(k))
        for bar, entry in zip(bars, entries):
            if len(entry) == 3 and entry[0]:
                middle = bar.get_x() + 0.5 * bar.get_width()
                axes.plot([middle, middle], entry[1:], color="black", linewidth=1)
    axes.set_yscale("log")
    axes.set_xticks(range(len(problems)), [problem.replace(", ", "\n") for problem in problems])
    axes.set_ylabel(label)
    axes.set_title(title)
    axes.grid(axis="y", which="both", alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    figure.savefig(path, bbox_inches="tight")


def gnuplot_data(problems, methods, values):
    lines = ["problem " + " ".join(f'"{m}"' for m in methods)]
    for problem in problems:
        cells = ['"' + problem.replace(", ", "\\n") + '"']
        for method in methods:
            entry = values.get((problem, method), [None])
            entry = [entry[0]] * 3 if len(entry) == 1 else entry
            cells += ["NaN" if v is None else repr(v) for v in entry]
        lines.append(" ".join(cells))
    return "\n".join(lines)


def draw_gnuplot(path, title, label, problems, methods, values):
    data = gnuplot_data(problems, methods, values)
    plots = [f"$data every ::1 using {3 * k + 2}:{3 * k + 3}:{3 * k + 4}:xtic(1) title {method!r} lt {k + 1}" for k, method in enumerate(methods)]
    script = f"""
set terminal pngcairo size {WIDTH},{HEIGHT} font ',11' noenhanced
set output {str(path)!r}
$data << END
{data}
END
set style data histograms
set style histogram errorbars gap 2 lw 1
set style fill solid 0.85
set palette model HSV defined (0 0 0.7 0.9, 1 0.95 0.7 0.9)
{chr(10).join(f"set linetype {k + 1} lc palette frac {k / len(methods):.3f}" for k in range(len(methods)))}
unset colorbox
set logscale y
set grid y
set bmargin 4
set xtics font ',9'
set title {title!r}
set ylabel {label!r}
set key outside right center
plot {", ".join(plots)}
"""
    subprocess.run(["gnuplot", "-"], input=script, text=True, check=True)


def drawer():
    try:
        import matplotlib
    except ImportError:
        if shutil.which("gnuplot") is None:
            sys.exit("neither matplotlib nor gnuplot is there: install one of them")
        return draw_gnuplot
    matplotlib.use("Agg")
    from matplotlib import pyplot
    return lambda *arguments: draw_matplotlib(pyplot, *arguments)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", nargs="+", type=pathlib.Path, help="what bench_recycling --csv wrote")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("."), help="folder for the pictures")
    arguments = parser.parse_args()
    rows = read_rows(arguments.csv)
    arguments.out.mkdir(parents=True, exist_ok=True)
    draw = drawer()
    pictures = [
        ("recycling_applications.png",
         "Indefinite and nonsymmetric systems, ILU(0): applications of the operator, start-up included (no bar: failed on some system)",
         "applications per system", ("helmholtz", "convection"), ("operator_applications",)),
        ("elliptic_seconds.png", "Darcy families: processor time per system, set-up included", "seconds per system (median, quartiles)",
         ("elliptic",), ("seconds_median", "seconds_lower_quartile", "seconds_upper_quartile")),
    ]
    for name, title, label, tables, columns in pictures:
        problems, methods, values = chart(rows, tables, columns)
        if not methods:
            print(f"{name}: no rows of the tables {', '.join(tables)}: not drawn", file=sys.stderr)
            continue
        draw(arguments.out / name, title, label, problems, methods, values)
        print(arguments.out / name)


if __name__ == "__main__":
    main()

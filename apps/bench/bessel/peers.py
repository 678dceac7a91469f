#!/usr/bin/env python3
"""Speed and accuracy of Kindred's log-Bessel functions beside their peers, one run, one core.

    python3 apps/bench/bessel/peers.py                 builds what it needs, measures, prints tables
    python3 apps/bench/bessel/peers.py --count 20000 --repetitions 7 --out out/bessel

Needs a C++20 compiler and CMake. With Arb there are errors beside the speeds; Boost.Math, GSL and SciPy are measured where they are
installed. Every routine gets the same points; repetitions go round all routines in turn, and medians of
processor times are reported.
"""

import argparse
import csv
import io
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

try:
    import numpy
    from scipy import special
except ImportError:
    numpy = special = None

HERE = Path(__file__).resolve().parent
SETS = "small,large,log,wide,core,hix"
OTHERS = "log_ive,log_kve,iv_ratio,kv_ratio,log_iv_dx,log_iv_dv,log_kv_dx,log_kv_dv"
SCIPY = {
    "log_iv": (0, "SciPy log(ive) + x", lambda v, x: numpy.log(special.ive(v, x)) + x),
    "log_kv": (1, "SciPy log(kve) - x", lambda v, x: numpy.log(special.kve(v, x)) - x),
}


def build(folder, native):
    subprocess.run(["cmake", "-S", HERE, "-B", folder, "-DCMAKE_BUILD_TYPE=Release", f"-DKINDRED_NATIVE={'ON' if native else 'OFF'}"],
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "-j"], check=True, stdout=subprocess.DEVNULL)


def write_points(build_folder, points, seed, count):
    """Points with reference values where Arb is there, else without."""
    options = ["--seed", str(seed), "--count", str(count)]
    generator = build_folder / "bessel_reference"
    if generator.exists():
        subprocess.run([generator, points, *options], check=True, stdout=subprocess.DEVNULL)
    else:
        subprocess.run([build_folder / "bench_log_bessel", "--points", points, *options], check=True)


def measure_own(build_folder, points, sets, functions, peers):
    command = [build_folder / "bench_log_bessel", points, "--sets", sets, "--functions", functions, "--peers", peers]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    for name, function, routine, *figures in csv.reader(io.StringIO(output)):
        yield (name, function, routine), [float(figure) for figure in figures]


def measure_scipy(points, name):
    table = numpy.fromfile(points / f"{name}.f64").reshape(-1, 22)
    v, x = table[:, 0].copy(), table[:, 1].copy()
    for function, (index, routine, evaluate) in SCIPY.items():
        with numpy.errstate(all="ignore"):
            y = evaluate(v, x)
            seconds = []
            while sum(seconds) < 0.03:
                start = time.process_time()
                evaluate(v, x)
                seconds.append(time.process_time() - start)
            fine = numpy.isfinite(y)
            hi, lo = table[fine, 2 + 2 * index], table[fine, 3 + 2 * index]
            error = numpy.abs((y[fine].astype(numpy.longdouble) - hi) - lo)
            relative, absolute = (float(numpy.max(e)) if e.size else float("nan") for e in (error / numpy.abs(hi), error))
        yield (name, function, routine), [1e-6 * len(v) / statistics.median(seconds), 100.0 * (1.0 - fine.mean()), relative, absolute]


def markdown(results):
    """One table a function and set: a row a routine."""
    for name, function in dict.fromkeys((name, function) for name, function, _ in results):
        rows = {routine: figures for (n, f, routine), figures in results.items() if (n, f) == (name, function)}
        fast = rows["fast"][0]
        yield f"\n**{function}, {name}**\n"
        yield "| routine | Meval/s | `fast` is times as fast | not finite, % | max. relative error | max. absolute error |"
        yield "|---|---|---|---|---|---|"
        for routine, (speed, failing, relative, absolute) in rows.items():
            errors = ["–" if e != e else f"{e:.1e}" for e in (relative, absolute)]
            yield f"| {routine} | {speed:.3g} | {fast / speed:.3g} | {failing:.3g} | {errors[0]} | {errors[1]} |"


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown processor"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build/bessel"), help="build folder (default: %(default)s)")
    parser.add_argument("--points", type=Path, help="folder of points; written if it does not exist (default: points/ in the build folder)")
    parser.add_argument("--count", type=int, default=20000, help="points a set (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sets", default=SETS, help="default: %(default)s")
    parser.add_argument("--repetitions", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--core", type=int, help="the core to run on (default: the last one allowed)")
    parser.add_argument("--own", action="store_true", help="leave the peers out")
    parser.add_argument("--all", action="store_true", help="also ratios, derivatives and scaled forms (which have no peers)")
    parser.add_argument("--native", action="store_true", help="compile for this machine's processor only (the peers gain most)")
    parser.add_argument("--out", type=Path, help="folder for results.md and results.csv")
    options = parser.parse_args()

    build(options.build, options.native)
    points = options.points or options.build / f"points-{options.seed}-{options.count}"
    if not points.exists():
        print("writing points …", file=sys.stderr)
        write_points(options.build, points, options.seed, options.count)
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {options.core if options.core is not None else allowed[-1]})

    samples = {}
    functions = "log_iv,log_kv" + ("," + OTHERS if options.all else "")
    for repetition in range(options.repetitions):
        print(f"repetition {repetition + 1} of {options.repetitions}", file=sys.stderr)
        for name in options.sets.split(","):
            found = list(measure_own(options.build, points, name, functions, "no" if options.own else "yes"))
            if special and not options.own:
                found += measure_scipy(points, name)
            for key, figures in found:
                samples.setdefault(key, []).append(figures)
    results = {key: [statistics.median(column) for column in zip(*figures)] for key, figures in samples.items()}

    text = f"{processor()}, one core, {options.repetitions} repetitions, medians\n" + "\n".join(markdown(results)) + "\n"
    print(text)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "results.md").write_text(text)
        with open(options.out / "results.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["set", "function", "routine", "meval_s", "failing_percent", "max_relative_error", "max_absolute_error"])
            writer.writerows([*key, *figures] for key, figures in results.items())


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Errors, work and seconds of `kindred integrate`, rule beside rule. Needs nothing but the program:

    python3 apps/bench/integrate_study.py rates build/release/apps/kindred      # 1-D lognormal: errors and work against the tolerance
    python3 apps/bench/integrate_study.py darcy build/release/apps/kindred      # 2-D Darcy, 64 random variables: multilevel, one grid, plain

Work is the number of unknowns of all linear systems solved. Prints Markdown tables; docs/integrate.md holds one outcome.
"""

import json
import math
import subprocess
import sys
import tempfile

CONSTANT = """version = 1
[problem]
type = "darcy"
forcing = 1.0
[problem.coefficient]
type = "lognormal"
modes = 1
zero_mean = false
tau = 1.0
sigma = 0.5
[grid]
n = [512]
[integrate]
absolute = 1e-3
levels = 7
[integrate.quantities]
average = "mean(u)"
"""

SERIES = CONSTANT.replace("modes = 1\n", "modes = 17\n").replace("tau = 1.0", "tau = 3.0").replace("sigma = 0.5", "sigma = 1.0")

DARCY = """version = 1
[problem]
type = "darcy"
forcing = 1.0
[problem.coefficient]
type = "lognormal"
alpha = 2.0
tau = 3.0
sigma = 1.0
modes = 8
zero_mean = false
[grid]
n = [64, 64]
[integrate]
relative = 1e-3
confidence = 0.95
dimensions = 64
[integrate.quantities]
integral = "integral(u)"
"""


def integrate(program, deck, *overrides):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(deck)
        file.flush()
        command = [program, "-q", "--json", "integrate", file.name, *overrides]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode not in (0, 1):
        sys.exit(finished.stderr)
    return json.loads(finished.stdout)


def unknowns(result):
    """Of all systems solved: level l solves on its own grid and on the one below."""
    sizes = [math.prod(int(n) for n in level["grid"].split(" × ")) for level in result["levels"]]
    return sum(
        level["evaluations"] * (size + below) for level, size, below in zip(result["levels"], sizes, [0, *sizes[:-1]])
    )


def slope(tolerances, works):
    x = [math.log(t) for t in tolerances]
    y = [math.log(w) for w in works]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx) ** 2 for a in x)


def rates(program, runs=10):
    for name, deck, truth in [("a = exp(Y)", CONSTANT, math.exp(0.125) / 12.0), ("a = exp(series of 16)", SERIES, None)]:
        if truth is None:
            truth = integrate(program, deck, "integrate.absolute=1e-6", 'integrate.rule={type="mlqmc", bounds="root_mean_square"}',
                              "integrate.seed=99")["quantities"][0]["value"]
        print(f"\n{name}, E mean(u) = {truth:.7g}; {runs} runs each\n")
        print("| rule | rmse wanted | rmse found | runs within twice that | work | grids |\n|---|---|---|---|---|---|")
        for rule, tolerances in [("mlmc", [1e-3, 5e-4, 2.5e-4]), ("mlqmc", [2e-4, 1e-4, 5e-5, 2.5e-5])]:
            works = []
            for tolerance in tolerances:
                results = [
                    integrate(program, deck, f"integrate.absolute={tolerance}", f"integrate.seed={seed}",
                              f'integrate.rule={{type="{rule}", bounds="root_mean_square"}}')
                    for seed in range(runs)
                ]
                errors = [abs(r["quantities"][0]["value"] - truth) for r in results]
                work = sum(unknowns(r) for r in results) / runs
                works.append(work)
                grids = max(sum(1 for level in r["levels"] if level["evaluations"] > 0) for r in results)
                rmse = math.sqrt(sum(e * e for e in errors) / runs)
                within = sum(e <= 2.0 * tolerance for e in errors) / runs
                print(f"| {rule} | {tolerance:g} | {rmse:.2g} | {100 * within:.0f} % | {work:.3g} | {grids} |", flush=True)
            print(f"| {rule} | | | | slope {slope(tolerances, works):.2f} | |", flush=True)


def darcy(program, plain_tolerance=2e-2):
    print("| rule | tolerance | value | half-width | solves | work | seconds |\n|---|---|---|---|---|---|---|")
    # The multilevel rules bound the grids' error too, for which 128 cells are needed; the others' tolerance is for the points' alone.
    for rule, tolerance, n, levels in [
        ('{type="mlqmc", replicates=16, first_points=2}', 1e-3, 128, 5),
        ('{type="mlmc"}', 2e-3, 128, 5),
        ('{type="replicated_student_t", replicates=16, first_points=32}', 1e-3, 64, 0),
        ('{type="monte_carlo_clt", inflate=1.0}', plain_tolerance, 64, 0),
    ]:
        r = integrate(program, DARCY, f"integrate.rule={rule}", f"integrate.relative={tolerance}", f"integrate.levels={levels}",
                      f"grid.n=[{n},{n}]")
        quantity = r["quantities"][0]
        half = 0.5 * (quantity["upper"] - quantity["lower"])
        solves = sum(level["solves"] for level in r["levels"])
        seconds = sum(level["worker_seconds"] for level in r["levels"])
        name = rule.split('"')[1]
        missed = "" if r["tolerance_met"] else " (missed)"
        print(f"| {name}, {n}² | {tolerance:g}{missed} | {quantity['value']:.6g} | {half:.2g} | {solves} | {unknowns(r):.3g} | {seconds:.3g} |", flush=True)
        if name == "monte_carlo_clt":
            factor = (plain_tolerance / 1e-3) ** 2
            print(f"| {name}, extrapolated | 0.001 | | | {solves * factor:.3g} | {unknowns(r) * factor:.3g} | {seconds * factor:.3g} |")


if __name__ == "__main__":
    {"rates": rates, "darcy": darcy}[sys.argv[1]](sys.argv[2])

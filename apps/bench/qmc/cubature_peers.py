#!/usr/bin/env python3
"""Kindred's adaptive cubature beside QMCPy's: Keister's integrand, the same rules and tolerances, on one core.

    python3 -m venv build/qmc-venv && build/qmc-venv/bin/pip install qmcpy
    build/qmc-venv/bin/python apps/bench/qmc/cubature_peers.py build/release/apps/bench/report_cubature

For every case the numbers of points and the errors beyond the tolerance over the seeds, and the mean processor time of a run, point sets
included; the last column is how many times as fast Kindred is. Nets are scrambled alike (linearly, and shifted); the lattices differ.
"""
import argparse
import csv
import io
import math
import subprocess
import time
import warnings

import numpy as np
import qmcpy

warnings.filterwarnings("ignore")

EXACT = {1: 1.380388447043143, 2: 1.8081864292636199, 3: 2.1683091021654807, 5: 1.1353239910124924}


def net(d, seed):
    return qmcpy.Keister(qmcpy.DigitalNetB2(d, seed=seed))


def lattice(d, seed):
    return qmcpy.Keister(qmcpy.Lattice(d, seed=seed))


# Kindred's rule, QMCPy's, its integrand
RULES = [
    ("net_g_lms", qmcpy.CubQMCNetG, net),
    ("lattice_g", qmcpy.CubQMCLatticeG, lattice),
    ("bayes_lattice", qmcpy.CubQMCBayesLatticeG, lattice),
    ("bayes_net", qmcpy.CubQMCBayesNetG, net),
]
CASES = [(1, 1e-3), (1, 1e-4), (2, 1e-3), (2, 1e-4), (3, 1e-3), (3, 1e-4), (5, 1e-3)]


def peer(rule, integrand, d, tolerance, seeds):
    """log2 of the fewest and most points, misses, mean milliseconds."""
    rule(integrand(d, 0), abs_tol=1.0).integrate()  # imports and files once
    logs, missed, seconds = [], 0, 0.0
    for seed in range(seeds):
        start = time.process_time()
        solution, data = rule(integrand(d, seed), abs_tol=tolerance).integrate()
        seconds += time.process_time() - start
        logs.append(round(math.log2(data.n_total)))
        missed += abs(np.squeeze(solution) - EXACT[d]) > tolerance
    return min(logs), max(logs), missed, 1e3 * seconds / seeds


def ours(program, rule, d, tolerance, seeds):
    run = subprocess.run(
        [program, "--csv", "--seeds", str(seeds), "--rule", rule, "--integrand", f"Keister, d = {d}", "--tolerance", str(tolerance)],
        check=True, capture_output=True, text=True)
    row = next(csv.DictReader(io.StringIO(run.stdout)))
    return int(row["log2_low"]), int(row["log2_high"]), int(row["missed"]), float(row["milliseconds"])


def shown(low, high, missed, milliseconds):
    points = f"2^{low}" + (f"-{high}" if high > low else "")
    return f"{points:>10}{missed:>7}{milliseconds:>10.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("report_cubature", help="the report program")
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    print(f"Keister, {arguments.seeds} seeds\n{'':31}{'Kindred':>27}{'QMCPy ' + qmcpy.__version__:>27}")
    print(f"{'rule':18}{'d':>3}{'tolerance':>10}" + 2 * f"{'points':>10}{'missed':>7}{'ms':>10}" + f"{'ratio':>8}")
    for name, rule, integrand in RULES:
        for d, tolerance in CASES:
            if name == "bayes_net" and (d > 3 or tolerance < 1e-3):  # minutes
                continue
            mine = ours(arguments.report_cubature, name, d, tolerance, arguments.seeds)
            theirs = peer(rule, integrand, d, tolerance, arguments.seeds)
            print(f"{name:18}{d:>3}{tolerance:>10g}{shown(*mine)}{shown(*theirs)}{theirs[3] / mine[3]:>8.0f}", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Kindred's point sets beside SciPy's and QMCPy's: the same points asked of each, construction included, on one core.

    python3 -m venv build/qmc-venv && build/qmc-venv/bin/pip install scipy qmcpy
    build/qmc-venv/bin/python apps/bench/qmc/compare.py build/release/apps/bench/bench_qmc

Runs alternate; the shortest processor time of each counts. The last column is how many times as fast Kindred is.
"""
import argparse
import warnings

import numpy as np
import qmcpy
from scipy.stats import qmc

from alternate import alternate

warnings.filterwarnings("ignore")


def scipy_sobol(scramble):
    return lambda n, d: qmc.Sobol(d, scramble=scramble, rng=np.random.default_rng(1), bits=32).random(n)


def scipy_halton(n, d):
    return qmc.Halton(d, scramble=True, rng=np.random.default_rng(1)).random(n)


def net(randomize, **options):
    return lambda n, d: qmcpy.DigitalNetB2(d, seed=1, randomize=randomize, **options)(n)


def lattice(n, d):
    return qmcpy.Lattice(d, seed=1, randomize="SHIFT")(n)


def halton(n, d):
    return qmcpy.Halton(d, seed=1, randomize="LMS DP")(n)


# what, Kindred's generator, rival, the rival's function, points, dimensions, repetitions
CASES = [
    ("Sobol', unscrambled", "sobol", "SciPy", scipy_sobol(False), 2**20, 8, 5),
    ("Sobol', lms + shift", "sobol_lms_shift", "SciPy", scipy_sobol(True), 2**20, 8, 5),
    ("Sobol', lms + shift", "sobol_lms_shift", "QMCPy", net("LMS DS"), 2**20, 8, 3),
    ("Sobol', lms + shift", "sobol_lms_shift", "SciPy", scipy_sobol(True), 2**10, 1000, 5),
    ("Sobol', lms + shift", "sobol_lms_shift", "QMCPy", net("LMS DS"), 2**10, 1000, 3),
    ("Sobol', nested uniform", "sobol_nested", "QMCPy", net("NUS"), 2**10, 8, 3),
    ("Sobol' of order 2, lms + shift", "sobol_order2_lms_shift", "QMCPy", net("LMS DS", alpha=2), 2**20, 8, 3),
    ("lattice + shift", "lattice_shift", "QMCPy", lattice, 2**20, 8, 3),
    ("Halton, scrambled", "halton_lms_permutation", "SciPy", scipy_halton, 2**17, 25, 3),
    ("Halton, lms + permutation", "halton_lms_permutation", "QMCPy", halton, 2**15, 25, 3),
    ("Sobol', lms + shift, small", "sobol_lms_shift", "SciPy", scipy_sobol(True), 2**8, 4, 20),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("bench_qmc", help="the benchmark program")
    program = parser.parse_args().bench_qmc
    print(f"{'points':32}{'n × d':>16}{'Kindred M/s':>13}{'rival':>8}{'M/s':>9}{'ratio':>8}")
    for what, generator, rival, function, n, d, repetitions in CASES:
        function(16, d)  # imports and files once
        command = [program, "--repeat", "3", "--time", generator, str(n), str(d)]
        ours, theirs = alternate(command, lambda: function(n, d), repetitions)
        numbers = 1e-6 * n * d
        print(f"{what:32}{f'{n} × {d}':>16}{numbers / ours:13.0f}{rival:>8}{numbers / theirs:9.2f}{theirs / ours:8.0f}", flush=True)
    print(f"SciPy {__import__('scipy').__version__}, QMCPy {qmcpy.__version__}")


if __name__ == "__main__":
    main()

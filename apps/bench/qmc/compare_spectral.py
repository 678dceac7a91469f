#!/usr/bin/env python3
"""Kindred's fast transforms and kernel matrices beside QMCPy's, NumPy's and SciPy's, on one core.

    python3 -m venv build/qmc-venv && build/qmc-venv/bin/pip install scipy qmcpy
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 build/qmc-venv/bin/python apps/bench/qmc/compare_spectral.py build/release/apps/bench/bench_spectral

Runs alternate; the shortest processor time of each counts. QMCPy's kernels are given their points, Kindred's make them. The last column is
how many times as fast Kindred is.
"""
import argparse
import warnings

import numpy as np
import qmcpy
import scipy.fft
import scipy.linalg

from alternate import alternate

warnings.filterwarnings("ignore")


def real(m, _):
    return np.random.default_rng(1).random(2**m)


def complex_values(m, d):
    return real(m, d) + 1j * real(m, d)


def lattice(m, d):
    kernel, points = qmcpy.KernelShiftInvar(d, alpha=2, lengthscales=0.1), qmcpy.Lattice(d, seed=1)(2**m)
    return lambda: kernel(points, points[0])


def net(m, d):
    sequence = qmcpy.DigitalNetB2(d, seed=1, randomize="DS")
    kernel, points = qmcpy.KernelDigShiftInvar(d, t=sequence.t, alpha=2, lengthscales=0.1), sequence(2**m, return_binary=True)
    return lambda: kernel(points, points[0])


def dense_solve(m, d):
    kernel, points, y = qmcpy.KernelShiftInvar(d, alpha=1, lengthscales=0.1), qmcpy.Lattice(d, seed=1)(2**m), real(m, d)

    def solve():
        matrix = kernel(points[:, None, :], points[None, :, :]) + 1e-6 * np.eye(2**m)
        return scipy.linalg.cho_solve(scipy.linalg.cho_factor(matrix), y)

    return solve


def on(function, values):
    def made(m, d):
        x = values(m, d)
        return lambda: function(x)

    return made


# what, Kindred's, rival, the rival's function, log2 n, dimensions, repetitions
CASES = [
    ("Walsh-Hadamard", "walsh", "QMCPy", on(qmcpy.fwht, real), 20, 1, 7),
    ("Walsh-Hadamard", "walsh", "QMCPy", on(qmcpy.fwht, real), 12, 1, 15),
    ("Fourier, complex", "fourier", "QMCPy", on(qmcpy.fftbr, complex_values), 20, 1, 7),
    ("Fourier, complex", "fourier", "SciPy, natural order", on(scipy.fft.fft, complex_values), 20, 1, 7),
    ("Fourier, real", "real_fourier", "SciPy, natural order", on(scipy.fft.rfft, real), 20, 1, 7),
    ("column, shift-invariant", "shift_2", "QMCPy", lattice, 16, 8, 7),
    ("column, digitally invariant", "digital_2", "QMCPy", net, 16, 8, 7),
    ("matrix and solution", "solve_shift", "Cholesky", dense_solve, 10, 4, 3),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("bench_spectral", help="the benchmark program")
    program = parser.parse_args().bench_spectral
    print(f"{'what':30}{'n':>6}{'d':>4}{'Kindred ms':>12}  {'rival':22}{'ms':>10}{'ratio':>8}")
    for what, ours_name, rival, make, m, d, repetitions in CASES:
        function = make(m, d)
        function()
        ours, theirs = alternate([program, "--time", ours_name, str(m), str(d)], function, repetitions)
        print(f"{what:30}{f'2^{m}':>6}{d:4}{1e3 * ours:12.4g}  {rival:22}{1e3 * theirs:10.4g}{theirs / ours:8.0f}", flush=True)
    print(f"SciPy {scipy.__version__}, QMCPy {qmcpy.__version__}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Concentrations of von Mises-Fisher distributions by SciPy, for comparison with bench_von_mises_fisher: the same range of kappa, solved by
Brent's method on the ratio of scipy.special.ive, which is what scipy.stats.vonmises_fisher.fit does, and by Newton's on whole arrays.
Needs NumPy and SciPy."""

import time

import numpy as np
from scipy.optimize import root_scalar
from scipy.special import ive


def ratio(p, kappa):
    return ive(p / 2, kappa) / ive(p / 2 - 1, kappa)


def brent(p, r):
    low, high = r * (p - 2) / (1 - r * r), r * p / (1 - r * r)
    return root_scalar(lambda kappa: ratio(p, kappa) - r, method="brentq", bracket=(max(low, 1e-10), high)).root


def newton(p, r):
    kappa = r * (p - r * r) / (1 - r * r)
    for _ in range(6):
        a = ratio(p, kappa)
        kappa = kappa - (a - r) / (1 - a * a - (p - 1) / kappa * a)
    return kappa


def main():
    rng = np.random.default_rng(1)
    print(f"{'p':>8}{'Brent, solves/s':>18}{'failed':>8}{'Newton, solves/s':>18}{'failed':>8}")
    for p in (2, 3, 16, 64, 256, 1024, 2048, 32768):
        kappa = p / 4 * 2.0 ** (4 * rng.random(20000))
        # The ratio's bounds (Amos, Segura) meet to 1e-3 here: any r in between will do for a comparison of speed.
        v = p / 2 - 1
        r = kappa / (v + 0.5 + np.sqrt(kappa**2 + (v + 0.5) * (v + 1.5)))
        start, failed = time.perf_counter(), 0
        for value in r[:200]:
            try:
                brent(p, value)
            except ValueError:
                failed += 1
        seconds = time.perf_counter() - start
        with np.errstate(all="ignore"):
            start_newton = time.perf_counter()
            result = newton(p, r)
            seconds_newton = time.perf_counter() - start_newton
        lost = np.count_nonzero(~np.isfinite(result))
        print(f"{p:>8}{200 / seconds:>18.0f}{failed / 2:>7.0f}%{len(r) / seconds_newton:>18.0f}{100 * lost / len(r):>7.0f}%")


if __name__ == "__main__":
    main()

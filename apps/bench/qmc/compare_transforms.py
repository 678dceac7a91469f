#!/usr/bin/env python3
"""Kindred's normal quantiles beside SciPy's, on one core: the same number of uniforms into the same array again and again.

    python3 -m venv build/qmc-venv && build/qmc-venv/bin/pip install scipy
    build/qmc-venv/bin/python apps/bench/qmc/compare_transforms.py build/release/apps/bench/bench_transforms

Runs alternate; medians of processor time. The last column is how many times as fast Kindred is.
"""
import argparse
import statistics
import subprocess
import time

import numpy as np
import scipy
from scipy import special


def scipy_seconds(function, u, out):
    inner = max(1, 2**16 // u.size)
    start = time.thread_time()
    for _ in range(inner):
        function(u, out)
    return (time.thread_time() - start) / inner


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_transforms")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    rivals = {
        "special.ndtri": lambda u, out: special.ndtri(u, out=out),
        "sqrt(2) special.erfinv(2 u - 1)": lambda u, out: np.multiply(special.erfinv(2 * u - 1), np.sqrt(2), out=out),
    }
    print(f"SciPy {scipy.__version__}")
    for numbers in (2**12, 2**23):
        u = (np.random.default_rng(1).integers(2**52, size=numbers) + 0.5) * 2.0**-52
        out = np.empty_like(u)
        ours, theirs = [], {name: [] for name in rivals}
        for _ in range(arguments.rounds):
            command = [arguments.bench_transforms, "--repeat", "5", "--time", "normal", str(numbers)]
            ours.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]))
            for name, function in rivals.items():
                theirs[name].append(scipy_seconds(function, u, out))
        kindred = statistics.median(ours)
        print(f"{numbers} numbers: Kindred {1e9 * kindred / numbers:.2f} ns, {1e-9 * numbers / kindred:.3f} G/s")
        for name, seconds in theirs.items():
            rival = statistics.median(seconds)
            print(f"  {name:40}{1e9 * rival / numbers:8.2f} ns {1e-9 * numbers / rival:8.3f} G/s {rival / kindred:7.1f}")


if __name__ == "__main__":
    main()

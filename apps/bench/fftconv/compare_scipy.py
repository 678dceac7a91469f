#!/usr/bin/env python3
"""Kindred's convolutions beside scipy.signal.fftconvolve and oaconvolve: full linear convolutions of L numbers with K taps, on one core.

    python3 -m venv build/scipy-venv && build/scipy-venv/bin/pip install scipy
    build/scipy-venv/bin/python apps/bench/fftconv/compare_scipy.py build/release/apps/bench/fftconv/bench_convolution

Runs alternate; medians of processor time; the last columns are how many times as fast Kindred is. SciPy transforms the kernel in every call,
Kindred's plan keeps its transform.
"""
import argparse
import statistics
import subprocess
import time

import numpy as np
import scipy
from scipy import signal


class Kindred:
    def __init__(self, program, single):
        command = [program, "--serve"] + (["--float"] if single else [])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().split()

    def plan(self, data, kernel, batch):
        return self.ask(f"plan {data} {kernel} {batch} 1")[1]

    def seconds(self, repetitions):
        return float(self.ask(f"run {repetitions}")[0])


def seconds(function, repetitions):
    start = time.thread_time()
    for _ in range(repetitions):
        function()
    return (time.thread_time() - start) / repetitions


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_convolution")
    parser.add_argument("--float", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    kindred = Kindred(arguments.bench_convolution, arguments.float)
    dtype = np.float32 if arguments.float else np.float64
    generator = np.random.default_rng(1)
    print(f"SciPy {scipy.__version__}, {np.dtype(dtype)}; microseconds")
    print(f"{'L':>8} {'K':>8} {'batch':>6} {'Kindred':>10} {'fftconvolve':>12} {'oaconvolve':>12} {'ratios':>14}  method")
    for data in (2**8, 2**10, 2**12, 2**14, 2**16, 2**18, 2**20):
        for kernel in sorted({3, 31, 127, 1023, data // 4, data}):
            for batch in (1, 64) if data <= 2**12 else (1,):
                if kernel > data:
                    continue
                x = generator.standard_normal((batch, data)).astype(dtype)
                h = generator.standard_normal((1, kernel)).astype(dtype)
                method = kindred.plan(data, kernel, batch)
                rivals = [lambda: signal.fftconvolve(x, h, axes=1), lambda: signal.oaconvolve(x, h, axes=1)]
                repetitions = max(1, int(2e-3 / max(seconds(rivals[0], 1), 1e-6)))
                times = [[], [], []]
                for _ in range(arguments.rounds):
                    times[0].append(kindred.seconds(repetitions))
                    for k, rival in enumerate(rivals):
                        times[k + 1].append(seconds(rival, repetitions))
                ours, fft, oa = (1e6 * statistics.median(t) for t in times)
                print(f"{data:8} {kernel:8} {batch:6} {ours:10.2f} {fft:12.2f} {oa:12.2f} {fft / ours:7.1f}{oa / ours:7.1f}  {method}", flush=True)


if __name__ == "__main__":
    main()

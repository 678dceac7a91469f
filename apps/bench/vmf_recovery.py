#!/usr/bin/env python3
"""How often the fitted kappa lies within one, two and three of its standard errors of the truth: samples and fits of many seeds.

    python3 apps/bench/vmf_recovery.py build/release/apps/kindred --fits 200

A normal estimate without bias has 0.683, 0.954 and 0.997. The maximum-likelihood kappa is too large by some (p - 1)/(2 n) of its
relative size where n is not far above the dimension p; `corrected` is the estimate freed of that.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

# dimension, kappa, directions a fit
CASES = [(2, 1.0, 1000), (2, 50.0, 1000), (64, 30.0, 4000), (2048, 1000.0, 400), (8192, 9000.0, 150), (32768, 12000.0, 60)]


def run(program, *arguments):
    return subprocess.run([program, "-q", "vmf", *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def deviations(program, file, dimension, kappa, count, seed):
    """(estimate - kappa)/standard error of both estimates."""
    run(program, "sample", "--dimension", dimension, "--kappa", kappa, "--count", count, "--seed", seed, "--precision", "f32", "--force", "-o", file)
    component = json.loads(run(program, "fit", file, "--json"))["components"][0]
    return {name: (component[name] - kappa) / component[name + "_standard_error"] for name in ("kappa", "corrected_kappa")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--fits", type=int, default=200, help="in all, shared among the cases")
    options = parser.parse_args()
    seeds = max(1, options.fits // len(CASES))
    print(f"{'p':>6} {'kappa':>8} {'n':>6} {'fits':>5}   estimate          mean    rms   <1    <2    <3")
    with tempfile.TemporaryDirectory() as folder:
        for dimension, kappa, count in CASES:
            results = [deviations(options.program.resolve(), f"{folder}/x.h5", dimension, kappa, count, seed) for seed in range(seeds)]
            for name in ("kappa", "corrected_kappa"):
                values = [result[name] for result in results]
                mean = sum(values) / seeds
                rms = (sum(v * v for v in values) / seeds) ** 0.5
                within = [sum(abs(v) < limit for v in values) / seeds for limit in (1, 2, 3)]
                print(f"{dimension:>6} {kappa:>8g} {count:>6} {seeds:>5}   {name:<15} {mean:>6.2f} {rms:>6.2f} " + " ".join(f"{w:5.3f}" for w in within))


if __name__ == "__main__":
    main()

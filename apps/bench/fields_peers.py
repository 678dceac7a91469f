#!/usr/bin/env python3
"""Draws per second of Matérn fields by other tools, on the grids and with the covariance of bench_fields' matern_field/free.

    fields_peers.py                  # needs NumPy and SciPy; GSTools if it is installed (pip install gstools)
    fields_peers.py --embeddings     # what the two ways to put a covariance on a torus cost, no times

circulant  circulant embedding as textbooks have it: the covariance on a torus of twice the side, one complex FFT, whose real and
           imaginary parts are two draws. Negative eigenvalues are set to zero; their share of the trace is printed.
gstools    its randomisation method with 1000 modes, the default: a sum of 1000 cosines at every cell, whose covariance is the
           formula's only on average over the modes.

The embeddings, on a torus of p sides of the box: the covariance cut off half-way round, whose negative eigenvalues must be dropped
(their sum is the largest error of the covariance), and the sum over the torus' images (the nearest image is the largest error).
"""

import argparse
import time

import numpy as np
import scipy.fft
from scipy.special import gamma, kv


def matern(smoothness, z):
    z = np.maximum(z, 1e-10)
    return 2 ** (1 - smoothness) / gamma(smoothness) * z**smoothness * kv(smoothness, z)


class CirculantEmbedding:
    def __init__(self, cells, dimension, smoothness, length):
        torus = 2 * cells
        lag = np.minimum(np.arange(torus), torus - np.arange(torus)) / (cells * length)
        square = sum(np.meshgrid(*[lag**2] * dimension, indexing="ij"))
        eigenvalues = scipy.fft.fftn(matern(smoothness, np.sqrt(2 * smoothness * square))).real
        self.clipped = -eigenvalues[eigenvalues < 0].sum() / eigenvalues.sum()
        self.roots = np.sqrt(np.maximum(eigenvalues, 0) / eigenvalues.size)
        self.box = (slice(cells),) * dimension
        self.generator = np.random.default_rng(1)

    def two_draws(self):
        noise = self.generator.standard_normal(self.roots.shape + (2,)).view(complex)[..., 0]
        field = scipy.fft.fftn(self.roots * noise, overwrite_x=True)[self.box]
        return field.real, field.imag


def dropped(smoothness, length, sides, cells_per_length=16):
    """Sum of the negative eigenvalues of the cut covariance on a plane, over the variance."""
    torus = 2 * round(sides * cells_per_length / length / 2)
    lag = sides / length * np.arange(torus // 2 + 1) / torus
    radius = np.sqrt(lag[:, None] ** 2 + lag**2)
    eigenvalues = scipy.fft.dctn(matern(smoothness, np.sqrt(2 * smoothness) * radius), type=1) / torus**2
    twice = np.where(np.isin(np.arange(lag.size), [0, lag.size - 1]), 1, 2)
    return -np.minimum(eigenvalues * twice[:, None] * twice, 0).sum()


def print_embeddings():
    print("largest error of the covariance over the variance: cut / images\n")
    print("| nu | length | " + " | ".join(f"p = {sides}" for sides in (2, 3, 4, 6)) + " |\n|---|---|---|---|---|---|")
    for smoothness in (0.5, 1.5, 2.5, 10.0):
        for length in (0.1, 0.2, 0.3, 0.5):
            errors = []
            for sides in (2, 3, 4, 6):
                image = matern(smoothness, np.sqrt(2 * smoothness) * (sides - 1) / length)
                cut = dropped(smoothness, length, sides)
                errors.append(f"{cut:.0e} / {image:.0e}" if cut > 1e-14 else f"0 / {image:.0e}")
            print(f"| {smoothness} | {length} | " + " | ".join(errors) + " |", flush=True)


def rate(draw, draws_per_call, seconds):
    draw()
    calls, start = 0, time.process_time()
    while (elapsed := time.process_time() - start) < seconds:
        draw()
        calls += 1
    return calls * draws_per_call / elapsed


def gstools_draw(cells, dimension, smoothness, length):
    import gstools

    axis = (np.arange(cells) + 0.5) / cells
    # GSTools: rho(r) = M(sqrt(nu) r / len); ours is M(sqrt(2 nu) r / length).
    model = gstools.Matern(dim=dimension, var=1.0, len_scale=length / np.sqrt(2), nu=smoothness)
    field = gstools.SRF(model)
    seeds = iter(range(10**9))
    return lambda: field.structured([axis] * dimension, seed=next(seeds))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--smoothness", type=float, default=1.5)
    arguments.add_argument("--length", type=float, default=0.1, help="over the side of the box")
    arguments.add_argument("--seconds", type=float, default=2.0, help="CPU time per figure")
    arguments.add_argument("--embeddings", action="store_true")
    a = arguments.parse_args()
    if a.embeddings:
        print_embeddings()
        return
    for cells, dimension in [(64, 2), (128, 2), (256, 2), (32, 3)]:
        embedding = CirculantEmbedding(cells, dimension, a.smoothness, a.length)
        line = f"{cells}^{dimension}  circulant {rate(embedding.two_draws, 2, a.seconds):8.1f}/s (clipped {embedding.clipped:.0e})"
        try:
            line += f"  gstools {rate(gstools_draw(cells, dimension, a.smoothness, a.length), 1, a.seconds):8.2f}/s"
        except ImportError:
            line += "  gstools is not installed"
        print(line, flush=True)


if __name__ == "__main__":
    main()

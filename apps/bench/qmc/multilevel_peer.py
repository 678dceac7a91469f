"""QMCPy's multilevel rules on the problems of report_multilevel: errors, shares of runs within 1.96 tolerances, costs in the same unit.
    python3 multilevel_peer.py [runs]
"""

import sys
import warnings

import numpy as np
import qmcpy as qp
from scipy.optimize import brentq
from scipy.stats import norm


def exponential_modes(sigma, length, terms):
    """Karhunen-Loeve modes of sigma^2 exp(-|x - x'|/length) on (0, 1)."""
    modes = []
    for k in range(terms):
        w = brentq(lambda w: (length**2 * w**2 - 1) * np.sin(w) - 2 * length * w * np.cos(w), k * np.pi + 1e-9, (k + 1) * np.pi)
        lw, s = length * w, np.sin(2 * w) / (4 * w)
        square = 0.5 - s + lw**2 * (0.5 + s) + length * np.sin(w) ** 2
        modes.append((sigma * np.sqrt(2 * length / ((1 + lw**2) * square)), w, lw))
    return lambda x: np.array([f * (np.sin(w * x) + lw * np.cos(w * x)) for f, w, lw in modes])


class Diffusion(qp.integrand.abstract_integrand.AbstractIntegrand):
    """P_l and P_(l-1) of -(a u')' = 1, a = exp(sum of modes), as kernels/qmc/cubature/diffusion_integrand."""

    def __init__(self, sampler, modes, level=None):
        self.sampler = sampler
        self.true_measure = qp.Uniform(sampler)
        self.modes, self.level, self.multilevel, self.max_level = modes, level or 0, True, 10
        cells = 4 << self.level
        self.cost = sampler.d * (cells + (cells // 2 if self.level else 0))
        super().__init__(dimension_indv=() if level is None else (2,), dimension_comb=(), parallel=False)

    def solve(self, z, level):
        n = 4 << level
        x = (np.arange(n) + 0.5) / n
        inverse = np.exp(-z @ self.modes(x))
        nodes = np.arange(n - 1, -1, -1)
        c = (inverse @ x) / inverse.sum(-1)
        return (c * (inverse @ nodes) - inverse @ (nodes * x)) / n**2

    def g(self, t, **_):
        z = norm.ppf(t)
        return np.stack([self.solve(z, self.level - 1) if self.level else np.zeros(t.shape[:-1]), self.solve(z, self.level)])

    def dimension_at_level(self, level):
        return self.sampler.d

    def _spawn(self, level, sampler):
        return Diffusion(sampler.discrete_distrib if hasattr(sampler, "discrete_distrib") else sampler, self.modes, int(level))


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    warnings.simplefilter("ignore")
    constant = lambda sigma: lambda x: np.full((1, len(x)), sigma)
    problems = [("a = exp(y/2)", constant(0.5), 1, np.exp(0.125) / 12), ("a = exp(y)", constant(1.0), 1, np.exp(0.5) / 12),
                ("exponential covariance", exponential_modes(1.0, 1.0, 16), 16, 0.1198417)]
    for name, modes, d, exact in problems:
        for tolerance in [4e-3, 2e-3, 1e-3, 5e-4, 2.5e-4]:
            errors, costs = [], []
            for seed in range(runs):
                sampler = qp.DigitalNetB2(d, seed=seed, replications=32)
                rule = qp.CubMLQMC(Diffusion(sampler, modes), rmse_tol=tolerance, n_init=2, levels_max=10)
                value, data = rule.integrate()
                errors.append(float(value) - exact)
                costs.append(float(np.sum(data.cost_level)))
            errors = np.array(errors)
            print(f"{name:24s} {tolerance:9.2e} {np.sqrt(np.mean(errors**2)) / tolerance:6.2f}"
                  f" {np.mean(np.abs(errors) <= 1.96 * tolerance):6.3f} {np.mean(costs):10.3e}", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the reference values of the von Mises-Fisher and Matern kernels:
    python3 make_distribution_reference.py von_mises_fisher > von_mises_fisher_reference.hpp
    python3 make_distribution_reference.py matern > matern_reference.hpp
60 digits throughout; R = sqrt(v^2 + x^2) >= 70 by 44 terms of the logarithm of Debye's expansion (DLMF 10.41), which leave less than
1e-38, below by mpmath's Bessel functions. Needs mpmath; takes a few minutes.
"""

import sys
from pathlib import Path

from mpmath import mp, mpf

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kernels" / "bessel"))
from generate_tables import uniform_coefficients  # noqa: E402

mp.dps = 60
TERMS = 44
ELL = [[mpf(c.numerator) / c.denominator for c in row] for row in uniform_coefficients(TERMS)]


def debye(sign, v, x):
    """log I (sign 1) or log K (sign -1), for R >= 70."""
    radius = mp.sqrt(v * v + x * x)
    s, p = 1 / radius, v * v / radius**2
    exponent = radius - v * mp.asinh(v / x)
    constant = 1 / (2 * mp.pi * radius) if sign > 0 else mp.pi / (2 * radius)
    return sign * exponent + mp.log(constant) / 2 + mp.fsum((sign * s) ** k * mp.polyval(ELL[k][::-1], p) for k in range(1, TERMS + 1))


def log_i(v, x):
    return debye(1, v, x) if v * v + x * x > 4900 else mp.log(mp.besseli(v, x))


def log_k(v, x):
    if v * v + x * x > 4900:
        return debye(-1, v, x)
    with mp.extradps(int(30 + 3 * v)):
        return mp.log(mp.besselk(v, x))


def slope(f, v):
    """f'(v) to 30 digits."""
    step = mpf(10) ** -15 * max(v, mpf(1) / 10)
    with mp.extradps(40):
        return (8 * (f(v + step) - f(v - step)) - (f(v + 2 * step) - f(v - 2 * step))) / (12 * step)


def literal(value):
    return mp.nstr(value, 24, strip_zeros=False) + "L"


def von_mises_fisher():
    yield "/// log_partition, kl_to_uniform, A, 1 - A and A' of dimension p and concentration kappa."
    yield "struct Row {\n  std::int64_t p;\n  double kappa;\n  long double log_partition, kl_to_uniform, ratio, complement, derivative;\n};"
    yield "// clang-format off\ninline constexpr Row table[] = {"
    for p in (2, 3, 4, 5, 7, 16, 18, 40, 44, 45, 64, 256, 2048, 32768, 1000003):
        for kappa in (1e-8, 1e-3, 0.25, 1.0, 4.5, 8.0, 13.0, 20.5, 21.5, 42.0, 100.0, 1e3, 1e4, 1e6, 1e8):
            v, x = mpf(p) / 2 - 1, mpf(kappa)
            here = log_i(v, x)
            partition = mp.loggamma(v + 1) + v * mp.log(2 / x) + here if x > 1e-2 * mp.sqrt(p) else mp.log(mp.hyp0f1(v + 1, x * x / 4))
            ratio = mp.exp(log_i(v + 1, x) - here)
            values = (partition, x * ratio - partition, ratio, 1 - ratio, 1 - ratio**2 - (2 * v + 1) / x * ratio)
            yield f"    {{{p}, {kappa!r}, " + ", ".join(map(literal, values)) + "},"
    yield "};\n// clang-format on"


def matern():
    yield "/// M_nu(z), 1 - M_nu(z), the derivatives of log M by z and by nu, and that by nu with z^2/nu fixed."
    yield "struct Row {\n  double nu;\n  double z;\n  long double value, variogram, log_slope, log_order_slope, log_order_slope_at_distance;\n};"
    yield "// clang-format off\ninline constexpr Row table[] = {"
    orders = (1e-3, 0.05, 0.25, 0.4999, 0.5, 0.75, 1.0, 1.0 + 2**-30, 1.5, 2.0, 2.3, 2.5, 3.0, 4.5, 7.7, 12.5, 20.9, 21.3, 25.0, 60.0, 400.0, 1e4)
    for nu in orders:
        for z in (1e-12, 1e-5, 1e-2, 0.3, 0.99, 1.1, 2.5, 6.0, 14.0, 21.25, 40.0, 200.0, 600.0):
            v, x = mpf(nu), mpf(z)
            log_m = lambda v, x: (1 - v) * mp.log(2) - mp.loggamma(v) + v * mp.log(x) + log_k(v, x)
            value = mp.exp(log_m(v, x))
            in_z = -mp.exp(log_k(abs(v - 1), x) - log_k(v, x))
            in_v = slope(lambda order: log_m(order, x), v)
            values = (value, -mp.expm1(log_m(v, x)), in_z, in_v, in_v + x / (2 * v) * in_z)
            yield f"    {{{nu!r}, {z!r}, " + ", ".join(map(literal, values)) + "},"
    yield "};\n// clang-format on"


def main(name):
    print("#pragma once\n\n#include <cstdint>\n")
    print(f"/// Written by make_distribution_reference.py, good to 22 digits: do not edit.\nnamespace {name}_reference {{\n")
    for line in {"von_mises_fisher": von_mises_fisher, "matern": matern}[name]():
        print(line)
    print(f"\n}}  // namespace {name}_reference")


if __name__ == "__main__":
    main(sys.argv[1])

#!/usr/bin/env python3
"""Writes the reference values of the transforms of quasi-Monte Carlo points:
    python3 make_transform_reference.py > transform_reference.hpp
Every quantile is found with 100 digits and put into the distribution function, which must give the probability back to 30 digits.
Needs mpmath; takes seconds.
"""

from mpmath import mp, mpf

mp.dps = 100
HALF = mpf(1) / 2
LEVELS = (2**-64, 2**-53, 1e-10, 1e-3, 0.05, 0.3, 0.5, 0.7, 0.95, 0.999, 1 - 2**-40, 1 - 2**-53)


def upper(z):
    return mp.erfc(z / mp.sqrt(2)) / 2


def normal_quantile(p):
    """Newton's iteration on the distribution function from its bisected logarithm."""
    if p > HALF:
        return -normal_quantile(1 - p)
    low, high = mpf(-20), mpf(1)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if upper(-middle) < p else (low, middle)
    z = (low + high) / 2
    for _ in range(5):
        z -= (upper(-z) - p) / mp.npdf(z)
    return z


def uniform(a, b):
    return lambda x: (x - a) / (b - a), lambda u: a + (b - a) * u


def normal(mean, deviation):
    return lambda x: upper(-(x - mean) / deviation), lambda u: mean + deviation * normal_quantile(u)


def lognormal(location, scale):
    cdf, quantile = normal(location, scale)
    return lambda x: cdf(mp.log(x)), lambda u: mp.exp(quantile(u))


def johnson_su(gamma, delta, xi, lam):
    cdf = lambda x: upper(-(gamma + delta * mp.asinh((x - xi) / lam)))
    return cdf, lambda u: xi + lam * mp.sinh((normal_quantile(u) - gamma) / delta)


def truncated_normal(mean, deviation, a, b):
    # Differences in the tail where they keep their digits.
    flip = a + b > 2 * mean
    low, high = ((mean - b) / deviation, (mean - a) / deviation) if flip else ((a - mean) / deviation, (b - mean) / deviation)
    below, mass = upper(-low), upper(-high) - upper(-low)

    def cdf(x):
        z = (x - mean) / deviation
        part = (upper(z if flip else -z) - below) / mass
        return 1 - part if flip else part

    def quantile(u):
        z = normal_quantile_of_small(below + (1 - u if flip else u) * mass)
        return mean + deviation * (-z if flip else z)

    return cdf, quantile


def normal_quantile_of_small(p):
    """As normal_quantile, for the far tail: Newton's iteration on the logarithm, concave, from the left."""
    if p > mpf(10) ** -30:
        return normal_quantile(p)
    z = -mp.sqrt(-2 * mp.log(p))
    for _ in range(12):
        z -= (mp.log(upper(-z)) - mp.log(p)) * upper(-z) / mp.npdf(z)
    return z


def exponential(rate):
    return lambda x: -mp.expm1(-rate * x), lambda u: -mp.log1p(-u) / rate


def kumaraswamy(a, b):
    return lambda x: -mp.expm1(b * mp.log1p(-(x**a))), lambda u: (-mp.expm1(mp.log1p(-u) / b)) ** (1 / a)


def continuous_bernoulli(lam):
    if lam == HALF:
        return lambda x: x, lambda u: u
    odds = lam / (1 - lam)
    return lambda x: (odds**x - 1) / (odds - 1), lambda u: mp.log1p((odds - 1) * u) / mp.log(odds)


def triangular(a, c, b):
    def cdf(x):
        return (x - a) ** 2 / ((b - a) * (c - a)) if x < c else 1 - (b - x) ** 2 / ((b - a) * (b - c))

    def quantile(u):
        return a + mp.sqrt(u * (b - a) * (c - a)) if u * (b - a) < c - a else b - mp.sqrt((1 - u) * (b - a) * (b - c))

    return cdf, quantile


def student_t(freedom, location, scale):
    def tail(t):
        return mp.betainc(freedom / 2, HALF, 0, freedom / (freedom + t * t), regularized=True) / 2

    def cdf(x):
        t = (x - location) / scale
        return tail(t) if t < 0 else 1 - tail(t)

    def quantile(u):
        p = min(u, 1 - u)
        if p == HALF:
            return location
        # Newton's iteration for log P(T > t) in log t, from a bisection.
        low, high = mpf(-10), mpf(50)
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (middle, high) if tail(mp.exp(middle)) > p else (low, middle)
        t = mp.exp((low + high) / 2)
        constant = mp.gamma((freedom + 1) / 2) / mp.gamma(freedom / 2) / mp.sqrt(mp.pi * freedom)
        for _ in range(6):
            t += (tail(t) - p) * (1 + t * t / freedom) ** ((freedom + 1) / 2) / constant
        return location + scale * (-t if u < HALF else t)

    return cdf, quantile


MARGINALS = [
    ("Uniform", uniform, (-3.0, 5.0)),
    ("Normal", normal, (1.5, 0.25)),
    ("LogNormal", lognormal, (-1.0, 0.5)),
    ("JohnsonSU", johnson_su, (0.7, 1.5, -2.0, 3.0)),
    ("TruncatedNormal", truncated_normal, (0.0, 1.0, -1.0, 3.0)),
    ("TruncatedNormal", truncated_normal, (2.0, 0.5, 6.0, 7.5)),  # 8 to 11 deviations above
    ("TruncatedNormal", truncated_normal, (0.0, 1.0, -31.0, -30.0)),
    ("TruncatedNormal", truncated_normal, (0.0, 1.0, 35.0, 36.0)),
    ("TruncatedNormal", truncated_normal, (0.0, 1.0, 0.5, 0.5 + 2**-20)),
    ("Exponential", exponential, (4.0,)),
    ("Kumaraswamy", kumaraswamy, (2.0, 5.0)),
    ("Kumaraswamy", kumaraswamy, (0.5, 0.25)),
    ("ContinuousBernoulli", continuous_bernoulli, (0.5,)),
    ("ContinuousBernoulli", continuous_bernoulli, (0.5 + 2**-50,)),
    ("ContinuousBernoulli", continuous_bernoulli, (0.5 - 2**-30,)),
    ("ContinuousBernoulli", continuous_bernoulli, (0.3,)),
    ("ContinuousBernoulli", continuous_bernoulli, (1e-12,)),
    ("ContinuousBernoulli", continuous_bernoulli, (1 - 2**-40,)),
    ("Triangular", triangular, (-1.0, 0.5, 4.0)),
    ("Triangular", triangular, (0.0, 0.0, 1.0)),
    ("Triangular", triangular, (0.0, 1.0, 1.0)),
    ("StudentT", student_t, (1.0, 0.0, 1.0)),
    ("StudentT", student_t, (4.5, -1.0, 2.0)),
    ("StudentT", student_t, (300.0, 0.0, 1.0)),
]

PERIODIZATIONS = [
    ("baker", lambda x: 1 - 2 * abs(x - HALF), lambda x: mpf(1)),
    ("c0", lambda x: 3 * x**2 - 2 * x**3, lambda x: 6 * x * (1 - x)),
    ("c1", lambda x: x**3 * (10 - 15 * x + 6 * x**2), lambda x: 30 * x**2 * (1 - x) ** 2),
    ("c1sin", lambda x: x - mp.sin(2 * mp.pi * x) / (2 * mp.pi), lambda x: 2 * mp.sin(mp.pi * x) ** 2),
    (
        "c2sin",
        lambda x: (8 - 9 * mp.cos(mp.pi * x) + mp.cos(3 * mp.pi * x)) / 16,
        lambda x: 3 * mp.pi * (3 * mp.sin(mp.pi * x) - mp.sin(3 * mp.pi * x)) / 16,
    ),
    (
        "c3sin",
        lambda x: (12 * mp.pi * x - 8 * mp.sin(2 * mp.pi * x) + mp.sin(4 * mp.pi * x)) / (12 * mp.pi),
        lambda x: (12 - 16 * mp.cos(2 * mp.pi * x) + 4 * mp.cos(4 * mp.pi * x)) / 12,
    ),
]


def literal(value):
    return mp.nstr(value, 24, strip_zeros=False) + "L"


def words():
    """Powers of two and their neighbours at both ends and about the middle, and both limits between the rational functions."""
    edges = {(1 << k) + offset for k in range(0, 64) for offset in (-1, 0)} | {(1 << 63) - (1 << k) for k in range(0, 63, 4)}
    joins = {round(mpf(2) ** 64 * p) + offset for p in (mpf(75) / 1000, mp.exp(-25)) for offset in (-(2**20), 0, 2**20)}
    lower = edges | joins
    return sorted(lower | {2**64 - 1 - word for word in lower})


def main():
    print("#pragma once\n\n#include <cstdint>\n\n#include <kindred/kernels/qmc/transforms/marginal.hpp>\n")
    print("/// Written by make_transform_reference.py, good to 22 digits: do not edit.\nnamespace transform_reference {\n")
    print("/// Standard normal quantiles of (word + 1/2)/2^64.\nstruct NormalRow {\n  std::uint64_t word;\n  long double quantile;\n};")
    print("// clang-format off\ninline constexpr NormalRow normal[] = {")
    for word in words():
        p = (mpf(word) + HALF) / mpf(2) ** 64
        z = normal_quantile(p)
        assert abs(upper(-z) / p - 1) < mpf(10) ** -30
        print(f"    {{{word}ULL, {literal(z)}}},")
    print("};\n// clang-format on\n")

    print("// clang-format off\ninline const kindred::qmc::Marginal distributions[] = {")
    for name, _, parameters in MARGINALS:
        print(f"    kindred::qmc::{name}({', '.join(map(repr, parameters))}),")
    print("};\n// clang-format on\n")

    print("struct MarginalRow {\n  int distribution;\n  double u;\n  long double quantile;\n};\n// clang-format off")
    print("inline constexpr MarginalRow marginal[] = {")
    for number, (_, make, parameters) in enumerate(MARGINALS):
        cdf, quantile = make(*map(mpf, parameters))
        for level in LEVELS:
            u = mpf(level)
            x = quantile(u)
            assert abs(cdf(x) - u) < mpf(10) ** -30 * min(1, 1 / u)
            print(f"    {{{number}, {level!r}, {literal(x)}}},")
    print("};\n// clang-format on\n")

    print("struct PeriodizationRow {\n  const char* name;\n  double x;\n  long double psi, derivative;\n};")
    print("// clang-format off\ninline constexpr PeriodizationRow periodization[] = {")
    for name, psi, derivative in PERIODIZATIONS:
        for point in (1e-8, 1e-3, 0.0625, 0.2, 0.37, 0.5, 0.5 + 2**-30, 0.61, 0.8, 0.99, 1 - 2**-20):
            x = mpf(point)
            assert abs(mp.diff(psi, x) - derivative(x)) < mpf(10) ** -15 or name == "baker"
            print(f'    {{"{name}", {point!r}, {literal(psi(x))}, {literal(derivative(x))}}},')
    print("};\n// clang-format on\n\n}  // namespace transform_reference")


if __name__ == "__main__":
    main()

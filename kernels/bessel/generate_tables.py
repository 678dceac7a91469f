#!/usr/bin/env python3
"""Writes tables.hpp, the coefficients of the log-Bessel kernels:  python3 generate_tables.py > tables.hpp

The expansion coefficients are exact rationals, rounded once. Everything else is a Chebyshev interpolant of a function that mpmath
evaluates to 40 digits, truncated where the discarded coefficients sum to less than the stated tolerance and rewritten in powers of
variables scaled to [-1, 1]. Takes about half a minute. Needs mpmath (Debian: python3-mpmath).
"""

import sys
from fractions import Fraction
from itertools import accumulate

TERMS = 20  # of the uniform expansion
UNIFORM_RADIUS = "21.2"  # from here on 20 terms leave less than 2^-53


# ---------------------------------------------------------------------------------------------------------------- exact rationals


def multiply(a, b):
    product = {}
    for i, x in a.items():
        for j, y in b.items():
            product[i + j] = product.get(i + j, 0) + x * y
    return product


def add(a, b):
    return {e: a.get(e, 0) + b.get(e, 0) for e in a.keys() | b.keys()}


def derivative(a):
    return {e - 1: e * c for e, c in a.items() if e}


def uniform_coefficients(terms=TERMS):
    """l[k][j] of l_k(p) = sum_j l[k][j] p^j, k = 0..terms: the logarithm of Debye's sum over u_k(t) / v^k (DLMF 10.41.3) in powers of
    s = 1/R with p = t^2. D_k(t) = t^k l_k(t^2) follows from the Riccati equation of log I; polynomials are {exponent: coefficient}."""
    a = {2: Fraction(1), 4: Fraction(-1)}
    d = [{}, {0: Fraction(1, 8), 2: Fraction(-5, 8)}]
    for k in range(1, terms):
        convolution = {}
        for i in range(1, k):
            convolution = add(convolution, multiply(d[i], d[k - i]))
        twice = add(derivative(multiply(a, d[k])), multiply(a, convolution))
        d.append({e: c / 2 for e, c in twice.items()})
    return [[d[k].get(k + 2 * j - 1, Fraction(0)) / (k + 2 * j) for j in range(k + 1)] if k else [Fraction(0)] for k in range(terms + 1)]


def ratio_coefficients(ell):
    """(k + 2j) l[k][j]: the coefficients of k l_k + 2 p l_k', with which I_{v+1}/I_v and the derivatives are written."""
    return [[(k + 2 * j) * c for j, c in enumerate(row)] for k, row in enumerate(ell)]


def bernoulli(n):
    b = [Fraction(1)]
    for m in range(1, n + 1):
        term, total = Fraction(1), Fraction(0)
        for k in range(m):
            total += term * b[k]
            term = term * (m + 1 - k) / (k + 1)
        b.append(-total / (m + 1))
    return b[n]


def check_uniform(ell):
    """At p = 1 (x = 0) only Stirling's series remains: even terms vanish, odd ones are -B_{k+1} / (k (k+1))."""
    for k in range(1, len(ell)):
        stirling = Fraction(0) if k % 2 == 0 else -bernoulli(k + 1) / (k * (k + 1))
        if sum(ell[k]) != stirling:
            raise SystemExit(f"generate_tables.py: l_{k}(1) = {sum(ell[k])} is not Stirling's coefficient {stirling}")


# --------------------------------------------------------------------------------------------------------- Chebyshev interpolation


def chebyshev(f, n, low, high):
    """Coefficients of the interpolant of f (a list of values per node) at n Chebyshev nodes of [low, high]."""
    angles = [mp.pi * (2 * i + 1) / (2 * n) for i in range(n)]
    values = [f((low + high) / 2 + (high - low) / 2 * mp.cos(angle)) for angle in angles]
    scale = lambda k: (mpf(1) if k == 0 else mpf(2)) / n
    columns = len(values[0])
    return [[scale(k) * mp.fsum(values[i][c] * mp.cos(k * angles[i]) for i in range(n)) for c in range(columns)] for k in range(n)]


def transpose(a):
    return [list(column) for column in zip(*a)]


def powers(c):
    """A Chebyshev sum as coefficients of powers."""
    previous, current = [mpf(1)], [mpf(0), mpf(1)]
    total = [mpf(0)] * len(c)
    for k in range(len(c)):
        for e, value in enumerate(previous):
            total[e] += c[k] * value
        following = [mpf(0)] + [2 * value for value in current]
        for e, value in enumerate(previous):
            following[e] -= value
        previous, current = current, following
    return total


def truncate(c, tolerance):
    """Drops the smallest coefficients as long as their sum stays below the tolerance; returns rows cut behind their last one kept."""
    order = sorted((abs(value), i, j) for i, row in enumerate(c) for j, value in enumerate(row))
    discarded, lengths = mpf(0), [0] * len(c)
    for size, i, j in order:
        discarded += size
        if discarded >= tolerance:
            lengths[i] = max(lengths[i], j + 1)
    rows = max(i for i, length in enumerate(lengths) if length) + 1
    if rows == len(c) or max(lengths) == len(c[0]) > 1:
        raise SystemExit("generate_tables.py: too few Chebyshev nodes")
    return [c[i][: max(1, lengths[i])] for i in range(rows)]


def bivariate(f, outer, inner, tolerance, nodes=(22, 24)):
    """Rows c[i][j] with f(a, b) = sum c[i][j] a'^i b'^j, a' and b' the arguments scaled from the intervals to [-1, 1]."""
    b_angles = [mp.pi * (2 * i + 1) / (2 * nodes[1]) for i in range(nodes[1])]
    b_nodes = [(inner[0] + inner[1]) / 2 + (inner[1] - inner[0]) / 2 * mp.cos(angle) for angle in b_angles]
    in_a = chebyshev(lambda a: [f(a, b) for b in b_nodes], nodes[0], outer[0], outer[1])
    cosines = [[mp.cos(k * angle) for angle in b_angles] for k in range(nodes[1])]
    in_both = [[(mpf(1) if k == 0 else mpf(2)) / nodes[1] * mp.fdot(row, cosines[k]) for k in range(nodes[1])] for row in in_a]
    rows = [powers(row) for row in truncate(in_both, tolerance)]
    width = max(map(len, rows))
    padded = transpose([row + [mpf(0)] * (width - len(row)) for row in rows])
    return [trimmed(row) for row in transpose([powers(column) for column in padded])]


def trimmed(row):
    while len(row) > 1 and row[-1] == 0:
        row = row[:-1]
    return row


def univariate(f, interval, tolerance, nodes=30, shifted=False):
    """Coefficients of powers of the scaled argument, or of the argument itself (`shifted`: back from the scaled one)."""
    c = powers([row[0] for row in truncate(chebyshev(lambda t: [f(t)], nodes, *interval), tolerance)])
    if not shifted:
        return c
    center, scale = (interval[0] + interval[1]) / 2, 2 / (interval[1] - interval[0])
    unscaled = [mpf(0)] * len(c)
    for k, value in enumerate(c):
        for e in range(k + 1):
            unscaled[e] += value * scale**k * mp.binomial(k, e) * (-center) ** (k - e)
    return unscaled


# -------------------------------------------------------------------------------------------------------------------- the functions


def scaled_k(y, w):
    """sqrt(2x/pi) e^x K_mu(x) at x = 1/y, mu^2 = w: analytic in both."""
    x = 1 / y
    return mp.sqrt(2 * x / mp.pi) * mp.exp(x) * mp.besselk(mp.sqrt(w), x)


def scaled_k_mean(y, w):
    """The same of (K_{1+mu} + K_{1-mu}) / 2; K_{1+mu} is this plus mu/x K_mu."""
    x, mu = 1 / y, mp.sqrt(w)
    return mp.sqrt(2 * x / mp.pi) * mp.exp(x) * (mp.besselk(1 + mu, x) + mp.besselk(1 - mu, x)) / 2


def ascending(mu, z, shift=0):
    """(d/dz)^shift of sum_k z^k / (k! Gamma(k+1+mu)), which is (x/2)^-mu I_mu(x) at z = x^2/4."""
    total, term, k = mpf(0), mp.rgamma(1 + shift + mu), 0
    while abs(term) > mpf(10) ** -45:
        total += term
        k += 1
        term = term * z / (k * (k + shift + mu))
    return total


def sine_ratio(w):
    """f with 1 / (Gamma(1+mu) Gamma(1-mu)) = sin(pi mu) / (pi mu) = 1 - w f at w = mu^2."""
    if w < mpf("1e-12"):
        return mp.pi**2 / 6 - mp.pi**4 / 120 * w
    return (1 - mp.sinc(mp.pi * mp.sqrt(w))) / w


def twice_atanh(q):
    """f with 2 atanh(r) = 2r + r^3 f(r^2)."""
    if q < mpf("1e-12"):
        return mpf(2) / 3 + 2 * q / 5
    r = mp.sqrt(q)
    return 2 * (mp.atanh(r) - r) / r**3


def twice_atanh_rest(q):
    """f with 2 atanh(r) = 2r + 2r^3/3 + 2r^5/5 + 2r^7/7 + r^9 f(r^2)."""
    return mp.fsum(2 * q**k / (2 * k + 9) for k in range(40))


def exponential(r):
    """f with e^r - 1 = r + r^2 f(r)."""
    return (mp.expm1(r) - r) / r**2


def ascending_even(z, w, shift=0):
    """Without its value 1 at mu = z = 0, which would cost the rest its last digits."""
    mu = mp.sqrt(w)
    return (ascending(mu, z, shift) + ascending(-mu, z, shift)) / 2 - (1 if shift == 0 else 0)


def ascending_odd(z, w, shift=0):
    mu = mp.sqrt(w)
    return (ascending(mu, z, shift) - ascending(-mu, z, shift)) / (2 * mu)


def gamma_correction(y):
    """g with ((1+v)^v e^-v / Gamma(1+v))^2 (1+v) = 1 + v g, at y = 1/(v + 3/2): the variable in which the fewest powers suffice."""
    v = 1 / y - mpf(3) / 2
    return (mp.exp(2 * (v * mp.log1p(v) - v - mp.loggamma(1 + v))) * (1 + v) - 1) / v


# ------------------------------------------------------------------------------------------------------------------------- C++ text


def literal(value):
    """The nearest double, in the shortest decimal form that reads back as itself."""
    return repr(float(Fraction(value))) if isinstance(value, Fraction) else repr(float(value))


def lines(values, indent):
    text, line = [], indent
    for value in values:
        item = literal(value) + ", "
        if len(line) + len(item) > 140:
            text.append(line.rstrip())
            line = indent
        line += item
    text.append(line.rstrip().rstrip(","))
    return "\n".join(text)


def vector(name, values, comment):
    return f"/// {comment}\nKINDRED_BESSEL_TABLE double {name}[{len(values)}] = {{\n{lines(values, '    ')}}};\n"


def triangle(name, rows, comment):
    width = len(rows)
    body = ",\n".join("    {" + lines(row, "     ").strip() + "}" for row in rows)
    return f"/// {comment}\nKINDRED_BESSEL_TABLE double {name}[{width}][{width}] = {{\n{body}}};\n"


def bivariate_table(name, rows, outer, inner):
    """The table scales its own arguments: a' = (a - center) * scale."""
    starts = [0, *accumulate(map(len, rows))]
    scaling = [(outer[0] + outer[1]) / 2, 2 / (outer[1] - outer[0]), (inner[0] + inner[1]) / 2, 2 / (inner[1] - inner[0])]
    return (
        f"KINDRED_BESSEL_TABLE Bivariate<{len(rows)}, {starts[-1]}> {name} = {{\n"
        f"    {', '.join(map(literal, scaling))},\n"
        f"    {{{', '.join(map(str, starts))}}},\n"
        f"    {{\n{lines([c for row in rows for c in row], '        ')}}}}};\n"
    )


HEAD = """#pragma once

// Generated by generate_tables.py; do not edit.

#if defined(__CUDACC__)
#define KINDRED_BESSEL_TABLE static __constant__ constexpr
#else
#define KINDRED_BESSEL_TABLE inline constexpr
#endif

namespace kindred::kernels::bessel::tables {

/// A polynomial in a' = (a - a_center) a_scale and b' = (b - b_center) b_scale: the coefficient of a'^i b'^j, j < start[i+1] - start[i], is
/// coefficients[start[i] + j].
template <int Rows, int Size>
struct Bivariate {
  static constexpr int rows = Rows;
  double a_center, a_scale, b_center, b_scale;
  int start[Rows + 1];
  double coefficients[Size];
};
"""


def exact_tables():
    ell = uniform_coefficients()
    check_uniform(ell)
    rgamma = mp.taylor(lambda z: mp.rgamma(1 + z), 0, 28)
    yield f"constexpr int uniform_terms = {TERMS};\nconstexpr double uniform_radius = {UNIFORM_RADIUS};\n"
    yield triangle("uniform", ell, "ℓ_kj, [k][j]: log I and log K are ±E + … + sum over k of (±s)^k sum over j of ℓ_kj p^j.")
    yield triangle("uniform_ratio", ratio_coefficients(ell), "(k + 2j) ℓ_kj, of k ℓ_k + 2p ℓ_k'.")
    yield vector("reciprocal_gamma", rgamma[:27], "1/Γ(1+z) = sum over k of c_k z^k.")


# Of x, where the patches of K begin and end; below the first, Temme's series.
K_PATCHES = {"half": ("0.5", "1"), "0": ("1", "2"), "1": ("2", "4"), "2": ("4", "9"), "3": ("9", "21.2")}


def k_tables():
    orders = (mpf(0), mpf(1) / 4)
    yield "/// sqrt(2x/π) e^x K_μ(x) for a = 1/x, b = μ², |μ| <= ½, on x in [½, 1], [1, 2], [2, 4], [4, 9], [9, 21.2] (relative error 2e-17).\n"
    for name, (low, high) in K_PATCHES.items():
        outer = (1 / mpf(high), 1 / mpf(low))
        yield bivariate_table(f"k_{name}", bivariate(scaled_k, outer, orders, mpf("2e-17"), (24, 16)), outer, orders)
    yield "/// The same of (K_{1+μ} + K_{1-μ}) / 2: K_{1+μ} = this + μ/x K_μ.\n"
    for name, (low, high) in K_PATCHES.items():
        outer = (1 / mpf(high), 1 / mpf(low))
        yield bivariate_table(f"k_mean_{name}", bivariate(scaled_k_mean, outer, orders, mpf("2e-17"), (24, 16)), outer, orders)


def temme_tables():
    yield (
        "/// For a = z = x²/4, x <= 1, b = μ², |μ| <= ½: the parts of sum over k of z^k / (k! Γ(k+1+μ)) = 1 + even + μ odd, and of\n"
        "/// its derivative by z, even + μ odd.\n"
    )
    values = univariate(sine_ratio, (mpf(0), mpf("0.25001")), mpf("5e-17"), shifted=True)
    yield vector("sine_ratio", values, "sin(πμ) / (πμ) = 1 - μ² f(μ²), |μ| <= ½.")
    squares, orders = (mpf(0), mpf(1) / 4), (mpf(0), mpf(1) / 4)
    for name, f, shift, tolerance in (
        ("temme_even", ascending_even, 0, "2e-17"),
        ("temme_odd", ascending_odd, 0, "2e-17"),
        ("temme_even_derivative", ascending_even, 1, "6e-17"),
        ("temme_odd_derivative", ascending_odd, 1, "6e-17"),
    ):
        rows = bivariate(lambda z, w: f(z, w, shift), squares, orders, mpf(tolerance), (14, 20))
        yield bivariate_table(name, rows, squares, orders)


def elementary_tables():
    values = univariate(twice_atanh, (mpf(0), mpf("0.0401")), mpf("1e-15"), shifted=True)
    yield vector("twice_atanh", values, "2 atanh(r) = 2r + r³ f(r²), |r| <= 1/5.")
    yield vector(
        "twice_atanh_rest",
        univariate(twice_atanh_rest, (mpf(0), mpf("0.0401")), mpf("1e-17"), shifted=True),
        "2 atanh(r) = 2r + 2r³/3 + 2r⁵/5 + 2r⁷/7 + r⁹ f(r²), |r| <= 1/5.",
    )
    half = mp.log(2) / 2 + mpf("1e-6")
    yield vector("exponential", univariate(exponential, (-half, half), mpf("3e-17"), shifted=True), "e^r - 1 = r + r² f(r), |r| <= ½ log 2.")


RADII = ("21.2", "26", "34", "50", "90", "206", "inf")
SPLIT_PATCHES = 5  # below that many, p is cut at 1/2


def uniform_tables():
    ell = [[mpf(c.numerator) / c.denominator for c in reversed(row)] for row in uniform_coefficients()]

    def series(s, p):
        return mp.fsum(mp.polyval(row, p) * s**k for k, row in enumerate(ell))

    yield (
        "/// G(s, p) for a = s, b = p on R = 1/|s| in [21.2, 26], [26, 34], [34, 50], [50, 90], [90, 206], [206, inf): s > 0 for log I,\n"
        "/// s < 0 for log K. The first five are cut at p = 1/2: _low below, _high above. Absolute error 5e-17.\n"
    )
    squared = ", ".join(literal(mpf(r) ** 2) for r in RADII[1:-1])
    yield f"inline constexpr double uniform_edges[{len(RADII) - 2}] = {{{squared}}};  // of R², where the patches meet\n"
    for name, sign in (("i", 1), ("k", -1)):
        for patch, (low, high) in enumerate(zip(RADII, RADII[1:])):
            outer = tuple(sorted((sign / mpf(low), sign / mpf(high))))
            cuts = (("_low", (mpf(0), mpf(1) / 2)), ("_high", (mpf(1) / 2, mpf(1))))
            for suffix, inner in cuts if patch < SPLIT_PATCHES else (("", (mpf(0), mpf(1))),):
                rows = bivariate(series, outer, inner, mpf("5e-17"), (14, 18))
                yield bivariate_table(f"uniform_{name}_{patch}{suffix}", rows, outer, inner)


SERIES_TERMS = (6, 9, 12, 16, 20, 24, 28, 35)


def series_reach(terms, v):
    """The z = x^2/4 up to which so many terms of sum_k z^k / (k! (v+1)_k) leave less than 2^-56 of the sum."""
    low, high = mpf(0), mpf(500)
    while high - low > mpf("1e-4"):
        z = (low + high) / 2
        term, total, tail = mpf(1), mpf(1), mpf(0)
        for k in range(1, terms + 40):
            term = term * z / (k * (k + v))
            if k <= terms:
                total += term
            else:
                tail += term
        if tail < total * mpf(2) ** -56:
            low = z
        else:
            high = z
    return low


def series_tables():
    orders = [mpf(v) / 2 for v in range(45)]
    at_zero, slopes = [], []
    with mp.workdps(20):
        for terms in SERIES_TERMS:
            start = series_reach(terms, mpf(0)) * mpf("0.999")
            at_zero.append(start)
            slopes.append(min((series_reach(terms, v) * mpf("0.999") - start) / v for v in orders[1:]))
    counts = ", ".join(map(str, SERIES_TERMS))
    yield f"/// Numbers of terms of I's power series, and the largest z = x²/4 for which each suffices: z <= reach + slope v.\n"
    yield f"inline constexpr int series_terms[{len(SERIES_TERMS)}] = {{{counts}}};\n"
    yield vector("series_reach", at_zero, "z <= reach + slope v, v <= 22.")
    yield vector("series_slope", slopes, "z <= reach + slope v, v <= 22.")
    interval = (1 / mpf("22.8"), 2 / mpf(3) - mpf("1e-9"))
    values = univariate(gamma_correction, interval, mpf("1e-17"), 40, shifted=False)
    comment = "((1+v)^v e^-v / Γ(1+v))² (1+v) = 1 + v g: g in powers of (1/(v + 3/2) - center) scale, v <= 21.3."
    yield vector("gamma_correction", values, comment)
    yield f"inline constexpr double gamma_center = {literal((interval[0] + interval[1]) / 2)};\n"
    yield f"inline constexpr double gamma_scale = {literal(2 / (interval[1] - interval[0]))};\n"


def main():
    sys.stdout.write(HEAD)
    for part in (exact_tables, elementary_tables, uniform_tables, series_tables, k_tables, temme_tables):
        for text in part():
            sys.stdout.write("\n" + text)
    sys.stdout.write("\n}  // namespace kindred::kernels::bessel::tables\n")


if __name__ == "__main__":
    from mpmath import mp, mpf

    mp.dps = 40
    main()

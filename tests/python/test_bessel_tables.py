"""kernels/bessel/tables.hpp against generate_tables.py, against other derivations of the same numbers, and against mpmath."""

import importlib.util
import pathlib
import re
from fractions import Fraction

import pytest
from mpmath import mp, mpf

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "kernels" / "bessel"
NUMBER = r"-?[\d.]+(?:e[+-]?\d+)?"


@pytest.fixture(scope="module")
def script():
    specification = importlib.util.spec_from_file_location("generate_tables", FOLDER / "generate_tables.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    module.mp, module.mpf = mp, mpf
    return module


@pytest.fixture(scope="module")
def header():
    return (FOLDER / "tables.hpp").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def precision():
    with mp.workdps(40):
        yield


def body(header, name):
    return re.search(rf" {name}(?:\[\d+\])* = (\{{.*?\}});", header, re.S).group(1)


def numbers(text):
    return [float(number) for number in re.findall(NUMBER, text)]


class Table:
    """A Bivariate table, evaluated with the doubles of the header in 40 digits."""

    def __init__(self, header, name):
        scaling, starts, coefficients = re.match(r"\{(.*?)\{(.*?)\},\s*\{(.*?)\}\}", body(header, name), re.S).groups()
        self.scaling = [mpf(value) for value in numbers(scaling)]
        self.starts = [int(value) for value in numbers(starts)]
        self.coefficients = [mpf(value) for value in numbers(coefficients)]

    def intervals(self):
        a_center, a_scale, b_center, b_scale = self.scaling
        return (a_center - 1 / a_scale, a_center + 1 / a_scale), (b_center - 1 / b_scale, b_center + 1 / b_scale)

    def __call__(self, a, b):
        a_center, a_scale, b_center, b_scale = self.scaling
        a, b = (a - a_center) * a_scale, (b - b_center) * b_scale
        rows = [self.coefficients[i:j] for i, j in zip(self.starts, self.starts[1:])]
        return mp.polyval([mp.polyval(row[::-1], b) for row in rows][::-1], a)

    def points(self):
        """A few inner points of the rectangle, and its corners."""
        (a0, a1), (b0, b1) = self.intervals()
        for s in (0, mpf(17) / 100, mpf(55) / 100, mpf(93) / 100, 1):
            for t in (0, mpf(31) / 100, mpf(78) / 100, 1):
                yield a0 + s * (a1 - a0), b0 + t * (b1 - b0)


def largest_error(table, function):
    return max(abs(table(a, b) - function(a, b)) for a, b in table.points())


def test_rational_coefficients_are_those_of_the_script(script, header):
    ell = script.uniform_coefficients()
    for name, exact in (("uniform", ell), ("uniform_ratio", script.ratio_coefficients(ell))):
        rows = re.findall(r"\{([^{}]*)\}", body(header, name))
        assert [numbers(row) for row in rows] == [[float(c) for c in row] for row in exact]


def test_stirlings_series_at_p_1(script):
    script.check_uniform(script.uniform_coefficients())


def test_logarithm_of_debyes_polynomials(script):
    """l_k from exp(sum l_k s^k) = sum u_k, u_k by DLMF 10.41.9: a recurrence that the script does not use. Exact."""
    terms = 10
    u = [{0: Fraction(1)}]
    for _ in range(terms):
        following = {}
        for e, c in u[-1].items():
            changes = ((e + 1, c * e / 2 + c / (8 * (e + 1))), (e + 3, -c * e / 2 - 5 * c / (8 * (e + 3))))
            for exponent, change in changes:
                following[exponent] = following.get(exponent, 0) + change
        u.append(following)
    logarithm = [{}]  # k u_k = sum over j of j l_j u_{k-j}
    for k in range(1, terms + 1):
        rest = dict(u[k])
        for j in range(1, k):
            for e, c in script.multiply(logarithm[j], u[k - j]).items():
                rest[e] = rest.get(e, 0) - Fraction(j, k) * c
        logarithm.append(rest)
    ell = script.uniform_coefficients(terms)
    for k in range(1, terms + 1):
        assert [logarithm[k].get(k + 2 * j, 0) for j in range(k + 1)] == ell[k]


@pytest.mark.parametrize("kind", ["i", "k"])
def test_patches_of_the_uniform_expansion(script, header, kind):
    """Their sum of discarded coefficients is below 5e-17; the rounding of some eighty coefficients below 0.01 adds no more."""
    ell = [[mpf(c.numerator) / c.denominator for c in row[::-1]] for row in script.uniform_coefficients()]
    names = re.findall(rf" (uniform_{kind}_\w+) = ", header)
    assert len(names) == 11
    for name in names:
        error = largest_error(Table(header, name), lambda s, p: mp.fsum(mp.polyval(row, p) * s**k for k, row in enumerate(ell)))
        assert error < 1e-16, name


def test_tables_of_k(script, header):
    """sqrt(2x/pi) e^x K_mu(x), relative to its size of about 1: a tolerance of 2e-17 and the rounding of the coefficients. The second
    family through K's integral representation (DLMF 10.32.9) instead of mpmath's function."""

    def mean_by_integral(y, w):
        x = 1 / y
        integrand = lambda t: mp.exp(-x * (mp.cosh(t) - 1)) * mp.cosh(t) * mp.cosh(mp.sqrt(w) * t)
        return mp.sqrt(2 * x / mp.pi) * mp.quad(integrand, [0, 1, 3, mp.acosh(1 + 100 / x)])

    for patch in script.K_PATCHES:
        assert largest_error(Table(header, f"k_{patch}"), script.scaled_k) < 4e-16
        mean = Table(header, f"k_mean_{patch}")
        for y, w in list(mean.points())[5:7]:
            exact = mean_by_integral(y, w)
            assert abs(mean(y, w) - exact) < 4e-16 * exact


def test_tables_of_temmes_series(script, header):
    """1 + even + mu odd = (x/2)^-mu I_mu(x)."""
    even, odd = Table(header, "temme_even"), Table(header, "temme_odd")
    for z, w in even.points():
        for mu in (mp.sqrt(w), -mp.sqrt(w)):
            exact = mp.hyp0f1(mu + 1, z) / mp.gamma(mu + 1)
            assert abs(1 + even(z, w) + mu * odd(z, w) - exact) < 2e-16


def test_numbers_of_terms_of_the_power_series(header):
    """At its reach, a number of terms leaves less than 2^-55 of the sum 0F1(; v+1; z)."""
    terms = [int(n) for n in numbers(body(header, "series_terms"))]
    reach, slope = numbers(body(header, "series_reach")), numbers(body(header, "series_slope"))
    for count, start, rise in zip(terms, reach, slope):
        for v in (0, 1, 7, 21):
            z = start + rise * v
            exact = mp.hyp0f1(v + 1, z)
            partial = mp.fsum(mpf(z) ** k / (mp.factorial(k) * mp.rf(v + 1, k)) for k in range(count + 1))
            assert 0 <= exact - partial < exact * mpf(2) ** -55, (count, v)

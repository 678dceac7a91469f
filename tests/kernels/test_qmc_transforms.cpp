// Inverse distribution functions and periodisations against values by mpmath with 100 digits (make_transform_reference.py), and the
// properties that they have between such points.

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/transforms/marginal.hpp>
#include <kindred/kernels/qmc/transforms/periodised.hpp>
#include <kindred/kernels/random/normal_quantiles.hpp>

#include "transform_reference.hpp"

using namespace kindred;
using namespace kindred::qmc;

namespace {

constexpr double unit = std::numeric_limits<double>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();

double relative_error(double value, long double exact) { return static_cast<double>(std::abs(value / exact - 1.0L)); }

constexpr Periodization all_periodizations[] = {Periodization::none,  Periodization::baker, Periodization::c0,   Periodization::c1,
                                                Periodization::c1sin, Periodization::c2sin, Periodization::c3sin};

struct Mapped {
  double psi;
  double derivative;
};

Mapped map_one(Periodization periodization, double x) {
  Mapped result{x, 0.0};
  periodize(periodization, {&result.psi, 1}, 1, {&result.derivative, 1});
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_transforms)

BOOST_AUTO_TEST_CASE(quantiles_of_words_are_good_to_1e_15_in_both_tails) {
  std::vector<std::uint64_t> words;
  for (const auto& row : transform_reference::normal) {
    words.push_back(row.word);
  }
  std::vector<double> z(words.size());
  kernels::normal_quantiles(words, z);
  for (std::size_t i = 0; i < words.size(); ++i) {
    BOOST_TEST_INFO("word " << words[i]);
    BOOST_TEST(relative_error(z[i], transform_reference::normal[i].quantile) < 1e-15);
  }
}

BOOST_AUTO_TEST_CASE(complementary_words_give_opposite_normals) {
  std::vector<std::uint64_t> words;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    words.push_back(mix_bits(i) >> (i % 64));
    words.push_back(~words.back());
  }
  std::vector<double> z(words.size());
  kernels::normal_quantiles(words, z);
  for (std::size_t i = 0; i < words.size(); i += 2) {
    BOOST_TEST(z[i] == -z[i + 1]);
  }
}

BOOST_AUTO_TEST_CASE(quantiles_of_numbers_have_the_bits_of_normal_quantile) {
  // Around the length of a block, in place and not; log-uniform towards both ends, so that every branch is met.
  for (const std::size_t size : {0U, 1U, 7U, 255U, 256U, 257U, 100'003U}) {
    std::vector<double> u(size);
    for (std::size_t i = 0; i < size; ++i) {
      const double small = std::ldexp(to_double_centred(mix_bits(i)), -static_cast<int>(i % 50));
      u[i] = i % 2 == 0 ? small : 1.0 - small;
    }
    std::vector<double> z(size);
    kernels::normal_quantiles(u, z);
    std::vector<double> in_place = u;
    kernels::normal_quantiles(in_place, in_place);
    std::size_t different = 0;
    for (std::size_t i = 0; i < size; ++i) {
      different += z[i] == normal_quantile(u[i]) && in_place[i] == z[i] ? 0 : 1;
    }
    BOOST_TEST(different == 0U);
  }
}

BOOST_AUTO_TEST_CASE(words_agree_with_numbers_where_both_are_exact) {
  // A word whose digits from the 53rd on are 0111… is 2^-65 below the number that to_double_centred() gives; in z, by 1/φ(z) more.
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::uint64_t word = (mix_bits(i) >> 12U << 12U) | 0x7FFU;
    double z = 0.0;
    kernels::normal_quantiles(std::span(&word, 1), {&z, 1});
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
    BOOST_TEST(std::abs(z - normal_quantile(to_double_centred(word))) <= 8.0 * unit * std::abs(z) + 1.01 * 0x1p-65 / density);
  }
}

BOOST_AUTO_TEST_CASE(the_ends_are_finite) {
  std::vector<double> ends{0.0, 1.0, to_double_centred(0), to_double_centred(~std::uint64_t{0})};
  kernels::normal_quantiles(ends, ends);
  BOOST_TEST(ends[0] == -ends[1]);
  BOOST_TEST(ends[2] == -ends[3]);
  BOOST_TEST(std::isfinite(ends[0]));
  BOOST_TEST(ends[0] < ends[2]);
  for (const Marginal& marginal : transform_reference::distributions) {
    const double low = quantile(marginal, to_double_centred(0));
    const double high = quantile(marginal, to_double_centred(~std::uint64_t{0}));
    BOOST_TEST(std::isfinite(low));
    BOOST_TEST(std::isfinite(high));
    BOOST_TEST(low < high);
  }
}

BOOST_AUTO_TEST_CASE(quantiles_of_marginals) {
  // The condition of u → x times the rounding of u is none of the transform's; what is left: some units in the last place of the value
  // or of the span between the quantiles of 0.001 and 0.999, the distribution's scale. The worst are the conditions of log, exp and pow at
  // their arguments: 2^-53 (|log x| + 8). Student's t says 1e-12 of itself.
  std::vector<double> scale;
  for (const Marginal& marginal : transform_reference::distributions) {
    scale.push_back(quantile(marginal, 0.999) - quantile(marginal, 0.001));
  }
  for (const auto& row : transform_reference::marginal) {
    const auto number = static_cast<std::size_t>(row.distribution);
    const double x = quantile(transform_reference::distributions[number], row.u);
    const double size = std::max(std::abs(x), scale[number]);
    BOOST_TEST_INFO("distribution " << row.distribution << ", u = " << row.u);
    const bool iterated = std::holds_alternative<StudentT>(transform_reference::distributions[number]);
    BOOST_TEST(std::abs(static_cast<double>(x - row.quantile)) <= (iterated ? 1e-12 : 16.0 * unit) * size);
  }
}

BOOST_AUTO_TEST_CASE(quantiles_keep_their_digits_near_0) {
  // Distributions that begin at 0: relative errors, of logarithms as above with |log x| up to 60 and its power 1/a = 2.
  for (const auto& row : transform_reference::marginal) {
    const Marginal& marginal = transform_reference::distributions[row.distribution];
    const bool begins_at_0 = std::holds_alternative<LogNormal>(marginal) || std::holds_alternative<Exponential>(marginal) ||
                             std::holds_alternative<Kumaraswamy>(marginal) || std::holds_alternative<ContinuousBernoulli>(marginal) ||
                             (std::holds_alternative<Triangular>(marginal) && row.quantile > 0.0L);
    if (begins_at_0 && row.u < 0.5) {
      BOOST_TEST_INFO("distribution " << row.distribution << ", u = " << row.u);
      BOOST_TEST(relative_error(quantile(marginal, row.u), row.quantile) < 32.0 * unit);
    }
  }
}

BOOST_AUTO_TEST_CASE(arrays_of_quantiles_have_the_bits_of_single_ones) {
  for (const Marginal& marginal : transform_reference::distributions) {
    std::vector<double> u(1000);
    for (std::size_t i = 0; i < u.size(); ++i) {
      u[i] = to_double_centred(mix_bits(i));
    }
    std::vector<double> x = u;
    quantiles(marginal, x);
    for (std::size_t i = 0; i < u.size(); ++i) {
      BOOST_REQUIRE(x[i] == quantile(marginal, u[i]));
    }
  }
}

BOOST_AUTO_TEST_CASE(quantiles_do_not_decrease) {
  for (const Marginal& marginal : transform_reference::distributions) {
    double before = -infinity;
    for (int i = 1; i < 4096; ++i) {
      const double x = quantile(marginal, i / 4096.0);
      BOOST_REQUIRE(x >= before);
      before = x;
    }
  }
}

BOOST_AUTO_TEST_CASE(quantiles_of_normals_keep_both_tails) {
  // P(X > x) = exp(−rate x) is Φ(−z) = Φ(−9) ≈ 1.1e-19, far beyond the resolution of doubles below 1; on the other side x ≈ Φ(−9)/rate.
  // Both to the relative 16 units of erfc and log.
  std::vector<double> z{9.0, -9.0};
  quantiles_of_normals(Exponential(4.0), z);
  const long double tail = 1.1285884059538405e-19L;  // Φ(−9)
  BOOST_TEST(relative_error(z[0], -std::log(tail) / 4.0L) < 16.0 * unit);
  BOOST_TEST(relative_error(z[1], tail / 4.0L) < 16.0 * unit);
  // A function of a normal takes it as it is.
  std::vector<double> same{-40.0, 0.5, 12.0};
  quantiles_of_normals(Normal(), same);
  BOOST_TEST(same == (std::vector<double>{-40.0, 0.5, 12.0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(piecewise_linear_between_knots) {
  const PiecewiseLinear knots({0.0, 0.25, 0.5, 1.0}, {-1.0, 0.0, 0.0, 8.0});
  for (const auto& [u, x] : {std::pair{0.0, -1.0}, {0.125, -0.5}, {0.25, 0.0}, {0.4, 0.0}, {0.5, 0.0}, {0.75, 4.0}, {1.0, 8.0}}) {
    BOOST_TEST(quantile(knots, u) == x);
  }
  // Definition 7: the median and the quartiles of five numbers are order statistics.
  const auto samples = PiecewiseLinear::from_samples({5.0, 1.0, 4.0, 2.0, 9.0});
  for (const auto& [u, x] : {std::pair{0.0, 1.0}, {0.25, 2.0}, {0.5, 4.0}, {0.75, 5.0}, {0.875, 7.0}, {1.0, 9.0}}) {
    BOOST_TEST(quantile(samples, u) == x);
  }
}

BOOST_AUTO_TEST_CASE(periodizations_and_their_derivatives) {
  // A few roundings of the polynomials and of π x each: 8 units. Near 1 the derivative's condition x/(1 − x) belongs to 1 − x, which is
  // exact.
  for (const auto& row : transform_reference::periodization) {
    const auto [psi, derivative] = map_one(periodization_from_name(row.name), row.x);
    BOOST_TEST_INFO(row.name << ", x = " << row.x);
    BOOST_TEST(relative_error(psi, std::clamp<long double>(row.psi, 0x1p-53L, 1.0L - 0x1p-53L)) < 8.0 * unit);
    BOOST_TEST(relative_error(derivative, row.derivative) < 8.0 * unit);
  }
}

BOOST_AUTO_TEST_CASE(the_derivatives_are_those_of_psi) {
  // Central differences of width h: truncation h²/6 max|ψ'''| ≤ h²/6 · 200, rounding 2 unit/h.
  const double h = 1e-5;
  for (const Periodization p : all_periodizations) {
    if (p == Periodization::baker) {
      continue;  // whose weight is 1 because every value is taken twice
    }
    for (double x = 0.01; x < 0.995; x += 0.01) {
      const double difference = (map_one(p, x + h).psi - map_one(p, x - h).psi) / (2.0 * h);
      BOOST_TEST(std::abs(difference - map_one(p, x).derivative) < 200.0 * h * h / 6.0 + 2.0 * unit / h);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_derivatives_integrate_to_1_and_psi_is_symmetric) {
  // The midpoint rule is exact for trigonometric polynomials of a degree below n; for sin³(πx) and polynomials its error is n^-2 or less.
  const int n = 4096;
  for (const Periodization p : all_periodizations) {
    double sum = 0.0;
    for (int i = 0; i < n; ++i) {
      const double x = (i + 0.5) / n;
      const auto [psi, derivative] = map_one(p, x);
      sum += derivative / n;
      if (p != Periodization::baker) {
        BOOST_REQUIRE(std::abs(psi + map_one(p, 1.0 - x).psi - 1.0) <= unit);
      }
      BOOST_REQUIRE(derivative == map_one(p, 1.0 - x).derivative);
    }
    BOOST_TEST(std::abs(sum - 1.0) < (p == Periodization::c0 || p == Periodization::c2sin ? 3.0 / n / n : 1e-13));
  }
}

BOOST_AUTO_TEST_CASE(psi_stays_inside) {
  for (const Periodization p : all_periodizations) {
    for (const double x : {to_double_centred(0), to_double_centred(~std::uint64_t{0}), 0.5}) {
      const auto [psi, derivative] = map_one(p, x);
      BOOST_TEST(psi > 0.0);
      BOOST_TEST(psi < 1.0);
      BOOST_TEST(derivative > 0.0);
      BOOST_TEST(std::isfinite(normal_quantile(psi)));
    }
    if (p != Periodization::none) {
      for (const double x : {0.0, 1.0}) {
        BOOST_TEST(map_one(p, x).psi > 0.0);
        BOOST_TEST(map_one(p, x).psi < 1.0);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(weights_are_products_over_coordinates) {
  const int dimensions = 5;
  const std::size_t count = 301;  // more numbers than a tile, which ends within a point
  std::vector<double> points(count * dimensions);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = to_double_centred(mix_bits(i));
  }
  for (const Periodization p : all_periodizations) {
    std::vector<double> mapped = points;
    std::vector<double> weights(count, -7.0);
    periodize(p, mapped, dimensions, weights);
    for (std::size_t i = 0; i < count; ++i) {
      double product = 1.0;
      for (std::size_t j = 0; j < dimensions; ++j) {
        const auto [psi, derivative] = map_one(p, points[i * dimensions + j]);
        BOOST_REQUIRE(mapped[i * dimensions + j] == psi);
        product *= derivative;
      }
      BOOST_REQUIRE(weights[i] == product);
    }
  }
}

BOOST_AUTO_TEST_CASE(periodised_integrands_keep_their_integral) {
  // ∫ exp(x + y/2) over the square, and ∫ 1, by the midpoint rule, whose error after Euler and Maclaurin is the sum of c_k h^k times the
  // difference of the integrand's derivative k − 1 at the ends, k even. The first that does not vanish is the fifth for C1SIN (ψ' ~ x²,
  // ψ ~ x³), some 1e5 · h^6/30240 < 1e-10; the third for C2SIN (ψ' ~ x³), some 1e3 · h^4/720 < 1e-6; the ninth for C3SIN.
  FunctionIntegrand integrand(2, 2, [](const PointBlock& block, std::span<double> values) {
    for (std::size_t i = 0; i < block.count; ++i) {
      values[2 * i] = std::exp(block.points[2 * i] + 0.5 * block.points[2 * i + 1]);
      if (block.needed.empty() || block.needed[1] != 0) {
        values[2 * i + 1] = 1.0;
      }
    }
  });
  const int n = 64;
  std::vector<double> points;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      points.insert(points.end(), {(i + 0.5) / n, (j + 0.5) / n});
    }
  }
  const double exact = (std::exp(1.0) - 1.0) * 2.0 * (std::exp(0.5) - 1.0);
  for (const Periodization p : {Periodization::c1sin, Periodization::c2sin, Periodization::c3sin}) {
    Periodised periodic(integrand, p);
    BOOST_TEST(periodic.dimensions() == 2);
    BOOST_TEST(periodic.outputs() == 2);
    std::vector<double> values(2 * n * n, -3.0);
    periodic.evaluate({.points = points, .count = n * n, .needed = {}}, values);
    double sum = 0.0;
    double weights = 0.0;
    for (int i = 0; i < n * n; ++i) {
      sum += values[2 * i] / (n * n);
      weights += values[2 * i + 1] / (n * n);
    }
    const double bound = p == Periodization::c2sin ? 1e-6 : 1e-10;
    BOOST_TEST(std::abs(sum - exact) < bound);
    BOOST_TEST(std::abs(weights - 1.0) < bound);

    // What is not needed stays as it is.
    const std::vector<std::uint8_t> needed{1, 0};
    std::fill(values.begin(), values.end(), -3.0);
    periodic.evaluate({.points = points, .count = n * n, .needed = needed}, values);
    BOOST_TEST(values[1] == -3.0);
  }
}

BOOST_AUTO_TEST_CASE(names_of_periodizations) {
  for (const Periodization p : all_periodizations) {
    BOOST_TEST((periodization_from_name(name_of(p)) == p));
  }
  BOOST_CHECK_THROW(periodization_from_name("c4sin"), InputError);
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_refused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  BOOST_CHECK_THROW(Uniform(1.0, 1.0), InputError);
  BOOST_CHECK_THROW(Uniform(nan, 1.0), InputError);
  BOOST_CHECK_THROW(Normal(0.0, 0.0), InputError);
  BOOST_CHECK_THROW(LogNormal(0.0, -1.0), InputError);
  BOOST_CHECK_THROW(JohnsonSU(0.0, 0.0, 0.0, 1.0), InputError);
  BOOST_CHECK_THROW(TruncatedNormal(0.0, 1.0, 2.0, 1.0), InputError);
  BOOST_CHECK_THROW(TruncatedNormal(0.0, 1.0, 40.0, 41.0), InputError);
  BOOST_CHECK_THROW(Exponential(0.0), InputError);
  BOOST_CHECK_THROW(Kumaraswamy(1.0, infinity), InputError);
  BOOST_CHECK_THROW(ContinuousBernoulli(1.0), InputError);
  BOOST_CHECK_THROW(Triangular(0.0, 2.0, 1.0), InputError);
  BOOST_CHECK_THROW(StudentT(0.5), InputError);
  BOOST_CHECK_THROW(PiecewiseLinear({0.0, 1.0}, {1.0, 0.0}), InputError);
  BOOST_CHECK_THROW(PiecewiseLinear({0.0, 0.5, 0.5, 1.0}, {0.0, 0.0, 0.0, 1.0}), InputError);
  BOOST_CHECK_THROW(PiecewiseLinear({0.1, 1.0}, {0.0, 1.0}), InputError);
  BOOST_CHECK_THROW(PiecewiseLinear::from_samples({1.0}), InputError);
  BOOST_CHECK_THROW(PiecewiseLinear::from_samples({1.0, nan}), InputError);
  std::vector<double> three(3);
  BOOST_CHECK_THROW(periodize(Periodization::c0, three, 2, std::span(three).first(1)), InputError);
  BOOST_CHECK_THROW(kernels::normal_quantiles(three, std::span(three).first(2)), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

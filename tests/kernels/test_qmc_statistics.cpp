// Statistics of randomised points, with fixed seeds. Bounds are in standard errors; at a seed drawn anew a right generator would fail one
// of this file's with a probability of about one percent.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/kernels/qmc/sampler.hpp>

using namespace kindred::qmc;

namespace {

/// Standardised chi-square statistic of counts that should be equal: mean 0, variance 1 in the limit.
double chi_square(const std::vector<double>& counts) {
  double total = 0.0;
  for (const double count : counts) {
    total += count;
  }
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0.0;
  for (const double count : counts) {
    sum += (count - expected) * (count - expected) / expected;
  }
  const double freedom = static_cast<double>(counts.size()) - 1.0;
  return (sum - freedom) / std::sqrt(2.0 * freedom);
}

/// The hash of Burley (2020), which fails the pair test: 32 digits, reversed.
std::uint32_t burley_hash(std::uint32_t x, std::uint32_t seed) {
  x += seed;
  x ^= x * 0x6C50B47CU;
  x ^= x * 0xB82F1E52U;
  x ^= x * 0xC7AFE638U;
  x ^= x * 0x8D22F6E6U;
  return x;
}

/// For words x, y whose first difference is digit k + 1, the next six digits of scramble(x) ⊕ scramble(y) must be uniform over seeds.
/// @returns the worst standardised chi-square over first ≤ k < first + 20
double pair_test(const std::function<std::uint64_t(std::uint64_t word, std::uint32_t seed)>& scramble, std::uint32_t first = 0) {
  const RandomWords random(5, "test");
  double worst = 0.0;
  for (std::uint32_t k = first; k < first + 20; ++k) {
    for (std::uint32_t kind = 0; kind < 2; ++kind) {
      const std::uint64_t kept = first == 0 ? ~std::uint64_t{0} << 32U : ~std::uint64_t{0};
      const std::uint64_t x = random(0, k, 0) & kept;
      const std::uint64_t flip = std::uint64_t{1} << (63U - k);
      const std::uint64_t other = kind == 0 ? 0 : random(0, k, 1) & (flip - 1) & kept;
      const std::uint64_t y = x ^ flip ^ other;
      std::vector<double> counts(64, 0.0);
      for (std::uint32_t seed = 0; seed < 1U << 15U; ++seed) {
        const std::uint64_t difference = scramble(x, seed) ^ scramble(y, seed);
        counts[(difference >> (63U - k - 6U)) & 63U] += 1.0;
      }
      worst = std::max(worst, std::abs(chi_square(counts)));
    }
  }
  return worst;
}

struct RandomSet {
  std::string what;
  PointSet points;
  Scramble scramble;
};

std::vector<RandomSet> uniform_sets(int dimensions) {
  std::vector<RandomSet> sets;
  const auto add = [&](const std::string& what, const PointSet& points, std::initializer_list<Scramble> scrambles) {
    for (const Scramble scramble : scrambles) {
      sets.push_back({what + " " + std::string(name(scramble)), points, scramble});
    }
  };
  add("sobol", sobol(dimensions), {Scramble::digital_shift, Scramble::lms_digital_shift, Scramble::nested_uniform, Scramble::owen_hash});
  add("order 2", sobol(dimensions, 32, 2),
      {Scramble::digital_shift, Scramble::lms_digital_shift, Scramble::nested_uniform, Scramble::owen_hash});
  add("lattice", lattice_table(dimensions), {Scramble::shift});
  add("kronecker", richtmyer(dimensions), {Scramble::shift});
  add("halton", Halton{dimensions},
      {Scramble::digital_shift, Scramble::digit_permutation, Scramble::lms_digital_shift, Scramble::lms_digit_permutation,
       Scramble::nested_uniform});
  add("independent", Independent{dimensions}, {Scramble::none});
  return sets;
}

using Integrand = std::function<double(const double*)>;

double exponential(const double* x) { return x[0] * std::exp(x[0]) - 1.0; }

/// Genz' corner peak in three dimensions, coefficients summing to 1/4, less its integral:
/// ∫ (1 + Σ c x)^(−4) = (1/(3! c_1 c_2 c_3)) Σ over subsets of (−1)^|u| / (1 + Σ_u c).
double corner_peak(const double* x) {
  static constexpr double c[3] = {0.125, 0.075, 0.05};
  static const double integral = [] {
    double sum = 0.0;
    for (unsigned u = 0; u < 8; ++u) {
      double inner = 1.0;
      double sign = 1.0;
      for (unsigned j = 0; j < 3; ++j) {
        if (((u >> j) & 1U) != 0) {
          inner += c[j];
          sign = -sign;
        }
      }
      sum += sign / inner;
    }
    return sum / (6.0 * c[0] * c[1] * c[2]);
  }();
  return std::pow(1.0 + c[0] * x[0] + c[1] * x[1] + c[2] * x[2], -4.0) - integral;
}

/// Of x_1 + … + x_4 ≤ 2: 1/2 by symmetry.
double half_cube(const double* x) { return (x[0] + x[1] + x[2] + x[3] <= 2.0 ? 1.0 : 0.0) - 0.5; }

/// Averages of the first n points, one for every replicate.
std::vector<double> averages(const Sampler& sampler, const Integrand& f, std::uint64_t n) {
  const auto d = static_cast<std::size_t>(sampler.dimensions());
  std::vector<double> points(n * d * static_cast<std::size_t>(sampler.replicates()));
  sampler.fill<double>(points, 0, n);
  std::vector<double> means;
  for (std::size_t r = 0; r < static_cast<std::size_t>(sampler.replicates()); ++r) {
    double sum = 0.0;
    for (std::size_t p = 0; p < n; ++p) {
      sum += f(points.data() + (r * n + p) * d);
    }
    means.push_back(sum / static_cast<double>(n));
  }
  return means;
}

double root_mean_square(const std::vector<double>& errors) {
  double sum = 0.0;
  for (const double error : errors) {
    sum += error * error;
  }
  return std::sqrt(sum / static_cast<double>(errors.size()));
}

double median_magnitude(std::vector<double> errors) {
  std::ranges::transform(errors, errors.begin(), [](double error) { return std::abs(error); });
  std::ranges::nth_element(errors, errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2));
  return errors[errors.size() / 2];
}

/// Least-squares slope of log2 of the size of the errors against log2 n, n = 2^first … 2^last.
double slope(const PointSet& points, Scramble scramble, const Integrand& f, int first, int last, int replicates,
             const std::function<double(const std::vector<double>&)>& size) {
  const Sampler sampler(points, {scramble, 21, replicates});
  double sum_xy = 0.0;
  double sum_xx = 0.0;
  const double middle = 0.5 * (first + last);
  for (int m = first; m <= last; ++m) {
    const double y = std::log2(size(averages(sampler, f, std::uint64_t{1} << static_cast<unsigned>(m))));
    sum_xy += (m - middle) * y;
    sum_xx += (m - middle) * (m - middle);
  }
  return sum_xy / sum_xx;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_statistics)

// Forty statistics: beyond 5.5 a chi-square of 63 degrees of freedom (right-skewed) lies with probability 2e-6.
BOOST_AUTO_TEST_CASE(pairs_are_scrambled_independently) {
  const RandomWords random(6, "test");
  int digits = 32;
  const auto exact = [&](std::uint64_t word, std::uint32_t seed) {
    NestedKeys keys;
    keys.digits = digits;
    for (std::uint64_t k = 0; k < NestedKeys::count; ++k) {
      keys.keys[k] = random(seed, 0, k);
    }
    return nested_uniform(word, keys);
  };
  const auto seed_word = [&](std::uint32_t seed) { return static_cast<std::uint32_t>(random(seed, 1, 0)); };
  const auto hashed = [&](std::uint64_t word, std::uint32_t seed) {
    return owen_hash_word(kindred::qmc::reverse_bits(static_cast<std::uint32_t>(word >> 32U)), {seed_word(seed), 0});
  };
  const auto burley = [&](std::uint64_t word, std::uint32_t seed) {
    const std::uint32_t reversed = kindred::qmc::reverse_bits(static_cast<std::uint32_t>(word >> 32U));
    return static_cast<std::uint64_t>(kindred::qmc::reverse_bits(burley_hash(reversed, seed_word(seed)))) << 32U;
  };
  BOOST_TEST(pair_test(exact) < 5.5);
  digits = 64;
  BOOST_TEST(pair_test(exact) < 5.5);
  BOOST_TEST(pair_test(exact, 32) < 5.5);
  BOOST_TEST(pair_test(hashed) < 5.5);
  BOOST_TEST(pair_test(burley) > 100.0);  // the test sees what is known to be wrong
  // Seeds that count, not mixed: consecutive ones give the same flips where the seed's low digits do not reach.
  double dependent = 0.0;
  std::vector<double> counts(64, 0.0);
  for (std::uint32_t seed = 0; seed < 1U << 14U; ++seed) {
    const std::uint32_t x = 0x9E3779B9U;
    counts[kindred::qmc::reverse_bits(owen_hash(x, 2 * seed) ^ owen_hash(x, 2 * seed + 1)) >> 26U] += 1.0;
  }
  dependent = chi_square(counts);
  BOOST_TEST(dependent > 100.0);
}

// A fixed point is uniform over replicates, and its coordinates independent of each other; so are successive replicates.
BOOST_AUTO_TEST_CASE(single_points_are_uniform) {
  constexpr int replicates = 1 << 14;
  for (const RandomSet& set : uniform_sets(2)) {
    const Sampler sampler(set.points, {set.scramble, 31, replicates});
    for (const std::uint64_t i : {0U, 1U, 1000U}) {
      std::vector<double> leading(256, 0.0);
      std::vector<double> later(256, 0.0);
      std::vector<double> pairs(256, 0.0);
      std::vector<double> successive(256, 0.0);
      for (int r = 0; r < replicates; ++r) {
        const std::uint64_t x = sampler.word(i, 0, r);
        const std::uint64_t y = sampler.word(i, 1, r);
        leading[y >> 56U] += 1.0;
        later[(y >> 30U) & 255U] += 1.0;
        pairs[(x >> 60U << 4U) | (y >> 60U)] += 1.0;
        if (r % 2 == 1) {
          successive[(sampler.word(i, 1, r - 1) >> 60U << 4U) | (y >> 60U)] += 1.0;
        }
      }
      BOOST_TEST_CONTEXT(set.what << ", point " << i) {
        BOOST_TEST(std::abs(chi_square(leading)) < 5.5);
        BOOST_TEST(std::abs(chi_square(later)) < 5.5);
        BOOST_TEST(std::abs(chi_square(pairs)) < 5.5);
        BOOST_TEST(std::abs(chi_square(successive)) < 5.5);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(averages_are_unbiased) {
  constexpr int replicates = 1000;
  for (const RandomSet& set : uniform_sets(4)) {
    const Sampler sampler(set.points, {set.scramble, 13, replicates});
    for (const Integrand& f : {Integrand(exponential), Integrand(corner_peak), Integrand(half_cube)}) {
      const auto means = averages(sampler, f, 64);
      double mean = 0.0;
      for (const double value : means) {
        mean += value / replicates;
      }
      BOOST_TEST_CONTEXT(set.what) { BOOST_TEST(std::abs(mean) <= 4.0 * root_mean_square(means) / std::sqrt(replicates)); }
    }
  }
}

// One point in each of n intervals: the mean of a coordinate is off by 1/(2n) at most, that of its square by 1/n.
BOOST_AUTO_TEST_CASE(moments_of_coordinates) {
  constexpr std::uint64_t n = 4096;
  for (const Scramble scramble : {Scramble::none, Scramble::digital_shift, Scramble::lms, Scramble::lms_digital_shift,
                                  Scramble::nested_uniform, Scramble::owen_hash}) {
    const Sampler sampler(sobol(30), {scramble, 17});
    std::vector<double> points(30 * n);
    sampler.fill<double>(points, 0, n);
    for (std::size_t j = 0; j < 30; ++j) {
      double mean = 0.0;
      double square = 0.0;
      for (std::size_t p = 0; p < n; ++p) {
        mean += points[p * 30 + j] / n;
        square += points[p * 30 + j] * points[p * 30 + j] / n;
      }
      BOOST_TEST(std::abs(mean - 0.5) <= 0.5 / n + 1e-12);
      BOOST_TEST(std::abs(square - 1.0 / 3.0) <= 1.0 / n + 1e-12);
    }
  }
}

// Slopes of the root mean square error: theory (Owen 1997, Dick 2008), with 0.1 for what is left of logarithms and of chance. 60 replicates
// leave a standard error of 0.13 in every log2, 0.02 in the slope over nine sizes.
BOOST_AUTO_TEST_CASE(rates_of_root_mean_square_errors) {
  const auto rate = [](const PointSet& points, Scramble scramble, const Integrand& f, int last) {
    return slope(points, scramble, f, 6, last, 60, root_mean_square);
  };
  for (const Scramble scramble : {Scramble::nested_uniform, Scramble::owen_hash}) {
    BOOST_TEST(std::abs(rate(sobol(1), scramble, exponential, 14) + 1.5) <= 0.1);
    BOOST_TEST(std::abs(rate(sobol(3), scramble, corner_peak, 14) + 1.5) <= 0.1);
  }
  BOOST_TEST(std::abs(rate(sobol(1), Scramble::digital_shift, exponential, 13) + 1.0) <= 0.1);
  BOOST_TEST(std::abs(rate(sobol(4), Scramble::nested_uniform, half_cube, 13) + 0.65) <= 0.1);
  BOOST_TEST(std::abs(rate(lattice_table(1), Scramble::shift, exponential, 13) + 1.0) <= 0.1);
  BOOST_TEST(std::abs(rate(Independent{1}, Scramble::none, exponential, 13) + 0.5) <= 0.1);
}

// Higher orders, by the median: linear scrambles have rare bad draws.
BOOST_AUTO_TEST_CASE(rates_of_interlaced_nets) {
  BOOST_TEST(slope(sobol(1, 32, 2), Scramble::lms_digital_shift, exponential, 4, 10, 101, median_magnitude) <= -2.0);
  BOOST_TEST(slope(sobol(3, 32, 2), Scramble::lms_digital_shift, corner_peak, 4, 12, 101, median_magnitude) <= -2.0);
  BOOST_TEST(slope(sobol(1, 32, 3), Scramble::lms_digital_shift, exponential, 4, 10, 101, median_magnitude) <= -3.0);
}

BOOST_AUTO_TEST_SUITE_END()

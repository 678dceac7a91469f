// Invariant kernels against their Fourier and Walsh series.

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/spectral/kernel_parts.hpp>
#include <kindred/kernels/qmc/spectral/product_kernel.hpp>

#include "qmc_support.hpp"

using namespace kindred;
using namespace kindred::qmc;

namespace {

constexpr long double pi = std::numbers::pi_v<long double>;

double walsh(int order, std::uint64_t x) {
  return order == 1 ? walsh_series<1>(x) : order == 2 ? walsh_series<2>(x) : order == 3 ? walsh_series<3>(x) : walsh_series<4>(x);
}

/// Digit a, a = 1 … 64.
int digit(std::uint64_t x, int a) { return static_cast<int>((x >> static_cast<unsigned>(64 - a)) & 1U); }

/// Σ_{k < 2^c} wal_k(x) 2^(−μ_order(k)), μ the sum of the `order` largest positions, k = 0 included: by the largest 1-bit a of k, whose
/// other bits give a sum of the order below over k < 2^(a−1).
long double walsh_sum(int order, std::uint64_t x, int c) {
  std::vector<long double> sums(static_cast<std::size_t>(c) + 1);  // over k < 2^a
  for (int a = 0; a <= c; ++a) {
    const bool zeros = a == 0 || x >> static_cast<unsigned>(64 - a) == 0;
    sums[static_cast<std::size_t>(a)] = zeros ? std::ldexp(1.0L, a) : 0.0L;
  }
  for (int level = 1; level <= order; ++level) {
    long double below = sums[0];
    sums[0] = 1.0L;
    for (std::size_t a = 1; a < sums.size(); ++a) {
      const long double term = std::ldexp(below, -static_cast<int>(a));
      below = sums[a];
      sums[a] = sums[a - 1] + (digit(x, static_cast<int>(a)) == 0 ? term : -term);
    }
  }
  return sums.back();
}

/// Order 1 has the exponent 2 ⌊log₂ k⌋: twice the position, less two.
long double walsh_sum_1(std::uint64_t x, int c) {
  long double sum = 0.0L;
  for (int a = 1; a <= c; ++a) {
    const long double block = std::ldexp(walsh_sum(0, x, a - 1), -2 * (a - 1));
    sum += digit(x, a) == 0 ? block : -block;
  }
  return sum;
}

/// The definition, term by term.
long double brute_force(int order, std::uint64_t x, int c) {
  long double sum = 0.0L;
  for (std::uint64_t k = 1; k < std::uint64_t{1} << static_cast<unsigned>(c); ++k) {
    int exponent = 0;
    int ones = 0;
    int found = 0;
    for (int position = c; position >= 1; --position) {
      if ((k >> static_cast<unsigned>(position - 1)) % 2 == 1) {
        exponent += order == 1 ? (found == 0 ? 2 * (position - 1) : 0) : (found < order ? position : 0);
        ones += digit(x, position);
        ++found;
      }
    }
    sum += std::ldexp(ones % 2 == 0 ? 1.0L : -1.0L, -exponent);
  }
  return sum;
}

std::vector<std::uint64_t> words_to_try() {
  std::vector<std::uint64_t> words = {0, 1, 2, 3, 0x7FFULL, 0x800ULL, (1ULL << 53U) - 1, 1ULL << 63U, ~0ULL, (1ULL << 63U) - 1};
  for (unsigned k = 0; k < 64; ++k) {
    words.push_back(1ULL << k);
    words.push_back((~0ULL) >> k);
    words.push_back(mix_bits(k) >> k);
  }
  return words;
}

/// Σ_{0 < |h| ≤ 4000}: the terms of h and −h are conjugate.
long double fourier_series(int order, int of_x, int of_z, long double t) {
  using Long = std::complex<long double>;
  Long factor = 1.0L;
  for (int k = 0; k < of_x + of_z; ++k) {
    factor *= Long(0.0L, k < of_x ? 2.0L * pi : -2.0L * pi);
  }
  const Long rotation = std::polar(1.0L, 2.0L * pi * t);
  Long wave = 1.0L;
  long double sum = 0.0L;
  for (int h = 1; h <= 4000; ++h) {
    wave *= rotation;
    sum += 2.0L * (factor * wave).real() * std::pow(static_cast<long double>(h), of_x + of_z - 2 * order);
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_spectral_kernels)

BOOST_AUTO_TEST_CASE(recursion_is_the_definition) {
  for (const std::uint64_t word : {std::uint64_t{0}, std::uint64_t{0x123456789ABCDEF0}, std::uint64_t{0xFEDCBA9876543210},
                                   std::uint64_t{0x0003A00000000000}, std::uint64_t{1} << 63U}) {
    BOOST_TEST(std::abs(static_cast<double>(walsh_sum_1(word, 10) - brute_force(1, word, 10))) <= 1e-15);
    for (int order = 2; order <= 4; ++order) {
      BOOST_TEST(std::abs(static_cast<double>(walsh_sum(order, word, 10) - 1.0L - brute_force(order, word, 10))) <= 1e-15);
    }
  }
}

// Digits beyond the 64th change sums by less than 2^-60. Values are below 2.1 and take some ten operations.
BOOST_AUTO_TEST_CASE(closed_forms_are_the_walsh_series) {
  for (const std::uint64_t word : words_to_try()) {
    BOOST_TEST(std::abs(walsh(1, word) - static_cast<double>(walsh_sum_1(word, 64))) <= 1e-15, "order 1 at " << word);
    for (int order = 2; order <= 4; ++order) {
      BOOST_TEST(std::abs(walsh(order, word) - static_cast<double>(walsh_sum(order, word, 64) - 1.0L)) <= 2e-15,
                 "order " << order << " at " << word);
    }
  }
}

// The stored values of order 1 are those of published code, half of the sum.
BOOST_AUTO_TEST_CASE(stored_values) {
  const auto lines = qmc_test::golden("dsi_kernel_values.txt");
  BOOST_TEST(lines.size() == 11U);
  for (const auto& line : lines) {
    const std::uint64_t word = std::stoull(line[0]) << 32U;
    for (int order = 1; order <= 4; ++order) {
      const double stored = (order == 1 ? 2.0 : 1.0) * std::stod(line[static_cast<std::size_t>(order)]);
      BOOST_TEST(std::abs(walsh(order, word) - stored) <= 2e-15, "order " << order << " at " << word);
    }
  }
}

// B_r(1/2 + t) = (2^(1−r) B_r(2 t)) − B_r(t): the duplication theorem, with stored numbers B_r(0) for the normalisation.
BOOST_AUTO_TEST_CASE(bernoulli_polynomials) {
  const auto all = [](std::uint64_t word) {
    return std::array<double, 7>{bernoulli<2>(word), bernoulli<3>(word), bernoulli<4>(word), bernoulli<5>(word),
                                 bernoulli<6>(word), bernoulli<7>(word), bernoulli<8>(word)};
  };
  const std::array<double, 7> at_zero = {1.0 / 6.0, 0.0, -1.0 / 30.0, 0.0, 1.0 / 42.0, 0.0, -1.0 / 30.0};
  const auto zero = all(0);
  for (std::size_t r = 0; r < 7; ++r) {
    BOOST_TEST(std::abs(zero[r] - at_zero[r]) <= 1e-17);
  }
  for (const std::uint64_t word : words_to_try()) {
    const auto here = all(word);
    const auto opposite = all(word + (1ULL << 63U));
    const auto twice = all(2 * word);
    const auto mirrored = all(0 - word);
    for (std::size_t k = 0; k < 7; ++k) {
      const int r = static_cast<int>(k) + 2;
      BOOST_TEST(std::abs(here[k] + opposite[k] - std::ldexp(twice[k], 1 - r)) <= 2e-16);
      BOOST_TEST(mirrored[k] == (r % 2 == 0 ? here[k] : -here[k]));
    }
  }
}

// One dimension at the points 0, 1/2, 1/4, 3/4, … of the lattice, moved by nothing: x_i − z.
BOOST_AUTO_TEST_CASE(shift_invariant_parts_and_derivatives_are_fourier_series) {
  const Sampler points(lattice({{1}}, 20));
  const std::uint64_t n = 16;
  const double z = 0.3046875;
  const auto word = words_of(std::vector{z});
  for (int order = 1; order <= 4; ++order) {
    const ProductKernel kernel{.invariance = Invariance::shift, .weights = {0.7}, .orders = {order}, .scale = 1.5};
    std::vector<double> values(n);
    for (int of_x = 0; of_x <= 2 * order - 2; ++of_x) {
      for (int of_z = 0; of_x + of_z <= 2 * order - 2; ++of_z) {
        const bool value = of_x + of_z == 0;
        if (value) {
          kernel_minus_scale(kernel, points, Order::natural, 0, n, word, values);
        } else {
          kernel_derivative(kernel, {{of_x}, {of_z}}, points, Order::natural, 0, n, word, values);
        }
        const int decay = 2 * order - of_x - of_z;
        // What is left of the series oscillates: the first neglected term divided by |1 − exp(2 π i t)| ≥ 0.04, twice, times
        // (2π)^(derivatives).
        const double tolerance = 1.05 * 100.0 * std::pow(4000.0, -decay) * std::pow(2.0 * static_cast<double>(pi), of_x + of_z) + 2e-12;
        for (std::uint64_t i = 0; i < n; ++i) {
          const double x = static_cast<double>(points.word(i, 0)) * 0x1.0p-64;
          const double series = 1.05 * static_cast<double>(fourier_series(order, of_x, of_z, static_cast<long double>(x - z)));
          BOOST_TEST(std::abs(values[i] - series) <= tolerance, order << ' ' << of_x << ' ' << of_z << " at " << x);
        }
      }
    }
  }
}

// Against the product of one-dimensional values, in several dimensions of different orders, in both orders of the points.
BOOST_AUTO_TEST_CASE(products_over_dimensions) {
  const int dimensions = 5;
  const Sampler net(sobol(dimensions), {Scramble::lms_digital_shift, 3});
  const Sampler lattice(lattice_table(dimensions), {Scramble::shift, 3});
  const std::vector<int> orders = {1, 2, 3, 4, 2};
  const std::vector<double> weights = {1.0, 0.5, 0.25, 0.3, 0.0};
  std::vector<std::uint64_t> z(dimensions);
  for (std::size_t j = 0; j < z.size(); ++j) {
    z[j] = mix_bits(j);
  }
  const double c[4] = {2.0 * std::pow(static_cast<double>(pi), 2), -std::pow(2.0 * static_cast<double>(pi), 4) / 24.0,
                       std::pow(2.0 * static_cast<double>(pi), 6) / 720.0, -std::pow(2.0 * static_cast<double>(pi), 8) / 40320.0};
  const auto periodic = [&](int order, std::uint64_t t) {
    return c[order - 1] * (order == 1 ? bernoulli<2>(t) : order == 2 ? bernoulli<4>(t) : order == 3 ? bernoulli<6>(t) : bernoulli<8>(t));
  };
  for (const Order order : {Order::natural, Order::gray}) {
    for (const bool digital : {false, true}) {
      const Sampler& points = digital ? net : lattice;
      const ProductKernel kernel{digital ? Invariance::digital_shift : Invariance::shift, weights, orders, 0.8};
      const std::uint64_t n0 = 37;
      const std::uint64_t n1 = 10000;
      std::vector<double> values(n1 - n0);
      kernel_minus_scale(kernel, points, order, n0, n1, z, values);
      for (std::uint64_t i = n0; i < n1; i += 101) {
        long double product = 1.0L;
        for (int j = 0; j < dimensions; ++j) {
          const auto at = static_cast<std::size_t>(j);
          const std::uint64_t x = points.word(i, j, 0, order);
          product *= 1.0L + weights[at] * (digital ? walsh(orders[at], x ^ z[at]) : periodic(orders[at], x - z[at]));
        }
        // A few roundings a dimension of factors below 1 + 3.3.
        BOOST_TEST(std::abs(values[i - n0] - static_cast<double>(0.8L * (product - 1.0L))) <= 1e-13);
      }
      // Sums over the points.
      std::vector<double> c_of(n1);
      for (std::size_t i = 0; i < c_of.size(); ++i) {
        c_of[i] = std::cos(static_cast<double>(i));
      }
      std::vector<double> whole(n1);
      kernel_minus_scale(kernel, points, order, 0, n1, z, whole);
      long double expected = 0.0L;
      for (std::size_t i = 0; i < n1; ++i) {
        expected += static_cast<long double>(c_of[i]) * whole[i];
      }
      std::vector<std::uint64_t> two = z;
      two.insert(two.end(), z.begin(), z.end());
      std::vector<double> sums(2);
      kernel_sums(kernel, points, order, c_of, two, sums);
      BOOST_TEST(std::abs(sums[0] - static_cast<double>(expected)) <= 1e-10);
      BOOST_TEST(sums[0] == sums[1]);
    }
  }
}

// With weights of 10^-13, K − S keeps all of its digits: it is S γ Σ k to a relative 10^-12.
BOOST_AUTO_TEST_CASE(small_weights_do_not_cancel) {
  const Sampler points(lattice_table(3), {Scramble::shift, 5});
  const auto z = words_of(std::vector{0.1, 0.2, 0.3});
  const ProductKernel small{Invariance::shift, {1e-13, 1e-13, 1e-13}, {1}, 2.0};
  std::vector<double> values(64);
  kernel_minus_scale(small, points, Order::natural, 0, 64, z, values);
  for (std::uint64_t i = 0; i < 64; ++i) {
    double sum = 0.0;
    for (int j = 0; j < 3; ++j) {
      sum += 2.0 * std::pow(static_cast<double>(pi), 2) * bernoulli<2>(points.word(i, j) - z[static_cast<std::size_t>(j)]);
    }
    BOOST_TEST(std::abs(values[i] - 2e-13 * sum) <= 2e-13 * (1e-11 + 1e-14 * std::abs(sum)));
  }
}

BOOST_AUTO_TEST_CASE(bad_kernels_are_refused) {
  const Sampler points(sobol(2));
  const std::vector<std::uint64_t> z = {0, 0};
  std::vector<double> out(4);
  const auto run = [&](const ProductKernel& kernel, const Sampler& sampler = Sampler(sobol(2))) {
    kernel_minus_scale(kernel, sampler, Order::natural, 0, 4, z, out);
  };
  using enum Invariance;
  BOOST_CHECK_THROW(run({shift, {}, {1}, 1.0}), InputError);
  BOOST_CHECK_THROW(run({shift, {1.0, -1.0}, {1}, 1.0}), InputError);
  BOOST_CHECK_THROW(run({shift, {1.0, 1.0}, {5}, 1.0}), InputError);
  BOOST_CHECK_THROW(run({shift, {1.0, 1.0}, {1, 1, 1}, 1.0}), InputError);
  BOOST_CHECK_THROW(run({shift, {1.0, 1.0}, {1}, 0.0}), InputError);
  BOOST_CHECK_THROW(run({shift, {1.0}, {1}, 1.0}), InputError);
  BOOST_CHECK_THROW(run({shift, {1.0, 1.0}, {1}, 1.0}, Sampler(sobol(2), {Scramble::lms, 0, 2})), InputError);
  BOOST_CHECK_THROW(word_of(1.0), InputError);
  BOOST_CHECK_THROW(word_of(-0.1), InputError);
  const ProductKernel kernel{shift, {1.0, 1.0}, {2}, 1.0};
  const auto differentiate = [&](const ProductKernel& of, std::vector<int> of_x, std::vector<int> of_z) {
    kernel_derivative(of, {std::move(of_x), std::move(of_z)}, points, Order::natural, 0, 4, z, out);
  };
  BOOST_CHECK_THROW(differentiate(kernel, {0, 0}, {0, 0}), InputError);
  BOOST_CHECK_THROW(differentiate(kernel, {2, 0}, {1, 0}), InputError);
  BOOST_CHECK_THROW(differentiate(kernel, {1}, {0, 0}), InputError);
  BOOST_CHECK_THROW(differentiate({digital_shift, {1.0, 1.0}, {2}, 1.0}, {1, 0}, {0, 0}), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

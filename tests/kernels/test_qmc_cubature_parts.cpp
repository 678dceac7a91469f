// What the adaptive rules are made of: coefficients that grow with the points, their order of decay, fits, minima, eigenvalues of kernel
// matrices, and the integrands that they are judged by.

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/cubature/control_variates.hpp>
#include <kindred/kernels/qmc/cubature/decay_order.hpp>
#include <kindred/kernels/qmc/cubature/kernel_column.hpp>
#include <kindred/kernels/qmc/cubature/kernel_spectrum.hpp>
#include <kindred/kernels/qmc/cubature/minimize.hpp>
#include <kindred/kernels/qmc/cubature/spectral_basis.hpp>
#include <kindred/kernels/qmc/cubature/test_integrands.hpp>

#include "qmc_support.hpp"

using namespace kindred;
using namespace kindred::qmc;

namespace {

constexpr double epsilon = 2.220446049250313e-16;

std::vector<double> random_numbers(std::size_t count, std::uint64_t sample) {
  const Draws draws(3, "test_qmc_cubature_parts", sample);
  std::vector<double> numbers(count);
  for (std::size_t k = 0; k < count; ++k) {
    numbers[k] = 2.0 * draws.uniform(k) - 1.0;
  }
  return numbers;
}

/// Index of point i of 2^m in the lattice's linear order.
std::size_t linear(std::size_t i, int m) {
  return static_cast<std::size_t>(reverse_bits(std::uint64_t{i}) >> static_cast<unsigned>(64 - m));
}

template <class Basis>
double update_error() {
  const auto values = random_numbers(1024, 0);
  std::vector<typename Basis::Coefficient> fresh(values.begin(), values.end());
  to_coefficients<Basis>(std::span(fresh));
  std::vector<typename Basis::Coefficient> grown(values.begin(), values.begin() + 16);
  to_coefficients<Basis>(std::span(grown));
  while (grown.size() < values.size()) {
    const auto first = static_cast<std::ptrdiff_t>(grown.size());
    grown.insert(grown.end(), values.begin() + first, values.begin() + 2 * first);
    extend_coefficients<Basis>(std::span(grown));
  }
  double error = 0.0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    error = std::max(error, std::abs(grown[k] - fresh[k]));
  }
  return error;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_cubature_parts)

BOOST_AUTO_TEST_CASE(coefficients_that_were_extended_are_those_of_a_fresh_transform) {
  // Values of modulus below 1: coefficients are of size n^(−1/2), each rounded some log₂ n times.
  const double bound = 10.0 * epsilon / std::sqrt(1024.0) * 4.0;
  BOOST_TEST(update_error<WalshBasis>() < bound);
  BOOST_TEST(update_error<FourierBasis>() < bound);
}

BOOST_AUTO_TEST_CASE(coefficients_of_a_basis_function_are_one_number) {
  constexpr int m = 8;
  constexpr std::size_t n = 1U << m;
  std::vector<std::complex<double>> c(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double x = static_cast<double>(linear(i, m)) / n;
    c[i] = 2.0 + std::polar(3.0, 2.0 * std::numbers::pi * 5.0 * x);
  }
  to_coefficients<FourierBasis>(std::span(c));
  for (std::size_t k = 0; k < n; ++k) {
    BOOST_TEST(std::abs(c[k] - (k == 0 ? 2.0 : k == 5 ? 3.0 : 0.0)) < 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(the_order_of_decay_is_a_permutation_among_aliases_that_puts_the_larger_first) {
  constexpr std::size_t n = 512;
  const auto c = random_numbers(n, 1);
  DecayOrder order;
  order.reset(n);
  order.sort(c, 9);
  std::vector<bool> seen(n, false);
  for (std::size_t k = 0; k < n; ++k) {
    seen[order[k]] = true;
  }
  BOOST_TEST((std::ranges::find(seen, false) == seen.end()));
  BOOST_TEST(order[0] == 0U);
  for (std::size_t half = 2; half < n; half *= 2) {
    for (std::size_t i = 1; i < half; ++i) {
      BOOST_TEST_REQUIRE(std::abs(c[order[i]]) >= std::abs(c[order[half + i]]));
      BOOST_TEST_REQUIRE(order[i] % half == order[half + i] % half);
    }
  }
}

BOOST_AUTO_TEST_CASE(control_variates_are_fitted_by_least_squares) {
  const auto x = random_numbers(256, 2);
  const auto y = random_numbers(256, 3);
  std::vector<double> c(256);
  for (std::size_t k = 0; k < c.size(); ++k) {
    c[k] = (k < 16 ? 100.0 : 0.0) + 2.0 * x[k] - 3.0 * y[k];  // coefficients before 16 are not to be fitted
  }
  DecayOrder order;
  order.reset(256);
  const auto b = fit_control_variates(c, std::vector<std::vector<double>>{x, y}, order, 16);
  BOOST_TEST(std::abs(b[0] - 2.0) < 1e-13);
  BOOST_TEST(std::abs(b[1] + 3.0) < 1e-13);
  // One variate twice: one of them is left out, the fit is the same.
  const auto twice = fit_control_variates(c, std::vector<std::vector<double>>{x, x, y}, order, 16);
  BOOST_TEST(std::abs(twice[0] + twice[1] - 2.0) < 1e-13);
  BOOST_TEST(std::abs(twice[2] + 3.0) < 1e-13);
}

BOOST_AUTO_TEST_CASE(minima_are_found_inside_and_at_the_ends) {
  int evaluations = 0;
  const auto count = [&](const auto& f) {
    return [&evaluations, f](double x) {
      ++evaluations;
      return f(x);
    };
  };
  BOOST_TEST(std::abs(minimize(count([](double x) { return std::cosh(x + 1.7); }), -5.0, 0.0, 1e-2) + 1.7) < 1e-2);
  BOOST_TEST(evaluations < 12);
  BOOST_TEST(std::abs(minimize(count([](double x) { return std::abs(x + 3.0); }), -5.0, 0.0, 1e-2) + 3.0) < 1e-2);
  BOOST_TEST(minimize([](double x) { return x; }, -5.0, 0.0, 1e-2) < -4.99);
  BOOST_TEST(minimize([](double x) { return -x; }, -5.0, 0.0, 1e-2) > -0.01);
}

BOOST_AUTO_TEST_CASE(logarithms_are_summed_without_overflow) {
  std::vector<double> x(1500);
  long double expected = 0.0L;
  for (std::size_t k = 0; k < x.size(); ++k) {
    x[k] = std::pow(10.0, k % 3 == 0 ? 250.0 : -14.0) * (1.0 + static_cast<double>(k));
    expected += std::log(static_cast<long double>(x[k]));
  }
  BOOST_TEST(std::abs(sum_of_logarithms(x) - static_cast<double>(expected)) < 1e-13 * 1500.0 * 250.0);
}

BOOST_AUTO_TEST_CASE(columns_of_kernel_matrices_lose_nothing_to_the_one) {
  const Sampler sampler(lattice_table(3), {Scramble::shift, 5});
  KernelColumn column(sampler, Invariance::shift, 2);
  std::vector<double> values(KernelColumn::block);
  constexpr double theta = 1e-9;
  column.evaluate(theta, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    // To second order in θ, with B_4 as it is published.
    double first = 0.0;
    double second = 0.0;
    for (int j = 0; j < 3; ++j) {
      const double t = to_double(sampler.word(i, j) - sampler.word(0, j));
      const double k = -std::pow(2.0 * std::numbers::pi, 4) / 24.0 * (t * t * t * t - 2.0 * t * t * t + t * t - 1.0 / 30.0);
      second += k * first;
      first += k;
    }
    BOOST_TEST_REQUIRE(std::abs(values[i] / theta - (first + theta * second)) < 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(digital_kernels_are_sums_of_walsh_functions) {
  // Sums over 0 < k < 2^12. What is left out is at most Σ_(p > 12) 2^(p−1) 2^(−2(p−1)) = 2^(−11) for order one, and for order two
  // Σ_(p > 12) 2^(−p) (1 + (p − 1)/2) = 7.5 · 2^(−12), both reached at x = 0.
  const Sampler sampler(sobol(1), {Scramble::lms_digital_shift, 5});
  for (const int order : {1, 2}) {
    KernelColumn column(sampler, Invariance::digital_shift, order);
    std::vector<double> values(KernelColumn::block);
    column.evaluate(1.0, values);
    for (std::size_t i = 0; i < values.size(); i += 17) {
      const std::uint64_t x = sampler.word(i, 0) ^ sampler.word(0, 0);
      double sum = 0.0;
      for (std::uint64_t k = 1; k < 4096; ++k) {
        const int highest = std::bit_width(k);
        const std::uint64_t rest = k ^ (std::uint64_t{1} << static_cast<unsigned>(highest - 1));
        const double weight = order == 1 ? std::ldexp(1.0, -2 * (highest - 1)) : std::ldexp(1.0, -highest - std::bit_width(rest));
        const bool odd = (std::popcount(k & reverse_bits(x)) & 1) != 0;
        sum += odd ? -weight : weight;
      }
      BOOST_TEST_REQUIRE(std::abs(values[i] - sum) < std::ldexp(order == 1 ? 2.0 : 7.5, -12) + 1e-14);
    }
  }
}

BOOST_AUTO_TEST_CASE(eigenvalues_are_sums_over_the_column) {
  constexpr int m = 8;
  constexpr std::size_t n = 1U << m;
  {
    const Sampler sampler(lattice_table(2), {Scramble::shift, 5});
    std::vector<double> column(n);
    KernelColumn(sampler, Invariance::shift, 1).evaluate(0.4, column);
    const Spectrum spectrum = lattice_eigenvalues(column);
    BOOST_TEST_REQUIRE(spectrum.values.size() == n / 2 + 1);
    for (std::size_t k = 0; k <= n / 2; ++k) {
      double sum = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        sum += column[i] * std::cos(2.0 * std::numbers::pi * static_cast<double>(linear(i, m) * k % n) / n);
      }
      BOOST_TEST_REQUIRE(std::abs(spectrum.values[k] - sum) < 1e-12);
      BOOST_TEST_REQUIRE(sum > -1e-12);  // the kernel is positive definite
    }
  }
  const Sampler sampler(sobol(2), {Scramble::lms_digital_shift, 5});
  std::vector<double> column(n);
  KernelColumn(sampler, Invariance::digital_shift, 1).evaluate(0.4, column);
  std::vector<double> transformed = column;
  const Spectrum spectrum = net_eigenvalues(transformed);
  for (std::size_t k = 0; k < n; ++k) {
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      sum += (std::popcount(i & k) & 1) != 0 ? -column[i] : column[i];
    }
    BOOST_TEST_REQUIRE(std::abs(spectrum.values[k] - sum) < 1e-12);
    BOOST_TEST_REQUIRE(sum > -1e-12);
  }
}

BOOST_AUTO_TEST_CASE(integrals_of_test_integrands_are_those_of_mpmath) {
  for (const auto& line : qmc_test::golden("reference_integrals.txt")) {
    const double expected = std::stod(line.back());
    double exact = 0.0;
    if (line[0] == "keister") {
      exact = keister(std::stoi(line[1])).exact;
    } else if (line[0] == "genz") {
      const auto decay = static_cast<GenzDecay>(std::stoi(line[2]) - 1);
      const int d = std::stoi(line[3]);
      exact = (line[1] == "oscillatory" ? genz_oscillatory(d, decay) : genz_corner_peak(d, decay)).exact;
    } else if (line[0] == "asian_geometric_call") {
      exact = asian_geometric_call().exact;
    } else if (line[0] == "box3") {
      exact = box_integral(std::stoi(line[1])).exact;
    } else {
      continue;
    }
    // Recursions and products of up to 50 factors.
    BOOST_TEST(std::abs(exact - expected) < 1e-13 * std::abs(expected), line[0] << " " << line[1] << ": " << exact << ", " << expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()

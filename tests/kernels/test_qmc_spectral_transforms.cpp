// The fast transforms against their definitions, which are summed in extended precision.

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/spectral/fourier.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

using Complex = std::complex<double>;

std::vector<double> random_values(std::size_t n, std::uint64_t sample = 0) {
  const Draws draws(7, "spectral", sample);
  std::vector<double> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = 2.0 * draws.uniform(i) - 1.0;
  }
  return values;
}

std::vector<Complex> random_complex(std::size_t n) {
  const auto parts = random_values(2 * n, 1);
  std::vector<Complex> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = {parts[2 * i], parts[2 * i + 1]};
  }
  return values;
}

std::size_t reversed(std::size_t i, std::size_t n) {
  return n == 1 ? 0
                : static_cast<std::size_t>(reverse_bits(static_cast<std::uint64_t>(i)) >> static_cast<unsigned>(64 - std::countr_zero(n)));
}

double largest_difference(const auto& a, const auto& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

double norm(const auto& values) {
  double sum = 0.0;
  for (const auto& value : values) {
    sum += std::norm(value);
  }
  return std::sqrt(sum);
}

// Every stage is orthogonal up to a scale and rounds each number by at most a few units, so the error's norm is a small multiple of
// log₂ n · 2^-53 times that of the values; the multiple covers the rounding of products with roots of unity.
double rounding(std::size_t n, double of_norm) { return 4.0 * (1 + std::countr_zero(n)) * 0x1.0p-53 * of_norm; }

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_spectral_transforms)

BOOST_AUTO_TEST_CASE(walsh_hadamard_is_its_definition) {
  for (std::size_t n = 1; n <= 4096; n *= 2) {
    const auto values = random_values(n);
    auto fast = values;
    walsh_hadamard(fast);
    std::vector<double> plain(n);
    for (std::size_t k = 0; k < n; ++k) {
      long double sum = 0.0L;
      for (std::size_t i = 0; i < n; ++i) {
        sum += std::popcount(i & k) % 2 == 0 ? values[i] : -values[i];
      }
      plain[k] = static_cast<double>(sum / std::sqrt(static_cast<long double>(n)));
    }
    BOOST_TEST(largest_difference(fast, plain) <= rounding(n, norm(values)), "n = " << n);
  }
}

BOOST_AUTO_TEST_CASE(walsh_hadamard_is_its_own_inverse) {
  for (const std::size_t n : {std::size_t{1} << 13U, std::size_t{1} << 17U}) {
    const auto values = random_values(n);
    auto twice = values;
    walsh_hadamard(twice);
    walsh_hadamard(twice);
    BOOST_TEST(largest_difference(twice, values) <= rounding(n, norm(values)));
  }
}

BOOST_AUTO_TEST_CASE(fourier_is_its_definition) {
  for (std::size_t n = 1; n <= 2048; n *= 2) {
    const auto values = random_complex(n);
    auto fast = values;
    bit_reversed_fourier(fast);
    std::vector<std::complex<long double>> roots(n);
    for (std::size_t k = 0; k < n; ++k) {
      const long double angle = -2.0L * std::numbers::pi_v<long double> * static_cast<long double>(k) / static_cast<long double>(n);
      roots[k] = {std::cos(angle), std::sin(angle)};
    }
    std::vector<Complex> plain(n);
    for (std::size_t k = 0; k < n; ++k) {
      std::complex<long double> sum = 0.0L;
      for (std::size_t i = 0; i < n; ++i) {
        sum += roots[reversed(i, n) * k % n] * std::complex<long double>(values[i]);
      }
      plain[k] = Complex(sum / std::sqrt(static_cast<long double>(n)));
    }
    BOOST_TEST(largest_difference(fast, plain) <= rounding(n, norm(values)), "n = " << n);
    inverse_bit_reversed_fourier(fast);
    BOOST_TEST(largest_difference(fast, values) <= rounding(n, norm(values)), "inverse, n = " << n);
  }
}

BOOST_AUTO_TEST_CASE(numbers_of_values_are_powers_of_two) {
  for (const std::size_t n : {std::size_t{0}, std::size_t{3}, std::size_t{1000}}) {
    std::vector<double> values(n);
    std::vector<Complex> complex(n);
    BOOST_CHECK_THROW(walsh_hadamard(values), InputError);
    BOOST_CHECK_THROW(bit_reversed_fourier(complex), InputError);
    BOOST_CHECK_THROW(inverse_bit_reversed_fourier(complex), InputError);
  }
}

BOOST_AUTO_TEST_SUITE_END()

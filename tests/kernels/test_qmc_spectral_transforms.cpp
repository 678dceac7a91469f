// The fast transforms against their definitions, which are summed in extended precision.

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/block_kernels.hpp>
#include <kindred/kernels/qmc/spectral/fourier.hpp>
#include <kindred/kernels/qmc/spectral/transform_kernels.hpp>
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
  for (std::size_t i = 0; i < a.size(); ++i) {  // b may go on
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

// The sizes around which the kernels change their ways: vectors, leaves of caches, passes of each radix.
BOOST_AUTO_TEST_CASE(every_instruction_set_gives_the_bits_of_the_radix_two_loops) {
  const BlockKernelList list = runnable_block_kernels();
  for (std::size_t n = 1; n <= std::size_t{1} << 18U; n *= 2) {
    const auto values = random_values(n);
    auto plain = values;
    for (std::size_t h = 1; h < n; h *= 2) {
      for (std::size_t i = 0; i < n; ++i) {
        if ((i & h) == 0) {
          const double a = plain[i];
          const double b = plain[i + h];
          plain[i] = a + b;
          plain[i + h] = a - b;
        }
      }
    }
    const auto complex = random_complex(n);
    auto forward = complex;
    auto inverse = complex;
    const RootTables& roots = roots_of_unity(std::countr_zero(n));
    for (std::size_t h = 1; h < n; h *= 2) {
      const std::size_t last = n / (2 * h);
      const Roots w = roots[static_cast<std::size_t>(std::countr_zero(h)) + 1];
      const Roots v = roots[static_cast<std::size_t>(std::countr_zero(last)) + 1];
      for (std::size_t i = 0; i < n; ++i) {
        if ((i & h) == 0) {
          const std::size_t j = i & (h - 1);
          const Complex a = forward[i];
          const Complex b = forward[i + h];
          const Complex moved(b.real() * w.real[j] - b.imag() * w.imaginary[j], b.real() * w.imaginary[j] + b.imag() * w.real[j]);
          forward[i] = a + moved;
          forward[i + h] = a - moved;
        }
        if ((i & last) == 0) {
          const std::size_t j = i & (last - 1);
          const Complex a = inverse[i];
          const Complex b = inverse[i + last];
          const Complex d = a - b;
          inverse[i] = a + b;
          inverse[i + last] = {d.real() * v.real[j] + d.imag() * v.imaginary[j], d.imag() * v.real[j] - d.real() * v.imaginary[j]};
        }
      }
    }
    for (int set = 0; set < list.count; ++set) {
      const char* const name = list.sets[set]->instruction_set;
      const TransformKernels& kernels = transform_kernels(name);
      auto fast = values;
      kernels.walsh_hadamard(fast.data(), n, 0.25);
      auto fast_forward = complex;
      kernels.fourier(reinterpret_cast<double*>(fast_forward.data()), n, 0.25, roots);
      auto fast_inverse = complex;
      kernels.inverse_fourier(reinterpret_cast<double*>(fast_inverse.data()), n, 0.25, roots);
      // The scale is exact, so that it may come at any time.
      bool equal = true;
      for (std::size_t i = 0; i < n; ++i) {
        equal = equal && fast[i] == 0.25 * plain[i] && fast_forward[i] == 0.25 * forward[i] && fast_inverse[i] == 0.25 * inverse[i];
      }
      BOOST_TEST(equal, name << ", n = " << n);
      // Real and imaginary parts in two arrays.
      std::vector<double> halves(2 * n);
      for (std::size_t i = 0; i < n; ++i) {
        halves[i] = complex[i].real();
        halves[n + i] = complex[i].imag();
      }
      std::vector<Complex> of_halves(n);
      kernels.fourier_of_halves(halves.data(), reinterpret_cast<double*>(of_halves.data()), n, 0.25, roots);
      BOOST_TEST((of_halves == fast_forward), name << ", halves, n = " << n);
      auto copy = complex;
      kernels.inverse_fourier_to_halves(reinterpret_cast<double*>(copy.data()), halves.data(), n, 0.25, roots);
      equal = true;
      for (std::size_t i = 0; i < n; ++i) {
        equal = equal && fast_inverse[i] == Complex(halves[i], halves[n + i]);
      }
      BOOST_TEST(equal, name << ", to halves, n = " << n);
    }
  }
}

BOOST_AUTO_TEST_CASE(real_fourier_is_the_complex_one) {
  for (std::size_t n = 1; n <= std::size_t{1} << 14U; n *= 2) {
    const auto values = random_values(n);
    std::vector<Complex> complex(values.begin(), values.end());
    bit_reversed_fourier(complex);
    std::vector<Complex> spectrum(n / 2 + 1);
    bit_reversed_fourier(values, spectrum);
    BOOST_TEST(largest_difference(spectrum, complex) <= 2.0 * rounding(n, norm(values)), "n = " << n);
    std::vector<double> back(n);
    inverse_bit_reversed_fourier(spectrum, back);
    BOOST_TEST(largest_difference(back, values) <= 2.0 * rounding(n, norm(values)), "inverse, n = " << n);
  }
}

BOOST_AUTO_TEST_CASE(real_fourier_has_the_same_bits_on_every_instruction_set) {
  const BlockKernelList list = runnable_block_kernels();
  for (std::size_t h = 1; h <= 4096; h *= 2) {
    const int m = std::countr_zero(h) + 1;
    const Roots w = roots_of_unity(m)[static_cast<std::size_t>(m)];
    for (const bool inverse : {false, true}) {
      const auto values = random_complex(h + 1);
      auto first = values;
      transform_kernels("portable").exchange_mirrored(reinterpret_cast<double*>(first.data()), h, w, inverse);
      for (int set = 1; set < list.count; ++set) {
        auto other = values;
        transform_kernels(list.sets[set]->instruction_set).exchange_mirrored(reinterpret_cast<double*>(other.data()), h, w, inverse);
        BOOST_TEST((other == first), list.sets[set]->instruction_set << ", h = " << h);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(rows_are_transformed_one_by_one) {
  const std::size_t n = 256;
  auto values = random_values(3 * n);
  auto rows = values;
  walsh_hadamard(rows, 3);
  for (std::size_t first = 0; first < values.size(); first += n) {
    walsh_hadamard(std::span(values).subspan(first, n));
  }
  BOOST_TEST((rows == values));
  BOOST_CHECK_THROW(walsh_hadamard(rows, 5), InputError);
  BOOST_CHECK_THROW(walsh_hadamard(rows, 0), InputError);
}

// The transform of all values from those of its halves, to 10^-14.
BOOST_AUTO_TEST_CASE(halves_are_joined) {
  for (std::size_t n = 1; n <= 1024; n *= 2) {
    const auto values = random_values(2 * n);
    auto whole = values;
    walsh_hadamard(whole);
    auto halves = values;
    walsh_hadamard(halves, 2);
    join_walsh_hadamard(std::span(halves).first(n), std::span(halves).subspan(n));
    BOOST_TEST(largest_difference(halves, whole) <= 1e-14);
    const auto complex = random_complex(2 * n);
    auto complex_whole = complex;
    bit_reversed_fourier(complex_whole);
    auto complex_halves = complex;
    const auto first = std::span(complex_halves).first(n);
    const auto second = std::span(complex_halves).subspan(n);
    bit_reversed_fourier(first);
    bit_reversed_fourier(second);
    join_bit_reversed_fourier(first, second);
    BOOST_TEST(largest_difference(complex_halves, complex_whole) <= 1e-14);
  }
  std::vector<double> real(4);
  std::vector<Complex> complex(4);
  BOOST_CHECK_THROW(join_walsh_hadamard(std::span(real).first(1), std::span(real).subspan(1)), InputError);
  BOOST_CHECK_THROW(join_bit_reversed_fourier(std::span(complex).first(1), std::span(complex).subspan(1)), InputError);
}

// Tables of an order that nobody has asked for yet are made once, by whoever comes first, and the others wait.
BOOST_AUTO_TEST_CASE(threads_may_ask_for_the_same_roots) {
  const auto values = random_complex(std::size_t{1} << 19U);
  std::vector<std::vector<Complex>> results(4, values);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&result] { bit_reversed_fourier(result); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  auto expected = values;
  bit_reversed_fourier(expected);
  for (const auto& result : results) {
    BOOST_TEST((result == expected));
  }
}

BOOST_AUTO_TEST_CASE(roots_of_unity_are_rounded_once_and_symmetric) {
  const int k = 12;
  const std::size_t order = std::size_t{1} << 12U;
  const Roots w = roots_of_unity(k)[k];
  for (std::size_t j = 0; j < order / 2; ++j) {
    const long double angle = -2.0L * std::numbers::pi_v<long double> * static_cast<long double>(j) / static_cast<long double>(order);
    // Half a unit in the last place of a number below one, and what extended precision leaves.
    BOOST_TEST(std::abs(static_cast<double>(w.real[j] - std::cos(angle))) <= 0x1.02p-54);
    BOOST_TEST(std::abs(static_cast<double>(w.imaginary[j] - std::sin(angle))) <= 0x1.02p-54);
  }
  for (std::size_t j = 0; j < order / 4; ++j) {
    BOOST_TEST((w.real[j + order / 4] == w.imaginary[j] && w.imaginary[j + order / 4] == -w.real[j]));
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

#include <kindred/kernels/qmc/spectral/fourier.hpp>

#include <bit>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {
namespace {

using Complex = std::complex<double>;

/// exp(−2 π i k / n), k < n/2.
std::vector<Complex> roots_of_unity(std::size_t n) {
  std::vector<Complex> roots(n / 2);
  for (std::size_t k = 0; k < roots.size(); ++k) {
    const double angle = -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    roots[k] = {std::cos(angle), std::sin(angle)};
  }
  return roots;
}

void check(const char* function, std::size_t n) {
  if (!std::has_single_bit(n)) {
    throw InputError(std::string(function) + ": " + std::to_string(n) + " values: their number must be a power of two");
  }
}

void scale(std::span<Complex> values) {
  const double factor = 1.0 / std::sqrt(static_cast<double>(values.size()));
  for (Complex& value : values) {
    value *= factor;
  }
}

}  // namespace

// Decimation in time without its reordering: values in bit-reversed order are what it begins with.
void bit_reversed_fourier(std::span<Complex> values) {
  const std::size_t n = values.size();
  check("bit_reversed_fourier", n);
  const auto roots = roots_of_unity(n);
  for (std::size_t half = 1; half < n; half *= 2) {
    for (std::size_t first = 0; first < n; first += 2 * half) {
      for (std::size_t k = 0; k < half; ++k) {
        const Complex a = values[first + k];
        const Complex b = values[first + half + k] * roots[k * (n / (2 * half))];
        values[first + k] = a + b;
        values[first + half + k] = a - b;
      }
    }
  }
  scale(values);
}

void inverse_bit_reversed_fourier(std::span<Complex> values) {
  const std::size_t n = values.size();
  check("inverse_bit_reversed_fourier", n);
  const auto roots = roots_of_unity(n);
  for (std::size_t half = n / 2; half > 0; half /= 2) {
    for (std::size_t first = 0; first < n; first += 2 * half) {
      for (std::size_t k = 0; k < half; ++k) {
        const Complex a = values[first + k];
        const Complex b = values[first + half + k];
        values[first + k] = a + b;
        values[first + half + k] = (a - b) * std::conj(roots[k * (n / (2 * half))]);
      }
    }
  }
  scale(values);
}

}  // namespace kindred::qmc

#include <kindred/kernels/qmc/cubature/kernel_spectrum.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include <kindred/kernels/multiversion.hpp>
#include <kindred/kernels/qmc/cubature/spectral_basis.hpp>
#include <kindred/kernels/qmc/spectral/fourier.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

namespace kindred::qmc {
namespace {

/// Σ log₂ x of up to 512 numbers: the sum of their exponents, and the logarithm of eight products of their significands, below 2^64.
KINDRED_MULTIVERSION double sum_of_binary_logarithms(const double* x, std::size_t count) {
  constexpr std::size_t lanes = 8;
  double product[lanes];
  std::int64_t exponent[lanes];
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    product[lane] = 1.0;
    exponent[lane] = 0;
  }
  const auto take = [&](std::size_t lane, double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    product[lane] *= std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFU) | 0x3FF0000000000000U);
    exponent[lane] += static_cast<std::int64_t>(bits >> 52U) - 1023;
  };
  std::size_t k = 0;
  for (; k + lanes <= count; k += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      take(lane, x[k + lane]);
    }
  }
  for (; k < count; ++k) {
    take(k % lanes, x[k]);
  }
  double sum = 0.0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    sum += std::log2(product[lane]) + static_cast<double>(exponent[lane]);
  }
  return sum;
}

}  // namespace

Spectrum net_eigenvalues(std::span<double> column) {
  walsh_hadamard(column);
  Spectrum result{{column.begin(), column.end()}};
  const double scale = std::sqrt(static_cast<double>(column.size()));
  std::ranges::for_each(result.values, [scale](double& value) { value *= scale; });
  return result;
}

Spectrum lattice_eigenvalues(std::span<const double> column) {
  std::vector<std::complex<double>> transformed(column.size() / 2 + 1);
  bit_reversed_fourier(column, transformed);
  const double scale = std::sqrt(static_cast<double>(column.size()));
  Spectrum result{std::vector<double>(transformed.size()), 2.0};
  std::ranges::transform(transformed, result.values.begin(), [scale](std::complex<double> value) { return scale * value.real(); });
  return result;
}

std::vector<double> squares(std::span<const double> c) {
  std::vector<double> result(c.size());
  std::ranges::transform(c, result.begin(), [](double value) { return squared(value); });
  return result;
}

std::vector<double> squares(std::span<const std::complex<double>> c) {
  const std::size_t half = c.size() / 2;
  std::vector<double> result(half + 1);
  result[0] = squared(c[0]);
  result[half] = squared(c[half]);
  for (std::size_t k = 1; k < half; ++k) {
    result[k] = squared(c[k]) + squared(c[c.size() - k]);
  }
  return result;
}

double sum_of_logarithms(std::span<const double> x) {
  constexpr std::size_t piece = 512;
  constexpr double ln2 = 0.69314718055994530942;
  double sum = 0.0;
  for (std::size_t k = 0; k < x.size(); k += piece) {
    sum += sum_of_binary_logarithms(x.data() + k, std::min(piece, x.size() - k));
  }
  return ln2 * sum;
}

}  // namespace kindred::qmc

#include <kindred/kernels/qmc/spectral/fourier.hpp>

#include <bit>
#include <cmath>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/spectral/transform_kernels.hpp>

namespace kindred::qmc {
namespace {

using Complex = std::complex<double>;

int checked_log2(const char* function, std::size_t n) {
  if (!std::has_single_bit(n)) {
    throw InputError(std::string(function) + ": " + std::to_string(n) + " values: their number must be a power of two");
  }
  return std::countr_zero(n);
}

double orthonormal(std::size_t n) { return 1.0 / std::sqrt(static_cast<double>(n)); }

/// Pairs (real, imaginary), as the standard lets complex numbers be read.
double* parts(std::span<Complex> values) { return reinterpret_cast<double*>(values.data()); }

}  // namespace

void bit_reversed_fourier(std::span<Complex> values) {
  const std::size_t n = values.size();
  const int m = checked_log2("bit_reversed_fourier", n);
  transform_kernels().fourier(parts(values), n, orthonormal(n), roots_of_unity(m));
}

void inverse_bit_reversed_fourier(std::span<Complex> values) {
  const std::size_t n = values.size();
  const int m = checked_log2("inverse_bit_reversed_fourier", n);
  transform_kernels().inverse_fourier(parts(values), n, orthonormal(n), roots_of_unity(m));
}

}  // namespace kindred::qmc

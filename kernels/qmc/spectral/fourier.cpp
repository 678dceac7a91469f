#include <kindred/kernels/qmc/spectral/fourier.hpp>

#include <bit>
#include <cmath>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>
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

int checked_log2(const char* function, std::size_t n, std::size_t spectrum) {
  const int m = checked_log2(function, n);
  if (spectrum != n / 2 + 1) {
    throw InputError(std::string(function) + ": the spectrum of " + std::to_string(n) + " real values has " + std::to_string(n / 2 + 1) +
                     " numbers, not " + std::to_string(spectrum));
  }
  return m;
}

double orthonormal(std::size_t n) { return 1.0 / std::sqrt(static_cast<double>(n)); }

/// Pairs (real, imaginary), as the standard lets complex numbers be read.
double* parts(std::span<Complex> values) { return reinterpret_cast<double*>(values.data()); }

KINDRED_MULTIVERSION void join(double* first, double* second, std::size_t n, double scale, const double* real, const double* imaginary) {
  for (std::size_t k = 0; k < n; ++k) {
    double* const a = first + 2 * k;
    double* const b = second + 2 * k;
    const double moved[2] = {real[k] * b[0] - imaginary[k] * b[1], real[k] * b[1] + imaginary[k] * b[0]};
    const double difference[2] = {a[0] - moved[0], a[1] - moved[1]};
    a[0] = scale * (a[0] + moved[0]);
    a[1] = scale * (a[1] + moved[1]);
    b[0] = scale * difference[0];
    b[1] = scale * difference[1];
  }
}

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

// z_k = e_k + i o_k of half as many numbers, e and o the transforms of the even and the odd values: y_k = e_k + w_k o_k, and so
// 2 y_k = (z_k + conj z_{h−k}) − i w_k (z_k − conj z_{h−k}), where h = n/2; y_{h−k} follows by w_{h−k} = −conj w_k.
void bit_reversed_fourier(std::span<const double> values, std::span<Complex> spectrum) {
  const std::size_t n = values.size();
  const int m = checked_log2("bit_reversed_fourier", n, spectrum.size());
  if (n == 1) {
    spectrum[0] = values[0];
    return;
  }
  const std::size_t h = n / 2;
  const RootTables& roots = roots_of_unity(m);
  transform_kernels().fourier_of_halves(values.data(), parts(spectrum), h, 0.5 * orthonormal(n), roots);
  const Complex first = 2.0 * spectrum[0];
  spectrum[0] = first.real() + first.imag();
  spectrum[h] = first.real() - first.imag();
  transform_kernels().exchange_mirrored(parts(spectrum), h, roots[static_cast<std::size_t>(m)], false);
}

void inverse_bit_reversed_fourier(std::span<Complex> spectrum, std::span<double> values) {
  const std::size_t n = values.size();
  const int m = checked_log2("inverse_bit_reversed_fourier", n, spectrum.size());
  if (n == 1) {
    values[0] = spectrum[0].real();
    return;
  }
  const std::size_t h = n / 2;
  const RootTables& roots = roots_of_unity(m);
  const double low = spectrum[0].real();
  const double high = spectrum[h].real();
  spectrum[0] = {low + high, low - high};
  transform_kernels().exchange_mirrored(parts(spectrum), h, roots[static_cast<std::size_t>(m)], true);
  transform_kernels().inverse_fourier_to_halves(parts(spectrum), values.data(), h, orthonormal(n), roots);
}

void join_bit_reversed_fourier(std::span<Complex> first, std::span<Complex> second, double scale) {
  const std::size_t n = first.size();
  const int m = checked_log2("join_bit_reversed_fourier", n);
  if (second.size() != n) {
    throw InputError("join_bit_reversed_fourier: halves of " + std::to_string(n) + " and " + std::to_string(second.size()) + " values");
  }
  const Roots w = roots_of_unity(m + 1)[static_cast<std::size_t>(m) + 1];
  join(parts(first), parts(second), n, scale, w.real, w.imaginary);
}

}  // namespace kindred::qmc

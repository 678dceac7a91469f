#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <span>

#include <kindred/kernels/qmc/spectral/fourier.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

// The bases in which adaptive rules look at an integrand: discrete coefficients
//   c_k = (1/n) Σ_i f(x_i) conj(φ_k(x_i)),   c_0 the mean,
// of n = 2^m values in the natural order of the points.

namespace kindred::qmc {

/// |c|², without the care of std::norm, which takes a root.
inline double squared(double c) { return c * c; }
inline double squared(std::complex<double> c) { return c.real() * c.real() + c.imag() * c.imag(); }

/// Walsh functions, on digital nets.
struct WalshBasis {
  using Coefficient = double;

  /// n^(1/2) c from values, and c of 2 n values from those of either half, in place.
  static void transform(std::span<double> values) { walsh_hadamard(values); }

  static void join(std::span<double> first, std::span<double> second) { join_walsh_hadamard(first, second, 0.5); }
};

/// Complex exponentials, on lattices.
struct FourierBasis {
  using Coefficient = std::complex<double>;

  static void transform(std::span<Coefficient> values) { bit_reversed_fourier(values); }

  static void join(std::span<Coefficient> first, std::span<Coefficient> second) { join_bit_reversed_fourier(first, second, 0.5); }
};

/// Values to coefficients, in place.
template <class Basis>
void to_coefficients(std::span<typename Basis::Coefficient> values) {
  Basis::transform(values);
  const double scale = 1.0 / std::sqrt(static_cast<double>(values.size()));
  for (auto& value : values) {
    value *= scale;
  }
}

/// Coefficients and as many further values to the coefficients of all, in place.
template <class Basis>
void extend_coefficients(std::span<typename Basis::Coefficient> c) {
  const std::size_t n = c.size() / 2;
  to_coefficients<Basis>(c.subspan(n));
  Basis::join(c.first(n), c.subspan(n));
}

}  // namespace kindred::qmc

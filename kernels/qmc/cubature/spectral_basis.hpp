#pragma once

#include <bit>
#include <cmath>
#include <complex>
#include <cstddef>
#include <span>

#include <kindred/kernels/qmc/spectral/fourier.hpp>
#include <kindred/kernels/qmc/spectral/roots_of_unity.hpp>
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

  /// n^(1/2) c from values.
  static void transform(std::span<double> values) { walsh_hadamard(values); }

  /// Coefficients of 2 n values from those of either half, in place: (a + b)/2 and (a − b)/2.
  static void join(std::span<double> first, std::span<double> second) {
    for (std::size_t k = 0; k < first.size(); ++k) {
      const double a = first[k];
      const double b = second[k];
      first[k] = 0.5 * (a + b);
      second[k] = 0.5 * (a - b);
    }
  }
};

/// Complex exponentials, on lattices.
struct FourierBasis {
  using Coefficient = std::complex<double>;

  /// n^(1/2) c from values.
  static void transform(std::span<Coefficient> values) { bit_reversed_fourier(values); }

  /// The second half of the points is the first one, moved by half its step: (a ± w_k b)/2 with w_k = exp(−π i k / n).
  static void join(std::span<Coefficient> first, std::span<Coefficient> second) {
    const std::size_t n = first.size();
    const int log2_order = std::countr_zero(n) + 1;
    const Roots w = roots_of_unity(log2_order)[static_cast<std::size_t>(log2_order)];
    for (std::size_t k = 0; k < n; ++k) {
      const Coefficient a = first[k];
      const Coefficient b = second[k];
      // Without the search for infinities of the complex product.
      const Coefficient moved(w.real[k] * b.real() - w.imaginary[k] * b.imag(), w.real[k] * b.imag() + w.imaginary[k] * b.real());
      first[k] = 0.5 * (a + moved);
      second[k] = 0.5 * (a - moved);
    }
  }
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

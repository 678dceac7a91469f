#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

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
    // w_k as a product of roots out of two tables of about √n: one rounding more than cos and sin of every k, at a tenth of the time.
    const std::size_t n = first.size();
    const std::size_t fine = std::size_t{1} << (static_cast<unsigned>(std::bit_width(n)) / 2U);
    const auto root = [n](std::size_t k) {
      const double angle = -std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
      return Coefficient(std::cos(angle), std::sin(angle));
    };
    std::vector<Coefficient> roots(fine);
    for (std::size_t k = 0; k < fine; ++k) {
      roots[k] = root(k);
    }
    for (std::size_t k0 = 0; k0 < n; k0 += fine) {
      const Coefficient coarse = root(k0);
      for (std::size_t k = k0; k < std::min(n, k0 + fine); ++k) {
        const Coefficient a = first[k];
        const Coefficient b = multiply(multiply(coarse, roots[k - k0]), second[k]);
        first[k] = 0.5 * (a + b);
        second[k] = 0.5 * (a - b);
      }
    }
  }

 private:
  /// Without the search for infinities of the operator.
  static Coefficient multiply(Coefficient a, Coefficient b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
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

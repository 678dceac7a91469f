#pragma once

#include <kindred/kernels/bessel/double_double.hpp>
#include <kindred/kernels/bessel/elementary.hpp>

// R = sqrt(v² + x²) >= 21.2: the logarithm of the uniform expansion, log_bessel.hpp.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

enum class Kind { i, k };
enum class Scaling { none, exponential };  // of the result: L, or L - x for I and L + x for K

inline constexpr double half_log_2pi = 0x1.d67f1c864beb5p-1;
inline constexpr double half_log_half_pi = 0x1.ce6bb25aa1315p-3;

/// What the expansion needs of (v, x): R², R, s = 1/R, p = v²/R².
struct UniformArguments {
  double square;
  double radius;
  double s;
  double p;
};

KINDRED_BESSEL_INLINE UniformArguments uniform_arguments(double v, double x) {
  const double square = mul_add(v, v, x * x);
  const double radius = square_root(square);
  const double s = divide(1.0, radius);
  const double t = v * s;
  return {square, radius, s, t * t};
}

/// Error below 3 eps C. Arguments with R >= 21.2 and v, x <= 2^500, x >= 2^-1000; G is the table for their R and p.
template <Kind kind, Scaling scaling, const auto& G>
KINDRED_BESSEL_INLINE double log_uniform(double v, double x) {
  const UniformArguments at = uniform_arguments(v, x);
  constexpr double sign = kind == Kind::i ? 1.0 : -1.0;
  constexpr double constant = kind == Kind::i ? -half_log_2pi : half_log_half_pi;
  const double g = bivariate<G>(sign * at.s, at.p);
  const double rest = mul_add(-0.25, log_quotient(at.square, 1.0), constant + g);
  if constexpr (scaling == Scaling::none) {
    const double asinh = log_quotient(v + at.radius, x);
    return mul_add(sign, mul_add(-v, asinh, at.radius), rest);
  } else {
    const double excess = v * divide(v, at.radius + x);  // R - x
    const double asinh = log_quotient(v + at.radius, x, v + excess);
    return mul_add(sign, mul_add(-v, asinh, excess), rest);
  }
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

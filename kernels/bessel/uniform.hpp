#pragma once

#include <kindred/kernels/bessel/double_double.hpp>

// R = sqrt(v² + x²) >= 21.2: the logarithm of the uniform expansion, log_bessel.hpp.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

enum class Kind { i, k };
enum class Scaling { none, exponential };  // of the result: L, or L - x for I and L + x for K

inline constexpr Pair half_log_2pi = {0x1.d67f1c864beb5p-1, -0x1.65b5a1b7ff5dfp-55};
inline constexpr Pair half_log_half_pi = {0x1.ce6bb25aa1316p-3, -0x1.dcd49c8e5aff6p-58};

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

/// G(±s, p), from the table for R and p.
template <Kind kind, const auto& G>
KINDRED_BESSEL_INLINE double expansion(const UniformArguments& at) {
  return bivariate<G>(kind == Kind::i ? at.s : -at.s, at.p);
}

/// asinh(v/x) = log((v + R)/x) = 2 atanh(half_tangent), half_tangent = v/(R + x): the latter where the quotient is below 3/2.
KINDRED_BESSEL_INLINE double asinh_quotient(double v, double x, double radius, double half_tangent) {
  const bool close = half_tangent <= 0.2;
  const Pair top = quick_two_sum(radius, v);
  const Quotient q = split_quotient(top.high, x);
  const double ratio = divide((top.high - q.scaled) + top.low, top.high + q.scaled);
  return log_of({select(close, 0.0, q.exponent), q.scaled}, select(close, half_tangent, ratio));
}

/// Error below 4 eps C. Arguments with R >= 21.2 and v, x <= 2^500, x >= 2^-1000; g is their expansion.
template <Kind kind, Scaling scaling>
KINDRED_BESSEL_INLINE double log_uniform(double v, double x, const UniformArguments& at, double g) {
  constexpr double sign = kind == Kind::i ? 1.0 : -1.0;
  constexpr double constant = kind == Kind::i ? -half_log_2pi.high : half_log_half_pi.high;
  const double rest = mul_add(-0.25, log_quotient(at.square, 1.0), constant + g);
  if constexpr (scaling == Scaling::none) {
    const double asinh = log_quotient(v + at.radius, x);
    return mul_add(sign, mul_add(-v, asinh, at.radius), rest);
  } else {
    const double half_tangent = divide(v, at.radius + x);  // tanh(½ asinh(v/x)), and (R - x)/v
    const double asinh = asinh_quotient(v, x, at.radius, half_tangent);
    return mul_add(sign, v * (half_tangent - asinh), rest);
  }
}

/// What rounding R = sqrt(v² + x²) left, to twice the precision.
KINDRED_BESSEL_INLINE double radius_rest(double v, double x, double radius, double s) {
  const double larger = select(v > x, v, x);
  const double smaller = select(v > x, x, v);
  const Pair large = two_product(larger, larger);
  const Pair small = two_product(smaller, smaller);
  const Pair square = two_product(radius, radius);
  return 0.5 * s * (((large.high - square.high) + small.high) + ((large.low - square.low) + small.low));
}

/// E = R - v asinh(v/x), or E - x for the scaled functions, to an absolute error of 2^-75 v; relative to its terms where v < x.
template <Scaling scaling>
KINDRED_BESSEL_INLINE Pair exponent(double v, double x, const Pair& radius) {
  const Pair top = two_sum(radius.high, v);
  const Pair asinh = log_quotient_wide({top.high, top.low + radius.low}, x);
  Pair leading = radius;
  if constexpr (scaling == Scaling::exponential) {
    const Pair sum = two_sum(radius.high, x);
    leading = divide(two_product(v, v), Pair{sum.high, sum.low + radius.low});  // R - x
  }
  return add(leading, multiply(asinh, -v));
}

/// Error below 4 eps max(1, |L|) for v, x <= 1e6: E, whose terms cancel, and the two larger terms of the rest as pairs.
template <Kind kind, Scaling scaling>
KINDRED_BESSEL_INLINE double log_uniform_accurate(double v, double x, const UniformArguments& at, double g) {
  constexpr double sign = kind == Kind::i ? 1.0 : -1.0;
  constexpr Pair constant = kind == Kind::i ? Pair{-half_log_2pi.high, -half_log_2pi.low} : half_log_half_pi;
  const Pair radius = {at.radius, radius_rest(v, x, at.radius, at.s)};
  const Pair e = exponent<scaling>(v, x, radius);
  const Pair log_radius = log_quotient(radius, 1.0);
  const Pair first = two_sum(-0.5 * log_radius.high, constant.high);
  const Pair second = two_sum(sign * e.high, first.high);
  return second.high + (second.low + ((first.low + constant.low) + (mul_add(-0.5, log_radius.low, g) + sign * e.low)));
}

template <Kind kind, Scaling scaling, const auto& G>
KINDRED_BESSEL_INLINE double log_uniform(double v, double x) {
  const UniformArguments at = uniform_arguments(v, x);
  return log_uniform<kind, scaling>(v, x, at, expansion<kind, G>(at));
}

template <Kind kind, Scaling scaling, const auto& G>
KINDRED_BESSEL_INLINE double log_uniform_accurate(double v, double x) {
  const UniformArguments at = uniform_arguments(v, x);
  return log_uniform_accurate<kind, scaling>(v, x, at, expansion<kind, G>(at));
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

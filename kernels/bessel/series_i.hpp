#pragma once

#include <kindred/kernels/bessel/uniform.hpp>

// log I for R < 21.3: the power series I_v(x) = (x/2)^v / Γ(1+v) Σ z^k / (k! (v+1)_k), z = x²/4, as one fraction.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

/// Σ over k = 1..Terms of z^k / (k! (v+1)_k) = sum/denominator. The scaling keeps the denominator in [1e-15, 1e8].
struct Fraction {
  double sum;
  double denominator;
};

template <int Term, int Terms>
KINDRED_BESSEL_INLINE Fraction series_from(double v, double z) {
  constexpr double scale = 0x1p-9;
  if constexpr (Term > Terms) {
    return {0.0, 1.0};
  } else {
    const Fraction tail = series_from<Term + 1, Terms>(v, z);
    const double term = mul_add(v, scale * Term, scale * Term * Term);  // k (k + v)
    return {mul_add(tail.sum, z, tail.denominator * z), tail.denominator * term};
  }
}

/// With the Stirling-like correction ((1+v)^v e^-v / Γ(1+v))² = (1 + v g)/(1+v),
///   log I = v (log(x / (2(1+v))) + 1) + ½ log(S² (1 + v g)/(1 + v)),
/// where no term is large next to log I or v log(2v/x), and all vanish with v and x. Error below 3 eps C.
template <int Terms, Scaling scaling>
KINDRED_BESSEL_INLINE double log_i_series(double v, double x) {
  const double z = 0.25 * x * x;
  const Fraction series = series_from<1, Terms>(v, z * 0x1p-9);
  const double y = divide(1.0, v + 1.5);
  const double g = polynomial<tables::gamma_correction>((y - tables::gamma_center) * tables::gamma_scale);
  const double correction = mul_add(v, g, 1.0);
  const double whole = series.denominator + series.sum;
  const double square = series.denominator * series.denominator;
  const double numerator = whole * whole * correction;
  const double denominator = square * (1.0 + v);
  const double difference = mul_add(series.sum * (whole + series.denominator), correction, square * v * (g - 1.0));
  const double logarithm = log_quotient(numerator, denominator, difference);
  const double power = log_quotient(x, mul_add(2.0, v, 2.0)) + 1.0;
  const double result = mul_add(v, power, 0.5 * logarithm);
  return scaling == Scaling::none ? result : result - x;
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

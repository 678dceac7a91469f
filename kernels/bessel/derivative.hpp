#pragma once

#include <kindred/kernels/bessel/orders_of_k.hpp>
#include <kindred/kernels/bessel/ratio.hpp>

// Derivatives of log I_v(x) and log K_v(x) by x and by v, in the style of ratio.hpp.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

/// asinh(v/x) = log((v + R)/x), also where v/x overflows.
KINDRED_BESSEL_INLINE double asinh_quotient(double v, double x, double radius) {
  return log_quotient(v + radius, x, v + v * (v / (radius + x)));
}

/// Σ (k ℓ_k(p) - 2 (1 - p) ℓ_k'(p)) s^k: what differentiation by v makes of G(s, p).
template <int Terms>
KINDRED_BESSEL_INLINE double order_series(double s, double p) {
  return triangle<tables::uniform_order, Terms>(s, p);
}

/// ∂ log I/∂x (sign 1) or ∂ log K/∂x (sign -1), R >= 21.2.
template <int Terms>
KINDRED_BESSEL_INLINE double slope_uniform(double sign, double v, double x) {
  const Polar at = polar(v, x);
  return sign * (at.radius / x) - x * at.s * at.s * (0.5 + ratio_series<Terms>(sign * at.s, at.p));
}

/// ∂ log K/∂v, R >= 21.2.
template <int Terms>
KINDRED_BESSEL_INLINE double order_slope_of_k_uniform(double v, double x) {
  const Polar at = polar(v, x);
  return asinh_quotient(v, x, at.radius) - v * at.s * at.s * (0.5 + order_series<Terms>(-at.s, at.p));
}

/// ∂ log I/∂v, R >= 21.2, v >= 2^-7.
template <int Terms>
KINDRED_BESSEL_INLINE double order_slope_of_i_uniform(double v, double x) {
  const Polar at = polar(v, x);
  return -asinh_quotient(v, x, at.radius) - v * at.s * at.s * (0.5 + order_series<Terms>(at.s, at.p));
}

/// ∂ log I/∂v, x >= 21.2, v < 2^-7. The expansion is even in v, while I_v = (I_v + I_{-v})/2 - (sin πv/π) K_v: for v -> 0 the derivative
/// of the second part remains, -K_0/I_0 = -π exp(-2x + …).
template <int Terms>
KINDRED_BESSEL_INLINE double order_slope_of_i_near_zero(double v, double x) {
  const Polar at = polar(v, x);
  const double odd = triangle<tables::uniform, Terms>(at.s, at.p) - triangle<tables::uniform, Terms>(-at.s, at.p);
  const double exponent = mul_add(-2.0, x, -odd);
  const double recessive = 0x1.921fb54442d18p1 * exponential(exponent > -700.0 ? exponent : -700.0);
  return order_slope_of_i_uniform<Terms>(v, x) - (exponent > -700.0 ? recessive : 0.0);
}

inline constexpr int order_series_terms = 10;

/// ∂ log I/∂v = log(x/2) - ψ(v+1) - Σ h_k a_k/Σ a_k with a_k = (x²/4)^k / (k! (v+1)_k) and h_k = 1/(v+1) + … + 1/(v+k), for x <= 1: the
/// terms exceed the result at most fourfold. The table has ψ(v+1) - log(v+1).
KINDRED_BESSEL_INLINE double order_slope_of_i_series(double v, double x) {
  double sum = 0.0;       // Σ a_k over k >= 1, from the innermost bracket out
  double weighted = 0.0;  // Σ h_k a_k
  KINDRED_BESSEL_UNROLL
  for (int k = order_series_terms; k >= 1; --k) {
    const double reciprocal = 1.0 / (v + k);
    const double ratio = 0.25 * x * x * reciprocal / k;
    weighted = ratio * (weighted + (1.0 + sum) * reciprocal);
    sum = ratio * (1.0 + sum);
  }
  const double inverse = 1.0 / (v + 1.0);
  const double digamma = polynomial<tables::digamma>((inverse - tables::digamma_center) * tables::digamma_scale);
  return log_quotient(0x1p60 * x, 0x1p61 * (v + 1.0)) - (digamma + weighted / (1.0 + sum));
}

inline constexpr int square_series_terms = 60;

/// 1 + x ∂(I_{v+1}/I_v)/∂v = 2v ∫_0^x I_v(t)²/t dt / I_v(x)², from the power series of I_v² (DLMF 10.31.3): positive, 1/I_0² at v = 0.
KINDRED_BESSEL_INLINE double mean_square_of_i(double v, double x) {
  double sum = 0.0;
  double weighted = 0.0;
  KINDRED_BESSEL_UNROLL
  for (int k = square_series_terms; k >= 1; --k) {
    const double product = (2.0 * v + k) * k;
    const double reciprocal = 1.0 / (product * (v + k));
    const double ratio = 0.5 * x * x * (2.0 * v + (2 * k - 1)) * reciprocal;
    weighted = ratio * (weighted + v * product * reciprocal);
    sum = ratio * (1.0 + sum);
  }
  return (1.0 + weighted) / (1.0 + sum);
}

/// ∂ log I/∂v for 1 <= x, R < 21.5, as a quotient of sums of positive terms. From the derivative by v of the Wronskian
/// I_v K_v (A + B) = 1/x, A = I_{v+1}/I_v and B = K_{v+1}/K_v, with x ∂A/∂v = Q - 1, Q = mean_square_of_i:
///   -∂ log I/∂v (A + B) = A ∂K_v/K_v + (∂K_{v+1} - K_v/x)/K_v + Q/x.
KINDRED_BESSEL_INLINE double order_slope_of_i_wronskian(const OrdersOfK& k, double v, double x) {
  const double ratio = x * ratio_of_i_fraction<fraction_levels>(v, x);
  return -((ratio * k.here_slope + 2.0 * k.excess) / k.here + mean_square_of_i(v, x)) / (ratio + 2.0 * k.next / k.here);
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

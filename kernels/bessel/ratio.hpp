#pragma once

#include <kindred/kernels/bessel/derivative_tables.hpp>
#include <kindred/kernels/bessel/polynomial.hpp>

// Ratios of neighbouring orders, as branch-free functions of plain values: scalar code, vectorised loops and CUDA kernels use the same
// source. No transcendental function is needed.

/// Before a loop of fixed length inside a loop over elements, which is vectorised only if the inner one is unrolled.
#if defined(__CUDACC__)
#define KINDRED_BESSEL_UNROLL _Pragma("unroll")
#else
#define KINDRED_BESSEL_UNROLL _Pragma("GCC unroll 64")
#endif

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

/// (v, x) as the uniform expansion sees it: R = sqrt(v² + x²), s = 1/R, p = v²/R².
struct Polar {
  double radius;
  double s;
  double p;
};

/// The squares neither overflow nor vanish for arguments up to 1e308 whose larger one exceeds 1e-150.
KINDRED_BESSEL_INLINE Polar polar(double v, double x) {
  const double scale = (v > x ? v : x) > 1e150 ? 0x1p-520 : 1.0;
  const double scaled_v = scale * v;
  const double scaled_x = scale * x;
  const double square = mul_add(scaled_v, scaled_v, scaled_x * scaled_x);
  const double radius = square_root(square) / scale;
  return {radius, 1.0 / radius, scaled_v * scaled_v / square};
}

/// Σ_j c_kj p^j, j >= From.
template <const auto& Table, int K, int From>
KINDRED_BESSEL_INLINE double triangle_row(double p) {
  constexpr double coefficient = Table[K][From];
  if constexpr (From == K) {
    return coefficient;
  } else {
    return mul_add(triangle_row<Table, K, From + 1>(p), p, coefficient);
  }
}

/// Σ s^(k - First + 1) Σ_j c_kj p^j, k = First..Terms.
template <const auto& Table, int Terms, int First = 1>
KINDRED_BESSEL_INLINE double triangle(double s, double p) {
  if constexpr (First > Terms) {
    return 0.0;
  } else {
    return (triangle_row<Table, First, 0>(p) + triangle<Table, Terms, First + 1>(s, p)) * s;
  }
}

/// Σ (k ℓ_k(p) + 2 p ℓ_k'(p)) s^k: what differentiation by x makes of G(s, p).
template <int Terms>
KINDRED_BESSEL_INLINE double ratio_series(double s, double p) {
  return triangle<tables::uniform_ratio, Terms>(s, p);
}

/// I_{v+1}(x)/I_v(x) with its complement to one and its derivative by x, each without cancellation.
struct RatioOfI {
  double value;
  double complement;
  double derivative;
};

/// R >= 21.2. With A₀ = x/(R + v), which solves A₀² + 2 v A₀/x = 1, and A = A₀ - b, Riccati's A' = 1 - A² - (2v + 1) A/x becomes a sum of
/// small terms.
template <int Terms>
KINDRED_BESSEL_INLINE RatioOfI full_ratio_of_i_uniform(double v, double x) {
  const Polar at = polar(v, x);
  const double series = ratio_series<Terms>(at.s, at.p);
  const double half = 0.5 + series;
  const double b = x * at.s * at.s * half;
  const double sum = 1.0 / (at.radius + v);
  return {x * sum - b, (v + v * (v / (at.radius + x))) * sum + b, v * at.s * sum + at.s * (2.0 * series + at.s * half) - b * b};
}

/// I_{v+1}/I_v alone.
template <int Terms>
KINDRED_BESSEL_INLINE double ratio_of_i_uniform(double v, double x) {
  const Polar at = polar(v, x);
  return mul_add(-x * at.s, at.s * (0.5 + ratio_series<Terms>(at.s, at.p)), x / (at.radius + v));
}

/// Levels of Gauss's continued fraction that leave less than 2^-55 for all v >= 0 and x <= 21.5.
inline constexpr int fraction_levels = 30;

/// The recurrence H_k = (v + k) H_{k+1} + x²/4 H_{k+2} behind Gauss's continued fraction
/// I_{v+1}/I_v = (x/2) / (v + 1 + (x²/4) / (v + 2 + (x²/4) / …)); all terms are positive and nothing overflows for v, x <= 22.
/// @returns H_3/H_2, the fraction from its second level on: (2/x) I_{v+2}/I_{v+1}
template <int Levels>
KINDRED_BESSEL_INLINE double fraction_tail(double v, double quarter_square) {
  double next = 1.0;
  double here = v + (Levels + 1);
  KINDRED_BESSEL_UNROLL
  for (int k = Levels; k >= 2; --k) {
    const double before = mul_add(v + k, here, quarter_square * next);
    next = here;
    here = before;
  }
  return next / here;
}

/// R < 21.5.
template <int Levels>
KINDRED_BESSEL_INLINE double ratio_of_i_fraction(double v, double x) {
  const double quarter_square = 0.25 * x * x;
  return 0.5 * x / mul_add(quarter_square, fraction_tail<Levels>(v, quarter_square), v + 1.0);
}

/// R < 21.5. The complement and the derivative lose digits as the ratio nears one: relative errors up to 2e-14 and 1e-12 at x = 21.
KINDRED_BESSEL_INLINE RatioOfI full_ratio_of_i_fraction(double v, double x) {
  const double quarter_square = 0.25 * x * x;
  const double rest = quarter_square * fraction_tail<fraction_levels>(v, quarter_square);  // x I_{v+2} / (2 I_{v+1})
  const double inverse = 1.0 / ((v + 1.0) + rest);
  const double value = 0.5 * x * inverse;
  return {value, 1.0 - value, (0.5 + rest) * inverse - value * value};
}

/// K_{v+1}(x)/K_v(x), R >= 21.2. Also for -1/2 <= v < 0.
template <int Terms>
KINDRED_BESSEL_INLINE double ratio_of_k_uniform(double v, double x) {
  const Polar at = polar(v, x);
  return (at.radius + v) / x + x * at.s * at.s * (0.5 + ratio_series<Terms>(-at.s, at.p));
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

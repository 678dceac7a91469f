#pragma once

#include <kindred/kernels/bessel/uniform.hpp>

// log I for R < 21.3: the power series I_v(x) = (x/2)^v / Γ(1+v) Σ z^k / (k! (v+1)_k), z = x²/4, as one fraction. With the Stirling-like
// correction ((1+v)^v e^-v / Γ(1+v))² = (1 + v g)/(1+v),
//   log I = v (log(x / (2(1+v))) + 1) + ½ log(S² (1 + v g)/(1+v)),
// where no term is large next to log I or v log(2v/x), and all vanish with v and x.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

/// Σ over k = 1..Terms of z^k / (k! (v+1)_k) = sum/denominator.
struct Fraction {
  double sum;
  double denominator;
};

/// The power of two nearest to 2^(9 terms) / terms!².
constexpr double fraction_scale(int terms) {
  double scale = 1.0;
  for (int k = 1; k <= terms; ++k) {
    scale *= 512.0 / (k * k);
  }
  double power = 1.0;
  while (power < scale) {
    power *= 2.0;
  }
  return power;
}

/// The scaling keeps the denominator between 1/2 and 1e12, whatever underflows or overflows in the series itself.
template <int Term, int Terms>
KINDRED_BESSEL_INLINE Fraction series_from(double v, double z, const Fraction& rest = {0.0, fraction_scale(Terms)}) {
  constexpr double scale = 0x1p-9;
  if constexpr (Term > Terms) {
    return rest;
  } else {
    const Fraction tail = series_from<Term + 1, Terms>(v, z, rest);
    const double term = mul_add(v, scale * Term, scale * Term * Term);  // k (k + v)
    return {mul_add(tail.sum, z, tail.denominator * z), tail.denominator * term};
  }
}

/// g of the correction.
KINDRED_BESSEL_INLINE double gamma_correction(double v) {
  return polynomial<tables::gamma_correction>((divide(1.0, v + 1.5) - tables::gamma_center) * tables::gamma_scale);
}

/// numerator/denominator = S² (1 + v g)/(1 + v).
struct SquaredSeries {
  double numerator;
  double denominator;
  double difference;
};

KINDRED_BESSEL_INLINE SquaredSeries squared_series(double v, const Fraction& series) {
  const double g = gamma_correction(v);
  const double correction = mul_add(v, g, 1.0);
  const double whole = series.denominator + series.sum;
  const double square = series.denominator * series.denominator;
  return {whole * whole * correction, square * (1.0 + v),
          mul_add(series.sum * (whole + series.denominator), correction, square * v * (g - 1.0))};
}

/// Error below 4 eps C.
template <Scaling scaling>
KINDRED_BESSEL_INLINE double log_i_series(double v, double x, const Fraction& fraction) {
  const SquaredSeries series = squared_series(v, fraction);
  const double power = log_quotient(x, mul_add(2.0, v, 2.0)) + 1.0;
  const double result = mul_add(v, power, 0.5 * log_quotient(series.numerator, series.denominator, series.difference));
  return scaling == Scaling::none ? result : result - x;
}

template <int Terms, Scaling scaling>
KINDRED_BESSEL_INLINE double log_i_series(double v, double x) {
  return log_i_series<scaling>(v, x, series_from<1, Terms>(v, 0x1p-11 * x * x));
}

/// The same fraction with the rounding errors of its first `compensated` terms, to first order.
struct FractionPair {
  Pair sum;
  Pair denominator;
};

inline constexpr int compensated_terms = 12;

template <int Term, int Terms>
KINDRED_BESSEL_INLINE FractionPair compensated_series_from(double v, const Pair& z, const FractionPair& rest) {
  constexpr double scale = 0x1p-9;
  if constexpr (Term > Terms) {
    return rest;
  } else {
    const FractionPair tail = compensated_series_from<Term + 1, Terms>(v, z, rest);
    const Pair along = two_product(v, scale * Term);
    const Pair term = two_sum(scale * Term * Term, along.high);
    const Pair total = two_sum(tail.sum.high, tail.denominator.high);
    const Pair sum = two_product(total.high, z.high);
    const Pair denominator = two_product(tail.denominator.high, term.high);
    const double total_low = total.low + (tail.sum.low + tail.denominator.low);
    return {{sum.high, mul_add(total_low, z.high, mul_add(total.high, z.low, sum.low))},
            {denominator.high,
             mul_add(tail.denominator.low, term.high, mul_add(tail.denominator.high, term.low + along.low, denominator.low))}};
  }
}

KINDRED_BESSEL_INLINE Pair scaled_square(double x) {
  const Pair square = two_product(x, x);
  return {0x1p-11 * square.high, 0x1p-11 * square.low};
}

/// Error below 4 eps max(1, |L|).
template <Scaling scaling>
KINDRED_BESSEL_INLINE double log_i_series_accurate(double v, double x, const FractionPair& series) {
  const Pair terms = divide(series.sum, series.denominator);  // S - 1
  const double g = gamma_correction(v);
  const Pair along = two_product(v, g);
  const Pair correction = two_sum(1.0, along.high);
  const Pair order = two_sum(1.0, v);
  const Pair whole = add({1.0, 0.0}, terms);
  const Pair quotient = divide(multiply(multiply(whole, whole), Pair{correction.high, correction.low + along.low}), order);
  const double difference = divide(mul_add(terms.high * (1.0 + whole.high), correction.high, v * (g - 1.0)), order.high);
  const Pair logarithm = log_of_one_plus(quotient, difference);

  const Pair power = log_quotient(two_sum(2.0, 2.0 * v), x);
  const Pair less_one = two_sum(1.0, -power.high);
  const Pair product = multiply(Pair{less_one.high, less_one.low - power.low}, v);
  Pair result = two_sum(product.high, 0.5 * logarithm.high);
  result.low += mul_add(0.5, logarithm.low, product.low);
  if constexpr (scaling == Scaling::exponential) {
    const Pair scaled = two_sum(result.high, -x);
    result = {scaled.high, scaled.low + result.low};
  }
  return result.high + result.low;
}

template <int Terms, Scaling scaling>
KINDRED_BESSEL_INLINE double log_i_series_accurate(double v, double x) {
  constexpr int compensated = Terms < compensated_terms ? Terms : compensated_terms;
  const Pair z = scaled_square(x);
  const Fraction rest = series_from<compensated + 1, Terms>(v, z.high);
  return log_i_series_accurate<scaling>(v, x, compensated_series_from<1, compensated>(v, z, {{rest.sum, 0.0}, {rest.denominator, 0.0}}));
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

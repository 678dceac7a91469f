#pragma once

#include <kindred/kernels/bessel/uniform.hpp>

// log K for R < 21.3: K_μ and K_{μ+1} with |μ| <= ½, v = n + μ, then n steps of upward recurrence. All terms are positive.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

/// v = steps + order.
struct SplitOrder {
  double steps;
  double order;
};

KINDRED_BESSEL_INLINE SplitOrder split_order(double v) {
  constexpr double shift = 0x1.8p52;  // adding it rounds to an integer
  const double steps = (v + shift) - shift;
  return {steps, v - steps};
}

/// One step is next' = across · here + (order + j) · along · next. `common` is whatever the final logarithm needs.
struct PairOfK {
  double here;
  double next;
  double common;
};

/// x in the interval of the tables: sqrt(2x/π) e^x K, whose recurrence has across = 1, along = 2/x and does not overflow.
template <const auto& K, const auto& Mean>
KINDRED_BESSEL_INLINE PairOfK start_table(double order, double x) {
  const double y = 1.0 / x;
  const double square = order * order;
  const double here = bivariate<K>(y, square);
  return {here, mul_add(order * y, here, bivariate<Mean>(y, square)), 2.0 * y};
}

KINDRED_BESSEL_INLINE double step_table(double here, double next, double order, double common) {
  return mul_add(order * common, next, here);
}

/// log K = log U - x - ½ log(2x/π), by one logarithm.
template <Scaling scaling>
KINDRED_BESSEL_INLINE double finish_table(double value, double x) {
  const double result = mul_add(0.5, log_quotient(value * value, x), half_log_half_pi);
  return scaling == Scaling::none ? result - x : result;
}

/// x <= 1. With A(μ) = Σ z^k / (k! Γ(k+1+μ)) = even + μ odd, z = x²/4, l = log(2/x) and sinc = sin(πμ)/(πμ), the scaled functions
/// W_ν = sinc (x/2)^ν K_ν are, by K_μ = π/2 (I_{-μ} - I_μ)/sin(πμ),
///   W_μ = q A(μ) - odd,   W_{μ+1} = ½ A(-μ) - z (q A'(μ) - odd'),   q = l (1 - e^{-2μl}) / (2μl),
/// with the derivatives by z, and W_{ν+1} = z W_{ν-1} + ν W_ν. Temme's series (J. Comput. Phys. 19 (1975) 324-337), summed in advance.
KINDRED_BESSEL_INLINE PairOfK start_temme(double order, double z, double log_term) {
  const double square = order * order;
  const double exponent = -2.0 * order * log_term;
  const bool vanishes = exponent == 0.0;
  const double q = vanishes ? log_term : log_term * (exponential_minus_one(exponent) / (vanishes ? 1.0 : exponent));
  const double even = bivariate<tables::temme_even>(z, square);
  const double odd = bivariate<tables::temme_odd>(z, square);
  const double even_derivative = bivariate<tables::temme_even_derivative>(z, square);
  const double odd_derivative = bivariate<tables::temme_odd_derivative>(z, square);
  const double here = mul_add(q, mul_add(order, odd, even), -odd);
  const double inner = mul_add(q, mul_add(order, odd_derivative, even_derivative), -odd_derivative);
  return {here, mul_add(-z, inner, 0.5 * mul_add(-order, odd, even)), log_term};
}

KINDRED_BESSEL_INLINE double step_temme(double here, double next, double order, double z) { return mul_add(order, next, z * here); }

template <Scaling scaling>
KINDRED_BESSEL_INLINE double finish_temme(double value, double v, double order, double x, double log_term) {
  const double result = mul_add(v, log_term, log_quotient(value, polynomial<tables::sine_ratio>(order * order)));
  return scaling == Scaling::none ? result : result + x;
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

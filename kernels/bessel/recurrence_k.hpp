#pragma once

#include <kindred/kernels/bessel/method.hpp>
#include <kindred/kernels/bessel/uniform.hpp>

// log K for R < 21.3: K_μ and K_{μ+1} with |μ| <= ½, v = n + μ, then n steps of upward recurrence
//   next' = across · here + (μ + j) · along · next,  j = 1..n.
// All terms are positive.

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

/// Multiples of K at orders μ and μ + 1, and what the steps and the final logarithm need beside them.
struct PairOfK {
  double here;
  double next;
  double common;
};

/// x in the interval of the tables, all above 1: sqrt(2x/π) e^x K, whose recurrence has across = 1, along = 2/x and does not overflow.
template <const auto& K, const auto& Mean>
struct TableStart {
  KINDRED_BESSEL_INLINE static PairOfK start(double order, double x) {
    const double y = divide(1.0, x);
    const double square = order * order;
    const double here = bivariate<K>(y, square);
    return {here, mul_add(order * y, here, bivariate<Mean>(y, square)), 2.0 * y};
  }

  KINDRED_BESSEL_INLINE static double step(const PairOfK& k, double order, double) { return mul_add(order * k.common, k.next, k.here); }

  /// log K = log U - x - ½ log(2x/π), by one logarithm.
  template <Scaling scaling>
  KINDRED_BESSEL_INLINE static double finish(double value, double, double x, double) {
    const double result = mul_add(0.5, log_quotient(value * value, x), half_log_half_pi);
    return scaling == Scaling::none ? result - x : result;
  }
};

/// x <= 1. With A(μ) = Σ z^k / (k! Γ(k+1+μ)) = even + μ odd, z = x²/4, l = log(2/x) and sinc = sin(πμ)/(πμ), the scaled functions
/// W_ν = sinc (x/2)^ν K_ν are, by K_μ = π/2 (I_{-μ} - I_μ)/sin(πμ),
///   W_μ = q A(μ) - odd,   W_{μ+1} = ½ A(-μ) - z (q A'(μ) - odd'),   q = l (1 - e^{-2μl}) / (2μl),
/// with the derivatives by z, and W_{ν+1} = z W_{ν-1} + ν W_ν. Temme's series (J. Comput. Phys. 19 (1975) 324-337), summed in advance.
struct TemmeStart {
  KINDRED_BESSEL_INLINE static PairOfK start_at(double order, double z, double log_term) {
    const double square = order * order;
    const double exponent = -2.0 * order * log_term;
    const bool vanishes = exponent == 0.0;
    const double q = vanishes ? log_term : log_term * divide(exponential_minus_one(exponent), vanishes ? 1.0 : exponent);
    const double even = bivariate<tables::temme_even>(z, square);
    const double odd = bivariate<tables::temme_odd>(z, square);
    const double even_slope = bivariate<tables::temme_even_derivative>(z, square);
    const double odd_slope = bivariate<tables::temme_odd_derivative>(z, square);
    const double here = mul_add(q, mul_add(order, odd, even), -odd);
    const double slope = mul_add(q, mul_add(order, odd_slope, even_slope), -odd_slope);
    return {here, mul_add(-z, slope, 0.5 * mul_add(-order, odd, even)), log_term};
  }

  KINDRED_BESSEL_INLINE static PairOfK start(double order, double x) { return start_at(order, 0.25 * x * x, log_quotient(2.0, x)); }

  KINDRED_BESSEL_INLINE static double step(const PairOfK& k, double order, double x) {
    return mul_add(order, k.next, 0.25 * x * x * k.here);
  }

  template <Scaling scaling>
  KINDRED_BESSEL_INLINE static double finish(double value, double v, double x, double log_term) {
    const double order = split_order(v).order;
    const double result = mul_add(v, log_term, log_quotient(value, polynomial<tables::sine_ratio>(order * order)));
    return scaling == Scaling::none ? result : result + x;
  }
};

/// Error below 4 eps C.
template <class Start, Scaling scaling>
double log_k_recurrence(double v, double x) {
  const SplitOrder at = split_order(v);
  PairOfK k = Start::start(at.order, x);
  for (double j = 1.0; j <= at.steps; j += 1.0) {
    k = {k.next, Start::step(k, at.order + j, x), k.common};
  }
  return Start::template finish<scaling>(k.here, v, x, k.common);
}

/// The same for elements in descending order of their steps: those that step j changes come first.
template <class Start, Scaling scaling>
void map_k_recurrence(const double* v, const double* x, double* out, int count) {
  constexpr int chunk = 32 * lanes;
  double order[chunk];
  double steps[chunk];
  double here[chunk];
  double next[chunk];
  double common[chunk];
  for (int begin = 0; begin < count; begin += chunk) {
    const int size = (count - begin < chunk ? count - begin : chunk) & -lanes;
    KINDRED_BESSEL_VECTORISE
    for (int i = 0; i < size; ++i) {
      const SplitOrder at = split_order(v[begin + i]);
      const PairOfK k = Start::start(at.order, x[begin + i]);
      order[i] = at.order;
      steps[i] = at.steps;
      here[i] = k.here;
      next[i] = k.next;
      common[i] = k.common;
    }
    int active = size;
    for (double j = 1.0; j <= steps[0]; j += 1.0) {
      while (steps[active - lanes] < j) {
        active -= lanes;
      }
      KINDRED_BESSEL_VECTORISE
      for (int i = 0; i < (active & -lanes); ++i) {
        const PairOfK k{here[i], next[i], common[i]};
        const double following = Start::step(k, order[i] + j, x[begin + i]);
        here[i] = steps[i] >= j ? k.next : k.here;
        next[i] = following;  // of no more use to an element that has taken its steps
      }
    }
    KINDRED_BESSEL_VECTORISE
    for (int i = 0; i < size; ++i) {
      out[begin + i] = Start::template finish<scaling>(here[i], v[begin + i], x[begin + i], common[i]);
    }
  }
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

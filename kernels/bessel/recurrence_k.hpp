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

/// Multiples of K at orders μ and μ + 1, and what the steps and the final logarithm need beside them. The low parts are zero unless the
/// method is `compensated`.
struct PairOfK {
  Pair here;
  Pair next;
  Pair common;
};

/// x in the interval of the tables, all from 1/2 on: sqrt(2x/π) e^x K, whose recurrence has across = 1, along = 2/x and does not overflow.
template <const auto& K, const auto& Mean>
struct TableStart {
  static constexpr bool compensated = false;

  KINDRED_BESSEL_INLINE static PairOfK start(double order, double x) {
    const double y = divide(1.0, x);
    const double square = order * order;
    return combine(order, x, y, bivariate<K>(y, square), bivariate<Mean>(y, square));
  }

  /// From the values of the tables at y = 1/x.
  KINDRED_BESSEL_INLINE static PairOfK combine(double order, double /*x*/, double y, double here, double mean) {
    return {{here, 0.0}, {mul_add(order * y, here, mean), 0.0}, {2.0 * y, 0.0}};
  }

  KINDRED_BESSEL_INLINE static Pair step(const PairOfK& k, double order, double) {
    return {mul_add(order * k.common.high, k.next.high, k.here.high), 0.0};
  }

  /// log K = log U - x - ½ log(2x/π), by one logarithm. Error below 4 eps C.
  template <Scaling scaling>
  KINDRED_BESSEL_INLINE static double finish(const PairOfK& k, double, double x) {
    const double result = mul_add(0.5, log_quotient(k.here.high * k.here.high, x), half_log_half_pi.high);
    return scaling == Scaling::none ? result - x : result;
  }
};

/// The same with pairs in the recurrence. Error below 4 eps max(1, |L|).
template <const auto& K, const auto& Mean>
struct AccurateTableStart {
  static constexpr bool compensated = true;

  KINDRED_BESSEL_INLINE static PairOfK start(double order, double x) {
    const double y = divide(1.0, x);
    const double square = order * order;
    return combine(order, x, y, bivariate<K>(y, square), bivariate<Mean>(y, square));
  }

  KINDRED_BESSEL_INLINE static PairOfK combine(double order, double x, double y, double here, double mean) {
    PairOfK k = TableStart<K, Mean>::combine(order, x, y, here, mean);
    const Pair product = two_product(y, x);
    k.common.low = k.common.high * ((1.0 - product.high) - product.low);
    return k;
  }

  KINDRED_BESSEL_INLINE static Pair step(const PairOfK& k, double order, double) {
    return add(multiply(multiply(k.common, order), k.next), k.here);
  }

  template <Scaling scaling>
  KINDRED_BESSEL_INLINE static double finish(const PairOfK& k, double, double x) {
    const Pair logarithm = log_quotient(multiply(k.here, k.here), x);
    const Pair sum = two_sum(0.5 * logarithm.high, scaling == Scaling::none ? -x : half_log_half_pi.high);
    const double low = mul_add(0.5, logarithm.low, sum.low);
    return sum.high + (scaling == Scaling::none ? half_log_half_pi.high + low : half_log_half_pi.low + low);
  }
};

/// x <= 1, used below 1/2. With A(μ) = Σ z^k / (k! Γ(k+1+μ)) = 1 + even + μ odd, z = x²/4, l = log(2/x) and sinc = sin(πμ)/(πμ), the scaled
/// functions W_ν = sinc (x/2)^ν K_ν are, by K_μ = π/2 (I_{-μ} - I_μ)/sin(πμ),
///   W_μ = q A(μ) - odd,   W_{μ+1} = ½ A(-μ) - z (q A'(μ) - odd'),   q = (1 - e^{-2μl}) / (2μ),
/// with the derivatives by z, and W_{ν+1} = z W_{ν-1} + ν W_ν. Temme's series (J. Comput. Phys. 19 (1975) 324-337), summed in advance.
/// Where log K vanishes, at x < 1, its condition is that of W_μ: hence pairs. Error below 4 eps min(C, max(1, |L|)).
struct TemmeStart {
  static constexpr bool compensated = true;

  KINDRED_BESSEL_INLINE static PairOfK start_at(double order, double z, const Pair& log_term) {
    const double square = order * order;
    const bool vanishes = square < 0x1p-200;
    const double divisor = select(vanishes, -1.0, -2.0 * order);
    const Pair quotient = divide(exponential_minus_one(multiply(log_term, divisor)), Pair{divisor, 0.0});
    const Pair q = {select(vanishes, log_term.high, quotient.high), select(vanishes, log_term.low, quotient.low)};
    const double even = bivariate<tables::temme_even>(z, square);
    const double odd = bivariate<tables::temme_odd>(z, square);
    const double even_slope = bivariate<tables::temme_even_derivative>(z, square);
    const double odd_slope = bivariate<tables::temme_odd_derivative>(z, square);
    const Pair difference = two_sum(q.high, -odd);
    const Pair here = two_sum(difference.high, mul_add(q.high, mul_add(order, odd, even), difference.low + q.low));
    const double slope = mul_add(q.high, mul_add(order, odd_slope, even_slope), -odd_slope);
    const double next = 0.5 + mul_add(-z, slope, 0.5 * mul_add(-order, odd, even));
    return {{here.high, here.low}, {next, 0.0}, {log_term.high, log_term.low}};
  }

  KINDRED_BESSEL_INLINE static PairOfK start(double order, double x) {
    return start_at(order, 0.25 * x * x, log_quotient(Pair{2.0, 0.0}, x));
  }

  KINDRED_BESSEL_INLINE static Pair step(const PairOfK& k, double order, double x) {
    return {mul_add(order, k.next.high, 0.25 * x * x * k.here.high), 0.0};
  }

  template <Scaling scaling>
  KINDRED_BESSEL_INLINE static double finish(const PairOfK& k, double v, double x) {
    const double order = split_order(v).order;
    const double square = order * order;
    const double deficit = square * polynomial<tables::sine_ratio>(square);  // 1 - sinc
    const double logarithm = log_quotient(k.here.high, 1.0 - deficit, (k.here.high - 1.0) + (k.here.low + deficit));
    const Pair power = two_product(v, k.common.high);
    const double result = power.high + (logarithm + mul_add(v, k.common.low, power.low));
    return scaling == Scaling::none ? result : result + x;
  }
};

/// One value of the recurrence that `Start` describes.
template <class Start, Scaling scaling>
double log_k_recurrence(double v, double x) {
  const SplitOrder at = split_order(v);
  PairOfK k = Start::start(at.order, x);
  const int steps = static_cast<int>(at.steps);
  for (int j = 1; j <= steps; ++j) {
    k = {k.next, Start::step(k, at.order + j, x), k.common};
  }
  return Start::template finish<scaling>(k, v, x);
}

/// PairOfK of a number of elements, as arrays.
template <bool compensated, int size>
struct PairsOfK {
  double here[size];
  double next[size];
  double common[size];
  double here_low[compensated ? size : 1];
  double next_low[compensated ? size : 1];
  double common_low[compensated ? size : 1];

  KINDRED_BESSEL_INLINE PairOfK get(int i) const {
    if constexpr (compensated) {
      return {{here[i], here_low[i]}, {next[i], next_low[i]}, {common[i], common_low[i]}};
    } else {
      return {{here[i], 0.0}, {next[i], 0.0}, {common[i], 0.0}};
    }
  }

  KINDRED_BESSEL_INLINE void set_here_and_next(int i, const Pair& new_here, const Pair& new_next) {
    here[i] = new_here.high;
    next[i] = new_next.high;
    if constexpr (compensated) {
      here_low[i] = new_here.low;
      next_low[i] = new_next.low;
    }
  }

  KINDRED_BESSEL_INLINE void set_common(int i, const Pair& value) {
    common[i] = value.high;
    if constexpr (compensated) {
      common_low[i] = value.low;
    }
  }
};

/// The same as log_k_recurrence for elements in descending order of their steps: those that step j changes come first.
template <class Start, Scaling scaling>
void map_k_recurrence(const double* v, const double* x, double* out, int count) {
  constexpr int chunk = 32 * lanes;
  double order[chunk];
  double steps[chunk];
  PairsOfK<Start::compensated, chunk> pairs;
  for (int begin = 0; begin < count; begin += chunk) {
    const int size = (count - begin < chunk ? count - begin : chunk) & -lanes;
    KINDRED_BESSEL_VECTORISE
    for (int i = 0; i < size; ++i) {
      const SplitOrder at = split_order(v[begin + i]);
      const PairOfK k = Start::start(at.order, x[begin + i]);
      order[i] = at.order;
      steps[i] = at.steps;
      pairs.set_here_and_next(i, k.here, k.next);
      pairs.set_common(i, k.common);
    }
    int active = size;
    const int most = static_cast<int>(steps[0]);
    for (int step = 1; step <= most; ++step) {
      const double j = step;
      while (steps[active - lanes] < j) {
        active -= lanes;
      }
      KINDRED_BESSEL_VECTORISE
      for (int i = 0; i < (active & -lanes); ++i) {
        const PairOfK k = pairs.get(i);
        const bool steps_on = steps[i] >= j;
        // The next value is of no more use to an element that has taken its steps.
        pairs.set_here_and_next(i, {select(steps_on, k.next.high, k.here.high), select(steps_on, k.next.low, k.here.low)},
                                Start::step(k, order[i] + j, x[begin + i]));
      }
    }
    KINDRED_BESSEL_VECTORISE
    for (int i = 0; i < size; ++i) {
      out[begin + i] = Start::template finish<scaling>(pairs.get(i), v[begin + i], x[begin + i]);
    }
  }
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

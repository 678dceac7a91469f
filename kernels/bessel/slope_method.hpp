#pragma once

#include <cmath>
#include <type_traits>

#include <kindred/kernels/bessel/derivative.hpp>
#include <kindred/kernels/bessel/logarithm.hpp>
#include <kindred/kernels/bessel/ratio.hpp>

// The ratios and derivatives of log I and log K, put together from their regions.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

enum class Slope { iv_ratio, kv_ratio, log_iv_dx, log_iv_dv, log_kv_dx, log_kv_dv };

constexpr bool of_k(Slope f) { return f == Slope::kv_ratio || f == Slope::log_kv_dx || f == Slope::log_kv_dv; }

/// R >= 21.2.
template <Slope f, int Terms>
KINDRED_BESSEL_INLINE double slope_from_expansion(double v, double x) {
  if constexpr (f == Slope::iv_ratio) {
    return ratio_of_i_uniform<Terms>(v, x);
  } else if constexpr (f == Slope::kv_ratio) {
    return ratio_of_k_uniform<Terms>(v, x);
  } else if constexpr (f == Slope::log_iv_dx || f == Slope::log_kv_dx) {
    return slope_uniform<Terms>(f == Slope::log_iv_dx ? 1.0 : -1.0, v, x);
  } else if constexpr (f == Slope::log_iv_dv) {
    return order_slope_of_i_uniform<Terms>(v, x);
  } else {
    return order_slope_of_k_uniform<Terms>(v, x);
  }
}

/// R < 21.3, by the continued fraction of the ratio.
template <Slope f, int Levels>
KINDRED_BESSEL_INLINE double slope_from_fraction(double v, double x) {
  const double ratio = ratio_of_i_fraction<Levels>(v, x);
  return f == Slope::iv_ratio ? ratio : v / x + ratio;
}

/// R < 21.3, by K at two neighbouring orders from tables (recurrence_k.hpp). TemmeStart has another factor of x/2 at the second.
template <Slope f, class Start>
struct FromPair {
  using State = PairOfK;
  KINDRED_BESSEL_INLINE static State start(double order, double x) { return Start::start(order, x); }
  KINDRED_BESSEL_INLINE static State step(const State& k, double order, double x) { return {k.next, Start::step(k, order, x), k.common}; }
  KINDRED_BESSEL_INLINE static double finish(const State& k, double v, double x) {
    const double quotient = k.next.high / k.here.high;
    if constexpr (std::is_same_v<Start, TemmeStart>) {
      return f == Slope::kv_ratio ? quotient / (0.5 * x) : (0.5 * v - quotient) / (0.5 * x);
    } else {
      return f == Slope::kv_ratio ? quotient : v / x - quotient;
    }
  }
};

/// R < 21.3, by K at two neighbouring orders with derivatives by the order.
template <Slope f, bool small>
struct FromOrders {
  using State = OrdersOfK;
  KINDRED_BESSEL_INLINE static State start(double order, double x) {
    return small ? orders_of_k_temme(order, x) : orders_of_k_trapezoid(order, x);
  }
  KINDRED_BESSEL_INLINE static State step(const State& k, double order, double x) { return raised(k, order, 0.25 * x * x); }
  KINDRED_BESSEL_INLINE static double finish(const State& k, double v, double x) {
    const double half = 0.5 * x;
    switch (f) {
      case Slope::kv_ratio:
        return k.next / k.here / half;
      case Slope::log_kv_dx:
        return (0.5 * v - k.next / k.here) / half;
      case Slope::log_kv_dv:
        return k.here_slope / k.here;
      default:
        return order_slope_of_i_wronskian(k, v, x);
    }
  }
};

template <class From>
KINDRED_HOST_DEVICE double by_recurrence(double v, double x) {
  const SplitOrder at = split_order(v);
  typename From::State k = From::start(at.order, x);
  const int steps = static_cast<int>(at.steps);
  for (int step = 1; step <= steps; ++step) {
    k = From::step(k, at.order + step, x);
  }
  return From::finish(k, v, x);
}

/// The states of a chunk, a column for each member: what vectors are loaded from.
inline constexpr int chunk = 16 * lanes;

template <class State>
struct Columns;

template <>
struct Columns<PairOfK> {
  double here[chunk];
  double next[chunk];
  double common[chunk];

  KINDRED_BESSEL_INLINE PairOfK get(int i) const { return {{here[i], 0.0}, {next[i], 0.0}, {common[i], 0.0}}; }
  KINDRED_BESSEL_INLINE void set(int i, const PairOfK& k) {
    here[i] = k.here.high;
    next[i] = k.next.high;
    common[i] = k.common.high;
  }
};

template <>
struct Columns<OrdersOfK> {
  double here[chunk];
  double next[chunk];
  double here_slope[chunk];
  double next_slope[chunk];
  double excess[chunk];

  KINDRED_BESSEL_INLINE OrdersOfK get(int i) const { return {here[i], next[i], here_slope[i], next_slope[i], excess[i]}; }
  KINDRED_BESSEL_INLINE void set(int i, const OrdersOfK& k) {
    here[i] = k.here;
    next[i] = k.next;
    here_slope[i] = k.here_slope;
    next_slope[i] = k.next_slope;
    excess[i] = k.excess;
  }
};

KINDRED_BESSEL_INLINE PairOfK choose(bool condition, const PairOfK& a, const PairOfK& b) {
  return {{condition ? a.here.high : b.here.high, 0.0}, {condition ? a.next.high : b.next.high, 0.0}, a.common};
}

KINDRED_BESSEL_INLINE OrdersOfK choose(bool condition, const OrdersOfK& a, const OrdersOfK& b) {
  return {condition ? a.here : b.here, condition ? a.next : b.next, condition ? a.here_slope : b.here_slope,
          condition ? a.next_slope : b.next_slope, condition ? a.excess : b.excess};
}

/// The same for elements in descending order of their steps: those that step j changes come first.
template <class From>
void map_by_recurrence(const double* v, const double* x, double* out, int count) {
  Columns<typename From::State> columns;
  for (int begin = 0; begin < count; begin += chunk) {
    const int size = (count - begin < chunk ? count - begin : chunk) & -lanes;
    KINDRED_BESSEL_VECTORISE
    for (int i = 0; i < size; ++i) {
      columns.set(i, From::start(split_order(v[begin + i]).order, x[begin + i]));
    }
    int active = size;
    const int steps = static_cast<int>(split_order(v[begin]).steps);
    for (int step = 1; step <= steps; ++step) {
      const double j = step;
      while (split_order(v[begin + active - lanes]).steps < j) {
        active -= lanes;
      }
      KINDRED_BESSEL_VECTORISE
      for (int i = 0; i < (active & -lanes); ++i) {
        const SplitOrder at = split_order(v[begin + i]);
        const auto k = columns.get(i);
        columns.set(i, choose(j <= at.steps, From::step(k, at.order + j, x[begin + i]), k));
      }
    }
    KINDRED_BESSEL_VECTORISE
    for (int i = 0; i < size; ++i) {
      out[begin + i] = From::finish(columns.get(i), v[begin + i], x[begin + i]);
    }
  }
}

// Keys: special arguments, the expansion with 20, 10 and 7 terms and that near v = 0, then the regions with R < 21.2.
inline constexpr int slope_small_key = 5;

template <Slope f>
KINDRED_BESSEL_INLINE int slope_key(double v, double x) {
  const bool regular = (v >= 0.0) & (v <= largest_argument) & (x >= smallest_argument) & (x <= largest_argument);
  v = regular ? v : 0.0;
  x = regular ? x : 1.0;
  const double square = v * v + x * x;
  double uniform = 1.0 + one_if(square >= 64.0 * 64.0) + one_if(square >= 206.0 * 206.0);
  if constexpr (f == Slope::log_iv_dv) {
    uniform = ((v < 0x1p-7) & (x < 375.0)) ? 4.0 : uniform;
  }
  const double descending = (k_steps - 1) - split_order(v).steps;
  double small = slope_small_key;
  if constexpr (f == Slope::kv_ratio || f == Slope::log_kv_dx) {
    small += k_steps * (one_if(x >= 1.0) + one_if(x >= 2.0) + one_if(x >= 4.0) + one_if(x >= 9.0)) + descending;
  } else if constexpr (f == Slope::log_kv_dv || f == Slope::log_iv_dv) {
    small += k_steps * one_if(x >= 1.0) + descending;
  } else {
    small += one_if(x >= 2.0) + one_if(x >= 8.0);
  }
  const double key = square >= uniform_square ? uniform : small;
  return static_cast<int>(regular ? key : 0.0);
}

template <class From>
constexpr Region recurrence_region(int interval) {
  return {slope_small_key + k_steps * interval, by_recurrence<From>, map_by_recurrence<From>};
}

template <Slope f>
struct SlopeFunction;

/// Edges and arguments at the ends of the range.
template <Slope f>
KINDRED_HOST_DEVICE double special_slope(double v, double x);

template <Slope f>
struct UniformSlope {
  KINDRED_BESSEL_INLINE static int key(double v, double x) { return slope_key<f>(v, x); }
  static constexpr Region special = region<special_slope<f>>(0);
  static constexpr Region near = region<slope_from_expansion<f, tables::uniform_terms>>(1);
  static constexpr Region middle = region<slope_from_expansion<f, 10>>(2);
  static constexpr Region far = region<slope_from_expansion<f, 7>>(3);
};

template <Slope f>
requires(f == Slope::iv_ratio || f == Slope::log_iv_dx) struct SlopeFunction<f> : UniformSlope<f> {
  using Base = UniformSlope<f>;
  static constexpr int keys = slope_small_key + 3;
  static constexpr Region regions[] = {Base::special,
                                       Base::near,
                                       Base::middle,
                                       Base::far,
                                       region<slope_from_fraction<f, 12>>(slope_small_key),
                                       region<slope_from_fraction<f, 20>>(slope_small_key + 1),
                                       region<slope_from_fraction<f, fraction_levels>>(slope_small_key + 2)};
};

template <Slope f>
requires(f == Slope::kv_ratio || f == Slope::log_kv_dx) struct SlopeFunction<f> : UniformSlope<f> {
  using Base = UniformSlope<f>;
  static constexpr int keys = slope_small_key + 5 * k_steps;
  static constexpr Region regions[] = {Base::special,
                                       Base::near,
                                       Base::middle,
                                       Base::far,
                                       recurrence_region<FromPair<f, TemmeStart>>(0),
                                       recurrence_region<FromPair<f, TableStart<tables::k_0, tables::k_mean_0>>>(1),
                                       recurrence_region<FromPair<f, TableStart<tables::k_1, tables::k_mean_1>>>(2),
                                       recurrence_region<FromPair<f, TableStart<tables::k_2, tables::k_mean_2>>>(3),
                                       recurrence_region<FromPair<f, TableStart<tables::k_3, tables::k_mean_3>>>(4)};
};

template <>
struct SlopeFunction<Slope::log_kv_dv> : UniformSlope<Slope::log_kv_dv> {
  static constexpr int keys = slope_small_key + 2 * k_steps;
  static constexpr Region regions[] = {special,
                                       near,
                                       middle,
                                       far,
                                       recurrence_region<FromOrders<Slope::log_kv_dv, true>>(0),
                                       recurrence_region<FromOrders<Slope::log_kv_dv, false>>(1)};
};

template <>
struct SlopeFunction<Slope::log_iv_dv> : UniformSlope<Slope::log_iv_dv> {
  static constexpr int keys = slope_small_key + 2 * k_steps;
  static constexpr Region regions[] = {special,
                                       near,
                                       middle,
                                       far,
                                       region<order_slope_of_i_near_zero<tables::uniform_terms>>(4),
                                       region<order_slope_of_i_series>(slope_small_key),
                                       recurrence_region<FromOrders<Slope::log_iv_dv, false>>(1)};
};

/// Finite v >= 0 and x > 0 beyond 2^500 or below 2^-1000: the regions' kernels still hold, but for logarithms of v/x.
template <Slope f>
KINDRED_HOST_DEVICE inline double extreme_slope(double v, double x) {
  constexpr int terms = tables::uniform_terms;
  const bool uniform = v > largest_argument || x > largest_argument || v >= tables::uniform_radius;
  if constexpr (f == Slope::log_iv_dv || f == Slope::log_kv_dv) {
    if (uniform) {
      const Polar at = polar(v, x);
      const double angle = 1e-300 * v < x ? std::asinh(v / x) : std::log(v) - std::log(x) + log_two;
      const double sign = f == Slope::log_iv_dv ? 1.0 : -1.0;
      return -sign * angle - v * at.s * at.s * (0.5 + order_series<terms>(sign * at.s, at.p));
    }
    return f == Slope::log_iv_dv ? order_slope_of_i_series(v, x) : by_recurrence<FromOrders<f, true>>(v, x);
  } else if constexpr (f == Slope::iv_ratio || f == Slope::log_iv_dx) {
    return uniform ? slope_from_expansion<f, terms>(v, x) : slope_from_fraction<f, fraction_levels>(v, x);
  } else {
    return uniform ? slope_from_expansion<f, terms>(v, x) : by_recurrence<FromOrders<f, true>>(v, x);
  }
}

/// -1/2 <= v < 0.
KINDRED_HOST_DEVICE inline double ratio_of_k_at_negative_order(double v, double x) {
  if (v == -0.5 || !is_finite(x)) {
    return 1.0;
  }
  if (x >= tables::uniform_radius) {
    return ratio_of_k_uniform<tables::uniform_terms>(v, x);
  }
  const OrdersOfK k = x < 1.0 ? orders_of_k_temme(v, x) : orders_of_k_trapezoid(v, x);
  return x == 0.0 ? infinity : k.next / k.here / (0.5 * x);
}

/// v < 0: K_{-v} = K_v, I_{-n} = I_n.
template <Slope f>
KINDRED_HOST_DEVICE inline double slope_at_negative_order(double v, double x) {
  const auto positive = evaluate_one<SlopeFunction<f>>;
  const bool defined = of_k(f) || (f != Slope::log_iv_dv && is_finite(v) && __builtin_floor(v) == v);
  if (!defined) {
    return not_a_number;
  }
  if constexpr (f == Slope::kv_ratio) {
    return v >= -0.5 ? ratio_of_k_at_negative_order(v, x) : 1.0 / positive(-1.0 - v, x);
  } else if constexpr (f == Slope::iv_ratio) {
    return 1.0 / positive(-1.0 - v, x);
  } else {
    return f == Slope::log_kv_dv ? -positive(-v, x) : positive(-v, x);
  }
}

/// v >= 0, x >= 0. The edges of log_bessel.hpp, in the order of Slope: 0, inf, v/x, -inf, -inf, inf for x = 0 or v infinite;
/// 1, 1, 1, 0, -1, 0 for x infinite.
template <Slope f>
KINDRED_HOST_DEVICE inline double edge_slope(double v, double x) {
  if (x == 0.0 || !is_finite(v)) {
    const double sign = f == Slope::log_iv_dv || f == Slope::log_kv_dx ? -1.0 : 1.0;
    const bool vanishes = f == Slope::iv_ratio || (v == 0.0 && (f == Slope::log_iv_dx || f == Slope::log_kv_dv));
    return vanishes ? 0.0 : sign * infinity;
  }
  if (!is_finite(x)) {
    return f == Slope::log_iv_dv || f == Slope::log_kv_dv ? 0.0 : f == Slope::log_kv_dx ? -1.0 : 1.0;
  }
  return extreme_slope<f>(v, x);
}

template <Slope f>
KINDRED_HOST_DEVICE double special_slope(double v, double x) {
  if (v != v || !(x >= 0.0) || (!is_finite(v) && !is_finite(x))) {
    return not_a_number;
  }
  return v < 0.0 ? slope_at_negative_order<f>(v, x) : edge_slope<f>(v, x);
}

/// f is one of the six. @returns use(SlopeFunction<…>())
template <class Use>
auto with_slope_function(BesselFunction f, Use use) {
  switch (f) {
    case BesselFunction::iv_ratio:
      return use(SlopeFunction<Slope::iv_ratio>());
    case BesselFunction::kv_ratio:
      return use(SlopeFunction<Slope::kv_ratio>());
    case BesselFunction::log_iv_dx:
      return use(SlopeFunction<Slope::log_iv_dx>());
    case BesselFunction::log_iv_dv:
      return use(SlopeFunction<Slope::log_iv_dv>());
    case BesselFunction::log_kv_dx:
      return use(SlopeFunction<Slope::log_kv_dx>());
    default:
      return use(SlopeFunction<Slope::log_kv_dv>());
  }
}

inline const Method& slope_method(BesselFunction f) {
  return *with_slope_function(f, [](auto function) { return &method_of<decltype(function)>; });
}

inline double slope_value(BesselFunction f, double v, double x) {
  return with_slope_function(f, [=](auto function) { return evaluate_one<decltype(function)>(v, x); });
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

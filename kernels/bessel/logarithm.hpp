#pragma once

#include <kindred/kernels/bessel/log_bessel.hpp>
#include <kindred/kernels/bessel/method.hpp>
#include <kindred/kernels/bessel/recurrence_k.hpp>
#include <kindred/kernels/bessel/series_i.hpp>
#include <kindred/kernels/bessel/special.hpp>
#include <kindred/kernels/bessel/uniform.hpp>

// log I and log K, put together from their regions.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

// Keys: special arguments, the patches of the uniform expansion, then the regions with R < 21.2.
inline constexpr int special_key = 0;
inline constexpr int uniform_key = 1;
inline constexpr int small_key = 12;
inline constexpr int k_steps = 22;  // numbers of steps of K's recurrence: 0..21

inline constexpr double uniform_square = tables::uniform_radius * tables::uniform_radius;

KINDRED_BESSEL_INLINE double one_if(bool condition) { return condition ? 1.0 : 0.0; }

/// Keys are counted in floating point, where vectors of comparisons are cheap.
template <Kind kind>
KINDRED_BESSEL_INLINE int logarithm_key(double v, double x) {
  const bool regular = (v >= 0.0) & (v <= largest_argument) & (x >= smallest_argument) & (x <= largest_argument);
  v = select(regular, v, 0.0);
  x = select(regular, x, 1.0);
  const double v_square = v * v;
  const double x_square = x * x;
  const double square = v_square + x_square;

  const double* edge = tables::uniform_edges;
  const double upper_half = one_if((v_square > x_square) & (square < edge[4]));
  const double patch = 2.0 * (one_if(square >= edge[0]) + one_if(square >= edge[1]) + one_if(square >= edge[2]) +
                              one_if(square >= edge[3]) + one_if(square >= edge[4]));
  const double uniform = uniform_key + patch + upper_half;

  double small = small_key;
  if constexpr (kind == Kind::i) {
    const double z = 0.25 * x_square;
#pragma GCC unroll 8
    for (int i = 0; i < 7; ++i) {
      small += one_if(z > tables::series_reach[i] + tables::series_slope[i] * v);
    }
  } else {
    const double interval = one_if(x >= 0.5) + one_if(x >= 1.0) + one_if(x >= 2.0) + one_if(x >= 4.0) + one_if(x >= 9.0);
    small += k_steps * interval + ((k_steps - 1) - split_order(v).steps);
  }
  return static_cast<int>(select(regular, select(square >= uniform_square, uniform, small), special_key));
}

template <Kind kind, Scaling scaling, Accuracy accuracy>
struct Logarithm;

template <Kind kind, Scaling scaling, Accuracy accuracy>
double special_value(double v, double x) {
  return log_special<kind, scaling>(v, x, evaluate_one<Logarithm<kind, scaling, accuracy>>,
                                    evaluate_one<Logarithm<kind, Scaling::none, accuracy>>);
}

/// What I and K have in common.
template <Kind kind, Scaling scaling, Accuracy accuracy>
struct LogarithmRegions {
  KINDRED_BESSEL_INLINE static int key(double v, double x) { return logarithm_key<kind>(v, x); }

  static constexpr Region special() { return region<special_value<kind, scaling, accuracy>>(special_key); }

  template <const auto& G>
  static constexpr Region uniform(int index) {
    if constexpr (accuracy == Accuracy::fast) {
      return region<log_uniform<kind, scaling, G>>(uniform_key + index);
    } else {
      return region<log_uniform_accurate<kind, scaling, G>>(uniform_key + index);
    }
  }

  template <int index>
  static constexpr Region series() {
    constexpr int terms = tables::series_terms[index];
    if constexpr (accuracy == Accuracy::fast) {
      return region<log_i_series<terms, scaling>>(small_key + index);
    } else {
      return region<log_i_series_accurate<terms, scaling>>(small_key + index);
    }
  }

  template <class Start>
  static constexpr Region recurrence(int interval) {
    return {small_key + k_steps * interval, log_k_recurrence<Start, scaling>, map_k_recurrence<Start, scaling>};
  }

  template <const auto& K, const auto& Mean>
  static constexpr Region table(int interval) {
    if constexpr (accuracy == Accuracy::fast) {
      return recurrence<TableStart<K, Mean>>(interval);
    } else {
      return recurrence<AccurateTableStart<K, Mean>>(interval);
    }
  }
};

template <Scaling scaling, Accuracy accuracy>
struct Logarithm<Kind::i, scaling, accuracy> : LogarithmRegions<Kind::i, scaling, accuracy> {
  using Base = LogarithmRegions<Kind::i, scaling, accuracy>;
  static constexpr int keys = small_key + 8;
  static constexpr Region regions[] = {Base::special(),
                                       Base::template uniform<tables::uniform_i_0_low>(0),
                                       Base::template uniform<tables::uniform_i_0_high>(1),
                                       Base::template uniform<tables::uniform_i_1_low>(2),
                                       Base::template uniform<tables::uniform_i_1_high>(3),
                                       Base::template uniform<tables::uniform_i_2_low>(4),
                                       Base::template uniform<tables::uniform_i_2_high>(5),
                                       Base::template uniform<tables::uniform_i_3_low>(6),
                                       Base::template uniform<tables::uniform_i_3_high>(7),
                                       Base::template uniform<tables::uniform_i_4_low>(8),
                                       Base::template uniform<tables::uniform_i_4_high>(9),
                                       Base::template uniform<tables::uniform_i_5>(10),
                                       Base::template series<0>(),
                                       Base::template series<1>(),
                                       Base::template series<2>(),
                                       Base::template series<3>(),
                                       Base::template series<4>(),
                                       Base::template series<5>(),
                                       Base::template series<6>(),
                                       Base::template series<7>()};
};

template <Scaling scaling, Accuracy accuracy>
struct Logarithm<Kind::k, scaling, accuracy> : LogarithmRegions<Kind::k, scaling, accuracy> {
  using Base = LogarithmRegions<Kind::k, scaling, accuracy>;
  static constexpr int keys = small_key + 6 * k_steps;
  static constexpr Region regions[] = {Base::special(),
                                       Base::template uniform<tables::uniform_k_0_low>(0),
                                       Base::template uniform<tables::uniform_k_0_high>(1),
                                       Base::template uniform<tables::uniform_k_1_low>(2),
                                       Base::template uniform<tables::uniform_k_1_high>(3),
                                       Base::template uniform<tables::uniform_k_2_low>(4),
                                       Base::template uniform<tables::uniform_k_2_high>(5),
                                       Base::template uniform<tables::uniform_k_3_low>(6),
                                       Base::template uniform<tables::uniform_k_3_high>(7),
                                       Base::template uniform<tables::uniform_k_4_low>(8),
                                       Base::template uniform<tables::uniform_k_4_high>(9),
                                       Base::template uniform<tables::uniform_k_5>(10),
                                       Base::template recurrence<TemmeStart>(0),
                                       Base::template table<tables::k_half, tables::k_mean_half>(1),
                                       Base::template table<tables::k_0, tables::k_mean_0>(2),
                                       Base::template table<tables::k_1, tables::k_mean_1>(3),
                                       Base::template table<tables::k_2, tables::k_mean_2>(4),
                                       Base::template table<tables::k_3, tables::k_mean_3>(5)};
};

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

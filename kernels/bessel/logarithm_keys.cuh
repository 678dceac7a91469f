#pragma once

#include <cstdint>

#include <cuda_runtime.h>

#include <kindred/kernels/bessel/logarithm.hpp>

// The keys of logarithm.hpp on the GPU. Comparisons in double precision would take the units that the functions need; but the edges of the
// regions are numbers whose lower 32 bits are zero, and positive numbers are ordered as integers.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

constexpr int upper_word(double value) { return static_cast<int>(__builtin_bit_cast(std::uint64_t, value) >> 32U); }
constexpr bool has_empty_lower_word(double value) { return static_cast<std::uint32_t>(__builtin_bit_cast(std::uint64_t, value)) == 0; }

/// value >= edge, for value >= 0.
template <int EdgeWord>
__device__ int reaches(double value) {
  return __double2hiint(value) >= EdgeWord ? 1 : 0;
}

template <const auto& Edges>
__device__ int uniform_patch(double square, bool upper) {
  static_assert(has_empty_lower_word(Edges[0]) && has_empty_lower_word(Edges[1]) && has_empty_lower_word(Edges[2]) &&
                has_empty_lower_word(Edges[3]) && has_empty_lower_word(Edges[4]));
  const int split = reaches<upper_word(Edges[4])>(square);
  return 2 * (reaches<upper_word(Edges[0])>(square) + reaches<upper_word(Edges[1])>(square) + reaches<upper_word(Edges[2])>(square) +
              reaches<upper_word(Edges[3])>(square) + split) +
         (upper && split == 0 ? 1 : 0);
}

template <int Index = 0>
__device__ int series_index(double v, double z) {
  if constexpr (Index == 7) {
    return 0;
  } else {
    constexpr double reach = tables::series_reach[Index];
    constexpr double slope = tables::series_slope[Index];
    return (z > reach + slope * v ? 1 : 0) + series_index<Index + 1>(v, z);
  }
}

/// Keys of logarithm_key for v >= 0, x > 0 within its bounds. In single precision there is one expansion for all R.
template <class Real, Kind kind>
__device__ int regular_key(double v, double x) {
  const double v_square = v * v;
  const double x_square = x * x;
  const double square = v_square + x_square;
  if (square >= uniform_square) {
    return sizeof(Real) == sizeof(float) ? uniform_key : uniform_key + uniform_patch<tables::uniform_edges>(square, v_square > x_square);
  }
  if constexpr (kind == Kind::i) {
    return small_key + series_index(v, 0.25 * x_square);
  } else {
    const int interval = reaches<upper_word(0.5)>(x) + reaches<upper_word(1.0)>(x) + reaches<upper_word(2.0)>(x) +
                         reaches<upper_word(4.0)>(x) + reaches<upper_word(9.0)>(x);
    const int steps = __double2loint(v + 0x1.8p52);  // as split_order
    return small_key + k_steps * interval + (k_steps - 1) - steps;
  }
}

constexpr double tiny_scale = 0x1p100;
constexpr double smallest_scaled_order = 0.0625;

/// Whether the function has the same value at v and |v|, or v >= 0.
template <Kind kind>
__device__ bool is_even(double v) {
  return kind == Kind::k || v >= 0.0 || (is_finite(v) && floor(v) == v);
}

/// x < 2^-1000 and an order for which log K or log I, with any scaling, is that at 2^100 x and a multiple of v (log_tiny).
__device__ inline bool follows_from_scaled(double v, double x) { return x > 0.0 && x < smallest_argument && v >= smallest_scaled_order; }

/// logarithm_key, for any arguments.
template <class Real, Kind kind>
__device__ int device_key(double v, double x) {
  constexpr unsigned largest = upper_word(largest_argument);
  constexpr unsigned smallest = upper_word(smallest_argument);
  const bool regular =
      static_cast<unsigned>(__double2hiint(v)) < largest && static_cast<unsigned>(__double2hiint(x)) - smallest < largest - smallest;
  if (!regular) {
    const bool defined = is_even<kind>(v);
    v = fabs(v);
    if (!(defined && v <= largest_argument && x <= largest_argument && (x >= smallest_argument || follows_from_scaled(v, x)))) {
      return special_key;
    }
    x = x < smallest_argument ? tiny_scale * x : x;
  }
  return regular_key<Real, kind>(v, x);
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

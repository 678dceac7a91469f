#pragma once

#include <bit>
#include <cstdint>

#include <kindred/kernels/qmc/bits.hpp>

// One-dimensional parts of invariant kernels, functions of a difference of coordinates as a word. Without branches, so that loops over
// points become vector code; only +, −, ·, shifts and masks of words: the same bits on every processor.

namespace kindred::qmc {

/// word / 2^64, rounded to nearest.
KINDRED_HOST_DEVICE inline double to_number(std::uint64_t word) {
  // Both halves exactly, as mantissas of numbers with a fixed exponent: two roundings less than most processors' own ways.
  const double low = std::bit_cast<double>((word & 0xFFFFFFFFU) | 0x4330000000000000U) - 0x1.0p52;
  const double high = std::bit_cast<double>((word >> 32U) | 0x4530000000000000U) - 0x1.0p84;
  return (high + low) * 0x1.0p-64;
}

/// The Bernoulli polynomial B_Degree(t), 2 ≤ Degree ≤ 8, t = difference / 2^64 mod 1.
/// B_r(1 − t) = (−1)^r B_r(t), so that even ones are polynomials in v = t (1 − t), odd ones 1 − 2 t times such a polynomial (from
/// B_r' = r B_{r−1}): no digits are lost about t = 0 and 1.
template <int Degree>
KINDRED_HOST_DEVICE inline double bernoulli(std::uint64_t difference) {
  static_assert(Degree >= 2 && Degree <= 8);
  const std::uint64_t sign = 0 - (difference >> 63U);  // all ones: t > 1/2
  const double t = to_number((difference ^ sign) - sign);
  const double v = t * (1.0 - t);
  if constexpr (Degree == 2) {
    return 1.0 / 6.0 - v;
  } else if constexpr (Degree == 4) {
    return v * v - 1.0 / 30.0;
  } else if constexpr (Degree == 6) {
    return 1.0 / 42.0 - v * v * (0.5 + v);
  } else if constexpr (Degree == 8) {
    return v * v * (2.0 / 3.0 + v * (4.0 / 3.0 + v)) - 1.0 / 30.0;
  } else {
    const double u = std::bit_cast<double>(std::bit_cast<std::uint64_t>(1.0 - 2.0 * t) ^ (difference & (std::uint64_t{1} << 63U)));
    if constexpr (Degree == 3) {
      return 0.5 * v * u;
    } else if constexpr (Degree == 5) {
      return -v * (1.0 / 6.0 + 0.5 * v) * u;
    } else {
      return v * (1.0 / 6.0 + v * (0.5 + 0.5 * v)) * u;
    }
  }
}

/// Σ_{k ≥ 1} wal_k(x) 2^(−μ(k)), x = difference / 2^64, the sum of a Walsh series; wal_k(x) = (−1)^(Σ k_a x_{a+1}).
///   Order 1:      μ(k) = 2 ⌊log₂ k⌋ (Dick and Pillichshammer 2005),
///   Order 2 … 4:  μ(k) = the sum of the Order largest positions, counted from 1, of 1-bits of k (Dick 2008).
/// Each follows from F_α = 1 + Σ_a (−1)^(x_a) 2^(−a) F_{α−1, a−1}, where F_{α, c} is the sum over k < 2^c, F_{0, c} = 2^c if the first c
/// digits of x are zero and else 0; docs/qmc-kernels.md derives the closed forms.
template <int Order>
KINDRED_HOST_DEVICE inline double walsh_series(std::uint64_t difference) {
  static_assert(Order >= 1 && Order <= 4);
  // 2^−β for the first 1-digit, of position β, by the exponent of a number that no rounding carries to the next power of two; 0 for x = 0,
  // where all terms with β vanish with x.
  const std::uint64_t leading = std::bit_cast<std::uint64_t>(to_number(difference & ~(difference >> 1U))) & 0x7FF0000000000000U;
  const double t = std::bit_cast<double>(leading);
  if constexpr (Order == 1) {
    return 2.0 - 6.0 * t;
  } else {
    const double beta = (0x1.0p52 + 1023.0) - std::bit_cast<double>((leading >> 52U) | 0x4330000000000000U);
    const double x = to_number(difference);
    if constexpr (Order == 2) {
      return (1.5 - 2.5 * t) - beta * x;
    } else if constexpr (Order == 3) {
      return (25.0 / 18.0 - 43.0 / 18.0 * (t * t)) + x * (beta * x - 5.0 * (1.0 - t));
    } else {
      // Σ_a x_a 8^−a, the binary digits of x read in base 8; 21 of them.
      std::uint64_t digits = difference >> 43U;
      digits = (digits | (digits << 32U)) & 0x001F00000000FFFFU;
      digits = (digits | (digits << 16U)) & 0x001F0000FF0000FFU;
      digits = (digits | (digits << 8U)) & 0x100F00F00F00F00FU;
      digits = (digits | (digits << 4U)) & 0x10C30C30C30C30C3U;
      digits = (digits | (digits << 2U)) & 0x1249249249249249U;
      const double octal = 2.0 * to_number(digits);
      return (407.0 / 294.0 - 701.0 / 294.0 * (t * t * t)) - beta * (octal / 3.0) +
             x * (x * (5.0 * (1.0 - t) - 2.0 / 3.0 * beta * x) - 43.0 / 9.0 * (1.0 - t * t));
    }
  }
}

}  // namespace kindred::qmc

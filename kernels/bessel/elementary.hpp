#pragma once

#include <kindred/kernels/bessel/polynomial.hpp>

// Logarithm and exponential as branch-free arithmetic that compilers vectorise on every instruction set: no conversion between integers
// and floating point (AVX2 has none for 64 bits), no table look-up, no special cases. Arguments are normal numbers.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

inline constexpr double ln2_high = 0x1.62e42fee00000p-1;  // 20 trailing zeros: exact times any exponent
inline constexpr double ln2_low = 0x1.a39ef35793c76p-33;

/// a/b = 2^exponent · a/scaled with a/scaled in [2/3, 3/2].
struct Quotient {
  double exponent;
  double scaled;
};

/// The difference of the bit patterns is 2^52 log2(a/b) up to the curvature of the logarithm, and is rounded to whole exponents.
KINDRED_BESSEL_INLINE Quotient split_quotient(double a, double b) {
  constexpr std::uint64_t half = std::uint64_t{1} << 51U;
  constexpr std::uint64_t bias = std::uint64_t{1} << 63U;  // keeps the sum positive: AVX2 shifts no signed 64-bit numbers
  const std::uint64_t biased = (to_bits(a) - to_bits(b) + (half + bias)) >> 52U;
  constexpr double integer = 0x1p52;  // of this exponent, the significand counts units
  return {from_bits(biased | to_bits(integer)) - (integer + 2048.0), from_bits(to_bits(b) + ((biased - 2048U) << 52U))};
}

/// 2 atanh(r) = 2r + r³ f(r²), |r| <= 1/5.
KINDRED_BESSEL_INLINE double twice_atanh_tail(double r) {
  const double square = r * r;
  return r * square * polynomial<tables::twice_atanh>(square);
}

/// q.exponent log 2 + 2 atanh(r).
KINDRED_BESSEL_INLINE double log_of(const Quotient& q, double r) {
  return mul_add(q.exponent, ln2_high, 2.0 * r + mul_add(q.exponent, ln2_low, twice_atanh_tail(r)));
}

/// log(a/b) for a, b > 0: error below 2^-53 + 2^-53 |log(a/b)|; a/b itself may overflow.
KINDRED_BESSEL_INLINE double log_quotient(double a, double b) {
  const Quotient q = split_quotient(a, b);
  return log_of(q, divide(a - q.scaled, a + q.scaled));
}

/// The same where the difference a - b is known, which counts when the two are close.
KINDRED_BESSEL_INLINE double log_quotient(double a, double b, double difference) {
  const Quotient q = split_quotient(a, b);
  return log_of(q, divide(select(q.exponent == 0.0, difference, a - q.scaled), a + q.scaled));
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

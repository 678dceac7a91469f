#pragma once

#include <kindred/kernels/bessel/elementary.hpp>

// Unevaluated sums of two doubles (T. J. Dekker, Numer. Math. 18 (1971) 224-242), where large terms cancel. No compiler may contract or
// reorder these operations.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

struct Pair {
  double high;
  double low;
};

/// a + b exactly.
KINDRED_BESSEL_INLINE Pair two_sum(double a, double b) {
  const double sum = a + b;
  const double part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}

/// a + b exactly where |a| >= |b| or a = 0.
KINDRED_BESSEL_INLINE Pair quick_two_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

#if !KINDRED_BESSEL_FMA
/// The upper 26 bits of a, without the overflow of Dekker's multiplication by 2^27 + 1.
KINDRED_BESSEL_INLINE double upper_half_of(double a) { return from_bits(to_bits(a) & 0xfffffffff8000000U); }
#endif

/// a b, up to 2^-106 of it, unless its last bits underflow.
KINDRED_BESSEL_INLINE Pair two_product(double a, double b) {
  const double product = a * b;
#if KINDRED_BESSEL_FMA
  return {product, mul_add(a, b, -product)};
#else
  const double a_high = upper_half_of(a);
  const double a_low = a - a_high;
  const double b_high = upper_half_of(b);
  const double b_low = b - b_high;
  return {product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
#endif
}

KINDRED_BESSEL_INLINE Pair add(const Pair& a, const Pair& b) {
  const Pair sum = two_sum(a.high, b.high);
  return quick_two_sum(sum.high, sum.low + (a.low + b.low));
}

KINDRED_BESSEL_INLINE Pair multiply(const Pair& a, const Pair& b) {
  const Pair product = two_product(a.high, b.high);
  return quick_two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

KINDRED_BESSEL_INLINE Pair multiply(const Pair& a, double b) {
  const Pair product = two_product(a.high, b);
  return quick_two_sum(product.high, mul_add(a.low, b, product.low));
}

KINDRED_BESSEL_INLINE Pair divide(const Pair& a, const Pair& b) {
  const double inverse = divide(1.0, b.high);
  const double quotient = a.high * inverse;
  const Pair product = two_product(quotient, b.high);
  const double rest = ((a.high - product.high) - product.low) + (a.low - quotient * b.low);
  return quick_two_sum(quotient, rest * inverse);
}

/// q.exponent log 2 + 2 atanh(numerator/(a + q.scaled)), to an absolute error of 2^-60 from exact arguments.
KINDRED_BESSEL_INLINE Pair log_of(const Quotient& q, const Pair& numerator, const Pair& a) {
  const Pair sum = two_sum(a.high, q.scaled);
  const Pair r = divide(numerator, {sum.high, sum.low + a.low});
  const Pair leading = two_sum(q.exponent * ln2_high, 2.0 * r.high);
  return quick_two_sum(leading.high, leading.low + (mul_add(2.0, r.low, twice_atanh_tail(r.high)) + q.exponent * ln2_low));
}

/// log(a/b), to an absolute error of 2^-60.
KINDRED_BESSEL_INLINE Pair log_quotient(const Pair& a, double b) {
  const Quotient q = split_quotient(a.high, b);
  return log_of(q, quick_two_sum(a.high - q.scaled, a.low), a);  // the difference is exact
}

/// log a where a - 1 is known, which counts when a is close to 1.
KINDRED_BESSEL_INLINE Pair log_of_one_plus(const Pair& a, double difference) {
  const Quotient q = split_quotient(a.high, 1.0);
  const bool close = q.exponent == 0.0;
  return log_of(q, quick_two_sum(select(close, difference, a.high - q.scaled), select(close, 0.0, a.low)), a);
}

/// log(a/b), to an absolute error of 2^-75.
KINDRED_BESSEL_INLINE Pair log_quotient_wide(const Pair& a, double b) {
  const Quotient q = split_quotient(a.high, b);
  const Pair sum = two_sum(a.high, q.scaled);
  const Pair r = divide(quick_two_sum(a.high - q.scaled, a.low), {sum.high, sum.low + a.low});  // the difference is exact
  const Pair square = multiply(r, r);
  const double rest = square.high * polynomial<tables::twice_atanh_rest>(square.high);
  Pair tail = quick_two_sum(0x1.2492492492492p-2, 0x1.2492492492492p-56 + rest);       // 2/7 + …
  tail = add({0x1.999999999999ap-2, -0x1.999999999999ap-56}, multiply(square, tail));  // 2/5 + …
  tail = add({0x1.5555555555555p-1, 0x1.5555555555555p-55}, multiply(square, tail));   // 2/3 + …
  tail = multiply(multiply(r, square), tail);
  return add(two_sum(q.exponent * ln2_high, 2.0 * r.high), {tail.high, tail.low + mul_add(2.0, r.low, q.exponent * ln2_low)});
}

/// e^x - 1 for |x| < 700, relative error about 2^-57.
KINDRED_BESSEL_INLINE Pair exponential_minus_one(const Pair& x) {
  constexpr double shift = 0x1.8p52;  // adding it rounds to an integer, in the lowest bits
  const double shifted = mul_add(x.high, 0x1.71547652b82fep0, shift);
  const double exponent = shifted - shift;
  const double scale = from_bits((to_bits(shifted) << 52U) + to_bits(1.0));
  const double reduced = x.high - exponent * ln2_high;  // exact
  const double r = reduced - exponent * ln2_low;
  const double rest = ((reduced - r) - exponent * ln2_low) + x.low;
  const double tail = mul_add(r * r, polynomial<tables::exponential>(r), mul_add(rest, r, rest));
  const Pair sum = two_sum(scale - 1.0, scale * r);
  return quick_two_sum(sum.high, mul_add(scale, tail, sum.low));
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

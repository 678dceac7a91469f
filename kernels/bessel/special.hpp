#pragma once

#include <kindred/kernels/bessel/recurrence_k.hpp>
#include <kindred/kernels/bessel/series_i.hpp>

// Arguments outside 0 <= v <= 2^500, 2^-1000 <= x <= 2^500: the edges of log_bessel.hpp, and numbers whose squares or quotients leave the
// range of the format.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

inline constexpr double largest_argument = 0x1p500;
inline constexpr double smallest_argument = 0x1p-1000;
inline constexpr double infinity = __builtin_inf();
inline constexpr double not_a_number = __builtin_nan("");
inline constexpr double log_two = 0x1.62e42fefa39efp-1;

KINDRED_BESSEL_INLINE bool is_finite(double a) { return a - a == 0.0; }

/// v or x above 2^500: G vanishes, and E is evaluated as a multiple of 2^520.
template <Kind kind, Scaling scaling>
KINDRED_HOST_DEVICE inline double log_huge(double v, double x) {
  constexpr double unit = 0x1p520;
  constexpr double log_unit = 520.0 * log_two;
  const double small_v = v / unit;
  const double small_x = x / unit;
  const double radius = square_root(mul_add(small_v, small_v, small_x * small_x));
  double e = 0.0;
  if (small_x > smallest_argument) {
    const Pair pair = exponent<scaling>(small_v, small_x, {radius, radius_rest(small_v, small_x, radius, divide(1.0, radius))});
    e = pair.high + pair.low;
  } else {  // beside v, x is nothing but in the quotient, which takes it as it is or multiplied by 2^100
    const bool tiny = x < smallest_argument;
    const double asinh = log_quotient(2.0 * small_v, tiny ? 0x1p100 * x : x) + (tiny ? 100.0 * log_two + log_unit : log_unit);
    e = mul_add(-small_v, asinh, radius);
  }
  const double half_log_radius = 0.5 * (log_quotient(radius, 1.0) + log_unit);
  return kind == Kind::i ? unit * e - (half_log_radius + half_log_2pi.high) : -unit * e - (half_log_radius - half_log_half_pi.high);
}

/// x < 2^-1000: x^v or x^-v times what does not depend on x, so that L follows from its value `regular` at 2^100 x, except for K and
/// orders near zero.
template <Kind kind>
KINDRED_HOST_DEVICE inline double log_tiny(double v, double x, double regular) {
  constexpr double shift = 100.0 * log_two;
  if (kind == Kind::k && v < 0.0625) {
    const double log_term = log_quotient(2.0, x * 0x1p100) + shift;
    return TemmeStart::finish<Scaling::none>(TemmeStart::start_at(v, 0.0, {log_term, 0.0}), v, x);
  }
  return kind == Kind::i ? mul_add(-shift, v, regular) : mul_add(shift, v, regular);
}

/// `function(v, x)` and `unscaled(v, x)` evaluate any arguments, with this scaling and without.
template <Kind kind, Scaling scaling, class Function>
KINDRED_HOST_DEVICE inline double log_special(double v, double x, Function function, Function unscaled) {
  if (v < 0.0) {
    const bool even = kind == Kind::k || (is_finite(v) && __builtin_floor(v) == v);
    return even ? function(-v, x) : not_a_number;
  }
  if (!(v >= 0.0) || !(x >= 0.0)) {
    return not_a_number;
  }
  if (x == 0.0) {
    return kind == Kind::k ? infinity : (v == 0.0 ? 0.0 : -infinity);
  }
  if (!is_finite(x)) {
    const double limit = kind == Kind::i && scaling == Scaling::none ? infinity : -infinity;
    return is_finite(v) ? limit : not_a_number;
  }
  if (!is_finite(v)) {
    return kind == Kind::i ? -infinity : infinity;
  }
  if (v > largest_argument || x > largest_argument) {
    return log_huge<kind, scaling>(v, x);
  }
  const double result = log_tiny<kind>(v, x, unscaled(v, x * 0x1p100));
  return scaling == Scaling::none ? result : result + (kind == Kind::i ? -x : x);
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

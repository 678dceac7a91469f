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
  constexpr double unit = 520.0;
  const double small_v = v * 0x1p-520;
  const double small_x = x * 0x1p-520;
  const double radius = square_root(mul_add(small_v, small_v, small_x * small_x));
  // x may be tiny beside v, so the quotient takes it unscaled, or scaled upwards.
  const bool tiny = x < smallest_argument;
  const double exponent = tiny ? unit + 100.0 : unit;
  const double asinh = small_x > 1e-100 ? log_quotient(small_v + radius, small_x, small_v + small_v * (small_v / (radius + small_x)))
                                        : log_quotient(small_v + radius, tiny ? x * 0x1p100 : x) + exponent * log_two;
  const double base = scaling == Scaling::none ? radius : small_v * (small_v / (radius + small_x));
  const double e = mul_add(-small_v, asinh, base) * 0x1p520;
  const double half_log_radius = 0.5 * (log_quotient(radius, 1.0) + unit * log_two);
  return kind == Kind::i ? e - (half_log_radius + half_log_2pi) : -e - (half_log_radius - half_log_half_pi);
}

/// x < 2^-1000: x^v or x^-v times what does not depend on x, so that L follows from its value `regular` at 2^100 x, except for K and
/// orders near zero.
template <Kind kind>
KINDRED_HOST_DEVICE inline double log_tiny(double v, double x, double regular) {
  constexpr double shift = 100.0 * log_two;
  if (kind == Kind::k && v < 0.0625) {
    const double log_term = log_quotient(2.0, x * 0x1p100) + shift;
    return TemmeStart::finish<Scaling::none>(TemmeStart::start_at(v, 0.0, log_term).here, v, x, log_term);
  }
  return kind == Kind::i ? mul_add(-shift, v, regular) : mul_add(shift, v, regular);
}

/// `regular(v, x)` evaluates any arguments.
template <Kind kind, Scaling scaling, class Regular>
KINDRED_HOST_DEVICE inline double log_special(double v, double x, Regular regular) {
  if (v < 0.0) {
    const bool even = kind == Kind::k || (is_finite(v) && __builtin_floor(v) == v);
    return even ? regular(-v, x) : not_a_number;
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
  return log_tiny<kind>(v, x, regular(v, x * 0x1p100));
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

#pragma once

namespace kindred::qmc {

/// P(T > t) for Student's t with ν degrees of freedom: relative error below 1e-13 for ν ≤ 10⁶.
/// Incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8, 26.7.1), modified Lentz.
/// @param t  ≥ 0
double student_t_tail(double t, double freedom);

/// The t with P(T > t) = tail: relative error below 1e-12.
/// @param tail  in (0, 1/2]
/// @throws InputError if an argument is out of range
double student_t_quantile(double tail, double freedom);

}  // namespace kindred::qmc

#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

/// The three rational approximations of the normal quantile, algorithm AS 241 (PPND16) of M. J. Wichura, Applied Statistics 37 (1988)
/// 477-484, by IEEE +, -, *, / alone. Without branches, so that loops over them are vectorised; every instruction set gives the same bits.
namespace kindred::wichura {

inline constexpr double central_limit = 0.425;  ///< of |p − 1/2|
inline constexpr double far_limit = 5.0;        ///< of the tail variable

namespace detail {

using Coefficients = std::array<double, 8>;

inline constexpr Coefficients a{3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3};
inline constexpr Coefficients b{1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
inline constexpr Coefficients c{1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
                                1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
inline constexpr Coefficients d{1.0,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
inline constexpr Coefficients e{6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
inline constexpr Coefficients f{1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};

template <std::size_t N>
[[gnu::always_inline]] constexpr double polynomial(const std::array<double, N>& coefficients, double x) {
  double value = 0.0;
  for (std::size_t k = N; k-- > 0;) {
    value = value * x + coefficients[k];
  }
  return value;
}

}  // namespace detail

/// @param q  p − 1/2, at most `central_limit` in size
[[gnu::always_inline]] constexpr double central(double q) {
  const double r = 0.180625 - q * q;
  return q * detail::polynomial(detail::a, r) / detail::polynomial(detail::b, r);
}

/// Size of the quantile, with the tail variable sqrt(−log(min(p, 1 − p))) up to `far_limit`.
[[gnu::always_inline]] constexpr double near_tail(double tail) {
  return detail::polynomial(detail::c, tail - 1.6) / detail::polynomial(detail::d, tail - 1.6);
}

/// The same beyond.
[[gnu::always_inline]] constexpr double far_tail(double tail) {
  return detail::polynomial(detail::e, tail - 5.0) / detail::polynomial(detail::f, tail - 5.0);
}

/// Natural logarithm of a positive normal number: 2 artanh(s), s = (m - 1)/(m + 1), with x = m 2^e, m in [1/sqrt 2, sqrt 2).
[[gnu::always_inline]] constexpr double portable_log(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const double mantissa = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);
  const bool large = mantissa > 1.4142135623730951;
  const double m = large ? 0.5 * mantissa : mantissa;
  const int exponent = static_cast<int>(bits >> 52U) - (large ? 1022 : 1023);
  const double s = (m - 1.0) / (m + 1.0);
  constexpr std::array series{1.0,        1.0 / 3.0,  1.0 / 5.0,  1.0 / 7.0,  1.0 / 9.0, 1.0 / 11.0,
                              1.0 / 13.0, 1.0 / 15.0, 1.0 / 17.0, 1.0 / 19.0, 1.0 / 21.0};
  return 2.0 * s * detail::polynomial(series, s * s) + exponent * 0.6931471805599453;
}

}  // namespace kindred::wichura

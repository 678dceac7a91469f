#pragma once

#include <cmath>
#include <complex>
#include <numbers>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {

/// exp(−2πi turns), in extended precision; the angle is brought to an eighth of a turn first, where sine and cosine are exact at its ends.
inline std::complex<long double> root(long double turns) {
  turns -= std::floor(turns);
  const auto quarter = static_cast<int>(std::floor(4.0L * turns + 0.5L));
  const long double angle = 2.0L * std::numbers::pi_v<long double> * (turns - 0.25L * static_cast<long double>(quarter));
  const long double cosine = std::cos(angle);
  const long double sine = -std::sin(angle);
  switch (quarter % 4) {
    case 0:
      return {cosine, sine};
    case 1:
      return {sine, -cosine};
    case 2:
      return {-cosine, -sine};
    default:
      return {-sine, cosine};
  }
}

/// exp(−2πi j / order), j ≥ 0.
inline std::complex<long double> root(Index j, Index order) {
  return root(static_cast<long double>(j % order) / static_cast<long double>(order));
}

}  // namespace kindred::fftconv

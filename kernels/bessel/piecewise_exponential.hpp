#pragma once

#include <cstddef>

#include <kindred/kernels/bessel/orders_of_k.hpp>

// exp of a piecewise polynomial whose pieces are 32nds of octaves of the argument: what the leading bits of a number tell apart.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

inline constexpr int piece_coefficients = 8;  ///< of powers of t in [-1, 1]
inline constexpr unsigned piece_shift = 47;   ///< behind which 5 bits of the significand remain
inline constexpr double smallest_exponent = -700.0;

/// Pieces first .. first + inner - 1 of leading bits have the coefficients 1 .. inner; smaller arguments have those of piece 0, larger
/// ones those of piece inner + 1. Exponents below -700 give zero; negative arguments and NaN give NaN.
KINDRED_BESSEL_INLINE double piecewise_exponential(const double* coefficients, std::int64_t first, std::int64_t inner, double z) {
  const std::uint64_t bits = to_bits(z + 0.0);  // -0 becomes 0
  const std::int64_t piece = static_cast<std::int64_t>(bits >> piece_shift) - first + 1;
  const std::int64_t inside = piece < 0 ? 0 : piece > inner + 1 ? inner + 1 : piece;
  const std::int64_t at = piece_coefficients * inside;
  constexpr std::uint64_t fraction = (std::uint64_t{1} << piece_shift) - 1;
  const double t = mul_add(2.0, from_bits(((bits & fraction) << (52 - piece_shift)) | to_bits(1.0)), -3.0);
  double sum = coefficients[at + (piece_coefficients - 1)];
  KINDRED_BESSEL_UNROLL
  for (int k = piece_coefficients - 2; k >= 0; --k) {
    sum = mul_add(sum, t, coefficients[at + k]);
  }
  const double value = sum > smallest_exponent ? exponential(sum > smallest_exponent ? sum : smallest_exponent) : 0.0;
  return z >= 0.0 ? value : __builtin_nan("");
}

inline void map_piecewise_exponential(const double* coefficients, std::int64_t first, std::int64_t inner, std::size_t count,
                                      const double* z, double* out) {
  KINDRED_BESSEL_VECTORISE
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = piecewise_exponential(coefficients, first, inner, z[i]);
  }
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

#pragma once

#include <complex>
#include <span>

namespace kindred::qmc {

/// The orthonormal Fourier transform of values in bit-reversed order, in place,
///   y_k = n^(−1/2) Σ_i exp(−2 π i rev(i) k / n) x_i,
/// rev the reversal of log₂ n bits: what diagonalises kernels on a lattice in natural (radical-inverse) order.
/// @param values  n = 2^m numbers
/// @throws InputError if n is not a power of two
/// O(n log n).
void bit_reversed_fourier(std::span<std::complex<double>> values);

/// Its inverse.
void inverse_bit_reversed_fourier(std::span<std::complex<double>> values);

}  // namespace kindred::qmc

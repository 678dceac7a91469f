#pragma once

#include <complex>
#include <cstddef>
#include <numbers>
#include <span>

namespace kindred::qmc {

/// The orthonormal Fourier transform of values in bit-reversed order, in place,
///   y_k = n^(−1/2) Σ_i exp(−2 π i rev(i) k / n) x_i,
/// rev the reversal of log₂ n bits: what diagonalises kernels on a lattice in natural (radical-inverse) order.
/// @param values  n = 2^m numbers
/// @throws InputError if n is not a power of two
/// O(n log n); roots of unity are kept, 16 n bytes in all. Nothing is permuted: decimation in time begins with this order. The sums are
/// those of its radix-2 loop, scaled last: the same bits on every processor. Thread-safe.
void bit_reversed_fourier(std::span<std::complex<double>> values);

/// Its inverse.
void inverse_bit_reversed_fourier(std::span<std::complex<double>> values);

/// The same of n real values: y_0 … y_{n/2}; the others are y_{n−k} = conj(y_k). Half the work: two values, those of i and i + n/2, which
/// reversed are even and odd, make one complex number.
/// @param spectrum  n/2 + 1 numbers (n = 1: one)
/// @throws InputError if n is not a power of two, or there are not as many numbers in the spectrum
void bit_reversed_fourier(std::span<const double> values, std::span<std::complex<double>> spectrum);

/// Its inverse.
/// @param spectrum  overwritten; the imaginary parts of the first and the last number are taken as zero
void inverse_bit_reversed_fourier(std::span<std::complex<double>> spectrum, std::span<double> values);

/// Transforms of the two halves of 2 n values to the transform of all, in place: scale (a_k ± exp(−π i k / n) b_k). For the scale see
/// join_walsh_hadamard.
/// @throws InputError if the sizes differ or are no power of two
/// O(n).
void join_bit_reversed_fourier(std::span<std::complex<double>> first, std::span<std::complex<double>> second,
                               double scale = 0.5 * std::numbers::sqrt2);

}  // namespace kindred::qmc

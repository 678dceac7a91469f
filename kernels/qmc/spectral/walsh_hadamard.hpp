#pragma once

#include <cstddef>
#include <numbers>
#include <span>

namespace kindred::qmc {

/// The orthonormal Walsh–Hadamard transform in natural (Hadamard) order, in place, its own inverse:
///   y_k = n^(−1/2) Σ_i (−1)^(number of common 1-bits of i and k) x_i.
/// @param values  n = 2^m numbers
/// @throws InputError if n is not a power of two
/// O(n log n), one or two passes over memory for n that exceed the caches; no memory of its own. The sums are those of the loop over
/// pairs 1, 2, 4, …, n/2 apart, scaled last: the same bits on every processor.
void walsh_hadamard(std::span<double> values);

/// The same of several rows of n numbers, one after another.
/// @throws InputError if there is no whole number of rows, or n is not a power of two
void walsh_hadamard(std::span<double> values, std::size_t rows);

/// Transforms of the two halves of 2 n values to the transform of all, in place: scale (a + b), scale (a − b). The scale that belongs to
/// orthonormal transforms is 2^(−1/2), to eigenvalues 1, to mean values 1/2.
/// @throws InputError if the sizes differ
/// O(n).
void join_walsh_hadamard(std::span<double> first, std::span<double> second, double scale = 0.5 * std::numbers::sqrt2);

}  // namespace kindred::qmc

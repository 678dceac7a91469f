#pragma once

#include <span>

namespace kindred::qmc {

/// The orthonormal Walsh–Hadamard transform in natural (Hadamard) order, in place, its own inverse:
///   y_k = n^(−1/2) Σ_i (−1)^(number of common 1-bits of i and k) x_i.
/// @param values  n = 2^m numbers
/// @throws InputError if n is not a power of two
/// O(n log n), one or two passes over memory for n that exceed the caches; no memory of its own.
void walsh_hadamard(std::span<double> values);

}  // namespace kindred::qmc

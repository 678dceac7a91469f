#pragma once

#include <cstddef>

#include <kindred/kernels/qmc/spectral/roots_of_unity.hpp>

// The transforms' inner loops, compiled once per instruction set (transform_portable.cpp, transform_avx2.cpp, transform_avx512.cpp) from
// walsh_hadamard.inc and fourier.inc. All perform the additions and multiplications of the radix-2 loops
//   for h = 1, 2, 4, …, n/2:  (x_i, x_{i+h}) ← (x_i + w x_{i+h}, x_i − w x_{i+h})
// in another order of the pairs, and scale last: the same bits from each.

namespace kindred::qmc {

struct TransformKernels {
  const char* instruction_set;
  /// In place, n a power of two.
  void (*walsh_hadamard)(double* values, std::size_t n, double scale);
  /// Complex numbers as pairs (real, imaginary); bit-reversed to natural order, in place.
  void (*fourier)(double* values, std::size_t n, double scale, const RootTables& roots);
  /// Natural to bit-reversed order.
  void (*inverse_fourier)(double* values, std::size_t n, double scale, const RootTables& roots);
  /// Of the n complex numbers parts[i] + i parts[n + i], into `values`.
  void (*fourier_of_halves)(const double* parts, double* values, std::size_t n, double scale, const RootTables& roots);
  /// Overwrites `values`.
  void (*inverse_fourier_to_halves)(double* values, double* parts, std::size_t n, double scale, const RootTables& roots);
  /// From the transform z of h complex numbers that are pairs of real ones to the real numbers' own, 0 < k < h, both doubled:
  ///   y_k = (z_k + z̄_{h−k}) − i w_k (z_k − z̄_{h−k}), w of order 2 h; back with i w̄_k.
  void (*exchange_mirrored)(double* z, std::size_t h, const Roots& w, bool inverse);
};

/// Of the instruction set that block_kernels() chose.
const TransformKernels& transform_kernels();

/// @param instruction_set  a name out of runnable_block_kernels()
const TransformKernels& transform_kernels(const char* instruction_set);

extern const TransformKernels transform_kernels_portable;
extern const TransformKernels transform_kernels_avx2;
extern const TransformKernels transform_kernels_avx512;

}  // namespace kindred::qmc

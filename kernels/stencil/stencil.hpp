#pragma once

#include <cstdint>

// Plain types and C++17 only: this header is also read by CUDA compilers.

namespace kindred::kernels {

/// Shape of a uniform grid of cells in 1 to 3 dimensions, numbered in C order (the first axis varies slowest).
struct StencilShape {
  int dimension = 1;
  std::int64_t cells[3] = {1, 1, 1};
  bool periodic[3] = {false, false, false};
};

/// Coefficients of a (2d + 1)-point stencil, one value per cell and array; `lower` and `upper` per axis.
struct StencilCoefficients {
  const double* center = nullptr;
  const double* lower[3] = {nullptr, nullptr, nullptr};
  const double* upper[3] = {nullptr, nullptr, nullptr};
};

/// y_c = center_c x_c + sum over axes (lower_c x_{c-1} + upper_c x_{c+1}).
/// Neighbours wrap around on periodic axes and count as zero at other sides, whatever the coefficient there.
/// Reads the coefficients and x once and writes y: 8 (2d + 3) bytes per cell, 4d + 1 operations.
/// The result has the same bits on every processor.
/// @param x, y  one value per cell; must not overlap
void stencil_apply(const StencilShape& shape, const StencilCoefficients& coefficients, const double* x, double* y);

/// The CUDA twin: all pointers are device pointers, `stream` is a cudaStream_t (nullptr: the default stream). Returns once
/// the kernel is queued. Rounds every operation as the CPU does, in the same order. In the library `kindred::kernels_cuda`.
/// @throws SolveError if the launch fails
void stencil_apply_cuda(const StencilShape& shape, const StencilCoefficients& coefficients, const double* x, double* y, void* stream);

}  // namespace kindred::kernels

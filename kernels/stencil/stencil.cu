#include <string>

#include <cuda_runtime.h>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/stencil/stencil.hpp>

namespace kindred::kernels {
namespace {

constexpr int block_size = 256;

/// a b + sum, rounded after each operation: never contracted, so that the bits are those of the CPU.
__device__ double multiply_add(double a, double b, double sum) { return __dadd_rn(sum, __dmul_rn(a, b)); }

/// One thread per cell, striding over the grid. Neighbours along the fastest axis come from the same cache lines; the others
/// are coalesced reads of other rows, which the L2 cache serves on all but the first use.
__global__ void apply_cells(StencilShape shape, StencilCoefficients coefficients, const double* __restrict__ x, double* __restrict__ y,
                            std::int64_t size) {
  const std::int64_t threads = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t cell = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; cell < size; cell += threads) {
    double sum = __dmul_rn(coefficients.center[cell], x[cell]);
    std::int64_t stride = 1;
    std::int64_t rest = cell;
    for (int axis = shape.dimension - 1; axis >= 0; --axis) {
      const std::int64_t count = shape.cells[axis];
      const std::int64_t position = rest % count;
      rest /= count;
      const std::int64_t wrap = (count - 1) * stride;
      const double below = position > 0 ? x[cell - stride] : (shape.periodic[axis] ? x[cell + wrap] : 0.0);
      const double above = position < count - 1 ? x[cell + stride] : (shape.periodic[axis] ? x[cell - wrap] : 0.0);
      sum = multiply_add(coefficients.lower[axis][cell], below, sum);
      sum = multiply_add(coefficients.upper[axis][cell], above, sum);
      stride *= count;
    }
    y[cell] = sum;
  }
}

}  // namespace

void stencil_apply_cuda(const StencilShape& shape, const StencilCoefficients& coefficients, const double* x, double* y, void* stream) {
  std::int64_t size = 1;
  for (int axis = 0; axis < shape.dimension; ++axis) {
    size *= shape.cells[axis];
  }
  if (size == 0) {
    return;
  }
  const std::int64_t wanted = (size + block_size - 1) / block_size;
  const auto blocks = static_cast<unsigned>(wanted < (1 << 20) ? wanted : (1 << 20));
  apply_cells<<<blocks, block_size, 0, static_cast<cudaStream_t>(stream)>>>(shape, coefficients, x, y, size);
  if (const cudaError_t code = cudaGetLastError(); code != cudaSuccess) {
    throw SolveError(std::string("the CUDA stencil kernel could not be started: ") + cudaGetErrorString(code) +
                     "; check that the arrays are in device memory and that this GPU is supported (compute capability 8.0 or newer)");
  }
}

}  // namespace kindred::kernels

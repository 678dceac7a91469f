#include <kindred/kernels/qmc/spectral/walsh_hadamard_cuda.hpp>

#include <algorithm>
#include <bit>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/launch.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard_device.hpp>

namespace kindred::qmc {
namespace {

using device::WalshHadamardPass;

__global__ void __launch_bounds__(WalshHadamardPass::threads) transform_tiles(WalshHadamardPass pass, std::uint64_t tiles) {
  extern __shared__ double fast[];
  const auto thread = static_cast<int>(threadIdx.x);
  for (std::uint64_t tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    pass.load(tile, thread, fast);
    __syncthreads();
    for (int step = 0; step < pass.steps(); ++step) {
      pass.step(step, thread, fast);
      __syncthreads();
    }
    pass.store(tile, thread, fast);
    __syncthreads();
  }
}

}  // namespace

void walsh_hadamard_cuda(double* values, std::size_t n, std::size_t rows, void* stream) {
  if (!std::has_single_bit(n)) {
    throw InputError("walsh_hadamard_cuda: rows of " + std::to_string(n) + " values: their number must be a power of two");
  }
  if (rows == 0) {
    return;
  }
  for (const WalshHadamardPass& pass : device::walsh_hadamard_passes(values, std::countr_zero(n), rows)) {
    const std::size_t bytes = WalshHadamardPass::tile_numbers(pass.tile_bits) * sizeof(double);
    device::check(cudaFuncSetAttribute(transform_tiles, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
                  "the Walsh–Hadamard kernel");
    const auto blocks = static_cast<unsigned>(std::min<std::uint64_t>(pass.tiles(), 1U << 20U));
    transform_tiles<<<blocks, WalshHadamardPass::threads, bytes, static_cast<cudaStream_t>(stream)>>>(pass, pass.tiles());
    device::check(cudaGetLastError(), "the Walsh–Hadamard kernel");
  }
}

}  // namespace kindred::qmc

#pragma once

#include <algorithm>

#include <kindred/kernels/fftconv/half/device_warp.cuh>
#include <kindred/kernels/fftconv/half/instances.hpp>
#include <kindred/kernels/fftconv/half/launch.hpp>

namespace kindred::fftconv::half {

constexpr Index most_blocks = Index{1} << 30;  // of a grid; more work takes more launches

/// share<step>() for every step, the thread block waiting for all its threads in between.
template <int step, int steps, class Share>
__device__ void in_steps(const Share& share) {
  share.template operator()<step>();
  if constexpr (step + 1 < steps) {
    __syncthreads();
    in_steps<step + 1, steps>(share);
  }
}

/// Transforms first, first + 1, … below `items`, some side by side in a thread block.
template <class Work>
__global__ void __launch_bounds__(Work::shape.threads(), Work::resident)
    convolve_blocks(const __grid_constant__ FusedJob job, Index first, Index items) {
  extern __shared__ Quad shared[];
  const DeviceWarp warp{static_cast<int>(threadIdx.x % 32)};
  const auto number = static_cast<int>(threadIdx.x / 32);
  const int slot = number / Work::warps;
  const Index item = first + static_cast<Index>(blockIdx.x) * Work::shape.side_by_side() + slot;
  auto* memory = reinterpret_cast<std::uint16_t*>(shared) + slot * static_cast<int>(Work::shared_bytes / 2);
  const auto at = Work::place(job, item, memory);
  const bool busy = item < items && !Work::left_out(job, at);
  in_steps<0, Work::steps>([&]<int step>() {
    if (busy) {
      Work::template carry_out<step>(warp, job, at, number - slot * Work::warps);
    }
  });
}

template <class Format>
__global__ void __launch_bounds__(256) find_largest(const __grid_constant__ OuterJob job, int blocks_per_array, Index first) {
  const Index block = first + blockIdx.x;
  const Index array = block / blocks_per_array;
  const Index thread = (block - array * blocks_per_array) * 256 + threadIdx.x;
  const std::uint32_t most = __reduce_max_sync(0xFFFFFFFFU, greatest_of<Format>(job, array, thread, Index{256} * blocks_per_array));
  if (threadIdx.x % 32 == 0) {
    atomicMax(job.largest + array, most);
  }
}

template <class Work, bool back>
__global__ void __launch_bounds__(Work::threads, 4) transform_outer(const __grid_constant__ OuterJob job, Index first) {
  extern __shared__ Quad shared[];
  const DeviceWarp warp{static_cast<int>(threadIdx.x % 32)};
  const auto at = Work::place(job, first + blockIdx.x, reinterpret_cast<std::uint16_t*>(shared));
  in_steps<0, Work::steps>([&]<int step>() { Work::template carry_out<step, back>(warp, job, at, static_cast<int>(threadIdx.x / 32)); });
}

/// launch(first, blocks) until all `count` are done.
template <class Launch>
void in_grids(Index count, const char* what, const Launch& launch) {
  for (Index first = 0; first < count; first += most_blocks) {
    launch(first, static_cast<unsigned>(std::min(most_blocks, count - first)));
    check(cudaGetLastError(), what);
  }
}

template <class Kernel>
void allow_shared(Kernel* kernel, std::size_t bytes) {
  check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)), "asking for shared memory");
}

template <class Work, bool back>
void launch_outer(const OuterJob& job, cudaStream_t stream) {
  allow_shared(transform_outer<Work, back>, Work::shared_bytes());
  in_grids(Work::items(job), "the first digit's kernel", [&](Index first, unsigned blocks) {
    transform_outer<Work, back><<<blocks, Work::threads, Work::shared_bytes(), stream>>>(job, first);
  });
}

template <class Format>
void launch_fused(const FusedJob& job, int log_length, cudaStream_t stream) {
  with_fused<Format>(log_length, [&]<class Work>(Work) {
    constexpr int side_by_side = Work::shape.side_by_side();
    constexpr std::size_t bytes = side_by_side * Work::shared_bytes;
    const Index items = job.arrays.batch * job.arrays.blocks;
    allow_shared(convolve_blocks<Work>, bytes);
    in_grids((items - 1) / side_by_side + 1, "the fused kernel", [&](Index first, unsigned blocks) {
      convolve_blocks<Work><<<blocks, Work::shape.threads(), bytes, stream>>>(job, first * side_by_side, items);
    });
  });
}

template <class Format>
void launch_outer_forward(const OuterJob& job, int tiles, cudaStream_t stream) {
  check(cudaMemsetAsync(job.largest, 0, static_cast<std::size_t>(job.arrays.batch) * sizeof(std::uint32_t), stream), "clearing memory");
  const auto blocks_per_array = static_cast<int>(std::clamp<Index>(job.arrays.in_length / 16384, 1, 64));
  in_grids(job.arrays.batch * blocks_per_array, "looking for the largest numbers",
           [&](Index first, unsigned blocks) { find_largest<Format><<<blocks, 256, 0, stream>>>(job, blocks_per_array, first); });
  with_outer<Format>(tiles, [&]<class Work>(Work) { launch_outer<Work, false>(job, stream); });
}

template <class Format>
void launch_outer_backward(const OuterJob& job, int tiles, cudaStream_t stream) {
  with_outer<Format>(tiles, [&]<class Work>(Work) { launch_outer<Work, true>(job, stream); });
}

}  // namespace kindred::fftconv::half

#pragma once

#include <cstdint>

#include <kindred/kernels/qmc/launch.hpp>

namespace kindred::qmc::device {

constexpr int resident_blocks = 3;  // per multiprocessor: leaves 80 registers to a thread

template <class Fill>
__global__ void __launch_bounds__(most_threads, resident_blocks) fill_tasks(const __grid_constant__ Fill fill) {
  take_part(fill, {gridDim.x, blockDim.x}, blockIdx.x, threadIdx.x);
}

template <class Fill>
void launch_fill(Fill fill, std::uint64_t threads, cudaStream_t stream) {
  set_run_length(fill, threads);
  const Grid grid = grid_of(fill, 1U << 20U);
  fill_tasks<<<grid.blocks, grid.threads, 0, stream>>>(fill);
  check(cudaGetLastError(), "the kernel that generates points");
}

template <class Set, class T>
void launch(const Set& points, const Job<T>& job, Layout layout, std::uint64_t threads, cudaStream_t stream) {
  if (layout == Layout::dimension_major) {
    launch_fill(FillColumns<Set, T>(points, job), threads, stream);
  } else {
    launch_fill(FillRows<Set, T>(points, job), threads, stream);
  }
}

#define KINDRED_INSTANTIATE(Set)                                                                    \
  template void launch(const Set&, const Job<double>&, Layout, std::uint64_t, cudaStream_t);        \
  template void launch(const Set&, const Job<float>&, Layout, std::uint64_t, cudaStream_t);         \
  template void launch(const Set&, const Job<std::uint32_t>&, Layout, std::uint64_t, cudaStream_t); \
  template void launch(const Set&, const Job<std::uint64_t>&, Layout, std::uint64_t, cudaStream_t)

}  // namespace kindred::qmc::device

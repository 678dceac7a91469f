#pragma once

#include <algorithm>
#include <cstdint>

#include <kindred/kernels/qmc/launch.hpp>

namespace kindred::qmc::device {

constexpr int resident_blocks = 3;  // per multiprocessor: leaves 80 registers to a thread

/// Blocks of one task, or of one for every warp; a thread takes part in as many as the grid leaves it.
template <class Fill>
__global__ void __launch_bounds__(most_threads, resident_blocks) fill_tasks(const __grid_constant__ Fill fill) {
  const auto of_task = static_cast<unsigned>(fill.threads());
  const unsigned tasks_at_once = blockDim.x / of_task;
  const std::uint64_t step = std::uint64_t{gridDim.x} * tasks_at_once;
  for (std::uint64_t task = std::uint64_t{blockIdx.x} * tasks_at_once + threadIdx.x / of_task; task < fill.tasks(); task += step) {
    fill(task, static_cast<int>(threadIdx.x % of_task));
  }
}

template <class Fill>
void launch_fill(Fill fill, std::uint64_t threads, cudaStream_t stream) {
  set_run_length(fill, threads);
  const int tasks_at_once = most_threads / fill.threads();
  const std::uint64_t wanted = (fill.tasks() - 1) / static_cast<std::uint64_t>(tasks_at_once) + 1;
  const auto blocks = static_cast<unsigned>(std::min<std::uint64_t>(wanted, 1U << 20U));
  fill_tasks<<<blocks, static_cast<unsigned>(tasks_at_once * fill.threads()), 0, stream>>>(fill);
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

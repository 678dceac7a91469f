#pragma once

#include <string>

#include <cuda_runtime.h>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/device_fill.hpp>

namespace kindred::qmc::device {

/// @throws SolveError if the code is one of failure
inline void check(cudaError_t code, const char* what) {
  if (code != cudaSuccess) {
    throw SolveError(std::string("qmc: ") + what + " failed: " + cudaGetErrorString(code) +
                     "; check that arrays are in the memory of the current device and that this GPU is supported (compute capability 8.0 "
                     "or newer)");
  }
}

/// Queues the kernel. @param threads  that the device carries out at once
/// @throws SolveError if it could not be started
template <class Set, class T>
void launch(const Set& points, const Job<T>& job, Layout layout, std::uint64_t threads, cudaStream_t stream);

}  // namespace kindred::qmc::device

#pragma once

#include <string>

#include <cuda_runtime.h>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/half/outer.hpp>

namespace kindred::fftconv::half {

/// @throws SolveError if the code is one of failure
inline void check(cudaError_t code, const char* what) {
  if (code != cudaSuccess) {
    throw SolveError(std::string("HalfConvolution: ") + what + " failed: " + cudaGetErrorString(code) +
                     "; check that arrays are in the memory of the current device");
  }
}

/// Queue the kernels of one format. @throws SolveError if one could not be started
template <class Format>
void launch_fused(const FusedJob& job, int log_length, cudaStream_t stream);
/// Finds the largest number of every array, then transforms the first digit into the workspace.
template <class Format>
void launch_outer_forward(const OuterJob& job, int tiles, cudaStream_t stream);
template <class Format>
void launch_outer_backward(const OuterJob& job, int tiles, cudaStream_t stream);

}  // namespace kindred::fftconv::half

#pragma once

#include <cuda_runtime.h>

#include <kindred/kernels/fftconv/fused/job.hpp>

namespace kindred::fftconv::fused {

/// Queues the blocks of a job with transforms of 2^log_length complex numbers.
/// @throws SolveError if the kernel could not be started
template <class Scalar>
void launch(const Job<Scalar>& job, int log_length, cudaStream_t stream);

/// @throws SolveError if the code is one of failure
void check(cudaError_t code, const char* what);

}  // namespace kindred::fftconv::fused

#pragma once

#include <cstddef>
#include <cstdint>

namespace kindred::qmc {

/// The CUDA twin of walsh_hadamard(): rows of n numbers in the memory of the current device, in place. Rows of up to 8192 numbers take one
/// pass over memory, of up to 2^22 two, of up to 2^31 three. The bits are the CPU's. Returns once the kernels are queued. In the library
/// `kindred::kernels_cuda`.
/// @param stream  a cudaStream_t; nullptr: the default stream
/// @throws InputError if n is not a power of two, SolveError if a kernel could not be started
void walsh_hadamard_cuda(double* values, std::size_t n, std::size_t rows = 1, void* stream = nullptr);

}  // namespace kindred::qmc

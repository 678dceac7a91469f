#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <kindred/kernels/qmc/block_kernels.hpp>

#define KINDRED_VECTOR_BYTES 16
#include <kindred/kernels/qmc/block_kernels.inc>

namespace kindred::qmc {

const BlockKernels block_kernels_portable = kernels_of("portable");

}  // namespace kindred::qmc

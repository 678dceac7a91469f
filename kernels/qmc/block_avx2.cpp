#if defined(__x86_64__)
#include <cstdint>
#include <cstring>

#include <immintrin.h>

#include <kindred/kernels/qmc/block_kernels.hpp>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif

#define KINDRED_VECTOR_BYTES 32
#include <kindred/kernels/qmc/block_kernels.inc>

namespace kindred::qmc {

const BlockKernels block_kernels_avx2 = kernels_of("avx2");

}  // namespace kindred::qmc

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif

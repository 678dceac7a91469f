#if defined(__x86_64__)
#include <cstdint>
#include <cstring>

#include <immintrin.h>

#include <kindred/kernels/qmc/block_kernels.hpp>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")
#endif

#define KINDRED_VECTOR_BYTES 64
#include <kindred/kernels/qmc/block_kernels.inc>

namespace kindred::qmc {

const BlockKernels block_kernels_avx512 = kernels_of("avx512");

}  // namespace kindred::qmc

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif

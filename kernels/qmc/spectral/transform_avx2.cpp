#if defined(__x86_64__)
#include <cstdint>
#include <cstring>
#include <utility>

#include <kindred/kernels/qmc/spectral/transform_kernels.hpp>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif

#define KINDRED_VECTOR_BYTES 32
#include <kindred/kernels/qmc/spectral/transform_vectors.inc>

#include <kindred/kernels/qmc/spectral/fourier_registers.inc>

#include <kindred/kernels/qmc/spectral/fourier.inc>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.inc>

namespace kindred::qmc {

const TransformKernels transform_kernels_avx2 = {
    "avx2", walsh::any, dft::forward, dft::inverse, dft::forward_of_halves, dft::inverse_to_halves, dft::exchange_mirrored};

}  // namespace kindred::qmc

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif

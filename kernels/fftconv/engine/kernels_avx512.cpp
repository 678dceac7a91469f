#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>
#include <type_traits>
#include <utility>

#include <kindred/kernels/fftconv/engine/kernels.hpp>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")
#endif

#define KINDRED_VECTOR_BYTES 64
#include <kindred/kernels/fftconv/engine/vectors.inc>

#include <kindred/kernels/fftconv/engine/butterflies.inc>

#include <kindred/kernels/fftconv/engine/lane_passes.inc>

#include <kindred/kernels/fftconv/engine/sequence_passes.inc>

namespace kindred::fftconv {

template <>
const EngineKernels<float> EngineKernelSets<float>::avx512 = engine_kernels_here<float>("avx512");
template <>
const EngineKernels<double> EngineKernelSets<double>::avx512 = engine_kernels_here<double>("avx512");

}  // namespace kindred::fftconv

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif

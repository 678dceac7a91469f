#if defined(__x86_64__)
#include <cstring>
#include <type_traits>
#include <utility>

#include <kindred/kernels/fftconv/engine/kernels.hpp>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC target("avx2")
#endif

#define KINDRED_VECTOR_BYTES 32
#include <kindred/kernels/fftconv/engine/vectors.inc>

#include <kindred/kernels/fftconv/engine/butterflies.inc>

#include <kindred/kernels/fftconv/engine/lane_passes.inc>

#include <kindred/kernels/fftconv/engine/sequence_passes.inc>

namespace kindred::fftconv {

template <>
const EngineKernels<float> EngineKernelSets<float>::avx2 = engine_kernels_here<float>("avx2");
template <>
const EngineKernels<double> EngineKernelSets<double>::avx2 = engine_kernels_here<double>("avx2");

}  // namespace kindred::fftconv

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif

#include <cstring>
#include <type_traits>
#include <utility>

#include <kindred/kernels/fftconv/engine/kernels.hpp>

#define KINDRED_VECTOR_BYTES 16
#include <kindred/kernels/fftconv/engine/vectors.inc>

#include <kindred/kernels/fftconv/engine/butterflies.inc>

#include <kindred/kernels/fftconv/engine/lane_passes.inc>

#include <kindred/kernels/fftconv/engine/sequence_passes.inc>

namespace kindred::fftconv {

template <>
const EngineKernels<float> EngineKernelSets<float>::portable = engine_kernels_here<float>("portable");
template <>
const EngineKernels<double> EngineKernelSets<double>::portable = engine_kernels_here<double>("portable");

}  // namespace kindred::fftconv

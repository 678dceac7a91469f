#include <cstdint>
#include <cstring>
#include <utility>

#include <kindred/kernels/qmc/spectral/transform_kernels.hpp>

#define KINDRED_VECTOR_BYTES 16
#include <kindred/kernels/qmc/spectral/transform_vectors.inc>

#include <kindred/kernels/qmc/spectral/fourier_registers.inc>

#include <kindred/kernels/qmc/spectral/fourier.inc>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.inc>

namespace kindred::qmc {

const TransformKernels transform_kernels_portable = {
    "portable", walsh::any, dft::forward, dft::inverse, dft::forward_of_halves, dft::inverse_to_halves, dft::exchange_mirrored};

}  // namespace kindred::qmc

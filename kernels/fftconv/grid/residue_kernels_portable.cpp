#include <cstring>
#include <type_traits>
#include <utility>

#include <kindred/kernels/fftconv/grid/residue_kernels.hpp>

#define KINDRED_VECTOR_BYTES 16
#include <kindred/kernels/fftconv/engine/vectors.inc>

#include <kindred/kernels/fftconv/engine/butterflies.inc>

#include <kindred/kernels/fftconv/grid/residue_passes.inc>

KINDRED_DEFINE(portable)

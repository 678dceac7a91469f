// Kernels that call the convolutions' callbacks as cuFFT's do; linked by link.cpp.

#include <cufftXt.h>

#define KINDRED_CALLBACKS(kind, Number, Spectrum)                                                        \
  __device__ Number kindred_fftconv_load_padded_##kind(void*, unsigned long long, void*, void*);         \
  __device__ Spectrum kindred_fftconv_load_product_##kind(void*, unsigned long long, void*, void*);      \
  __device__ void kindred_fftconv_store_cropped_##kind(void*, unsigned long long, Number, void*, void*); \
  __global__ void load_padded_##kind(Number* to, void* data) {                                           \
    to[threadIdx.x] = kindred_fftconv_load_padded_##kind(to, threadIdx.x, data, nullptr);                \
  }                                                                                                      \
  __global__ void load_product_##kind(Spectrum* to, void* data) {                                        \
    to[threadIdx.x] = kindred_fftconv_load_product_##kind(to, threadIdx.x, data, nullptr);               \
  }                                                                                                      \
  __global__ void store_cropped_##kind(Number* from, void* data) {                                       \
    kindred_fftconv_store_cropped_##kind(from, threadIdx.x, from[threadIdx.x], data, nullptr);           \
  }

KINDRED_CALLBACKS(real_float, cufftReal, cufftComplex)
KINDRED_CALLBACKS(real_double, cufftDoubleReal, cufftDoubleComplex)
KINDRED_CALLBACKS(complex_float, cufftComplex, cufftComplex)
KINDRED_CALLBACKS(complex_double, cufftDoubleComplex, cufftDoubleComplex)

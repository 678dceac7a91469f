// Load callbacks for cuFFT, compiled to an intermediate form that cuFFT links into its own kernels when it plans. Their names are made in
// fft_library.cu.

#include <cufftXt.h>

#include <kindred/kernels/fftconv/cuda/callbacks.hpp>

namespace {

template <class Value>
__device__ kindred::fftconv::device::Element<Value> padded(unsigned long long offset, void* data) {
  return static_cast<const kindred::fftconv::device::CallbackData<Value>*>(data)->load_padded(static_cast<unsigned>(offset));
}

template <class Value>
__device__ auto product(unsigned long long offset, void* data) {
  return static_cast<const kindred::fftconv::device::CallbackData<Value>*>(data)->load_product(static_cast<unsigned>(offset));
}

}  // namespace

__device__ cufftReal kindred_fftconv_load_padded_real_float(void*, unsigned long long offset, void* data, void*) {
  return padded<float>(offset, data);
}
__device__ cufftDoubleReal kindred_fftconv_load_padded_real_double(void*, unsigned long long offset, void* data, void*) {
  return padded<double>(offset, data);
}
__device__ cufftComplex kindred_fftconv_load_padded_complex_float(void*, unsigned long long offset, void* data, void*) {
  const auto value = padded<std::complex<float>>(offset, data);
  return make_float2(value.re, value.im);
}
__device__ cufftDoubleComplex kindred_fftconv_load_padded_complex_double(void*, unsigned long long offset, void* data, void*) {
  const auto value = padded<std::complex<double>>(offset, data);
  return make_double2(value.re, value.im);
}

__device__ cufftComplex kindred_fftconv_load_product_real_float(void*, unsigned long long offset, void* data, void*) {
  const auto value = product<float>(offset, data);
  return make_float2(value.re, value.im);
}
__device__ cufftDoubleComplex kindred_fftconv_load_product_real_double(void*, unsigned long long offset, void* data, void*) {
  const auto value = product<double>(offset, data);
  return make_double2(value.re, value.im);
}
__device__ cufftComplex kindred_fftconv_load_product_complex_float(void*, unsigned long long offset, void* data, void*) {
  const auto value = product<std::complex<float>>(offset, data);
  return make_float2(value.re, value.im);
}
__device__ cufftDoubleComplex kindred_fftconv_load_product_complex_double(void*, unsigned long long offset, void* data, void*) {
  const auto value = product<std::complex<double>>(offset, data);
  return make_double2(value.re, value.im);
}

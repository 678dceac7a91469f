// Store callbacks for cuFFT; see loads.cu.

#include <cufftXt.h>

#include <kindred/kernels/fftconv/cuda/callbacks.hpp>

namespace {

template <class Value>
__device__ void cropped(unsigned long long offset, kindred::fftconv::device::Element<Value> value, void* data) {
  static_cast<const kindred::fftconv::device::CallbackData<Value>*>(data)->store_cropped(static_cast<unsigned>(offset), value);
}

}  // namespace

__device__ void kindred_fftconv_store_cropped_real_float(void*, unsigned long long offset, cufftReal value, void* data, void*) {
  cropped<float>(offset, value, data);
}
__device__ void kindred_fftconv_store_cropped_real_double(void*, unsigned long long offset, cufftDoubleReal value, void* data, void*) {
  cropped<double>(offset, value, data);
}
__device__ void kindred_fftconv_store_cropped_complex_float(void*, unsigned long long offset, cufftComplex value, void* data, void*) {
  cropped<std::complex<float>>(offset, {value.x, value.y}, data);
}
__device__ void kindred_fftconv_store_cropped_complex_double(void*, unsigned long long offset, cufftDoubleComplex value, void* data,
                                                             void*) {
  cropped<std::complex<double>>(offset, {value.x, value.y}, data);
}

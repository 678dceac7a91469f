#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <cuda_runtime.h>

// Small helpers of the GPU tests, which use nothing but the CUDA runtime.

namespace gpu_test {

constexpr int skipped = 77;  ///< CTest's exit code for a test that could not run here

inline void check(cudaError_t code, const char* what) {
  if (code == cudaSuccess) {
    return;
  }
  std::printf("%s failed: %s\n", what, cudaGetErrorString(code));
  std::exit(1);
}

inline bool has_gpu() {
  int count = 0;
  const cudaError_t code = cudaGetDeviceCount(&count);
  if (code == cudaSuccess && count > 0) {
    return true;
  }
  std::printf("skipped: no GPU on this machine (%s)\n", code == cudaSuccess ? "0 devices" : cudaGetErrorString(code));
  return false;
}

/// An array of doubles in device memory.
class DeviceArray {
 public:
  explicit DeviceArray(const std::vector<double>& host) : size_(host.size()) {
    check(cudaMalloc(&data_, bytes() == 0 ? sizeof(double) : bytes()), "cudaMalloc");
    check(cudaMemcpy(data_, host.data(), bytes(), cudaMemcpyHostToDevice), "copy to the device");
  }
  ~DeviceArray() { cudaFree(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  double* data() const { return static_cast<double*>(data_); }
  std::vector<double> host() const {
    std::vector<double> values(size_);
    check(cudaMemcpy(values.data(), data_, bytes(), cudaMemcpyDeviceToHost), "copy to the host");
    return values;
  }

 private:
  std::size_t bytes() const { return size_ * sizeof(double); }
  std::size_t size_;
  void* data_ = nullptr;
};

}  // namespace gpu_test

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

/// An array in device memory.
template <typename T>
class DeviceVector {
 public:
  explicit DeviceVector(const std::vector<T>& host) : DeviceVector(host.size()) {
    check(cudaMemcpy(data_, host.data(), bytes(), cudaMemcpyHostToDevice), "copy to the device");
    check(cudaDeviceSynchronize(), "copy to the device");  // streams of the tests need not wait for the copy's own
  }
  /// Without values.
  explicit DeviceVector(std::size_t size) : size_(size) { check(cudaMalloc(&data_, size == 0 ? sizeof(T) : bytes()), "cudaMalloc"); }
  ~DeviceVector() { cudaFree(data_); }
  DeviceVector(const DeviceVector&) = delete;
  DeviceVector& operator=(const DeviceVector&) = delete;

  T* data() const { return static_cast<T*>(data_); }
  std::size_t size() const { return size_; }
  std::vector<T> host() const {
    std::vector<T> values(size_);
    check(cudaMemcpy(values.data(), data_, bytes(), cudaMemcpyDeviceToHost), "copy to the host");
    return values;
  }

 private:
  std::size_t bytes() const { return size_ * sizeof(T); }
  std::size_t size_;
  void* data_ = nullptr;
};

using DeviceArray = DeviceVector<double>;

}  // namespace gpu_test

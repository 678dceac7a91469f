#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <cuda_runtime.h>

namespace kindred::fftconv::device {

/// @throws SolveError if the code is one of failure
void check(cudaError_t code, const char* what);
int current_device();

/// An array in device memory.
class Memory {
 public:
  /// Without values. @throws SolveError if there is no room
  explicit Memory(std::size_t bytes = 0) : bytes_(bytes) {
    if (bytes > 0) {
      check(cudaMalloc(&data_, bytes), "memory for convolutions");
    }
  }
  /// With the values of `host`. @throws SolveError as above, and if they cannot be copied
  template <class T>
  explicit Memory(const std::vector<T>& host) : Memory(host.size() * sizeof(T)) {
    check(cudaMemcpy(data_, host.data(), bytes_, cudaMemcpyHostToDevice), "copying tables");
    check(cudaDeviceSynchronize(), "copying tables");  // other streams need not wait for the default one
  }
  ~Memory() { cudaFree(data_); }
  Memory(Memory&& other) noexcept : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Memory& operator=(Memory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  [[nodiscard]] std::byte* data() const { return static_cast<std::byte*>(data_); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace kindred::fftconv::device

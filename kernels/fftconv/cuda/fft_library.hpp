#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <cuda_runtime.h>

#include <kindred/kernels/fftconv/cuda/pipeline.hpp>

namespace kindred::fftconv::device {

/// One plan of cuFFT on the device that was current when it was made, without a work area of its own.
class LibraryFft {
 public:
  /// @param data  CallbackData in device memory, for callbacks
  /// @throws SolveError with cuFFT's answer, or where the library was built without it
  LibraryFft(const Transform& transform, Callbacks callbacks, void* data);
  ~LibraryFft();
  LibraryFft(const LibraryFft&) = delete;
  LibraryFft& operator=(const LibraryFft&) = delete;

  /// Queues the transform, in place. May be called from several threads.
  void execute(void* data, void* work_area, cudaStream_t stream) const;
  [[nodiscard]] std::size_t work_bytes() const;

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

/// Plans without callbacks are shared among all who hold one of the same transform on the same device.
std::shared_ptr<const LibraryFft> library_fft(const Transform& transform);

/// Why transforms with callbacks cannot be had in this build; empty: they can.
std::string callbacks_missing();

}  // namespace kindred::fftconv::device

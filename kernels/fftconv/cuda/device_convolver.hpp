#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <cuda_runtime.h>

#include <kindred/kernels/fftconv/convolution_plan_cuda.hpp>

namespace kindred::fftconv {

/// One method of a plan on a GPU: what DeviceConvolutionPlan calls after it has checked its arguments. It sees to strides, gates, alpha and
/// beta itself, since each method does so in another place. Pointers in calls are to device memory, and to the lowest number of strided
/// arrays.
template <class Value>
class DeviceConvolver {
 public:
  virtual ~DeviceConvolver() = default;
  /// @param taps  in host memory, [batch if kernel_per_array] × inputs × kernel extents; finite
  virtual void set_kernel(std::span<const Value> taps) = 0;
  /// In host memory; called with Mode::periodic alone.
  virtual void set_spectrum(std::span<const std::complex<Real<Value>>> spectrum) = 0;
  virtual void apply(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation, cudaStream_t stream,
                     std::byte* workspace) const = 0;
  virtual void apply_adjoint(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation, cudaStream_t stream,
                             std::byte* workspace) const = 0;
  [[nodiscard]] virtual std::size_t workspace_bytes() const = 0;
  /// `padded`, `spectrum_bytes`, `predicted_bytes` and `reason`.
  [[nodiscard]] virtual Report describe() const = 0;
};

/// nullptr, and why in `refusal`, where the method cannot do what is described.
template <class Value>
std::unique_ptr<DeviceConvolver<Value>> make_array_convolver(const Description& description, const DeviceOptions& options, bool callbacks,
                                                             std::string& refusal);
template <class Value>
std::unique_ptr<DeviceConvolver<Value>> make_fused_convolver(const Description& description, const DeviceOptions& options,
                                                             std::string& refusal);
template <class Value>
std::unique_ptr<DeviceConvolver<Value>> make_plane_convolver(const Description& description, const DeviceOptions& options,
                                                             std::string& refusal);

}  // namespace kindred::fftconv

#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// How a GPU carries out a convolution. Of those that are not `automatic`, a plan takes exactly what is named or refuses it in words.
enum class DeviceMethod {
  automatic,  ///< the first of fused, planes (3 axes), callbacks, library that can do it
  fused,      ///< one kernel from data to result, which reads and writes every number once: 1 axis of moderate length
  planes,     ///< 3 axes: the last one transformed for all pencils, then a few planes at a time to the end, in the cache
  callbacks,  ///< cuFFT's transforms of padded arrays; padding, product and cropping take place in their loads and stores
  library,    ///< cuFFT's transforms of padded arrays, with kernels between them
};

const char* name_of(DeviceMethod method);

struct DeviceOptions {
  DeviceMethod method = DeviceMethod::automatic;
  /// Bytes of padded arrays that are transformed at a time, at least one array's; larger batches go in chunks of equal size. cuFFT may want
  /// as much again. 0: 2 GiB, or half of what is free on the device if that is less.
  std::size_t padded_bytes = 0;
  bool callbacks = true;      ///< false: cuFFT's callbacks are left alone even where a method could use them
  bool own_workspace = true;  ///< false: every call brings its own
};

/// The CUDA twin of ConvolutionPlan: the same description, the same results within rounding (normwise, |y − ŷ| ≤ 3 eps log₂(N) ‖x‖ ‖h‖ for
/// each array by itself; arrays never share a transform), for arrays in device memory. Of the description, `threads` and `effort` have no
/// meaning here, and `method` must be automatic or fft. Belongs to the device that was current when it was made.
/// Value: float, double, std::complex<float>, std::complex<double>. In the library `kindred::kernels_cuda`.
///
/// Calls only queue kernels, so they can be captured into a graph (run the plan once before, so that its kernels are loaded). Calls on one
/// stream follow each other; calls that may overlap on several streams need a plan each.
template <class Value>
class DeviceConvolutionPlan {
 public:
  /// @throws InputError as require(), or for a method that cannot do this; SolveError if there is no device or no memory, or if the library
  /// was built without cuFFT and nothing else can do this
  explicit DeviceConvolutionPlan(const Description& description, const DeviceOptions& options = {});
  ~DeviceConvolutionPlan();
  DeviceConvolutionPlan(DeviceConvolutionPlan&&) noexcept;
  DeviceConvolutionPlan& operator=(DeviceConvolutionPlan&&) noexcept;

  /// @param taps  in host memory, as ConvolutionPlan::set_kernel(). Returns when the transform is done.
  /// Method planes needs memory meanwhile: of even kernels a quarter of one padded array, of others all of it.
  /// @throws InputError if the number of taps is wrong or one is not finite, SolveError if the device fails
  void set_kernel(std::span<const Value> taps);
  /// In host memory, as ConvolutionPlan::set_spectrum(): Mode::periodic alone.
  void set_spectrum(std::span<const std::complex<Real<Value>>> spectrum);

  /// out ← h ∗ in.
  /// @param in  of as many numbers as the strides reach, in device memory as out and gates are; no overlap
  /// @param stream  a cudaStream_t; nullptr: the default stream
  /// @param workspace  workspace_bytes() bytes of device memory, aligned to 256; empty: the plan's own
  /// @throws InputError if no kernel has been set, a size is wrong, the workspace is too small or another device is current;
  /// SolveError if a kernel could not be started
  void apply(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation = {}, void* stream = nullptr,
             std::span<std::byte> workspace = {}) const;
  /// The adjoint of apply(): takes what apply() gives and gives what it takes.
  void apply_adjoint(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation = {}, void* stream = nullptr,
                     std::span<std::byte> workspace = {}) const;

  [[nodiscard]] const Description& description() const;
  [[nodiscard]] std::size_t workspace_bytes() const;
  [[nodiscard]] DeviceMethod method() const;
  /// `reason` says why this method; predicted_bytes counts device memory read and written by one apply() without gates; no seconds.
  /// Before a kernel is set, spectrum_bytes is the most that it can be.
  [[nodiscard]] Report describe() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

extern template class DeviceConvolutionPlan<float>;
extern template class DeviceConvolutionPlan<double>;
extern template class DeviceConvolutionPlan<std::complex<float>>;
extern template class DeviceConvolutionPlan<std::complex<double>>;

}  // namespace kindred::fftconv

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <kindred/kernels/fftconv/half/half_description.hpp>

namespace kindred::fftconv {

/// out ← alpha · post ∘ (h ∗ (pre ∘ in)). Products with gates are rounded to the format, as arithmetic in it would.
struct HalfOperation {
  float alpha = 1.0F;
  const std::uint16_t* pre = nullptr;   ///< in device memory, laid out as the operation's input; nullptr: ones
  const std::uint16_t* post = nullptr;  ///< in device memory, laid out as the operation's output; nullptr: ones
};

/// Convolution of half-precision numbers with fp32 accumulation on tensor cores: precision `half_fast`, which nothing chooses by itself.
/// Relative L2 errors are about 7e-4 (fp16) and 5e-3 (bf16) of the array's norm: enough for a preconditioner or the inner step of an
/// iterative refinement, not for results. Method, sources and accuracy: docs/fft-convolution-half.md.
///
/// Arrays never share a transform: the bits of one do not depend on its neighbours, and a NaN stays in its array. Every array is scaled by
/// a power of two on its way in, so that nothing inside overflows and scaling the data by a power of two scales the result exactly; a
/// result too large for the format is an infinity. Kernels may have any finite scale.
///
/// Immutable but for set_kernel(); apply() only queues kernels, may be captured into a graph, and calls on several streams need a workspace
/// each. Belongs to the device that was current when it was made. In the library `kindred::kernels_cuda`.
///
///     HalfConvolution convolution({.data = 4096, .kernel = 4096, .batch = 64 * 768, .kernels = 768});
///     convolution.set_kernel(taps);
///     convolution.apply(in, out);
class HalfConvolution {
 public:
  /// @throws InputError naming the member and what to do: extents < 1, periodic mode, a period or method that cannot do this, more than
  /// 2^62 numbers, a band of the wrong size, a device older than compute capability 8.0 or with too little shared memory; SolveError if
  /// there is no device or no memory
  explicit HalfConvolution(const HalfDescription& description);
  ~HalfConvolution();
  HalfConvolution(HalfConvolution&&) noexcept;
  HalfConvolution& operator=(HalfConvolution&&) noexcept;

  /// Transforms the kernels on the host, in double precision, and keeps them on the device. O(kernels · N log N).
  /// @param taps  in host memory: kernels × K numbers
  /// @throws InputError if their number is wrong or one is not finite, SolveError if the device fails
  void set_kernel(std::span<const float> taps);

  /// out ← h ∗ in. Returns once queued.
  /// @param in  in device memory: batch × data numbers of the format (__half or __nv_bfloat16), any alignment; out: batch × outputs()
  /// numbers, no overlap with in
  /// @param stream  a cudaStream_t; nullptr: the default stream
  /// @param workspace  workspace_bytes() bytes of device memory, aligned to 256; empty: its own, for one stream
  /// @throws InputError if a size is wrong, no kernel has been set or another device is current; SolveError if a kernel could not be
  /// started
  void apply(std::span<const std::uint16_t> in, std::span<std::uint16_t> out, const HalfOperation& operation = {}, void* stream = nullptr,
             std::span<std::byte> workspace = {}) const;
  /// The adjoint: takes batch × outputs() numbers and gives batch × data; `pre` is laid out as apply()'s out.
  void apply_adjoint(std::span<const std::uint16_t> in, std::span<std::uint16_t> out, const HalfOperation& operation = {},
                     void* stream = nullptr, std::span<std::byte> workspace = {}) const;

  [[nodiscard]] const HalfDescription& description() const;
  [[nodiscard]] Index outputs() const;                ///< numbers of an output array
  [[nodiscard]] std::size_t workspace_bytes() const;  ///< of an apply(); 0 unless the method is two_level
  [[nodiscard]] HalfReport describe() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kindred::fftconv

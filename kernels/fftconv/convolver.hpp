#pragma once

#include <complex>
#include <memory>
#include <span>

#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// One method of a plan, for one dense array at a time: what ConvolutionPlan::apply() calls after strides, gates, alpha and beta have been
/// seen to, and where it hands out arrays to threads. Const members may be called from several threads, each with its own workspace.
template <class Value>
class Convolver {
 public:
  virtual ~Convolver() = default;
  /// @param taps  kernels × kernel extents, dense; kernels is inputs, or batch × inputs
  virtual void set_kernel(std::span<const Value> taps, Index kernels) = 0;
  /// Mode::periodic alone; as ConvolutionPlan::set_spectrum, one kernel.
  virtual void set_spectrum(std::span<const std::complex<Real<Value>>> spectrum) = 0;
  /// out ← Σ_j h_{first + j} ∗ in_j
  /// @param in  a dense array for each input, out: one dense array, neither overlapping; workspace: workspace_bytes(threads), aligned to 64
  virtual void apply(std::span<const Value* const> in, Index first_kernel, Value* out, std::byte* workspace, int threads) const = 0;
  /// out_j ← adjoint of h_{first + j}, applied to in
  virtual void apply_adjoint(const Value* in, Index first_kernel, std::span<Value* const> out, std::byte* workspace, int threads) const = 0;
  [[nodiscard]] virtual std::size_t workspace_bytes(int threads) const = 0;
  /// Without `reason`, `method` and the batch's part of the predicted bytes.
  [[nodiscard]] virtual Report describe() const = 0;
};

}  // namespace kindred::fftconv

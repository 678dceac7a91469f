#pragma once

#include <array>
#include <complex>
#include <functional>
#include <memory>
#include <span>

#include <kindred/kernels/fftconv/description.hpp>

namespace kindred::fftconv {

/// float → float, std::complex<float> → float
template <class Value>
struct RealOf {
  using type = Value;
};
template <class Real>
struct RealOf<std::complex<Real>> {
  using type = Real;
};
template <class Value>
using Real = typename RealOf<Value>::type;

/// out ← alpha · post ∘ (h ∗ (pre ∘ in)) + beta · out
template <class Value>
struct Operation {
  Value alpha = Value(1);
  Value beta = Value(0);
  std::span<const Value> pre = {};   ///< laid out as the operation's input; empty: ones
  std::span<const Value> post = {};  ///< laid out as the operation's output; empty: ones
};

/// A convolution of a fixed shape, planned once, applied often: batches of arrays of 1 to 3 axes of float, double or complex numbers of
/// these with kernels of the same type. Value: float, double, std::complex<float>, std::complex<double>. The kernel is set once and its
/// transform is kept. apply() is const and may be called from several threads, each with a workspace of its own.
///
/// Errors are normwise, |y − ŷ| ≤ eps log2(N) ‖x‖ ‖h‖ for each array by itself: no array shares a transform with another, so the bits of
/// one array do not depend on its neighbours, and neither does a NaN in it reach them. Small numbers next to large ones want
/// Method::direct. Unless FFTW's measured plans take part, bits do not depend on the processor, the threads or the run.
///
///     ConvolutionPlan<double> plan({.data = {4096}, .kernel = {129}, .mode = Mode::same, .batch = 1000});
///     plan.set_kernel(taps);
///     plan.apply(in, out);
template <class Value>
class ConvolutionPlan {
 public:
  /// @throws InputError as require(), or for a method that cannot do this
  explicit ConvolutionPlan(const Description& description);
  ~ConvolutionPlan();
  ConvolutionPlan(ConvolutionPlan&&) noexcept;
  ConvolutionPlan& operator=(ConvolutionPlan&&) noexcept;

  /// @param taps  dense, C order: [batch if kernel_per_array] × inputs × kernel extents
  /// @throws InputError if the number of taps is wrong or one is not finite
  void set_kernel(std::span<const Value> taps);

  /// Mode::periodic alone: the kernel's discrete Fourier transform, natural order, over the data's extents; real Value: of the last axis
  /// only the first L/2 + 1 (the rest by symmetry).
  /// @throws InputError in another mode, for a wrong number, and if a real kernel's spectrum is not Hermitian where that can be seen
  void set_spectrum(std::span<const std::complex<Real<Value>>> spectrum);

  /// As set_spectrum(), of values at signed wave numbers, −L/2 < k ≤ L/2 along every axis (0 along absent ones).
  using Multiplier = std::function<std::complex<double>(const std::array<Index, 3>& wave_numbers)>;
  void set_multiplier(const Multiplier& multiplier);

  /// out ← h ∗ in.
  /// @param in  of as many numbers as the strides reach (dense: batch × inputs × data extents); out: batch × output extents; no overlap
  /// @param workspace  workspace_bytes() bytes, aligned to 64; empty: taken from the heap for this call. An operation with `pre` or with
  /// beta ≠ 0 needs copies of arrays beside, and takes all from the heap.
  /// @throws InputError if a size is wrong or no kernel has been set
  void apply(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation = {},
             std::span<std::byte> workspace = {}) const;

  /// The adjoint of apply(): ⟨A x, y⟩ = ⟨x, A* y⟩ (conjugates for complex numbers). Takes what apply() gives and gives what it takes; `pre`
  /// is laid out as apply()'s out.
  void apply_adjoint(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation = {},
                     std::span<std::byte> workspace = {}) const;

  [[nodiscard]] const Description& description() const;
  [[nodiscard]] std::size_t workspace_bytes() const;  ///< of all threads together
  [[nodiscard]] Report describe() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

extern template class ConvolutionPlan<float>;
extern template class ConvolutionPlan<double>;
extern template class ConvolutionPlan<std::complex<float>>;
extern template class ConvolutionPlan<std::complex<double>>;

}  // namespace kindred::fftconv

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// How FusedConvolution cuts its work.
struct FusedReport {
  Index period = 0;                     ///< of the transforms, in numbers of the data
  Index blocks = 1;                     ///< transforms along an array: 1, or more where arrays are taken block by block (overlap-save)
  Index hop = 0;                        ///< outputs of a block
  int threads = 0;                      ///< of a thread block
  int arrays_per_thread_block = 0;      ///< transforms that a thread block carries out side by side
  std::size_t shared_memory_bytes = 0;  ///< of a thread block
  std::size_t spectrum_bytes = 0;       ///< device memory: transforms of all kernels
  std::size_t table_bytes = 0;          ///< device memory: roots of unity
  double predicted_bytes = 0.0;         ///< moved through device memory by one apply()
};

/// Convolution along one axis in a single trip through device memory: one CUDA kernel loads a block of an array, transforms it in registers
/// and shared memory, multiplies by the kernel's transform, transforms back and stores. The order in which the transform leaves the
/// frequencies is never undone. Real arrays are transformed by themselves as complex sequences of half the length (right-angle
/// convolution, see engine/sequence_transform.hpp): no array shares a transform with another, and the bits of an array do not depend on
/// its place in the batch, on the batch's size or on the GPU. Long arrays are taken block by block (overlap-save), in the same one launch.
/// Errors: |y − ŷ| ≤ 3 eps log2(period) ‖x‖ ‖h‖ within each block. A NaN or an infinity spreads over its own array's block.
///
/// Value: float, double, std::complex<float>, std::complex<double>. Immutable once a kernel is set; apply() may then be called from several
/// threads and on several streams. Copies share their tables. In the library `kindred::kernels_cuda`.
template <class Value>
class FusedConvolution {
 public:
  /// Lengths of transforms that there are, ascending: powers of two. In Mode::periodic the period of the data may be any: a block is read
  /// with the K − 1 numbers before it, from the array's other end.
  static std::vector<Index> periods();
  /// Whether a convolution can be done so: one axis, and a kernel that leaves room for outputs in the longest transform.
  static bool possible(const Description& description);

  /// Chooses the period and allocates tables on the current device. `method`, `effort` and `threads` of the description have no meaning
  /// here.
  /// @param period  one of periods(); 0: the one of least work
  /// @throws InputError as require(), where possible() is false, for a period that there is not, that is too short for the kernel or that
  /// wants more shared memory than this GPU has; SolveError if there is no device or no memory
  explicit FusedConvolution(const Description& description, Index period = 0);

  /// @param taps  in host memory, as ConvolutionPlan::set_kernel(). Transformed on the host, in a longer format; returns when the
  /// transform is on the device
  /// @throws InputError if the number of taps is wrong or one is not finite, SolveError as above
  void set_kernel(std::span<const Value> taps);

  /// Mode::periodic alone, as ConvolutionPlan::set_spectrum(). A kernel as long as the data: periods of twice their length take part in the
  /// choice again.
  /// @throws InputError also if it is too long for the transforms
  void set_spectrum(std::span<const std::complex<Real<Value>>> spectrum);

  /// out ← alpha · post ∘ (h ∗ (pre ∘ in)) + beta · out, as ConvolutionPlan::apply(); all arrays in device memory. Returns once queued.
  /// Neither arrays, strides nor gates need be aligned. Out is not read if beta is 0; it must not overlap the others.
  /// With several inputs, their kernels are applied one after another and added to `out`.
  /// @param stream  a cudaStream_t; nullptr: the default stream
  /// @throws InputError if a size is wrong or no kernel has been set, SolveError if a kernel could not be started
  void apply(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation = {}, void* stream = nullptr) const;
  /// As ConvolutionPlan::apply_adjoint().
  void apply_adjoint(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation = {}, void* stream = nullptr) const;

  [[nodiscard]] const Description& description() const;
  [[nodiscard]] FusedReport describe() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

extern template class FusedConvolution<float>;
extern template class FusedConvolution<double>;
extern template class FusedConvolution<std::complex<float>>;
extern template class FusedConvolution<std::complex<double>>;

}  // namespace kindred::fftconv

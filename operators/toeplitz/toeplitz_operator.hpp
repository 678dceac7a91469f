#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <kindred/kernels/fftconv/plan.hpp>
#include <kindred/operators/matrix_free_operator.hpp>

namespace kindred {

/// How Toeplitz and circulant matrices multiply.
struct ConvolutionOptions {
  fftconv::Method method = fftconv::Method::automatic;
  int threads = 1;    ///< 0: one for every core
  Index columns = 1;  ///< vectors that apply_columns() takes at a time
};

/// A Toeplitz matrix of one to three levels,
///   (A x)_i = sum over j of t_{i−j} x_j,   0 <= i_a, j_a < n_a,
/// of the order n = n_1 n_2 n_3, from its product of 2 n_a − 1 numbers t ("taps"): block Toeplitz with Toeplitz blocks for two levels. It
/// multiplies by a convolution that is padded just enough for nothing to wrap around, in O(n log n); the kernel's transform is kept.
/// Errors are normwise, |ŷ − y| ≤ eps log2(N) ‖t‖ ‖x‖ with N the padded length, whatever the size of single entries. All members are
/// const and thread-safe. G. Golub, C. Van Loan, "Matrix Computations" (4th ed., 2013), section 4.8.
///
///     auto a = std::make_shared<ToeplitzOperator>(extents, toeplitz_taps(extents, [](const auto& lag) { return covariance(lag); }));
class ToeplitzOperator final : public MatrixFreeOperator {
 public:
  using Lag = std::array<Index, 3>;  ///< i − j along every level, 0 for absent ones

  /// @param extents  n_a, one to three levels, the slowest first
  /// @param taps     (2 n_1 − 1) × (2 n_2 − 1) × (2 n_3 − 1) numbers in C order: t_k stands at k_a + n_a − 1 along every level
  /// @throws InputError for another number of levels or taps, extents < 1, or a tap that is not finite
  ToeplitzOperator(std::vector<Index> extents, std::vector<double> taps, const ConvolutionOptions& options = {});

  [[nodiscard]] Index size() const override { return size_; }
  void apply(std::span<const double> x, std::span<double> y) const override;
  void apply_transpose(std::span<const double> x, std::span<double> y) const override;
  /// Several vectors, one behind the other; options.columns of them are transformed together, each to the same bits as by apply().
  /// @throws InputError if x and y differ in size or are no whole number of vectors
  void apply_columns(std::span<const double> x, std::span<double> y) const;
  void diagonal(std::span<double> entries) const override;
  /// Equal for Toeplitz matrices of equal extents.
  [[nodiscard]] std::uint64_t pattern() const override { return pattern_; }
  [[nodiscard]] std::uint64_t fingerprint() const override { return fingerprint_; }
  [[nodiscard]] std::size_t bytes() const override;

  [[nodiscard]] const std::vector<Index>& extents() const { return extents_; }
  [[nodiscard]] const std::vector<double>& taps() const { return taps_; }
  [[nodiscard]] double tap(const Lag& lag) const;
  /// t_{−k} = t_k for all k, bit for bit.
  [[nodiscard]] bool symmetric() const;
  [[nodiscard]] fftconv::Report describe() const { return plan_.describe(); }

 private:
  std::vector<Index> extents_;
  std::vector<double> taps_;
  Index size_;
  Index columns_;
  fftconv::ConvolutionPlan<double> plan_;
  std::unique_ptr<fftconv::ConvolutionPlan<double>> block_plan_;  ///< of `columns_` vectors, if that is more than one
  std::uint64_t pattern_;
  std::uint64_t fingerprint_;
};

/// All taps t(lag), −n_a < lag_a < n_a, in the order that ToeplitzOperator takes. @throws InputError as ToeplitzOperator for the extents
std::vector<double> toeplitz_taps(const std::vector<Index>& extents, const std::function<double(const ToeplitzOperator::Lag&)>& t);

/// PETSc's matrix (a shell of one process) in one call; it owns the operator, which matrix_free_operator() finds.
/// @throws InputError as ToeplitzOperator
petsc::Matrix toeplitz_matrix(std::vector<Index> extents, std::vector<double> taps, const ConvolutionOptions& options = {});

}  // namespace kindred

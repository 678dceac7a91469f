#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/solvers/family/constant_operator.hpp>

namespace kindred {

/// Tridiagonal matrices T_k along the first axis of a ConstantOperator, one for every mode k of the other axes, divided by the coupling of
/// the first axis: −1 beside the diagonal t. With e_0 = 1/t_0, e_j = 1/(t_j − e_{j−1}) the solve reads
///   y_j = r_j + e_{j−1} y_{j−1},   x_j = e_j (y_j + x_{j+1}).
/// Periodic: T = B + u uᵀ with B the matrix of Neumann ends and u = (1, 0, …, 0, −1); with z = B⁻¹u (Sherman and Morrison),
///   T⁻¹r = B⁻¹r − z (zᵀr) / (1 + uᵀz).
/// If the operator is singular, mode 0 is solved apart, by its fluxes, with mean zero in and out. The slices of a right-hand side are
/// passed forward in ascending order, those of the solution come back in descending order, both a group at a time. Pivots are computed in
/// double precision, and kept in that of Real.
template <class Real>
class ModalFactor {
 public:
  /// @param eigenvalues per axis beyond the first, of the second difference with unit coupling
  /// @param group slices that are passed at a time
  /// @throws InputError if a matrix is not positive definite
  ModalFactor(const ConstantOperator& model, const std::vector<const std::vector<double>*>& eigenvalues, Index group);

  /// A slice, one value per mode: the right-hand side before `forward`, the solution after `backward`. There is room for whole groups.
  Real* slice(Index j) { return work_.data() + j * stride_; }
  /// From a slice to the next: never a multiple of a quarter page, or the lines of a group would evict each other from the cache.
  [[nodiscard]] Index stride() const { return stride_; }
  void start();
  /// The group that starts with slice `first`.
  void forward(Index first);
  /// Between the last `forward` and the first `backward`.
  void turn();
  void backward(Index first);
  [[nodiscard]] std::size_t bytes() const;

 private:
  void eliminate_pivots(const std::vector<double>& lambda, const std::array<double, 2>& side);
  void correct_periodic();
  void substitute_down(Index first, Index end, const Real* next);
  [[nodiscard]] Index end_of(Index first) const { return std::min(first + group_, slices_); }

  Index slices_;
  Index group_;
  Index modes_ = 1;
  Index stride_ = 1;
  bool periodic_;
  bool singular_;
  std::vector<Real> e_;
  std::vector<Real> work_;
  std::vector<Real> zero_;                  ///< one slice
  std::vector<Real> z_, sum_, correction_;  ///< periodic: z, zᵀr, 1 / (1 + uᵀz)
  std::vector<Real> next_;                  ///< periodic: the first slice of the group above, before its correction
  std::vector<double> line_;                ///< singular: mode 0
};

extern template class ModalFactor<float>;
extern template class ModalFactor<double>;

}  // namespace kindred

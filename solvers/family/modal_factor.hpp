#pragma once

#include <array>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/solvers/family/constant_operator.hpp>

namespace kindred {

/// Tridiagonal matrices T_k along the first axis of a ConstantOperator, one for
/// every mode k of the other axes, divided by the coupling of the first axis:
/// −1 beside the diagonal t. With e_0 = 1/t_0, e_j = 1/(t_j − e_{j−1}) the
/// solve reads
///   y_j = r_j + e_{j−1} y_{j−1},   x_j = e_j (y_j + x_{j+1}).
/// Periodic: T = B + u uᵀ with B the matrix of Neumann ends and u = (1, 0, …,
/// 0, −1); with z = B⁻¹u (Sherman and Morrison),
///   T⁻¹r = B⁻¹r − z (zᵀr) / (1 + uᵀz).
/// If the operator is singular, mode 0 is solved apart, by its fluxes, with
/// mean zero in and out. The slices of a right-hand side are passed forward in
/// ascending order, those of the solution come back in descending order.
class ModalFactor {
 public:
  /// @param eigenvalues per axis beyond the first, of the second difference
  /// with unit coupling
  /// @throws InputError if a matrix is not positive definite
  ModalFactor(const ConstantOperator& model, const std::vector<const std::vector<double>*>& eigenvalues);

  /// Right-hand side of a slice, one value per mode, to be filled before
  /// `forward`. There is room for one slice more than there are, if their
  /// number is odd.
  double* slice(Index j) { return work_.data() + j * modes_; }
  void start();
  void forward(Index j);
  /// Between the last `forward` and the first `backward`.
  void turn();
  /// Solution of a slice; valid until the call after the next.
  const double* backward(Index j);
  [[nodiscard]] std::size_t bytes() const;

 private:
  void eliminate_pivots(const std::vector<double>& lambda, const std::array<double, 2>& side);
  void correct_periodic();

  Index slices_;
  Index modes_ = 1;
  bool periodic_;
  bool singular_;
  std::vector<double> e_;
  std::vector<double> work_;
  std::vector<double> zero_;  ///< one slice
  std::vector<double> z_, sum_,
      correction_;  ///< periodic: z, zᵀr, 1 / (1 + uᵀz)
  std::array<std::vector<double>, 2> out_;
  std::vector<double> line_;  ///< singular: mode 0
};

}  // namespace kindred

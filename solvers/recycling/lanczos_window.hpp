#pragma once

#include <eigen3/Eigen/Core>

#include <kindred/solvers/recycling/symmetric_ritz.hpp>

// The dense side of harvesting a recycle space from the Lanczos process of MINRES. No PETSc, no MPI.

namespace kindred::recycling {

/// The steps j = 1 … p of one window of deflated Lanczos,
///     A u_j = C b_j + β_{j-1} v_{j-1} + α_j v_j + β_j v_{j+1},  u_j = M⁻¹v_j,
/// with [C V] orthonormal in the inner product of M⁻¹, so that A U_p = [C V_{p+2}] [B; T̄] where V_{p+2} = [v_0 … v_{p+1}].
class LanczosWindow {
 public:
  /// Forgets all steps. @param capacity largest p; @param deflation k, the number of columns of C
  void start(Eigen::Index capacity, Eigen::Index deflation);
  /// @param beta_before 0 in the very first step, which has no v_0
  void record(double beta_before, double alpha, double beta, const Eigen::VectorXd& b);

  [[nodiscard]] Eigen::Index steps() const { return steps_; }
  [[nodiscard]] bool full() const { return steps_ == alpha_.size(); }
  /// B, k × p.
  [[nodiscard]] Eigen::MatrixXd deflated() const { return b_.leftCols(steps_); }
  /// T̄, (p + 2) × p.
  [[nodiscard]] Eigen::MatrixXd tridiagonal() const;

  /// The best `count` combinations of [U U_p] by harmonic Ritz values, for the U with A U = C.
  /// @param products UᵀC, k × k
  [[nodiscard]] Selection select_first(const Eigen::MatrixXd& products, Eigen::Index count) const;

  /// The best `count` combinations of [Y U_p], for any Y with (AY)ᵀM⁻¹(AY) = I.
  /// @param inverse_values the diagonal of YᵀAY, which is diagonal
  /// @param on_deflation CᵀM⁻¹(AY), k × y; @param on_lanczos V_{p+2}ᵀM⁻¹(AY), (p + 2) × y
  [[nodiscard]] Selection select(const Eigen::VectorXd& inverse_values, const Eigen::MatrixXd& on_deflation,
                                 const Eigen::MatrixXd& on_lanczos, Eigen::Index count) const;

 private:
  Eigen::Index steps_ = 0;
  Eigen::VectorXd beta_before_, alpha_, beta_;
  Eigen::MatrixXd b_;
};

}  // namespace kindred::recycling

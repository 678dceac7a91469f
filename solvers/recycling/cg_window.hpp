#pragma once

#include <eigen3/Eigen/Core>

// The dense side of harvesting deflation vectors from conjugate gradients: the projected matrices follow from the numbers that the
// iteration computes anyway. No PETSc, no MPI.

namespace kindred::recycling {

/// The steps j = 1 … p of one window of deflated CG,
///     x_j = x_{j-1} + α_j p_j,  z_j = M⁻¹r_j,  ρ_j = r_jᵀz_j,  d_j = p_jᵀA p_j,
/// with a block Y, YᵀAY = I, and ν_j = (AY)ᵀz_j. In the basis Z = [Y, P S], S = diag(d_j^{-1/2}), the pencil of the harmonic Ritz
/// problem G y = θ F y, F = ZᵀAZ and G = (AZ)ᵀM⁻¹(AZ), is
///     F = I up to lost conjugacy,        G_{Y,j} = (ν_{j-1} - ν_j) s_j / α_j,
///     G_{jj} = (ρ_{j-1} + ρ_j) s_j² / α_j²,   G_{j,j+1} = -ρ_j s_j s_{j+1} / (α_j α_{j+1}),   else 0
/// (Saad, Yeung, Erhel and Guyomarc'h, SIAM J. Sci. Comput. 21, 2000, section 5).
class CgWindow {
 public:
  /// Forgets all steps. @param capacity largest p
  void start(Eigen::Index capacity, double initial_rho);
  void record(double alpha, double curvature, double rho);

  [[nodiscard]] Eigen::Index steps() const { return steps_; }
  [[nodiscard]] bool full() const { return steps_ == alpha_.size(); }
  /// d_j^{-1/2}, one per step.
  [[nodiscard]] Eigen::VectorXd scaling() const { return curvature_.head(steps_).cwiseSqrt().cwiseInverse(); }

  /// G, (k + p) × (k + p).
  /// @param within Gram matrix G_YY, k × k
  /// @param projections ν_0 … ν_p as columns, k × (p + 1)
  [[nodiscard]] Eigen::MatrixXd preconditioned_gram(const Eigen::MatrixXd& within, const Eigen::MatrixXd& projections) const;

  /// F with the conjugacy between Y and the directions as it is, (k + p) × (k + p).
  /// @param conjugacy (AY)ᵀP, k × p, zero in exact arithmetic
  [[nodiscard]] Eigen::MatrixXd energy_gram(const Eigen::MatrixXd& conjugacy) const;

 private:
  Eigen::Index steps_ = 0;
  Eigen::VectorXd alpha_;
  Eigen::VectorXd curvature_;
  Eigen::VectorXd rho_;  ///< ρ_0 … ρ_p
};

}  // namespace kindred::recycling

#pragma once

#include <petscvec.h>

#include <kindred/solvers/recycling/block_vectors.hpp>
#include <kindred/solvers/recycling/cg_window.hpp>

namespace kindred::recycling {

/// Collects the directions of deflated CG window by window and keeps the k best of [Y, window] as the candidate Y for the next recycle
/// space; Y starts as the present one. Storage 3 l + 2 k vectors; per window of l steps
/// 4 n k (k + l) flops for the new candidate and, from the second window on, 4 n k l for its inner products.
class CgHarvest {
 public:
  /// Begins with an empty first window.
  /// @param space, images W and AW with WᵀAW = I; both must stay unchanged and alive until the harvest ends
  /// @param space_gram (AW)ᵀM⁻¹(AW)
  PetscErrorCode begin(const Block* space, const Block* images, const Eigen::MatrixXd& space_gram, PetscInt recycle, PetscInt window,
                       bool first_window_only);
  void stop() { collecting_ = false; }
  [[nodiscard]] bool collecting() const { return collecting_; }

  /// Starts a window whose first residual has z = M⁻¹r, ρ = rᵀz and μ = (AW)ᵀz.
  PetscErrorCode start_window(Vec z, double rho, const Eigen::VectorXd& mu);
  /// Direction p and its image q = A p of the step under way.
  PetscErrorCode store_direction(Vec p, Vec q);
  /// Completes the step; closes the window if it is full.
  PetscErrorCode store_step(double alpha, double curvature, Vec z, double rho, const Eigen::VectorXd& mu);
  /// Closes the window under way, whatever its length.
  PetscErrorCode close_window(MPI_Comm comm);

  /// Moves the candidate into W and AW if there is one. @returns whether there was
  bool take(Block* space, Block* images);

 private:
  PetscErrorCode window_projections(MPI_Comm comm, Eigen::MatrixXd* projections, Eigen::MatrixXd* conjugacy);

  bool collecting_ = false;
  bool first_only_ = false;
  bool has_candidate_ = false;
  Eigen::Index recycle_ = 0;
  const Block* space_ = nullptr;
  const Block* images_ = nullptr;
  Block candidate_, candidate_images_;
  Block directions_, direction_images_;
  Block preconditioned_;         ///< z_0 … z_p
  Eigen::MatrixXd projections_;  ///< (AW)ᵀz_0 … (AW)ᵀz_p
  Eigen::MatrixXd gram_;         ///< G_YY
  CgWindow window_;
};

}  // namespace kindred::recycling

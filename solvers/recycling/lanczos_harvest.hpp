#pragma once

#include <petscvec.h>

#include <kindred/solvers/recycling/block_vectors.hpp>
#include <kindred/solvers/recycling/lanczos_window.hpp>

namespace kindred::recycling {

/// The deflating blocks of a solve, A U = C, CᵀM⁻¹C = I, and M⁻¹C.
struct Deflation {
  const Block* solutions = nullptr;              ///< U
  const Block* images = nullptr;                 ///< C
  const Block* preconditioned_images = nullptr;  ///< M⁻¹C
};

/// Collects the Lanczos vectors of recycled MINRES window by window and keeps the k best of [Y, window] as the candidate Y for the next
/// recycle space; Y starts as the present one. Storage 2 (l + 2) + 2 k vectors; per window of l steps about 4 n k (k + l) flops for the
/// candidate and, from the second window on, 2 n k (k + l) for its inner products.
class LanczosHarvest {
 public:
  PetscErrorCode begin(MPI_Comm comm, const Deflation& deflation, PetscInt recycle, PetscInt window, bool first_window_only);
  void stop() { collecting_ = false; }
  [[nodiscard]] bool collecting() const { return collecting_; }

  /// First vectors of a Lanczos process, v_1 and u_1 = M⁻¹v_1.
  PetscErrorCode start_window(Vec v, Vec u);
  /// Completes step j with its coefficients; v and u are the next Lanczos vectors. Closes the window if it is full.
  PetscErrorCode store_step(double beta_before, double alpha, double beta, const Eigen::VectorXd& b, Vec v, Vec u);
  /// Closes the window under way, whatever its length.
  PetscErrorCode close_window(MPI_Comm comm);

  /// Moves the candidate into U and A U if there is one. @returns whether there was
  bool take(Block* solutions, Block* images);

 private:
  PetscErrorCode select(MPI_Comm comm, Selection* best);
  void update_candidate(const Selection& best);
  void carry_over();

  bool collecting_ = false;
  bool first_only_ = false;
  bool has_candidate_ = false;
  Eigen::Index recycle_ = 0;
  Deflation deflation_;
  Block candidate_, candidate_images_;
  Block lanczos_;                   ///< v_0 … v_{p+1}
  Block preconditioned_;            ///< u_0 … u_{p+1}
  Eigen::MatrixXd products_;        ///< UᵀC
  Eigen::VectorXd inverse_values_;  ///< diagonal of YᵀAY
  LanczosWindow window_;
};

}  // namespace kindred::recycling

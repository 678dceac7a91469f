#pragma once

#include <cmath>
#include <limits>
#include <utility>

#include <kindred/solvers/recycling/rminres_data.hpp>

// What the files of the KSP type rminres share about a solve under way.

namespace kindred::recycling::rminres {

/// Below this β², as in PETSc's minres, the Lanczos process has ended.
inline constexpr double breakdown = 1e-50;
/// Of the residual norm at the start of a Lanczos process: what its recurrence says below this is rounding.
inline constexpr double recurrence_accuracy = 1e-14;

/// The QR factorisation of the tridiagonal matrix by Givens rotations, the last two of which are remembered.
struct Rotations {
  double c = 1.0, c_old = 1.0;
  double s = 0.0, s_old = 0.0;
  double diagonal = 0.0, above = 0.0, far_above = 0.0;  ///< the new column of R from the diagonal upwards
  double eta = 0.0;                                     ///< last entry of the rotated right-hand side

  void append(double alpha, double beta_before, double beta) {
    const double c_older = std::exchange(c_old, c);
    const double s_older = std::exchange(s_old, s);
    const double rotated = c_old * alpha - c_older * s_old * beta_before;
    diagonal = std::sqrt(rotated * rotated + beta * beta);
    above = s_old * alpha + c_older * c_old * beta_before;
    far_above = s_older * beta_before;
    c = rotated / diagonal;
    s = beta / diagonal;
  }
};

/// What one solve works with: Lanczos vectors v and u = M⁻¹v, the next ones in r and z, directions w, and the k-vectors b = CᵀM⁻¹A u and e,
/// which are to U what u and w are to the Krylov space.
struct Solve {
  KSP ksp;
  RMINRES& method;
  Mat a;
  Vec x, right_hand_side, r, z, u, v, w, u_old, v_old, w_old, w_older, residual;
  Rotations rotation = {};
  double alpha = 0.0, beta = 0.0, beta_before = 0.0;
  double product = 0.0;  ///< rᵀz of the vectors r and z
  double norm = 0.0;
  double first_norm = 0.0;                                   ///< when the Lanczos process began
  double refuted = std::numeric_limits<double>::infinity();  ///< last true residual norm that contradicted the recurred one
  bool first = true;                                         ///< no step since the Lanczos process began
  Eigen::VectorXd b = {}, e = {}, e_old = {}, e_older = {};

  [[nodiscard]] MPI_Comm comm() const { return PetscObjectComm(reinterpret_cast<PetscObject>(ksp)); }
  [[nodiscard]] bool deflating() const { return method.vectors.cols() > 0; }
  [[nodiscard]] bool done() const { return ksp->reason != KSP_CONVERGED_ITERATING; }
  [[nodiscard]] bool exhausted() const { return true_norm() && !done() && norm <= recurrence_accuracy * first_norm; }
  /// PETSc's own test is in use, whose threshold is known.
  [[nodiscard]] bool tests_by_default() const {
    return ksp->normtype != KSP_NORM_NONE && ksp->converged == KSPConvergedDefault && ksp->chknorm < 0;
  }
  [[nodiscard]] bool true_norm() const { return ksp->normtype == KSP_NORM_UNPRECONDITIONED; }
};

/// Sets the reason, or raises an error if the KSP is to.
PetscErrorCode fail_preconditioner(const Solve& s);
/// target = b - A x.
PetscErrorCode true_residual(Solve& s, Vec target);
/// The norm of a first residual r with z = M⁻¹r, and rᵀz, in one reduction.
PetscErrorCode measure_start(Solve& s);
/// An r and z with rᵀz ≤ 0 cannot begin a Lanczos process. The preconditioner is to blame unless r is only rounding.
/// @param before  residual norm before the projection that gave r; 0 if there was none
PetscErrorCode check_product(Solve& s, double before);
/// Logs, monitors and tests the residual norm.
PetscErrorCode report(Solve& s, PetscInt iteration);
/// x += U c, r -= C c, z -= M⁻¹C c with c = CᵀM⁻¹r: the residual of least norm over the recycle space. Twice, because the Lanczos process
/// never touches what rounding leaves in the space of C, and that is relative to the residual before.
PetscErrorCode project(Solve& s);
/// r and z, scaled, become the next v and u; the old ones are kept.
PetscErrorCode shift_lanczos(Solve& s);
/// Begins the Lanczos process from r and z, whose product is known.
PetscErrorCode start_lanczos(Solve& s);
/// The first residual, its deflation, and the start of harvest and Lanczos process.
PetscErrorCode start(Solve& s);

}  // namespace kindred::recycling::rminres

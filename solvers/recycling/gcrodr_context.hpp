#pragma once

#include <algorithm>
#include <limits>
#include <string>

#include <kindred/solvers/recycling/column_block.hpp>
#include <kindred/solvers/recycling/gcrodr.hpp>
#include <kindred/solvers/recycling/hessenberg.hpp>
#include <kindred/solvers/recycling/last_correction.hpp>
#include <kindred/solvers/recycling/operator_state.hpp>
#include <kindred/solvers/recycling/petsc_compat.hpp>

// What the files of the KSP types gcrodr and gmresdr share. Notation of gcrodr.hpp.

namespace kindred::recycling::gcrodr {

using Eigen::Index;

struct Settings {
  PetscInt restart = 40;
  PetscInt recycle = PETSC_DECIDE;
  KSPGCRODRRefresh refresh = KSPGCRODR_REFRESH_ADAPTIVE;
  KSPGCRODROrthogonalization orthogonalization = KSPGCRODR_CGS2;
  bool flexible = true;
  bool adaptive_recycle = false;
  bool carry = true;  ///< gcrodr; not gmresdr
  std::string save;
  std::string load;

  [[nodiscard]] PetscInt most_recycled() const { return recycle == PETSC_DECIDE ? std::min<PetscInt>(20, restart / 2) : recycle; }
};

/// An operator in one state; equal stamps mean that A U = C still holds.
struct OperatorStamp {
  ObjectStamp object;
  PetscBool transposed = PETSC_FALSE;
  bool operator==(const OperatorStamp&) const = default;
};

inline constexpr PetscInt unknown_steps = std::numeric_limits<PetscInt>::max();

/// Storage is two blocks: `images` = [C V] and `solutions` = [U Z], or U alone where Z is not stored. U has `size` columns.
struct Context {
  Settings settings;
  KSPGCRODRCounts counts{};

  ColumnBlock images;
  ColumnBlock solutions;
  bool stores_directions = false;  ///< Z is in `solutions`
  bool preconditioned = false;     ///< Z ≠ V
  Index capacity = 0;              ///< most columns of U in this storage
  Index size = 0;
  bool image_valid = false;  ///< A U = C for the operator `stamp`
  PetscInt age = 0;          ///< refreshes since C was computed from A U
  OperatorStamp stamp;
  PetscInt fewest_steps = unknown_steps;  ///< of a converged solve with this space
  bool projects_on_images = false;  ///< Ŵᵀ V̂ of the harmonic Ritz problem is replaced by [I; 0], because U has once brought no progress
  bool load_pending = false;
  LastCorrection last;

  // The cycle under way.
  HessenbergLeastSquares problem;
  Eigen::MatrixXd couplings;  ///< B = Cᵀ A Z, size × steps
  bool invariant = false;     ///< the last direction vanished: [C V] is complete and H̄'s last row zero
  bool carried = false;       ///< the solve began with a space, and has not dropped it
  bool unchanged = false;     ///< it began with the operator of the last solve
  PetscInt stalled = 0;       ///< cycles in a row without progress
  bool pending = false;       ///< its correction has not been added to x yet
  double estimate = 0.0;      ///< residual norm of the recurrence
  double rounding = 0.0;      ///< an estimate below this is checked against the true residual
  double refuted = 0.0;       ///< last true residual norm that contradicted a converged estimate; infinite if none did

  // Vectors without storage of their own, for lending columns to PETSc.
  Vec lent_input = nullptr;
  Vec lent_output = nullptr;
  Vec current = nullptr;  ///< of KSPBuildSolution(), if the caller gives none

  [[nodiscard]] std::size_t bytes() const { return images.bytes() + solutions.bytes(); }
};

inline Context& context_of(KSP ksp) { return *static_cast<Context*>(ksp->data); }
inline MPI_Comm communicator_of(KSP ksp) { return PetscObjectComm(reinterpret_cast<PetscObject>(ksp)); }

/// Lends a column to PETSc as the storage of a hollow vector, for the life of this object.
class Lent {
 public:
  Lent(Vec hollow, double* column) : hollow_(hollow) { static_cast<void>(VecPlaceArray(hollow, column)); }
  ~Lent() { static_cast<void>(VecResetArray(hollow_)); }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  operator Vec() const { return hollow_; }  // NOLINT(google-explicit-constructor)

 private:
  Vec hollow_;
};

// gcrodr_options.cpp
PetscErrorCode set_from_options(KSP ksp, OptionItems items);
PetscErrorCode view(KSP ksp, PetscViewer viewer);
/// Raises PETSC_ERR_ARG_OUTOFRANGE unless 0 ≤ recycle < restart.
PetscErrorCode check_settings(KSP ksp);

// gcrodr_access.cpp
/// Raises PETSC_ERR_ARG_WRONG unless the KSP is of type gcrodr or gmresdr.
PetscErrorCode require_type(KSP ksp);
/// Makes the functions of recycle_interface.hpp work for this KSP, until withdraw_access().
PetscErrorCode make_accessible(KSP ksp);
PetscErrorCode load_if_pending(KSP ksp);

// gcrodr_operators.cpp
/// Allocates storage for the vectors of this system, keeping U where its length has not changed.
PetscErrorCode prepare_storage(KSP ksp);
void forget_space(Context& context);
/// The null space of the operator (of its transpose in KSPSolveTranspose), or null.
PetscErrorCode null_space_of(KSP ksp, MatNullSpace* null_space);
/// Whether A U = C holds for the present operator, which `stamp` then denotes. One application where the operator's state does not tell.
PetscErrorCode check_image(KSP ksp, bool& current);
/// output = A input, or Aᵀ input in KSPSolveTranspose; counted.
PetscErrorCode apply_operator(KSP ksp, Vec input, Vec output);
/// The same before the first step, counted there too.
PetscErrorCode apply_at_start(KSP ksp, Vec input, Vec output);
/// output = M⁻¹ input without components in the operator's null space; counted.
PetscErrorCode apply_preconditioner(KSP ksp, Vec input, Vec output);
/// residual = b - A x.
PetscErrorCode true_residual(KSP ksp, Vec residual, double& norm);
/// sum = V y with the directions of the cycle.
PetscErrorCode sum_directions(KSP ksp, const Eigen::VectorXd& y, Vec sum);

// gcrodr_space.cpp
/// Makes A U = C, CᵀC = I hold for the present operator. Sets the KSP's reason if A U is not finite; U is kept.
PetscErrorCode start_space(KSP ksp);
/// Computes U and C anew from the cycle that has just ended.
PetscErrorCode refresh_space(KSP ksp);

/// Begins from the correction of the last solve, if the operator is the same. In the first cycle, after start_space().
PetscErrorCode begin_from_last(KSP ksp, Vec residual);

// gcrodr_cycle.cpp
/// Makes the residual orthogonal to C, correcting x, and stores it normalised as v₁. @param norm of the new residual
PetscErrorCode begin_cycle(KSP ksp, Vec residual, double& norm);
/// Arnoldi steps until the KSP's convergence test ends the solve, the basis is full or invariant.
PetscErrorCode arnoldi(KSP ksp);
/// target += the correction that the cycle has found so far.
PetscErrorCode add_correction(KSP ksp, Vec target);
/// residual = V (β e₁ - H̄ y), what the recurrence holds for the residual.
PetscErrorCode estimated_residual(KSP ksp, Vec residual);
/// The estimate has come to rounding errors: it says nothing any more.
[[nodiscard]] inline bool exhausted(KSP ksp) {
  return ksp->normtype != KSP_NORM_NONE && context_of(ksp).estimate <= context_of(ksp).rounding;
}
/// Logs, monitors and tests a residual norm at the present iteration.
PetscErrorCode report_norm(KSP ksp, double norm);

}  // namespace kindred::recycling::gcrodr

#pragma once

#include <kindred/solvers/recycling/lanczos_harvest.hpp>
#include <kindred/solvers/recycling/recycle_space.hpp>

namespace kindred::recycling {

struct RMINRES : RecycleData {
  Block preconditioned_images;  ///< M⁻¹C, if `preconditioned_ready`
  bool preconditioned_ready = false;
  ObjectStamp preconditioner_stamp;
  LanczosHarvest harvest;
  Eigen::VectorXd pending;  ///< s: the solution under way is x - U s
};

/// The solve routine of the KSP type.
PetscErrorCode solve_rminres(KSP ksp);

/// x -= U s, s = 0. The recurrences go on as they were.
PetscErrorCode add_pending(KSP ksp);

/// Makes A U = C, CᵀM⁻¹C = I for the present operator and preconditioner, dropping dependent columns; sets ksp->reason if the
/// preconditioner proves indefinite or a number is not finite. k operator applications if the operator is new; k preconditioner
/// applications, or one if neither C nor the preconditioner has changed.
PetscErrorCode orthonormalise_images(KSP ksp, Mat a, Mat p);

}  // namespace kindred::recycling

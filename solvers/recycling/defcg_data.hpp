#pragma once

#include <kindred/solvers/recycling/cg_harvest.hpp>
#include <kindred/solvers/recycling/recycle_space.hpp>

namespace kindred::recycling {

struct DefCG : RecycleData {
  PetscInt stabilize = 25;  ///< steps between two projections of the residual; 0: none
  CgHarvest harvest;
};

/// The solve routine of the KSP type.
PetscErrorCode solve_defcg(KSP ksp);

/// Makes W and AW those of the present operator with WᵀAW = I, dropping dependent columns; sets ksp->reason if the operator proves
/// indefinite. k operator applications if the operator is new, none otherwise.
PetscErrorCode scale_space_for_operator(KSP ksp, Mat a);

/// (AW)ᵀM⁻¹(AW). k preconditioner applications.
PetscErrorCode preconditioned_gram(KSP ksp, Eigen::MatrixXd* gram);

}  // namespace kindred::recycling

#pragma once

#include <petscksp.h>

#include <kindred/solvers/recycling/column_block.hpp>

// What a recycling KSP type puts behind the functions of recycle_interface.hpp.

namespace kindred::recycling {

struct RecycleAccess {
  PetscErrorCode (*get_space)(KSP, Mat*);
  PetscErrorCode (*set_space)(KSP, Mat);
  PetscErrorCode (*get_applications)(KSP, PetscInt*, PetscInt*);
};
PetscErrorCode compose_access(KSP ksp, const RecycleAccess& access);
PetscErrorCode withdraw_access(KSP ksp);

/// A dense matrix with these rows of each process, which the caller destroys.
PetscErrorCode copy_to_dense(KSP ksp, const ColumnBlock::ConstMap& columns, PetscInt global_rows, Mat* dense);

}  // namespace kindred::recycling

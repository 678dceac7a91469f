#pragma once

#include <petscksp.h>

// What a program can ask of and tell to a recycling KSP beyond PETSc's own interface. Each function fails with PETSC_ERR_SUP for a KSP
// of a type that does not recycle.

extern "C" {

/// Whether the KSP is of a type that recycles.
PetscErrorCode KSPRecycleIsSupported(KSP ksp, PetscBool* supported);

/// A copy of the recycle space as a dense matrix (unknowns × dimension, rows laid out as the unknowns), which the caller destroys;
/// NULL if there is none yet. Collective.
PetscErrorCode KSPRecycleGetSpace(KSP ksp, Mat* space);

/// Replaces the recycle space by the columns of a dense matrix, whose rows must be laid out as the system's unknowns. They need not
/// be independent or scaled. Collective.
PetscErrorCode KSPRecycleSetSpace(KSP ksp, Mat space);

/// Applications of the operator and of the preconditioner during the last solve, those of the start-up included. Either pointer may be
/// NULL. Not collective.
PetscErrorCode KSPRecycleGetApplications(KSP ksp, PetscInt* operators, PetscInt* preconditioners);
}

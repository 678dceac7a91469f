#pragma once

#include <petscksp.h>

namespace kindred {

/// Makes Kindred's Krylov methods known to PETSc: afterwards KSPSetType(ksp, "gcrodr") and -ksp_type gcrodr work like PETSc's own.
/// Call it after PetscInitialize(), as often as you like. Programs that do not link Kindred load libkindred_petsc.so with -dll_append.
PetscErrorCode register_krylov_methods();

}  // namespace kindred

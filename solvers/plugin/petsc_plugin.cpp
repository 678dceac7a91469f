#include <kindred/solvers/family/petsc_preconditioners.hpp>
#include <kindred/solvers/recycling/register_types.hpp>

/// What PETSc calls when it loads libkindred_petsc.so (-dll_append); the function's name follows from the file's.
extern "C" PetscErrorCode PetscDLLibraryRegister_kindred_petsc(void) {
  PetscFunctionBegin;
  PetscCall(kindred::register_krylov_methods());
  PetscCall(kindred::register_preconditioners());
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

#include <kindred/solvers/recycling/register_types.hpp>

/// What PETSc calls when it loads libkindred_petsc.so (-dll_append); the function's name follows from the file's.
extern "C" PetscErrorCode PetscDLLibraryRegister_kindred_petsc(void) { return kindred::register_krylov_methods(); }

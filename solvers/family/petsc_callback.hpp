#pragma once

#include <exception>

#include <petscsys.h>

namespace kindred::petsc {

/// Runs C++ code inside one of PETSc's call-backs: exceptions become PETSc errors with the same message.
template <class Body>
PetscErrorCode guarded(MPI_Comm comm, const char* function, Body body) {
  try {
    body();
  } catch (const std::exception& error) {
    return PetscError(comm, __LINE__, function, __FILE__, PETSC_ERR_USER, PETSC_ERROR_INITIAL, "%s", error.what());
  }
  return static_cast<PetscErrorCode>(0);
}

}  // namespace kindred::petsc

#pragma once

#include <exception>

#include <fmt/format.h>
#include <petscmat.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/petsc/petsc.hpp>

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

/// @throws InputError if the matrix is a shell or the like, of which no entries can be had
inline void require_entries(Mat matrix, const char* pc_type) {
  PetscBool rows = PETSC_FALSE;
  PetscBool of_blocks = PETSC_FALSE;
  KINDRED_PETSC(MatHasOperation(matrix, MATOP_GET_ROW, &rows));
  KINDRED_PETSC(PetscObjectTypeCompareAny(reinterpret_cast<PetscObject>(matrix), &of_blocks, MATNEST, MATIS, ""));
  if (rows == PETSC_FALSE && of_blocks == PETSC_FALSE) {
    throw InputError(
        fmt::format("pc_type {} reads the entries of a matrix, and one of type {} has none: give an assembled preconditioning "
                    "matrix (the second matrix of KSPSetOperators)",
                    pc_type, reinterpret_cast<PetscObject>(matrix)->type_name));
  }
}

}  // namespace kindred::petsc

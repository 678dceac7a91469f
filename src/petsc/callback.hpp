#pragma once

#include <exception>
#include <new>
#include <type_traits>

#include <petscsys.h>

namespace kindred::petsc {

/// Runs C++ code inside one of PETSc's call-backs, through which no exception may pass: it becomes a PETSc error with the same message.
/// @param body  returns nothing, or a PETSc error code
/// @param too_little_memory  the message for std::bad_alloc: say what to make smaller
template <class Body>
PetscErrorCode guarded(MPI_Comm comm, const char* function, Body body, const char* too_little_memory = "not enough memory") {
  const auto raise = [&](PetscErrorCode code, const char* text) {
    return PetscError(comm, __LINE__, function, __FILE__, code, PETSC_ERROR_INITIAL, "%s", text);
  };
  try {
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
    } else {
      return body();
    }
  } catch (const std::bad_alloc&) {
    return raise(PETSC_ERR_MEM, too_little_memory);
  } catch (const std::exception& error) {
    return raise(PETSC_ERR_LIB, error.what());
  }
  return static_cast<PetscErrorCode>(0);
}

}  // namespace kindred::petsc

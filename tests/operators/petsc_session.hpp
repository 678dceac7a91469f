#pragma once

#include <kindred/core/petsc/petsc.hpp>

namespace kindred::test {

/// Starts PETSc for the rest of the program: MPI can be started only once.
inline void start_petsc() { static const petsc::Session session; }

}  // namespace kindred::test

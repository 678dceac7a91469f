#pragma once

#include <petsc/private/kspimpl.h>

#if defined(PETSC_USE_COMPLEX) || !defined(PETSC_USE_REAL_DOUBLE)
#error "Kindred's Krylov methods need a PETSc of real scalars in double precision"
#endif

// What differs between PETSc 3.18 and its successors.

namespace kindred::recycling {

/// PETSC_SUCCESS, which PETSc has since 3.19.
inline constexpr PetscErrorCode success = static_cast<PetscErrorCode>(0);

template <class Function>
struct SecondArgument;
template <class Result, class First, class Second>
struct SecondArgument<Result (*)(First, Second)> {
  using type = Second;
};
/// A pointer type whose spelling depends on the version.
using OptionItems = SecondArgument<decltype(_KSPOps::setfromoptions)>::type;

}  // namespace kindred::recycling

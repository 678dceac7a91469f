#pragma once

#include <petscmat.h>

namespace kindred::recycling {

/// Which PETSc object, in which state.
struct ObjectStamp {
  PetscObjectId id = 0;
  PetscObjectState state = 0;
  bool operator==(const ObjectStamp&) const = default;
};
PetscErrorCode stamp_of(Mat matrix, ObjectStamp* stamp);

/// Whether the object state of a matrix changes whenever its action does. So it is for assembled types, whose entries only PETSc's
/// functions change. Shells, and matrices made of others (nest, transpose, normal, ...), keep their state when what they stand for changes.
PetscErrorCode state_follows_action(Mat matrix, bool* follows);

}  // namespace kindred::recycling

#pragma once

#include <petscmat.h>

namespace kindred::recycling {

/// Whether the object state of a matrix changes whenever its action does. So it is for assembled types, whose entries only PETSc's
/// functions change. Shells, and matrices made of others (nest, transpose, normal, ...), keep their state when what they stand for changes.
PetscErrorCode state_follows_action(Mat matrix, bool* follows);

}  // namespace kindred::recycling

#pragma once

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/grid/grid.hpp>

namespace kindred {

/// The uniform grid that a matrix lives on, in plain types, as it travels with
/// a PETSc matrix under the name `kindred_grid` (a PetscContainer). C order:
/// the first axis varies slowest.
struct MatrixGrid {
  int dimension = 0;
  Index cells[3] = {1, 1, 1};
  double spacing[3] = {1.0, 1.0, 1.0};
  bool periodic[3] = {false, false, false};
};

/// Attaches the grid, so that preconditioners which need one find it; replaces
/// an older one.
/// @throws SolveError if PETSc fails
void attach_grid(Mat matrix, const Grid& grid);

/// @returns false if the matrix carries no grid. Plain PETSc error handling,
/// for use inside PETSc's call-backs.
PetscErrorCode find_grid(Mat matrix, MatrixGrid* grid, bool* found);

}  // namespace kindred

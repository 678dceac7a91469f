#pragma once

#include <string>

#include <petscsys.h>

#include <kindred/solvers/recycling/column_block.hpp>
#include <kindred/solvers/recycling/petsc_compat.hpp>

namespace kindred::recycling {

/// Reads the option `name`, whose value is a file; `path` stays as it is if the option is not given. Inside a PetscOptionsHeadBegin/End.
/// Raises PETSC_ERR_ARG_WRONG if the option has no value.
PetscErrorCode read_path(OptionItems PetscOptionsObject, const std::string& name, const char* text, const char* function,
                         std::string* path);

// A recycle space in an HDF5 file, a SequenceState with the array "recycle_space", float64 [k, n]: one vector after another, unknowns in
// the order of the global matrix. The file does not depend on the number of processes as
// long as the numbering of the unknowns does not. A DMDA numbers its unknowns by its process grid: save and load with the same process
// grid, or with slabs (-da_processors_x 1). The first process reads and writes; it needs memory for one vector of n. Collective; every
// process gets the same error.

/// Writes the first `count` columns, to a temporary file beside `path` that then takes its name.
/// Raises PETSC_ERR_FILE_WRITE with HDF5's own message.
PetscErrorCode save_columns(MPI_Comm communicator, const ColumnBlock& block, Eigen::Index count, const char* path);

/// Reads up to `most` vectors into the first columns of `block`, whose rows are this process's share of the unknowns.
/// @param count  vectors read
/// Raises PETSC_ERR_FILE_UNEXPECTED if the file is missing, is no recycle space, has another number of unknowns, or holds NaN.
PetscErrorCode load_columns(MPI_Comm communicator, const char* path, Eigen::Index most, ColumnBlock& block, Eigen::Index& count);

}  // namespace kindred::recycling

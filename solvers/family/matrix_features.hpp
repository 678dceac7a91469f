#pragma once

#include <vector>

#include <kindred/core/petsc/petsc.hpp>

namespace kindred {

/// Numbers that tell the members of a family apart: logarithms of the diagonal's moduli, averaged over blocks of the grid that the matrix
/// carries (see attach_grid), or of consecutive rows where it carries none; up to `most` of them, at most one per row. Cost: one pass.
/// @throws InputError if a diagonal entry is zero or not finite
std::vector<double> diagonal_features(Mat matrix, Index most = 64);

}  // namespace kindred

#include <kindred/solvers/family/matrix_features.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/operators/matrix_grid.hpp>
#include <kindred/solvers/sequence/features.hpp>

namespace kindred {
namespace {

/// The grid that the matrix carries, or its rows as one axis.
Grid grid_of(Mat matrix, Index rows) {
  MatrixGrid plain;
  bool found = false;
  KINDRED_PETSC(find_grid(matrix, &plain, &found));
  Grid grid;
  for (int k = 0; k < (found ? plain.dimension : 1); ++k) {
    grid.axes.push_back({.name = static_cast<char>('x' + k), .cells = found ? plain.cells[k] : rows});
  }
  return grid;
}

}  // namespace

std::vector<double> diagonal_features(Mat matrix, Index most) {
  petsc::Vector diagonal;
  KINDRED_PETSC(MatCreateVecs(matrix, diagonal.slot(), nullptr));
  KINDRED_PETSC(MatGetDiagonal(matrix, diagonal));
  PetscInt rows = 0;
  KINDRED_PETSC(VecGetLocalSize(diagonal, &rows));
  std::vector<double> logarithms(static_cast<std::size_t>(rows));
  const PetscScalar* values = nullptr;
  KINDRED_PETSC(VecGetArrayRead(diagonal, &values));
  std::transform(values, values + rows, logarithms.begin(), [](double value) { return std::log(std::abs(value)); });
  const auto bad = std::ranges::find_if_not(logarithms, [](double logarithm) { return std::isfinite(logarithm); }) - logarithms.begin();
  const double value = bad < rows ? values[bad] : 0.0;
  KINDRED_PETSC(VecRestoreArrayRead(diagonal, &values));
  if (bad < rows) {
    throw InputError(fmt::format("row {} of the matrix has the diagonal entry {}: features need finite ones other than zero", bad, value));
  }
  return block_means(grid_of(matrix, rows), logarithms, most);
}

}  // namespace kindred

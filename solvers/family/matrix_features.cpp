#include <kindred/solvers/family/matrix_features.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/operators/matrix_grid.hpp>

namespace kindred {
namespace {

/// Rows as a grid of `cells`, and how many blocks each axis is cut into.
struct Blocks {
  int dimension = 1;
  std::array<Index, 3> cells{1, 1, 1};
  std::array<Index, 3> blocks{1, 1, 1};

  [[nodiscard]] Index count() const { return blocks[0] * blocks[1] * blocks[2]; }
  [[nodiscard]] std::size_t block_of(Index row) const {
    std::size_t block = 0;
    std::size_t stride = 1;
    for (auto k = static_cast<std::size_t>(dimension); k-- > 0;) {
      block += stride * static_cast<std::size_t>(row % cells[k] * blocks[k] / cells[k]);
      stride *= static_cast<std::size_t>(blocks[k]);
      row /= cells[k];
    }
    return block;
  }
};

Blocks cut(Mat matrix, Index rows, Index most) {
  MatrixGrid grid;
  bool found = false;
  KINDRED_PETSC(find_grid(matrix, &grid, &found));
  Blocks blocks;
  blocks.cells[0] = rows;
  if (found) {
    blocks.dimension = grid.dimension;
    std::copy_n(grid.cells, 3, blocks.cells.begin());
  }
  const double root = std::pow(static_cast<double>(most), 1.0 / blocks.dimension);
  for (std::size_t k = 0; k < static_cast<std::size_t>(blocks.dimension); ++k) {
    blocks.blocks[k] = std::clamp(static_cast<Index>(root + 1e-9), Index{1}, blocks.cells[k]);
  }
  return blocks;
}

}  // namespace

std::vector<double> diagonal_features(Mat matrix, Index most) {
  petsc::Vector diagonal;
  KINDRED_PETSC(MatCreateVecs(matrix, diagonal.slot(), nullptr));
  KINDRED_PETSC(MatGetDiagonal(matrix, diagonal));
  PetscInt rows = 0;
  KINDRED_PETSC(VecGetLocalSize(diagonal, &rows));
  const Blocks blocks = cut(matrix, rows, most);
  std::vector<double> sums(static_cast<std::size_t>(blocks.count()), 0.0);
  std::vector<double> counts(sums.size(), 0.0);
  const PetscScalar* values = nullptr;
  KINDRED_PETSC(VecGetArrayRead(diagonal, &values));
  PetscInt bad = -1;
  for (PetscInt i = 0; i < rows; ++i) {
    const double logarithm = std::log(std::abs(values[i]));
    bad = bad < 0 && !std::isfinite(logarithm) ? i : bad;
    const std::size_t block = blocks.block_of(i);
    sums[block] += logarithm;
    counts[block] += 1.0;
  }
  const double value = bad < 0 ? 0.0 : values[bad];
  KINDRED_PETSC(VecRestoreArrayRead(diagonal, &values));
  if (bad >= 0) {
    throw InputError(fmt::format("row {} of the matrix has the diagonal entry {}: features need finite ones other than zero", bad, value));
  }
  for (std::size_t b = 0; b < sums.size(); ++b) {
    sums[b] /= counts[b];
  }
  return sums;
}

}  // namespace kindred

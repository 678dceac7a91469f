#pragma once

#include <memory>
#include <span>

#include <kindred/operators/linear_system.hpp>

namespace kindred {

/// A square matrix that is known by its action alone. PETSc gets it as a shell matrix with MatMult, MatMultTranspose and MatGetDiagonal;
/// preconditioners that need entries are refused with an InputError that names those that do not.
class MatrixFreeOperator : public LinearOperator, public std::enable_shared_from_this<MatrixFreeOperator> {
 public:
  /// y = Aᵀ x; both of length size(), not overlapping.
  virtual void apply_transpose(std::span<const double> x, std::span<double> y) const = 0;
  /// diagonal() = the entries A_ii, size() numbers.
  virtual void diagonal(std::span<double> entries) const = 0;
  /// Fills `matrix` with a shell (one process) that shares this object; a shell of the same pattern() gets this one's action and keeps
  /// its identity, so that a KSP can go on with it. Duplicates that PETSc made of it keep the action that they were made with.
  /// @throws InputError if no std::shared_ptr owns this object, or PETSc's integers cannot count its rows
  void assemble(petsc::Matrix& matrix) const final;
};

/// The operator behind a shell that MatrixFreeOperator::assemble made; null for every other matrix.
std::shared_ptr<const MatrixFreeOperator> matrix_free_operator(Mat matrix);

/// True if entries of the matrix can be had; false for those known by their action alone.
bool has_entries(const LinearOperator& matrix);

}  // namespace kindred

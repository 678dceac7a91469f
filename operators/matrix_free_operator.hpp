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
  /// Fills `matrix` with a shell that shares this object, which must be owned by a std::shared_ptr.
  void assemble(petsc::Matrix& matrix) const final;
};

}  // namespace kindred

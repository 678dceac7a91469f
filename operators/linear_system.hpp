#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/core/petsc/petsc.hpp>

namespace kindred {

/// A square matrix that can be applied and handed to PETSc.
class LinearOperator {
 public:
  virtual ~LinearOperator() = default;
  [[nodiscard]] virtual Index size() const = 0;
  /// y = A x; both of length size(), not overlapping.
  virtual void apply(std::span<const double> x, std::span<double> y) const = 0;
  /// Fills `matrix` (AIJ, one process). If it already holds a matrix with this operator's pattern (see `pattern`), only
  /// the values are replaced.
  virtual void assemble(petsc::Matrix& matrix) const = 0;
  /// Equal for operators with the same sparsity pattern.
  [[nodiscard]] virtual std::uint64_t pattern() const = 0;
  /// Hash of all coefficients: equal for equal matrices.
  [[nodiscard]] virtual std::uint64_t fingerprint() const = 0;
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

/// One linear system A x = b and what is known about it.
struct LinearSystem {
  std::shared_ptr<const LinearOperator> matrix;
  std::vector<double> rhs;
  bool symmetric = false;
  bool positive_definite = false;    ///< on the complement of the null space
  bool constant_null_space = false;  ///< A 1 = 0: the right-hand side sums to zero and the solution of mean zero is wanted
};

}  // namespace kindred

#pragma once

#include <array>
#include <vector>

#include <kindred/operators/csr_arrays.hpp>
#include <kindred/operators/grid/grid.hpp>
#include <kindred/operators/linear_system.hpp>

namespace kindred {

/// The canonical form of a discretised grid problem: a (2d + 1)-point stencil with variable coefficients,
/// (A u)_c = center_c u_c + sum over axes (lower_c u_{c-1} + upper_c u_{c+1}),
/// neighbours wrapping around on periodic axes and absent at other sides (the coefficient there is zero and never used).
/// All arrays are in the grid's order; apply moves 8 (2d + 3) bytes per cell. The pattern depends on the cells per axis and on
/// which axes are periodic, not on the values: a zero coefficient keeps its entry, so that one pattern serves a whole family.
/// The fingerprint hashes the coefficients' bits, at about the speed of reading them.
class StencilOperator final : public LinearOperator {
 public:
  /// All coefficients zero. @throws InputError if the grid has no axis or more than three
  explicit StencilOperator(Grid grid);

  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] Index size() const override { return static_cast<Index>(center.size()); }
  void apply(std::span<const double> x, std::span<double> y) const override;
  void assemble(petsc::Matrix& matrix) const override;
  [[nodiscard]] std::uint64_t pattern() const override;
  [[nodiscard]] std::uint64_t fingerprint() const override;
  [[nodiscard]] std::size_t bytes() const override;

  std::vector<double> center;
  std::array<std::vector<double>, 3> lower;  ///< per axis; empty beyond the dimension
  std::array<std::vector<double>, 3> upper;

 private:
  Grid grid_;
};

/// The same matrix by rows, zero coefficients included; on a periodic axis of two cells the two entries of one column are added.
/// @throws InputError if PETSc's integers cannot count the entries
CsrArrays rows_of(const StencilOperator& a);

}  // namespace kindred

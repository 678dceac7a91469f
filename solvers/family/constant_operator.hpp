#pragma once

#include <array>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// One axis of a constant-coefficient operator on a uniform grid.
struct ConstantAxis {
  Index cells = 1;
  double coupling = 1.0;  ///< a / h², the negative of the entry between neighbours; positive
  bool periodic = false;
  /// What the low and the high side add to the diagonal of the cells beside them, in couplings: 0 Neumann; 2 Dirichlet with the value on
  /// the face, half a cell from the centre; 1 Dirichlet with the value on the next node; between 0 and 2 Robin.
  std::array<double, 2> side{2.0, 2.0};
};

/// −∇·(a ∇u) + c u with constant a (one per axis) and c on a uniform grid in 1 to 3 dimensions, C order, discretised by the (2d + 1)-point
/// stencil: off-diagonal −coupling, diagonal reaction + the couplings to the neighbours there are + the sides' share.
struct ConstantOperator {
  std::vector<ConstantAxis> axes;
  double reaction = 0.0;

  [[nodiscard]] Index size() const {
    Index cells = 1;
    for (const ConstantAxis& axis : axes) {
      cells *= axis.cells;
    }
    return cells;
  }
  /// Diagonal entries of all cells. Cost: one pass per axis.
  [[nodiscard]] std::vector<double> diagonal() const;
  /// A coupling or the reaction in units of the first axis' coupling, rounded to 46 bits, so that a common factor of all of them does not
  /// change the quotient's last bits.
  [[nodiscard]] double relative(double value) const;
  /// True if A 1 = 0: no reaction, and every axis periodic or Neumann on both sides.
  [[nodiscard]] bool singular() const;
};

}  // namespace kindred

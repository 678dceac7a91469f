#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/stencil_operator.hpp>
#include <kindred/solvers/family/constant_operator.hpp>

namespace kindred {

/// The numbers in a matrix are no diffusion operator's: its diagonal, or that of the operator fitted, is not positive and finite.
class Unfittable : public InputError {
 public:
  using InputError::InputError;
};

/// How one side of an axis is closed, as far as it is known beforehand.
enum class SideChoice { automatic, dirichlet, neumann, node, periodic };

/// A uniform grid as somebody described it. C order: the first axis varies slowest.
struct GridChoice {
  std::vector<Index> cells;     ///< per axis, 1 to 3
  std::vector<double> spacing;  ///< per axis; empty: couplings are taken from
                                ///< the matrix axis by axis
  /// low and high side of every axis; empty: found out from the matrix. `periodic` on both sides of an axis or on neither
  std::vector<std::array<SideChoice, 2>> sides;
  std::optional<double> reaction;  ///< c of the matrix; absent: found out from the matrix
};

/// The constant-coefficient operator nearest to a matrix, and by how much each row exceeds it.
struct FittedOperator {
  ConstantOperator model;
  std::vector<double> ratio;  ///< diagonal of the matrix divided by the model's,
                              ///< one per row, positive
};

/// Fits a constant operator to an AIJ matrix on a grid. Couplings: the geometric mean of the entries between neighbours (with spacings, one
/// common factor times 1/h²). Reaction: the mean row sum of the cells away from open sides. Sides not given: what the rows beside them
/// exceed their neighbours' couplings by, 0 Neumann, 1 node, 2 Dirichlet, values within a tenth taken for these and others, as Robin
/// conditions give, kept. Exact for constant coefficients. Cost: two passes over the matrix.
/// @throws InputError if the grid does not fit the matrix, or the matrix has no negative couplings; Unfittable if its diagonal is not
/// positive and finite
FittedOperator fit_constant_operator(Mat matrix, const GridChoice& choice);

/// The same for a stencil whose couplings are all negative, with its own grid, sides and reaction found out. Periodic axes have three cells
/// or more. Cost: two passes.
FittedOperator fit_constant_operator(const StencilOperator& stencil);

/// x = x^{-1/2}, which makes weights of ratios.
void reciprocal_roots(std::span<double> x);

}  // namespace kindred

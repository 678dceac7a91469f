#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include <kindred/operators/grid/boundary.hpp>
#include <kindred/operators/linear_system.hpp>
#include <kindred/operators/stencil_operator.hpp>

namespace kindred {

/// The data of −∇·(a ∇u) + c u = f on a domain; every span is in its grid's order.
struct DiffusionData {
  std::span<const double> coefficient;  ///< a, one per cell, positive; empty: 1
  std::span<const double> reaction;     ///< c, one per cell, not negative; empty: 0
  std::span<const double> forcing;      ///< f, one per cell
  /// g, one per face of each side, in the order of Boundary::sides; unused for periodic sides.
  std::array<std::span<const double>, 6> side_values;
};

/// Discretises by cell-centred finite volumes on the uniform grid (Eymard, Gallouët, Herbin, "Finite volume methods", Handbook
/// of Numerical Analysis VII, 2000, chapter 3). Each cell's balance is divided by the cell's volume, so that a row of the
/// system approximates the equation at the cell's centre and the residual has the unit of f; on a uniform grid the matrix
/// stays symmetric. With the spacing h of the axis across a face,
///   between cells p and q:  (2 a_p a_q / (a_p + a_q)) (u_p − u_q) / h²        (harmonic average: exact for layers in one dimension)
///   dirichlet:              (2 a_p / h²) (u_p − g)                            (half-cell transmissibility t = 2 a_p / h)
///   neumann:                −g / h
///   robin:                  (t / (t + κ)) (κ u_p − g) / h                     (face value eliminated through the half cell)
/// Second order in L2 for smooth a. The system is symmetric positive definite, unless every side is neumann or periodic and c is
/// zero: then constants are its null space and the mean of the right-hand side is removed.
/// @throws SolveError if a is not positive, c negative, or anything not finite, naming the value and the place
/// Cost: one pass over the cells per axis.
LinearSystem discretize(const Domain& domain, const DiffusionData& data);

/// Matrix and right-hand side while an equation is being put together.
struct DiscreteEquation {
  std::shared_ptr<StencilOperator> matrix;
  std::vector<double> rhs;
};

/// The balances of `discretize` as they are, for equations with further terms: nothing is said about definiteness, and the mean of
/// the right-hand side stays.
/// @throws SolveError as `discretize`
DiscreteEquation assemble_balances(const Domain& domain, const DiffusionData& data);

/// True if every side is neumann or periodic, so that the boundary does not fix a constant.
bool prescribes_fluxes_only(const Boundary& boundary);

/// Subtracts the mean, so that the values sum to zero.
void remove_mean(std::span<double> values);

}  // namespace kindred

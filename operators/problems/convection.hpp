#pragma once

#include <array>
#include <span>
#include <vector>

#include <kindred/operators/grid/boundary.hpp>
#include <kindred/operators/problems/finite_volume.hpp>

namespace kindred {

/// The component of a velocity along each axis, on the faces across that axis: n + 1 faces along the axis itself, and the grid's
/// cells along the others, in C order. On a periodic axis the first and the last face are one and hold the same number.
struct FaceVelocity {
  std::array<std::vector<double>, 3> normal;  ///< empty beyond the dimension
};

/// The curl of a vector potential, v = ∇ × A, so that every cell's fluxes add up to zero: each face's flux is the circulation of A
/// around it, and each edge counts once with either sign. In two dimensions A = (0, 0, psi) and v = (∂psi/∂y, −∂psi/∂x).
/// A is given at the cells' centres and averaged to the edges (corners in two dimensions): second order in h. At a side, values half a
/// cell outside are extrapolated from three cells, or, if `closed`, the tangential potential on the side is zero, and so is the flux.
/// @param potentials  psi, or A_x, A_y, A_z: one value per cell each
/// @throws InputError unless the grid has two axes and one potential, or three axes and three potentials
FaceVelocity curl(const Grid& grid, std::span<const std::span<const double>> potentials, bool closed);

/// Sum of the fluxes out of each cell, divided by its volume.
std::vector<double> divergence(const Grid& grid, const FaceVelocity& velocity);

/// Root of the mean of |v|² over the box, each cell with the mean square of its two faces along each axis.
double root_mean_square(const Grid& grid, const FaceVelocity& velocity);

/// Largest |v| over the box, taken as root_mean_square does.
double largest_speed(const Grid& grid, const FaceVelocity& velocity);

/// The component of the velocity along an axis at the cells' centres: the mean of the two faces.
std::vector<double> at_centers(const Grid& grid, const FaceVelocity& velocity, int axis);

/// What is carried across a face between two cells.
enum class ConvectionScheme {
  central,  ///< the mean of the two cells: second order; oscillates where |v| h > 2 × diffusion and u changes within a cell
  upwind,   ///< the cell that the flow comes from: first order, an M-matrix
};

/// Adds ∇·(v u) to an equation whose diffusion coefficient is the same everywhere. At a side, the flow carries the value on the face
/// that the condition and the half cell of diffusion give (upwind, flowing out: the cell's).
/// Eymard, Gallouët, Herbin, "Finite volume methods", 2000, section 3.1.
/// @param side_values  g on the faces of each side, in the order of Boundary::sides
void add_convection(DiscreteEquation& equation, const Domain& domain, const FaceVelocity& velocity, ConvectionScheme scheme,
                    double diffusion, const std::array<std::span<const double>, 6>& side_values);

}  // namespace kindred

#pragma once

#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// One side of a torus that carries a Matérn field.
struct MaternAxis {
  Index cells = 1;
  double period = 1.0;
  double length = 0.1;  ///< correlation length along this axis

  friend bool operator==(const MaternAxis&, const MaternAxis&) = default;
};

/// Side of the torus, in sides of a box, on which the images of a Matérn correlation of smoothness nu along one axis, the next ones to
/// the left and to the right, add up to at most `tolerance` at every distance inside the box. An integer of at least 2, so that every
/// grid of the box is part of one of the torus, and a function of its arguments alone, whatever the grid.
/// @param length  correlation length over the box's side
/// @param periodic_axes  number of other axes that are periodic. The sum over images along those, scaled to 1 at the origin, lies
/// between z^nu K_nu(z) and z^(nu + 1/2) K_(nu + 1/2)(z) for each, also scaled: the latter is taken, as if they were short.
/// @throws InputError if it exceeds 64
Index torus_multiple(double nu, double length, double tolerance, int periodic_axes = 0);

/// The Matérn covariance summed over the torus' images and divided by its value at the origin has the coefficients
///   Var xi_k = s(k) / (sum over q in Z^d of M(|q P|)),   s(k) = (2 pi)^d S(2 pi k / P)
/// on the torus' orthonormal real waves, by Poisson's summation formula; S is the spectral density, P the period, M the correlation.
/// @returns the variances for k_i = 0 … cells_i/2, in C order. All are positive, or underflow to zero. O(size)
std::vector<double> torus_spectrum(double nu, std::span<const MaternAxis> axes);

/// The same covariance on the grid's points alone: the circulant matrix' eigenvalues times the volume of a cell,
///   sum over q in Z^d of s(k + q m),   m = cells.
/// Neither a transform nor a Bessel function is used, and no eigenvalue comes out negative. With M as a mixture of Gaussians,
///   M(r) = 1/Gamma(nu) ∫ u^(nu−1) exp(−u − nu r²/(2u)) du   (DLMF 10.32.10),
/// each Gaussian's sum over images and aliases is a product of theta functions of one axis, and the trapezoidal rule in log u
/// converges exponentially. Relative error about 1e-14. About 100 passes over the result.
std::vector<double> grid_spectrum(double nu, std::span<const MaternAxis> axes);

}  // namespace kindred

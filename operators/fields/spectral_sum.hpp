#pragma once

#include <vector>

#include <kindred/operators/fields/spectral_basis.hpp>

namespace kindred {

/// The covariance operator (−Δ + tau²)^(−alpha) on a box, whose eigenvalues these functions add up.
struct CovarianceSpectrum {
  std::vector<BasisAxis> axes;  ///< kinds and lengths; the numbers of cells do not matter
  double alpha = 2.0;
  double tau = 3.0;              ///< 1/length
  bool without_constant = true;  ///< leaves the constant function out, if it is in the basis

  [[nodiscard]] bool has_constant() const;
};

/// Trace of the operator, sum over all modes of (lambda + tau²)^(−alpha), to about 1e-13 of its value. By
///   lambda^(−alpha) = 1/Gamma(alpha) ∫ t^(alpha−1) exp(−lambda t) dt
/// the sum over modes becomes a product of theta functions of one axis each, which converge at once for large t, and for small t
/// by Jacobi's identity; the integral is done by Takahasi and Mori's double exponential formula (Publ. RIMS 9, 1974, 721-741).
/// A few thousand exponentials, whatever alpha and the dimension.
/// @throws InputError if the sum diverges: alpha <= dimension/2, or a mode whose eigenvalue is zero
double full_trace(const CovarianceSpectrum& spectrum);

/// The same over the first `modes` wave numbers of every axis.
double truncated_trace(const CovarianceSpectrum& spectrum, Index modes);

}  // namespace kindred

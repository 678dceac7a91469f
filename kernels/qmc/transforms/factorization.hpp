#pragma once

#include <span>
#include <vector>

namespace kindred::qmc {

/// How a covariance Σ = A Aᵀ is split. The first uniform coordinates carry most of the variance with `pca`: eigenvectors, scaled, by
/// decreasing eigenvalue, each with its first large component positive. `cholesky`: A lower triangular, variables in their own order.
enum class Factorization { pca, cholesky };

/// A, column by column. Σ may be singular: with `pca` eigenvalues above −1e-12 of the largest count as 0, with `cholesky` pivots within
/// d · 1e-15 of their variable's variance of 0 give a column of zeros.
/// @param covariance  d × d, symmetric to rounding
/// @throws InputError if it is not finite, symmetric or nonnegative, its size is not d², or `pca` is asked of a build without Eigen
/// O(d³).
std::vector<double> factor(std::span<const double> covariance, int dimensions, Factorization factorization);

}  // namespace kindred::qmc

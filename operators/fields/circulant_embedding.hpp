#pragma once

#include <vector>

#include <kindred/operators/fields/stationary_covariance.hpp>
#include <kindred/operators/fields/torus_waves.hpp>

namespace kindred {

/// The covariance matrix of a stationary field on a grid as a block of a circulant one, that of a field on a torus whose correlation is
/// c of the shorter way round along every axis. C. R. Dietrich, G. N. Newsam, SIAM J. Sci. Comput. 18 (1997) 1088-1107; I. G. Graham, F. Y.
/// Kuo, D. Nuyens, R. Scheichl, I. H. Sloan, Analysis of circulant embedding methods for sampling stationary random fields, SIAM J. Numer.
/// Anal. 56 (2018) 1871-1895.
struct CirculantEmbedding {
  std::vector<TorusAxis> axes;      ///< period: `multiples` times the box's extent
  std::vector<Index> multiples;     ///< 1 along periodic axes
  std::vector<double> eigenvalues;  ///< of the circulant matrix for wave numbers k_i = 0 … cells_i/2, C order; negative ones as they are
  double error = 0.0;  ///< of any correlation when the negative eigenvalues are taken for 0: at most their sum over the torus' cells

  /// Standard deviations of the coefficients of the torus' orthonormal waves for the variance 1: the roots of eigenvalue times cell volume.
  [[nodiscard]] std::vector<double> deviations() const;
};

struct EmbeddingOptions {
  std::vector<Index> multiples;  ///< sides of the torus in sides of the box, for every axis that is not periodic; empty: grown as needed
  double tolerance = 1e-12;      ///< largest error of a correlation
};

/// Starts with tori of two sides of the box, the least that hold every difference of two points, and while `error` exceeds the tolerance
/// makes those longer that the correlation reaches across farthest, |c(P_i/2)| being largest; by a third at a time, always to whole sides:
/// of grids of one box, all are parts of the same tori. Each try costs one transform of real even numbers, O(N log N) for N / 2^d of them.
/// @throws InputError if no torus of at most 64 sides and 2^31 cells is enough, or the given one is not, with the error that is left;
/// for multiples of the wrong number or below 2; and for a formula that is not even along every axis
CirculantEmbedding embed(const StationaryCovariance& covariance, const Grid& grid, const EmbeddingOptions& options);

}  // namespace kindred

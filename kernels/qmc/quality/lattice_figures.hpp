#pragma once

#include <vector>

#include <kindred/kernels/qmc/lattice.hpp>

namespace kindred::qmc {

/// Spectral test of the two-dimensional projections of a lattice: the length of the shortest nonzero vector of the dual lattice,
/// the inverse of the largest distance between neighbouring parallel lines that hold all points, in units of its upper bound (2/√3 n)^½.
struct SpectralValues {
  double worst = 1.0;  ///< in (0, 1]; 1 is ideal
  double mean = 1.0;
  std::vector<int> worst_projection;  ///< first one that has it; 0-based
};

/// Of the first 2^m points. R. Coveyou, R. MacPherson, J. ACM 14 (1967) 100-119; D. Knuth, The Art of Computer Programming 2, 3.3.4.
/// @throws InputError if m is not in 1 … min(30, lattice.log2_points), or there are fewer than two coordinates
/// Cost O(d² m): Gauss reduction of every pair, in integers.
SpectralValues spectral_values(const Lattice& lattice, int m);

/// R_α = −1 + n^−1 Σ_i Π_j (1 + γ_j Σ_{h ≠ 0, −n/2 < h ≤ n/2} |h|^−α cos(2πi h z_j / n)), n = 2^m; α = 1 bounds the star discrepancy.
/// H. Niederreiter, Random Number Generation and Quasi-Monte Carlo Methods (1992), 5.1.
/// @param weights  γ_j, one for every dimension
/// @throws InputError if m is not in 1 … min(30, lattice.log2_points), alpha < 1, or there are too few weights
/// Cost O(n (d + log n)); 16 n bytes.
double r_value(const Lattice& lattice, int m, int alpha, const std::vector<double>& weights);

}  // namespace kindred::qmc

#pragma once

#include <span>
#include <vector>

#include <kindred/kernels/qmc/lattice.hpp>

namespace kindred::qmc {

/// How important sets u of coordinates are: γ_u = Π_{l ≤ |u|} ρ_l · Π_{j ∈ u} γ_j, product and order dependent (POD) weights with
/// Γ_l = ρ_1 ⋯ ρ_l; ratios, because factorials leave the range of doubles. Product weights: every ρ = 1.
/// F. Kuo, C. Schwab, I. Sloan, SIAM J. Numer. Anal. 50 (2012) 3351-3374.
struct LatticeWeights {
  std::vector<double> product;       ///< γ_1, γ_2, …, positive
  std::vector<double> order_ratios;  ///< ρ_1, ρ_2, …, positive; those beyond the last are 0. Empty: product weights
};

/// Space of functions whose worst-case integration error a lattice is made for.
struct LatticeSpace {
  enum class Kind {
    korobov,  ///< periodic functions with α derivatives: ω(x) = Σ_{h ≠ 0} |h|^−2α exp(2πi h x) = (−1)^(α+1) (2π)^2α B_2α(x) / (2α)!
    sobolev,  ///< functions with a mixed first derivative, averaged over random shifts (unanchored): ω(x) = B_2(x)
  };
  Kind kind = Kind::korobov;
  int alpha = 1;  ///< 1 … 4; sobolev: 1
};

/// ω(k / n), k = 0 … n/2, for n = 2^m; ω(1 − x) = ω(x).
/// @throws InputError if the space is not one of those above, or m is not in 1 … 62
std::vector<double> kernel_values(const LatticeSpace& space, int m);

/// Squared worst-case error of the lattice of 2^m points, for POD weights
///   e² = n^−1 Σ_i Σ_{u ≠ ∅} γ_u Π_{j ∈ u} ω(i z_j / n);
/// for product weights −1 + n^−1 Σ_i Π_j (1 + γ_j ω(i z_j / n)): P_2α in Korobov space with weights 1.
/// @throws InputError if there are fewer weights than dimensions, a weight is not positive and finite, or m > lattice.log2_points
/// Cost O(n d) and, with order dependent weights, O(n d min(d, number of ρ)); 4 n bytes.
double squared_lattice_error(const Lattice& lattice, int m, const LatticeSpace& space, const LatticeWeights& weights);

}  // namespace kindred::qmc

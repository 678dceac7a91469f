#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <kindred/kernels/qmc/construction/lattice_error.hpp>

namespace kindred::qmc {

/// A lattice to construct component by component.
struct LatticeConstruction {
  int dimensions = 0;
  int log2_points = 0;       ///< the vector is for up to 2^log2_points points
  int log2_points_from = 0;  ///< good for all numbers of points from 2^log2_points_from on; 0: for 2^log2_points points alone
  LatticeSpace space = {};
  LatticeWeights weights = {};
};

/// What is known after each component.
struct ConstructedComponent {
  int dimension = 0;  ///< 1, 2, …
  std::uint64_t z = 0;
  double squared_error = 0.0;  ///< of the first `dimension` components with 2^log2_points points
  double worst_ratio = 1.0;    ///< embedded: largest e²(vector)/e²(vector made for that number of points), over the numbers of points
  std::uint64_t tied = 0;      ///< candidates between which rounding decides, this one among them
};

struct ConstructedLattice {
  Lattice lattice;
  std::vector<ConstructedComponent> components;
};

/// Sees every component; returning false ends the construction with the components so far.
using ConstructionObserver = std::function<bool(const ConstructedComponent&)>;

/// Fast component-by-component construction: z_j is the odd number that, beside z_1 … z_(j−1), gives the smallest squared worst-case
/// error e² with 2^m points, m = log2_points; or, embedded, the smallest
///   max over m from log2_points_from to log2_points of e²_m(z_1, …, z_j) / e²_m(best vector for 2^m points, by the same construction).
/// Candidates that are equal up to rounding: the smallest. Neither z_k nor n − z_k is taken again. The arithmetic has the same bits on
/// every processor.
/// D. Nuyens, R. Cools, Math. Comp. 75 (2006) 903-920; R. Cools, F. Kuo, D. Nuyens, SIAM J. Sci. Comput. 28 (2006) 2162-2188 (embedded);
/// F. Kuo, C. Schwab, I. Sloan, SIAM J. Numer. Anal. 50 (2012) 3351-3374 (POD weights).
/// @throws InputError if a number is out of range (log2_points in 2 … 30, at most 2^(m−2) dimensions), weights are missing, not positive,
///   or such that the choice of a component or the error leaves the precision or the range of doubles
/// Cost O(d n log n), three times as much embedded, and O(d q n) with order dependent weights up to order q. Memory: 24 n bytes, with
/// order dependent weights 20 n + 4 q n; the tables of roots of unity, 4 n bytes more, stay.
ConstructedLattice construct_lattice(const LatticeConstruction& construction, const ConstructionObserver& observer = {});

/// About how many bytes construct_lattice() takes.
double construction_bytes(const LatticeConstruction& construction);

}  // namespace kindred::qmc

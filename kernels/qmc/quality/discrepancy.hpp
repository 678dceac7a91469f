#pragma once

#include <cstdint>
#include <span>

namespace kindred::qmc {

/// Squared L2 discrepancies of a point set in the unit cube, each a worst-case error of the set's averages in a Hilbert space:
///   D² = ∫∫ K − (2/n) Σ_i ∫ K(x_i, ·) + n^−2 Σ_i Σ_k K(x_i, x_k),  K(x, y) = Π_j k(x_j, y_j).
struct Discrepancies {
  static constexpr int max_dimensions = 1000;

  /// Boxes anchored at 0; k = 1 − max(x, y). T. Warnock (1972).
  double star = 0.0;
  /// Boxes at the nearest corner, all projections; k = 1 + (|x − ½| + |y − ½| − |x − y|)/2. F. Hickernell, Math. Comp. 67 (1998) 299-322.
  double centred = 0.0;
  /// Boxes that wrap around, all projections; k = 3/2 − |x − y| (1 − |x − y|). F. Hickernell, in: Random and Quasi-Random Point Sets
  /// (1998).
  double wraparound = 0.0;
  /// k = 15/8 − (|x − ½| + |y − ½|)/4 − ¾ |x − y| + ½ |x − y|². Y.-D. Zhou, K.-T. Fang, J.-H. Ning, J. Complexity 29 (2013) 283-301.
  double mixture = 0.0;
};

/// @param points  n × dimensions, row by row, in [0, 1]^d
/// @throws InputError if dimensions is not in 1 … max_dimensions, there is no point or half a one, or a coordinate lies outside
/// Cost O(n² d / 2), vectorised over pairs; the result does not depend on the threads or the processor. Rounding: about 1e-16 times the
/// sum of the magnitudes of the three terms, which grow like (13/12)^d to (3/2)^d.
Discrepancies squared_discrepancies(std::span<const double> points, int dimensions, int threads = 1);

/// Their expectations for n independent uniform points, (∫ K(x, x) dx − ∫∫ K) / n.
/// @throws InputError if points < 1 or dimensions is not in 1 … max_dimensions
Discrepancies expected_squared_discrepancies(std::uint64_t points, int dimensions);

}  // namespace kindred::qmc

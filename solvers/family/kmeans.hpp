#pragma once

#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

struct Clusters {
  std::vector<double> centroids;  ///< clusters × dim, row-major
  std::vector<Index> assignment;  ///< of every point
  Index count = 0;
};

/// Lloyd's k-means without randomness: the first centre is the point nearest to the mean, every further one the point farthest from
/// the centres there are (T. Gonzalez, Clustering to minimize the maximum intercluster distance, Theor. Comput. Sci. 38 (1985)
/// 293-306). Fewer clusters come out where fewer points are distinct. Ties go to the lower number.
/// @param points  count × dim
/// @throws InputError if there is no point, clusters < 1, or a number is not finite
/// Cost O(iterations · count · clusters · dim), at most 100 iterations.
Clusters k_means(MatrixView points, Index clusters);

/// Lloyd's iteration from given centres, which move to the means of their clusters; one without points stays. Ends when no point changes
/// its cluster, at the latest after `most_iterations`. Ties go to the lower number.
/// @param points  count × dim. @param centres  clusters × dim, row-major
/// @returns the cluster of every point, by the centres before their last move
/// Cost O(iterations · count · clusters · dim).
std::vector<Index> lloyd(MatrixView points, int most_iterations, std::vector<double>& centres);

/// Number of the nearest centroid. @param point dim numbers
Index nearest_centroid(const Clusters& clusters, std::span<const double> point);

}  // namespace kindred

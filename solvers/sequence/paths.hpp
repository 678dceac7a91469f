#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// Greedy nearest-neighbour chain over samples (SKR: Wang et al., ICLR 2024, Alg. 1): begins with row 0 and goes on to the nearest row
/// not yet visited, the lowest of equally near ones.
/// Up to `chain` rows, and for any number of rows in at most 8 dimensions, this is one chain. More rows are cut along the Hilbert order
/// into groups of at most `chain`, and each group is chained, starting next to where the last one ended.
/// @param features count × dim, finite
/// @returns a permutation of [0, count)
/// @throws InputError if a feature is not finite
/// Cost: O(count log count) in few dimensions; in many it approaches O(count · chain · dim), of which most distances are given up early.
std::vector<Index> greedy_order(MatrixView features, Index chain = 20'000);

/// Order along a Hilbert curve through the first `components` principal components, all scaled alike.
/// @param components 1 to 3; at most dim are used
/// @throws InputError if a feature is not finite, or components is out of range
/// Cost O(count (dim² + log count)).
std::vector<Index> hilbert_order(MatrixView features, Index components = 2);

/// Number along the Hilbert curve through a cube of 2^bits cells a side, by rotations of the Gray code: C. Hamilton, A. Rau-Chaplin,
/// "Compact Hilbert indices: Space-filling curves for domains with unequal side lengths", Inf. Proc. Letters 105 (2008) 155-163, §2.
/// @param cell coordinates, the first `dimension` of them used, each below 2^bits
/// @param dimension 1 to 3, bits at most 21
std::uint64_t hilbert_number(const std::array<std::uint32_t, 3>& cell, int dimension, int bits);

/// k-means clusters (Lloyd's iteration from the k-means++ start of Arthur and Vassilvitskii, SODA 2007), visited along a greedy chain of
/// their centres beginning with the cluster of row 0; a greedy chain inside each.
/// @param clusters 0: one per hundred rows, at most 64
/// @param seed of the random start; equal seeds give equal orders
/// @throws InputError if a feature is not finite, or clusters is negative
/// Cost O(count · clusters · dim) per iteration, of which there are at most 30.
std::vector<Index> cluster_order(MatrixView features, Index clusters = 0, std::uint64_t seed = 0);

/// Label of the cluster of every row, 0 … clusters−1; some may be empty. Parameters as in cluster_order, clusters at least 1.
std::vector<Index> k_means(MatrixView features, Index clusters, std::uint64_t seed);

/// Mean Euclidean distance between consecutive rows in the given order; 0 for fewer than two rows.
double mean_step(MatrixView features, const std::vector<Index>& order);

/// @throws InputError naming sample and feature if one is not finite, or if the sizes do not fit
void require_finite(MatrixView features);

}  // namespace kindred

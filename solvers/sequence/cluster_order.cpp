#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/solvers/family/kmeans.hpp>
#include <kindred/solvers/sequence/greedy_order.hpp>
#include <kindred/solvers/sequence/nearest_tree.hpp>
#include <kindred/solvers/sequence/paths.hpp>

namespace kindred {
namespace {

constexpr int most_iterations = 30;
constexpr Index rows_per_cluster = 100;
constexpr Index most_clusters = 64;

/// Rows drawn with probability proportional to their squared distance to those drawn before: k-means++.
std::vector<double> starting_centres(MatrixView points, Index clusters, std::uint64_t seed) {
  const Draws draws(seed, "k_means", 0);
  std::vector<double> centres;
  std::vector<double> distance(static_cast<std::size_t>(points.rows),
                               std::numeric_limits<double>::max() / static_cast<double>(points.rows + 1));
  Index chosen = std::min(static_cast<Index>(draws.uniform(0) * static_cast<double>(points.rows)), points.rows - 1);
  for (Index cluster = 0; cluster < clusters; ++cluster) {
    const auto centre = points.row(chosen);
    centres.insert(centres.end(), centre.begin(), centre.end());
    double total = 0.0;
    for (Index row = 0; row < points.rows; ++row) {
      double& nearest = distance[static_cast<std::size_t>(row)];
      nearest = std::min(nearest, squared_distance(points.row(row), centre, nearest));
      total += nearest;
    }
    double target = draws.uniform(static_cast<std::uint64_t>(cluster) + 1) * total;
    chosen = 0;
    while (chosen < points.rows - 1 && target >= distance[static_cast<std::size_t>(chosen)]) {
      target -= distance[static_cast<std::size_t>(chosen)];
      ++chosen;
    }
  }
  return centres;
}

/// Labels and, in `centres`, the means that belong to them.
std::vector<Index> find_clusters(MatrixView points, Index clusters, std::uint64_t seed, std::vector<double>& centres) {
  centres = starting_centres(points, clusters, seed);
  return lloyd(points, most_iterations, centres);
}

void require_clusters(Index clusters, Index least) {
  if (clusters < least) {
    throw InputError(fmt::format("the number of clusters must be at least {}, not {}", least, clusters));
  }
}

}  // namespace

std::vector<Index> k_means(MatrixView features, Index clusters, std::uint64_t seed) {
  require_finite(features);
  require_clusters(clusters, 1);
  if (features.rows == 0) {
    return {};
  }
  std::vector<double> centres;
  return find_clusters(features, std::min(clusters, features.rows), seed, centres);
}

std::vector<Index> cluster_order(MatrixView features, Index clusters, std::uint64_t seed) {
  require_finite(features);
  require_clusters(clusters, 0);
  if (features.rows == 0) {
    return {};
  }
  if (clusters == 0) {
    clusters = std::clamp<Index>(features.rows / rows_per_cluster, 1, most_clusters);
  }
  clusters = std::min(clusters, features.rows);
  const std::vector<double> rotated = rotate_if_wide(features);
  const MatrixView points{rotated, features.rows, features.columns};
  std::vector<double> centres;
  const std::vector<Index> labels = find_clusters(points, clusters, seed, centres);

  std::vector<std::vector<Index>> members(static_cast<std::size_t>(clusters));
  for (Index row = 0; row < features.rows; ++row) {
    members[static_cast<std::size_t>(labels[static_cast<std::size_t>(row)])].push_back(row);
  }
  std::vector<Index> to_visit;
  for (Index cluster = 0; cluster < clusters; ++cluster) {
    to_visit.push_back((labels.front() + cluster) % clusters);  // the cluster of row 0 comes first
  }
  std::vector<Index> visits;
  append_chain({centres, clusters, features.columns}, to_visit, visits);
  std::vector<Index> order;
  order.reserve(labels.size());
  for (const Index cluster : visits) {
    append_chain(points, members[static_cast<std::size_t>(cluster)], order);
  }
  return order;
}

}  // namespace kindred

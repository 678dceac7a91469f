#include <kindred/solvers/family/kmeans.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/solvers/sequence/nearest_tree.hpp>

namespace kindred {
namespace {

constexpr int most_iterations = 100;

Index nearest_centre(std::span<const double> point, MatrixView centres, Index likely) {
  Index best = likely;
  double distance = squared_distance(point, centres.row(likely));
  for (Index cluster = 0; cluster < centres.rows; ++cluster) {
    const double other = squared_distance(point, centres.row(cluster), distance);
    if (other < distance || (other == distance && cluster < best)) {
      best = cluster;
      distance = other;
    }
  }
  return best;
}

/// Centres of no dimension are all one.
Index number_of(const std::vector<double>& centres, Index dimension) { return dimension > 0 ? std::ssize(centres) / dimension : 1; }

/// Means of the clusters; a cluster without rows keeps its centre.
void move_centres(MatrixView points, const std::vector<Index>& labels, std::vector<double>& centres) {
  const auto dim = static_cast<std::size_t>(points.columns);
  std::vector<double> sums(centres.size(), 0.0);
  std::vector<double> counts(static_cast<std::size_t>(number_of(centres, points.columns)), 0.0);
  for (Index row = 0; row < points.rows; ++row) {
    const auto label = static_cast<std::size_t>(labels[static_cast<std::size_t>(row)]);
    const auto point = points.row(row);
    counts[label] += 1.0;
    for (std::size_t c = 0; c < dim; ++c) {
      sums[label * dim + c] += point[c];
    }
  }
  for (std::size_t i = 0; i < centres.size(); ++i) {
    if (const double count = counts[i / dim]; count > 0.0) {
      centres[i] = sums[i] / count;
    }
  }
}

/// Centres far from each other, starting from the point nearest to `middle`.
std::vector<Index> spread_points(MatrixView points, Index clusters, std::span<const double> middle) {
  std::vector<double> distance(static_cast<std::size_t>(points.rows));
  for (Index i = 0; i < points.rows; ++i) {
    distance[static_cast<std::size_t>(i)] = squared_distance(points.row(i), middle);
  }
  std::vector<Index> chosen{std::ranges::min_element(distance) - distance.begin()};
  std::ranges::fill(distance, std::numeric_limits<double>::infinity());
  while (std::ssize(chosen) < clusters) {
    for (Index i = 0; i < points.rows; ++i) {
      double& d = distance[static_cast<std::size_t>(i)];
      d = std::min(d, squared_distance(points.row(i), points.row(chosen.back())));
    }
    const auto farthest = std::ranges::max_element(distance);
    if (*farthest == 0.0) {
      break;
    }
    chosen.push_back(farthest - distance.begin());
  }
  return chosen;
}

}  // namespace

std::vector<Index> lloyd(MatrixView points, int most_iterations, std::vector<double>& centres) {
  const Index clusters = number_of(centres, points.columns);
  std::vector<Index> labels(static_cast<std::size_t>(points.rows), 0);
  for (int iteration = 0; iteration < most_iterations; ++iteration) {
    bool changed = iteration == 0;
    for (Index row = 0; row < points.rows; ++row) {
      Index& label = labels[static_cast<std::size_t>(row)];
      const Index nearest = nearest_centre(points.row(row), {centres, clusters, points.columns}, label);
      changed = changed || nearest != label;
      label = nearest;
    }
    if (!changed) {
      break;
    }
    move_centres(points, labels, centres);
  }
  return labels;
}

Index nearest_centroid(const Clusters& clusters, std::span<const double> point) {
  return nearest_centre(point, {clusters.centroids, clusters.count, static_cast<Index>(point.size())}, 0);
}

Clusters k_means(MatrixView points, Index clusters) {
  if (points.rows < 1 || clusters < 1) {
    throw InputError(fmt::format("k-means needs at least one point and one cluster, not {} and {}", points.rows, clusters));
  }
  if (!std::ranges::all_of(points.values, [](double v) { return std::isfinite(v); })) {
    throw InputError("k-means was given a point that is not finite");
  }
  std::vector<double> middle(static_cast<std::size_t>(points.columns), 0.0);
  move_centres(points, std::vector<Index>(static_cast<std::size_t>(points.rows), 0), middle);
  Clusters result;
  for (const Index i : spread_points(points, clusters, middle)) {
    const auto row = points.row(i);
    result.centroids.insert(result.centroids.end(), row.begin(), row.end());
    ++result.count;
  }
  result.assignment = lloyd(points, most_iterations, result.centroids);
  return result;
}

}  // namespace kindred

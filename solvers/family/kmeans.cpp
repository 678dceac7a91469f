#include <kindred/solvers/family/kmeans.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred {
namespace {

constexpr int most_iterations = 100;

double squared_distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    sum += (a[k] - b[k]) * (a[k] - b[k]);
  }
  return sum;
}

std::vector<double> mean_of(MatrixView points, const std::vector<Index>& assignment, Index cluster, std::span<const double> fallback) {
  std::vector<double> mean(static_cast<std::size_t>(points.columns), 0.0);
  Index members = 0;
  for (Index i = 0; i < points.rows; ++i) {
    if (assignment[static_cast<std::size_t>(i)] == cluster) {
      ++members;
      std::ranges::transform(mean, points.row(i), mean.begin(), std::plus<>());
    }
  }
  if (members == 0) {
    return {fallback.begin(), fallback.end()};
  }
  for (double& m : mean) {
    m /= static_cast<double>(members);
  }
  return mean;
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

Index nearest_centroid(const Clusters& clusters, std::span<const double> point) {
  const MatrixView centroids{clusters.centroids, clusters.count, static_cast<Index>(point.size())};
  Index best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (Index c = 0; c < clusters.count; ++c) {
    const double d = squared_distance(centroids.row(c), point);
    if (d < least) {
      least = d;
      best = c;
    }
  }
  return best;
}

Clusters k_means(MatrixView points, Index clusters) {
  if (points.rows < 1 || clusters < 1) {
    throw InputError(fmt::format("k-means needs at least one point and one cluster, not {} and {}", points.rows, clusters));
  }
  if (!std::ranges::all_of(points.values, [](double v) { return std::isfinite(v); })) {
    throw InputError("k-means was given a point that is not finite");
  }
  Clusters result;
  result.assignment.assign(static_cast<std::size_t>(points.rows), 0);
  const std::vector<double> middle = mean_of(points, result.assignment, 0, points.row(0));
  for (const Index i : spread_points(points, clusters, middle)) {
    const auto row = points.row(i);
    result.centroids.insert(result.centroids.end(), row.begin(), row.end());
    ++result.count;
  }
  for (int iteration = 0; iteration < most_iterations; ++iteration) {
    std::vector<Index> assignment;
    for (Index i = 0; i < points.rows; ++i) {
      assignment.push_back(nearest_centroid(result, points.row(i)));
    }
    const bool settled = iteration > 0 && assignment == result.assignment;
    result.assignment = std::move(assignment);
    if (settled) {
      break;
    }
    std::vector<double> centroids;
    const MatrixView old{result.centroids, result.count, points.columns};
    for (Index c = 0; c < result.count; ++c) {
      const auto mean = mean_of(points, result.assignment, c, old.row(c));
      centroids.insert(centroids.end(), mean.begin(), mean.end());
    }
    result.centroids = std::move(centroids);
  }
  return result;
}

}  // namespace kindred

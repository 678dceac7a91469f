#include <kindred/kernels/qmc/transforms/gaussian.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/transforms/columns.hpp>
#include <kindred/kernels/random/normal_quantiles.hpp>
#include <kindred/kernels/tall/tall.hpp>

namespace kindred::qmc {

void GaussianMeasure::map_normals(std::span<double> normals) const {
  require_whole_points(normals.size());
  transform(normals);
}

void GaussianMeasure::map_points(std::span<double> points) const {
  kernels::normal_quantiles(points, points);
  transform(points);
}

MultivariateNormal::MultivariateNormal(std::vector<double> mean, std::span<const double> covariance, Factorization factorization)
    : mean_(std::move(mean)), factor_(factor(covariance, static_cast<int>(mean_.size()), factorization)) {
  if (!std::all_of(mean_.begin(), mean_.end(), [](double value) { return std::isfinite(value); })) {
    throw InputError("a multivariate normal distribution needs finite means");
  }
}

void MultivariateNormal::transform(std::span<double> normals) const {
  const auto d = static_cast<std::int64_t>(mean_.size());
  const kernels::TallMatrix a{factor_.data(), d, d, d};
  constexpr std::int64_t tile = 64;  // points, columns to the product
  std::vector<double> products(static_cast<std::size_t>(tile * d));
  const std::int64_t count = static_cast<std::int64_t>(normals.size()) / d;
  for (std::int64_t first = 0; first < count; first += tile) {
    const std::int64_t size = std::min(tile, count - first);
    double* const points = normals.data() + first * d;
    kernels::tall_multiply(a, points, d, size, false, products.data(), d);
    for (std::int64_t i = 0; i < size; ++i) {
      for (std::int64_t j = 0; j < d; ++j) {
        points[i * d + j] = mean_[static_cast<std::size_t>(j)] + products[static_cast<std::size_t>(i * d + j)];
      }
    }
  }
}

GaussianCopula::GaussianCopula(std::vector<Marginal> marginals, std::span<const double> correlation, Factorization factorization)
    : marginals_(std::move(marginals)), normal_(std::vector<double>(marginals_.size()), correlation, factorization) {
  for (std::size_t j = 0; j < marginals_.size(); ++j) {
    if (const double variance = correlation[j * marginals_.size() + j]; std::abs(variance - 1.0) > 1e-12) {
      throw InputError("the correlation matrix of a copula has " + std::to_string(variance) + " in place " + std::to_string(j) +
                       " of its diagonal: pass correlations, not covariances");
    }
  }
}

void GaussianCopula::transform(std::span<double> normals) const {
  normal_.map_normals(normals);
  for_columns(normals, marginals_.size(), [&](std::size_t j, std::span<double> column) { quantiles_of_normals(marginals_[j], column); });
}

}  // namespace kindred::qmc

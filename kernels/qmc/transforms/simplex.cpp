#include <kindred/kernels/qmc/transforms/simplex.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {

UniformSimplex::UniformSimplex(int dimensions) : dimensions_(dimensions) {
  if (dimensions < 1) {
    throw InputError("a simplex needs one dimension or more, not " + std::to_string(dimensions));
  }
}

UniformSimplex::UniformSimplex(int dimensions, std::vector<double> vertices) : UniformSimplex(dimensions) {
  const auto d = static_cast<std::size_t>(dimensions);
  if (vertices.size() != (d + 1) * d || !std::all_of(vertices.begin(), vertices.end(), [](double x) { return std::isfinite(x); })) {
    throw InputError("a simplex in " + std::to_string(dimensions) + " dimensions was given " + std::to_string(vertices.size()) +
                     " coordinates of vertices: pass d + 1 finite vertices of d coordinates");
  }
  vertices_ = std::move(vertices);
}

void UniformSimplex::map_points(std::span<double> points) const {
  const auto d = static_cast<std::size_t>(dimensions_);
  std::vector<double> barycentric(d);
  for (std::size_t first = 0; first < points.size(); first += d) {
    const auto point = points.subspan(first, d);
    double left = 1.0;
    for (std::size_t j = 0; j < d; ++j) {
      const double log_kept = std::log1p(-point[j]) / static_cast<double>(d - j);
      point[j] = left * -std::expm1(log_kept);
      left *= std::exp(log_kept);
    }
    if (!vertices_.empty()) {
      std::copy(point.begin(), point.end(), barycentric.begin());
      for (std::size_t k = 0; k < d; ++k) {
        double x = vertices_[k];
        for (std::size_t j = 0; j < d; ++j) {
          x += barycentric[j] * (vertices_[(j + 1) * d + k] - vertices_[k]);
        }
        point[k] = x;
      }
    }
  }
}

}  // namespace kindred::qmc

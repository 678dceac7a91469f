#include <kindred/kernels/qmc/transforms/product.hpp>

#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/transforms/columns.hpp>

namespace kindred::qmc {

ProductMeasure::ProductMeasure(std::vector<Marginal> marginals)
    : marginals_(std::move(marginals)), dimensions_(static_cast<int>(marginals_.size())) {
  if (marginals_.empty()) {
    throw InputError("a product measure needs a marginal for every dimension, one or more");
  }
}

ProductMeasure::ProductMeasure(const Marginal& marginal, int dimensions) : marginals_{marginal}, dimensions_(dimensions) {
  if (dimensions < 1) {
    throw InputError("a product measure needs one dimension or more, not " + std::to_string(dimensions));
  }
}

void ProductMeasure::map_points(std::span<double> points) const {
  if (marginals_.size() == 1) {
    quantiles(marginals_.front(), points);
    return;
  }
  for_columns(points, marginals_.size(), [&](std::size_t j, std::span<double> column) { quantiles(marginals_[j], column); });
}

}  // namespace kindred::qmc

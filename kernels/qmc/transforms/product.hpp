#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/transforms/marginal.hpp>
#include <kindred/kernels/qmc/transforms/measure.hpp>

namespace kindred::qmc {

/// Independent variables, a marginal each.
class ProductMeasure final : public Measure {
 public:
  /// @throws InputError if there are none
  explicit ProductMeasure(std::vector<Marginal> marginals);
  /// The same for all.
  ProductMeasure(const Marginal& marginal, int dimensions);
  [[nodiscard]] int dimensions() const override { return dimensions_; }
  [[nodiscard]] const Marginal& marginal(int j) const { return marginals_[marginals_.size() > 1 ? static_cast<std::size_t>(j) : 0]; }

 private:
  void map_points(std::span<double> points) const override;

  std::vector<Marginal> marginals_;  // one for every dimension, or one for all
  int dimensions_;
};

}  // namespace kindred::qmc

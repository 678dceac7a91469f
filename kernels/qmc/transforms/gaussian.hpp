#pragma once

#include <span>
#include <vector>

#include <kindred/kernels/qmc/transforms/factorization.hpp>
#include <kindred/kernels/qmc/transforms/marginal.hpp>
#include <kindred/kernels/qmc/transforms/measure.hpp>

namespace kindred::qmc {

/// A measure that is a function of independent standard normals, which are the quantiles of the points' coordinates.
class GaussianMeasure : public Measure {
 public:
  /// From standard normals, in place: count × dimensions() numbers, row by row.
  /// @throws InputError if these are no whole points
  void map_normals(std::span<double> normals) const;

 private:
  void map_points(std::span<double> points) const final;
  virtual void transform(std::span<double> normals) const = 0;
};

/// N(mean, Σ): x = mean + A z, A Aᵀ = Σ. O(d²) a point.
class MultivariateNormal final : public GaussianMeasure {
 public:
  /// @param covariance  d × d for d means
  /// @throws InputError as factor(), or if a mean is not finite
  MultivariateNormal(std::vector<double> mean, std::span<const double> covariance, Factorization factorization = Factorization::pca);
  [[nodiscard]] int dimensions() const override { return static_cast<int>(mean_.size()); }

 private:
  void transform(std::span<double> normals) const override;

  std::vector<double> mean_;
  std::vector<double> factor_;
};

/// Given marginals F_j and the dependence of normals of the correlation matrix R: x_j = F_j⁻¹(Φ((A z)_j)), A Aᵀ = R. Both tails of Φ keep
/// their digits; marginals that are functions of a normal take (A z)_j itself.
class GaussianCopula final : public GaussianMeasure {
 public:
  /// @param correlation  d × d for d marginals, with a unit diagonal
  /// @throws InputError as factor(), or if the diagonal is not one
  GaussianCopula(std::vector<Marginal> marginals, std::span<const double> correlation, Factorization factorization = Factorization::pca);
  [[nodiscard]] int dimensions() const override { return normal_.dimensions(); }

 private:
  void transform(std::span<double> normals) const override;

  std::vector<Marginal> marginals_;
  MultivariateNormal normal_;
};

}  // namespace kindred::qmc

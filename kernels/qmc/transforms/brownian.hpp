#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <kindred/kernels/qmc/transforms/gaussian.hpp>

namespace kindred::qmc {

/// How a Brownian path comes from normals; all have the covariance min(t_i, t_j). With `forward` and `bridge` a path costs O(d), with
/// `pca` O(d²).
enum class PathConstruction {
  forward,  ///< increments in the order of time; the Cholesky factor
  bridge,   ///< the last time, then middles of the intervals, level by level: P. Glasserman, Monte Carlo Methods in Financial Engineering
            ///< (2004), 3.1; most of the variance in the first coordinates
  pca,      ///< principal components: no other construction has more variance in the first k coordinates, for any k
};

/// start + drift t + diffusion W(t) at given times, W standard Brownian motion.
class BrownianMotion final : public GaussianMeasure {
 public:
  struct Law {
    double start = 0.0;
    double drift = 0.0;
    double diffusion = 1.0;
  };

  /// @param times  positive, strictly increasing
  /// @throws InputError if they are not, a number of the law is not finite, or `pca` is asked of a build without Eigen
  explicit BrownianMotion(std::vector<double> times, PathConstruction construction, const Law& law);
  explicit BrownianMotion(std::vector<double> times, PathConstruction construction = PathConstruction::bridge)
      : BrownianMotion(std::move(times), construction, Law{}) {}
  [[nodiscard]] int dimensions() const override { return static_cast<int>(times_.size()); }
  [[nodiscard]] const std::vector<double>& times() const { return times_; }

 private:
  /// W(middle) = left_weight W(left) + right_weight W(right) + deviation z; places are indices of times plus one, 0 is time 0.
  struct BridgeStep {
    std::size_t left, right, middle;
    double left_weight, right_weight, deviation;
  };

  static std::vector<BridgeStep> bridge_steps(const std::vector<double>& times);
  void transform(std::span<double> normals) const override;
  void walk_forward(std::span<double> path) const;

  std::vector<double> times_;
  Law law_;
  std::vector<double> roots_;                    // forward: √(t_i − t_{i−1})
  std::vector<BridgeStep> steps_;                // bridge
  std::optional<MultivariateNormal> principal_;  // pca
};

/// start · exp((rate − volatility²/2) t + volatility W(t)), start > 0, volatility ≥ 0.
class GeometricBrownianMotion final : public GaussianMeasure {
 public:
  /// @throws InputError as BrownianMotion, or if start ≤ 0 or volatility < 0
  GeometricBrownianMotion(double start, double rate, double volatility, std::vector<double> times,
                          PathConstruction construction = PathConstruction::bridge);
  [[nodiscard]] int dimensions() const override { return exponent_.dimensions(); }

 private:
  void transform(std::span<double> normals) const override;

  double start_;
  BrownianMotion exponent_;
};

}  // namespace kindred::qmc

#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <variant>
#include <vector>

// Distributions on the line, given by their inverse distribution functions. Parameters are finite and checked on construction
// (InputError); quantiles are good to some units in the last place of the value or of the distribution's scale, in both tails.

namespace kindred::qmc {

/// A probability and its complement, each known to full relative accuracy.
struct Level {
  double below;
  double above;
};

/// Uniform on (lower, upper).
class Uniform {
 public:
  Uniform(double lower, double upper);
  [[nodiscard]] double quantile(Level level) const { return std::min(lower_ + level.below * (upper_ - lower_), upper_); }

 private:
  double lower_;
  double upper_;
};

/// mean + deviation · N(0, 1); deviation > 0.
class Normal {
 public:
  explicit Normal(double mean = 0.0, double deviation = 1.0);
  [[nodiscard]] double of_normal(double z) const { return mean_ + deviation_ * z; }

 private:
  double mean_;
  double deviation_;
};

/// The exponential of Normal(location, scale).
class LogNormal {
 public:
  explicit LogNormal(double location = 0.0, double scale = 1.0);
  [[nodiscard]] double of_normal(double z) const;

 private:
  double location_;
  double scale_;
};

/// Johnson's SU: ξ + λ sinh((Z − γ)/δ), Z ~ N(0, 1); δ, λ > 0. N. L. Johnson, Biometrika 36 (1949) 149-176.
class JohnsonSU {
 public:
  JohnsonSU(double gamma, double delta, double xi, double lambda);
  [[nodiscard]] double of_normal(double z) const;

 private:
  double gamma_;
  double delta_;
  double xi_;
  double lambda_;
};

/// Normal(mean, deviation) given that it lies in [lower, upper]; the ends may be infinite. Refused where the normal's mass between
/// them is below 1e-280, some 36 deviations out.
class TruncatedNormal {
 public:
  TruncatedNormal(double mean, double deviation, double lower, double upper);
  [[nodiscard]] double quantile(Level level) const;

 private:
  double mean_;
  double deviation_;
  double lower_;
  double upper_;
  bool mirrored_;  // so that the interval's middle is not positive, where probabilities are small and keep their digits
  double below_;   // of the mirrored, standardised interval: the normal's mass below, above and inside
  double above_;
  double mass_;
};

/// Density rate · exp(−rate x), x > 0; rate > 0.
class Exponential {
 public:
  explicit Exponential(double rate = 1.0);
  [[nodiscard]] double quantile(Level level) const;

 private:
  double rate_;
};

/// Distribution function 1 − (1 − x^a)^b on (0, 1); a, b > 0. P. Kumaraswamy, J. Hydrol. 46 (1980) 79-88.
class Kumaraswamy {
 public:
  Kumaraswamy(double a, double b);
  [[nodiscard]] double quantile(Level level) const;

 private:
  double a_;
  double b_;
};

/// Density proportional to λ^x (1 − λ)^(1−x) on (0, 1); 0 < λ < 1. G. Loaiza-Ganem, J. P. Cunningham, The continuous Bernoulli, NeurIPS
/// 2019. With s = (2 λ − 1)/(1 − λ) the quantile is log(1 + s u)/log(1 + s), which is stable about λ = 1/2.
class ContinuousBernoulli {
 public:
  explicit ContinuousBernoulli(double lambda);
  [[nodiscard]] double quantile(Level level) const;

 private:
  double odds_;  // λ/(1 − λ)
  double s_;
  double log_odds_;
};

/// Density rising linearly from lower to mode and falling to upper; lower ≤ mode ≤ upper, lower < upper.
class Triangular {
 public:
  Triangular(double lower, double mode, double upper);
  [[nodiscard]] double quantile(Level level) const;

 private:
  double lower_;
  double mode_;
  double upper_;
};

/// location + scale · T, T of Student's t with `freedom` ≥ 1 degrees of freedom; scale > 0. Relative error of T below 1e-12, by Newton's
/// method (student_t.hpp): some microseconds a number.
class StudentT {
 public:
  explicit StudentT(double freedom, double location = 0.0, double scale = 1.0);
  [[nodiscard]] double quantile(Level level) const;

 private:
  double freedom_;
  double location_;
  double scale_;
};

/// An inverse distribution function that is linear between knots. Copies share the knots.
class PiecewiseLinear {
 public:
  /// @param probabilities  strictly increasing from 0 to 1
  /// @param values         as many, nondecreasing
  PiecewiseLinear(std::vector<double> probabilities, std::vector<double> values);
  /// From observations in any order, two or more: the k-th smallest of n at probability (k − 1)/(n − 1), definition 7 of R. J. Hyndman,
  /// Y. Fan, Sample quantiles in statistical packages, Am. Stat. 50 (1996) 361-365.
  static PiecewiseLinear from_samples(std::vector<double> samples);
  /// O(1) on average over levels.
  [[nodiscard]] double quantile(Level level) const;

 private:
  struct Knots {
    std::vector<double> probabilities;
    std::vector<double> values;
    std::vector<std::size_t> guide;
  };
  std::shared_ptr<const Knots> knots_;
};

using Marginal = std::variant<Uniform, Normal, LogNormal, JohnsonSU, TruncatedNormal, Exponential, Kumaraswamy, ContinuousBernoulli,
                              Triangular, StudentT, PiecewiseLinear>;

/// The quantile of u in (0, 1).
double quantile(const Marginal& marginal, double u);

/// In place; the bits of quantile(). Those of normal variables by vectors, see normal_quantiles().
void quantiles(const Marginal& marginal, std::span<double> u);

/// In place, from standard normals z: the quantiles of Φ(z), with both tails kept.
void quantiles_of_normals(const Marginal& marginal, std::span<double> z);

}  // namespace kindred::qmc

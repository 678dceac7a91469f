#pragma once

#include <span>
#include <vector>

#include <kindred/kernels/qmc/spectral/gram.hpp>

namespace kindred::qmc {

/// A Gaussian process of mean zero with a product kernel, conditioned on values at the points of a lattice or net: interpolates where the
/// noise is zero, smooths otherwise. O(n (d + log n)) in place of the O(n³) of other points.
class Surrogate {
 public:
  /// @param values  y_i = f(x_i) + noise, one for every point of the matrix
  /// @param noise  variance
  /// @throws as Gram::solve()
  Surrogate(Gram gram, std::span<const double> values, double noise);

  [[nodiscard]] const Gram& gram() const { return gram_; }

  /// Posterior means at any number of points of [0, 1)^d, row by row. O(n d) each.
  /// @throws InputError if there is no whole number of rows or a coordinate is not in [0, 1)
  [[nodiscard]] std::vector<double> mean(std::span<const double> points) const;
  /// Posterior variances of f there. O(n (d + log n)) each.
  [[nodiscard]] std::vector<double> variance(std::span<const double> points) const;
  /// The gradient of the mean at one point, the kernel shift-invariant, of orders two and more. O(n d²).
  /// @throws InputError as mean(), or if the kernel has no such derivatives
  [[nodiscard]] std::vector<double> gradient(std::span<const double> point) const;

  /// Posterior mean and variance of ∫ f: every K(x, ·) has mean S, so that the first is S Σ c_i. O(n), O(1).
  [[nodiscard]] double integral() const;
  [[nodiscard]] double integral_variance() const;

 private:
  [[nodiscard]] std::vector<std::uint64_t> checked_words(std::span<const double> points, const char* function) const;

  Gram gram_;
  double noise_;
  std::vector<double> coefficients_;  // (K + σ² I)^−1 y
  double sum_;                        // of them
};

}  // namespace kindred::qmc

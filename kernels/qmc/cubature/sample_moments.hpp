#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/cubature/sum.hpp>

namespace kindred::qmc {

/// Averages, variances and kurtoses of the outputs of an integrand at independent points, from sums of powers about each output's first
/// value. What they are does not depend on the blocks in which values come.
class SampleMoments {
 public:
  explicit SampleMoments(std::size_t outputs) : sums_(outputs) {}

  /// @param values  points × outputs, row by row
  void add(std::span<const double> values);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] double mean(std::size_t output) const;
  /// Unbiased. Never negative.
  [[nodiscard]] double variance(std::size_t output) const;
  /// Of the points as they are, not corrected; 0 if all values are the same.
  [[nodiscard]] double kurtosis(std::size_t output) const;

 private:
  struct Powers {
    double origin = 0.0;
    Sum first, second, third, fourth;
  };
  std::vector<Powers> sums_;
  std::uint64_t count_ = 0;
};

}  // namespace kindred::qmc

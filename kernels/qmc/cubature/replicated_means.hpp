#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/cubature/sum.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

/// Receives values of one replicate: points × outputs, row by row, in the order of the points.
using TakeReplicateValues = std::function<void(int replicate, std::span<const double> values)>;

/// The values at points n0 … n1 − 1 of all replicates, in blocks of about a mebibyte of coordinates.
void evaluate_replicates(Integrand& integrand, int level, const Sampler& sampler, std::uint64_t n0, std::uint64_t n1,
                         std::span<const std::uint8_t> needed, const TakeReplicateValues& take);

/// Averages of an integrand over the first n points of every replicate, for growing n. What they are does not depend on the steps in which
/// n grew. An output that was not needed in one step has no meaning from then on.
class ReplicatedMeans {
 public:
  /// @param integrand  kept by reference
  ReplicatedMeans(Sampler sampler, Integrand& integrand, int level = 0);

  void extend(std::uint64_t points, std::span<const std::uint8_t> needed);

  [[nodiscard]] std::uint64_t points() const { return points_; }
  [[nodiscard]] int replicates() const { return sampler_.replicates(); }
  [[nodiscard]] double mean(int replicate, std::size_t output) const;

  /// Average of the replicates' means, and its variance s²/R as they let it be estimated.
  struct Moments {
    double mean;
    double variance;
  };
  [[nodiscard]] Moments moments(std::size_t output) const;

 private:
  Sampler sampler_;
  Integrand& integrand_;
  int level_;
  std::size_t outputs_;
  std::uint64_t points_ = 0;
  std::vector<Sum> sums_;  // [replicate][output]
};

}  // namespace kindred::qmc

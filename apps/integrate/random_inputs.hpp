#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/deck/deck.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/operators/sample.hpp>

namespace kindred::app {

/// Which point of a rule an evaluation belongs to.
struct PointName {
  int level = 0;
  int replicate = 0;
  std::uint64_t number = 0;
};

/// How the coordinates of a point become the random inputs of a sample: first the swept parameters by their quantile functions, then the
/// fields' leading variables, the first ones of all fields, the second ones, …, because the first coordinates of a point set are its best.
/// Variables beyond these are pseudo-random, independent between levels, replicates and points.
class RandomInputs {
 public:
  /// @param most  coordinates for each stream
  RandomInputs(std::vector<SweepAxis> axes, const std::vector<Problem::RandomStream>& streams, Index most, std::uint64_t seed);

  [[nodiscard]] int dimensions() const { return dimensions_; }
  /// What coordinate j is: `problem.beta`, `problem.coefficient #3`.
  [[nodiscard]] std::string coordinate_text(int j) const;
  /// @param point  dimensions() coordinates in (0, 1)
  [[nodiscard]] Sample sample(const PointName& name, std::span<const double> point) const;

 private:
  struct Stream {
    std::string name;
    std::vector<std::size_t> coordinates;  ///< which of the point's, in the order of the variables' importance
  };
  std::vector<SweepAxis> axes_;
  std::vector<Stream> streams_;
  std::uint64_t seed_;
  int dimensions_ = 0;
};

}  // namespace kindred::app

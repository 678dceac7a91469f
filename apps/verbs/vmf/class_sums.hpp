#pragma once

#include <span>
#include <vector>

#include <kindred/apps/verbs/vmf/directions.hpp>

namespace kindred::app::vmf {

/// What a von Mises-Fisher fit needs of a set of directions.
struct Moments {
  Index count = 0;
  std::vector<double> mean_direction;  ///< unit vector; zeros if the directions add up to zero, or there are none
  double resultant_length = 0.0;       ///< r = |sum of the directions| / count
  double spread = 1.0;                 ///< 1 - r, without cancellation
};

/// Sums over the directions of each of several classes, independent of the number of threads.
///
/// With the class's first direction e, d = x - e, D = sum of d, Q = sum of |d|² and the mean direction m:  r m = e + D/n  and
/// 1 - r² = Q/n - |D/n|², which keeps its digits where r comes so close to 1 that 1 - r formed from r has none left.
/// All sums are compensated. Memory: three vectors a class.
class ClassSums {
 public:
  ClassSums(Index dimension, std::size_t classes, int threads);
  /// @param class_of_row  of each row of the block; rows that are not valid are left out
  void add(const DirectionBlock& block, std::span<const std::int32_t> class_of_row);
  [[nodiscard]] Moments moments(std::size_t which) const;

 private:
  struct Sums {
    Index count = 0;
    std::vector<double> origin;
    std::vector<double> differences;
    std::vector<double> compensations;
    double squares = 0.0;
    double squares_compensation = 0.0;
  };
  Index dimension_;
  int threads_;
  std::vector<Sums> classes_;
};

}  // namespace kindred::app::vmf

#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/family/constant_operator.hpp>

namespace kindred {

/// Geometric mean of positive numbers: exponents are added, significands in [1,
/// 2) multiplied, with one logarithm for 512 of them.
class GeometricMean {
 public:
  void add(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    exponent_ += static_cast<Index>(bits >> significand_bits) - exponent_bias;
    constexpr std::uint64_t significand = (std::uint64_t{1} << significand_bits) - 1;
    product_ *= std::bit_cast<double>((bits & significand) | std::bit_cast<std::uint64_t>(1.0));
    if (++count_ % 512 == 0) {
      fold();
    }
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] double value() {
    fold();
    return std::exp2((logarithm_ + static_cast<double>(exponent_)) / static_cast<double>(count_));
  }

 private:
  static constexpr int significand_bits = 52;
  static constexpr Index exponent_bias = 1023;
  void fold() {
    logarithm_ += std::log2(product_);
    product_ = 1.0;
  }
  double product_ = 1.0;
  double logarithm_ = 0.0;
  Index exponent_ = 0;
  Index count_ = 0;
};

/// Sums over the rows beside one side.
struct SideSums {
  double excess = 0.0;    ///< row sums
  double coupling = 0.0;  ///< inward
  Index rows = 0;
};

/// What one pass over the matrix of a grid finds.
struct MatrixSurvey {
  std::array<GeometricMean, 3> coupling;
  std::array<std::array<SideSums, 2>, 3> side;  ///< from rows beside one open side only
  double interior_sum = 0.0;                    ///< row sums
  Index interior_rows = 0;
  std::vector<double> diagonal;
};

/// @param grid cells and periodic axes count
/// @throws InputError if a diagonal entry is not positive and finite, or the matrix is not sequential AIJ. Cost: one pass.
MatrixSurvey survey_matrix(Mat matrix, const ConstantOperator& grid);

}  // namespace kindred

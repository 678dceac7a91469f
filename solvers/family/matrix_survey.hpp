#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/stencil_operator.hpp>
#include <kindred/solvers/family/constant_operator.hpp>

namespace kindred {

/// Geometric mean of positive numbers, or of negative ones without their sign: exponents are added, significands in [1, 2) multiplied, with
/// one logarithm for 512 of them.
class GeometricMean {
 public:
  void add(double x) {
    product_ *= significand(x);
    exponent_ += exponent(x);
    if (++count_ % most_factors == 0) {
      fold();
    }
  }
  /// Cost: about that of reading them.
  void add(Index count, const double* x);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] double value() {
    fold();
    return std::exp2((logarithm_ + static_cast<double>(exponent_)) / static_cast<double>(count_));
  }

  static constexpr Index most_factors = 512;  ///< whose significands' product is finite
  static Index exponent(double x) {
    return static_cast<Index>((std::bit_cast<std::uint64_t>(x) >> significand_bits) & 0x7ff) - exponent_bias;
  }
  static double significand(double x) {
    constexpr std::uint64_t mask = (std::uint64_t{1} << significand_bits) - 1;
    return std::bit_cast<double>((std::bit_cast<std::uint64_t>(x) & mask) | std::bit_cast<std::uint64_t>(1.0));
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

/// The same of a stencil whose couplings are all negative. Cost: one pass.
/// @throws InputError as above
MatrixSurvey survey_stencil(const StencilOperator& stencil, const ConstantOperator& grid);

}  // namespace kindred

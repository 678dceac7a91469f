#pragma once

#include <memory>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/solvers/family/constant_operator.hpp>

namespace kindred {

/// Of the numbers inside a fast Poisson solver. A preconditioner may work with `single`, which takes half the memory traffic; the result
/// then carries relative errors of some 1e-7.
enum class Precision { single, full };

/// Solves P x = b for a ConstantOperator P exactly: sine, cosine or Hartley transforms along every axis but the first, a tridiagonal solve
/// along the first for every mode (R. Hockney, A fast direct solution of Poisson's equation using Fourier analysis, J. ACM 12 (1965)
/// 95-113). That takes half the transforms of a diagonalisation along all axes, and the sides of the first axis may be of Robin type.
/// Slices of the grid are transformed 8 at a time (16 with single precision), as the real and the imaginary parts of complex sequences side
/// by side. A singular P (see ConstantOperator::singular) is replaced by its pseudo-inverse: mean zero in, mean zero out. Cost per solve of
/// n unknowns: about 5 n log2 n operations, one pass over b, x, the factor and a work array each. Keeps factors and work arrays: 16 n bytes
/// (24 n if the first axis is periodic, half of that with single precision) and the work rows of a group of slices twice; not for two
/// threads at a time.
class FastPoisson {
 public:
  /// @throws InputError for a dimension other than 1 to 3, an axis without cells, a coupling or reaction that is not finite or of the wrong
  /// sign, and an operator that is negative on some mode
  explicit FastPoisson(const ConstantOperator& model, Precision precision = Precision::full);
  ~FastPoisson();
  FastPoisson(FastPoisson&&) noexcept;
  FastPoisson& operator=(FastPoisson&&) noexcept;
  FastPoisson(const FastPoisson&) = delete;
  FastPoisson& operator=(const FastPoisson&) = delete;

  /// Takes over another operator on the same grid; transforms are kept, and factors too if all is proportional.
  /// @returns false, and changes nothing, if cells, periodic axes or the transforms differ
  /// @throws InputError as the constructor
  [[nodiscard]] bool update(const ConstantOperator& model);
  /// The operator that is inverted: the model with the sides of the transformed axes as `transformable_sides` gives them.
  [[nodiscard]] const ConstantOperator& inverted() const;
  [[nodiscard]] Index size() const;
  [[nodiscard]] Precision precision() const;
  /// x = W P⁻¹ W b with the diagonal matrix W; no weights: W = 1. b and x have size() entries and may be the same array. Single precision
  /// wants weights between 1e-6 and 1e6 or so; b may be of any size.
  void solve(const double* b, double* x, const double* weights = nullptr);
  [[nodiscard]] std::size_t bytes() const;
  /// Lengths of the Fourier transforms with a prime factor above 13, which take up to several times longer; empty: none.
  [[nodiscard]] std::vector<Index> slow_lengths() const;

 private:
  struct Steps;
  template <class Real>
  struct StepsOf;

  ConstantOperator model_;
  Precision precision_;
  std::unique_ptr<Steps> steps_;
};

}  // namespace kindred

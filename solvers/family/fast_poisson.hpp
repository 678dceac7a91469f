#pragma once

#include <memory>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/solvers/family/constant_operator.hpp>

namespace kindred {

class ModalFactor;
class SliceTransform;

/// How long FFTW may search for its plan. `estimate` does not measure, so that
/// the same plan, and with it the same bits, come out on a processor every
/// time; the others may win some per cent, at the price of results whose last
/// bits differ between processes.
enum class PlanEffort { estimate, measure, patient };

/// Solves P x = b for a ConstantOperator P exactly: sine, cosine or Hartley
/// transforms along every axis but the first, a tridiagonal solve along the
/// first for every mode (R. Hockney, A fast direct solution of Poisson's
/// equation using Fourier analysis, J. ACM 12 (1965) 95-113). That takes half
/// the transforms of a diagonalisation along all axes, and the sides of the
/// first axis may be of Robin type. Two slices of the grid form the real and
/// the imaginary part of one complex transform. A singular P (see
/// ConstantOperator::singular) is replaced by its pseudo-inverse: mean zero in,
/// mean zero out. Cost per solve of n unknowns: about 5 n log2 n operations,
/// one pass over b, x, the factor and a work array each. Keeps plans, factors
/// and work arrays: 16 n bytes (24 n if the first axis is periodic) and a few slices; not for two threads at a
/// time.
class FastPoisson {
 public:
  /// @throws InputError for a dimension other than 1 to 3, an axis without
  /// cells, a coupling or reaction that is not finite or of the wrong sign, and
  /// an operator that is negative on some mode
  explicit FastPoisson(const ConstantOperator& model, PlanEffort effort = PlanEffort::estimate);
  ~FastPoisson();
  FastPoisson(FastPoisson&&) noexcept;
  FastPoisson& operator=(FastPoisson&&) noexcept;
  FastPoisson(const FastPoisson&) = delete;
  FastPoisson& operator=(const FastPoisson&) = delete;

  /// Takes over another operator on the same grid; plans are kept, and factors too if all is proportional.
  /// @returns false, and changes nothing, if cells, periodic axes or the transforms differ
  /// @throws InputError as the constructor
  [[nodiscard]] bool update(const ConstantOperator& model);
  /// The operator that is inverted: the model with the sides of the transformed
  /// axes as `transformable_sides` gives them.
  [[nodiscard]] const ConstantOperator& inverted() const;
  [[nodiscard]] Index size() const;
  /// x = W P⁻¹ W b with the diagonal matrix W; no weights: W = 1. b and x have
  /// size() entries and may be the same array.
  void solve(const double* b, double* x, const double* weights = nullptr);
  [[nodiscard]] std::size_t bytes() const;
  /// Lengths of the Fourier transforms with a prime factor above 13, which FFTW
  /// does several times slower; empty: none.
  [[nodiscard]] std::vector<Index> slow_lengths() const;

 private:
  void forward(const double* b, const double* weights);
  void backward(double* x, const double* weights);

  ConstantOperator model_;
  std::unique_ptr<SliceTransform> slices_;
  std::unique_ptr<ModalFactor> factor_;
};

}  // namespace kindred

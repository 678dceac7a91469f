#pragma once

#include <vector>

#include <kindred/solvers/family/axis_transform.hpp>
#include <kindred/solvers/family/lane_fourier.hpp>

namespace kindred {

/// Transforms along all axes but the first, for `batch` slices (cells with the same first index) at a time: half of them are the real parts
/// of the rows of a LaneFourier, the other half the imaginary parts. A slice has `cells()` values in C order, its transform `modes()`. Real
/// is the precision of the transforms; values are double in any case.
template <class Real>
class SliceTransform {
 public:
  static constexpr Index batch = row_size<Real>;

  /// @param axes those of the slice: none, one or two
  explicit SliceTransform(const std::vector<ConstantAxis>& axes);

  [[nodiscard]] Index cells() const { return cells_; }
  [[nodiscard]] Index modes() const { return modes_; }
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] const std::vector<AxisTransform>& axes() const { return axes_; }

  /// Modes of scale * weights * values (no weights: one) for the first `count` slices of a batch, zeros for the others.
  /// @param modes  batch slices of modes() numbers, `stride` apart
  void forward(Index count, double scale, const double* values, const double* weights, Real* modes, Index stride);
  /// The transpose, scale * weights * values, for the first `count` slices of a batch.
  void backward(Index count, double scale, const Real* modes, Index stride, const double* weights, double* values);

 private:
  /// C of AxisTransform, one pair of complex numbers per mode: direct_re, direct_im, mirror_re, mirror_im.
  using Combination = std::vector<Real>;

  /// Hands out every line of rows along every axis. @param steps (axis, line) → where the result is
  template <class Steps>
  void for_each_line(Steps steps);
  void apply_weights();

  std::vector<AxisTransform> axes_;
  std::vector<LaneFourier<Real>> fourier_;
  std::vector<Combination> forward_, backward_;  ///< per axis
  Index cells_ = 1;
  Index modes_ = 1;
  std::vector<Index> position_;       ///< per cell of the slice, in its transform
  std::vector<Real> weight_re_;       ///< per cell, the entries of E …
  std::vector<Real> complex_weight_;  ///< … and per row of the transform, re and im; empty: they are real
  bool padded_ = false;
  std::vector<Real> rows_, line_, other_, lines_;
};

extern template class SliceTransform<float>;
extern template class SliceTransform<double>;

}  // namespace kindred

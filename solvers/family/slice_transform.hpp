#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <fftw3.h>

#include <kindred/operators/fields/fftw.hpp>
#include <kindred/solvers/family/axis_transform.hpp>
#include <kindred/solvers/family/fast_poisson.hpp>

namespace kindred {

/// Transforms along all axes but the first, for several pairs of slices (cells
/// with the same first index) at a time. A slice has `cells()` values in C
/// order, its transform `modes()`.
class SliceTransform {
 public:
  /// @param axes those of the slice: none, one or two
  SliceTransform(const std::vector<ConstantAxis>& axes, PlanEffort effort);

  [[nodiscard]] Index cells() const { return cells_; }
  [[nodiscard]] Index modes() const { return modes_; }
  /// Pairs that one call transforms.
  [[nodiscard]] Index batch() const { return batch_; }
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] const std::vector<AxisTransform>& axes() const { return axes_; }

  /// Puts slices `first` and `second` (null: zero), times their weights (null:
  /// one), into place `pair` of the batch.
  void load(Index pair, const double* first, const double* second, const double* first_weights, const double* second_weights);
  /// Fourier transform of the first `pairs` places.
  void transform(Index pairs);
  /// Modes of both slices of a place, after `transform`. Destroys the place.
  void to_modes(Index pair, double* first, double* second);
  /// Puts modes into a place; `second` null: zero.
  void from_modes(Index pair, const double* first, const double* second);
  /// Values of both slices of a place, times `scale` and their weights, after
  /// `from_modes` and `transform`; `second` null: not wanted.
  void store(Index pair, double scale, double* first, double* second, const double* first_weights, const double* second_weights);

 private:
  struct DestroyPlan {
    void operator()(fftw_plan plan) const {
      const std::scoped_lock lock(fftw::planner_mutex());
      fftw_destroy_plan(plan);
    }
  };
  using Plan = std::unique_ptr<std::remove_pointer_t<fftw_plan>, DestroyPlan>;
  [[nodiscard]] Plan make_plan(Index pairs, PlanEffort effort);
  [[nodiscard]] double* place(Index pair) { return buffer_.data() + 2 * modes_ * pair; }

  std::vector<AxisTransform> axes_;
  Index cells_ = 1;
  Index modes_ = 1;
  Index batch_ = 1;
  std::vector<Index> position_;  ///< per cell of the slice, in its transform
  std::vector<double> weight_re_, weight_im_;
  bool real_weights_ = true;
  bool padded_ = false;
  fftw::Buffer buffer_{1};
  Plan full_;
  Plan single_;
};

}  // namespace kindred

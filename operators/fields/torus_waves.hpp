#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/operators/fields/fftw.hpp>

namespace kindred {

/// One side of a torus of which a box is a part.
struct TorusAxis {
  Index cells = 1;  ///< of the torus
  double period = 1.0;
  Index box_cells = 1;  ///< of the box, whose first cell is the torus'

  friend bool operator==(const TorusAxis&, const TorusAxis&) = default;
};

/// The orthonormal real waves of a torus, 1, cos(2 pi x/P), sin(2 pi x/P), cos(4 pi x/P), … along each axis, as far as a grid carries
/// them, and their sum at the centres of the box' cells. The coefficients of the last axis are complex numbers, so that the others
/// need complex transforms, which FFTW has vector instructions for, and what the box does not need is left out after each axis.
class TorusWaves {
 public:
  /// A coefficient along one axis. Waves are numbered as SpectralBasis does: 0, then 2k−1 for cos k and 2k for sin k.
  struct Wave {
    Index wave_number = 0;     ///< k
    std::uint64_t number = 0;  ///< the same at every resolution
    double scale = 0.0;        ///< from the coefficient of the orthonormal wave to the transform's; 0: none such
  };

  /// @param highest_sine  with the sine of the highest wave of an even number of cells, ±1 at the centres, scaled to norm 1 there
  /// @param limit  keeps the wave numbers below it; 0: all
  TorusWaves(std::vector<TorusAxis> axes, bool highest_sine, Index limit = 0);

  [[nodiscard]] const std::vector<TorusAxis>& axes() const { return axes_; }
  /// Per axis, the waves in the order of the coefficients.
  [[nodiscard]] const std::vector<std::vector<Wave>>& waves() const { return waves_; }
  /// Number of coefficients: the product of the lengths of waves().
  [[nodiscard]] Index size() const { return size_; }
  /// The sum at the centres of the box' cells, from coefficients multiplied by the waves' scales; both in C order. Destroys the
  /// coefficients. Thread-safe. O(size log size).
  void synthesize(fftw::Buffer& coefficients, std::span<double> values) const;

 private:
  void combine_sines(double* data, std::size_t axis) const;
  void shift_half_cell(double* row) const;

  std::vector<TorusAxis> axes_;
  std::vector<std::vector<Wave>> waves_;
  std::vector<Index> inner_;  ///< coefficients of the axes behind each
  Index size_ = 1;
  std::vector<double> half_cell_;  ///< cos and sin of pi k/cells along the last axis
  std::vector<fftw::Plan> plans_;
};

}  // namespace kindred

#pragma once

#include <vector>

#include <kindred/kernels/fftconv/engine/lane_transform.hpp>

namespace kindred::fftconv {

/// Fourier sums of real functions that are even or odd in the frequency along an axis, at as many points as are wanted:
///   even:  g_j = Σ_k f_k e^{2πijk/N},   odd:  g_j = Σ_k i f_k e^{2πijk/N},   k over a period N,
/// both real, from f_k of k = 0 … N/2 alone. Sixteen pencils share one complex transform: two in the real and imaginary parts of each
/// lane, which such a symmetry keeps apart. The order that the transform leaves is read, not undone.
class SymmetricTransform {
 public:
  enum class Parity { even, odd };

  /// @param kept  g_j are wanted for j < kept ≤ N/2 + 1
  SymmetricTransform(Index period, Index kept, Parity parity);
  /// N/2 + 1, rounded down: the numbers of f along the axis.
  [[nodiscard]] Index inputs() const { return period_ / 2 + 1; }
  /// In place: an array outer × inputs × inner becomes outer × kept × inner, dense at the beginning of what it was.
  void apply(double* data, Index outer, Index inner) const;

 private:
  void load(const double* data, const Index* starts, Index count, Index stride, double* rows) const;
  void store(const double* rows, const Index* starts, Index count, Index stride, double* data) const;

  Index period_;
  Index kept_;
  Parity parity_;
  LaneTransform<double> transform_;
  std::vector<Index> positions_;  ///< row of frequency j
};

}  // namespace kindred::fftconv

#pragma once

#include <kindred/kernels/fftconv/axis.hpp>

namespace kindred::fftconv {

/// Rows begin … begin + count − 1 of an array along an axis, which take the places from `place` on of a period.
struct Placed {
  Index begin = 0;
  Index count = 0;
  Index place = 0;
};

/// One axis of a grid and the period of its transforms: `residues` transforms of `length`, together of residues · length numbers.
///   y_i = Σ_k h_k x_{first + i − k},  0 ≤ k < taps,  0 ≤ i < outputs;
/// tap k takes place k − centre of the period, so that symmetric kernels have real spectra.
/// A periodic axis is cyclic where a transform of just its length exists; otherwise the kernel is continued periodically to 2 data − 1 taps
/// and the axis is a linear one.
struct GridAxis {
  Index data = 1;
  Index outputs = 1;
  Index taps = 1;
  Index first = 0;
  Index centre = 0;
  Index given = 1;  ///< taps that a kernel has; the others are zero or a periodic continuation
  bool cyclic = false;
  bool continued = false;

  Index residues = 1;
  Index length = 1;
  Index block = 1;  ///< outputs (data, for the adjoint) for which one period is enough; less than all: overlap-save

  [[nodiscard]] Index period() const { return residues * length; }
  [[nodiscard]] Index blocks(bool adjoint) const { return ((adjoint ? data : outputs) + block - 1) / block; }
  /// Numbers of input and output along the axis that are in work at a time.
  [[nodiscard]] Index extent() const;
  /// The kernel's number that tap k is; −1: zero.
  [[nodiscard]] Index source(Index k) const;
  /// The tap at the place of k mirrored; −1: none, the axis' taps lie about no centre.
  [[nodiscard]] Index partner(Index k) const;
  /// The place of tap k in [0, period).
  [[nodiscard]] Index place(Index k) const;

  struct Windows {
    Placed in, out;
  };
  /// What goes in and comes out for a block of outputs (adjoint: of data).
  [[nodiscard]] Windows windows(Index block_number, bool adjoint) const;
};

/// The axis without its period.
/// @param can_be_cyclic  whether there is a transform of length axis.data
GridAxis grid_axis(const Axis& axis, bool can_be_cyclic);

/// The least period that is enough for all of an axis at once.
Index least_period(const GridAxis& axis);

}  // namespace kindred::fftconv

#pragma once

#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>

namespace kindred::fftconv {

/// What one transform takes and gives: numbers from data[in] at the places `from` of the period, and from its places `to` to out[out].
struct Piece {
  Index in = 0;
  Window from;
  Index out = 0;
  Window to;
  bool wraps = false;  ///< the numbers from data[in] on are meant modulo the extent, and in may be negative
};

/// How a convolution over one axis is cut into transforms with one period and one kernel.
class Pieces {
 public:
  /// All in one, data and outputs from place 0; the kernel begins at place −first.
  static Pieces whole(const Axis& axis) { return {axis, 0}; }
  /// `step` outputs at a time; the kernel begins at place 0, and the period must hold step + taps − 1 numbers.
  static Pieces blocks(const Axis& axis, Index step) { return {axis, step}; }

  /// Of the convolution with the kernel, or with its conjugate spectrum: the adjoint.
  [[nodiscard]] Index count(bool adjoint) const;
  [[nodiscard]] Piece piece(Index number, bool adjoint) const;
  /// Numbers that a piece that wraps takes, at most; 0 if there is none.
  [[nodiscard]] Index wrapped() const;
  /// Of the kernel's first tap, at most 0.
  [[nodiscard]] Index kernel_place() const { return step_ == 0 ? -axis_.first : 0; }

 private:
  Pieces(const Axis& axis, Index step) : axis_(axis), step_(step) {}
  Axis axis_;
  Index step_;  ///< 0: whole
};

}  // namespace kindred::fftconv

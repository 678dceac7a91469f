#pragma once

#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/fftconv/grid/grid_axis.hpp>

namespace kindred::fftconv {

/// Axes and periods of a convolution over two or three axes: x streamed last, y absent (extent 1) of two, z the contiguous one.
struct GridLayout {
  GridAxis x, y, z;
  bool has_y = false;
  Index row_numbers = 16;  ///< numbers in a row of one pencil's frequencies
  Index rows = 1;          ///< rows of one transformed pencil
  Index pitch = 1;         ///< rows from one pencil to the next
  Index plane_pitch = 1;   ///< rows from one x to the next in a plane whose y axis is transformed
  double predicted_seconds = 0.0;
  double predicted_bytes = 0.0;

  [[nodiscard]] Index pencils() const { return x.extent() * y.extent(); }
  /// Numbers of the transformed pencils of one array.
  [[nodiscard]] Index pencil_numbers() const { return pencils() * pitch * row_numbers; }
  /// Numbers of the planes of one array.
  [[nodiscard]] Index plane_numbers() const { return has_y ? x.extent() * plane_pitch * row_numbers : 0; }
  [[nodiscard]] bool in_blocks() const { return x.blocks(false) > 1 || x.blocks(true) > 1; }
};

/// Chooses the periods by a count of operations and of bytes whose constants were measured once.
/// @param complex_data  whether the arrays' numbers are complex
template <class Real>
GridLayout grid_layout(const Geometry& geometry, bool complex_data);

extern template GridLayout grid_layout<float>(const Geometry&, bool);
extern template GridLayout grid_layout<double>(const Geometry&, bool);

}  // namespace kindred::fftconv

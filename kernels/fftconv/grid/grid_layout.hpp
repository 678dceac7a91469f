#pragma once

#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/fftconv/grid/grid_axis.hpp>

namespace kindred::fftconv {

/// Axes and periods of a convolution over two or three axes: x streamed last, y absent (extent 1) of two, z the contiguous one.
struct GridLayout {
  GridAxis x, y, z;
  bool has_y = false;
  Index rows = 1;         ///< of one transformed pencil
  Index sheet_pitch = 1;  ///< rows from one sheet, row p of all pencils [x][y], to the next
  Index plane_pitch = 1;  ///< rows from one x to the next in a sheet whose y axis is transformed
  Index together = 1;     ///< pencils whose rows are moved to or from the sheets at a time
  double predicted_seconds = 0.0;
  double predicted_bytes = 0.0;

  /// Rows of the transformed pencils of one array.
  [[nodiscard]] Index sheet_rows() const { return rows * sheet_pitch; }
  /// Rows of one sheet with its y axis transformed.
  [[nodiscard]] Index plane_rows() const { return has_y ? x.extent() * plane_pitch : 0; }
  [[nodiscard]] bool in_blocks() const { return x.blocks(false) > 1 || x.blocks(true) > 1; }
};

/// Chooses the periods by a count of operations and of bytes whose constants were measured once.
/// @param complex_data  whether the arrays' numbers are complex
template <class Real>
GridLayout grid_layout(const Geometry& geometry, bool complex_data);

extern template GridLayout grid_layout<float>(const Geometry&, bool);
extern template GridLayout grid_layout<double>(const Geometry&, bool);

}  // namespace kindred::fftconv

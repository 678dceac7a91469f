#pragma once

#include <array>
#include <string>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// One axis of a grid of cells.
struct Axis {
  char name = 'x';  ///< x, y or z
  Index cells = 1;
  double origin = 0.0;  ///< coordinate of the low face of the first cell
  double extent = 1.0;  ///< length of the axis
  bool periodic = false;

  [[nodiscard]] double spacing() const { return extent / static_cast<double>(cells); }
  [[nodiscard]] double center(Index i) const { return origin + (static_cast<double>(i) + 0.5) * spacing(); }
};

/// A uniform grid of cells in 0 to 3 dimensions. Cells are numbered in C order: the first axis (x) varies slowest,
/// the same order as on disk. A side of a grid (see `side`) is itself a grid, with the remaining coordinate fixed.
struct Grid {
  std::vector<Axis> axes;
  std::array<double, 3> fixed{};  ///< x, y, z for the axes that are absent

  [[nodiscard]] int dimension() const { return static_cast<int>(axes.size()); }
  [[nodiscard]] Index size() const;
  /// x, y, z of the centre of a cell; axes that are absent have their fixed coordinate.
  [[nodiscard]] std::array<double, 3> center(Index cell) const;
  [[nodiscard]] double cell_volume() const;
  /// The faces of one side: the grid without that axis, fixed at its low or high face.
  [[nodiscard]] Grid side(int axis, bool high) const;
};

/// A function on a grid: one value per cell, in the grid's order.
struct Field {
  Grid grid;
  std::vector<double> values;
};

}  // namespace kindred

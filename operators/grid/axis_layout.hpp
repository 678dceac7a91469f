#pragma once

#include <kindred/operators/grid/grid.hpp>

namespace kindred {

/// One axis of the grid seen as `outer` blocks of `cells` slices of `stride` cells each.
struct AxisLayout {
  std::size_t axis = 0;
  Index outer = 1;
  Index cells = 1;
  Index stride = 1;
  double spacing = 1.0;

  AxisLayout(const Grid& grid, std::size_t which) : axis(which), cells(grid.axes[which].cells), spacing(grid.axes[which].spacing()) {
    for (std::size_t k = 0; k < which; ++k) {
      outer *= grid.axes[k].cells;
    }
    for (std::size_t k = which + 1; k < grid.axes.size(); ++k) {
      stride *= grid.axes[k].cells;
    }
  }
};

}  // namespace kindred

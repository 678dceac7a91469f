#include <kindred/operators/grid/grid.hpp>

namespace kindred {
namespace {

/// Position of an axis among x, y, z.
std::size_t coordinate(const Axis& axis) { return static_cast<std::size_t>(axis.name - 'x'); }

}  // namespace

Index Grid::size() const {
  Index cells = 1;
  for (const Axis& axis : axes) {
    cells *= axis.cells;
  }
  return cells;
}

std::array<double, 3> Grid::center(Index cell) const {
  std::array<double, 3> position = fixed;
  for (std::size_t k = axes.size(); k-- > 0;) {
    position[coordinate(axes[k])] = axes[k].center(cell % axes[k].cells);
    cell /= axes[k].cells;
  }
  return position;
}

double Grid::cell_volume() const {
  double volume = 1.0;
  for (const Axis& axis : axes) {
    volume *= axis.spacing();
  }
  return volume;
}

Grid Grid::side(int axis, bool high) const {
  Grid faces = *this;
  const Axis& normal = axes[static_cast<std::size_t>(axis)];
  faces.fixed[coordinate(normal)] = high ? normal.origin + normal.extent : normal.origin;
  faces.axes.erase(faces.axes.begin() + axis);
  return faces;
}

}  // namespace kindred

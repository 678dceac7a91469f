#include <kindred/operators/grid/require_values.hpp>

namespace kindred {

std::string place_of_cell(const Grid& grid, std::size_t cell) {
  const auto position = grid.center(static_cast<Index>(cell));
  std::string text = fmt::format("cell {} at (", cell);
  for (std::size_t k = 0; k < grid.axes.size(); ++k) {
    text +=
        fmt::format("{}{} = {:.6g}", k == 0 ? "" : ", ", grid.axes[k].name, position[static_cast<std::size_t>(grid.axes[k].name - 'x')]);
  }
  return text + ")";
}

}  // namespace kindred

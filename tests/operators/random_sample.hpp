#pragma once

#include <string_view>
#include <vector>

#include <kindred/operators/fields/random_field.hpp>

// Grids and samples of the tests of fields.

namespace kindred::test {

/// A box at the origin; sides of length 1 unless given.
inline Grid box(const std::vector<Index>& cells, const std::vector<double>& extent = {}, bool periodic = false) {
  Grid grid;
  for (std::size_t a = 0; a < cells.size(); ++a) {
    grid.axes.push_back({"xyz"[a], cells[a], 0.0, extent.empty() ? 1.0 : extent[a], periodic});
  }
  return grid;
}

inline Sample sample_number(Index index, std::uint64_t seed = 2025) {
  Sample sample;
  sample.index = index;
  sample.seed = seed;
  return sample;
}

inline std::vector<double> draw_field(const RandomField& field, const Grid& grid, Index index = 0, std::string_view stream = "test") {
  std::vector<double> values(static_cast<std::size_t>(grid.size()));
  field.draw(grid, sample_number(index), stream, values);
  return values;
}

}  // namespace kindred::test

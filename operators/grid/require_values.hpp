#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/operators/grid/grid.hpp>

namespace kindred {

/// `cell 8 at (x = 0.625, y = 0.125)`
std::string place_of_cell(const Grid& grid, std::size_t cell);

/// Refuses the first value that `good` does not accept.
/// @param rule ends the sentence "it must be …"
/// @throws SolveError with the value and its place
template <class Good>
void require_values(std::string_view what, std::span<const double> values, const Grid& grid, Good good, std::string_view rule) {
  const auto bad = std::find_if_not(values.begin(), values.end(), good);
  if (bad == values.end()) {
    return;
  }
  throw SolveError(fmt::format("{} is {} in {}, but it must be {}", what, *bad,
                               place_of_cell(grid, static_cast<std::size_t>(bad - values.begin())), rule));
}

}  // namespace kindred

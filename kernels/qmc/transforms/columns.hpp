#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace kindred::qmc {

/// Calls work(j, column) for pieces of every column of a row-major matrix, gathered and then put back; rows are taken in groups, so that
/// each is in the caches until its last column is done.
template <class Work>
void for_columns(std::span<double> matrix, std::size_t columns, const Work& work) {
  constexpr std::size_t tile = 256;
  std::array<double, tile> column;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  const std::size_t rows = matrix.size() / columns;
  for (std::size_t first = 0; first < rows; first += tile) {
    const std::size_t count = std::min(tile, rows - first);
    for (std::size_t j = 0; j < columns; ++j) {
      double* const top = matrix.data() + first * columns + j;
      for (std::size_t i = 0; i < count; ++i) {
        column[i] = top[i * columns];
      }
      work(j, std::span(column).first(count));
      for (std::size_t i = 0; i < count; ++i) {
        top[i * columns] = column[i];
      }
    }
  }
}

}  // namespace kindred::qmc

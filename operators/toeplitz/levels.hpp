#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// Levels of a Toeplitz or circulant matrix: its extents, always three, the absent ones 1 and last.
/// @throws InputError unless there are one to three extents of at least 1, whose doubled product can be counted
std::array<Index, 3> require_levels(std::span<const Index> extents, std::string_view matrix);

/// Calls visit(position, place) for all positions below the extents, in C order.
template <class Visit>
void for_each_position(const std::array<Index, 3>& extents, Visit visit) {
  std::size_t place = 0;
  std::array<Index, 3> at{};
  for (at[0] = 0; at[0] < extents[0]; ++at[0]) {
    for (at[1] = 0; at[1] < extents[1]; ++at[1]) {
      for (at[2] = 0; at[2] < extents[2]; ++at[2]) {
        visit(at, place++);
      }
    }
  }
}

/// Hash of a kind of matrix and its extents.
std::uint64_t hash_levels(std::string_view matrix, std::span<const Index> extents);

}  // namespace kindred

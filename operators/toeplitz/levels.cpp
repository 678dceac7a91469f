#include <kindred/operators/toeplitz/levels.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>

namespace kindred {

std::array<Index, 3> require_levels(std::span<const Index> extents, std::string_view matrix) {
  if (extents.empty() || extents.size() > 3) {
    throw InputError(fmt::format("a {} matrix has one to three levels, and {} extents were given", matrix, extents.size()));
  }
  std::array<Index, 3> levels{1, 1, 1};
  constexpr Index most = Index{1} << 58U;  // taps and their bytes can be counted
  Index product = 1;
  for (std::size_t a = 0; a < extents.size(); ++a) {
    if (extents[a] < 1 || extents[a] > most / product) {
      throw InputError(
          fmt::format("extent {} of a {} matrix is {}: it must be at least 1, and the product of all below 2^58", a, matrix, extents[a]));
    }
    levels[a] = extents[a];
    product *= extents[a];
  }
  return levels;
}

std::uint64_t hash_levels(std::string_view matrix, std::span<const Index> extents) {
  std::uint64_t hash = mix_bits(fnv1a(matrix) ^ extents.size());
  for (const Index n : extents) {
    hash = mix_bits(hash ^ static_cast<std::uint64_t>(n)) + 0x9E3779B97F4A7C15ULL;
  }
  return hash;
}

}  // namespace kindred

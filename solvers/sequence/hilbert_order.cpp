#include <algorithm>
#include <bit>
#include <numeric>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/solvers/sequence/paths.hpp>
#include <kindred/solvers/sequence/principal_components.hpp>

namespace kindred {
namespace {

constexpr int bits_per_axis = 20;

/// Arithmetic on the corners of a cube: `dimension` bits, rotated cyclically.
struct Corners {
  unsigned dimension;
  [[nodiscard]] std::uint32_t mask() const { return (1U << dimension) - 1U; }
  [[nodiscard]] std::uint32_t rotate_left(std::uint32_t x, unsigned by) const {
    by %= dimension;
    return ((x << by) | (x >> (dimension - by))) & mask();
  }
  [[nodiscard]] std::uint32_t rotate_right(std::uint32_t x, unsigned by) const { return rotate_left(x, dimension - by % dimension); }
};

std::uint32_t gray(std::uint32_t x) { return x ^ (x >> 1U); }

std::uint32_t inverse_gray(std::uint32_t x) {
  for (unsigned shift = 1; shift < 4; shift *= 2) {
    x ^= x >> shift;
  }
  return x;
}

/// Corner where the curve enters the sub-cube visited as number w.
std::uint32_t entry(std::uint32_t w) { return w == 0 ? 0 : gray(2 * ((w - 1) / 2)); }

/// Axis along which it runs through that sub-cube.
unsigned direction(std::uint32_t w, unsigned dimension) {
  if (w == 0) {
    return 0;
  }
  return static_cast<unsigned>(std::countr_one(w % 2 == 0 ? w - 1 : w)) % dimension;
}

}  // namespace

std::uint64_t hilbert_number(const std::array<std::uint32_t, 3>& cell, int dimension, int bits) {
  const Corners corners{static_cast<unsigned>(dimension)};
  std::uint64_t number = 0;
  std::uint32_t start = 0;
  unsigned along = 0;
  for (int level = bits - 1; level >= 0; --level) {
    std::uint32_t corner = 0;
    for (int axis = 0; axis < dimension; ++axis) {
      corner |= ((cell[static_cast<std::size_t>(axis)] >> static_cast<unsigned>(level)) & 1U) << static_cast<unsigned>(axis);
    }
    const std::uint32_t visited = inverse_gray(corners.rotate_right(corner ^ start, along + 1));
    number = (number << corners.dimension) | visited;
    start ^= corners.rotate_left(entry(visited), along + 1);
    along = (along + direction(visited, corners.dimension) + 1) % corners.dimension;
  }
  return number;
}

std::vector<Index> hilbert_order(MatrixView features, Index components) {
  require_finite(features);
  if (components < 1 || components > 3) {
    throw InputError(fmt::format("a Hilbert curve runs through 1 to 3 principal components, not {}", components));
  }
  std::vector<Index> order(static_cast<std::size_t>(features.rows));
  std::iota(order.begin(), order.end(), Index{0});
  const Index used = std::min(components, features.columns);
  const std::vector<double> coordinates = principal_coordinates(features, used);
  if (coordinates.empty()) {
    return order;
  }
  std::array<double, 3> low{};
  double range = 0.0;
  for (Index axis = 0; axis < used; ++axis) {
    double least = coordinates[static_cast<std::size_t>(axis)];
    double greatest = least;
    for (auto i = static_cast<std::size_t>(axis); i < coordinates.size(); i += static_cast<std::size_t>(used)) {
      least = std::min(least, coordinates[i]);
      greatest = std::max(greatest, coordinates[i]);
    }
    low[static_cast<std::size_t>(axis)] = least;
    range = std::max(range, greatest - least);
  }
  // One scale for all axes: a step along the curve is then a step of the same length in every direction.
  constexpr double cells = (1U << bits_per_axis) - 1U;
  const double scale = range > 0.0 ? cells / range : 0.0;
  std::vector<std::uint64_t> numbers;
  numbers.reserve(order.size());
  for (Index row = 0; row < features.rows; ++row) {
    std::array<std::uint32_t, 3> cell{};
    for (Index axis = 0; axis < used; ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      cell[a] = static_cast<std::uint32_t>(std::min(cells, scale * (coordinates[static_cast<std::size_t>(row * used + axis)] - low[a])));
    }
    numbers.push_back(hilbert_number(cell, static_cast<int>(used), bits_per_axis));
  }
  std::ranges::stable_sort(order, {}, [&](Index row) { return numbers[static_cast<std::size_t>(row)]; });
  return order;
}

}  // namespace kindred

#include <kindred/kernels/qmc/quality/discrepancy.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/multiversion.hpp>

namespace kindred::qmc {
namespace {

constexpr std::size_t kinds = 4;  // star, centred, wraparound, mixture
constexpr std::size_t tile = 64;  // points
using Sums = std::array<double, kinds>;

/// Adds the kernels of point `row` with `count` points from `first` on, times a weight, to sums[kind][point].
/// @param columns  coordinate by coordinate, `pitch` numbers apart
KINDRED_MULTIVERSION void add_kernels(const double* columns, std::size_t pitch, std::size_t dimensions, std::size_t row, std::size_t first,
                                      std::size_t count, double weight, double* sums) {
  double star[tile];
  double centred[tile];
  double wraparound[tile];
  double mixture[tile];
  for (std::size_t k = 0; k < tile; ++k) {
    star[k] = centred[k] = wraparound[k] = mixture[k] = weight;
  }
  for (std::size_t j = 0; j < dimensions; ++j) {
    const double* y = columns + j * pitch + first;
    const double x = columns[j * pitch + row];
    const double x_centre = std::abs(x - 0.5);
    for (std::size_t k = 0; k < tile; ++k) {  // beyond `count` are zeros
      const double distance = std::abs(x - y[k]);
      const double centre = x_centre + std::abs(y[k] - 0.5);
      star[k] *= 1.0 - (x > y[k] ? x : y[k]);
      centred[k] *= 1.0 + 0.5 * (centre - distance);
      wraparound[k] *= 1.5 - distance * (1.0 - distance);
      mixture[k] *= 1.875 - 0.25 * centre - distance * (0.75 - 0.5 * distance);
    }
  }
  for (std::size_t k = 0; k < count; ++k) {
    sums[k] += star[k];
    sums[tile + k] += centred[k];
    sums[2 * tile + k] += wraparound[k];
    sums[3 * tile + k] += mixture[k];
  }
}

/// Σ K over the pairs of tile `row` with itself, and twice those with the tiles after it; tile by tile, so that sums are short.
Sums tile_sums(const std::vector<double>& columns, std::size_t pitch, std::size_t dimensions, std::size_t n, std::size_t row) {
  Sums total{};
  const std::size_t rows = std::min(n, (row + 1) * tile);
  for (std::size_t first = row * tile; first < n; first += tile) {
    const double weight = first == row * tile ? 1.0 : 2.0;
    std::array<double, kinds * tile> sums{};
    for (std::size_t i = row * tile; i < rows; ++i) {
      add_kernels(columns.data(), pitch, dimensions, i, first, std::min(tile, n - first), weight, sums.data());
    }
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      double sum = 0.0;
      for (std::size_t k = 0; k < tile; ++k) {
        sum += sums[kind * tile + k];
      }
      total[kind] += sum;
    }
  }
  return total;
}

/// Π_j ∫ k(x_j, y) dy.
Sums mean_kernels(const double* x, std::size_t dimensions) {
  Sums product{1.0, 1.0, 1.0, 1.0};
  for (std::size_t j = 0; j < dimensions; ++j) {
    const double centre = std::abs(x[j] - 0.5);
    product[0] *= 0.5 * (1.0 - x[j] * x[j]);
    product[1] *= 1.0 + 0.5 * centre * (1.0 - centre);
    product[2] *= 4.0 / 3.0;
    product[3] *= 5.0 / 3.0 - 0.25 * centre * (1.0 + centre);
  }
  return product;
}

/// ∫∫ k, and ∫ k(x, x) dx.
constexpr Sums mean_kernel{1.0 / 3.0, 13.0 / 12.0, 4.0 / 3.0, 19.0 / 12.0};
constexpr Sums mean_diagonal{0.5, 1.25, 1.5, 1.75};

void check_dimensions(int dimensions) {
  if (dimensions < 1 || dimensions > Discrepancies::max_dimensions) {
    throw InputError("discrepancies: " + std::to_string(dimensions) + " dimensions are not in 1 … " +
                     std::to_string(Discrepancies::max_dimensions) + ": beyond, the products leave the range of doubles");
  }
}

Discrepancies named(const Sums& values) { return {values[0], values[1], values[2], values[3]}; }

}  // namespace

Discrepancies squared_discrepancies(std::span<const double> points, int dimensions, int threads) {
  check_dimensions(dimensions);
  const auto d = static_cast<std::size_t>(dimensions);
  const std::size_t n = points.size() / d;
  if (n == 0 || points.size() % d != 0) {
    throw InputError("discrepancies: " + std::to_string(points.size()) + " numbers are not points of " + std::to_string(d) +
                     " coordinates");
  }
  const std::size_t tiles = (n + tile - 1) / tile;
  const std::size_t pitch = tiles * tile;
  std::vector<double> columns(d * pitch, 0.0);
  Sums single{};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      const double x = points[i * d + j];
      if (!(x >= 0.0 && x <= 1.0)) {
        throw InputError("discrepancies: coordinate " + std::to_string(j) + " of point " + std::to_string(i) + " is " + std::to_string(x) +
                         ", outside of [0, 1]");
      }
      columns[j * pitch + i] = x;
    }
    const Sums product = mean_kernels(points.data() + i * d, d);
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      single[kind] += product[kind];
    }
  }
  std::vector<Sums> pairs(tiles);
  // The first tile meets all others, the last none: one of each end makes equal parts.
  parallel(static_cast<Index>((tiles + 1) / 2), 1, threads, [&](Index begin, Index end) {
    for (auto row = static_cast<std::size_t>(begin); row < static_cast<std::size_t>(end); ++row) {
      pairs[row] = tile_sums(columns, pitch, d, n, row);
      if (const std::size_t mirror = tiles - 1 - row; mirror != row) {
        pairs[mirror] = tile_sums(columns, pitch, d, n, mirror);
      }
    }
  });
  Sums result{};
  const auto count = static_cast<double>(n);
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    double double_sum = 0.0;
    for (const Sums& sums : pairs) {
      double_sum += sums[kind];
    }
    result[kind] = std::pow(mean_kernel[kind], dimensions) - 2.0 * single[kind] / count + double_sum / (count * count);
  }
  return named(result);
}

Discrepancies expected_squared_discrepancies(std::uint64_t points, int dimensions) {
  check_dimensions(dimensions);
  if (points < 1) {
    throw InputError("discrepancies: there must be a point");
  }
  Sums result{};
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    result[kind] = (std::pow(mean_diagonal[kind], dimensions) - std::pow(mean_kernel[kind], dimensions)) / static_cast<double>(points);
  }
  return named(result);
}

}  // namespace kindred::qmc

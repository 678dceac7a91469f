#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace kindred {

/// Sizes, rows and sample numbers. Signed, so that differences are safe.
using Index = std::int64_t;

/// Row-major view of a dense matrix: `rows × columns`, one row after another.
struct MatrixView {
  std::span<const double> values;
  Index rows = 0;
  Index columns = 0;

  [[nodiscard]] std::span<const double> row(Index i) const {
    return values.subspan(static_cast<std::size_t>(i * columns), static_cast<std::size_t>(columns));
  }
};

}  // namespace kindred

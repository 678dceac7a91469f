#include <kindred/apps/verbs/vmf/class_sums.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/directional/unit_rows.hpp>

namespace kindred::app::vmf {
namespace {

constexpr Index grain = Index{1} << 15U;  ///< numbers worth a thread

/// 1 - r² below this comes from the rounding of equal directions.
constexpr double smallest_spread = 4e-31;

}  // namespace

ClassSums::ClassSums(Index dimension, std::size_t classes, int threads) : dimension_(dimension), threads_(threads), classes_(classes) {}

void ClassSums::add(const DirectionBlock& block, std::span<const std::int32_t> class_of_row) {
  std::vector<Index> members;
  for (Index row = 0; row < block.rows; ++row) {
    if (block.valid[static_cast<std::size_t>(row)] == 0) {
      continue;
    }
    members.push_back(row);
    Sums& sums = classes_[static_cast<std::size_t>(class_of_row[static_cast<std::size_t>(row)])];
    if (sums.count++ == 0) {
      const auto first = block.row(row);
      sums.origin.assign(first.begin(), first.end());
      sums.differences.assign(first.size(), 0.0);
      sums.compensations.assign(first.size(), 0.0);
    }
  }
  const auto sums_of = [&](Index row) -> Sums& { return classes_[static_cast<std::size_t>(class_of_row[static_cast<std::size_t>(row)])]; };
  const auto count = static_cast<Index>(members.size());
  std::vector<double> squares(members.size());
  parallel(count, 1 + grain / dimension_, threads_, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index row = members[static_cast<std::size_t>(i)];
      squares[static_cast<std::size_t>(i)] = kernels::squared_distance(dimension_, block.row(row).data(), sums_of(row).origin.data());
    }
  });
  for (std::size_t i = 0; i < members.size(); ++i) {
    Sums& sums = sums_of(members[i]);
    kernels::add_compensated(1, &squares[i], &sums.squares, &sums.squares_compensation);
  }
  parallel(dimension_, 1 + grain / std::max<Index>(count, 1), threads_, [&](Index begin, Index end) {
    for (const Index row : members) {
      Sums& sums = sums_of(row);
      kernels::add_shifted(end - begin, block.row(row).data() + begin, sums.origin.data() + begin, sums.differences.data() + begin,
                           sums.compensations.data() + begin);
    }
  });
}

Moments ClassSums::moments(std::size_t which) const {
  const Sums& sums = classes_[which];
  Moments moments;
  moments.count = sums.count;
  moments.mean_direction.assign(static_cast<std::size_t>(dimension_), 0.0);
  if (sums.count == 0) {
    return moments;
  }
  const auto n = static_cast<double>(sums.count);
  double length_square = 0.0;
  double shift_square = 0.0;
  for (std::size_t i = 0; i < moments.mean_direction.size(); ++i) {
    const double shift = (sums.differences[i] + sums.compensations[i]) / n;
    const double mean = sums.origin[i] + shift;
    shift_square += shift * shift;
    length_square += mean * mean;
    moments.mean_direction[i] = mean;
  }
  const double length = std::sqrt(length_square);
  if (length > 0.0) {
    std::for_each(moments.mean_direction.begin(), moments.mean_direction.end(), [&](double& m) { m /= length; });
  }
  if (length < 0.5) {
    moments.resultant_length = length;
    moments.spread = 1.0 - length;
    return moments;
  }
  double spread_square = (sums.squares + sums.squares_compensation) / n - shift_square;  // 1 - r²
  if (sums.count == 1 || spread_square < smallest_spread) {
    spread_square = 0.0;
  }
  moments.resultant_length = std::sqrt(1.0 - spread_square);
  moments.spread = spread_square / (1.0 + moments.resultant_length);
  return moments;
}

}  // namespace kindred::app::vmf

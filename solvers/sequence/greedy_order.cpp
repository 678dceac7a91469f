#include <kindred/solvers/sequence/greedy_order.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/solvers/sequence/nearest_tree.hpp>
#include <kindred/solvers/sequence/paths.hpp>
#include <kindred/solvers/sequence/principal_components.hpp>

namespace kindred {
namespace {

constexpr Index few_dimensions = 8;

}  // namespace

void require_finite(MatrixView features) {
  if (features.rows < 0 || features.columns < 0 || static_cast<Index>(features.values.size()) != features.rows * features.columns) {
    throw InputError(fmt::format("a feature matrix of {} samples and {} features has {} entries, not {}", features.rows, features.columns,
                                 features.rows * features.columns, features.values.size()));
  }
  const auto bad = std::ranges::find_if_not(features.values, [](double x) { return std::isfinite(x); });
  if (bad != features.values.end()) {
    const Index position = bad - features.values.begin();
    throw InputError(
        fmt::format("feature {} of sample {} is {}: samples can be ordered by finite features only; set ordering = \"none\" "
                    "in [sequence], or find out why the sample's input is not finite",
                    position % features.columns, position / features.columns, *bad));
  }
}

double mean_step(MatrixView features, const std::vector<Index>& order) {
  double sum = 0.0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    sum += std::sqrt(squared_distance(features.row(order[i - 1]), features.row(order[i])));
  }
  return order.size() < 2 ? 0.0 : sum / static_cast<double>(order.size() - 1);
}

void append_chain(MatrixView features, const std::vector<Index>& rows, std::vector<Index>& order) {
  std::vector<double> values;
  values.reserve(rows.size() * static_cast<std::size_t>(features.columns));
  for (const Index row : rows) {
    const auto point = features.row(row);
    values.insert(values.end(), point.begin(), point.end());
  }
  const MatrixView points{values, static_cast<Index>(rows.size()), features.columns};
  NearestTree tree(points);
  for (std::size_t visited = 0; visited < rows.size(); ++visited) {
    const Index next = order.empty() ? 0 : tree.nearest(features.row(order.back()));
    tree.remove(next);
    order.push_back(rows[static_cast<std::size_t>(next)]);
  }
}

std::vector<double> rotate_if_wide(MatrixView features) {
  if (features.columns > few_dimensions) {
    return principal_coordinates(features, features.columns);
  }
  return {features.values.begin(), features.values.end()};
}

std::vector<Index> greedy_order(MatrixView features, Index chain) {
  require_finite(features);
  if (chain < 1) {
    throw InputError(fmt::format("a greedy order needs chains of at least one sample, not {}", chain));
  }
  const std::vector<double> rotated = rotate_if_wide(features);
  const MatrixView points{rotated, features.rows, features.columns};
  std::vector<Index> rows(static_cast<std::size_t>(features.rows));
  std::iota(rows.begin(), rows.end(), Index{0});
  std::vector<Index> order;
  order.reserve(rows.size());
  if (features.rows <= chain || features.columns <= few_dimensions) {
    append_chain(points, rows, order);
    return order;
  }
  const std::vector<Index> along = hilbert_order(features);
  const Index groups = (features.rows + chain - 1) / chain;
  for (Index group = 0; group < groups; ++group) {
    const Index first = group * features.rows / groups;
    const Index last = (group + 1) * features.rows / groups;
    append_chain(points, {along.begin() + first, along.begin() + last}, order);
  }
  return order;
}

}  // namespace kindred

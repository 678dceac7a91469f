#include <kindred/solvers/sequence/features.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <fmt/format.h>

namespace kindred {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Largest m with m^dimension ≤ most.
Index integer_root(Index most, int dimension) {
  const auto power = [&](Index m) {
    Index product = 1;
    for (int axis = 0; axis < dimension; ++axis) {
      product *= m;
    }
    return product;
  };
  Index m = 1;
  while (dimension > 0 && power(m + 1) <= most) {
    ++m;
  }
  return m;
}

/// m × n matrix that averages n cells over m blocks.
std::vector<double> averaging(Index m, Index n) {
  std::vector<double> weights(static_cast<std::size_t>(m * n), 0.0);
  for (Index block = 0; block < m; ++block) {
    const Index first = (block * n + m - 1) / m;
    const Index last = ((block + 1) * n + m - 1) / m;
    for (Index i = first; i < last; ++i) {
      weights[static_cast<std::size_t>(block * n + i)] = 1.0 / static_cast<double>(last - first);
    }
  }
  return weights;
}

/// m × n matrix of the first m cosines at n cell centres.
std::vector<double> cosines(Index m, Index n) {
  std::vector<double> weights(static_cast<std::size_t>(m * n));
  for (Index k = 0; k < m; ++k) {
    const double scale = (k == 0 ? 1.0 : std::numbers::sqrt2) / static_cast<double>(n);
    for (Index i = 0; i < n; ++i) {
      const double phase = std::numbers::pi * static_cast<double>(k) * (static_cast<double>(i) + 0.5) / static_cast<double>(n);
      weights[static_cast<std::size_t>(k * n + i)] = scale * std::cos(phase);
    }
  }
  return weights;
}

/// Multiplies an array of shape outer × n × inner along its middle axis by an m × n matrix.
std::vector<double> contract(std::span<const double> array, std::span<const double> weights, Index m, Index n, Index inner) {
  const Index outer = static_cast<Index>(array.size()) / (n * inner);
  std::vector<double> result(static_cast<std::size_t>(outer * m * inner), 0.0);
  for (Index o = 0; o < outer; ++o) {
    for (Index k = 0; k < m; ++k) {
      double* target = result.data() + (o * m + k) * inner;
      for (Index i = 0; i < n; ++i) {
        const double weight = weights[static_cast<std::size_t>(k * n + i)];
        const double* source = array.data() + (o * n + i) * inner;
        for (Index j = 0; j < inner; ++j) {
          target[j] += weight * source[j];
        }
      }
    }
  }
  return result;
}

template <class Weights>
std::vector<double> reduce_axes(const Grid& grid, std::span<const double> values, Index most, Weights weights) {
  const Index m = integer_root(most, grid.dimension());
  std::vector<double> reduced(values.begin(), values.end());
  Index inner = 1;
  for (auto axis = grid.axes.rbegin(); axis != grid.axes.rend(); ++axis) {
    const Index kept = std::min(m, axis->cells);
    reduced = contract(reduced, weights(kept, axis->cells), kept, axis->cells, inner);
    inner *= kept;
  }
  return reduced;
}

/// Puts the average of the known entries in place of the unknown ones; 0 if none is known.
void fill_unknown(std::vector<double>& column) {
  double sum = 0.0;
  double known = 0.0;
  for (const double x : column) {
    if (std::isfinite(x)) {
      sum += x;
      known += 1.0;
    }
  }
  for (double& x : column) {
    x = std::isfinite(x) ? x : (known > 0.0 ? sum / known : 0.0);
  }
}

/// Variance over the samples; 0 if the entries differ by rounding errors only.
double variance(const std::vector<double>& column) {
  constexpr double rounding = 1e-12;
  const auto [low, high] = std::ranges::minmax(column);
  if (high - low <= rounding * std::max(std::abs(low), std::abs(high))) {
    return 0.0;
  }
  const auto count = static_cast<double>(column.size());
  const double mean = std::accumulate(column.begin(), column.end(), 0.0) / count;
  double sum = 0.0;
  for (const double x : column) {
    sum += (x - mean) * (x - mean);
  }
  return sum / count;
}

void replace_by_ranks(std::vector<double>& column) {
  std::vector<double> distinct = column;
  std::ranges::sort(distinct);
  distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
  const double steps = std::max(1.0, static_cast<double>(distinct.size()) - 1.0);
  for (double& x : column) {
    x = static_cast<double>(std::ranges::lower_bound(distinct, x) - distinct.begin()) / steps;
  }
}

}  // namespace

std::vector<double> block_means(const Grid& grid, std::span<const double> values, Index most) {
  return reduce_axes(grid, values, most, averaging);
}

std::vector<double> cosine_coefficients(const Grid& grid, std::span<const double> values, Index most) {
  return reduce_axes(grid, values, most, cosines);
}

FeatureTable::FeatureTable(FeatureRequest request) : request_(request) {}

std::vector<double> FeatureTable::reduce(const Grid& grid, std::span<const double> values) const {
  return request_.kind == FeatureRequest::Kind::spectrum ? cosine_coefficients(grid, values, request_.per_field)
                                                         : block_means(grid, values, request_.per_field);
}

void FeatureTable::add(std::span<const Field> inputs, std::span<const double> parameters) {
  std::vector<Group> groups;
  std::vector<double> raw;
  std::vector<double> logarithmic;
  if (request_.kind == FeatureRequest::Kind::parameters) {
    raw.assign(parameters.begin(), parameters.end());
    groups.assign(parameters.size(), {1, false});
    logarithmic.assign(parameters.size(), unknown);
  } else if (request_.kind != FeatureRequest::Kind::none) {
    for (const Field& field : inputs) {
      const auto features = reduce(field.grid, field.values);
      raw.insert(raw.end(), features.begin(), features.end());
      const bool positive = std::ranges::all_of(field.values, [](double x) { return x > 0.0; });
      groups.push_back({static_cast<Index>(features.size()), positive});
      if (positive) {
        std::vector<double> logarithms(field.values.size());
        std::ranges::transform(field.values, logarithms.begin(), [](double x) { return std::log(x); });
        const auto reduced = reduce(field.grid, logarithms);
        logarithmic.insert(logarithmic.end(), reduced.begin(), reduced.end());
      } else {
        logarithmic.insert(logarithmic.end(), features.size(), unknown);
      }
    }
  }
  add_row(groups, std::move(raw), std::move(logarithmic));
}

void FeatureTable::add_unknown() {
  raw_.emplace_back();
  logarithmic_.emplace_back();
}

void FeatureTable::add_row(const std::vector<Group>& groups, std::vector<double> raw, std::vector<double> logarithmic) {
  if (groups_.empty()) {
    groups_ = groups;
  }
  if (!std::ranges::equal(groups, groups_, {}, &Group::columns, &Group::columns)) {
    throw InputError(
        fmt::format("sample {} has {} fields or parameters of other sizes than the first one ({}): samples of one family have "
                    "the same grid and the same parameters",
                    rows(), groups.size(), groups_.size()));
  }
  for (std::size_t g = 0; g < groups.size(); ++g) {
    groups_[g].positive = groups_[g].positive && groups[g].positive;
  }
  raw_.push_back(std::move(raw));
  logarithmic_.push_back(std::move(logarithmic));
}

std::vector<double> FeatureTable::column(bool logarithmic, Index number) const {
  std::vector<double> result;
  result.reserve(raw_.size());
  for (const auto& row : logarithmic ? logarithmic_ : raw_) {
    result.push_back(row.empty() ? unknown : row[static_cast<std::size_t>(number)]);
  }
  fill_unknown(result);
  return result;
}

FeatureMatrix FeatureTable::finish() const {
  std::vector<std::vector<double>> columns;
  Index first = 0;
  for (const Group& group : groups_) {
    std::vector<std::vector<double>> of_group;
    double total = 0.0;
    for (Index c = first; c < first + group.columns; ++c) {
      of_group.push_back(column(group.positive, c));
      if (request_.kind == FeatureRequest::Kind::parameters) {
        replace_by_ranks(of_group.back());
      }
      total += variance(of_group.back());
    }
    first += group.columns;
    const double scale = request_.kind == FeatureRequest::Kind::parameters ? 1.0 : 1.0 / std::sqrt(total);
    for (auto& values : of_group) {
      if (total > 0.0) {
        std::ranges::transform(values, values.begin(), [scale](double x) { return scale * x; });
        columns.push_back(std::move(values));
      }
    }
  }
  FeatureMatrix matrix{{}, rows(), static_cast<Index>(columns.size())};
  matrix.values.reserve(static_cast<std::size_t>(matrix.rows * matrix.columns));
  for (std::size_t row = 0; row < raw_.size(); ++row) {
    for (const auto& values : columns) {
      matrix.values.push_back(values[row]);
    }
  }
  return matrix;
}

}  // namespace kindred

#include <kindred/kernels/qmc/cubature/sensitivity.hpp>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {
namespace {

/// Outputs for one output of f: mean, second moment, then two numerators a subset.
constexpr std::size_t moments = 2;
std::size_t outputs_each(std::size_t subsets) { return moments + 2 * subsets; }

/// Bounds of an index from those of numerator, mean and second moment; every index lies in [0, 1].
std::pair<double, double> index_bounds(std::pair<double, double> numerator, std::pair<double, double> mean,
                                       std::pair<double, double> second) {
  const double low_square = mean.first * mean.first;
  const double high_square = mean.second * mean.second;
  const bool through_zero = mean.first <= 0.0 && mean.second >= 0.0;
  const double least_variance = second.first - std::max(low_square, high_square);
  const double most_variance = second.second - (through_zero ? 0.0 : std::min(low_square, high_square));
  if (!(most_variance > 0.0)) {
    return {0.0, 1.0};
  }
  const double lower = std::clamp(numerator.first / most_variance, 0.0, 1.0);
  const double upper = least_variance > 0.0 ? std::clamp(numerator.second / least_variance, 0.0, 1.0) : 1.0;
  return {lower, std::max(lower, upper)};
}

/// Points made of x and z, the halves of a block's points, and f there.
class MixedPoints {
 public:
  MixedPoints(Integrand& f, std::span<const double> centre, const PointBlock& block)
      : f_(f), centre_(centre), block_(block), d_(static_cast<std::size_t>(f.dimensions())), points_(block.count * d_) {}

  void take_from_x(std::span<const int> variables) { take(variables, 0); }
  void take_from_z(std::span<const int> variables) { take(variables, d_); }

  /// f − centre, points × outputs.
  [[nodiscard]] std::vector<double> evaluate(std::span<const std::uint8_t> needed) {
    PointBlock mixed = block_;
    mixed.points = points_;
    mixed.needed = needed;
    std::vector<double> values(block_.count * centre_.size());
    f_.evaluate(mixed, values);
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] -= centre_[k % centre_.size()];
    }
    return values;
  }

 private:
  void take(std::span<const int> variables, std::size_t offset) {
    for (std::size_t p = 0; p < block_.count; ++p) {
      for (const int j : variables) {
        points_[p * d_ + static_cast<std::size_t>(j)] = block_.points[p * 2 * d_ + static_cast<std::size_t>(j) + offset];
      }
    }
  }

  Integrand& f_;
  std::span<const double> centre_;
  const PointBlock& block_;
  std::size_t d_;
  std::vector<double> points_;
};

}  // namespace

SensitivityIntegrand::SensitivityIntegrand(Integrand& f, std::vector<std::vector<int>> subsets, std::vector<double> centre)
    : f_(f), subsets_(std::move(subsets)), centre_(std::move(centre)) {
  if (subsets_.empty()) {
    throw InputError("sensitivity indices: no subset of the variables is given");
  }
  for (std::vector<int>& subset : subsets_) {
    std::ranges::sort(subset);
    const bool repeated = std::ranges::adjacent_find(subset) != subset.end();
    if (subset.empty() || repeated || subset.front() < 0 || subset.back() >= f.dimensions()) {
      throw InputError("sensitivity indices: a subset must name some of the variables 0 … " + std::to_string(f.dimensions() - 1) +
                       ", each once");
    }
  }
  centre_.resize(centre_.empty() ? static_cast<std::size_t>(f.outputs()) : centre_.size());
  if (centre_.size() != static_cast<std::size_t>(f.outputs())) {
    throw InputError("sensitivity indices: " + std::to_string(centre_.size()) + " centres for " + std::to_string(f.outputs()) + " outputs");
  }
}

int SensitivityIntegrand::outputs() const { return f_.outputs() * static_cast<int>(outputs_each(subsets_.size())); }

void SensitivityIntegrand::evaluate(const PointBlock& block, std::span<double> values) {
  const auto f_outputs = static_cast<std::size_t>(f_.outputs());
  const std::size_t each = outputs_each(subsets_.size());
  const auto wanted = [&](std::size_t o, std::size_t k) { return block.needed.empty() || block.needed[o * each + k] != 0; };
  std::vector<std::uint8_t> needed(f_outputs, 0);
  for (std::size_t o = 0; o < f_outputs; ++o) {
    for (std::size_t k = 0; k < each; ++k) {
      needed[o] |= wanted(o, k) ? 1 : 0;
    }
  }
  MixedPoints points(f_, centre_, block);
  std::vector<int> all(static_cast<std::size_t>(f_.dimensions()));
  std::iota(all.begin(), all.end(), 0);
  points.take_from_x(all);
  const std::vector<double> at_x = points.evaluate(needed);
  points.take_from_z(all);
  const std::vector<double> at_z = points.evaluate(needed);
  for (std::size_t k = 0; k < at_x.size(); ++k) {  // k: point and output
    values[k * each] = 0.5 * (at_x[k] + at_z[k]);
    values[k * each + 1] = 0.5 * (at_x[k] * at_x[k] + at_z[k] * at_z[k]);
  }
  for (std::size_t s = 0; s < subsets_.size(); ++s) {
    const std::size_t closed = moments + 2 * s;
    for (std::size_t o = 0; o < f_outputs; ++o) {
      needed[o] = wanted(o, closed) || wanted(o, closed + 1) ? 1 : 0;
    }
    if (std::ranges::find(needed, 1) == needed.end()) {
      continue;
    }
    points.take_from_x(subsets_[s]);
    const std::vector<double> mixed = subsets_[s].size() == all.size() ? at_x : points.evaluate(needed);
    points.take_from_z(subsets_[s]);
    for (std::size_t k = 0; k < mixed.size(); ++k) {
      values[k * each + closed] = at_x[k] * (mixed[k] - at_z[k]);
      values[k * each + closed + 1] = 0.5 * (at_z[k] - mixed[k]) * (at_z[k] - mixed[k]);
    }
  }
}

int SensitivityIntegrand::quantity(int output, int subset, bool total) const {
  return 2 * (output * static_cast<int>(subsets_.size()) + subset) + (total ? 1 : 0);
}

Quantities SensitivityIntegrand::quantities() const {
  const std::size_t subsets = subsets_.size();
  const auto f_outputs = static_cast<std::size_t>(f_.outputs());
  Quantities quantities;
  quantities.count = static_cast<int>(2 * subsets * f_outputs);
  quantities.bounds = [subsets, f_outputs](std::span<const double> mean_lower, std::span<const double> mean_upper, std::span<double> lower,
                                           std::span<double> upper) {
    for (std::size_t o = 0; o < f_outputs; ++o) {
      const std::size_t base = o * outputs_each(subsets);
      const auto mean = [&](std::size_t k) { return std::pair{mean_lower[base + k], mean_upper[base + k]}; };
      for (std::size_t k = 0; k < 2 * subsets; ++k) {
        const auto [low, high] = index_bounds(mean(moments + k), mean(0), mean(1));
        lower[o * 2 * subsets + k] = low;
        upper[o * 2 * subsets + k] = high;
      }
    }
  };
  quantities.dependency = [subsets, f_outputs](std::span<const std::uint8_t> unfinished, std::span<std::uint8_t> needed) {
    for (std::size_t o = 0; o < f_outputs; ++o) {
      const std::size_t base = o * outputs_each(subsets);
      for (std::size_t k = 0; k < 2 * subsets; ++k) {
        if (unfinished[o * 2 * subsets + k] != 0) {
          needed[base] = needed[base + 1] = needed[base + moments + k] = 1;
        }
      }
    }
  };
  return quantities;
}

}  // namespace kindred::qmc

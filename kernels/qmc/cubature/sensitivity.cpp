#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/cubature/sensitivity.hpp>

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
  const auto d = static_cast<std::size_t>(f_.dimensions());
  const auto f_outputs = static_cast<std::size_t>(f_.outputs());
  const std::size_t each = outputs_each(subsets_.size());
  const auto wanted = [&](std::size_t o, std::size_t k) { return block.needed.empty() || block.needed[o * each + k] != 0; };
  const auto wanted_of_subset = [&](std::size_t o, std::size_t s) { return wanted(o, moments + 2 * s) || wanted(o, moments + 2 * s + 1); };
  std::vector<std::uint8_t> any(f_outputs, 0);
  for (std::size_t o = 0; o < f_outputs; ++o) {
    for (std::size_t k = 0; k < each; ++k) {
      any[o] |= wanted(o, k) ? 1 : 0;
    }
  }
  std::vector<double> points(block.count * d);
  const auto evaluate_f = [&](std::span<const std::uint8_t> needed, std::vector<double>& result) {
    PointBlock inner = block;
    inner.points = points;
    inner.needed = needed;
    result.resize(block.count * f_outputs);
    f_.evaluate(inner, result);
    for (std::size_t k = 0; k < result.size(); ++k) {
      result[k] -= centre_[k % f_outputs];
    }
  };
  const auto take = [&](std::size_t j, bool from_x) {
    for (std::size_t p = 0; p < block.count; ++p) {
      points[p * d + j] = block.points[p * 2 * d + j + (from_x ? 0 : d)];
    }
  };
  std::vector<double> at_x;
  std::vector<double> at_z;
  std::vector<double> mixed;
  for (std::size_t j = 0; j < d; ++j) {
    take(j, true);
  }
  evaluate_f(any, at_x);
  for (std::size_t j = 0; j < d; ++j) {
    take(j, false);
  }
  evaluate_f(any, at_z);
  for (std::size_t p = 0; p < block.count; ++p) {
    for (std::size_t o = 0; o < f_outputs; ++o) {
      const double x = at_x[p * f_outputs + o];
      const double z = at_z[p * f_outputs + o];
      double* const row = values.data() + (p * f_outputs + o) * each;
      row[0] = 0.5 * (x + z);
      row[1] = 0.5 * (x * x + z * z);
    }
  }
  std::vector<std::uint8_t> needed(f_outputs);
  for (std::size_t s = 0; s < subsets_.size(); ++s) {
    for (std::size_t o = 0; o < f_outputs; ++o) {
      needed[o] = wanted_of_subset(o, s) ? 1 : 0;
    }
    if (std::ranges::find(needed, 1) == needed.end()) {
      continue;
    }
    const bool all = subsets_[s].size() == d;
    for (const int j : subsets_[s]) {
      take(static_cast<std::size_t>(j), true);
    }
    if (all) {
      mixed = at_x;
    } else {
      evaluate_f(needed, mixed);
    }
    for (const int j : subsets_[s]) {
      take(static_cast<std::size_t>(j), false);
    }
    for (std::size_t p = 0; p < block.count; ++p) {
      for (std::size_t o = 0; o < f_outputs; ++o) {
        const double x = at_x[p * f_outputs + o];
        const double z = at_z[p * f_outputs + o];
        const double m = mixed[p * f_outputs + o];
        double* const row = values.data() + (p * f_outputs + o) * each + moments + 2 * s;
        row[0] = x * (m - z);
        row[1] = 0.5 * (z - m) * (z - m);
      }
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

#include <kindred/kernels/qmc/cubature/quantities.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void check_output(int output) {
  if (output < 0) {
    throw InputError("quantities: output " + std::to_string(output) + "; outputs are counted from 0");
  }
}

/// What a quantity depends on must be among the means.
void check_means(int highest, std::size_t means) {
  if (static_cast<std::size_t>(highest) >= means) {
    throw InputError("quantities: output " + std::to_string(highest) + " of an integrand that has " + std::to_string(means));
  }
}

struct Interval {
  double lower;
  double upper;
};

/// [a]/[b]; all numbers where b may be zero, none where it is.
Interval quotient(Interval a, Interval b) {
  if (b.lower == 0.0 && b.upper == 0.0) {
    return {std::nan(""), std::nan("")};
  }
  if (b.lower <= 0.0 && b.upper >= 0.0) {
    return {-infinity, infinity};
  }
  const double ends[] = {a.lower / b.lower, a.lower / b.upper, a.upper / b.lower, a.upper / b.upper};
  const auto [least, most] = std::ranges::minmax(ends);
  return {least, most};
}

}  // namespace

Quantities means_of(const std::vector<int>& outputs) {
  std::ranges::for_each(outputs, check_output);
  Quantities quantities;
  quantities.count = static_cast<int>(outputs.size());
  const int highest = outputs.empty() ? 0 : std::ranges::max(outputs);
  quantities.bounds = [outputs, highest](std::span<const double> mean_lower, std::span<const double> mean_upper, std::span<double> lower,
                                         std::span<double> upper) {
    check_means(highest, mean_lower.size());
    for (std::size_t q = 0; q < outputs.size(); ++q) {
      lower[q] = mean_lower[static_cast<std::size_t>(outputs[q])];
      upper[q] = mean_upper[static_cast<std::size_t>(outputs[q])];
    }
  };
  quantities.dependency = [outputs](std::span<const std::uint8_t> unfinished, std::span<std::uint8_t> needed) {
    for (std::size_t q = 0; q < outputs.size(); ++q) {
      needed[static_cast<std::size_t>(outputs[q])] |= unfinished[q];
    }
  };
  return quantities;
}

Quantities ratios(const std::vector<std::pair<int, int>>& pairs) {
  int highest = 0;
  for (const auto& [numerator, denominator] : pairs) {
    check_output(numerator);
    check_output(denominator);
    highest = std::max({highest, numerator, denominator});
  }
  Quantities quantities;
  quantities.count = static_cast<int>(pairs.size());
  quantities.bounds = [pairs, highest](std::span<const double> mean_lower, std::span<const double> mean_upper, std::span<double> lower,
                                       std::span<double> upper) {
    check_means(highest, mean_lower.size());
    const auto mean = [&](int i) { return Interval{mean_lower[static_cast<std::size_t>(i)], mean_upper[static_cast<std::size_t>(i)]}; };
    for (std::size_t q = 0; q < pairs.size(); ++q) {
      const Interval bounds = quotient(mean(pairs[q].first), mean(pairs[q].second));
      lower[q] = bounds.lower;
      upper[q] = bounds.upper;
    }
  };
  quantities.dependency = [pairs](std::span<const std::uint8_t> unfinished, std::span<std::uint8_t> needed) {
    for (std::size_t q = 0; q < pairs.size(); ++q) {
      needed[static_cast<std::size_t>(pairs[q].first)] |= unfinished[q];
      needed[static_cast<std::size_t>(pairs[q].second)] |= unfinished[q];
    }
  };
  return quantities;
}

}  // namespace kindred::qmc

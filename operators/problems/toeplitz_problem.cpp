#include <kindred/operators/problems/toeplitz_problem.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace kindred {

std::vector<Index> toeplitz_extents(const Domain& domain, std::string_view problem) {
  require_no_sides(domain, problem, ": it knows points and their differences alone");
  std::vector<Index> extents;
  extents.reserve(domain.grid.axes.size());
  for (const Axis& axis : domain.grid.axes) {
    extents.push_back(axis.cells);
  }
  return extents;
}

std::vector<double> symmetric_taps(std::vector<double> values, std::string_view formula) {
  double largest = 0.0;
  for (const double v : values) {
    largest = std::max(largest, std::abs(v));
  }
  constexpr double rounding = 1e-12;
  for (std::size_t k = 0; k < values.size() / 2; ++k) {
    double& one = values[k];
    double& other = values[values.size() - 1 - k];
    if (std::abs(one - other) > rounding * largest) {
      throw InputError(
          fmt::format("a covariance is the same for a difference of two points and its negative, and the formula \"{}\" is not: "
                      "{} and {}",
                      formula, one, other));
    }
    one = other = 0.5 * (one + other);
  }
  return values;
}

}  // namespace kindred

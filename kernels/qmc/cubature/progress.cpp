#include <kindred/kernels/qmc/cubature/progress.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void check(const std::string& rule, const Goal& goal, std::size_t means) {
  const Tolerance& tolerance = goal.tolerance;
  if (!(tolerance.absolute >= 0.0) || !(tolerance.relative >= 0.0)) {
    throw InputError(rule + ": tolerances must not be negative");
  }
  const bool either = tolerance.rule == Tolerance::Rule::either;
  if (either ? tolerance.absolute == 0.0 && tolerance.relative == 0.0 : tolerance.absolute == 0.0 || tolerance.relative == 0.0) {
    throw InputError(rule + ": a tolerance of zero is never met; give a positive " +
                     (either ? "absolute or relative one" : "absolute and relative one, of which the smaller counts"));
  }
  if (goal.most_points == 0) {
    throw InputError(rule + ": no point is allowed (most_points = 0)");
  }
  if (means == 0) {
    throw InputError(rule + ": the integrand has no output besides control variates");
  }
  if (goal.quantities.count < 0 || (goal.quantities.count > 0 && !goal.quantities.bounds)) {
    throw InputError(rule + ": quantities need a count that is not negative and a function `bounds`");
  }
}

}  // namespace

Progress::Progress(std::string rule, const Goal& goal, std::size_t means, Answer answer)
    : rule_(std::move(rule)), goal_(goal), answer_(answer), needed_(means, 1) {
  check(rule_, goal, means);
  const std::size_t quantities = goal.quantities.count == 0 ? means : static_cast<std::size_t>(goal.quantities.count);
  estimate_.mean.resize(means);
  estimate_.mean_lower.assign(means, -infinity);
  estimate_.mean_upper.assign(means, infinity);
  estimate_.value.resize(quantities);
  estimate_.lower.assign(quantities, -infinity);
  estimate_.upper.assign(quantities, infinity);
  estimate_.finished.assign(quantities, 0);
}

bool Progress::step(std::uint64_t points, double cost, bool may_finish) {
  update_quantities(may_finish);
  update_needed();
  estimate_.points = points;
  estimate_.cost = cost;
  double half_width = 0.0;
  for (std::size_t q = 0; q < estimate_.value.size(); ++q) {
    half_width = std::max(half_width, 0.5 * (estimate_.upper[q] - estimate_.lower[q]));
  }
  estimate_.history.push_back({points, half_width});
  const bool done = std::ranges::find(estimate_.finished, 0) == estimate_.finished.end();
  estimate_.outcome = done ? Outcome::tolerance_met : Outcome::stopped;
  const bool wanted = !goal_.observer || goal_.observer(estimate_);
  return wanted && !done;
}

bool Progress::allows(std::uint64_t points, std::uint64_t available) {
  if (points <= goal_.most_points && points <= available) {
    return true;
  }
  estimate_.outcome = Outcome::point_limit;
  estimate_.warnings.push_back(
      rule_ + ": the tolerance is not met; the next step would take " + std::to_string(points) + " evaluations, more than the " +
      (points > goal_.most_points ? std::to_string(goal_.most_points) + " allowed" : std::to_string(available) + " there are"));
  return false;
}

void Progress::update_quantities(bool may_finish) {
  const Quantities& quantities = goal_.quantities;
  const std::size_t count = estimate_.value.size();
  std::vector<double> lower = estimate_.mean_lower;
  std::vector<double> upper = estimate_.mean_upper;
  std::vector<double> point = estimate_.mean;  // the quantities at the means, where their bounds are infinite
  if (quantities.count > 0) {
    std::vector<double> other(count);
    lower.resize(count);
    upper.resize(count);
    point.resize(count);
    quantities.bounds(estimate_.mean_lower, estimate_.mean_upper, lower, upper);
    quantities.bounds(estimate_.mean, estimate_.mean, point, other);
    for (std::size_t q = 0; q < count; ++q) {
      point[q] = std::isfinite(point[q]) && std::isfinite(other[q]) ? 0.5 * (point[q] + other[q]) : std::nan("");
    }
  }
  excess_ = 1.0;
  for (std::size_t q = 0; q < count; ++q) {
    if (estimate_.finished[q] != 0) {
      continue;
    }
    const bool none = std::isnan(lower[q]) || std::isnan(upper[q]);
    if (none && may_finish) {
      throw InputError(rule_ + ": the quantity " + name(q) +
                       " has no value: it divides by a mean that is zero at every point so far; leave it out or, if what it divides by is "
                       "the probability of a rare event, begin with more points");
    }
    const double a = none ? -infinity : lower[q];
    const double b = none ? infinity : upper[q];
    if (!(a <= b)) {
      throw InputError(rule_ + ": the bounds of the quantity " + name(q) + " are " + std::to_string(a) + " and " + std::to_string(b) +
                       "; a lower bound must not exceed the upper one");
    }
    const bool finite = std::isfinite(a) && std::isfinite(b);
    const double at_a = finite ? goal_.tolerance.at(a) : 0.0;
    const double at_b = finite ? goal_.tolerance.at(b) : 0.0;
    estimate_.lower[q] = a;
    estimate_.upper[q] = b;
    const bool of_means = !finite || answer_ == Answer::of_means;
    estimate_.value[q] = of_means ? point[q] : 0.5 * ((a + b) + (at_a - at_b));
    // A tolerance that the bounds exhaust exactly is met, whatever the rounding of a and b.
    const double rounding = 4.0 * std::numeric_limits<double>::epsilon() * std::max(std::abs(a), std::abs(b));
    const auto times = [rounding](double width, double allowed) { return width > 0.0 ? width / (allowed + rounding) : 0.0; };
    double excess = infinity;
    if (finite && answer_ == Answer::between_bounds) {
      excess = times(b - a, at_a + at_b);
    } else if (finite) {
      excess = std::max(times(point[q] - a, at_a), times(b - point[q], at_b));
    }
    estimate_.finished[q] = may_finish && excess <= 1.0 ? 1 : 0;
    excess_ = estimate_.finished[q] == 0 ? std::max(excess_, excess) : excess_;
  }
}

std::string Progress::name(std::size_t quantity) const {
  const auto& names = goal_.quantities.names;
  return quantity < names.size() ? '"' + names[quantity] + '"' : std::to_string(quantity);
}

void Progress::update_needed() {
  std::vector<std::uint8_t> unfinished(estimate_.finished.size());
  std::ranges::transform(estimate_.finished, unfinished.begin(), [](std::uint8_t done) -> std::uint8_t { return done == 0 ? 1 : 0; });
  std::vector<std::uint8_t> now(needed_.size(), 1);
  if (goal_.quantities.count == 0) {
    now = unfinished;
  } else if (goal_.quantities.dependency) {
    std::ranges::fill(now, std::uint8_t{0});
    goal_.quantities.dependency(unfinished, now);
  }
  for (std::size_t i = 0; i < needed_.size(); ++i) {
    needed_[i] = needed_[i] != 0 && now[i] != 0 ? 1 : 0;
  }
}

}  // namespace kindred::qmc

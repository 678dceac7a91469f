#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace kindred::qmc {

/// How far an answer may be from the truth v: `either` max(absolute, relative |v|), `both` min(absolute, relative |v|).
struct Tolerance {
  enum class Rule { either, both };
  double absolute = 1e-2;
  double relative = 0.0;
  Rule rule = Rule::either;

  [[nodiscard]] double at(double v) const {
    const double scaled = relative * std::abs(v);
    return rule == Rule::either ? std::max(absolute, scaled) : std::min(absolute, scaled);
  }
};

/// What is wanted of the means μ of an integrand's outputs: the means themselves, or functions of them such as ratios and sensitivity
/// indices, given by how they carry bounds of the means to bounds of the quantities.
struct Quantities {
  int count = 0;  ///< 0: the means themselves, and the functions below are not used
  /// Bounds of the quantities from bounds of the means; may be infinite, or not a number: no value of the means gives the quantity one.
  std::function<void(std::span<const double> mean_lower, std::span<const double> mean_upper, std::span<double> lower,
                     std::span<double> upper)>
      bounds;
  /// Sets needed[i] = 1 for the means that the unfinished quantities depend on.
  std::function<void(std::span<const std::uint8_t> unfinished, std::span<std::uint8_t> needed)> dependency;
  std::vector<std::string> names = {};  ///< of the quantities, for messages; may be empty
};

enum class Outcome {
  tolerance_met,
  point_limit,  ///< the next step would take more points than allowed; the bounds are the ones reached
  stopped,      ///< the observer said so
  level_limit,  ///< multilevel: the finest level allowed is too coarse
};

/// One step of a rule.
struct Step {
  std::uint64_t points = 0;  ///< evaluations up to here, of all replicates and levels
  double half_width = 0.0;   ///< the largest of all quantities
};

/// An answer with its bounds.
struct Estimate {
  std::vector<double> value, lower, upper;           ///< of the quantities
  std::vector<double> mean, mean_lower, mean_upper;  ///< of the integrand's outputs
  std::vector<std::uint8_t> finished;                ///< quantities whose tolerance is met
  std::uint64_t points = 0;                          ///< evaluations, of all replicates and levels
  double cost = 0.0;                                 ///< multilevel: Σ evaluations · cost; elsewhere the evaluations
  Outcome outcome = Outcome::tolerance_met;
  double confidence = 1.0;  ///< probability with which all bounds hold at once, under the statement's assumptions
  std::string statement;    ///< what the bounds rest on, one sentence
  std::vector<std::string> warnings;
  std::vector<Step> history;
};

/// Sees the answer so far after every step; returning false ends the rule.
using Observer = std::function<bool(const Estimate& so_far)>;

/// What to compute, how well, and for how much.
struct Goal {
  Tolerance tolerance;
  Quantities quantities = {};
  std::uint64_t most_points = std::uint64_t{1} << 35U;  ///< evaluations
  Observer observer = {};
};

}  // namespace kindred::qmc

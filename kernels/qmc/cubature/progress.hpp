#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <kindred/kernels/qmc/cubature/estimate.hpp>

namespace kindred::qmc {

/// What every rule does with the bounds of its means: carries them to the goal's quantities, finishes those whose tolerance is met, keeps
/// the history, asks the observer, and says what is still needed.
///
/// With bounds [a, b] of a quantity and the tolerance function ε, v = (a + b + ε(a) − ε(b))/2 is within ε of every number in [a, b] if
/// b − a ≤ ε(a) + ε(b) (Hickernell, Jiménez Rugama and Li, in: MCQMC 2016, 367-389). A finished quantity stays as it is, whatever becomes
/// of its means: they may be evaluated no more.
class Progress {
 public:
  /// The value of a quantity: v as above, or the quantity of the means, where they are better than the middle of their bounds; then a
  /// quantity is finished when its value is within ε of either bound.
  enum class Answer { between_bounds, of_means };

  /// @throws InputError if the tolerance can never be met, no point is allowed, or the quantities have no bounds
  Progress(std::string rule, const Goal& goal, std::size_t means, Answer answer = Answer::between_bounds);

  [[nodiscard]] Estimate& estimate() { return estimate_; }
  /// For every mean, whether an unfinished quantity depends on it. What was not needed once never is again.
  [[nodiscard]] std::span<const std::uint8_t> needed() const { return needed_; }

  /// Ends a step for which mean, mean_lower and mean_upper have been written to the estimate.
  /// @param points  evaluations up to here
  /// @param cost  of them
  /// @param may_finish  false: a look in between, at bounds that are not yet good enough to finish anything
  /// @returns whether the rule is to go on
  /// @throws InputError if the quantities' bounds are not in order, or not a number where they may finish
  bool step(std::uint64_t points) { return step(points, static_cast<double>(points)); }
  bool step(std::uint64_t points, double cost, bool may_finish = true);

  /// How many times too wide the bounds of the unfinished quantities are, at most; at least 1, infinite where they are.
  [[nodiscard]] double excess() const { return excess_; }

  /// The next step would take this many evaluations: whether the goal allows it and the rule has as many. If not, that is the outcome.
  bool allows(std::uint64_t points, std::uint64_t available = std::numeric_limits<std::uint64_t>::max());

 private:
  void update_quantities(bool may_finish);
  [[nodiscard]] std::string name(std::size_t quantity) const;
  void update_needed();

  std::string rule_;
  const Goal& goal_;
  Answer answer_;
  Estimate estimate_;
  std::vector<std::uint8_t> needed_;
  double excess_ = std::numeric_limits<double>::infinity();
};

}  // namespace kindred::qmc

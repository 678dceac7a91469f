#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <kindred/kernels/qmc/cubature/evaluation.hpp>
#include <kindred/kernels/qmc/cubature/multilevel.hpp>
#include <kindred/kernels/qmc/cubature/progress.hpp>

namespace kindred::qmc {

/// What multilevel rules have in common: the tolerances τ of the outputs' root mean square errors from one pass to the next, the test of
/// the bias, the levels, and the report. A rule says how a level is sampled and how the variance is reduced.
class MultilevelRule {
 public:
  virtual ~MultilevelRule() = default;
  MultilevelRule(const MultilevelRule&) = delete;
  MultilevelRule& operator=(const MultilevelRule&) = delete;
  MultilevelEstimate run();

 protected:
  /// @param largest_share  of θ, where continuation chooses it
  MultilevelRule(std::string rule, MultilevelIntegrand& integrand, const MultilevelOptions& options, const Goal& goal, int replicates,
                 double largest_share);

  /// Of a level's average, for an output that is needed.
  [[nodiscard]] virtual double mean(std::size_t level, std::size_t output) const = 0;
  [[nodiscard]] virtual double variance(std::size_t level, std::size_t output) const = 0;
  /// Makes the next level. @returns its first number of points, of every replicate
  virtual std::uint64_t open(int level) = 0;
  /// Evaluates so many more points of every replicate.
  virtual void sample(std::size_t level, std::uint64_t more) = 0;
  /// Until Σ variance ≤ variance_target of every output that is needed. @returns false if the goal or the observer ends the rule
  virtual bool reduce_variance() = 0;

  [[nodiscard]] std::size_t levels() const { return report_.levels.size(); }
  [[nodiscard]] std::size_t outputs() const { return outputs_; }
  [[nodiscard]] bool needed(std::size_t output) const { return progress_.needed()[output] != 0; }
  [[nodiscard]] double variance_target(std::size_t output) const { return (1.0 - share_) * tau_[output] * tau_[output]; }
  [[nodiscard]] bool variance_met() const;
  [[nodiscard]] double cost(std::size_t level) const { return report_.levels[level].cost; }
  /// Points of every replicate that the level has.
  [[nodiscard]] std::uint64_t points(std::size_t level) const { return report_.levels[level].points / replicates_; }
  /// Takes so many more points of every replicate on every level. @returns false if the goal or the observer ends the rule
  bool take(const std::vector<std::uint64_t>& more);
  /// Shows the observer what is known. @returns false if it ends the rule
  bool look();
  /// Key of the random words of a level.
  [[nodiscard]] std::uint64_t level_seed(int level) const;

  std::string rule_;
  MultilevelIntegrand& integrand_;
  FiniteIntegrand finite_;
  const MultilevelOptions& options_;
  const Goal& goal_;
  Progress progress_;

 private:
  bool add_level();
  void set_targets();
  void set_share();
  void write_bounds();
  void update_bias();
  [[nodiscard]] bool bias_met() const;
  [[nodiscard]] MultilevelEstimate finish();

  std::size_t outputs_;
  std::uint64_t replicates_;
  double largest_share_;
  double share_;
  double width_;  // half-width of bounds, in root mean square errors
  int stage_ = 0;
  std::vector<double> tau_;
  std::uint64_t points_ = 0;
  double cost_ = 0.0;
  MultilevelReport report_;
};

}  // namespace kindred::qmc

#include <kindred/kernels/qmc/cubature/monte_carlo.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/cubature/evaluation.hpp>
#include <kindred/kernels/qmc/cubature/progress.hpp>
#include <kindred/kernels/qmc/cubature/replicated_means.hpp>
#include <kindred/kernels/qmc/cubature/sample_moments.hpp>

namespace kindred::qmc {
namespace {

/// Of the accuracy from one step to the next, where it is not known how accurate the averages must be.
constexpr double largest_growth = 8.0;

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// What both rules have: points of one replicate, taken in turn, and the pilot's standard deviations.
class MonteCarlo {
 public:
  MonteCarlo(std::string rule, Integrand& integrand, const MonteCarloOptions& options, const Goal& goal)
      : rule_(std::move(rule)),
        integrand_(rule_, integrand),
        outputs_(static_cast<std::size_t>(integrand.outputs())),
        goal_(goal),
        progress_(rule_, goal, outputs_),
        sampler_(Independent{integrand.dimensions()}, {Scramble::none, options.seed}),
        pilot_(outputs_),
        averages_(outputs_),
        deviations_(outputs_) {
    if (!(options.confidence > 0.0 && options.confidence < 1.0)) {
      throw InputError(rule_ + ": a confidence of " + std::to_string(options.confidence) + " is not between 0 and 1");
    }
    if (!(options.inflate >= 1.0)) {
      throw InputError(rule_ + ": inflate = " + std::to_string(options.inflate) + " is below 1");
    }
    if (options.pilot_points < 4) {
      throw InputError(rule_ + ": a pilot of " + std::to_string(options.pilot_points) + " points; at least 4 are needed");
    }
    progress_.estimate().confidence = options.confidence;
    alpha_ = (1.0 - options.confidence) / static_cast<double>(outputs_);
  }

  [[nodiscard]] Progress& progress() { return progress_; }
  [[nodiscard]] const SampleMoments& pilot() const { return pilot_; }
  [[nodiscard]] std::uint64_t points() const { return points_; }
  [[nodiscard]] std::size_t outputs() const { return outputs_; }
  /// Of every output.
  [[nodiscard]] double alpha() const { return alpha_; }

  /// The pilot, and the standard deviations that follow.
  bool take_pilot(const MonteCarloOptions& options) {
    if (!progress_.allows(options.pilot_points)) {
      return false;
    }
    evaluate(options.pilot_points, pilot_);
    for (std::size_t i = 0; i < outputs_; ++i) {
      deviations_[i] = options.inflate * std::sqrt(pilot_.variance(i));
    }
    return true;
  }

  /// Further points for the averages: so many, or what the goal allows of them if that is `least` or more.
  bool take(std::uint64_t count, std::uint64_t least) {
    const std::uint64_t room = goal_.most_points - points_;
    if (count > room && room >= std::max<std::uint64_t>(least, 1)) {
      count = room;
    }
    if (!progress_.allows(points_ + std::min(count, std::numeric_limits<std::uint64_t>::max() - points_))) {
      return false;
    }
    evaluate(count, averages_);
    return true;
  }
  /// The same for new averages, if they are of more points than those so far.
  bool take_anew(std::uint64_t count) {
    const SampleMoments before = std::exchange(averages_, SampleMoments(outputs_));
    const bool taken = take(count, before.count() + 1);
    averages_ = taken ? averages_ : before;
    return taken;
  }
  [[nodiscard]] std::uint64_t averaged() const { return averages_.count(); }

  /// Bounds at the averages, `errors` standard deviations to either side.
  void write_bounds(const SampleMoments& moments, double errors) {
    Estimate& estimate = progress_.estimate();
    for (std::size_t i = 0; i < outputs_; ++i) {
      if (progress_.needed()[i] != 0) {
        estimate.mean[i] = moments.mean(i);
        estimate.mean_lower[i] = estimate.mean[i] - errors * deviations_[i];
        estimate.mean_upper[i] = estimate.mean[i] + errors * deviations_[i];
      }
    }
  }
  [[nodiscard]] const SampleMoments& averages() const { return averages_; }

  /// Whether the half-widths that the outputs need are known beforehand.
  [[nodiscard]] bool fixed_width() const { return goal_.quantities.count == 0 && goal_.tolerance.relative == 0.0; }
  /// The smallest of ε/deviation over the outputs.
  [[nodiscard]] double fixed_error() const {
    const double largest = *std::ranges::max_element(deviations_);
    return largest > 0.0 ? goal_.tolerance.absolute / largest : std::numeric_limits<double>::infinity();
  }

 private:
  void evaluate(std::uint64_t count, SampleMoments& moments) {
    evaluate_replicates(integrand_, 0, sampler_, points_, points_ + count, progress_.needed(),
                        [&](int /*replicate*/, std::span<const double> values) { moments.add(values); });
    points_ += count;
  }

  std::string rule_;
  FiniteIntegrand integrand_;
  std::size_t outputs_;
  const Goal& goal_;
  Progress progress_;
  Sampler sampler_;
  SampleMoments pilot_, averages_;
  std::vector<double> deviations_;
  double alpha_ = 0.0;
  std::uint64_t points_ = 0;
};

/// The error that so many points guarantee.
double guaranteed_error(std::uint64_t points, double alpha, double kurtosis) {
  double low = std::log2(1.0 / std::sqrt(static_cast<double>(points))) - 1.0;
  double high = std::log2(1.0 / std::sqrt(alpha * static_cast<double>(points)));  // Chebyshev's
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (guaranteed_points(std::exp2(middle), alpha, kurtosis) > static_cast<double>(points) ? low : high) = middle;
  }
  return std::exp2(high);
}

std::uint64_t rounded_up(double points) {
  return points < 0x1.0p63 ? static_cast<std::uint64_t>(std::ceil(points)) : std::uint64_t{1} << 63U;
}

}  // namespace

Estimate monte_carlo_clt(Integrand& integrand, const MonteCarloOptions& options, const Goal& goal) {
  MonteCarlo run("monte_carlo_clt", integrand, options, goal);
  Progress& progress = run.progress();
  progress.estimate().statement =
      "Normal intervals with standard deviations of a pilot sample, made larger by the factor inflate; they hold as far as averages are "
      "normal.";
  if (!run.take_pilot(options)) {
    return progress.estimate();
  }
  const double z = -normal_quantile(0.5 * run.alpha());
  run.write_bounds(run.pilot(), z / std::sqrt(static_cast<double>(options.pilot_points)));
  if (!progress.step(run.points(), static_cast<double>(run.points()), false)) {
    return progress.estimate();
  }
  double wanted = run.fixed_width()
                      ? std::pow(z / run.fixed_error(), 2.0)
                      : static_cast<double>(options.pilot_points) * std::pow(std::min(progress.excess(), largest_growth), 2.0);
  while (true) {
    // Not fewer than the pilot's, for the central limit theorem's sake.
    const std::uint64_t n = std::max({rounded_up(wanted), options.pilot_points, run.averaged() + 1});
    if (!run.take(n - run.averaged(), run.averaged() == 0 ? options.pilot_points : 1)) {
      break;
    }
    const auto averaged = static_cast<double>(run.averaged());
    run.write_bounds(run.averages(), z / std::sqrt(averaged));
    if (!progress.step(run.points())) {
      break;
    }
    wanted = averaged * std::pow(std::clamp(progress.excess(), 1.01, largest_growth), 2.0);
  }
  return progress.estimate();
}

double kurtosis_cap(std::uint64_t pilot_points, double inflate, double alpha) {
  const auto n = static_cast<double>(pilot_points);
  const double gain = 1.0 - 1.0 / (inflate * inflate);
  return (n - 3.0) / (n - 1.0) + alpha * n / (1.0 - alpha) * gain * gain;
}

double guaranteed_points(double error, double alpha, double kurtosis) {
  const double chebyshev = std::ceil(1.0 / (alpha * error * error));
  const double third_moment = std::pow(kurtosis, 0.75);
  // Berry and Esseen's inequality, with the constants of Shevtsova and, for large errors, of Nefedova and Shevtsova.
  const auto risk = [&](double n) {
    const double root = std::sqrt(n);
    const double scaled = root * error;
    return normal_distribution(-scaled) +
           std::min(0.3328 * (third_moment + 0.429), 18.1139 * third_moment / (1.0 + scaled * scaled * scaled)) / root;
  };
  double low = 0.0;
  double high = std::log2(std::max(chebyshev, 2.0));
  if (!std::isfinite(high) || risk(chebyshev) > 0.5 * alpha) {
    return chebyshev;
  }
  for (int step = 0; step < 60; ++step) {  // bisection of log₂ n
    const double middle = 0.5 * (low + high);
    (risk(std::exp2(middle)) > 0.5 * alpha ? low : high) = middle;
  }
  return std::min(chebyshev, std::ceil(std::exp2(high)));
}

Estimate monte_carlo_guaranteed(Integrand& integrand, const MonteCarloOptions& options, const Goal& goal) {
  const std::string rule = "monte_carlo_guaranteed";
  MonteCarlo run(rule, integrand, options, goal);
  Progress& progress = run.progress();
  const double alpha_deviation = 0.5 * run.alpha();
  const double alpha_mean = 1.0 - (1.0 - run.alpha()) / (1.0 - alpha_deviation);
  const double cap = kurtosis_cap(options.pilot_points, options.inflate, alpha_deviation);
  if (!(cap > 1.0)) {
    throw InputError(rule + ": no integrand has a kurtosis below " + std::to_string(cap) +
                     ", for which the bounds would hold; take more pilot points, or a larger factor inflate");
  }
  progress.estimate().statement = "The bounds are guaranteed for integrands of kurtosis up to " + std::to_string(cap) + ".";
  if (!run.take_pilot(options)) {
    return progress.estimate();
  }
  for (std::size_t i = 0; i < run.outputs(); ++i) {
    if (run.pilot().kurtosis(i) > cap) {
      progress.estimate().warnings.push_back(rule + ": the pilot's kurtosis of output " + std::to_string(i) + " is " +
                                             std::to_string(run.pilot().kurtosis(i)) + ", beyond the " + std::to_string(cap) +
                                             " for which the bounds are guaranteed; take more pilot points");
    }
  }
  // In standard deviations: the error to reach, and the risk that the stage may run.
  double error = run.fixed_error();
  double alpha = alpha_mean;
  if (!run.fixed_width()) {
    error = 0.1;
    alpha *= 0.5;
  }
  while (true) {
    const std::uint64_t n = std::isinf(error) ? 1 : rounded_up(guaranteed_points(error, alpha, cap));
    if (!run.take_anew(n)) {
      break;
    }
    error = run.averaged() < n ? guaranteed_error(run.averaged(), alpha, cap) : error;
    run.write_bounds(run.averages(), std::isinf(error) ? 0.0 : error);
    if (!progress.step(run.points())) {
      break;
    }
    error /= std::clamp(1.05 * progress.excess(), 1.1, largest_growth);
    alpha *= 0.5;
  }
  return progress.estimate();
}

}  // namespace kindred::qmc

#include <kindred/kernels/qmc/cubature/multilevel_rule.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/cubature/sum.hpp>

namespace kindred::qmc {
namespace {

constexpr int continuation_stages = 9;
constexpr double continuation_factor = 1.668;  // 100^(1/9)
constexpr double smallest_share = 0.01;
/// Of the accuracy from one pass to the next, where it is not known how accurate the means must be.
constexpr double largest_growth = 8.0;

void check(const std::string& rule, const MultilevelIntegrand& integrand, const MultilevelOptions& options) {
  if (options.levels_min < 1 || options.levels_max < options.levels_min || options.levels_min >= integrand.levels()) {
    throw InputError(rule + ": levels_min = " + std::to_string(options.levels_min) +
                     ", levels_max = " + std::to_string(options.levels_max) + " for an integrand of " + std::to_string(integrand.levels()) +
                     " levels; needed is 1 <= levels_min <= levels_max, and levels_min below the number of levels");
  }
  if (options.first_points < 2) {
    throw InputError(rule + ": first_points = " + std::to_string(options.first_points) + "; at least two are needed");
  }
  if (!(options.confidence > 0.0 && options.confidence < 1.0)) {
    throw InputError(rule + ": a confidence of " + std::to_string(options.confidence) + " is not between 0 and 1");
  }
  if (!(options.bias_share > 0.0 && options.bias_share < 1.0)) {
    throw InputError(rule + ": bias_share = " + std::to_string(options.bias_share) + " is not between 0 and 1");
  }
  if (!(options.alpha >= 0.0)) {
    throw InputError(rule + ": alpha = " + std::to_string(options.alpha) + " is negative");
  }
  for (int level = 0; level <= std::min(options.levels_max, integrand.levels() - 1); ++level) {
    const int d = integrand.dimensions_of(level);
    if (d < 1 || d > integrand.dimensions() || (level > 0 && d < integrand.dimensions_of(level - 1))) {
      throw InputError(rule + ": level " + std::to_string(level) + " of the integrand uses " + std::to_string(d) +
                       " dimensions; needed are at least those of the level below, and at most " + std::to_string(integrand.dimensions()));
    }
    if (!(integrand.cost(level) > 0.0 && std::isfinite(integrand.cost(level)))) {
      throw InputError(rule + ": the cost of level " + std::to_string(level) + " of the integrand is not positive and finite");
    }
  }
}

/// Slope of log₂ values over 1, 2, …, without values that are zero.
double log2_slope(const std::vector<double>& values) {
  double count = 0.0;
  double x = 0.0;
  double y = 0.0;
  double xx = 0.0;
  double xy = 0.0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (values[k] > 0.0) {
      const auto l = static_cast<double>(k + 1);
      const double log = std::log2(values[k]);
      count += 1.0;
      x += l;
      y += log;
      xx += l * l;
      xy += l * log;
    }
  }
  return count < 2.0 ? 0.0 : (count * xy - x * y) / (count * xx - x * x);
}

}  // namespace

Decay decay(std::vector<double> values, double rate) {
  constexpr double smallest_rate = 0.5;
  constexpr int rounds = 3;
  Decay result{rate > 0.0 ? rate : smallest_rate, {}};
  for (int round = 0; round < (rate > 0.0 ? 1 : rounds); ++round) {
    result.values = values;
    for (std::size_t k = 1; k < values.size(); ++k) {
      result.values[k] = std::max(values[k], 0.5 * result.values[k - 1] * std::exp2(-result.rate));
    }
    if (rate <= 0.0) {
      result.rate = std::max(smallest_rate, -log2_slope(result.values));
    }
  }
  return result;
}

PointSet leading_dimensions(const PointSet& points, int dimensions) {
  PointSet leading = points;
  const auto count = static_cast<std::size_t>(dimensions);
  if (auto* net = std::get_if<DigitalNet>(&leading)) {
    net->dimensions = dimensions;
    net->matrices.resize(static_cast<std::size_t>(net->components()) * static_cast<std::size_t>(net->columns));
  } else if (auto* lattice = std::get_if<Lattice>(&leading)) {
    lattice->z.resize(count);
  } else if (auto* sequence = std::get_if<Kronecker>(&leading)) {
    sequence->a.resize(count);
  } else if (auto* halton = std::get_if<Halton>(&leading)) {
    halton->dimensions = dimensions;
  } else if (auto* independent = std::get_if<Independent>(&leading)) {
    independent->dimensions = dimensions;
  }
  return leading;
}

MultilevelRule::MultilevelRule(std::string rule, MultilevelIntegrand& integrand, const MultilevelOptions& options, const Goal& goal,
                               int replicates, double largest_share)
    : rule_(std::move(rule)),
      integrand_(integrand),
      finite_(rule_, integrand),
      options_(options),
      goal_(goal),
      progress_(rule_, goal, static_cast<std::size_t>(integrand.outputs())),
      outputs_(static_cast<std::size_t>(integrand.outputs())),
      replicates_(static_cast<std::uint64_t>(replicates)),
      largest_share_(largest_share),
      share_(options.bias_share),
      stage_(options.continuation ? continuation_stages : 0),
      tau_(outputs_, std::numeric_limits<double>::infinity()) {
  check(rule_, integrand, options);
  Estimate& estimate = progress_.estimate();
  const auto outputs = static_cast<double>(outputs_);
  width_ = options.root_mean_square ? 1.0 : -normal_quantile(0.5 * (1.0 - options.confidence) / outputs);
  estimate.confidence = options.root_mean_square ? std::max(0.0, 1.0 - outputs * std::erfc(std::sqrt(0.5))) : options.confidence;
  estimate.statement = options.root_mean_square
                           ? "The bounds are one root mean square error to either side, its bias extrapolated from the levels."
                           : "Normal intervals of the root mean square error, its bias extrapolated from the levels; they hold as far as "
                             "averages are normal and the bias decays regularly.";
  report_.bias.assign(outputs_, std::numeric_limits<double>::infinity());
  report_.root_mean_square.assign(outputs_, std::numeric_limits<double>::infinity());
}

MultilevelEstimate MultilevelRule::run() {
  while (static_cast<int>(levels()) <= options_.levels_min) {
    if (!add_level()) {
      return finish();
    }
  }
  const auto most_levels = static_cast<std::size_t>(std::min(options_.levels_max + 1, integrand_.levels()));
  if (!look()) {
    return finish();
  }
  while (true) {
    set_targets();
    bool too_coarse = false;
    while (true) {
      set_share();
      if (!reduce_variance()) {
        return finish();
      }
      update_bias();
      too_coarse = !bias_met() && levels() == most_levels;
      if (bias_met() || too_coarse) {
        break;
      }
      if (!add_level()) {
        return finish();
      }
    }
    write_bounds();
    const bool last = stage_ == 0;
    if (!progress_.step(points_, cost_, last)) {
      return finish();
    }
    if (last && too_coarse) {
      progress_.estimate().outcome = Outcome::level_limit;
      progress_.estimate().warnings.push_back(rule_ + ": the tolerance is not met; the bias of level " + std::to_string(levels() - 1) +
                                              ", the finest allowed, is too large");
      return finish();
    }
    stage_ = std::max(0, stage_ - 1);
  }
}

bool MultilevelRule::variance_met() const {
  for (std::size_t i = 0; i < outputs_; ++i) {
    double sum = 0.0;
    for (std::size_t l = 0; l < levels() && needed(i); ++l) {
      sum += variance(l, i);
    }
    if (sum > variance_target(i)) {
      return false;
    }
  }
  return true;
}

bool MultilevelRule::take(const std::vector<std::uint64_t>& more) {
  std::uint64_t planned = points_;
  for (const std::uint64_t points : more) {
    const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - planned;
    planned = points > room / replicates_ ? std::numeric_limits<std::uint64_t>::max() : planned + points * replicates_;
  }
  if (!progress_.allows(planned)) {
    return false;
  }
  for (std::size_t l = 0; l < more.size(); ++l) {
    if (more[l] > 0) {
      sample(l, more[l]);
      report_.levels[l].points += more[l] * replicates_;
      cost_ += static_cast<double>(more[l] * replicates_) * cost(l);
    }
  }
  points_ = planned;
  return true;
}

std::uint64_t MultilevelRule::level_seed(int level) const { return stream_key(options_.seed, "qmc.level." + std::to_string(level)); }

bool MultilevelRule::add_level() {
  const auto level = static_cast<int>(levels());
  const std::uint64_t first = open(level);
  report_.levels.push_back({0, integrand_.dimensions_of(level), integrand_.cost(level), std::vector<double>(outputs_),
                            std::vector<double>(outputs_, std::numeric_limits<double>::infinity())});
  std::vector<std::uint64_t> more(levels(), 0);
  more.back() = first;
  if (take(more)) {
    return true;
  }
  report_.levels.pop_back();
  return false;
}

/// τ of this pass. Known beforehand: tolerance/width, times the continuation's factor. Otherwise the means become as much better as the
/// bounds of the quantities are too wide, within limits, since these need not be proportional to those of the means.
void MultilevelRule::set_targets() {
  const bool known = goal_.quantities.count == 0 && goal_.tolerance.relative == 0.0;
  const double growth = options_.continuation ? continuation_factor : largest_growth;
  for (std::size_t i = 0; i < outputs_; ++i) {
    tau_[i] = known ? goal_.tolerance.absolute / width_ * std::pow(continuation_factor, stage_)
                    : report_.root_mean_square[i] / std::clamp(1.01 * progress_.excess(), 1.01, growth);
  }
  if (!known) {
    stage_ = 0;
  }
}

void MultilevelRule::set_share() {
  if (!options_.continuation) {
    return;
  }
  update_bias();
  double ratio = 0.0;
  for (std::size_t i = 0; i < outputs_; ++i) {
    ratio = needed(i) && report_.bias[i] > 0.0 ? std::max(ratio, report_.bias[i] / tau_[i]) : ratio;
  }
  share_ = std::clamp(ratio * ratio, smallest_share, largest_share_);
}

/// E (P − P_L) = Σ_(l > L) E (P_l − P_(l−1)), a geometric series after the mean of level L, and after those of the two levels below it.
void MultilevelRule::update_bias() {
  report_.alpha = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < outputs_; ++i) {
    if (!needed(i)) {
      continue;
    }
    std::vector<double> means;
    for (std::size_t l = 1; l < levels(); ++l) {
      means.push_back(std::abs(mean(l, i)));
    }
    const double alpha = decay(means, options_.alpha).rate;
    double last = 0.0;
    for (std::size_t back = 0; back < std::min<std::size_t>(3, means.size()); ++back) {
      last = std::max(last, means[means.size() - 1 - back] * std::exp2(-alpha * static_cast<double>(back)));
    }
    report_.bias[i] = last / (std::exp2(alpha) - 1.0);
    report_.alpha = std::min(report_.alpha, alpha);
  }
}

bool MultilevelRule::bias_met() const {
  for (std::size_t i = 0; i < outputs_; ++i) {
    if (needed(i) && report_.bias[i] > std::sqrt(share_) * tau_[i]) {
      return false;
    }
  }
  return true;
}

void MultilevelRule::write_bounds() {
  update_bias();
  Estimate& estimate = progress_.estimate();
  for (std::size_t i = 0; i < outputs_; ++i) {
    if (!needed(i)) {
      continue;
    }
    Sum sum;
    Sum squares;
    for (std::size_t l = 0; l < levels(); ++l) {
      LevelReport& level = report_.levels[l];
      level.mean[i] = mean(l, i);
      level.variance_of_mean[i] = variance(l, i);
      sum.add(level.mean[i]);
      squares.add(level.variance_of_mean[i]);
    }
    report_.root_mean_square[i] = std::sqrt(squares.value() + report_.bias[i] * report_.bias[i]);
    const double half_width = width_ * report_.root_mean_square[i];
    estimate.mean[i] = sum.value();
    estimate.mean_lower[i] = sum.value() - half_width;
    estimate.mean_upper[i] = sum.value() + half_width;
  }
}

bool MultilevelRule::look() {
  write_bounds();
  return progress_.step(points_, cost_, false);
}

MultilevelEstimate MultilevelRule::finish() {
  MultilevelEstimate result{progress_.estimate(), std::move(report_)};
  result.points = points_;
  result.cost = cost_;
  std::vector<double> costs;
  std::vector<double> variances;
  for (std::size_t l = 1; l < result.report.levels.size(); ++l) {
    const LevelReport& level = result.report.levels[l];
    costs.push_back(level.cost);
    variances.push_back(static_cast<double>(level.points) * *std::ranges::max_element(level.variance_of_mean));
  }
  result.report.beta = -log2_slope(variances);
  result.report.gamma = log2_slope(costs);
  return result;
}

}  // namespace kindred::qmc

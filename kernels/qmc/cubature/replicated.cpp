#include <kindred/kernels/qmc/cubature/replicated.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/cubature/evaluation.hpp>
#include <kindred/kernels/qmc/cubature/progress.hpp>
#include <kindred/kernels/qmc/cubature/replicated_means.hpp>
#include <kindred/kernels/qmc/cubature/student_t.hpp>

namespace kindred::qmc {
namespace {

struct Copies {
  const std::optional<PointSet>& points;
  Randomization randomization;
  std::uint64_t first_points;
};

Sampler sampler_of(const std::string& rule, const Integrand& integrand, const Copies& copies) {
  if (copies.randomization.replicates < 2) {
    throw InputError(rule + ": " + std::to_string(copies.randomization.replicates) + " replicates; their spread needs at least two");
  }
  if (!std::has_single_bit(copies.first_points)) {
    throw InputError(rule + ": first_points = " + std::to_string(copies.first_points) + " is not a power of two");
  }
  Sampler sampler(copies.points ? *copies.points : PointSet(sobol(integrand.dimensions())), copies.randomization);
  if (sampler.dimensions() != integrand.dimensions()) {
    throw InputError(rule + ": points of " + std::to_string(sampler.dimensions()) + " dimensions for an integrand of " +
                     std::to_string(integrand.dimensions()));
  }
  if (sampler.max_points() < std::max<std::uint64_t>(copies.first_points, 2)) {
    throw InputError(rule + ": the point set has " + std::to_string(sampler.max_points()) + " points, first_points are " +
                     std::to_string(copies.first_points));
  }
  // Independent points are different in every copy without a scramble; all other sets need one.
  if (sampler.word(1, 0, 0) == sampler.word(1, 0, 1)) {
    throw InputError(rule + ": the copies are all the same under the scramble \"" + std::string(name(copies.randomization.scramble)) +
                     "\"; take one that makes points random, for a net lms_digital_shift, for a lattice shift");
  }
  return sampler;
}

double checked_alpha(const std::string& rule, double confidence, std::size_t outputs) {
  if (!(confidence > 0.0 && confidence < 1.0)) {
    throw InputError(rule + ": a confidence of " + std::to_string(confidence) + " is not between 0 and 1");
  }
  return (1.0 - confidence) / static_cast<double>(outputs);
}

/// Doubles the points of every copy until the bounds are good enough.
/// @param bound  writes one output's mean and bounds
template <class Bound>
Estimate run(const std::string& rule, Integrand& integrand, const Sampler& sampler, std::uint64_t first_points, Progress& progress,
             const Bound& bound) {
  const auto outputs = static_cast<std::size_t>(integrand.outputs());
  const auto replicates = static_cast<std::uint64_t>(sampler.replicates());
  // The next power of two must fit as well.
  const std::uint64_t available = std::min(sampler.max_points(), std::numeric_limits<std::uint64_t>::max() / (2 * replicates)) * replicates;
  FiniteIntegrand finite(rule, integrand);
  ReplicatedMeans means(sampler, finite);
  Estimate& estimate = progress.estimate();
  for (std::uint64_t n = first_points; progress.allows(n * replicates, available); n *= 2) {
    means.extend(n, progress.needed());
    for (std::size_t i = 0; i < outputs; ++i) {
      if (progress.needed()[i] != 0) {
        bound(means, i, estimate);
      }
    }
    if (!progress.step(n * replicates)) {
      break;
    }
  }
  return estimate;
}

}  // namespace

Estimate replicated_student_t(Integrand& integrand, const ReplicatedOptions& options, const Goal& goal) {
  const std::string rule = "replicated_student_t";
  const auto outputs = static_cast<std::size_t>(integrand.outputs());
  Progress progress(rule, goal, outputs);
  const double alpha = checked_alpha(rule, options.confidence, outputs);
  if (!(options.inflate >= 1.0)) {
    throw InputError(rule + ": inflate = " + std::to_string(options.inflate) + " is below 1");
  }
  if (options.scramble == Scramble::lms) {
    throw InputError(rule + ": the scramble \"lms\" keeps point 0 where it is, and the means are biased; take lms_digital_shift");
  }
  const Sampler sampler =
      sampler_of(rule, integrand, {options.points, {options.scramble, options.seed, options.replicates}, options.first_points});
  const double factor = options.inflate * student_t_quantile(0.5 * alpha, options.replicates - 1.0);
  progress.estimate().confidence = options.confidence;
  progress.estimate().statement = "Student t intervals over " + std::to_string(options.replicates) +
                                  " independent randomisations; they hold as far as the means of these are normal.";
  return run(rule, integrand, sampler, options.first_points, progress,
             [&](const ReplicatedMeans& means, std::size_t i, Estimate& estimate) {
               const auto [mean, variance] = means.moments(i);
               const double half_width = factor * std::sqrt(variance);
               estimate.mean[i] = mean;
               estimate.mean_lower[i] = mean - half_width;
               estimate.mean_upper[i] = mean + half_width;
             });
}

int median_interval_rank(int replicates, double alpha) {
  // 2 P(Bin(R, 1/2) ≤ j) grows with j.
  double term = std::ldexp(1.0, -replicates);
  double below = 0.0;
  int rank = 0;
  for (int j = 0; 2 * j < replicates - 1; ++j) {
    below += term;
    if (2.0 * below > alpha) {
      break;
    }
    rank = j + 1;
    term *= static_cast<double>(replicates - j) / (j + 1.0);
  }
  return rank;
}

Estimate replicated_median(Integrand& integrand, const MedianOptions& options, const Goal& goal) {
  const std::string rule = "replicated_median";
  const auto outputs = static_cast<std::size_t>(integrand.outputs());
  Progress progress(rule, goal, outputs, Progress::Answer::of_means);
  const double alpha = checked_alpha(rule, options.confidence, outputs);
  if (options.scramble != Scramble::lms && options.scramble != Scramble::lms_digital_shift) {
    throw InputError(rule + ": the median gains by linear scrambles, lms_digital_shift or lms, and not by \"" +
                     std::string(name(options.scramble)) + "\"; for that one, replicated_student_t is the rule");
  }
  if (options.replicates % 2 == 0) {
    throw InputError(rule + ": " + std::to_string(options.replicates) + " replicates; an odd number is needed");
  }
  const Sampler sampler =
      sampler_of(rule, integrand, {options.points, {options.scramble, options.seed, options.replicates}, options.first_points});
  const int rank = median_interval_rank(options.replicates, alpha);
  if (rank == 0) {
    throw InputError(rule + ": " + std::to_string(options.replicates) + " replicates cannot give a confidence of " +
                     std::to_string(options.confidence) + " for " + std::to_string(outputs) + " outputs; take " +
                     std::to_string(static_cast<int>(std::ceil(1.0 - std::log2(alpha))) | 1) + " or more");
  }
  progress.estimate().confidence = options.confidence;
  progress.estimate().statement = "Order statistics of the means of " + std::to_string(options.replicates) +
                                  " linear scrambles; they hold if each mean is as likely above the integral as below it, as is proved for "
                                  "smooth integrands in the limit of many points.";
  std::vector<double> sorted(static_cast<std::size_t>(options.replicates));
  return run(rule, integrand, sampler, options.first_points, progress,
             [&](const ReplicatedMeans& means, std::size_t i, Estimate& estimate) {
               for (std::size_t r = 0; r < sorted.size(); ++r) {
                 sorted[r] = means.mean(static_cast<int>(r), i);
               }
               std::ranges::sort(sorted);
               estimate.mean[i] = sorted[sorted.size() / 2];
               estimate.mean_lower[i] = sorted[static_cast<std::size_t>(rank - 1)];
               estimate.mean_upper[i] = sorted[sorted.size() - static_cast<std::size_t>(rank)];
             });
}

}  // namespace kindred::qmc

// Where expectation-maximisation starts: a uniform sample of the directions, k-means++, and short fits to the sample.

#include <algorithm>
#include <limits>
#include <queue>

#include <spdlog/spdlog.h>

#include <kindred/apps/verbs/vmf/class_sums.hpp>
#include <kindred/apps/verbs/vmf/mixture.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/von_mises_fisher.hpp>
#include <kindred/kernels/directional/unit_rows.hpp>

namespace kindred::app::vmf {

namespace distribution = kernels::von_mises_fisher;

namespace {

constexpr Index sample_elements = Index{1} << 21U;  ///< 16 MiB
constexpr Index sample_rows = 20000;
constexpr Index rows_per_component = 20;

constexpr Index restart_iterations = 100;
constexpr double restart_tolerance = 1e-5;

/// A direction that is a candidate of the sample; those with the smallest tickets win.
struct Candidate {
  std::uint64_t ticket = 0;
  Index row = 0;
  std::vector<double> direction;
  [[nodiscard]] std::pair<std::uint64_t, Index> rank() const { return {ticket, row}; }
};

/// Index drawn with probability proportional to `weights`, for u uniform on (0, 1); uniform if all are zero.
Index weighted_choice(const std::vector<double>& weights, double u) {
  double total = 0.0;
  for (const double weight : weights) {
    total += weight;
  }
  const auto last = static_cast<Index>(weights.size()) - 1;
  if (total <= 0.0) {
    return std::min(last, static_cast<Index>(u * static_cast<double>(weights.size())));
  }
  double left = u * total;
  for (Index i = 0; i < last; ++i) {
    left -= weights[static_cast<std::size_t>(i)];
    if (left < 0.0) {
      return i;
    }
  }
  return last;
}

/// Nearest of the k-means++ seeds, for each direction of the sample.
std::vector<std::int32_t> seeded_classes(const DirectionSample& sample, Index components, const Draws& draws) {
  const auto rows = static_cast<std::size_t>(sample.rows());
  std::vector<double> distance(rows, std::numeric_limits<double>::infinity());
  std::vector<std::int32_t> nearest(rows, 0);
  Index seed = std::min(sample.rows() - 1, static_cast<Index>(draws.uniform(0) * static_cast<double>(rows)));
  for (Index j = 0; j < components; ++j) {
    if (j > 0) {
      seed = weighted_choice(distance, draws.uniform(static_cast<std::uint64_t>(j)));
    }
    for (std::size_t i = 0; i < rows; ++i) {
      // |x - y|² = 2 (1 - cos)
      const double d = kernels::squared_distance(sample.dimension(), sample.row(static_cast<Index>(i)).data(), sample.row(seed).data());
      if (d < distance[i]) {
        distance[i] = d;
        nearest[i] = static_cast<std::int32_t>(j);
      }
    }
  }
  return nearest;
}

/// One component a class, with the parameters that fit the class; a class of one direction takes the width of the whole sample.
Mixture mixture_of_classes(DirectionSample& sample, const std::vector<std::int32_t>& classes, const MixtureOptions& options) {
  ClassSums sums(sample.dimension(), static_cast<std::size_t>(options.components), options.threads);
  ClassSums whole(sample.dimension(), 1, options.threads);
  const std::vector<std::int32_t> zeros(classes.size(), 0);
  sample.pass([&](const DirectionBlock& block) {
    sums.add(block, std::span(classes).subspan(static_cast<std::size_t>(block.first), static_cast<std::size_t>(block.rows)));
    whole.add(block, std::span(zeros).first(static_cast<std::size_t>(block.rows)));
  });
  Mixture mixture;
  mixture.dimension = sample.dimension();
  for (Index j = 0; j < options.components; ++j) {
    Moments moments = sums.moments(static_cast<std::size_t>(j));
    const Moments widths = moments.spread > 0.0 && moments.count > 1 ? moments : whole.moments(0);
    const double spread = std::max(widths.spread, smallest_spread);
    mixture.weights.push_back(static_cast<double>(std::max<Index>(moments.count, 1)));
    mixture.kappas.push_back(distribution::concentration(mixture.dimension, 1.0 - spread, spread));
    mixture.means.insert(mixture.means.end(), moments.mean_direction.begin(), moments.mean_direction.end());
  }
  double total = 0.0;
  for (const double weight : mixture.weights) {
    total += weight;
  }
  std::for_each(mixture.weights.begin(), mixture.weights.end(), [&](double& weight) { weight /= total; });
  return mixture;
}

}  // namespace

Index sample_size(Index dimension, Index components) {
  return std::max(std::min(sample_elements / dimension, sample_rows), rows_per_component * components);
}

DirectionSample sample_directions(Directions& directions, Index size, std::uint64_t seed, Index& count) {
  const auto later = [](const Candidate& a, const Candidate& b) { return a.rank() < b.rank(); };
  std::priority_queue<Candidate, std::vector<Candidate>, decltype(later)> kept(later);
  count = 0;
  directions.pass([&](const DirectionBlock& block) {
    for (Index i = 0; i < block.rows; ++i) {
      if (block.valid[static_cast<std::size_t>(i)] == 0) {
        continue;
      }
      ++count;
      const Index row = block.first + i;
      const auto words = Draws(seed, "vmf.sample", static_cast<std::uint64_t>(row)).bits(0);
      const std::uint64_t ticket = (static_cast<std::uint64_t>(words[0]) << 32U) | words[1];
      if (static_cast<Index>(kept.size()) == size) {
        if (ticket >= kept.top().ticket) {
          continue;
        }
        kept.pop();
      }
      kept.push({ticket, row, {block.row(i).begin(), block.row(i).end()}});
    }
  });
  std::vector<Candidate> chosen;
  for (; !kept.empty(); kept.pop()) {
    chosen.push_back(kept.top());
  }
  std::sort(chosen.begin(), chosen.end(), [](const Candidate& a, const Candidate& b) { return a.row < b.row; });
  DirectionSample sample(directions.dimension());
  for (const Candidate& candidate : chosen) {
    sample.append(candidate.direction);
  }
  return sample;
}

Mixture seed_mixture(DirectionSample& sample, const MixtureOptions& options) {
  MixtureOptions short_fit = options;
  short_fit.max_iterations = restart_iterations;
  short_fit.tolerance = std::max(options.tolerance, restart_tolerance);
  Mixture best;
  double best_likelihood = -std::numeric_limits<double>::infinity();
  for (int restart = 0; restart < options.restarts; ++restart) {
    const Draws draws(options.seed, "vmf.seeding", static_cast<std::uint64_t>(restart));
    const auto classes = seeded_classes(sample, options.components, draws);
    const MixtureFit fit = maximize_likelihood(sample, mixture_of_classes(sample, classes, options), short_fit);
    const double likelihood = fit.mean_log_likelihood.back();
    spdlog::info("start {} of {}: mean log-likelihood {:.10g} of a sample of {} after {} iterations", restart + 1, options.restarts,
                 likelihood, sample.rows(), fit.mean_log_likelihood.size());
    if (likelihood > best_likelihood || restart == 0) {
      best_likelihood = likelihood;
      best = fit.mixture;
    }
  }
  return best;
}

}  // namespace kindred::app::vmf

#include <kindred/apps/verbs/vmf/mixture.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <spdlog/spdlog.h>

#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/bessel/von_mises_fisher.hpp>
#include <kindred/kernels/directional/unit_rows.hpp>
#include <kindred/kernels/tall/tall.hpp>

namespace kindred::app::vmf {

namespace distribution = kernels::von_mises_fisher;

namespace {

constexpr double smallest_count = 2.0;  ///< directions that a component must hold
constexpr Index column_tile = 128;      ///< times the rows of a block: within the second-level cache

/// log(sum of exp) of one row's terms, which are replaced by their shares of the sum.
double take_shares(std::span<double> terms) {
  const double largest = *std::max_element(terms.begin(), terms.end());
  double sum = 0.0;
  for (double& term : terms) {
    term = std::exp(term - largest);
    sum += term;
  }
  for (double& term : terms) {
    term /= sum;
  }
  return largest + std::log(sum);
}

/// Sums of one pass: what the new parameters are made of.
struct Expectations {
  explicit Expectations(const Mixture& mixture)
      : counts(mixture.weights.size()), sums(mixture.means.size()), compensations(mixture.means.size()) {}

  Index rows = 0;
  double log_likelihood = 0.0;
  double log_likelihood_compensation = 0.0;
  std::vector<double> counts;
  std::vector<double> sums;  ///< components × dimension, of posterior × direction
  std::vector<double> compensations;
  double worst_density = std::numeric_limits<double>::infinity();
  std::vector<double> worst_direction;

  [[nodiscard]] double mean_log_likelihood() const { return (log_likelihood + log_likelihood_compensation) / static_cast<double>(rows); }
};

class ExpectationPass {
 public:
  ExpectationPass(const Mixture& mixture, int threads)
      : density_(mixture, threads), components_(mixture.components()), dimension_(mixture.dimension), threads_(threads), sums_(mixture) {}

  Expectations over(Directions& directions) {
    directions.pass([this](const DirectionBlock& block) { add(block); });
    return std::move(sums_);
  }

 private:
  void add(const DirectionBlock& block) {
    const auto rows = static_cast<std::size_t>(block.rows);
    log_density_.resize(rows);
    posterior_.resize(static_cast<std::size_t>(components_) * rows);
    density_.evaluate(block, log_density_, posterior_);
    add_scalars(block);
    add_directions(block);
  }

  void add_scalars(const DirectionBlock& block) {
    for (Index i = 0; i < block.rows; ++i) {
      if (block.valid[static_cast<std::size_t>(i)] == 0) {
        continue;
      }
      const double value = log_density_[static_cast<std::size_t>(i)];
      ++sums_.rows;
      kernels::add_compensated(1, &value, &sums_.log_likelihood, &sums_.log_likelihood_compensation);
      if (value < sums_.worst_density) {
        sums_.worst_density = value;
        sums_.worst_direction.assign(block.row(i).begin(), block.row(i).end());
      }
    }
    for (Index j = 0; j < components_; ++j) {
      const auto share = std::span(posterior_).subspan(static_cast<std::size_t>(j * block.rows), static_cast<std::size_t>(block.rows));
      sums_.counts[static_cast<std::size_t>(j)] += std::accumulate(share.begin(), share.end(), 0.0);
    }
  }

  /// Column by column, so that each sum has one order whatever the number of threads.
  void add_directions(const DirectionBlock& block) {
    const Index tiles = (dimension_ + column_tile - 1) / column_tile;
    parallel(tiles, 1, threads_, [&](Index begin, Index end) {
      std::vector<double> partial(column_tile);
      for (Index tile = begin; tile < end; ++tile) {
        const Index first = tile * column_tile;
        const Index columns = std::min(column_tile, dimension_ - first);
        const kernels::TallMatrix rows{block.unit.data() + first, columns, block.rows, dimension_};
        for (Index j = 0; j < components_; ++j) {
          std::fill(partial.begin(), partial.end(), 0.0);
          kernels::tall_accumulate(rows, posterior_.data() + j * block.rows, partial.data());
          const Index at = j * dimension_ + first;
          kernels::add_compensated(columns, partial.data(), sums_.sums.data() + at, sums_.compensations.data() + at);
        }
      }
    });
  }

  MixtureDensity density_;
  Index components_;
  Index dimension_;
  int threads_;
  Expectations sums_;
  std::vector<double> log_density_;
  std::vector<double> posterior_;
};

/// The parameters that maximise the expected likelihood; a component without directions keeps its place and width.
Mixture maximized(const Expectations& expectations, const Mixture& before) {
  Mixture mixture = before;
  const auto p = static_cast<std::size_t>(mixture.dimension);
  for (std::size_t j = 0; j < mixture.weights.size(); ++j) {
    const double count = expectations.counts[j];
    mixture.weights[j] = count / static_cast<double>(expectations.rows);
    const auto mean = std::span(mixture.means).subspan(j * p, p);
    double square = 0.0;
    for (std::size_t i = 0; i < p; ++i) {
      const double sum = expectations.sums[j * p + i] + expectations.compensations[j * p + i];
      square += sum * sum;
    }
    const double length = std::sqrt(square);
    if (count <= 0.0 || length <= 0.0) {
      continue;
    }
    for (std::size_t i = 0; i < p; ++i) {
      mean[i] = (expectations.sums[j * p + i] + expectations.compensations[j * p + i]) / length;
    }
    const double spread = std::max(1.0 - length / count, smallest_spread);
    mixture.kappas[j] = distribution::concentration(mixture.dimension, 1.0 - spread, spread);
  }
  return mixture;
}

/// Gives the emptiest component, if it holds too little, a new place: the direction that is explained worst, with the median width.
bool reseed(Mixture& mixture, const Expectations& expectations) {
  const auto emptiest = std::min_element(expectations.counts.begin(), expectations.counts.end());
  if (*emptiest >= smallest_count) {
    return false;
  }
  const auto j = static_cast<std::size_t>(emptiest - expectations.counts.begin());
  const auto p = static_cast<std::size_t>(mixture.dimension);
  std::copy(expectations.worst_direction.begin(), expectations.worst_direction.end(),
            mixture.means.begin() + static_cast<std::ptrdiff_t>(j * p));
  std::vector<double> widths = mixture.kappas;
  widths.erase(widths.begin() + static_cast<std::ptrdiff_t>(j));
  const auto middle = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 2);
  std::nth_element(widths.begin(), middle, widths.end());
  mixture.kappas[j] = *middle;
  const double share = 0.5 / static_cast<double>(mixture.components());
  for (double& weight : mixture.weights) {
    weight *= (1.0 - share) / (1.0 - mixture.weights[j]);
  }
  mixture.weights[j] = share;
  return true;
}

}  // namespace

MixtureDensity::MixtureDensity(const Mixture& mixture, int threads) : mixture_(mixture), threads_(threads) {
  for (std::size_t j = 0; j < mixture.weights.size(); ++j) {
    offsets_.push_back(std::log(mixture.weights[j]) + distribution::log_normalizer(mixture.dimension, mixture.kappas[j]));
  }
}

void MixtureDensity::evaluate(const DirectionBlock& block, std::span<double> log_density, std::span<double> posterior) const {
  const Index k = mixture_.components();
  const Index p = mixture_.dimension;
  const kernels::TallMatrix means{mixture_.means.data(), p, k, p};
  parallel(block.rows, 1 + (Index{1} << 15U) / (p * k), threads_, [&](Index begin, Index end) {
    const Index rows = end - begin;
    std::vector<double> cosines(static_cast<std::size_t>(rows * k));
    std::vector<double> terms(static_cast<std::size_t>(k));
    kernels::tall_products({block.unit.data() + begin * p, p, rows, p}, means, cosines.data(), rows);
    for (Index i = 0; i < rows; ++i) {
      const bool valid = block.valid[static_cast<std::size_t>(begin + i)] != 0;
      for (Index j = 0; j < k; ++j) {
        const auto component = static_cast<std::size_t>(j);
        terms[component] = offsets_[component] + mixture_.kappas[component] * cosines[static_cast<std::size_t>(j * rows + i)];
      }
      log_density[static_cast<std::size_t>(begin + i)] = valid ? take_shares(terms) : std::numeric_limits<double>::quiet_NaN();
      for (Index j = 0; j < k && !posterior.empty(); ++j) {
        posterior[static_cast<std::size_t>(j * block.rows + begin + i)] = valid ? terms[static_cast<std::size_t>(j)] : 0.0;
      }
    }
  });
}

MixtureFit maximize_likelihood(Directions& directions, const Mixture& start, const MixtureOptions& options) {
  MixtureFit fit;
  fit.mixture = start;
  const Index reseed_limit = 10 * start.components();
  bool moved = true;  // a component was reseeded, so that the likelihood may have fallen
  for (Index iteration = 0; iteration < options.max_iterations; ++iteration) {
    const Expectations expectations = ExpectationPass(fit.mixture, options.threads).over(directions);
    const double value = expectations.mean_log_likelihood();
    fit.count = expectations.rows;
    fit.component_counts = expectations.counts;
    fit.converged = !moved && std::abs(value - fit.mean_log_likelihood.back()) <= options.tolerance;
    fit.mean_log_likelihood.push_back(value);
    spdlog::debug("iteration {}: mean log-likelihood {:.10g}", iteration + 1, value);
    if (fit.converged || iteration + 1 == options.max_iterations) {
      break;
    }
    fit.mixture = maximized(expectations, fit.mixture);
    moved = start.components() > 1 && fit.reseeded < reseed_limit && reseed(fit.mixture, expectations);
    fit.reseeded += moved ? 1 : 0;
  }
  return fit;
}

}  // namespace kindred::app::vmf

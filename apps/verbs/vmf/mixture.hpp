#pragma once

#include <functional>
#include <vector>

#include <kindred/apps/verbs/vmf/directions.hpp>

namespace kindred::app::vmf {

/// f(x) = sum over j of weight_j C_p(kappa_j) exp(kappa_j m_j·x), a mixture of von Mises-Fisher distributions.
struct Mixture {
  Index dimension = 0;
  std::vector<double> weights;
  std::vector<double> kappas;
  std::vector<double> means;  ///< components × dimension, unit vectors

  [[nodiscard]] Index components() const { return static_cast<Index>(weights.size()); }
  [[nodiscard]] std::span<const double> mean(Index j) const {
    return std::span(means).subspan(static_cast<std::size_t>(j * dimension), static_cast<std::size_t>(dimension));
  }
};

/// Least 1 - r of a component. Its sums know 1 - r to some 1e-15; without a bound, a component on one point has infinite likelihood.
inline constexpr double smallest_spread = 1e-9;

/// log f(x) of every row of a block, NaN for rows that are not valid, and the posterior probabilities of the components.
class MixtureDensity {
 public:
  MixtureDensity(const Mixture& mixture, int threads);
  /// @param log_density  block.rows
  /// @param posterior  components × block.rows, zeros for rows that are not valid; or empty
  void evaluate(const DirectionBlock& block, std::span<double> log_density, std::span<double> posterior) const;

 private:
  const Mixture& mixture_;
  std::vector<double> offsets_;  ///< log weight + log C_p(kappa)
  int threads_;
};

struct MixtureOptions {
  Index components = 2;
  std::uint64_t seed = 0;
  int restarts = 5;
  Index max_iterations = 200;
  double tolerance = 1e-7;  ///< change of the mean log-likelihood (natural units a direction) at which to stop
  int threads = 1;
};

struct MixtureFit {
  Mixture mixture;
  Index count = 0;                          ///< valid directions
  std::vector<double> component_counts;     ///< expected numbers of directions
  std::vector<double> mean_log_likelihood;  ///< a direction, at the start of each iteration; the last one is that of `mixture`
  bool converged = false;
  Index reseeded = 0;  ///< times that an empty component was given a new place
};

/// Maximum likelihood by expectation-maximisation (Banerjee, Dhillon, Ghosh, Sra, JMLR 6 (2005), 1345-1382, soft assignment), one
/// pass over the directions an iteration: posteriors by log-sum-exp, compensated weighted sums, and each kappa_j from its mean
/// resultant length by the solver of the single fit. A component that holds less than two directions starts anew at the direction
/// that the mixture explains worst; 1 - r_j is kept above smallest_spread.
/// The result does not depend on the number of threads. Cost of an iteration: 4 n p k operations.
MixtureFit maximize_likelihood(Directions& directions, const Mixture& start, const MixtureOptions& options);

/// A starting point: the best of `restarts` fits to a sample of the directions, each seeded after k-means++ (Arthur, Vassilvitskii
/// 2007) with 1 - cos for the squared distance.
Mixture seed_mixture(DirectionSample& sample, const MixtureOptions& options);

/// A uniform sample without replacement of at most `size` valid directions, the same for any number of threads. One pass.
/// @param count  receives the number of valid rows
DirectionSample sample_directions(Directions& directions, Index size, std::uint64_t seed, Index& count);
/// How many directions the sample should have.
Index sample_size(Index dimension, Index components);

}  // namespace kindred::app::vmf

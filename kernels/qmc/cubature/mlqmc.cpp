#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/cubature/multilevel_rule.hpp>
#include <kindred/kernels/qmc/cubature/replicated_means.hpp>

namespace kindred::qmc {
namespace {

constexpr double largest_share = 0.125;

class Mlqmc final : public MultilevelRule {
 public:
  Mlqmc(MultilevelIntegrand& integrand, const MlqmcOptions& options, const Goal& goal)
      : MultilevelRule("mlqmc", integrand, options.levels, goal, options.replicates, largest_share),
        set_(options.points ? *options.points : PointSet(sobol(integrand.dimensions()))),
        scramble_(options.scramble),
        copies_(options.replicates),
        inflate_(options.inflate) {
    if (copies_ < 2) {
      throw InputError(rule_ + ": " + std::to_string(copies_) + " replicates; their spread needs at least two");
    }
    if (!(inflate_ >= 1.0)) {
      throw InputError(rule_ + ": inflate = " + std::to_string(inflate_) + " is below 1");
    }
    if (!std::has_single_bit(options_.first_points)) {
      throw InputError(rule_ + ": first_points = " + std::to_string(options_.first_points) + " is not a power of two");
    }
    const Sampler sampler(set_, {scramble_, 0, 2});
    if (sampler.dimensions() < integrand.dimensions()) {
      throw InputError(rule_ + ": points of " + std::to_string(sampler.dimensions()) + " dimensions for an integrand of " +
                       std::to_string(integrand.dimensions()));
    }
    if (sampler.max_points() < options_.first_points) {
      throw InputError(rule_ + ": the point set has " + std::to_string(sampler.max_points()) + " points, first_points are " +
                       std::to_string(options_.first_points));
    }
    most_points_ = sampler.max_points();
    if (scramble_ == Scramble::lms || sampler.word(1, 0, 0) == sampler.word(1, 0, 1)) {
      throw InputError(rule_ + ": points must be uniform each for itself, which the scramble \"" + std::string(name(scramble_)) +
                       "\" does not do; take lms_digital_shift for a net, shift for a lattice");
    }
  }

 private:
  [[nodiscard]] double mean(std::size_t level, std::size_t output) const override { return means_[level].moments(output).mean; }
  [[nodiscard]] double variance(std::size_t level, std::size_t output) const override {
    return inflate_ * inflate_ * means_[level].moments(output).variance;
  }

  std::uint64_t open(int level) override {
    const Sampler sampler(leading_dimensions(set_, integrand_.dimensions_of(level)), {scramble_, level_seed(level), copies_});
    means_.emplace_back(sampler, finite_, level);
    return options_.first_points;
  }

  void sample(std::size_t level, std::uint64_t more) override { means_[level].extend(means_[level].points() + more, progress_.needed()); }

  bool reduce_variance() override {
    while (!variance_met()) {
      const std::size_t level = most_efficient();
      std::vector<std::uint64_t> more(levels(), 0);
      more[level] = points(level);
      if (!progress_.allows(2 * points(level), most_points_) || !take(more) || !look()) {
        return false;
      }
    }
    return true;
  }

  /// The level with the largest V_l/(N_l C_l), of the outputs whose variance is too large, each measured by its own target.
  [[nodiscard]] std::size_t most_efficient() const {
    std::size_t best = 0;
    double most = -1.0;
    for (std::size_t i = 0; i < outputs(); ++i) {
      if (!needed(i)) {
        continue;
      }
      std::vector<double> variances;
      double sum = 0.0;
      for (std::size_t l = 0; l < levels(); ++l) {
        variances.push_back(variance(l, i));
        sum += variances.back();
      }
      for (std::size_t l = 0; l < levels() && sum > variance_target(i); ++l) {
        const double gain = variances[l] / (variance_target(i) * static_cast<double>(points(l)) * cost(l));
        if (gain > most) {
          most = gain;
          best = l;
        }
      }
    }
    return best;
  }

  PointSet set_;
  Scramble scramble_;
  int copies_;
  double inflate_;
  std::uint64_t most_points_ = 0;  // of a copy
  std::vector<ReplicatedMeans> means_;
};

}  // namespace

MultilevelEstimate mlqmc(MultilevelIntegrand& integrand, const MlqmcOptions& options, const Goal& goal) {
  return Mlqmc(integrand, options, goal).run();
}

}  // namespace kindred::qmc

#include <algorithm>
#include <cmath>
#include <vector>

#include <kindred/kernels/qmc/cubature/multilevel_rule.hpp>
#include <kindred/kernels/qmc/cubature/replicated_means.hpp>
#include <kindred/kernels/qmc/cubature/sample_moments.hpp>

namespace kindred::qmc {
namespace {

constexpr double largest_share = 0.5;

class Mlmc final : public MultilevelRule {
 public:
  Mlmc(MultilevelIntegrand& integrand, const MultilevelOptions& options, const Goal& goal)
      : MultilevelRule("mlmc", integrand, options, goal, 1, largest_share), variances_(outputs()) {}

 private:
  struct Level {
    Sampler sampler;
    SampleMoments moments;
  };

  [[nodiscard]] double mean(std::size_t level, std::size_t output) const override { return samples_[level].moments.mean(output); }

  /// V_l / N_l.
  [[nodiscard]] double variance(std::size_t level, std::size_t output) const override {
    return variances_[output][level] / static_cast<double>(samples_[level].moments.count());
  }

  std::uint64_t open(int level) override {
    samples_.push_back(
        {Sampler(Independent{integrand_.dimensions_of(level)}, {Scramble::none, level_seed(level)}), SampleMoments(outputs())});
    if (level <= options_.levels_min) {
      return options_.first_points;
    }
    // What the levels below let expect, but enough to see a variance.
    constexpr std::uint64_t enough = 32;
    return std::clamp(points(samples_.size() - 2) / 2, std::min(enough, options_.first_points), options_.first_points);
  }

  void sample(std::size_t level, std::uint64_t more) override {
    Level& l = samples_[level];
    evaluate_replicates(finite_, static_cast<int>(level), l.sampler, l.moments.count(), l.moments.count() + more, progress_.needed(),
                        [&](int /*replicate*/, std::span<const double> values) { l.moments.add(values); });
    update_variances();
  }

  /// V_l, where levels above the first are at least half of what those below them let expect.
  void update_variances() {
    for (std::size_t i = 0; i < outputs(); ++i) {
      if (!needed(i)) {
        continue;
      }
      std::vector<double> differences;
      for (std::size_t l = 1; l < samples_.size(); ++l) {
        differences.push_back(samples_[l].moments.variance(i));
      }
      variances_[i] = decay(differences).values;
      variances_[i].insert(variances_[i].begin(), samples_[0].moments.variance(i));
    }
  }

  bool reduce_variance() override {
    while (!variance_met()) {
      std::vector<std::uint64_t> more(levels(), 0);
      for (std::size_t i = 0; i < outputs(); ++i) {
        double work = 0.0;
        for (std::size_t l = 0; l < levels() && needed(i); ++l) {
          work += std::sqrt(variances_[i][l] * cost(l));
        }
        for (std::size_t l = 0; l < levels() && needed(i); ++l) {
          const double wanted = std::ceil(std::sqrt(variances_[i][l] / cost(l)) * work / variance_target(i));
          const auto now = static_cast<double>(points(l));
          if (wanted > now) {
            // Not in many small steps.
            const double extra = std::max(wanted - now, 0.01 * now);
            more[l] = std::max(more[l], extra < 0x1.0p62 ? static_cast<std::uint64_t>(std::ceil(extra)) : std::uint64_t{1} << 62U);
          }
        }
      }
      if (std::ranges::max(more) == 0) {
        break;
      }
      if (!take(more) || !look()) {
        return false;
      }
    }
    return true;
  }

  std::vector<Level> samples_;
  std::vector<std::vector<double>> variances_;  // V_l, [output][level]
};

}  // namespace

MultilevelEstimate mlmc(MultilevelIntegrand& integrand, const MultilevelOptions& options, const Goal& goal) {
  return Mlmc(integrand, options, goal).run();
}

}  // namespace kindred::qmc

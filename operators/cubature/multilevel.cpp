// Rules that spread their points over grids from coarse to fine.

#include <algorithm>

#include <kindred/kernels/qmc/cubature/multilevel.hpp>
#include <kindred/operators/cubature/cubature_rule.hpp>
#include <kindred/operators/cubature/point_sets.hpp>

namespace kindred {
namespace {

/// What the multilevel rules share.
struct LevelParameters {
  std::int64_t first_points = 64;
  std::string bounds = "confidence";
  double bias_share = 0.5;
  double rate = 0.0;
  int levels_min = 3;

  [[nodiscard]] qmc::MultilevelOptions options(const CubatureContext& context, bool continuation) const {
    qmc::MultilevelOptions options;
    options.seed = context.seed;
    options.first_points = static_cast<std::uint64_t>(first_points);
    options.confidence = context.confidence;
    options.root_mean_square = bounds == "root_mean_square";
    options.bias_share = bias_share;
    options.continuation = continuation;
    options.alpha = rate;
    options.levels_min = levels_min - 1;  // counted from level 0 there
    return options;
  }
};

template <class P>
void add_level_schema(Schema<P>& schema, const char* first_points) {
  schema.push_back(parameter<P, std::int64_t>("first_points", &P::first_points).range(1, std::int64_t{1} << 32U).doc(first_points));
  schema.push_back(parameter<P, std::string>("bounds", &P::bounds)
                       .choices({"confidence", "root_mean_square"})
                       .doc("What the tolerance is for: the half-width of a confidence interval, or the root mean square error itself."));
  schema.push_back(parameter<P, double>("bias_share", &P::bias_share)
                       .above(0)
                       .below(1)
                       .doc("Share of the squared error that the finest grid's bias may have; the rest is for the points."));
  schema.push_back(parameter<P, double>("rate", &P::rate)
                       .at_least(0)
                       .doc("alpha: the bias falls like 2^(-alpha l) with the level l; 0: found from the levels' means."));
  schema.push_back(
      parameter<P, int>("levels_min", &P::levels_min).range(2, 16).doc("Grids to begin with; the bias needs some to be seen."));
}

/// As many levels as the integrand has.
void fit_levels(qmc::MultilevelOptions& options, const qmc::MultilevelIntegrand& integrand) {
  options.levels_max = integrand.levels() - 1;
  options.levels_min = std::min(options.levels_min, options.levels_max);
}

CubatureResult with_report(qmc::MultilevelEstimate estimate) {
  CubatureResult result{std::move(static_cast<qmc::Estimate&>(estimate)), {}};
  result.multilevel = std::move(estimate.report);
  return result;
}

struct MlmcParameters : LevelParameters {
  static Schema<MlmcParameters> schema() {
    Schema<MlmcParameters> all;
    add_level_schema(all, "Points of a level to begin with, from which its variance is estimated.");
    return all;
  }
};

class Mlmc final : public CubatureRule {
 public:
  explicit Mlmc(const qmc::MultilevelOptions& options) : options_(options) {}
  CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const override {
    auto options = options_;
    fit_levels(options, integrand);
    return with_report(qmc::mlmc(integrand, options, goal));
  }

 private:
  qmc::MultilevelOptions options_;
};

struct MlqmcParameters : LevelParameters, PointSetParameters {
  MlqmcParameters() { first_points = 4; }
  int replicates = 32;
  double inflate = qmc::MlqmcOptions{}.inflate;

  static Schema<MlqmcParameters> schema() {
    auto all = point_set_schema<MlqmcParameters>();
    all.push_back(
        parameter("replicates", &MlqmcParameters::replicates).range(2, 10'000).doc("R: independent randomisations on every level."));
    all.push_back(parameter("inflate", &MlqmcParameters::inflate)
                      .at_least(1)
                      .doc("Factor of the copies' standard deviations: the rule stops where they look small, which they do too often."));
    add_level_schema(all, "Points of every replicate of a level to begin with, a power of two.");
    return all;
  }
};

class Mlqmc final : public CubatureRule {
 public:
  Mlqmc(const MlqmcParameters& p, const CubatureContext& context, bool continuation) {
    options_.points = p.make_points(context.dimensions);
    options_.scramble = p.randomisation();
    options_.replicates = p.replicates;
    options_.inflate = p.inflate;
    options_.levels = p.options(context, continuation);
  }
  CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const override {
    auto options = options_;
    fit_levels(options.levels, integrand);
    return with_report(qmc::mlqmc(integrand, options, goal));
  }

 private:
  qmc::MlqmcOptions options_;
};

auto mlmc_factory(bool continuation) {
  return [continuation](const MlmcParameters& p, const CubatureContext& context) {
    return std::make_unique<Mlmc>(p.options(context, continuation));
  };
}

auto mlqmc_factory(bool continuation) {
  return [continuation](const MlqmcParameters& p, const CubatureContext& context) {
    return std::make_unique<Mlqmc>(p, context, continuation);
  };
}

constexpr const char* mlmc_doc = R"($$E P_L = E P_0 + \sum_{l=1}^{L} E\,(P_l - P_{l-1}),$$
$P_l$ the quantity on grid $l$, both terms of a difference from the same sample. Differences vary less the finer the grids, so that few
fine solves are needed: with $V_l$ and $C_l$ the variance and the cost of a difference,
$$N_l = \lceil (1-\theta)^{-1} \tau^{-2} \sqrt{V_l/C_l} \sum_k \sqrt{V_k C_k} \rceil .$$
A grid more is taken while the bias that the last differences let expect is above $\sqrt\theta\,\tau$, up to the deck's own grid.)";
constexpr const char* mlqmc_doc =
    R"(As `mlmc`, with $R$ randomised copies of a point set on every level: the number of points is doubled where the variance
of the level's mean, measured from the copies, is largest for its cost. Where the integrand is smooth in its leading coordinates, the work
for an error $\varepsilon$ grows like $\varepsilon^{-1}$ in place of $\varepsilon^{-2}$.)";
constexpr const char* continuation_doc =
    R"( The tolerance is reached through $1.668^9 \tau, 1.668^8 \tau, \ldots$, and the share of the bias is
adapted to what is found on the way.)";

const Registration mlmc_entry = plugin<CubatureRule, MlmcParameters>("mlmc")
                                    .summary("Multilevel Monte Carlo: many solves on coarse grids, few on fine ones")
                                    .doc(mlmc_doc)
                                    .source("M. B. Giles, Multilevel Monte Carlo methods, Acta Numerica 24 (2015) 259-328")
                                    .example("[integrate]\nrule = { type = \"mlmc\" }\nlevels = 4\n")
                                    .capabilities({"confidence_interval", "multilevel"})
                                    .factory(mlmc_factory(false));
const Registration mlmc_continuation_entry =
    plugin<CubatureRule, MlmcParameters>("mlmc_continuation")
        .summary("Multilevel Monte Carlo through a sequence of falling tolerances")
        .doc(std::string(mlmc_doc) + continuation_doc)
        .source(
            "N. Collier, A.-L. Haji-Ali, F. Nobile, E. von Schwerin, R. Tempone, A continuation multilevel Monte Carlo algorithm, BIT "
            "Numer. Math. 55 (2015) 399-432")
        .example("[integrate]\nrule = { type = \"mlmc_continuation\" }\nlevels = 4\n")
        .capabilities({"confidence_interval", "multilevel"})
        .factory(mlmc_factory(true));
const Registration mlqmc_entry =
    plugin<CubatureRule, MlqmcParameters>("mlqmc")
        .summary("Multilevel quasi-Monte Carlo: the first choice where grids can be halved")
        .doc(mlqmc_doc)
        .source(
            "M. B. Giles, B. J. Waterhouse, Multilevel quasi-Monte Carlo path simulation, Radon Series Comp. Appl. Math. 8 (2009) "
            "165-181; F. Y. Kuo, R. Scheichl, C. Schwab, I. H. Sloan, E. Ullmann, Multilevel quasi-Monte Carlo methods for lognormal "
            "diffusion problems, Math. Comp. 86 (2017) 2827-2860")
        .example("[integrate]\nrule = { type = \"mlqmc\", replicates = 32 }\nlevels = 4\n")
        .capabilities({"confidence_interval", "multilevel"})
        .factory(mlqmc_factory(false));
const Registration mlqmc_continuation_entry =
    plugin<CubatureRule, MlqmcParameters>("mlqmc_continuation")
        .summary("Multilevel quasi-Monte Carlo through a sequence of falling tolerances")
        .doc(std::string(mlqmc_doc) + continuation_doc)
        .source(
            "P. Robbe, D. Nuyens, S. Vandewalle, A multi-index quasi-Monte Carlo algorithm for lognormal diffusion problems, SIAM J. Sci. "
            "Comput. 39 (2017) S851-S872")
        .example("[integrate]\nrule = { type = \"mlqmc_continuation\" }\nlevels = 4\n")
        .capabilities({"confidence_interval", "multilevel"})
        .factory(mlqmc_factory(true));

}  // namespace
}  // namespace kindred

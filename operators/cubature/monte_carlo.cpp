// Rules with independent points.

#include <kindred/kernels/qmc/cubature/monte_carlo.hpp>
#include <kindred/operators/cubature/cubature_rule.hpp>

namespace kindred {
namespace {

struct MonteCarloParameters {
  std::int64_t pilot_points = 1024;
  double inflate = 1.2;

  static Schema<MonteCarloParameters> schema() {
    using P = MonteCarloParameters;
    return {
        parameter("pilot_points", &P::pilot_points)
            .range(4, std::int64_t{1} << 32U)
            .doc("Points from which standard deviations are estimated."),
        parameter("inflate", &P::inflate).at_least(1).doc("Factor of the estimated standard deviations."),
    };
  }

  [[nodiscard]] qmc::MonteCarloOptions options(const CubatureContext& context) const {
    return {context.seed, static_cast<std::uint64_t>(pilot_points), inflate, context.confidence};
  }
};

using Rule = qmc::Estimate (*)(qmc::Integrand&, const qmc::MonteCarloOptions&, const qmc::Goal&);

class MonteCarlo final : public CubatureRule {
 public:
  MonteCarlo(const qmc::MonteCarloOptions& options, Rule rule) : options_(options), rule_(rule) {}
  CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const override {
    return {rule_(integrand, options_, goal), {}};
  }

 private:
  qmc::MonteCarloOptions options_;
  Rule rule_;
};

auto factory(Rule rule) {
  return [rule](const MonteCarloParameters& p, const CubatureContext& context) {
    return std::make_unique<MonteCarlo>(p.options(context), rule);
  };
}

const Registration clt_entry =
    plugin<CubatureRule, MonteCarloParameters>("monte_carlo_clt")
        .summary("Plain Monte Carlo, interval by the central limit theorem: the baseline")
        .doc(R"(Independent points, $n \ge (z_{1-\alpha/2}\cdot\text{inflate}\cdot s/\varepsilon)^2$ of them, $s$ the standard deviation of
`pilot_points` points that are not used again.)")
        .source("B. L. Nelson, Foundations and Methods of Stochastic Simulation, Springer 2013, chapter 7")
        .example("[integrate]\nrule = { type = \"monte_carlo_clt\" }\n")
        .capabilities({"confidence_interval"})
        .factory(factory(qmc::monte_carlo_clt));

const Registration guaranteed_entry =
    plugin<CubatureRule, MonteCarloParameters>("monte_carlo_guaranteed")
        .summary("Plain Monte Carlo, interval that holds for every number of points and bounded kurtosis")
        .doc(
            R"(As `monte_carlo_clt`, with bounds that hold for every integrand whose kurtosis is below a cap that `pilot_points` and `inflate`
determine: the smaller number of points of Chebyshev's and Berry and Esseen's inequalities.)")
        .source(
            "F. Hickernell, L. Jiang, Y. Liu, A. Owen, Guaranteed conservative fixed width confidence intervals via Monte Carlo sampling, "
            "MCQMC 2012 (2013) 105-128")
        .example("[integrate]\nrule = { type = \"monte_carlo_guaranteed\", pilot_points = 10000 }\n")
        .capabilities({"confidence_interval"})
        .factory(factory(qmc::monte_carlo_guaranteed));

}  // namespace
}  // namespace kindred

// Rules that take the integrand for a Gaussian process.

#include <kindred/kernels/qmc/cubature/bayes.hpp>
#include <kindred/operators/cubature/cubature_rule.hpp>
#include <kindred/operators/cubature/point_sets.hpp>

namespace kindred {
namespace {

/// What both Bayesian rules share.
struct BayesParameters {
  std::string criterion = "mle";
  int log2_first = 8;
  int order = 2;
};

qmc::BayesOptions bayes_options(const BayesParameters& p, const CubatureContext& context) {
  qmc::BayesOptions options;
  options.log2_first = p.log2_first;
  options.criterion = p.criterion == "mle"   ? qmc::BayesCriterion::mle
                      : p.criterion == "gcv" ? qmc::BayesCriterion::gcv
                                             : qmc::BayesCriterion::full;
  options.uncertainty = 1.0 - context.confidence;
  options.seed = context.seed;
  return options;
}

template <class P>
void add_bayes_schema(Schema<P>& schema) {
  schema.push_back(
      parameter<P, std::string>("criterion", &P::criterion)
          .choices({"mle", "gcv", "full"})
          .doc("How the kernel's parameter is chosen: by maximal likelihood, by generalised cross-validation, or with mean and "
               "scale integrated out (bounds of Student's distribution)."));
  schema.push_back(
      parameter<P, int>("log2_first", &P::log2_first).range(8, 32).doc("The first step takes 2^log2_first points; every other doubles."));
}

struct BayesLatticeParameters : BayesParameters, LatticeParameters {
  std::string periodization = "c1sin";

  static Schema<BayesLatticeParameters> schema() {
    using P = BayesLatticeParameters;
    Schema<P> all{
        lattice_parameter<P>(),
        parameter<P, int>("order", &P::order).range(1, 4).doc("Order of the kernel: periodic functions with as many mixed derivatives."),
        parameter("periodization", &P::periodization)
            .choices({"none", "baker", "c0", "c1", "c1sin", "c2sin", "c3sin"})
            .doc("Change of variable that makes the integrand periodic. All but \"baker\" and \"none\" multiply it by a weight for "
                 "every dimension: for few dimensions only.")};
    add_bayes_schema(all);
    return all;
  }
};

class BayesLattice final : public CubatureRule {
 public:
  BayesLattice(const BayesLatticeParameters& p, const CubatureContext& context)
      : options_{bayes_options(p, context), p.make_lattice(context.dimensions), p.order, qmc::periodization_from_name(p.periodization)} {}
  CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const override {
    return {qmc::bayes_lattice(integrand, options_, goal), {}};
  }

 private:
  qmc::BayesLatticeOptions options_;
};

struct BayesNetParameters : BayesParameters {
  BayesNetParameters() { order = 1; }
  std::string scramble = "lms_digital_shift";

  static Schema<BayesNetParameters> schema() {
    using P = BayesNetParameters;
    Schema<P> all{
        linear_scramble_parameter<P>(),
        parameter<P, int>("order", &P::order).range(1, 4).doc("Order of the kernel, and of the net, which is interlaced."),
    };
    add_bayes_schema(all);
    return all;
  }
};

class BayesNet final : public CubatureRule {
 public:
  BayesNet(const BayesNetParameters& p, const CubatureContext& context)
      : options_{bayes_options(p, context), qmc::sobol(context.dimensions, 32, p.order),
                 p.scramble == "digital_shift" ? qmc::Scramble::digital_shift : qmc::Scramble::lms_digital_shift, p.order} {}
  CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const override {
    return {qmc::bayes_net(integrand, options_, goal), {}};
  }

 private:
  qmc::BayesNetOptions options_;
};

const Registration bayes_lattice_entry =
    plugin<CubatureRule, BayesLatticeParameters>("bayes_lattice")
        .summary("Bayesian cubature on a shifted lattice, for smooth integrands of few dimensions")
        .doc(R"(The integrand is taken for a Gaussian process with the covariance
$$s^2 \prod_j \bigl(1 + \theta\,k(x_j - y_j)\bigr),$$
$k$ of periodic splines. The covariance of the values at a lattice's points is diagonal in the Fourier coefficients $\tilde f$ of the values,
with eigenvalues $\lambda$; $\theta$ minimises $\sum \ln \lambda_i + n \ln \sum_{i \ge 1} |\tilde f_i|^2/\lambda_i$ (`mle`), and the bounds are those of the
posterior of the integral, a credible interval: right if the model is. Points double until it meets the tolerance.)")
        .source(
            "R. Jagadeeswaran, F. J. Hickernell, Fast automatic Bayesian cubature using lattice sampling, Stat. Comput. 29 (2019) "
            "1215-1229")
        .example("[integrate]\nrule = { type = \"bayes_lattice\", order = 2 }\n")
        .capabilities({"credible_bound"})
        .factory(
            [](const BayesLatticeParameters& p, const CubatureContext& context) { return std::make_unique<BayesLattice>(p, context); });

const Registration bayes_net_entry =
    plugin<CubatureRule, BayesNetParameters>("bayes_net")
        .summary("Bayesian cubature on a digitally shifted net")
        .doc(R"(As `bayes_lattice`, with Sobol's points and a kernel of the digitwise difference $x_j \ominus y_j$, diagonal in the Walsh
coefficients of the values. No periodisation is needed.)")
        .source(
            "R. Jagadeeswaran, F. J. Hickernell, Fast automatic Bayesian cubature using Sobol' sampling, in: Advances in Modeling and "
            "Simulation (2022) 301-318")
        .example("[integrate]\nrule = { type = \"bayes_net\" }\n")
        .capabilities({"credible_bound"})
        .factory([](const BayesNetParameters& p, const CubatureContext& context) { return std::make_unique<BayesNet>(p, context); });

}  // namespace
}  // namespace kindred

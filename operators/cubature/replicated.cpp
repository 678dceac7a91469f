// Rules that measure the error by independent randomisations of one point set.

#include <kindred/kernels/qmc/cubature/replicated.hpp>
#include <kindred/operators/cubature/cubature_rule.hpp>
#include <kindred/operators/cubature/point_sets.hpp>

namespace kindred {
namespace {

template <class P>
Parameter<P> first_points_parameter() {
  return parameter<P, std::int64_t>("first_points", &P::first_points)
      .range(1, std::int64_t{1} << 32U)
      .doc("Points of every replicate in the first step, a power of two; every other step doubles them.");
}

struct StudentParameters : PointSetParameters {
  int replicates = 25;
  std::int64_t first_points = 32;
  double inflate = 1.0;

  static Schema<StudentParameters> schema() {
    using P = StudentParameters;
    auto all = point_set_schema<P>();
    all.push_back(parameter("replicates", &P::replicates).range(2, 10'000).doc("R: independent randomisations."));
    all.push_back(first_points_parameter<P>());
    all.push_back(parameter("inflate", &P::inflate).at_least(1).doc("Factor of the half-widths."));
    return all;
  }
};

class StudentT final : public CubatureRule {
 public:
  StudentT(const StudentParameters& p, const CubatureContext& context) {
    options_.points = p.make_points(context.dimensions);
    options_.scramble = p.randomisation();
    options_.seed = context.seed;
    options_.replicates = p.replicates;
    options_.first_points = static_cast<std::uint64_t>(p.first_points);
    options_.confidence = context.confidence;
    options_.inflate = p.inflate;
  }
  CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const override {
    return {qmc::replicated_student_t(integrand, options_, goal), {}};
  }

 private:
  qmc::ReplicatedOptions options_;
};

struct MedianParameters : NetParameters {
  int replicates = 15;
  std::int64_t first_points = 32;

  static Schema<MedianParameters> schema() {
    using P = MedianParameters;
    auto all = net_schema<P>();
    all.back() = parameter<P, std::string>("scramble", &P::scramble)
                     .choices({"lms_digital_shift"})
                     .doc("A linear one: with nested scrambles the median gains nothing.");
    all.push_back(parameter("replicates", &P::replicates).range(3, 9'999).doc("R: independent randomisations, an odd number."));
    all.push_back(first_points_parameter<P>());
    return all;
  }
};

class Median final : public CubatureRule {
 public:
  Median(const MedianParameters& p, const CubatureContext& context) {
    options_.points = p.make_net(context.dimensions);
    options_.scramble = p.make_scramble();
    options_.seed = context.seed;
    options_.replicates = p.replicates;
    options_.first_points = static_cast<std::uint64_t>(p.first_points);
    options_.confidence = context.confidence;
    const double alpha = (1.0 - context.confidence) / context.outputs;
    if (p.replicates % 2 == 0 || qmc::median_interval_rank(p.replicates, alpha) == 0) {
      throw InputError(std::to_string(p.replicates) + " replicates cannot give the median of " + std::to_string(context.outputs) +
                       " outputs with this confidence: take a larger odd number");
    }
  }
  CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const override {
    return {qmc::replicated_median(integrand, options_, goal), {}};
  }

 private:
  qmc::MedianOptions options_;
};

const Registration student_entry =
    plugin<CubatureRule, StudentParameters>("replicated_student_t")
        .summary("Independent randomisations of a point set, Student's interval: the first choice for one grid")
        .doc(R"($R$ independently randomised copies of a point set of $n$ points each, $n$ doubling until
$$t_{1 - \alpha/2,\,R - 1}\, s/\sqrt R$$
meets the tolerance, $s$ the standard deviation of the copies' means, $\alpha = (1 - \text{confidence})/\text{outputs}$. It makes no
assumption on the integrand beyond that means of copies are about normal, and takes random variables that the points do not give.)")
        .source("P. L'Ecuyer, M. Nakayama, A. Owen, B. Tuffin, Confidence intervals for randomized quasi-Monte Carlo estimators, WSC 2023")
        .example("[integrate]\nrule = { type = \"replicated_student_t\", replicates = 16 }\n")
        .capabilities({"confidence_interval"})
        .factory([](const StudentParameters& p, const CubatureContext& context) { return std::make_unique<StudentT>(p, context); });

const Registration median_entry =
    plugin<CubatureRule, MedianParameters>("replicated_median")
        .summary("Median of independent linearly scrambled nets, for smooth integrands")
        .doc(
            R"(As `replicated_student_t`, but the answer is the median of the copies' means and its bounds are order statistics of them. The errors
of linearly scrambled nets are heavy tailed, and the median keeps away from the few bad copies: for smooth integrands it is better by
orders of magnitude. It needs a copy's mean to be as likely above as below the integral.)")
        .source(
            "Z. Pan, A. Owen, Super-polynomial accuracy of one dimensional randomized nets using the median of means, Math. Comp. 92 "
            "(2023) 805-837")
        .example("[integrate]\nrule = { type = \"replicated_median\", replicates = 15 }\n")
        .capabilities({"confidence_interval"})
        .factory([](const MedianParameters& p, const CubatureContext& context) { return std::make_unique<Median>(p, context); });

}  // namespace
}  // namespace kindred

// Rules that bound the error from the decay of the integrand's coefficients.

#include <kindred/kernels/qmc/cubature/lattice_g.hpp>
#include <kindred/kernels/qmc/cubature/net_g.hpp>
#include <kindred/operators/cubature/cubature_rule.hpp>
#include <kindred/operators/cubature/point_sets.hpp>

namespace kindred {
namespace {

template <class P>
Parameter<P> first_parameter() {
  return parameter<P, int>("log2_first", &P::log2_first).range(8, 32).doc("The first step takes 2^log2_first points; every other doubles.");
}

struct NetGParameters : NetParameters {
  NetGParameters() { scramble = "owen_hash"; }
  int log2_first = 10;

  static Schema<NetGParameters> schema() {
    auto all = net_schema<NetGParameters>();
    all.push_back(first_parameter<NetGParameters>());
    return all;
  }
};

class NetG final : public CubatureRule {
 public:
  NetG(const NetGParameters& p, const CubatureContext& context) {
    options_.net = p.make_net(context.dimensions);
    options_.scramble = p.make_scramble();
    options_.seed = context.seed;
    options_.cone.log2_first = p.log2_first;
  }
  CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const override {
    return {qmc::net_g(integrand, options_, goal), {}};
  }

 private:
  qmc::NetGOptions options_;
};

struct LatticeGParameters : LatticeParameters {
  std::string periodization = "baker";
  int log2_first = 10;

  static Schema<LatticeGParameters> schema() {
    return {
        lattice_parameter<LatticeGParameters>(),
        parameter("periodization", &LatticeGParameters::periodization)
            .choices({"none", "baker", "c0", "c1", "c1sin", "c2sin", "c3sin"})
            .doc("Change of variable that makes the integrand periodic; the smoother ones are for few dimensions only."),
        first_parameter<LatticeGParameters>(),
    };
  }
};

class LatticeG final : public CubatureRule {
 public:
  LatticeG(const LatticeGParameters& p, const CubatureContext& context) {
    options_.lattice = p.make_lattice(context.dimensions);
    options_.seed = context.seed;
    options_.periodization = qmc::periodization_from_name(p.periodization);
    options_.cone.log2_first = p.log2_first;
  }
  CubatureResult integrate(qmc::MultilevelIntegrand& integrand, const qmc::Goal& goal) const override {
    return {qmc::lattice_g(integrand, options_, goal), {}};
  }

 private:
  qmc::LatticeGOptions options_;
};

const Registration net_g_entry =
    plugin<CubatureRule, NetGParameters>("net_g")
        .summary("Digital net, error bound from the decay of the Walsh coefficients")
        .doc(
            R"(One randomised net of $2^m$ points, doubled until the bound meets the tolerance. With the Walsh coefficients $\tilde c$ of the
values in an order $\kappa$ in which they decay,
$$|\text{mean} - \mu| \le 5 \cdot 2^{-m} \sum_{k=2^{m-5}}^{2^{m-4}-1} |\tilde c_{\kappa(k)}|$$
for every integrand whose coefficients decay as the seen ones let expect, the cone; a warning says where they refute it. The bound is
no statement of probability. Random variables beyond the point set's coordinates act as noise, which the bound sees as slow decay.)")
        .source("F. J. Hickernell, Ll. A. Jiménez Rugama, Reliable adaptive cubature using digital sequences, MCQMC 2014 (2016) 367-383")
        .example("[integrate]\nrule = { type = \"net_g\", log2_first = 10 }\n")
        .capabilities({"deterministic_bound"})
        .factory([](const NetGParameters& p, const CubatureContext& context) { return std::make_unique<NetG>(p, context); });

const Registration lattice_g_entry =
    plugin<CubatureRule, LatticeGParameters>("lattice_g")
        .summary("Shifted lattice, error bound from the decay of the Fourier coefficients")
        .doc(
            R"(As `net_g`, on a randomly shifted rank-1 lattice and with the Fourier coefficients of the integrand, made periodic by a change of
variable. At most as many points as the generating vector is made for.)")
        .source(
            "Ll. A. Jiménez Rugama, F. J. Hickernell, Adaptive multidimensional integration based on rank-1 lattices, MCQMC 2014 (2016) "
            "407-422")
        .example("[integrate]\nrule = { type = \"lattice_g\", periodization = \"baker\" }\n")
        .capabilities({"deterministic_bound"})
        .factory([](const LatticeGParameters& p, const CubatureContext& context) { return std::make_unique<LatticeG>(p, context); });

}  // namespace
}  // namespace kindred

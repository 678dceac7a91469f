#include <kindred/kernels/qmc/cubature/net_g.hpp>

#include <kindred/kernels/qmc/cubature/guaranteed.hpp>

namespace kindred::qmc {

Estimate net_g(Integrand& integrand, const NetGOptions& options, const Goal& goal) {
  if (options.scramble == Scramble::none || options.scramble == Scramble::lms) {
    throw InputError("net_g: points must be uniform each for itself, which the scramble \"" + std::string(name(options.scramble)) +
                     "\" does not do; take owen_hash");
  }
  const DigitalNet net = options.net ? *options.net : sobol(integrand.dimensions());
  const Sampler sampler(net, {options.scramble, options.seed});
  FiniteIntegrand finite("net_g", integrand);
  Estimate estimate = Guaranteed<WalshBasis>("net_g", finite, sampler, options.cone, options.controls, goal).run();
  estimate.statement = "The bounds hold if the Walsh coefficients of the integrand decay as in the cone of functions that the rule is for.";
  return estimate;
}

}  // namespace kindred::qmc

#include <kindred/kernels/qmc/cubature/lattice_g.hpp>

#include <kindred/kernels/qmc/cubature/guaranteed.hpp>
#include <kindred/kernels/qmc/transforms/periodised.hpp>

namespace kindred::qmc {

Estimate lattice_g(Integrand& integrand, const LatticeGOptions& options, const Goal& goal) {
  const Lattice lattice = options.lattice ? *options.lattice : lattice_table(integrand.dimensions());
  const Sampler sampler(lattice, {Scramble::shift, options.seed});
  FiniteIntegrand finite("lattice_g", integrand);
  Periodised periodic(finite, options.periodization);
  Estimate estimate = Guaranteed<FourierBasis>("lattice_g", periodic, sampler, options.cone, options.controls, goal).run();
  estimate.statement =
      "The bounds hold if the Fourier coefficients of the periodic integrand decay as in the cone of functions that the rule is for.";
  warn_of_weights("lattice_g", options.periodization, integrand.dimensions(), estimate);
  return estimate;
}

}  // namespace kindred::qmc

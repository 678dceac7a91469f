#pragma once

#include <cstdint>
#include <optional>

#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/digital_net.hpp>
#include <kindred/kernels/qmc/lattice.hpp>
#include <kindred/kernels/qmc/randomization.hpp>
#include <kindred/kernels/qmc/transforms/periodization.hpp>

namespace kindred::qmc {

/// How the kernel's parameter is chosen, and what the bounds are.
enum class BayesCriterion {
  mle,   ///< parameters of maximal likelihood, normal bounds
  gcv,   ///< generalised cross-validation, normal bounds
  full,  ///< the mean and scale integrated out under their uninformative prior, bounds of Student's distribution
};

struct BayesOptions {
  int log2_first = 8;  ///< m of the first step; at least 8
  BayesCriterion criterion = BayesCriterion::mle;
  double uncertainty = 0.01;  ///< α: the bounds of all means hold at once with probability 1 − α, if the model is right
  std::uint64_t seed = 0;
};

struct BayesLatticeOptions {
  BayesOptions bayes = {};
  std::optional<Lattice> lattice = {};  ///< lattice_table() if not given
  int order = 2;                        ///< of the kernel, 1 … 4: periodic functions with as many mixed derivatives
  Periodization periodization = Periodization::c1sin;
};

struct BayesNetOptions {
  BayesOptions bayes = {};
  std::optional<DigitalNet> net = {};               ///< Sobol's if not given
  Scramble scramble = Scramble::lms_digital_shift;  ///< or digital_shift
  int order = 1;                                    ///< of the kernel, 1 … 4; beyond 1 on nets of such an order
};

/// Bayesian cubature on a shifted lattice: the integrand is taken for a Gaussian process with the kernel s² Π (1 + θ k(x_j − y_j)), k of
/// periodic splines (product_kernel.hpp), e^−5 ≤ θ ≤ 1. Its matrix at the points is diagonal in Fourier coefficients, so that each θ that
/// the search tries costs O(n (d + log n)). 2^m points, m = log2_first, …, until the credible bounds meet the tolerance.
/// R. Jagadeeswaran and F. J. Hickernell, Fast automatic Bayesian cubature using lattice sampling, Stat. Comput. 29 (2019) 1215-1229.
/// @throws InputError if arguments do not fit together, Error if a value is not finite
/// Memory: 16 bytes a point and output; kernel values of 8 bytes a point and dimension as long as these are fewer than 2^24.
Estimate bayes_lattice(Integrand& integrand, const BayesLatticeOptions& options, const Goal& goal);

/// The same on a digitally shifted net, with kernels of the digitwise difference, which are diagonal in Walsh coefficients. k is a
/// twentieth of the Walsh series, so that the range of θ suits it. R. Jagadeeswaran and F. J. Hickernell, Fast automatic Bayesian cubature
/// using Sobol' sampling, Advances in Modeling and Simulation (2022) 301-318.
Estimate bayes_net(Integrand& integrand, const BayesNetOptions& options, const Goal& goal);

}  // namespace kindred::qmc

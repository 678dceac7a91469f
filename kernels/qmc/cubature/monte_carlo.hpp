#pragma once

#include <cstdint>

#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>

// Rules with independent points: the baseline of all others, and the right choice for integrands that are rough in many dimensions.

namespace kindred::qmc {

struct MonteCarloOptions {
  std::uint64_t seed = 0;
  std::uint64_t pilot_points = 1024;  ///< from which standard deviations are taken; at least 4
  double inflate = 1.2;               ///< factor of these
  double confidence = 0.99;           ///< for all outputs at once
};

/// Monte Carlo after the central limit theorem. The standard deviations s are those of the pilot points; the averages are of n points of
/// their own, at least as many, and
///   n ≥ (z_(1 − α/2) · inflate · s / ε)²,   α = (1 − confidence)/outputs.
/// Where the tolerance ε depends on the answer (relative ones, quantities), n is extended until the bounds
///   μ̂ ± z_(1 − α/2) · inflate · s / √n
/// meet it. They hold as far as averages of n values are normal and s · inflate is not below the standard deviation.
/// @throws InputError if arguments do not fit together, Error if a value is not finite
/// Memory O(outputs).
Estimate monte_carlo_clt(Integrand& integrand, const MonteCarloOptions& options, const Goal& goal);

/// The same with bounds that are guaranteed for every n: for integrands whose kurtosis E(f − μ)⁴/σ⁴ is at most kurtosis_cap(…), the bounds
/// hold with the probability `confidence`. Half of α is for s · inflate ≥ σ (Cantelli's inequality for s²), half for the average of n
/// further points, n the smaller one of Chebyshev's and Berry and Esseen's inequalities.
/// Where the tolerance depends on the answer, stages i = 1, 2, … of new points each have the 2^(−i)th part of that half.
/// F. Hickernell, L. Jiang, Y. Liu, A. Owen, Guaranteed conservative fixed width confidence intervals via Monte Carlo sampling, MCQMC 2012
/// (2013) 105-128. A pilot of 10⁴ points allows kurtoses up to 5.7, that of 1024 up to 1.5 (a normal variable has 3); a warning says when
/// the pilot's own kurtosis is beyond.
/// @throws InputError if arguments do not fit together or the cap is not above 1, Error if a value is not finite
Estimate monte_carlo_guaranteed(Integrand& integrand, const MonteCarloOptions& options, const Goal& goal);

/// Largest kurtosis for which s² of that many points is at least σ²/inflate² with a probability of 1 − alpha.
double kurtosis_cap(std::uint64_t pilot_points, double inflate, double alpha);

/// Number of independent points whose average is within `error` standard deviations of the mean with a probability of 1 − alpha, for every
/// distribution of at most this kurtosis.
double guaranteed_points(double error, double alpha, double kurtosis);

}  // namespace kindred::qmc

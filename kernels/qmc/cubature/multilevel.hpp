#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

struct MultilevelOptions {
  std::uint64_t seed = 0;  ///< every level has points of its own, independent of the others'
  int levels_min = 2;      ///< the finest level of the beginning; at least 1
  int levels_max = 10;     ///< the finest level allowed
  std::uint64_t first_points = 256;
  double confidence = 0.99;  ///< for all outputs at once
  /// What the tolerance bounds: half-widths z_(1 − α/2) · (root mean square error), α = (1 − confidence)/outputs, or the error itself.
  bool root_mean_square = false;
  double bias_share = 0.5;  ///< θ: bias² ≤ θ τ², variance ≤ (1 − θ) τ²; τ the root mean square error wanted
  /// Comes to τ through 1.668^9 τ, 1.668^8 τ, …, with θ from the bias found so far: Collier, Haji-Ali, Nobile, von Schwerin, Tempone, BIT
  /// Numer. Math. 55 (2015) 399-432. What τ must be depends on the answer for relative tolerances and quantities: then τ decreases by that
  /// factor at most, from one pass to the next.
  bool continuation = false;
  double alpha = 0.0;  ///< |E (P − P_l)| ~ 2^(−α l); 0: found by regression
};

/// What is known of one level's P_l − P_(l−1).
struct LevelReport {
  std::uint64_t points = 0;              ///< evaluations, of all replicates
  int dimensions = 0;                    ///< coordinates used
  double cost = 0.0;                     ///< of one evaluation
  std::vector<double> mean;              ///< of every output
  std::vector<double> variance_of_mean;  ///< times points: the variance of one evaluation, of independent points
};

struct MultilevelReport {
  std::vector<LevelReport> levels;
  std::vector<double> bias;              ///< of every output
  std::vector<double> root_mean_square;  ///< √(variance + bias²), of every output
  double alpha = 0.0;                    ///< |mean| ~ 2^(−α l), of the output with the slowest decay, l ≥ 1
  double beta = 0.0;                     ///< points · variance_of_mean ~ 2^(−β l)
  double gamma = 0.0;                    ///< cost ~ 2^(γ l)
};

struct MultilevelEstimate : Estimate {
  MultilevelReport report;
};

/// Multilevel Monte Carlo: independent points on every level, their numbers for the least cost of the variance (1 − θ) τ²,
///   N_l = ⌈(1 − θ)⁻¹ τ⁻² √(V_l/C_l) Σ_k √(V_k C_k)⌉,
/// the largest of all outputs; a level more while |E (P_L − P_(L−1))|/(2^α − 1) > √θ τ, the mean as seen from the last three levels.
/// M. B. Giles, Multilevel Monte Carlo methods, Acta Numerica 24 (2015) 259-328, algorithm 1 and section 3.
/// The intervals hold as far as averages are normal and the bias continues as 2^(−α l).
/// @throws InputError if arguments do not fit together, Error if a value is not finite
MultilevelEstimate mlmc(MultilevelIntegrand& integrand, const MultilevelOptions& options, const Goal& goal);

struct MlqmcOptions {
  std::optional<PointSet> points = {};              ///< Sobol's if not given; a level uses their leading dimensions_of(level) coordinates
  Scramble scramble = Scramble::lms_digital_shift;  ///< one that makes every point uniform
  int replicates = 32;                              ///< R
  /// Factor of the s_l. The rule stops where the variances look small, which they do too often where tails are heavy: with 1, errors of
  /// lognormal variables (σ = 1) are up to 1.26 of what is wanted (report_multilevel).
  double inflate = 1.5;
  MultilevelOptions levels = {};  ///< first_points: of every replicate, a power of two
};

/// Multilevel quasi-Monte Carlo: R randomised copies of a point set on every level, N_l points each. While the variance
///   Σ V_l,  V_l = (inflate · s_l)²/R,  s_l the standard deviation of the copies' means of level l,
/// exceeds (1 − θ) τ², N_l is doubled where V_l/(N_l C_l) is largest. Bias and levels as for mlmc.
/// M. B. Giles, B. J. Waterhouse, Multilevel quasi-Monte Carlo path simulation, Radon Series Comp. Appl. Math. 8 (2009) 165-181.
/// @throws InputError if arguments do not fit together, Error if a value is not finite
MultilevelEstimate mlqmc(MultilevelIntegrand& integrand, const MlqmcOptions& options, const Goal& goal);

/// The same point set with its first dimensions only.
PointSet leading_dimensions(const PointSet& points, int dimensions);

/// A quantity that decays like 2^(−rate · l) over the levels l = 1, 2, …
struct Decay {
  double rate = 0.5;           ///< at least 1/2
  std::vector<double> values;  ///< as given, but from the second on at least half of what the value before lets expect
};

/// Rate by least squares in log₂. Values that are small by accident must not make the rate too large: they are raised, with a rate that is
/// found by three rounds (Giles 2015, section 3.5, does so from one step to the next).
/// @param values  of l = 1, 2, …; not negative
/// @param rate  0, or the rate if it is known
Decay decay(std::vector<double> values, double rate = 0.0);

}  // namespace kindred::qmc

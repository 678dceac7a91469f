#pragma once

#include <cstdint>
#include <optional>

#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred::qmc {

struct ReplicatedOptions {
  std::optional<PointSet> points = {};              ///< Sobol's if not given
  Scramble scramble = Scramble::lms_digital_shift;  ///< one that makes every point uniform
  std::uint64_t seed = 0;
  int replicates = 25;               ///< R ≥ 2
  std::uint64_t first_points = 256;  ///< of every replicate, a power of two
  double confidence = 0.99;          ///< for all outputs at once
  double inflate = 1.0;              ///< factor of the half-widths
};

/// R independently randomised copies of a point set, of n points each, n doubling until the tolerance is met. Of every output,
///   μ̂ ± t_(1 − α/2, R − 1) · inflate · s/√R,   μ̂ and s the average and the standard deviation of the copies' means,
/// α = (1 − confidence)/outputs. The interval holds as far as the copies' means are normal; it is not corrected for the number of looks.
/// P. L'Ecuyer, M. Nakayama, A. Owen, B. Tuffin, Confidence intervals for randomized quasi-Monte Carlo estimators, WSC 2023.
/// @throws InputError if arguments do not fit together, Error if a value is not finite
/// R n evaluations; memory O(R · outputs).
Estimate replicated_student_t(Integrand& integrand, const ReplicatedOptions& options, const Goal& goal);

struct MedianOptions {
  std::optional<PointSet> points = {};              ///< Sobol's if not given; order 2 or 3 for smooth integrands
  Scramble scramble = Scramble::lms_digital_shift;  ///< or lms: what makes the median better than the mean is a linear scramble
  std::uint64_t seed = 0;
  int replicates = 15;               ///< R, odd
  std::uint64_t first_points = 256;  ///< of every replicate, a power of two
  double confidence = 0.99;          ///< for all outputs at once
};

/// As replicated_student_t, but the answer is the median of the copies' means, and the bounds are the k-th smallest and the k-th largest of
/// them, k the largest number with P(Bin(R, 1/2) < k) ≤ α/2.
///
/// What the bounds promise: they hold with probability 1 − α or more, for any R and n, if a copy's mean is as likely above the integral as
/// below it. Symmetry of its error is enough. Z. Pan (arXiv 2504.19138, 2025) proves this in the limit n → ∞ for nets with a linear
/// scramble and digital shift and a class of infinitely differentiable integrands; nothing is known for rough ones, and the looks at
/// smaller n are not corrected for.
///
/// Errors of linearly scrambled nets are heavy tailed: most copies are far better than the root mean square, and the median keeps away from
/// the few bad ones. Z. Pan, A. Owen, Super-polynomial accuracy of one dimensional randomized nets using the median of means, Math. Comp.
/// 92 (2023) 805-837. There is no gain for nested uniform scrambles (T. Goda, K. Suzuki, arXiv 2507.04297), which are refused.
/// @throws InputError if arguments do not fit together or R copies cannot give the confidence, Error if a value is not finite
/// R n evaluations; memory O(R · outputs).
Estimate replicated_median(Integrand& integrand, const MedianOptions& options, const Goal& goal);

/// Rank k of the interval of replicated_median.
/// @returns 0 if even the smallest and the largest of R hold with a probability below 1 − alpha
int median_interval_rank(int replicates, double alpha);

}  // namespace kindred::qmc

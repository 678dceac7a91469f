#pragma once

#include <cstdint>
#include <span>

#include <kindred/core/base/random.hpp>

/// The von Mises-Fisher distribution on the unit sphere of R^p, with density f(x) = C_p(κ) exp(κ m·x) relative to the surface measure,
/// p >= 2, κ >= 0, for dimensions and concentrations at which I_v(κ), v = p/2 - 1, itself overflows or vanishes.
/// K. V. Mardia, P. E. Jupp, "Directional Statistics" (2000), sections 9.3.2 and 10.3.
///
/// All functions throw InputError for a dimension below two, and for a concentration that is negative or NaN. An infinite concentration
/// is the point mass at m.

namespace kindred::kernels::von_mises_fisher {

/// A_p(κ) = I_{p/2}(κ)/I_{p/2-1}(κ) = E[m·x], in [0, 1]. Relative error 4 eps, eps = 2^-53.
double mean_resultant_length(std::int64_t dimension, double concentration);

/// 1 - A_p(κ) = E[|x - m|²]/2, without cancellation where p²/4 + κ² >= 600; elsewhere relative error 2e-14.
double spread(std::int64_t dimension, double concentration);

/// Var[m·x] = A_p'(κ), Fisher's information on κ in one direction. Relative error 1e-14, below p²/4 + κ² = 600 1e-12.
double fisher_information(std::int64_t dimension, double concentration);

/// log E[exp(κ m·x)] under the uniform distribution, log(C_p(0)/C_p(κ)) = log 0F1(p/2; κ²/4). Relative error 8 eps, where the sum of its
/// definition's terms, lgamma(v + 1) + v log(2/κ) + log I_v(κ), may lose all digits.
double log_partition(std::int64_t dimension, double concentration);

/// log C_p(κ), with C_p(0) = Γ(p/2)/(2 π^(p/2)). Error 8 eps (|log C_p(0)| + log_partition).
double log_normalizer(std::int64_t dimension, double concentration);

/// Kullback-Leibler divergence from the uniform distribution, κ A_p(κ) - log_partition. Relative error 1e-14.
double kl_to_uniform(std::int64_t dimension, double concentration);

/// Differential entropy relative to the surface measure, -log C_p(0) - kl_to_uniform.
double entropy(std::int64_t dimension, double concentration);

/// The maximum-likelihood concentration for directions of mean resultant length r = |Σ x_i|/n: the root of A_p(κ) = r; 0 for r = 0,
/// infinity for r = 1. An approximation of the inverse ratio good to 2 % (p = 2) or 1e-7 (p = 1000), then one or two of Halley's steps.
/// Relative error 8 eps max(1, r/(κ A_p'(κ))): one unit in the last place of r moves κ by eps r/(κ A_p'(κ)), about 2κ/(p - 1) eps for
/// large κ; there, pass 1 - r too.
/// @throws InputError unless 0 <= r <= 1
double concentration(std::int64_t dimension, double mean_resultant_length);

/// The same with 1 - r, computed without cancellation as Σ (1 - m·x_i)/n or Σ |x_i - m|²/(2n). Relative error 1e-14 for r near 1,
/// up to 3e-14 where p²/4 + κ² < 600.
/// @throws InputError unless both lie in [0, 1] and add up to one up to rounding
double concentration(std::int64_t dimension, double mean_resultant_length, double spread);

/// concentrations[i] for mean_resultant_lengths[i] with the widest vector instructions that the processor has.
/// @param concentrations  may be one of the inputs
/// @throws InputError for sizes that differ, or for a value that the scalar function refuses (named), before any work
void concentration(std::int64_t dimension, std::span<const double> mean_resultant_lengths, std::span<double> concentrations);
void concentration(std::int64_t dimension, std::span<const double> mean_resultant_lengths, std::span<const double> spreads,
                   std::span<double> concentrations);

/// Asymptotic standard error of the maximum-likelihood concentration from `count` independent directions, 1/sqrt(n A_p'(κ)).
double standard_error(std::int64_t dimension, double concentration, double count);

/// Draws a direction. The component along m by rejection (A. T. A. Wood, Commun. Stat. Simul. Comput. 23 (1994) 157-164) from a symmetric
/// beta variate (G. Ulrich, J. R. Stat. Soc. C 33 (1984) 158-163), acceptance above 0.65; for p = 3 by inversion. The rest is a normalised
/// Gaussian, and a reflection takes the first axis to m. O(p).
/// @param mean_direction  m: p >= 2 numbers of norm one
/// @param draws           of one sample; those from 0 on and those from 2^32 on are used
/// @param direction       p numbers
/// @throws InputError for sizes that differ, a mean direction whose norm is not one to 1e-6, or an infinite concentration
void sample(std::span<const double> mean_direction, double concentration, const Draws& draws, std::span<double> direction);

/// The component m·x of the same direction and 1 - m·x, which keeps its digits for large concentrations.
struct Projection {
  double cosine;
  double spread;
};
Projection sample_projection(std::int64_t dimension, double concentration, const Draws& draws);

}  // namespace kindred::kernels::von_mises_fisher

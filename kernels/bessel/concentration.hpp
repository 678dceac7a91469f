#pragma once

#include <algorithm>
#include <cstddef>

#include <kindred/kernels/bessel/ratio.hpp>

// Maximum likelihood for the concentration of a von Mises-Fisher distribution, A_v(kappa) = r with A_v = I_{v+1}/I_v and v = p/2 - 1,
// in the style of ratio.hpp: for one value, for vectorised loops and for CUDA.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

/// The bounds A_{α,β}(κ) = κ/(α + sqrt(κ² + β²)) of the ratio (Amos 1974, Segura 2011), solved for κ, with α = v + 1/2. β² is
/// (v + 3/2)(v + 1/2 + g): g = 1 is exact for r -> 0, g = 0 for r -> 1, and g = (1 - r²)/(1 + r²) for all r as v -> ∞. With r² damped
/// by v/(v + 1), the relative error is below 0.02 (v = 0), 6e-3 (v = 1), 2e-5 (v = 31), 1e-7 (v = 500).
KINDRED_BESSEL_INLINE double concentration_start(double v, double r, double spread) {
  const double square = r * r;
  const double rest = spread * (1.0 + r);  // 1 - r²
  const double alpha = v + 0.5;
  const double beta_square = (v + 1.5) * (alpha + rest * (v + 1.0) / mul_add(v, square, v + 1.0));
  return r / rest * (alpha + square_root(mul_add(square, alpha * alpha, rest * beta_square)));
}

/// Halley's step for A(κ) - r, where A'' = -2 A A' - (2v + 1) (A' - A/κ)/κ.
/// The residual is formed from 1 - r and 1 - A for r > 1/2: near one, r itself says little.
KINDRED_BESSEL_INLINE double halley_step(double v, double r, double spread, double kappa, const RatioOfI& ratio) {
  const double residual = r < 0.5 ? ratio.value - r : spread - ratio.complement;
  const double curvature = -2.0 * ratio.value * ratio.derivative - (2.0 * v + 1.0) / kappa * (ratio.derivative - ratio.value / kappa);
  const double newton = residual / ratio.derivative;
  return newton / (1.0 - 0.5 * newton * (curvature / ratio.derivative));
}

/// Steps of third order that take the error of the start below rounding.
inline constexpr int halley_steps(double v) { return v < 49.0 ? 2 : 1; }

/// Where the ratio comes from: the continued fraction (0 terms) or so many terms of the uniform expansion.
template <int Terms>
KINDRED_BESSEL_INLINE RatioOfI ratio_of_i(double v, double x) {
  if constexpr (Terms == 0) {
    return full_ratio_of_i_fraction(v, x);
  } else {
    return full_ratio_of_i_uniform<Terms>(v, x);
  }
}

/// Ten terms, good to 1e-12, are enough before another step.
inline constexpr int terms_of_first_step(int terms, int steps) { return steps == 2 ? std::min(terms, 10) : terms; }

template <int Terms, int Steps>
KINDRED_BESSEL_INLINE double refined_concentration(double v, double r, double spread, double start) {
  constexpr int first_terms = terms_of_first_step(Terms, Steps);
  double kappa = start - halley_step(v, r, spread, start, ratio_of_i<first_terms>(v, start));
  if constexpr (Steps == 2) {
    kappa -= halley_step(v, r, spread, kappa, ratio_of_i<Terms>(v, kappa));
  }
  return r > 0.0 && start < 1e150 ? kappa : start;  // beyond, A' vanishes and the start is exact to rounding
}

/// The numbers of terms between which the radius of the start decides, and the smallest radius of each.
inline constexpr int concentration_regions = 4;
inline constexpr int concentration_terms[concentration_regions] = {0, 20, 10, 7};
inline constexpr double concentration_radius[concentration_regions] = {0.0, 21.2, 64.0, 206.0};

template <int Terms, int Steps>
[[gnu::noinline]] void refine_concentrations(double v, std::size_t count, const double* r, const double* spread, const double* start,
                                             double* kappa) {
  KINDRED_BESSEL_VECTORISE
  for (std::size_t i = 0; i < count; ++i) {
    kappa[i] = refined_concentration<Terms, Steps>(v, r[i], spread[i], start[i]);
  }
}

using Refine = void (*)(double, std::size_t, const double*, const double*, const double*, double*);

template <int Steps>
constexpr Refine refine_by_region[concentration_regions] = {
    refine_concentrations<concentration_terms[0], Steps>, refine_concentrations<concentration_terms[1], Steps>,
    refine_concentrations<concentration_terms[2], Steps>, refine_concentrations<concentration_terms[3], Steps>};

/// kappa[i] from r[i] and spread[i] = 1 - r[i]. Blocks are sorted by region, unless all of a block lies in one.
inline void solve_concentrations(double v, std::size_t count, const double* r, const double* spread, double* kappa) {
  constexpr std::size_t block = 256;
  const Refine* const refine = halley_steps(v) == 2 ? refine_by_region<2> : refine_by_region<1>;
  double start[block];
  double sorted[4][block];  // r, spread, start, kappa
  std::size_t members[concentration_regions][block];
  for (std::size_t first = 0; first < count; first += block) {
    const std::size_t size = count - first < block ? count - first : block;
    KINDRED_BESSEL_VECTORISE
    for (std::size_t i = 0; i < size; ++i) {
      start[i] = concentration_start(v, r[first + i], spread[first + i]);
    }
    std::size_t sizes[concentration_regions] = {};
    for (std::size_t i = 0; i < size; ++i) {
      const double square = v * v + start[i] * start[i];
      int region = 0;
      for (int k = 1; k < concentration_regions; ++k) {
        region += square >= concentration_radius[k] * concentration_radius[k] ? 1 : 0;
      }
      members[region][sizes[region]++] = i;
    }
    for (int k = 0; k < concentration_regions; ++k) {
      if (sizes[k] == size) {
        refine[k](v, size, r + first, spread + first, start, kappa + first);
        break;
      }
      const std::size_t* const at = members[k];
      for (std::size_t i = 0; i < sizes[k]; ++i) {
        sorted[0][i] = r[first + at[i]];
        sorted[1][i] = spread[first + at[i]];
        sorted[2][i] = start[at[i]];
      }
      refine[k](v, sizes[k], sorted[0], sorted[1], sorted[2], sorted[3]);
      for (std::size_t i = 0; i < sizes[k]; ++i) {
        kappa[first + at[i]] = sorted[3][i];
      }
    }
  }
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

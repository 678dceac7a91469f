#pragma once

#include <span>
#include <string>

#include <kindred/kernels/qmc/cubature/integrand.hpp>

// Integrands with known integrals, by which cubature is commonly judged.

namespace kindred::qmc {

struct TestIntegrand {
  std::string name;
  FunctionIntegrand integrand;
  double exact;
};

/// ∫ cos|x| exp(−|x|²) dx over R^d, as the mean of π^(d/2) cos(|z|/√2), z normal. Negative for d = 6 … 12 and others.
/// B. D. Keister, Computers in Physics 10 (1996) 119-122.
TestIntegrand keister(int dimensions);

/// Genz' families, cos(Σ c_j x_j) and (1 + Σ c_j x_j)^(−d−1), c_j in proportion to
enum class GenzDecay {
  linear,       // (j − 1/2)/d
  quadratic,    // 1/j²
  exponential,  // 10^(−8 j/d)
};
/// with a sum of 9/2 and of 1/4. A. Genz, Testing multidimensional integration routines (1984).
TestIntegrand genz_oscillatory(int dimensions, GenzDecay decay);
TestIntegrand genz_corner_peak(int dimensions, GenzDecay decay);

/// Sobol's Π (|4 x_j − 2| + a_j)/(1 + a_j): kinks, and a product structure.
TestIntegrand g_function(std::span<const double> a);

/// sin y₁ + 7 sin² y₂ + y₃⁴ sin(y₁)/10, y uniform on (−π, π)³.
TestIntegrand ishigami();

/// x e^x.
TestIntegrand x_exp_x();

/// |x|^s over the unit cube of three dimensions, s = −1 or 1. D. H. Bailey, J. M. Borwein and R. E. Crandall, Box integrals, J. Comput.
/// Appl. Math. 206 (2007) 196-208.
/// @throws InputError for another s
TestIntegrand box_integral(int s);

/// Flow through a borehole, eight uniform inputs (S. Surjanovic and D. Bingham's ranges). The mean is from tensor products of
/// Gauss-Legendre rules, to eleven digits.
TestIntegrand borehole();

/// How normal numbers make a Brownian path: step by step, or by principal components, the most important first.
enum class PathConstruction { forward, principal };

/// Discounted payoff of a call on the geometric mean of a stock at `dates` equally spaced dates (A. Kemna and A. Vorst, 1990): stock 30,
/// strike 35, rate 0.01, volatility 1/2, one year.
TestIntegrand asian_geometric_call(int dates = 12, PathConstruction construction = PathConstruction::principal);

}  // namespace kindred::qmc

#pragma once

#include <complex>
#include <cstddef>
#include <utility>
#include <vector>

#include <kindred/kernels/qmc/cubature/decay_order.hpp>

namespace kindred::qmc {

/// Control variates: functions g_v of known means that resemble the integrand. f − Σ_v b_v (g_v − mean of g_v) has the mean of f for any b,
/// and is easier to integrate for the right one. The g_v are the last outputs of an integrand, means.size() of them.
/// F. J. Hickernell, C. Lemieux and A. B. Owen, Control variates for quasi-Monte Carlo, Statist. Sci. 20 (2005) 1-31: b is to minimise what
/// the rule's error is made of, the coefficients beyond the first, not the variance.
struct ControlVariates {
  std::vector<double> means;
  bool refit = false;  ///< b anew at every doubling, at the price of the variates' coefficients in memory; else from the first step
};

/// Re(a conj(b)).
inline double inner(double a, double b) { return a * b; }
inline double inner(std::complex<double> a, std::complex<double> b) { return a.real() * b.real() + a.imag() * b.imag(); }

/// Solves the symmetric positive semidefinite system A b = rhs; unknowns whose pivot is lost to rounding are 0.
/// @param matrix  size × size, row by row
std::vector<double> solve_normal_equations(std::vector<double> matrix, std::vector<double> rhs);

/// b that minimises Σ_(k ≥ first) |c_κ(k) − Σ_v b_v X_v,κ(k)|², by normal equations, in which a variate that depends on those before it to
/// six digits takes no part. O(n variates²).
template <class Coefficients>
std::vector<double> fit_control_variates(const Coefficients& c, const std::vector<Coefficients>& variates, const DecayOrder& order,
                                         std::size_t first) {
  const std::size_t p = variates.size();
  std::vector<double> matrix(p * p, 0.0);
  std::vector<double> rhs(p, 0.0);
  for (std::size_t k = first; k < order.size(); ++k) {
    const std::size_t at = order[k];
    for (std::size_t v = 0; v < p; ++v) {
      rhs[v] += inner(c[at], variates[v][at]);
      for (std::size_t w = 0; w <= v; ++w) {
        matrix[v * p + w] += inner(variates[v][at], variates[w][at]);
      }
    }
  }
  return solve_normal_equations(std::move(matrix), std::move(rhs));
}

}  // namespace kindred::qmc

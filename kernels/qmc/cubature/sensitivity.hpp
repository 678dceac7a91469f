#pragma once

#include <vector>

#include <kindred/kernels/qmc/cubature/estimate.hpp>
#include <kindred/kernels/qmc/cubature/integrand.hpp>

namespace kindred::qmc {

/// Sobol' sensitivity indices of f for any subsets u of its variables: for x, z independent,
///   closed  E f(x) (f(x_u, z_−u) − f(z)) / Var f,       the part of the variance that x_u alone explains,
///   total   E (f(z) − f(x_u, z_−u))² / (2 Var f),      the part that vanishes when all but x_u are known.
/// A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto, S. Tarantola, Comput. Phys. Commun. 181 (2010) 259-270, table 2 (b) and (f).
///
/// This is the integrand of the means that they are made of, in 2 d dimensions (x, then z), f evaluated once at x, at z and at every mixed
/// point; quantities() makes indices of the means, by interval arithmetic. Any rule serves. To record evaluations, record this integrand,
/// not f, which sees several points of the same number.
class SensitivityIntegrand final : public Integrand {
 public:
  /// @param f  kept by reference
  /// @param subsets  variables 0 … d − 1, each subset not empty and without repetitions
  /// @param centre  [output of f] numbers taken off f, which leave the indices as they are; near the means they keep E f² − (E f)² from
  ///                losing digits. Empty: zeros.
  /// @throws InputError if a subset is not one, or sizes disagree
  SensitivityIntegrand(Integrand& f, std::vector<std::vector<int>> subsets, std::vector<double> centre = {});

  [[nodiscard]] int dimensions() const override { return 2 * f_.dimensions(); }
  /// [output of f][mean, second moment, then numerator closed and total of every subset]
  [[nodiscard]] int outputs() const override;
  void evaluate(const PointBlock& block, std::span<double> values) override;

  /// Indices [output of f][subset][closed, total], clipped to [0, 1].
  [[nodiscard]] Quantities quantities() const;
  [[nodiscard]] int quantity(int output, int subset, bool total) const;

 private:
  Integrand& f_;
  std::vector<std::vector<int>> subsets_;
  std::vector<double> centre_;
};

}  // namespace kindred::qmc

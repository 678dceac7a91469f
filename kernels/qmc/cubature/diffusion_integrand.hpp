#pragma once

#include <functional>
#include <vector>

#include <kindred/kernels/qmc/cubature/integrand.hpp>

namespace kindred::qmc {

/// Coefficients a(x, y) of a diffusion problem on (0, 1), y_j uniform on (0, 1), z_j = Φ⁻¹(y_j):
struct RandomCoefficient {
  enum class Kind {
    lognormal,  ///< exp Σ ψ_j(x) z_j
    affine,     ///< 1 + Σ ψ_j(x) (y_j − 1/2)
  };
  Kind kind = Kind::lognormal;
  std::vector<std::function<double(double x)>> modes;  ///< ψ_j, the most important first
};

/// a = exp(σ z) everywhere.
RandomCoefficient constant_lognormal(double sigma);

/// Karhunen-Loève series of a Gaussian field of covariance σ² exp(−|x − x'|/ℓ), its first terms:
/// ψ = √λ φ/‖φ‖, λ = 2 ℓ σ²/(1 + ℓ² w²), φ = sin w x + ℓ w cos w x, w the roots of (ℓ² w² − 1) sin w = 2 ℓ w cos w.
/// R. Ghanem, P. Spanos, Stochastic Finite Elements (1991), section 2.3.3.
RandomCoefficient exponential_covariance(double sigma, double length, int terms);

/// ψ_j = amplitude · sin(j π x)/j².
RandomCoefficient affine_sines(double amplitude, int terms);

/// P = ∫ u, −(a u')' = 1 on (0, 1), u(0) = u(1) = 0, by finite volumes with 2^(level + 2) cells; P by the trapezoidal rule.
///   q_(i+1/2) = c − x_(i+1/2),  u_(i+1) = u_i + h q/a,  c = Σ (x/a) / Σ (1/a):
/// the solution of the tridiagonal system in closed form. With a constant, E P = E a⁻¹/12, and P_l = P (1 − h²).
class DiffusionIntegrand final : public MultilevelIntegrand {
 public:
  /// @throws InputError if there is no mode, or levels is not in 1 … 20
  DiffusionIntegrand(const RandomCoefficient& coefficient, int levels);

  [[nodiscard]] int dimensions() const override { return modes_; }
  [[nodiscard]] int levels() const override { return static_cast<int>(grids_.size()); }
  /// Modes times cells, of both grids.
  [[nodiscard]] double cost(int level) const override;
  void evaluate(const PointBlock& block, std::span<double> values) override;

  /// P_l alone, as an integrand of one level.
  [[nodiscard]] FunctionIntegrand on_level(int level) const;

 private:
  /// ψ_j at the midpoints of the cells, [cell][mode].
  using Grid = std::vector<double>;
  [[nodiscard]] double solve(int level, std::span<const double> variables) const;
  [[nodiscard]] std::vector<double> variables(std::span<const double> points) const;

  RandomCoefficient::Kind kind_;
  int modes_;
  std::vector<Grid> grids_;
};

}  // namespace kindred::qmc

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>

/// The Matérn family of correlations, M_ν(z) = 2^(1-ν)/Γ(ν) z^ν K_ν(z) with z = sqrt(2ν) r/ℓ, for every smoothness ν > 0 and distance.
/// M. L. Stein, "Interpolation of Spatial Data" (1999), section 2.7; C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for Machine
/// Learning" (2006), section 4.2.
///
/// Functions of (nu, z) throw InputError unless nu is finite and positive; z < 0 and NaN give NaN, z = inf the limit. eps = 2^-53.

namespace kindred::kernels::matern {

/// M_ν(z), 1 at z = 0. Relative error 16 eps (1 + |log M|). Half-integers 1/2, 3/2 and 5/2 by their closed forms.
double correlation(double nu, double z);
/// log M_ν(z), where M itself vanishes. Error 16 eps (1 + |log M|).
double log_correlation(double nu, double z);
/// 1 - M_ν(z), which behaves as z²/(4(ν-1)) for ν > 1 and as z^2ν for ν < 1. Relative error 1e-13, for small z too.
double variogram(double nu, double z);

/// ∂ log M/∂z = -K_{ν-1}(z)/K_ν(z) <= 0. Relative error 2e-14.
double log_slope(double nu, double z);
/// ∂ log M/∂ν with z fixed. Error 1e-14 (1 + |log(z/2)| + 1/ν).
double log_order_slope(double nu, double z);
/// ∂ log M/∂ν with z²/ν, the distance, fixed: of order z²/ν² for large ν. Error 1e-14 (1 + |log(z/2)| + 1/ν + z²/ν); for ν >= 21.2
/// 1e-15 (1 + |log M|)/ν.
double log_order_slope_at_distance(double nu, double z);

/// σ² M_ν(sqrt(2ν) r/ℓ).
struct Covariance {
  double sigma = 1.0;   ///< standard deviation
  double length = 1.0;  ///< ℓ, in the unit of r
  double nu = 1.5;      ///< smoothness

  struct Gradient {
    double value;
    double distance;  ///< ∂/∂r; at r = 0 from the right: 0 for ν > 1/2, -σ²/ℓ for ν = 1/2, -inf below
    double sigma;     ///< ∂/∂σ
    double length;    ///< ∂/∂ℓ
    double nu;        ///< ∂/∂ν
  };

  /// @throws InputError unless sigma, length and nu are finite and positive
  [[nodiscard]] double operator()(double r) const;
  /// σ² (1 - M), half the mean square of an increment over the distance r.
  [[nodiscard]] double semivariogram(double r) const;
  [[nodiscard]] Gradient gradient(double r) const;
  /// S(|ω|) with covariance(r) = ∫ S(|ω|) exp(i ω·r) dω over R^d: σ² Γ(ν+d/2)/(π^(d/2) Γ(ν)) (2ν)^ν/ℓ^2ν (2ν/ℓ² + ω²)^-(ν+d/2).
  /// @param dimension  d >= 1
  [[nodiscard]] double spectral_density(double omega, int dimension) const;
};

/// M_ν for many arguments of one ν: log M in polynomials of degree 7 on 32 pieces an octave, compared with `correlation` between
/// their nodes as they are made. Some milliseconds and 80 kB to make; about 5 ns a value with AVX-512.
class Table {
 public:
  /// @throws InputError unless nu is finite and positive, SolveError if the comparison fails
  explicit Table(double nu);

  [[nodiscard]] double nu() const { return nu_; }
  /// Largest difference from `correlation` that was found, relative to M (1 + |log M|).
  [[nodiscard]] double error() const { return error_; }
  [[nodiscard]] std::size_t bytes() const { return coefficients_.size() * sizeof(double); }

  [[nodiscard]] double operator()(double z) const;
  /// values[i] = M_ν(z[i]), zero below 1e-304. @param values may be z @throws InputError if the sizes differ
  void evaluate(std::span<const double> z, std::span<double> values) const;

 private:
  double nu_;
  double first_;                      ///< where the pieces begin: M is 1 - O(eps) below, or ν < 1/2
  std::int64_t first_piece_;          ///< leading bits of its arguments
  std::vector<double> coefficients_;  ///< pieces × 8, with one piece before for z < first_ and one behind for M = 0
  double error_ = 0.0;
};

/// A row of the covariance matrix of points: row[j] = covariance(|x_i - x_j|), row[i] = σ².
/// @param points  count × dimension, in the unit of `covariance.length`
/// @param table   of covariance.nu
/// @throws InputError if row is not of `points.rows` elements, i is none of them, or the table is of another nu
void gram_row(const Covariance& covariance, const Table& table, const MatrixView& points, Index i, std::span<double> row);

}  // namespace kindred::kernels::matern

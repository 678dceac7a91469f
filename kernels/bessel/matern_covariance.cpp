// Covariances with their parameters, and rows of covariance matrices.

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/bessel/matern.hpp>

namespace kindred::kernels::matern {
namespace {

void check(const Covariance& covariance) {
  const auto positive = [](const char* name, double value) {
    if (!(value > 0.0) || std::isinf(value)) {
      throw InputError("Matérn covariance: " + std::string(name) + " is " + std::to_string(value) + "; it must be finite and positive");
    }
  };
  positive("sigma", covariance.sigma);
  positive("length", covariance.length);
  positive("nu", covariance.nu);
}

double scale(const Covariance& covariance) { return std::sqrt(2.0 * covariance.nu) / covariance.length; }

/// Γ(ν + ½) / (Γ(ν) sqrt ν): below ν = 32 as it stands, above by its asymptotic series, exp(-1/(8ν) + 1/(192ν³) - …).
double half_step_of_gamma(double nu) {
  if (nu < 32.0) {
    return std::tgamma(nu + 0.5) / (std::tgamma(nu + 1.0) / std::sqrt(nu));
  }
  const double y = 1.0 / (nu * nu);
  return std::exp((-1.0 / 8.0 + y * (1.0 / 192.0 + y * (-1.0 / 640.0 + y * (17.0 / 14336.0 - y * (31.0 / 18432.0))))) / nu);
}

}  // namespace

double Covariance::operator()(double r) const {
  check(*this);
  return sigma * sigma * correlation(nu, scale(*this) * r);
}

double Covariance::semivariogram(double r) const {
  check(*this);
  return sigma * sigma * variogram(nu, scale(*this) * r);
}

Covariance::Gradient Covariance::gradient(double r) const {
  check(*this);
  const double variance = sigma * sigma;
  if (r == 0.0) {
    const double slope = nu > 0.5 ? 0.0 : nu == 0.5 ? -variance / length : -std::numeric_limits<double>::infinity();
    return {variance, slope, 2.0 * sigma, 0.0, 0.0};
  }
  const double z = scale(*this) * r;
  const double value = correlation(nu, z);
  const double by_z = value * log_slope(nu, z);
  return {variance * value, variance * scale(*this) * by_z, 2.0 * sigma * value, -variance * z / length * by_z,
          variance * value * log_order_slope_at_distance(nu, z)};
}

double Covariance::spectral_density(double omega, int dimension) const {
  check(*this);
  if (dimension < 1) {
    throw InputError("Matérn spectral density: the dimension is " + std::to_string(dimension) + "; it must be positive");
  }
  // Γ(ν + d/2) / (Γ(ν) ν^(d/2)), by Γ(x + 1) = x Γ(x) from d = 0 or 1.
  double gammas = dimension % 2 == 1 ? half_step_of_gamma(nu) : 1.0;
  for (int d = dimension % 2; d < dimension; d += 2) {
    gammas *= 1.0 + 0.5 * d / nu;
  }
  const double half = 0.5 * dimension;
  const double reduced = omega * length;
  return sigma * sigma * gammas * std::pow(length / std::sqrt(2.0 * std::numbers::pi), dimension) *
         std::exp(-(nu + half) * std::log1p(reduced * (reduced / (2.0 * nu))));
}

void gram_row(const Covariance& covariance, const Table& table, const MatrixView& points, Index i, std::span<double> row) {
  check(covariance);
  if (std::ssize(row) != points.rows || i < 0 || i >= points.rows || table.nu() != covariance.nu) {
    throw InputError("Matérn gram_row: row " + std::to_string(i) + " of " + std::to_string(points.rows) + " points into " +
                     std::to_string(row.size()) + " elements, nu = " + std::to_string(covariance.nu) + " with a table of nu = " +
                     std::to_string(table.nu()) + "; give an existing row, as many elements as points, and the table of the same nu");
  }
  const auto here = points.row(i);
  const double factor = scale(covariance);
  for (Index j = 0; j < points.rows; ++j) {
    const auto there = points.row(j);
    double square = 0.0;
    for (std::size_t k = 0; k < here.size(); ++k) {
      const double difference = here[k] - there[k];
      square += difference * difference;
    }
    row[static_cast<std::size_t>(j)] = factor * std::sqrt(square);
  }
  table.evaluate(row, row);
  for (double& value : row) {
    value *= covariance.sigma * covariance.sigma;
  }
}

}  // namespace kindred::kernels::matern

// Directions of the von Mises-Fisher distribution from counter-based random numbers.

#include <cmath>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/bessel/von_mises_fisher.hpp>

namespace kindred::kernels::von_mises_fisher {
namespace {

constexpr std::uint64_t first_normal = std::uint64_t{1} << 32U;  // far behind any attempt of the rejection

/// p = 3: the distribution function of the cosine, inverted; uniform on [-1, 1] for κ = 0.
Projection invert(double kappa, double u) {
  if (kappa == 0.0) {
    return {1.0 - 2.0 * u, 2.0 * u};
  }
  const double spread = -std::log1p(u * std::expm1(-2.0 * kappa)) / kappa;
  return {1.0 - spread, spread};
}

/// Wood's envelope: with z ~ Beta(m/2, m/2), m = p - 1, and b = m/(2κ + sqrt(4κ² + m²)), the cosine is 1 - 2bz/D, D = 1 - (1-b)z, and
/// κ cos + m log(1 - x₀ cos) exceeds its maximum, at x₀ = (1-b)/(1+b), by κ 2b(1-2z)/((1+b)D) + m log((1+b)/(2D)): nothing cancels.
Projection reject(double m, double kappa, const Draws& draws) {
  const double b = m / (2.0 * kappa + std::hypot(2.0 * kappa, m));
  for (std::uint64_t attempt = 0;; ++attempt) {
    // Ulrich: the first coordinate of a uniform direction of R^(m+1) through the radius of its first two.
    const double log_u = std::log(draws.uniform(3 * attempt));
    const double radius = m > 1.0 ? std::sqrt(-std::expm1(2.0 / (m - 1.0) * log_u)) : 1.0;
    const double z = 0.5 * (1.0 + radius * std::cos(2.0 * std::numbers::pi * draws.uniform(3 * attempt + 1)));
    const double d = 1.0 - (1.0 - b) * z;
    const double excess = kappa * 2.0 * b * (1.0 - 2.0 * z) / ((1.0 + b) * d) + m * std::log(0.5 * (1.0 + b) / d);
    if (excess >= std::log(draws.uniform(3 * attempt + 2))) {
      const double spread = 2.0 * b * z / d;
      return {1.0 - spread, spread};
    }
  }
}

void check(std::int64_t dimension, double kappa) {
  if (dimension < 2) {
    throw InputError("von Mises-Fisher sample: the dimension is " + std::to_string(dimension) + "; directions need at least two");
  }
  if (!(kappa >= 0.0) || std::isinf(kappa)) {
    throw InputError("von Mises-Fisher sample: the concentration is " + std::to_string(kappa) + "; it must be finite and >= 0");
  }
}

}  // namespace

Projection sample_projection(std::int64_t dimension, double concentration, const Draws& draws) {
  check(dimension, concentration);
  return dimension == 3 ? invert(concentration, draws.uniform(0)) : reject(static_cast<double>(dimension - 1), concentration, draws);
}

void sample(std::span<const double> mean_direction, double concentration, const Draws& draws, std::span<double> direction) {
  const std::size_t p = mean_direction.size();
  check(static_cast<std::int64_t>(p), concentration);
  if (direction.size() != p) {
    throw InputError("von Mises-Fisher sample: the mean direction has " + std::to_string(p) + " components and the result " +
                     std::to_string(direction.size()));
  }
  double norm = 0.0;
  for (const double c : mean_direction) {
    norm += c * c;
  }
  if (!(std::abs(norm - 1.0) <= 2e-6)) {
    throw InputError("von Mises-Fisher sample: the mean direction has the norm " + std::to_string(std::sqrt(norm)) + "; normalise it");
  }
  const Projection projection = sample_projection(static_cast<std::int64_t>(p), concentration, draws);
  double square = 0.0;
  for (std::size_t i = 1; i < p; ++i) {
    direction[i] = draws.normal(first_normal + i);
    square += direction[i] * direction[i];
  }
  const double scale = std::sqrt(projection.spread * (1.0 + projection.cosine) / square);
  direction[0] = projection.cosine;
  for (std::size_t i = 1; i < p; ++i) {
    direction[i] *= scale;
  }
  // Householder's reflection along e₁ ± m takes e₁ to ∓m; the sign that adds avoids cancellation, and the tangent part is isotropic.
  const double sign = mean_direction[0] >= 0.0 ? 1.0 : -1.0;
  double product = sign * direction[0];
  for (std::size_t i = 0; i < p; ++i) {
    product += mean_direction[i] * direction[i];
  }
  const double factor = product / (1.0 + std::abs(mean_direction[0]));
  for (std::size_t i = 0; i < p; ++i) {
    direction[i] = sign * (factor * mean_direction[i] - direction[i]);
  }
  direction[0] += factor;
}

}  // namespace kindred::kernels::von_mises_fisher

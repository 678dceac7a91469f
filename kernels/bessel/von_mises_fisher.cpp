#include <kindred/kernels/bessel/von_mises_fisher.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/bessel/concentration.hpp>
#include <kindred/kernels/bessel/derivative.hpp>
#include <kindred/kernels/bessel/log_bessel.hpp>

namespace kindred::kernels::von_mises_fisher {
namespace {

using namespace bessel;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double uniform_square = tables::uniform_radius * tables::uniform_radius;

/// The order v = p/2 - 1.
double order(std::int64_t dimension, double concentration) {
  if (dimension < 2) {
    throw InputError("von Mises-Fisher: the dimension is " + std::to_string(dimension) + "; directions need at least two");
  }
  if (!(concentration >= 0.0)) {
    throw InputError("von Mises-Fisher: the concentration is " + std::to_string(concentration) + "; it must be a number >= 0");
  }
  return 0.5 * static_cast<double>(dimension) - 1.0;
}

RatioOfI ratio(double v, double x) {
  return v * v + x * x >= uniform_square ? full_ratio_of_i_uniform<tables::uniform_terms>(v, x) : full_ratio_of_i_fraction(v, x);
}

/// log Γ(v + 1).
double log_factorial(double v) {
  int sign = 0;
  return ::lgamma_r(v + 1.0, &sign);
}

/// Σ z^k/(k! (v+1)_k) over k >= 1, z = x²/4, for x < 21.2 or x² < 2 (v + 1): 40 terms leave less than 2^-55.
double hypergeometric_tail(double v, double x) {
  const double z = 0.25 * x * x;
  double sum = 0.0;
  for (int k = 40; k >= 1; --k) {
    sum = (1.0 + sum) * (z / (k * (k + v)));
  }
  return sum;
}

bool series_converges(double v, double x) { return x * x < std::fmax(2.0 * (v + 1.0), uniform_square); }

/// The uniform expansion of log I_v(x) and of the ratio A, for R >= 21.2.
struct Expansion {
  Polar at;
  double excess;      ///< d = R - v
  double g;           ///< G(s, p)
  double half_ratio;  ///< (x s)² (1/2 + Σ …): d - x A

  Expansion(double v, double x)
      : at(polar(v, x)), excess(x * (x / (at.radius + v))), g(triangle<tables::uniform, tables::uniform_terms>(at.s, at.p)) {
    const double xs = x * at.s;
    half_ratio = xs * xs * (0.5 + ratio_series<tables::uniform_terms>(at.s, at.p));
  }
};

/// log Γ(v + 1) - v log v + v - ½ log(2πv) = -G(1/v, 1) for v >= 8.
double stirling_tail(double v) { return polynomial<tables::stirling>(1.0 / (v * v)) / v; }

constexpr double stirling_order = 8.0;

}  // namespace

double mean_resultant_length(std::int64_t dimension, double concentration) {
  return iv_ratio(order(dimension, concentration), concentration);
}

double spread(std::int64_t dimension, double concentration) {
  const double v = order(dimension, concentration);
  return std::isinf(concentration) ? 0.0 : ratio(v, concentration).complement;
}

double fisher_information(std::int64_t dimension, double concentration) {
  const double v = order(dimension, concentration);
  if (concentration == 0.0 || std::isinf(concentration)) {
    return concentration == 0.0 ? 1.0 / static_cast<double>(dimension) : 0.0;
  }
  return ratio(v, concentration).derivative;
}

double log_partition(std::int64_t dimension, double concentration) {
  const double v = order(dimension, concentration);
  const double x = concentration;
  if (std::isinf(x)) {
    return infinity;
  }
  if (series_converges(v, x)) {
    return std::log1p(hypergeometric_tail(v, x));
  }
  const Expansion e(v, x);
  if (v >= stirling_order) {
    return e.excess - v * std::log1p(0.5 * e.excess / v) - 0.5 * std::log1p(e.excess / v) + (e.g + stirling_tail(v));
  }
  const double log_i = e.at.radius - v * asinh_quotient(v, x, e.at.radius) - 0.5 * std::log(2.0 * std::numbers::pi * e.at.radius) + e.g;
  return log_i + (log_factorial(v) - v * std::log(0.5 * x));
}

double log_normalizer(std::int64_t dimension, double concentration) {
  const double v = order(dimension, concentration);
  const double at_zero = log_factorial(v) - std::numbers::ln2 - (v + 1.0) * std::log(std::numbers::pi);
  return at_zero - log_partition(dimension, concentration);
}

double kl_to_uniform(std::int64_t dimension, double concentration) {
  const double v = order(dimension, concentration);
  const double x = concentration;
  if (std::isinf(x)) {
    return infinity;
  }
  if (series_converges(v, x)) {
    return x * iv_ratio(v, x) - log_partition(dimension, x);
  }
  // d cancels in κ A = d - half_ratio and log_partition = d - …
  const Expansion e(v, x);
  if (v >= stirling_order) {
    return v * std::log1p(0.5 * e.excess / v) + 0.5 * std::log1p(e.excess / v) - e.half_ratio - (e.g + stirling_tail(v));
  }
  return 0.5 * std::log(2.0 * std::numbers::pi * e.at.radius) + v * (asinh_quotient(v, x, e.at.radius) - 1.0 + std::log(0.5 * x)) -
         log_factorial(v) - e.half_ratio - e.g;
}

double entropy(std::int64_t dimension, double concentration) {
  const double log_density_at_zero = log_normalizer(dimension, 0.0);
  return -log_density_at_zero - kl_to_uniform(dimension, concentration);
}

double standard_error(std::int64_t dimension, double concentration, double count) {
  return 1.0 / std::sqrt(count * fisher_information(dimension, concentration));
}

}  // namespace kindred::kernels::von_mises_fisher

#include <kindred/operators/fields/spectral_sum.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred {
namespace {

/// Length of the period of the waves exp(i 2 pi k x / period).
double period(const BasisAxis& axis) { return axis.kind == BasisKind::fourier ? axis.extent : 2.0 * axis.extent; }

/// Sum over k >= 1 of exp(−mu k²), for mu of at least about one.
double tail_sum(double mu) {
  double sum = 0.0;
  for (int k = 1; k * k * mu < 745.0; ++k) {
    sum += std::exp(-mu * k * k);
  }
  return sum;
}

/// Theta function of one axis at time t: sum over its modes of exp(−lambda t).
struct Theta {
  double scaled = 0.0;  ///< sqrt(t) times the function: finite as t → 0
  double excess = 0.0;  ///< the function − 1, without cancellation when large_time
  bool large_time = false;
};

Theta theta(const BasisAxis& axis, double t) {
  const double length = period(axis);
  const double mu = 4.0 * std::numbers::pi * std::numbers::pi * t / (length * length);
  const double root = std::sqrt(t);
  // half: the sum over k >= 1; everything else follows from it.
  Theta result;
  result.large_time = mu >= std::numbers::pi;
  double scaled_half = 0.0;
  if (result.large_time) {
    const double half = tail_sum(mu);
    scaled_half = root * half;
    result.excess = axis.kind == BasisKind::fourier ? 2.0 * half : (axis.kind == BasisKind::sine ? half - 1.0 : half);
  } else {
    // Jacobi: 1 + 2 sum exp(−mu k²) = sqrt(pi/mu) (1 + 2 sum exp(−pi² k²/mu)).
    const double images = t > 0.0 ? tail_sum(std::numbers::pi * std::numbers::pi / mu) : 0.0;
    scaled_half = 0.5 * (length / (2.0 * std::sqrt(std::numbers::pi)) * (1.0 + 2.0 * images) - root);
  }
  result.scaled =
      axis.kind == BasisKind::fourier ? 2.0 * scaled_half + root : (axis.kind == BasisKind::sine ? scaled_half : scaled_half + root);
  return result;
}

/// t^(d/2) times the sum over the box's modes of exp(−lambda t).
double scaled_heat_trace(const CovarianceSpectrum& spectrum, double t, bool drop_constant) {
  double product = 1.0;
  double log_sum = 0.0;
  bool large_time = true;
  for (const auto& axis : spectrum.axes) {
    const Theta factor = theta(axis, t);
    product *= factor.scaled;
    large_time = large_time && factor.large_time;
    log_sum += large_time ? std::log1p(factor.excess) : 0.0;
  }
  if (!drop_constant) {
    return product;
  }
  const double scale = std::pow(t, 0.5 * static_cast<double>(spectrum.axes.size()));
  return large_time ? scale * std::expm1(log_sum) : product - scale;
}

/// Smallest eigenvalue of −Δ among the modes.
double smallest_eigenvalue(const CovarianceSpectrum& spectrum, bool drop_constant) {
  double sum = 0.0;
  double smallest = std::numeric_limits<double>::infinity();
  for (const auto& axis : spectrum.axes) {
    const double first = eigenvalue(axis, 1);
    sum += axis.kind == BasisKind::sine ? first : 0.0;
    smallest = std::min(smallest, first);
  }
  return drop_constant ? smallest : sum;
}

/// Lowest eigenvalue of the operator −Δ + tau². @throws InputError if it is zero
double lowest_level(const CovarianceSpectrum& spectrum, bool drop_constant) {
  const double level = smallest_eigenvalue(spectrum, drop_constant) + spectrum.tau * spectrum.tau;
  if (!(level > 0.0)) {
    throw InputError("a Gaussian random field with tau = 0 gives its constant mode an infinite variance: set zero_mean = true or tau > 0");
  }
  return level;
}

}  // namespace

bool CovarianceSpectrum::has_constant() const {
  return std::none_of(axes.begin(), axes.end(), [](const BasisAxis& axis) { return axis.kind == BasisKind::sine; });
}

double full_trace(const CovarianceSpectrum& spectrum) {
  const double half_dimension = 0.5 * static_cast<double>(spectrum.axes.size());
  if (!(spectrum.alpha > half_dimension)) {
    throw InputError(fmt::format("a Gaussian random field in {} dimension{} needs alpha > {}, or a finite number of modes; alpha is {}",
                                 spectrum.axes.size(), spectrum.axes.size() == 1 ? "" : "s", half_dimension, spectrum.alpha));
  }
  const bool drop_constant = spectrum.without_constant && spectrum.has_constant();
  const double unit = 1.0 / lowest_level(spectrum, drop_constant);  // of time
  const double decay = spectrum.tau * spectrum.tau;
  constexpr double step = 1.0 / 32.0;
  constexpr double last = 7.5;  // t = 1800 units: the slowest mode has decayed to exp(−1800)
  double sum = 0.0;
  // t = unit exp(s − exp(−s)): t^(alpha − d/2) falls double exponentially at one end, exp(−t) at the other. The first term
  // that is taken has t^(alpha − d/2) = exp(−exp(6.5)), or e^-690 where alpha is closer to d/2.
  const double first = -std::max(6.5, std::log(690.0 / (spectrum.alpha - half_dimension)));
  for (auto k = static_cast<int>(std::ceil(first / step)); k <= static_cast<int>(last / step); ++k) {
    const double s = k * step;
    const double log_time = s - std::exp(-s);  // in units
    const double t = unit * std::exp(log_time);
    const double weight = std::exp((spectrum.alpha - half_dimension) * log_time - decay * t) * (1.0 + std::exp(-s));
    sum += weight * scaled_heat_trace(spectrum, t, drop_constant);
  }
  return sum * step * std::pow(unit, spectrum.alpha - half_dimension) / std::tgamma(spectrum.alpha);
}

double truncated_trace(const CovarianceSpectrum& spectrum, Index modes) {
  const bool drop_constant = spectrum.without_constant && spectrum.has_constant();
  lowest_level(spectrum, drop_constant);
  std::array<std::vector<std::pair<double, double>>, 3> functions;  // eigenvalue, multiplicity
  functions.fill({{0.0, 1.0}});
  for (std::size_t a = 0; a < spectrum.axes.size(); ++a) {
    const auto& axis = spectrum.axes[a];
    functions[a].clear();
    for (Index i = 0; i < modes; ++i) {
      functions[a].emplace_back(eigenvalue(axis, axis.kind == BasisKind::sine ? i + 1 : i),
                                axis.kind == BasisKind::fourier && i > 0 ? 2.0 : 1.0);
    }
  }
  double sum = 0.0;
  for (const auto& [x, count_x] : functions[0]) {
    for (const auto& [y, count_y] : functions[1]) {
      for (const auto& [z, count_z] : functions[2]) {
        if (!(drop_constant && x + y + z == 0.0)) {
          sum += count_x * count_y * count_z * std::pow(x + y + z + spectrum.tau * spectrum.tau, -spectrum.alpha);
        }
      }
    }
  }
  return sum;
}

}  // namespace kindred

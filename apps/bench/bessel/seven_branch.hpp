#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

/// The published method, for comparison: A. Plesner, H. H. B. Sørensen, S. Hauberg, "Accurate Computation of the Logarithm of Modified
/// Bessel Functions on GPUs" (ICS 2024, arXiv 2409.08729), in its scalar form for CPUs: seven expressions and the published thresholds.
namespace bench::seven_branch {

namespace detail {

constexpr int largest_degree = 13;

/// q_k with u_k(t) = t^k q_k(t²), by the recurrence DLMF 10.41.9. Coefficients of one power have one sign: no cancellation.
constexpr auto debye_polynomials() {
  std::array<std::array<double, largest_degree + 1>, largest_degree + 1> rounded{};
  std::array<std::array<long double, largest_degree + 2>, largest_degree + 2> q{};
  q[0][0] = 1.0L;
  for (std::size_t k = 0; k <= largest_degree; ++k) {
    for (std::size_t j = 0; j <= k; ++j) {
      const auto e = static_cast<long double>(k + 2 * j);
      q[k + 1][j] += q[k][j] * (e / 2 + 1 / (8 * (e + 1)));
      q[k + 1][j + 1] -= q[k][j] * (e / 2 + 5 / (8 * (e + 3)));
      rounded[k][j] = static_cast<double>(q[k][j]);
    }
  }
  return rounded;
}

inline constexpr auto q = debye_polynomials();
inline const double log_pi = std::log(std::numbers::pi);
inline const double log_two_pi = std::log(2.0 * std::numbers::pi);

/// Log of the sum of K terms of the large-argument series, DLMF 10.40.1-2; sign -1 for I, +1 for K.
template <int K>
double log_large_argument_sum(double v, double x, double sign) {
  const double m = 4.0 * v * v;
  const double step = sign / (8.0 * x);
  double term = 1.0;
  double sum = 1.0;
  for (int k = 1; k <= K; ++k) {
    const double odd = 2.0 * k - 1.0;
    term *= (m - odd * odd) * step / k;
    sum += term;
  }
  return std::log(std::abs(sum));
}

/// L = E - ½ log(2πv) - ¼ log(1 + z²) + log Σ u_k(t)/v^k and its twin for K, DLMF 10.41.3-4.
template <int K>
double uniform(double v, double x, bool second_kind) {
  const double z = x / v;
  const double root = std::sqrt(1.0 + z * z);
  const double t = 1.0 / root;
  const double eta = v * (root + std::log(z / (1.0 + root)));
  const double p = t * t;
  const double s = (second_kind ? -t : t) / v;
  double sum = 0.0;
  for (std::size_t k = K; k > 0; --k) {
    double value = q[k][k];
    for (std::size_t j = k; j-- > 0;) {
      value = value * p + q[k][j];
    }
    sum = (sum + value) * s;
  }
  const double quarter_log = 0.25 * std::log1p(z * z);
  const double log_sum = std::log(std::abs(1.0 + sum));
  return second_kind ? 0.5 * (log_pi - std::log(2.0 * v)) - eta - quarter_log + log_sum
                     : eta - 0.5 * (log_two_pi + std::log(v)) - quarter_log + log_sum;
}

/// Ascending series, 41 terms on a logarithmic scale about the largest one.
inline double series(double v, double x) {
  constexpr int terms = 41;
  std::array<double, terms> logs;
  const double factor = 4.0 / (x * x);
  logs[0] = -std::lgamma(v + 1.0);
  for (int k = 1; k < terms; ++k) {
    logs[static_cast<std::size_t>(k)] = logs[static_cast<std::size_t>(k - 1)] - std::log(k * (k * factor + v * factor));
  }
  const double peak = std::floor(0.5 * (std::sqrt(v * v + x * x) - v));
  const double largest = logs[static_cast<std::size_t>(std::fmin(peak, terms - 1.0))];
  double sum = 0.0;
  for (const double log_term : logs) {
    sum += std::exp(log_term - largest);
  }
  return v * (std::log(x) - std::numbers::ln2) + largest + std::log(sum);
}

/// Rothwell's integral (Commun. Numer. Meth. Engng 24, 2008, 237-249), n = 8, by Simpson's rule with 600 intervals on a logarithmic scale.
inline double integral(double v, double x) {
  constexpr int intervals = 600;
  constexpr double n = 8.0;
  static const auto log_u = [] {
    std::array<double, intervals + 1> table{};
    for (int j = 1; j <= intervals; ++j) {
      table[static_cast<std::size_t>(j)] = std::log(static_cast<double>(j) / intervals);
    }
    return table;
  }();
  const double beta = 2.0 * n / (2.0 * v + 1.0);
  const double log_beta = std::log(beta);
  std::array<double, 2 * intervals> logs;  // both integrands vanish at u = 0
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t j = 1; j <= intervals; ++j) {
    const double u = static_cast<double>(j) / intervals;
    const double power = std::exp(beta * log_u[j]);
    const double g = log_beta - power + (v - 0.5) * std::log(2.0 * x + power) + (n - 1.0) * log_u[j];
    const double h = -1.0 / u - (2.0 * v + 1.0) * log_u[j] + (v - 0.5) * std::log(2.0 * x * u + 1.0);
    logs[2 * j - 2] = g;
    logs[2 * j - 1] = h;
    largest = std::fmax(largest, std::fmax(g, h));
  }
  double sum = 0.0;
  for (std::size_t j = 1; j <= intervals; ++j) {
    const double weight = j == intervals ? 1.0 : j % 2 == 1 ? 4.0 : 2.0;
    sum += weight * (std::exp(logs[2 * j - 2] - largest) + std::exp(logs[2 * j - 1] - largest));
  }
  return 0.5 * log_pi - x - std::lgamma(v + 0.5) - v * std::log(2.0 * x) + largest + std::log(sum / (3.0 * intervals));
}

inline double evaluate(double v, double x, bool second_kind) {
  if (!(x > 0.0) || !(v >= 0.0)) {
    if (x == 0.0 && v >= 0.0) {
      const double infinity = std::numeric_limits<double>::infinity();
      return second_kind ? infinity : v == 0.0 ? 0.0 : -infinity;
    }
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double log_v = v > 0.0 ? std::log(v) : -1000.0;
  const double log_x = std::log(x);
  const auto large_argument = [&](double log_sum) {
    return second_kind ? -x + 0.5 * (log_pi - std::numbers::ln2 - log_x) + log_sum : x - 0.5 * (log_two_pi + log_x) + log_sum;
  };
  const double sign = second_kind ? 1.0 : -1.0;
  if ((x > 1400.0 && v < 3.05) || (v > 3.1 && log_v < 0.6229 * log_x - 3.2318)) {
    return large_argument(log_large_argument_sum<3>(v, x, sign));
  }
  if ((x > 30.0 && v < 15.3919) || (x > 59.6925 && log_v < 0.5113 * log_x + 0.7939)) {
    return large_argument(log_large_argument_sum<20>(v, x, sign));
  }
  if ((x > 274.2377 && v > 0.3) || v > 163.6993) {
    return uniform<4>(v, x, second_kind);
  }
  if ((x > 84.4153 && v > 0.46) || v > 56.9971) {
    return uniform<6>(v, x, second_kind);
  }
  if ((x > 35.9074 && v > 0.6) || v > 20.1534) {
    return uniform<9>(v, x, second_kind);
  }
  if ((x > 19.6931 && v > 0.7) || v > 12.6964) {
    return uniform<13>(v, x, second_kind);
  }
  return second_kind ? integral(v, x) : series(v, x);
}

}  // namespace detail

inline double log_i(double v, double x) { return detail::evaluate(v, x, false); }
inline double log_k(double v, double x) { return detail::evaluate(v, x, true); }

}  // namespace bench::seven_branch

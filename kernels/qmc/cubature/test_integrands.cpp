#include <kindred/kernels/qmc/cubature/test_integrands.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/random/normal_quantiles.hpp>

namespace kindred::qmc {
namespace {

using std::numbers::pi;

/// An integrand of one output from its value at a point.
template <class Value>
FunctionIntegrand scalar(int dimensions, Value value) {
  return {dimensions, 1, [value = std::move(value)](const PointBlock& block, std::span<double> values) {
            const std::size_t d = block.points.size() / block.count;
            for (std::size_t i = 0; i < block.count; ++i) {
              values[i] = value(block.points.subspan(i * d, d));
            }
          }};
}

/// The same of independent normal numbers.
template <class Value>
FunctionIntegrand gaussian(int dimensions, Value value) {
  return {dimensions, 1, [value = std::move(value), z = std::vector<double>()](const PointBlock& block, std::span<double> values) mutable {
            const std::size_t d = block.points.size() / block.count;
            z.resize(block.points.size());
            kernels::normal_quantiles(block.points, z);
            for (std::size_t i = 0; i < block.count; ++i) {
              values[i] = value(std::span<const double>(z).subspan(i * d, d));
            }
          }};
}

std::vector<double> genz_coefficients(int dimensions, GenzDecay decay, double sum) {
  std::vector<double> c(static_cast<std::size_t>(dimensions));
  for (std::size_t k = 0; k < c.size(); ++k) {
    const double j = static_cast<double>(k) + 1.0;
    c[k] = decay == GenzDecay::linear      ? (j - 0.5) / dimensions
           : decay == GenzDecay::quadratic ? 1.0 / (j * j)
                                           : std::pow(10.0, -8.0 * j / dimensions);
  }
  const double scale = sum / std::accumulate(c.begin(), c.end(), 0.0);
  std::ranges::for_each(c, [scale](double& value) { value *= scale; });
  return c;
}

double inner_product(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// 2 π^(d/2)/Γ(d/2) C_(d−1) with C_k, S_k = ∫ r^k (cos r, sin r) exp(−r²) dr over r > 0: 2 C_k = (k − 1) C_(k−2) − S_(k−1),
/// 2 S_k = (k − 1) S_(k−2) + C_(k−1), by parts.
double keister_integral(int d) {
  const double c0 = 0.5 * std::sqrt(pi) * std::exp(-0.25);
  const double s0 = 0.42443638350202229593;  // Dawson's integral at 1/2
  std::vector<double> c{c0, 0.5 * (1.0 - s0)};
  std::vector<double> s{s0, 0.5 * c0};
  for (std::size_t k = 2; k < static_cast<std::size_t>(d); ++k) {
    const double factor = static_cast<double>(k) - 1.0;
    c.push_back(0.5 * (factor * c[k - 2] - s[k - 1]));
    s.push_back(0.5 * (factor * s[k - 2] + c[k - 1]));
  }
  return 2.0 * std::pow(pi, 0.5 * d) / std::tgamma(0.5 * d) * c[static_cast<std::size_t>(d) - 1];
}

/// (1 + y)^(−d−1) = ∫ s^d e^(−s) e^(−s y) ds/d!, so that the integral is the mean of Π (1 − exp(−c_j s))/(c_j s) over s of a gamma
/// distribution; s = e^t, and trapezia, which converge exponentially.
double corner_peak_integral(std::span<const double> c) {
  const auto d = static_cast<double>(c.size());
  double integral = 0.0;
  double total = 0.0;
  for (int k = -40 * 64; k < 8 * 64; ++k) {
    const double t = k / 64.0;
    const double s = std::exp(t);
    double factor = std::exp((d + 1.0) * (t - std::log(d + 1.0)) - (s - d - 1.0));
    total += factor;
    for (const double c_j : c) {
      factor *= -std::expm1(-c_j * s) / (c_j * s);
    }
    integral += factor;
  }
  return integral / total;
}

constexpr double stock = 30.0;
constexpr double strike = 35.0;
constexpr double rate = 0.01;
constexpr double volatility = 0.5;

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// Black and Scholes' formula for the geometric mean, which is lognormal.
double asian_geometric_value(double n) {
  const double mean = std::log(stock) + (rate - 0.5 * volatility * volatility) * 0.5 * (n + 1.0) / n;
  const double variance = volatility * volatility * (n + 1.0) * (2.0 * n + 1.0) / (6.0 * n * n);
  const double d = (mean - std::log(strike)) / std::sqrt(variance);
  return std::exp(-rate) * (std::exp(mean + 0.5 * variance) * normal_cdf(d + std::sqrt(variance)) - strike * normal_cdf(d));
}

/// What the normal numbers contribute to the mean of a Brownian path over the n dates. The geometric mean needs no more of the path.
std::vector<double> mean_of_path(int n, PathConstruction construction) {
  std::vector<double> weights(static_cast<std::size_t>(n));
  for (int k = 1; k <= n; ++k) {
    double& weight = weights[static_cast<std::size_t>(k) - 1];
    if (construction == PathConstruction::forward) {
      weight = (n - k + 1.0) / n / std::sqrt(n);
      continue;
    }
    // Principal components of equal steps: sines, of variance 1/(4 n sin²(ω/2)).
    const double omega = (2.0 * k - 1.0) * pi / (2.0 * n + 1.0);
    double sum = 0.0;
    for (int i = 1; i <= n; ++i) {
      sum += std::sin(omega * i);
    }
    weight = sum / n * 2.0 / std::sqrt(2.0 * n + 1.0) * 0.5 / (std::sqrt(n) * std::sin(0.5 * omega));
  }
  return weights;
}

}  // namespace

TestIntegrand keister(int dimensions) {
  const double scale = std::pow(pi, 0.5 * dimensions);
  const double exact = keister_integral(dimensions);
  return {"Keister, d = " + std::to_string(dimensions),
          gaussian(dimensions, [scale](std::span<const double> z) { return scale * std::cos(std::sqrt(0.5 * inner_product(z, z))); }),
          exact};
}

TestIntegrand genz_oscillatory(int dimensions, GenzDecay decay) {
  const auto c = genz_coefficients(dimensions, decay, 4.5);
  double exact = std::cos(0.5 * 4.5);
  for (const double c_j : c) {
    exact *= std::sin(0.5 * c_j) / (0.5 * c_j);
  }
  return {"Genz oscillatory, d = " + std::to_string(dimensions),
          scalar(dimensions, [c](std::span<const double> x) { return std::cos(inner_product(c, x)); }), exact};
}

TestIntegrand genz_corner_peak(int dimensions, GenzDecay decay) {
  const auto c = genz_coefficients(dimensions, decay, 0.25);
  const double exact = corner_peak_integral(c);
  return {"Genz corner peak, d = " + std::to_string(dimensions),
          scalar(dimensions, [c, dimensions](std::span<const double> x) { return std::pow(1.0 + inner_product(c, x), -dimensions - 1); }),
          exact};
}

TestIntegrand g_function(std::span<const double> a) {
  const std::vector<double> kept(a.begin(), a.end());
  return {"G-function, d = " + std::to_string(a.size()),
          scalar(static_cast<int>(a.size()),
                 [kept](std::span<const double> x) {
                   double product = 1.0;
                   for (std::size_t j = 0; j < x.size(); ++j) {
                     product *= (std::abs(4.0 * x[j] - 2.0) + kept[j]) / (1.0 + kept[j]);
                   }
                   return product;
                 }),
          1.0};
}

TestIntegrand ishigami() {
  return {"Ishigami",
          scalar(3,
                 [](std::span<const double> x) {
                   const double y1 = pi * (2.0 * x[0] - 1.0);
                   const double s2 = std::sin(pi * (2.0 * x[1] - 1.0));
                   const double y3 = pi * (2.0 * x[2] - 1.0);
                   return std::sin(y1) * (1.0 + 0.1 * y3 * y3 * y3 * y3) + 7.0 * s2 * s2;
                 }),
          3.5};
}

TestIntegrand x_exp_x() {
  return {"x exp(x)", scalar(1, [](std::span<const double> x) { return x[0] * std::exp(x[0]); }), 1.0};
}

TestIntegrand box_integral(int s) {
  if (s != -1 && s != 1) {
    throw InputError("box_integral: the exponent must be −1 or 1, not " + std::to_string(s));
  }
  const double logarithm = std::log(2.0 + std::numbers::sqrt3);
  return {"box integral, s = " + std::to_string(s),
          scalar(3,
                 [s](std::span<const double> x) {
                   const double norm = std::sqrt(inner_product(x, x));
                   return s == 1 ? norm : 1.0 / norm;
                 }),
          s == 1 ? 0.25 * std::numbers::sqrt3 + 0.5 * logarithm - pi / 24.0 : 1.5 * logarithm - 0.25 * pi};
}

TestIntegrand borehole() {
  return {"borehole",
          scalar(8,
                 [](std::span<const double> x) {
                   const auto in = [&x](std::size_t j, double low, double high) { return low + (high - low) * x[j]; };
                   const double radius = in(0, 0.05, 0.15);
                   const double upper_flow = in(2, 63070.0, 115600.0);
                   const double head = in(3, 990.0, 1110.0) - in(5, 700.0, 820.0);
                   const double lower_flow = in(4, 63.1, 116.0);
                   const double length = in(6, 1120.0, 1680.0);
                   const double conductivity = in(7, 9855.0, 12045.0);
                   const double ratio = std::log(in(1, 100.0, 50000.0) / radius);
                   return 2.0 * pi * upper_flow * head /
                          (ratio * (1.0 + upper_flow / lower_flow) + 2.0 * length * upper_flow / (radius * radius * conductivity));
                 }),
          77.6513165205};
}

TestIntegrand asian_geometric_call(int dates, PathConstruction construction) {
  const double drift = std::log(stock) + (rate - 0.5 * volatility * volatility) * 0.5 * (dates + 1.0) / dates;
  const double exact = asian_geometric_value(dates);
  return {"Asian call, " + std::to_string(dates) + " dates",
          gaussian(dates,
                   [weights = mean_of_path(dates, construction), drift](std::span<const double> z) {
                     return std::exp(-rate) * std::max(0.0, std::exp(drift + volatility * inner_product(weights, z)) - strike);
                   }),
          exact};
}

}  // namespace kindred::qmc

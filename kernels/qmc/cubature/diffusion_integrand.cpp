#include <kindred/kernels/qmc/cubature/diffusion_integrand.hpp>

#include <cmath>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/random/normal_quantiles.hpp>

namespace kindred::qmc {
namespace {

std::size_t cells(int level) { return std::size_t{4} << static_cast<unsigned>(level); }

/// The k-th root of (ℓ² w² − 1) sin w = 2 ℓ w cos w, the only one in (k π, (k + 1) π), by bisection.
double frequency(int k, double length) {
  const auto excess = [length](double w) { return (length * length * w * w - 1.0) * std::sin(w) - 2.0 * length * w * std::cos(w); };
  double low = std::numbers::pi * k;
  double high = low + std::numbers::pi;
  const double sign = k % 2 == 0 ? 1.0 : -1.0;  // of the excess at the upper end
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (sign * excess(middle) > 0.0 ? high : low) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace

RandomCoefficient constant_lognormal(double sigma) {
  return {RandomCoefficient::Kind::lognormal, {[sigma](double /*x*/) { return sigma; }}};
}

RandomCoefficient exponential_covariance(double sigma, double length, int terms) {
  RandomCoefficient coefficient;
  for (int k = 0; k < terms; ++k) {
    const double w = frequency(k, length);
    const double lw = length * w;
    const double sines = std::sin(2.0 * w) / (4.0 * w);
    const double square = 0.5 - sines + lw * lw * (0.5 + sines) + length * std::sin(w) * std::sin(w);  // ‖φ‖²
    const double factor = sigma * std::sqrt(2.0 * length / ((1.0 + lw * lw) * square));
    coefficient.modes.emplace_back([=](double x) { return factor * (std::sin(w * x) + lw * std::cos(w * x)); });
  }
  return coefficient;
}

RandomCoefficient affine_sines(double amplitude, int terms) {
  RandomCoefficient coefficient{RandomCoefficient::Kind::affine, {}};
  for (int j = 1; j <= terms; ++j) {
    coefficient.modes.emplace_back([=](double x) { return amplitude * std::sin(j * std::numbers::pi * x) / (j * j); });
  }
  return coefficient;
}

DiffusionIntegrand::DiffusionIntegrand(const RandomCoefficient& coefficient, int levels)
    : kind_(coefficient.kind), modes_(static_cast<int>(coefficient.modes.size())) {
  if (modes_ < 1 || levels < 1 || levels > 20) {
    throw InputError("diffusion integrand: " + std::to_string(modes_) + " modes on " + std::to_string(levels) +
                     " levels; at least one mode and 1 to 20 levels are needed");
  }
  for (int level = 0; level < levels; ++level) {
    Grid grid;
    for (std::size_t cell = 0; cell < cells(level); ++cell) {
      const double x = (static_cast<double>(cell) + 0.5) / static_cast<double>(cells(level));
      for (const auto& mode : coefficient.modes) {
        grid.push_back(mode(x));
      }
    }
    grids_.push_back(std::move(grid));
  }
}

double DiffusionIntegrand::cost(int level) const {
  return static_cast<double>(modes_) * static_cast<double>(cells(level) + (level > 0 ? cells(level - 1) : 0));
}

std::vector<double> DiffusionIntegrand::variables(std::span<const double> points) const {
  std::vector<double> result(points.begin(), points.end());
  if (kind_ == RandomCoefficient::Kind::lognormal) {
    kernels::normal_quantiles(points, result);
  } else {
    for (double& y : result) {
      y -= 0.5;
    }
  }
  return result;
}

double DiffusionIntegrand::solve(int level, std::span<const double> variables) const {
  const std::size_t n = cells(level);
  const double h = 1.0 / static_cast<double>(n);
  const double* psi = grids_[static_cast<std::size_t>(level)].data();
  // Sums over cells of 1/a, x/a, and both times the number of nodes to the right: u at a node is a sum over the cells left of it, and the
  // trapezoidal rule sums the nodes.
  double one = 0.0;
  double first = 0.0;
  double one_right = 0.0;
  double first_right = 0.0;
  for (std::size_t cell = 0; cell < n; ++cell) {
    double series = 0.0;
    for (std::size_t j = 0; j < variables.size(); ++j) {
      series += psi[j] * variables[j];
    }
    psi += variables.size();
    const double inverse = kind_ == RandomCoefficient::Kind::lognormal ? std::exp(-series) : 1.0 / (1.0 + series);
    const double x = (static_cast<double>(cell) + 0.5) * h;
    const auto nodes = static_cast<double>(n - 1 - cell);
    one += inverse;
    first += x * inverse;
    one_right += nodes * inverse;
    first_right += nodes * x * inverse;
  }
  return h * h * (first / one * one_right - first_right);
}

void DiffusionIntegrand::evaluate(const PointBlock& block, std::span<double> values) {
  const std::vector<double> all = variables(block.points);
  const auto d = static_cast<std::size_t>(modes_);
  for (std::size_t p = 0; p < block.count; ++p) {
    const auto point = std::span(all).subspan(p * d, d);
    values[p] = solve(block.level, point) - (block.level > 0 ? solve(block.level - 1, point) : 0.0);
  }
}

FunctionIntegrand DiffusionIntegrand::on_level(int level) const {
  return {modes_, 1, [self = *this, level](const PointBlock& block, std::span<double> values) {
            const std::vector<double> all = self.variables(block.points);
            const auto d = static_cast<std::size_t>(self.modes_);
            for (std::size_t p = 0; p < block.count; ++p) {
              values[p] = self.solve(level, std::span(all).subspan(p * d, d));
            }
          }};
}

}  // namespace kindred::qmc

#include <kindred/kernels/qmc/spectral/fit_kernel.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/cubature/minimize.hpp>
#include <kindred/kernels/qmc/spectral/fourier.hpp>
#include <kindred/kernels/qmc/spectral/gram.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

namespace kindred::qmc {
namespace {

using Complex = std::complex<double>;

/// −log likelihood of values, the scale chosen best, as a function of the weights and of the noise's ratio to the scale.
class Likelihood {
 public:
  Likelihood(const Sampler& points, std::span<const double> values, const ProductKernel& kernel, Order order)
      : periodic_(kernel.invariance == Invariance::shift),
        size_(values.size()),
        dimensions_(kernel.weights.size()),
        parts_(size_ * dimensions_),
        squares_(values.begin(), values.end()) {
    std::vector<std::uint64_t> first(dimensions_);
    points.fill<std::uint64_t>(first, 0, 1);
    kernel_parts(kernel, points, order, 0, size_, first, parts_);
    if (periodic_) {
      std::vector<Complex> spectrum(size_ / 2 + 1);
      bit_reversed_fourier(values, spectrum);
      squares_.resize(spectrum.size());
      std::ranges::transform(spectrum, squares_.begin(), [](const Complex& c) { return std::norm(c); });
    } else {
      walsh_hadamard(squares_);
      std::ranges::transform(squares_, squares_.begin(), [](double c) { return c * c; });
    }
  }

  /// The first column, less one, of the kernel of scale 1 without the dimension `without` (none: −1).
  [[nodiscard]] std::vector<double> column(std::span<const double> weights, int without = -1) const {
    std::vector<double> a(size_);
    for (std::size_t j = 0; j < dimensions_; ++j) {
      if (static_cast<int>(j) != without) {
        include_part(weights[j], part(j), a);
      }
    }
    return a;
  }
  [[nodiscard]] std::span<const double> part(std::size_t j) const { return std::span(parts_).subspan(j * size_, size_); }

  [[nodiscard]] std::vector<double> eigenvalues(std::vector<double> column) const {
    if (periodic_) {
      std::vector<Complex> spectrum(size_ / 2 + 1);
      bit_reversed_fourier(column, spectrum);
      column.resize(spectrum.size());
      std::ranges::transform(spectrum, column.begin(), [](const Complex& c) { return c.real(); });
    } else {
      walsh_hadamard(column);
    }
    const double root = std::sqrt(static_cast<double>(size_));
    for (double& value : column) {
      value = std::max(0.0, root * value);
    }
    column[0] += static_cast<double>(size_);
    return column;
  }

  struct Value {
    double negative_log_likelihood;
    double scale;
  };
  /// ½ (n log S + Σ log (λ_k + ν) + n (1 + log 2π)) at the best S.
  [[nodiscard]] Value at(std::span<const double> eigenvalues, double noise_ratio) const {
    const auto n = static_cast<double>(size_);
    double sum = 0.0;
    double logarithms = 0.0;
    for (std::size_t k = 0; k < eigenvalues.size(); ++k) {
      const double multiplicity = periodic_ && k > 0 && 2 * k < size_ ? 2.0 : 1.0;
      sum += multiplicity * squares_[k] / (eigenvalues[k] + noise_ratio);
      logarithms += multiplicity * std::log(eigenvalues[k] + noise_ratio);
    }
    const double scale = sum / n;
    return {0.5 * (n * (std::log(scale) + 1.0 + std::log(2.0 * std::numbers::pi)) + logarithms), scale};
  }

 private:
  bool periodic_;
  std::size_t size_;
  std::size_t dimensions_;
  std::vector<double> parts_;    // [dimension][point]
  std::vector<double> squares_;  // of the values' coefficients
};

void check(std::span<const double> values, const ProductKernel& start, double noise_ratio, const FitOptions& options) {
  const auto positive = [](double x) { return x > 0.0 && std::isfinite(x); };
  if (!positive(options.least_weight) || !positive(options.largest_weight) || options.least_weight >= options.largest_weight ||
      !positive(options.least_noise) || !positive(options.largest_noise) || options.least_noise >= options.largest_noise ||
      !positive(options.tolerance) || options.sweeps < 1) {
    throw InputError("fit_kernel: bounds, tolerance and sweeps must be positive, and the bounds in order");
  }
  if (!positive(noise_ratio)) {
    throw InputError("fit_kernel: noise ratio " + std::to_string(noise_ratio) + ", which must be positive");
  }
  if (!std::ranges::all_of(values, [](double y) { return std::isfinite(y); }) ||
      std::ranges::all_of(values, [](double y) { return y == 0.0; })) {
    throw InputError("fit_kernel: values must be finite, and not all of them zero");
  }
  if (!std::ranges::all_of(start.weights, positive)) {
    throw InputError("fit_kernel: the weights to begin with must be positive");
  }
}

/// exp of the best logarithm in [least, largest], or `current` if that is better.
template <class Function>
double best(const Function& f, double current, double least, double largest, double tolerance) {
  const double found = std::exp(minimize([&](double x) { return f(std::exp(x)); }, std::log(least), std::log(largest), tolerance));
  return f(found) < f(current) ? found : current;
}

}  // namespace

Fit fit_kernel(const Sampler& points, std::span<const double> values, const ProductKernel& start, double noise_ratio,
               const FitOptions& options, Order order) {
  static_cast<void>(Gram(points, values.size(), start, order));  // refuses what is no group
  check(values, start, noise_ratio, options);
  const Likelihood likelihood(points, values, start, order);
  std::vector<double> weights = start.weights;
  double ratio = noise_ratio;
  const auto value = [&] { return likelihood.at(likelihood.eigenvalues(likelihood.column(weights)), ratio); };
  const auto multiplied = [&](double factor) {
    std::vector<double> all = weights;
    for (double& weight : all) {
      weight = std::clamp(factor * weight, options.least_weight, options.largest_weight);
    }
    return all;
  };

  double before = value().negative_log_likelihood;
  for (int sweep = 0; sweep < options.sweeps; ++sweep) {
    const double range = options.largest_weight / options.least_weight;
    weights = multiplied(best(
        [&](double factor) {
          return likelihood.at(likelihood.eigenvalues(likelihood.column(multiplied(factor))), ratio).negative_log_likelihood;
        },
        1.0, 1.0 / range, range, options.tolerance));
    for (std::size_t j = 0; options.weight_for_each && j < weights.size(); ++j) {
      const std::vector<double> others = likelihood.column(weights, static_cast<int>(j));
      weights[j] = best(
          [&](double weight) {
            std::vector<double> column = others;
            include_part(weight, likelihood.part(j), column);
            return likelihood.at(likelihood.eigenvalues(std::move(column)), ratio).negative_log_likelihood;
          },
          weights[j], options.least_weight, options.largest_weight, options.tolerance);
    }
    if (options.fit_noise) {
      const auto eigenvalues = likelihood.eigenvalues(likelihood.column(weights));
      ratio = best([&](double noise) { return likelihood.at(eigenvalues, noise).negative_log_likelihood; }, ratio, options.least_noise,
                   options.largest_noise, options.tolerance);
    }
    const double now = value().negative_log_likelihood;
    const bool settled = before - now < options.tolerance;
    before = now;
    if (settled) {
      break;
    }
  }
  const auto [negative_log_likelihood, scale] = value();
  return {{start.invariance, weights, start.orders, scale}, ratio * scale, negative_log_likelihood};
}

}  // namespace kindred::qmc

#include <kindred/kernels/qmc/spectral/surrogate.hpp>

#include <numeric>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {

Surrogate::Surrogate(Gram gram, std::span<const double> values, double noise)
    : gram_(std::move(gram)), noise_(noise), coefficients_(values.begin(), values.end()), sum_(0.0) {
  if (values.size() != gram_.size()) {
    throw InputError("Surrogate: " + std::to_string(values.size()) + " values at " + std::to_string(gram_.size()) + " points");
  }
  gram_.solve(coefficients_, noise);
  sum_ = std::accumulate(coefficients_.begin(), coefficients_.end(), 0.0);
}

std::vector<std::uint64_t> Surrogate::checked_words(std::span<const double> points, const char* function) const {
  const std::size_t dimensions = gram_.kernel().weights.size();
  if (points.size() % dimensions != 0) {
    throw InputError("Surrogate::" + std::string(function) + ": " + std::to_string(points.size()) + " coordinates in " +
                     std::to_string(dimensions) + " dimensions");
  }
  return words_of(points);
}

std::vector<double> Surrogate::mean(std::span<const double> points) const {
  const auto words = checked_words(points, "mean");
  std::vector<double> means(points.size() / gram_.kernel().weights.size());
  if (!means.empty()) {
    kernel_sums(gram_.kernel(), gram_.points(), gram_.order(), coefficients_, words, means);
  }
  for (double& value : means) {
    value += gram_.kernel().scale * sum_;
  }
  return means;
}

std::vector<double> Surrogate::variance(std::span<const double> points) const {
  const auto words = checked_words(points, "variance");
  const ProductKernel& kernel = gram_.kernel();
  const std::size_t dimensions = kernel.weights.size();
  // K(z, z) is the same everywhere: that of point 0.
  std::vector<double> prior(1);
  std::vector<std::uint64_t> first(dimensions);
  gram_.points().fill<std::uint64_t>(first, 0, 1);
  kernel_minus_scale(kernel, gram_.points(), gram_.order(), 0, 1, first, prior);
  std::vector<double> variances;
  std::vector<double> column(gram_.size());
  for (std::size_t at = 0; at < words.size(); at += dimensions) {
    kernel_minus_scale(kernel, gram_.points(), gram_.order(), 0, gram_.size(), std::span(words).subspan(at, dimensions), column);
    for (double& value : column) {
      value += kernel.scale;
    }
    auto solution = column;
    gram_.solve(solution, noise_);
    variances.push_back(prior[0] + kernel.scale - std::inner_product(column.begin(), column.end(), solution.begin(), 0.0));
  }
  return variances;
}

std::vector<double> Surrogate::gradient(std::span<const double> point) const {
  const auto words = checked_words(point, "gradient");
  const std::size_t dimensions = gram_.kernel().weights.size();
  if (words.size() != dimensions) {
    throw InputError("Surrogate::gradient: at one point of " + std::to_string(dimensions) + " dimensions, not " +
                     std::to_string(words.size()) + " coordinates");
  }
  std::vector<double> slopes(dimensions);
  std::vector<double> column(gram_.size());
  Derivative derivative{std::vector<int>(dimensions), std::vector<int>(dimensions)};
  for (std::size_t j = 0; j < dimensions; ++j) {
    derivative.of_z[j] = 1;
    kernel_derivative(gram_.kernel(), derivative, gram_.points(), gram_.order(), 0, gram_.size(), words, column);
    derivative.of_z[j] = 0;
    slopes[j] = std::inner_product(column.begin(), column.end(), coefficients_.begin(), 0.0);
  }
  return slopes;
}

double Surrogate::integral() const { return gram_.kernel().scale * sum_; }

// S − S² 1ᵀ (K + σ² I)^−1 1 = S (λ_0 + σ² − n S)/(λ_0 + σ²), λ_0 − n S being known by itself.
double Surrogate::integral_variance() const {
  const double scale = gram_.kernel().scale;
  const double excess = gram_.excess() + noise_;
  return scale * excess / (excess + static_cast<double>(gram_.size()) * scale);
}

}  // namespace kindred::qmc

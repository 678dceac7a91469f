#include <kindred/apps/verbs/vmf/fit.hpp>

#include <cmath>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <kindred/kernels/bessel/von_mises_fisher.hpp>

namespace kindred::app::vmf {

namespace distribution = kernels::von_mises_fisher;

namespace {

/// What follows from kappa alone.
void complete(Component& component, Index dimension) {
  component.log_normalizer = distribution::log_normalizer(dimension, component.kappa);
  component.kl_to_uniform = distribution::kl_to_uniform(dimension, component.kappa);
  component.entropy = distribution::entropy(dimension, component.kappa);
}

/// E[r²] = ρ² + (1 - ρ²)/n for independent directions with |E x| = ρ: r² - (1 - r²)/(n - 1) has the mean ρ². Its variance is
/// 4 ρ² A'/n along the mean and 2 (1 - ρ²)²/(n² (p - 1)) across it, to leading order.
void correct_bias(Component& component, double spread, Index dimension) {
  const double n = component.count;
  const double r = component.resultant_length;
  const double square = r * r - spread * (1.0 + r) / (n - 1.0);
  if (square <= 0.0) {
    component.corrected_kappa = 0.0;
    return;
  }
  const double rho = std::sqrt(square);
  const double rest = spread * (1.0 + r) * n / (n - 1.0);  // 1 - ρ²
  const double kappa = distribution::concentration(dimension, rho, rest / (1.0 + rho));
  const double along = distribution::standard_error(dimension, kappa, n);  // 1/sqrt(n A'), so that A' = 1/(n along²)
  const double across = rest * along * along / (rho * std::sqrt(2.0 * static_cast<double>(dimension - 1)));
  component.corrected_kappa = kappa;
  component.corrected_standard_error = std::hypot(along, across);
}

Component fit_moments(const Moments& moments, Index dimension) {
  Component component;
  component.count = static_cast<double>(moments.count);
  component.resultant_length = moments.resultant_length;
  component.kappa = distribution::concentration(dimension, moments.resultant_length, moments.spread);
  component.standard_error = distribution::standard_error(dimension, component.kappa, component.count);
  complete(component, dimension);
  if (std::isfinite(component.kappa)) {
    correct_bias(component, moments.spread, dimension);
  }
  return component;
}

}  // namespace

FitResult fit_classes(const std::vector<std::int64_t>& labels, const ClassSums& sums, Index dimension, Index rows) {
  FitResult result;
  result.model = labels.empty() ? "single" : "classes";
  result.dimension = dimension;
  result.rows = rows;
  double count = 0.0;
  for (std::size_t c = 0; c < std::max<std::size_t>(labels.size(), 1); ++c) {
    const Moments moments = sums.moments(c);
    if (moments.count == 0) {
      if (!labels.empty()) {
        spdlog::warn("class {} has no row with a direction and is left out", labels[c]);
      }
      continue;
    }
    Component component = fit_moments(moments, dimension);
    if (!labels.empty()) {
      component.label = labels[c];
    }
    if (std::isinf(component.kappa)) {
      const std::string equal = moments.count == 1 ? "there is only one row with a direction" : "all rows have the same direction";
      if (labels.empty()) {
        throw InputError(equal + ": the likelihood has no maximum, kappa would be infinite");
      }
      spdlog::warn("class {}: {}; kappa is infinite", labels[c], equal);
    }
    count += component.count;
    result.components.push_back(component);
    result.mean_directions.insert(result.mean_directions.end(), moments.mean_direction.begin(), moments.mean_direction.end());
  }
  if (result.components.empty()) {
    throw InputError(fmt::format("none of the {} rows has a direction: all are zero or not finite", rows));
  }
  result.rejected = rows - static_cast<Index>(count);
  for (Component& component : result.components) {
    component.weight = component.count / count;
    // At the maximum the mean of m·x is r = A(kappa), so that the mean log-likelihood is minus the entropy.
    result.mean_log_likelihood -= component.weight * component.entropy;
  }
  return result;
}

FitResult fit_mixture(const MixtureFit& fit, Index rows) {
  FitResult result;
  result.model = "mixture";
  result.dimension = fit.mixture.dimension;
  result.rows = rows;
  result.rejected = rows - fit.count;
  result.mean_log_likelihood = fit.mean_log_likelihood.back();
  result.mean_directions = fit.mixture.means;
  result.history = fit.mean_log_likelihood;
  result.converged = fit.converged;
  result.reseeded = fit.reseeded;
  for (std::size_t j = 0; j < fit.mixture.weights.size(); ++j) {
    Component component;
    component.weight = fit.mixture.weights[j];
    component.count = fit.component_counts[j];
    component.kappa = fit.mixture.kappas[j];
    component.resultant_length = distribution::mean_resultant_length(result.dimension, component.kappa);
    component.standard_error = distribution::standard_error(result.dimension, component.kappa, component.count);
    complete(component, result.dimension);
    result.components.push_back(component);
  }
  return result;
}

Mixture mixture_of(const FitResult& result) {
  Mixture mixture;
  mixture.dimension = result.dimension;
  mixture.means = result.mean_directions;
  for (const Component& component : result.components) {
    mixture.weights.push_back(component.weight);
    mixture.kappas.push_back(component.kappa);
  }
  return mixture;
}

}  // namespace kindred::app::vmf

#include <kindred/kernels/qmc/transforms/brownian.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {
namespace {

std::vector<double> checked_times(std::vector<double> times) {
  double before = 0.0;
  for (const double t : times) {
    if (!(t > before) || !std::isfinite(t)) {
      throw InputError("Brownian motion was asked for at time " + std::to_string(t) + " after " + std::to_string(before) +
                       ": times must be finite, positive and increase");
    }
    before = t;
  }
  if (times.empty()) {
    throw InputError("Brownian motion needs one time or more");
  }
  return times;
}

MultivariateNormal principal_components(const std::vector<double>& times) {
  const std::size_t d = times.size();
  std::vector<double> covariance(d * d);
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      covariance[i * d + j] = times[std::min(i, j)];
    }
  }
  return {std::vector<double>(d), covariance, Factorization::pca};
}

}  // namespace

BrownianMotion::BrownianMotion(std::vector<double> times, PathConstruction construction, const Law& law)
    : times_(checked_times(std::move(times))), law_(law) {
  if (!std::isfinite(law.start) || !std::isfinite(law.drift) || !std::isfinite(law.diffusion)) {
    throw InputError("Brownian motion needs a finite start, drift and diffusion");
  }
  switch (construction) {
    case PathConstruction::forward:
      roots_.resize(times_.size());
      for (std::size_t i = 0; i < times_.size(); ++i) {
        roots_[i] = std::sqrt(times_[i] - (i > 0 ? times_[i - 1] : 0.0));
      }
      break;
    case PathConstruction::bridge:
      steps_ = bridge_steps(times_);
      break;
    case PathConstruction::pca:
      principal_ = principal_components(times_);
      break;
  }
}

std::vector<BrownianMotion::BridgeStep> BrownianMotion::bridge_steps(const std::vector<double>& times) {
  const std::size_t d = times.size();
  std::vector<BridgeStep> steps{{0, 0, d, 0.0, 0.0, std::sqrt(times.back())}};
  const auto time = [&](std::size_t place) { return place > 0 ? times[place - 1] : 0.0; };
  std::deque<std::pair<std::size_t, std::size_t>> intervals{{0, d}};
  while (!intervals.empty()) {
    const auto [left, right] = intervals.front();
    intervals.pop_front();
    if (right - left < 2) {
      continue;
    }
    const std::size_t middle = (left + right) / 2;
    const double before = time(middle) - time(left);
    const double after = time(right) - time(middle);
    const double whole = time(right) - time(left);
    steps.push_back({left, right, middle, after / whole, before / whole, std::sqrt(before * (after / whole))});
    intervals.emplace_back(left, middle);
    intervals.emplace_back(middle, right);
  }
  return steps;
}

void BrownianMotion::walk_forward(std::span<double> path) const {
  double w = 0.0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    w += roots_[i] * path[i];
    path[i] = w;
  }
}

void BrownianMotion::transform(std::span<double> normals) const {
  const std::size_t d = times_.size();
  if (principal_) {
    principal_->map_normals(normals);
  }
  std::vector<double> w(d + 1);  // w[0] stays 0, the path at time 0
  for (std::size_t first = 0; first < normals.size(); first += d) {
    const auto path = normals.subspan(first, d);
    if (!roots_.empty()) {
      walk_forward(path);
    } else if (!steps_.empty()) {
      for (std::size_t k = 0; k < d; ++k) {
        const BridgeStep& step = steps_[k];
        w[step.middle] = step.left_weight * w[step.left] + step.right_weight * w[step.right] + step.deviation * path[k];
      }
      std::copy(w.begin() + 1, w.end(), path.begin());
    }
    for (std::size_t i = 0; i < d; ++i) {
      path[i] = law_.start + law_.drift * times_[i] + law_.diffusion * path[i];
    }
  }
}

GeometricBrownianMotion::GeometricBrownianMotion(double start, double rate, double volatility, std::vector<double> times,
                                                 PathConstruction construction)
    : start_(start), exponent_(std::move(times), construction, {0.0, rate - 0.5 * volatility * volatility, volatility}) {
  if (!(start > 0.0) || !std::isfinite(start) || volatility < 0.0) {
    throw InputError("geometric Brownian motion needs a finite start > 0 and a volatility >= 0");
  }
}

void GeometricBrownianMotion::transform(std::span<double> normals) const {
  exponent_.map_normals(normals);
  std::transform(normals.begin(), normals.end(), normals.begin(), [&](double x) { return start_ * std::exp(x); });
}

}  // namespace kindred::qmc

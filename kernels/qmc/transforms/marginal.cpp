#include <kindred/kernels/qmc/transforms/marginal.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/cubature/student_t.hpp>
#include <kindred/kernels/random/normal_quantiles.hpp>

namespace kindred::qmc {
namespace {

/// @param rule  what the parameters of the distribution must be
void require(bool holds, const char* distribution, const char* rule) {
  if (!holds) {
    throw InputError(std::string(distribution) + " needs " + rule);
  }
}

template <class... Numbers>
bool finite(Numbers... numbers) {
  return (std::isfinite(numbers) && ...);
}

double normal_probability(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_of(Level level) { return level.below <= level.above ? normal_quantile(level.below) : -normal_quantile(level.above); }

/// log(1 − u).
double log_above(Level level) { return level.below < 0.5 ? std::log1p(-level.below) : std::log(level.above); }

}  // namespace

Uniform::Uniform(double lower, double upper) : lower_(lower), upper_(upper) {
  require(finite(lower, upper, upper - lower) && lower < upper, "a uniform distribution", "finite ends lower < upper");
}

Normal::Normal(double mean, double deviation) : mean_(mean), deviation_(deviation) {
  require(finite(mean, deviation) && deviation > 0.0, "a normal distribution", "a finite mean and a finite deviation > 0");
}

LogNormal::LogNormal(double location, double scale) : location_(location), scale_(scale) {
  require(finite(location, scale) && scale > 0.0, "a lognormal distribution", "a finite location and a finite scale > 0");
}

double LogNormal::of_normal(double z) const { return std::exp(location_ + scale_ * z); }

JohnsonSU::JohnsonSU(double gamma, double delta, double xi, double lambda) : gamma_(gamma), delta_(delta), xi_(xi), lambda_(lambda) {
  require(finite(gamma, delta, xi, lambda) && delta > 0.0 && lambda > 0.0, "Johnson's SU distribution",
          "finite parameters with delta > 0 and lambda > 0");
}

double JohnsonSU::of_normal(double z) const { return xi_ + lambda_ * std::sinh((z - gamma_) / delta_); }

TruncatedNormal::TruncatedNormal(double mean, double deviation, double lower, double upper)
    : mean_(mean), deviation_(deviation), lower_(lower), upper_(upper) {
  require(finite(mean, deviation) && deviation > 0.0 && lower < upper, "a truncated normal distribution",
          "a finite mean, a finite deviation > 0 and ends lower < upper");
  const double a = (lower - mean) / deviation;
  const double b = (upper - mean) / deviation;
  mirrored_ = a + b > 0.0;
  below_ = normal_probability(mirrored_ ? -b : a);
  above_ = normal_probability(mirrored_ ? a : -b);
  mass_ = normal_probability(mirrored_ ? -a : b) - below_;
  require(mass_ > 1e-280, "a truncated normal distribution", "an interval that holds more than 1e-280 of the normal distribution");
}

double TruncatedNormal::quantile(Level level) const {
  if (mirrored_) {
    std::swap(level.below, level.above);
  }
  const double z = normal_of({below_ + level.below * mass_, above_ + level.above * mass_});
  return std::clamp(mean_ + deviation_ * (mirrored_ ? -z : z), lower_, upper_);
}

Exponential::Exponential(double rate) : rate_(rate) {
  require(finite(rate) && rate > 0.0, "an exponential distribution", "a finite rate > 0");
}

double Exponential::quantile(Level level) const { return -log_above(level) / rate_; }

Kumaraswamy::Kumaraswamy(double a, double b) : a_(a), b_(b) {
  require(finite(a, b) && a > 0.0 && b > 0.0, "a Kumaraswamy distribution", "finite a > 0 and b > 0");
}

double Kumaraswamy::quantile(Level level) const { return std::pow(-std::expm1(log_above(level) / b_), 1.0 / a_); }

ContinuousBernoulli::ContinuousBernoulli(double lambda)
    : odds_(lambda / (1.0 - lambda)), s_((2.0 * lambda - 1.0) / (1.0 - lambda)), log_odds_(odds_ < 0.5 ? std::log(odds_) : std::log1p(s_)) {
  require(lambda > 0.0 && lambda < 1.0, "a continuous Bernoulli distribution", "0 < lambda < 1");
}

double ContinuousBernoulli::quantile(Level level) const {
  if (s_ == 0.0) {
    return level.below;
  }
  // 1 + s u = (1 − u) + λ/(1 − λ) u, a sum without cancellation.
  const double increase = s_ * level.below;
  return (increase < -0.5 ? std::log(level.above + odds_ * level.below) : std::log1p(increase)) / log_odds_;
}

Triangular::Triangular(double lower, double mode, double upper) : lower_(lower), mode_(mode), upper_(upper) {
  require(finite(lower, mode, upper, upper - lower) && lower <= mode && mode <= upper && lower < upper, "a triangular distribution",
          "finite lower <= mode <= upper with lower < upper");
}

double Triangular::quantile(Level level) const {
  const double width = upper_ - lower_;
  const double rise = (mode_ - lower_) / width;
  const double fall = (upper_ - mode_) / width;
  // Distances from both ends in units of the width; one is a root, the other its complement without cancellation.
  double from_lower = std::sqrt(level.below * rise);
  double from_upper = std::sqrt(level.above * fall);
  if (level.below < rise) {
    from_upper = (fall + level.above * rise) / (1.0 + from_lower);
  } else {
    from_lower = (rise + level.below * fall) / (1.0 + from_upper);
  }
  return level.below < 0.5 ? lower_ + width * from_lower : upper_ - width * from_upper;
}

StudentT::StudentT(double freedom, double location, double scale) : freedom_(freedom), location_(location), scale_(scale) {
  require(finite(freedom, location, scale) && freedom >= 1.0 && scale > 0.0, "Student's t distribution",
          "a finite location, a finite scale > 0 and 1 degree of freedom or more");
}

double StudentT::quantile(Level level) const {
  const double t = student_t_quantile(std::min(level.below, level.above), freedom_);
  return location_ + scale_ * (level.below < level.above ? -t : t);
}

PiecewiseLinear::PiecewiseLinear(std::vector<double> probabilities, std::vector<double> values) {
  const char* const what = "a piecewise linear quantile function";
  require(probabilities.size() >= 2 && probabilities.size() == values.size(), what, "as many values as probabilities, two or more");
  require(probabilities.front() == 0.0 && probabilities.back() == 1.0 &&
              std::adjacent_find(probabilities.begin(), probabilities.end(), [](double a, double b) { return !(a < b); }) ==
                  probabilities.end(),
          what, "probabilities that increase from 0 to 1");
  require(finite(values.front(), values.back(), values.back() - values.front()) &&
              std::adjacent_find(values.begin(), values.end(), [](double a, double b) { return !(a <= b); }) == values.end(),
          what, "finite values that do not decrease");
  // Piece of every multiple of 1/(number of knots): the last that begins at or below it.
  std::vector<std::size_t> guide(probabilities.size());
  for (std::size_t g = 0, k = 0; g < guide.size(); ++g) {
    for (; probabilities[k + 1] <= static_cast<double>(g) / static_cast<double>(guide.size()); ++k) {
    }
    guide[g] = k;
  }
  knots_ = std::make_shared<const Knots>(Knots{std::move(probabilities), std::move(values), std::move(guide)});
}

PiecewiseLinear PiecewiseLinear::from_samples(std::vector<double> samples) {
  require(samples.size() >= 2 && std::all_of(samples.begin(), samples.end(), [](double x) { return std::isfinite(x); }),
          "a quantile function from samples", "two finite samples or more");
  std::sort(samples.begin(), samples.end());
  std::vector<double> probabilities(samples.size());
  const auto last = static_cast<double>(samples.size() - 1);
  for (std::size_t k = 0; k < samples.size(); ++k) {
    probabilities[k] = static_cast<double>(k) / last;
  }
  return {std::move(probabilities), std::move(samples)};
}

double PiecewiseLinear::quantile(Level level) const {
  const auto& [p, x, guide] = *knots_;
  const auto place = static_cast<std::size_t>(level.below * static_cast<double>(guide.size()));
  std::size_t k = guide[std::min(place, guide.size() - 1)];
  while (k > 0 && p[k] > level.below) {  // where the product was rounded up
    --k;
  }
  while (k + 2 < p.size() && p[k + 1] <= level.below) {
    ++k;
  }
  const double part = (level.below - p[k]) / (p[k + 1] - p[k]);
  return std::min(x[k] + part * (x[k + 1] - x[k]), x[k + 1]);
}

namespace {

template <class Distribution>
constexpr bool is_of_normal = requires(const Distribution& distribution) {
  distribution.of_normal(0.0);
};

}  // namespace

double quantile(const Marginal& marginal, double u) {
  return std::visit(
      [&](const auto& distribution) {
        if constexpr (is_of_normal<std::decay_t<decltype(distribution)>>) {
          return distribution.of_normal(normal_quantile(u));
        } else {
          return distribution.quantile({u, 1.0 - u});
        }
      },
      marginal);
}

void quantiles(const Marginal& marginal, std::span<double> u) {
  std::visit(
      [&](const auto distribution) {  // a copy, which no number of the array can be part of
        if constexpr (is_of_normal<std::remove_const_t<decltype(distribution)>>) {
          constexpr std::size_t tile = 1024;  // stays in the first-level cache
          for (std::size_t first = 0; first < u.size(); first += tile) {
            const auto part = u.subspan(first, std::min(tile, u.size() - first));
            kernels::normal_quantiles(part, part);
            std::transform(part.begin(), part.end(), part.begin(), [&](double z) { return distribution.of_normal(z); });
          }
        } else {
          std::transform(u.begin(), u.end(), u.begin(), [&](double p) { return distribution.quantile({p, 1.0 - p}); });
        }
      },
      marginal);
}

void quantiles_of_normals(const Marginal& marginal, std::span<double> z) {
  std::visit(
      [&](const auto distribution) {  // a copy, which no number of the array can be part of
        std::transform(z.begin(), z.end(), z.begin(), [&](double value) {
          if constexpr (is_of_normal<std::remove_const_t<decltype(distribution)>>) {
            return distribution.of_normal(value);
          } else {
            return distribution.quantile({normal_probability(value), normal_probability(-value)});
          }
        });
      },
      marginal);
}

}  // namespace kindred::qmc

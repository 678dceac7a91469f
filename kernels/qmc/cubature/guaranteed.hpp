#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/cubature/cone.hpp>
#include <kindred/kernels/qmc/cubature/control_variates.hpp>
#include <kindred/kernels/qmc/cubature/decay_order.hpp>
#include <kindred/kernels/qmc/cubature/evaluation.hpp>
#include <kindred/kernels/qmc/cubature/progress.hpp>
#include <kindred/kernels/qmc/cubature/spectral_basis.hpp>

namespace kindred::qmc {

/// Adaptive cubature whose error bound is read off the decay of the integrand's coefficients: what net_g and lattice_g have in common.
/// Memory: a coefficient and an index for every point and output, and with control variates that are fitted anew a coefficient for each of
/// them; points only a block at a time.
template <class Basis>
class Guaranteed {
 public:
  /// @throws InputError if arguments do not fit together
  Guaranteed(std::string rule, Integrand& integrand, const Sampler& sampler, const Cone& cone, const ControlVariates& controls,
             const Goal& goal);
  Estimate run();

 private:
  using Coefficients = std::vector<typename Basis::Coefficient>;

  /// An output that is integrated.
  struct Output {
    Coefficients c;         // of the output, or of output − Σ b · variates once b is final
    std::vector<double> b;  // one for every variate, after the first fit
    DecayOrder order;
    ConeCheck cone;
    bool in_cone = true;
  };

  void sample(int m);
  void refine(std::size_t i, int m);
  void bound(std::size_t i, int m, const Coefficients& c);
  void report_cone(std::size_t i, int m);
  [[nodiscard]] Coefficients less_variates(const Output& output) const;
  [[nodiscard]] bool is_first(int m) const { return m == cone_.log2_first; }

  std::string rule_;
  Integrand& integrand_;
  const Sampler& sampler_;
  const Cone& cone_;
  const ControlVariates& controls_;
  Progress progress_;
  std::vector<Output> outputs_;
  std::vector<Coefficients> variates_;  // while they are to be fitted
  std::size_t warning_ = 0;             // of the cone, in the estimate
  std::size_t outside_ = 0;             // outputs seen to be outside
};

/// The outputs of an integrand that are no control variates.
inline std::size_t means_of(const std::string& rule, const Integrand& integrand, const ControlVariates& controls) {
  const auto outputs = static_cast<std::size_t>(integrand.outputs());
  if (controls.means.size() >= outputs) {
    throw InputError(rule + ": " + std::to_string(controls.means.size()) +
                     " control variates are the last outputs of an integrand that has " + std::to_string(outputs) +
                     "; at least one other output is needed");
  }
  return outputs - controls.means.size();
}

template <class Basis>
Guaranteed<Basis>::Guaranteed(std::string rule, Integrand& integrand, const Sampler& sampler, const Cone& cone,
                              const ControlVariates& controls, const Goal& goal)
    : rule_(std::move(rule)),
      integrand_(integrand),
      sampler_(sampler),
      cone_(cone),
      controls_(controls),
      progress_(rule_, goal, means_of(rule_, integrand, controls)),
      outputs_(means_of(rule_, integrand, controls)),
      variates_(controls.means.size()) {
  if (cone.log2_first < 8 || cone.log2_first > 32) {
    throw InputError(rule_ + ": a first step of 2^" + std::to_string(cone.log2_first) + " points; from 2^8 to 2^32 are possible");
  }
  if (!cone.fudge) {
    throw InputError(rule_ + ": there is no fudge function");
  }
  const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(cone.log2_first);
  if (n > goal.most_points || n > sampler.max_points()) {
    throw InputError(
        rule_ + ": the first step takes " + std::to_string(n) + " points, more than the " +
        (n > goal.most_points ? std::to_string(goal.most_points) + " allowed" : std::to_string(sampler.max_points()) + " there are"));
  }
  if (sampler.dimensions() != integrand.dimensions()) {
    throw InputError(rule_ + ": points of " + std::to_string(sampler.dimensions()) + " dimensions for an integrand of " +
                     std::to_string(integrand.dimensions()));
  }
  for (const double mean : controls.means) {
    if (!std::isfinite(mean)) {
      throw InputError(rule_ + ": the mean of a control variate is not finite");
    }
  }
}

template <class Basis>
Estimate Guaranteed<Basis>::run() {
  for (int m = cone_.log2_first;; ++m) {
    sample(m);
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (progress_.needed()[i] != 0) {
        refine(i, m);
      } else {
        outputs_[i] = Output();
      }
    }
    if (!controls_.refit) {
      variates_.clear();
    }
    const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(m);
    if (!progress_.step(n) || !progress_.allows(2 * n, std::min(sampler_.max_points(), DecayOrder::most))) {
      return std::move(progress_.estimate());
    }
  }
}

/// Values of the points that are new at 2^m, and coefficients of all.
template <class Basis>
void Guaranteed<Basis>::sample(int m) {
  const std::size_t n1 = std::size_t{1} << static_cast<unsigned>(m);
  const std::size_t n0 = is_first(m) ? 0 : n1 / 2;
  const std::size_t means = outputs_.size();
  const std::size_t all = means + controls_.means.size();
  std::vector<std::uint8_t> needed(all, 1);
  std::ranges::copy(progress_.needed(), needed.begin());
  const auto each = [&](const auto& act) {
    for (std::size_t i = 0; i < means; ++i) {
      if (needed[i] != 0) {
        act(outputs_[i].c);
      }
    }
    std::ranges::for_each(variates_, act);
  };
  each([&](Coefficients& c) { c.resize(n1); });
  evaluate_points(integrand_, sampler_, n0, n1, needed, [&](std::uint64_t first, std::span<const double> values) {
    for (std::size_t k = 0; k < values.size() / all; ++k) {
      const auto row = values.subspan(k * all, all);
      const auto at = static_cast<std::size_t>(first) + k;
      for (std::size_t i = 0; i < means; ++i) {
        if (needed[i] == 0) {
          continue;
        }
        double value = row[i];
        for (std::size_t v = 0; variates_.empty() && v < outputs_[i].b.size(); ++v) {
          value -= outputs_[i].b[v] * row[means + v];
        }
        outputs_[i].c[at] = value;
      }
      for (std::size_t v = 0; v < variates_.size(); ++v) {
        variates_[v][at] = row[means + v];
      }
    }
  });
  each([&](Coefficients& c) { is_first(m) ? to_coefficients<Basis>(c) : extend_coefficients<Basis>(c); });
}

/// Order, fit and bounds of an output whose coefficients have been extended.
template <class Basis>
void Guaranteed<Basis>::refine(std::size_t i, int m) {
  Output& output = outputs_[i];
  const std::size_t n = output.c.size();
  const int levels = is_first(m) ? m : Cone::lag;
  is_first(m) ? output.order.reset(n) : output.order.extend();
  if (variates_.empty()) {
    output.order.sort(output.c, levels);
    bound(i, m, output.c);
    return;
  }
  output.order.sort(less_variates(output), levels);
  output.b = fit_control_variates(output.c, variates_, output.order, n >> static_cast<unsigned>(Cone::lag + 1));
  Coefficients rest = less_variates(output);
  if (is_first(m)) {
    output.order.reset(n);
  }
  output.order.sort(rest, levels);
  output.cone.reset();  // another integrand than before
  bound(i, m, rest);
  if (!controls_.refit) {
    output.c = std::move(rest);
  }
}

template <class Basis>
void Guaranteed<Basis>::bound(std::size_t i, int m, const Coefficients& c) {
  Output& output = outputs_[i];
  double sum = 0.0;
  const std::size_t end = c.size() >> static_cast<unsigned>(Cone::lag);
  for (std::size_t k = end / 2; k < end; ++k) {
    sum += std::sqrt(squared(c[output.order[k]]));
  }
  double mean = std::real(c[0]);
  for (std::size_t v = 0; v < output.b.size(); ++v) {
    mean += output.b[v] * controls_.means[v];
  }
  const double half_width = cone_.fudge(m) * sum;
  progress_.estimate().mean[i] = mean;
  progress_.estimate().mean_lower[i] = mean - half_width;
  progress_.estimate().mean_upper[i] = mean + half_width;
  if (!output.cone.add(cone_, m, c, output.order) && output.in_cone) {
    output.in_cone = false;
    report_cone(i, m);
  }
}

/// One warning for all outputs: the first that was seen outside, and their number.
template <class Basis>
void Guaranteed<Basis>::report_cone(std::size_t i, int m) {
  auto& warnings = progress_.estimate().warnings;
  if (outside_++ == 0) {
    warning_ = warnings.size();
    warnings.push_back(rule_ + ": the coefficients of output " + std::to_string(i) + " at 2^" + std::to_string(m) +
                       " points contradict those seen before: the integrand is not in the cone for which the bounds hold; a larger first "
                       "step or fudge function makes the cone larger");
  } else if (outside_ == 2) {
    warnings[warning_] += " (so are other outputs)";
  }
}

/// Coefficients of output − Σ b · variates.
template <class Basis>
typename Guaranteed<Basis>::Coefficients Guaranteed<Basis>::less_variates(const Output& output) const {
  Coefficients rest = output.c;
  for (std::size_t v = 0; v < output.b.size(); ++v) {
    for (std::size_t k = 0; k < rest.size(); ++k) {
      rest[k] -= output.b[v] * variates_[v][k];
    }
  }
  return rest;
}

}  // namespace kindred::qmc

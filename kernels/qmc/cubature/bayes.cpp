#include <kindred/kernels/qmc/cubature/bayes.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/cubature/evaluation.hpp>
#include <kindred/kernels/qmc/cubature/kernel_column.hpp>
#include <kindred/kernels/qmc/cubature/kernel_spectrum.hpp>
#include <kindred/kernels/qmc/cubature/minimize.hpp>
#include <kindred/kernels/qmc/cubature/progress.hpp>
#include <kindred/kernels/qmc/cubature/spectral_basis.hpp>
#include <kindred/kernels/qmc/cubature/student_t.hpp>
#include <kindred/kernels/qmc/transforms/periodised.hpp>

namespace kindred::qmc {
namespace {

struct LatticeKernel {
  using Basis = FourierBasis;
  static constexpr Invariance invariance = Invariance::shift;
  static constexpr double scale = 1.0;  // γ = scale · θ
  static Spectrum eigenvalues(std::span<double> column) { return lattice_eigenvalues(column); }
};

struct NetKernel {
  using Basis = WalshBasis;
  static constexpr Invariance invariance = Invariance::digital_shift;
  static constexpr double scale = 1.0 / 20.0;
  static Spectrum eigenvalues(std::span<double> column) { return net_eigenvalues(column); }
};

/// Eigenvalues λ of the kernel matrix for one θ, and of the matrix less one in every entry: the same but for the first.
struct Model {
  Spectrum lambda;
  double ring = 0.0;       // the first eigenvalue of the matrix less one
  std::size_t raised = 0;  // eigenvalues that were below rounding
};

/// Sums over the eigenvalues but the first: Σ |c|²/λ, Σ |c/λ|², and Σ 1/λ over all.
struct Sums {
  double scale = 0.0;
  double residual = 0.0;
  double inverse = 0.0;
};

Sums sums(const Model& model, std::span<const double> squares) {
  const std::vector<double>& lambda = model.lambda.values;
  Sums result;
  for (std::size_t k = 1; k < lambda.size(); ++k) {
    const double inverse = 1.0 / lambda[k];
    result.scale += squares[k] * inverse;
    result.residual += squares[k] * inverse * inverse;
    result.inverse += inverse;
  }
  const double last = 1.0 / lambda.back();
  result.inverse = 1.0 / lambda[0] + last + model.lambda.multiplicity * (result.inverse - last);
  return result;
}

/// With coefficients c = f~/n the published formulas hold with f~ = n c.
template <class Kernel>
class Bayes {
 public:
  Bayes(std::string rule, Integrand& integrand, const Sampler& sampler, const BayesOptions& options, int order, const Goal& goal);
  Estimate run();

 private:
  using Coefficients = std::vector<typename Kernel::Basis::Coefficient>;

  void sample(std::size_t n0, std::size_t n1);
  [[nodiscard]] Model model(double theta, std::size_t n);
  [[nodiscard]] double loss(const Model& model, std::span<const double> squares, std::size_t n) const;
  [[nodiscard]] double half_width(const Model& model, std::span<const double> squares, std::size_t n) const;
  void bound(std::size_t i);

  std::string rule_;
  Integrand& integrand_;
  const Sampler& sampler_;
  BayesOptions options_;
  KernelColumn column_;
  Progress progress_;
  std::vector<Coefficients> outputs_;
  std::vector<double> scratch_;
  bool warned_ = false;
};

template <class Kernel>
Bayes<Kernel>::Bayes(std::string rule, Integrand& integrand, const Sampler& sampler, const BayesOptions& options, int order,
                     const Goal& goal)
    : rule_(std::move(rule)),
      integrand_(integrand),
      sampler_(sampler),
      options_(options),
      column_(sampler, Kernel::invariance, order),
      progress_(rule_, goal, static_cast<std::size_t>(integrand.outputs())),
      outputs_(static_cast<std::size_t>(integrand.outputs())) {
  if (options.log2_first < 8 || options.log2_first > 40) {
    throw InputError(rule_ + ": a first step of 2^" + std::to_string(options.log2_first) + " points; from 2^8 to 2^40 are possible");
  }
  if (!(options.uncertainty > 0.0) || !(options.uncertainty < 1.0)) {
    throw InputError(rule_ + ": the uncertainty is a probability between 0 and 1, not " + std::to_string(options.uncertainty));
  }
  const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(options.log2_first);
  if (n > goal.most_points || n > sampler.max_points()) {
    throw InputError(rule_ + ": the first step takes " + std::to_string(n) + " points, more than the " +
                     std::to_string(std::min(goal.most_points, sampler.max_points())) + " possible");
  }
  if (sampler.dimensions() != integrand.dimensions()) {
    throw InputError(rule_ + ": points of " + std::to_string(sampler.dimensions()) + " dimensions for an integrand of " +
                     std::to_string(integrand.dimensions()));
  }
}

template <class Kernel>
Estimate Bayes<Kernel>::run() {
  std::size_t n0 = 0;
  for (std::size_t n = std::size_t{1} << static_cast<unsigned>(options_.log2_first);; n *= 2) {
    sample(n0, n);
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (progress_.needed()[i] != 0) {
        bound(i);
      } else {
        outputs_[i] = {};
      }
    }
    if (!progress_.step(n) || !progress_.allows(2 * n, sampler_.max_points())) {
      break;
    }
    n0 = n;
  }
  Estimate estimate = std::move(progress_.estimate());
  estimate.confidence = 1.0 - options_.uncertainty;
  estimate.statement =
      "The bounds are credible ones: they hold with this probability if the integrand is a Gaussian process with a kernel of "
      "the family that is fitted to it.";
  return estimate;
}

/// Coefficients of the outputs still needed, extended from n0 points to n1.
template <class Kernel>
void Bayes<Kernel>::sample(std::size_t n0, std::size_t n1) {
  const std::vector<std::uint8_t> needed(progress_.needed().begin(), progress_.needed().end());
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    outputs_[i].resize(needed[i] != 0 ? n1 : 0);
  }
  evaluate_points(integrand_, sampler_, n0, n1, needed, [&](std::uint64_t first, std::span<const double> values) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      const std::size_t i = k % outputs_.size();
      if (needed[i] != 0) {
        outputs_[i][static_cast<std::size_t>(first) + k / outputs_.size()] = values[k];
      }
    }
  });
  for (Coefficients& c : outputs_) {
    if (!c.empty()) {
      n0 == 0 ? to_coefficients<typename Kernel::Basis>(c) : extend_coefficients<typename Kernel::Basis>(c);
    }
  }
}

template <class Kernel>
Model Bayes<Kernel>::model(double theta, std::size_t n) {
  scratch_.resize(n);
  column_.evaluate(Kernel::scale * theta, scratch_);
  double norm = 0.0;
  for (const double entry : scratch_) {
    norm += entry * entry;
  }
  // What rounding leaves of an eigenvalue: that of a transform is ε log₂ n √n times the column's root mean square.
  const double floor = std::numeric_limits<double>::epsilon() * std::log2(static_cast<double>(n)) * std::sqrt(norm);
  Model result{Kernel::eigenvalues(scratch_)};
  for (double& lambda : result.lambda.values) {
    result.raised += lambda < floor ? 1 : 0;
    lambda = std::max(lambda, floor);
  }
  result.ring = result.lambda.values[0];
  result.lambda.values[0] += static_cast<double>(n);
  return result;
}

/// What the parameter is to minimise.
template <class Kernel>
double Bayes<Kernel>::loss(const Model& model, std::span<const double> squares, std::size_t n) const {
  const Sums sum = sums(model, squares);
  if (options_.criterion == BayesCriterion::gcv) {
    return std::log(sum.residual) - 2.0 * std::log(sum.inverse);
  }
  const std::vector<double>& lambda = model.lambda.values;
  const double ends = std::log(lambda.front()) + std::log(lambda.back());
  const double determinant = model.lambda.multiplicity * (sum_of_logarithms(lambda) - ends) + ends;
  return determinant + static_cast<double>(n) * std::log(sum.scale);
}

template <class Kernel>
double Bayes<Kernel>::half_width(const Model& model, std::span<const double> squares, std::size_t n) const {
  const Sums sum = sums(model, squares);
  const auto count = static_cast<double>(n);
  const double tail = 0.5 * options_.uncertainty / static_cast<double>(outputs_.size());
  const double shrinkage = model.ring / model.lambda.values[0];
  switch (options_.criterion) {
    case BayesCriterion::mle:
      return -normal_quantile(tail) * std::sqrt(shrinkage * sum.scale);
    case BayesCriterion::gcv:
      return -normal_quantile(tail) * std::sqrt(shrinkage * count * sum.residual / sum.inverse);
    case BayesCriterion::full:
      break;
  }
  return student_t_quantile(tail, count - 1.0) * std::sqrt(model.ring * sum.scale / (count - 1.0));
}

template <class Kernel>
void Bayes<Kernel>::bound(std::size_t i) {
  const Coefficients& c = outputs_[i];
  const std::size_t n = c.size();
  const std::vector<double> power = squares(std::span(c));
  double width = 0.0;
  if (std::any_of(power.begin() + 1, power.end(), [](double square) { return square > 0.0; })) {
    constexpr double low = -5.0;
    constexpr double tolerance = 1e-2;
    const double theta = std::exp(minimize([&](double t) { return loss(model(std::exp(t), n), power, n); }, low, 0.0, tolerance));
    const Model best = model(theta, n);
    width = half_width(best, power, n);
    if (best.raised > 0 && !warned_) {
      warned_ = true;
      progress_.estimate().warnings.push_back(
          rule_ + ": with 2^" + std::to_string(static_cast<int>(std::log2(n))) + " points " + std::to_string(best.raised) +
          " eigenvalues of the kernel matrix are lost to rounding, and were raised to where it ends: the "
          "model is a rougher one; a kernel of lower order would not be");
    }
  }
  const double mean = std::real(c[0]);
  progress_.estimate().mean[i] = mean;
  progress_.estimate().mean_lower[i] = mean - width;
  progress_.estimate().mean_upper[i] = mean + width;
}

}  // namespace

Estimate bayes_lattice(Integrand& integrand, const BayesLatticeOptions& options, const Goal& goal) {
  const Lattice lattice = options.lattice ? *options.lattice : lattice_table(integrand.dimensions());
  const Sampler sampler(lattice, {Scramble::shift, options.bayes.seed});
  FiniteIntegrand finite("bayes_lattice", integrand);
  Periodised periodic(finite, options.periodization);
  Estimate estimate = Bayes<LatticeKernel>("bayes_lattice", periodic, sampler, options.bayes, options.order, goal).run();
  warn_of_weights("bayes_lattice", options.periodization, integrand.dimensions(), estimate);
  return estimate;
}

Estimate bayes_net(Integrand& integrand, const BayesNetOptions& options, const Goal& goal) {
  if (options.scramble != Scramble::digital_shift && options.scramble != Scramble::lms_digital_shift) {
    throw InputError("bayes_net: the kernel matrix is diagonal on digitally shifted nets alone, not under the scramble \"" +
                     std::string(name(options.scramble)) + "\"; take lms_digital_shift");
  }
  const DigitalNet net = options.net ? *options.net : sobol(integrand.dimensions());
  const Sampler sampler(net, {options.scramble, options.bayes.seed});
  FiniteIntegrand finite("bayes_net", integrand);
  return Bayes<NetKernel>("bayes_net", finite, sampler, options.bayes, options.order, goal).run();
}

}  // namespace kindred::qmc

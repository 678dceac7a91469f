#include <kindred/solvers/family/poisson_cg.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <kindred/core/base/clock.hpp>
#include <kindred/kernels/multiversion.hpp>
#include <kindred/solvers/family/fitted_operator.hpp>

namespace kindred {
namespace {

constexpr int maximum_continuations = 3;

// Sums run in eight strands, so that the vector unit can do them and their order does not depend on the processor.
constexpr Index strands = 8;

template <class Term>
[[gnu::always_inline]] inline double sum_of(Index n, Term term) {
  double sum[strands] = {};
  const Index whole = n - n % strands;
  for (Index i = 0; i < whole; i += strands) {
    for (Index l = 0; l < strands; ++l) {
      sum[l] += term(i + l);
    }
  }
  for (Index i = whole; i < n; ++i) {
    sum[i - whole] += term(i);
  }
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

KINDRED_MULTIVERSION double dot(Index n, const double* a, const double* b) {
  return sum_of(
      n, [=](Index i) __attribute__((always_inline)) { return a[i] * b[i]; });
}

/// x += alpha p, r −= alpha q. @returns the new rᵀr
KINDRED_MULTIVERSION double step(Index n, double alpha, const double* p, const double* q, double* __restrict x, double* __restrict r) {
  return sum_of(
      n, [=](Index i) __attribute__((always_inline)) {
        x[i] += alpha * p[i];
        r[i] -= alpha * q[i];
        return r[i] * r[i];
      });
}

/// p = z + beta p
KINDRED_MULTIVERSION void turn(Index n, double beta, const double* z, double* __restrict p) {
  for (Index i = 0; i < n; ++i) {
    p[i] = z[i] + beta * p[i];
  }
}

/// r = b − r. @returns the new rᵀr
KINDRED_MULTIVERSION double subtract_from(Index n, const double* b, double* __restrict r) {
  return sum_of(
      n, [=](Index i) __attribute__((always_inline)) {
        r[i] = b[i] - r[i];
        return r[i] * r[i];
      });
}

void remove_mean(std::span<double> x) {
  const double mean = std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
  for (double& v : x) {
    v -= mean;
  }
}

}  // namespace

bool PoissonCg::knows(const StencilOperator& stencil) {
  return std::ranges::all_of(stencil.grid().axes, [](const Axis& axis) { return !axis.periodic || axis.cells > 2; });
}

void PoissonCg::prepare(const StencilOperator& stencil, const Settings& settings) {
  FittedOperator fitted = fit_constant_operator(stencil);
  if (!poisson_ || poisson_->precision() != settings.precision || !poisson_->update(fitted.model)) {
    poisson_ = std::make_unique<FastPoisson>(fitted.model, settings.precision);
  }
  weights_.clear();
  if (settings.scaled) {
    weights_ = std::move(fitted.ratio);
    reciprocal_roots(weights_);
  }
  for (auto* v : {&r_, &z_, &p_, &q_}) {
    v->resize(static_cast<std::size_t>(stencil.size()));
  }
}

/// z = M⁻¹ r. @returns rᵀz
double PoissonCg::precondition(bool project) {
  poisson_->solve(r_.data(), z_.data(), weights_.empty() ? nullptr : weights_.data());
  if (project) {
    remove_mean(z_);
  }
  return dot(poisson_->size(), r_.data(), z_.data());
}

/// r = b − A x. @returns its norm
double PoissonCg::residual(const LinearSystem& system, const StencilOperator& stencil, std::span<const double> solution) {
  stencil.apply(solution, r_);
  return std::sqrt(subtract_from(stencil.size(), system.rhs.data(), r_.data()));
}

/// From the residual in r_. @returns the norm that the recurrence gives
double PoissonCg::iterate(const LinearSystem& system, const StencilOperator& stencil, std::span<double> solution, double target, int most,
                          double norm, SolveReport& report) {
  const Index n = stencil.size();
  double rho = 0.0;
  for (int k = 0; k < most && norm > target; ++k) {
    const double next = precondition(system.constant_null_space);
    ++report.preconditioner_applications;
    if (k == 0) {
      std::ranges::copy(z_, p_.begin());
    } else {
      turn(n, next / rho, z_.data(), p_.data());
    }
    rho = next;
    stencil.apply(p_, q_);
    ++report.operator_applications;
    const double curvature = dot(n, p_.data(), q_.data());
    if (!(rho > 0.0 && curvature > 0.0)) {
      report.reason_text = "the matrix or its preconditioner is not positive definite";
      break;
    }
    norm = std::sqrt(step(n, rho / curvature, p_.data(), q_.data(), solution.data(), r_.data()));
    ++report.iterations;
  }
  return norm;
}

SolveReport PoissonCg::solve(const LinearSystem& system, const StencilOperator& stencil, std::span<double> solution,
                             const Settings& settings) {
  SolveReport report;
  report.reason = -1;
  const auto start = Clock::now();
  prepare(stencil, settings);
  report.seconds_setup = seconds_since(start);
  const auto solve_start = Clock::now();
  const double rhs_norm = std::sqrt(dot(stencil.size(), system.rhs.data(), system.rhs.data()));
  const double target = settings.rtol * rhs_norm;
  if (rhs_norm == 0.0) {
    std::ranges::fill(solution, 0.0);
  }
  double norm = rhs_norm;
  if (std::ranges::all_of(solution, [](double x) { return x == 0.0; })) {
    std::ranges::copy(system.rhs, r_.begin());
  } else {
    norm = residual(system, stencil, solution);
    ++report.operator_applications;
  }
  // The recurrence may drift from the true residual: then it starts again from there.
  for (int round = 0; round <= maximum_continuations && std::isfinite(norm); ++round) {
    iterate(system, stencil, solution, target, settings.max_iterations - report.iterations, norm, report);
    norm = residual(system, stencil, solution);
    ++report.operator_applications;
    if (norm <= target || !report.reason_text.empty() || report.iterations >= settings.max_iterations) {
      break;
    }
  }
  if (system.constant_null_space) {
    remove_mean(solution);
  }
  report.residual_norm = norm;
  report.converged = norm <= target;
  report.reason = report.converged ? 1 : -1;
  if (report.converged) {
    report.reason_text = "CONVERGED_RTOL";
  } else if (report.reason_text.empty()) {
    report.reason_text = fmt::format("the true residual {:.3g} is above the {:.3g} asked for", norm, target);
  }
  report.seconds_solve = seconds_since(solve_start);
  return report;
}

}  // namespace kindred

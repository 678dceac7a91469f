#include <kindred/solvers/sequence/sequence.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace kindred {
namespace {

double norm(std::span<const double> x) {
  double sum = 0.0;
  for (const double entry : x) {
    sum += entry * entry;
  }
  return std::sqrt(sum);
}

void require_size(const LinearSystem& system, std::size_t solution) {
  if (system.matrix == nullptr) {
    throw InputError("the linear system has no matrix");
  }
  const auto size = static_cast<std::size_t>(system.matrix->size());
  if (system.rhs.size() != size || solution != size) {
    throw InputError(fmt::format("the matrix has {} rows, but the right-hand side has {} entries and the solution {}", size,
                                 system.rhs.size(), solution));
  }
}

}  // namespace

double residual_norm(const LinearSystem& system, std::span<const double> solution) {
  require_size(system, solution.size());
  std::vector<double> residual(solution.size());
  system.matrix->apply(solution, residual);
  for (std::size_t i = 0; i < residual.size(); ++i) {
    residual[i] = system.rhs[i] - residual[i];
  }
  return norm(residual);
}

Sequence::Sequence(std::unique_ptr<Solver> solver, std::unique_ptr<Guess> guess) : solver_(std::move(solver)), guess_(std::move(guess)) {
  if (solver_ == nullptr || guess_ == nullptr) {
    throw InputError("a sequence needs a solver and a guess");
  }
}

SolveReport Sequence::solve(const LinearSystem& system, std::span<double> solution) {
  require_size(system, solution.size());
  guess_->fill(system, solution, state_);
  SolveReport report = solver_->solve(system, solution, state_);
  report.residual_norm = residual_norm(system, solution);
  const double rhs = norm(system.rhs);
  report.residual_relative = rhs > 0.0 ? report.residual_norm / rhs : report.residual_norm;
  const double accepted = residual_factor * std::max(solver_->tolerance() * rhs, solver_->absolute_tolerance());
  // Written so that a NaN fails.
  if (report.converged && !(report.residual_norm <= accepted)) {
    report.converged = false;
    report.reason = -1;
    report.reason_text = fmt::format("{}, but the true residual {:.3g} exceeds {:g} times the tolerance {:g}", report.reason_text,
                                     report.residual_relative, residual_factor, solver_->tolerance());
  }
  if (report.converged) {
    guess_->observe(system, solution, state_);
  }
  ++state_.solved;
  return report;
}

}  // namespace kindred

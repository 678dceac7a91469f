#pragma once

#include <memory>
#include <span>

#include <kindred/solvers/solver.hpp>

namespace kindred {

/// Drives one solver through a chain of systems, keeping state between them. Recomputes the true residual of every
/// solution with the operator itself; a solve whose true residual exceeds ten times the solver's tolerance, or is not
/// finite, counts as failed whatever the solver says.
class Sequence {
 public:
  static constexpr double residual_factor = 10.0;

  /// @throws InputError if one of them is missing
  Sequence(std::unique_ptr<Solver> solver, std::unique_ptr<Guess> guess);

  /// @param solution size of the system; overwritten
  /// @throws InputError if the sizes of matrix, right-hand side and solution differ; SolveError as Solver::solve
  SolveReport solve(const LinearSystem& system, std::span<double> solution);

  [[nodiscard]] SequenceState& state() { return state_; }
  [[nodiscard]] Solver& solver() { return *solver_; }

 private:
  std::unique_ptr<Solver> solver_;
  std::unique_ptr<Guess> guess_;
  SequenceState state_;
};

/// ||b - A x||, Euclidean. One application of the operator. @throws InputError if sizes differ
double residual_norm(const LinearSystem& system, std::span<const double> solution);

}  // namespace kindred

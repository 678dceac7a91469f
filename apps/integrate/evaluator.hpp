#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <kindred/apps/integrate/study.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

namespace kindred::app {

/// Consecutive points of one replicate on one level.
struct Piece {
  int level = 0;
  int replicate = 0;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// What evaluations took.
struct Effort {
  std::int64_t evaluations = 0;
  std::int64_t solves = 0;
  std::int64_t iterations = 0;
  std::int64_t repeated = 0;  ///< solves that failed and succeeded with a fresh solver
  double seconds = 0.0;       ///< of all workers together

  Effort& operator+=(const Effort& other);
};

/// Evaluates pieces: point → sample → solution → outputs. Every piece begins with a fresh solver on each of its grids, so that its values
/// depend on nothing else, whatever the solver and the guess carry from one system to the next. PETSc must be started. One per worker.
class Evaluator {
 public:
  Evaluator(const Study& study, bool allow_unused_petsc);

  /// @param points  count × dimensions
  /// @param values  count × outputs: of level 0 the outputs themselves, above it their differences from the level below at the same point
  /// @throws SolveError if a sample cannot be solved: it is never drawn anew, because that would bias the mean;
  /// InputError for PETSc options that nothing reads
  Effort evaluate(const Piece& piece, std::span<const double> points, std::span<double> values);

 private:
  /// The deck's problem on one grid, and the outputs' expressions there.
  struct Grid {
    const StudyLevel* level = nullptr;
    std::vector<SampleExpression> expressions;
    std::unique_ptr<Sequence> sequence;
  };
  [[nodiscard]] std::unique_ptr<Sequence> fresh_sequence() const;
  [[nodiscard]] std::vector<Index> solving_order(const Grid& grid, std::span<const Sample> samples) const;
  /// Adds sign · outputs of every sample to its row of `values`.
  void evaluate_on(Grid& grid, std::span<const Sample> samples, double sign, std::span<double> values, Effort& effort);
  void add_outputs(Grid& grid, const Sample& sample, double sign, std::span<double> row, Effort& effort);
  void solve(Grid& grid, const LinearSystem& system, Effort& effort);
  void check_options(Sequence& sequence);

  const Study& study_;
  bool allow_unused_petsc_;
  bool options_checked_ = false;
  std::vector<Grid> grids_;
  std::unique_ptr<Ordering> ordering_;
  std::vector<double> solution_;
};

}  // namespace kindred::app

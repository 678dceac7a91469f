#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <kindred/apps/integrate/evaluator.hpp>
#include <kindred/apps/integrate/study.hpp>
#include <kindred/core/run/run.hpp>

namespace kindred::app {

struct IntegrateOptions {
  int workers = 1;
  double time_limit = 0.0;           ///< s; 0: none
  double grace = 20.0;               ///< s
  double commit_interval = 5.0;      ///< s between writings of the record
  std::filesystem::path checkpoint;  ///< empty: no record is kept
  bool allow_unused_petsc = false;
  bool quiet = false;  ///< no progress
  std::vector<std::string> command_line;
};

struct IntegrateReport {
  ExitCode code = ExitCode::ok;
  std::string message;    ///< why it ended early; empty if it did not
  bool finished = false;  ///< the rule came to an end, so that there is an estimate
  CubatureResult estimate;
  std::vector<Effort> effort;  ///< by level, of all runs that the record holds
  std::int64_t recorded = 0;   ///< evaluations found in the record
  std::int64_t evaluated = 0;  ///< evaluations of this run
  double seconds = 0.0;        ///< of this run
};

/// Integrates: the rule runs here and asks the workers for values. Must be called before PETSc or MPI are started in this process.
/// @throws InputError, IoError before any work; later trouble is in the report
IntegrateReport integrate(const Study& study, const IntegrateOptions& options);

}  // namespace kindred::app

#pragma once

#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <kindred/apps/bench/recycling/families.hpp>
#include <kindred/solvers/report.hpp>

namespace kindred::bench {

/// What the command line says.
struct Options {
  Index systems = 50;
  std::string filter;  ///< only methods whose `problem/method` contains this
};

/// A method under test. It keeps from one system to the next whatever it likes.
struct Contender {
  std::string name;
  std::function<SolveReport(const LinearSystem& system, std::span<double> solution)> solve;
};

constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

/// What one method did on one family. Iterations, applications and quartiles are over the solved systems after the warm-up.
struct Row {
  std::string problem;
  std::string method;
  Index tried = 0;
  Index failed = 0;  ///< did not reach the true residual asked for
  double first_iterations = not_measured;
  double iterations = not_measured;
  double operators = not_measured;
  double preconditioners = not_measured;
  double seconds_median = not_measured;
  double seconds_lower = not_measured;  ///< quartiles
  double seconds_upper = not_measured;
  double seconds_mean = not_measured;  ///< over all solved systems, warm-up included
  /// Means over all systems after the warm-up, those on which the method stopped short included: less than it would have taken.
  double iterations_spent = not_measured;
  double seconds_spent = not_measured;
  std::string failure;                                 ///< of the first system that failed
  std::vector<std::pair<std::string, double>> extras;  ///< columns of this table alone

  [[nodiscard]] bool solved_all() const { return tried > 0 && failed == 0; }
};

/// A family of systems, and the methods that solve it side by side.
struct Comparison {
  std::string problem;
  Family family;
  double rtol = 1e-8;
  Index warm_up = 1;  ///< systems at the start of the chain that are solved, but not averaged over
  std::vector<Contender> contenders;
};

/// Solves every system with every contender before the next system comes, so that a disturbance meets all of them. A solve counts as failed
/// unless ‖b − A x‖ ≤ rtol ‖b‖, recomputed here. A contender that fails on its first three systems is tried no further.
/// Times are the process's processor time, everything from the assembled stencil to the solution counted.
/// @returns a row per contender that passes the filter
std::vector<Row> compare(const Comparison& comparison, const Options& options);

/// Processor time of this process, in seconds.
double processor_seconds();

/// Of values in any order, interpolated; NaN if there are none. @param part in [0, 1]
double quantile(std::vector<double> values, double part);

/// The row of a method; nullptr if it was filtered out.
const Row* find_row(const std::vector<Row>& rows, const std::string& problem, const std::string& method);

/// Adds the column `name` to the rows of `problem`: quantity of the baseline's row over the row's own, NaN where one of them failed.
void add_ratio(std::vector<Row>& rows, const std::string& problem, const std::string& baseline, const std::string& name,
               double Row::*quantity);

}  // namespace kindred::bench

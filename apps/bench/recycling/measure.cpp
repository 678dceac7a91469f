#include <kindred/apps/bench/recycling/measure.hpp>

#include <time.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <kindred/solvers/sequence/sequence.hpp>

namespace kindred::bench {
namespace {

constexpr Index hopeless = 3;  ///< failures at the start after which a method is given up
constexpr double rounding = 1e-6;

double mean(const std::vector<double>& values) {
  return values.empty() ? not_measured : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double norm(const std::vector<double>& v) { return std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0)); }

/// One solve; `converged` as judged here, and if it did not, the reason.
struct Outcome {
  SolveReport report;
  double seconds = 0.0;
};

/// The record of one contender.
class Tally {
 public:
  [[nodiscard]] bool given_up() const { return tried_ == hopeless && failed_ == hopeless; }

  void add(const Outcome& outcome, Index index, bool averaged) {
    ++tried_;
    const SolveReport& report = outcome.report;
    if (averaged) {
      iterations_spent_.push_back(report.iterations);
      seconds_spent_.push_back(outcome.seconds);
    }
    if (!report.converged) {
      failure_ = failed_++ == 0 ? fmt::format("system {}: {}", index, report.reason_text) : failure_;
      return;
    }
    if (tried_ == 1) {
      first_ = report.iterations;
    }
    all_seconds_.push_back(outcome.seconds);
    if (averaged) {
      iterations_.push_back(report.iterations);
      operators_.push_back(static_cast<double>(report.operator_applications));
      preconditioners_.push_back(static_cast<double>(report.preconditioner_applications));
      seconds_.push_back(outcome.seconds);
    }
  }

  [[nodiscard]] Row row(const std::string& problem, const std::string& method) const {
    Row row;
    row.problem = problem;
    row.method = method;
    row.tried = tried_;
    row.failed = failed_;
    row.failure = failure_;
    row.first_iterations = first_;
    row.iterations = mean(iterations_);
    row.operators = mean(operators_);
    row.preconditioners = mean(preconditioners_);
    row.seconds_median = quantile(seconds_, 0.5);
    row.seconds_lower = quantile(seconds_, 0.25);
    row.seconds_upper = quantile(seconds_, 0.75);
    row.seconds_mean = mean(all_seconds_);
    row.iterations_spent = mean(iterations_spent_);
    row.seconds_spent = mean(seconds_spent_);
    return row;
  }

 private:
  Index tried_ = 0;
  Index failed_ = 0;
  std::string failure_;
  double first_ = not_measured;
  std::vector<double> iterations_;
  std::vector<double> operators_;
  std::vector<double> preconditioners_;
  std::vector<double> seconds_;
  std::vector<double> all_seconds_;
  std::vector<double> iterations_spent_;
  std::vector<double> seconds_spent_;
};

Outcome attempt(const Contender& contender, const LinearSystem& system, double rtol) {
  std::vector<double> solution(system.rhs.size(), 0.0);
  Outcome outcome;
  SolveReport& report = outcome.report;
  const double start = processor_seconds();
  try {
    report = contender.solve(system, solution);
  } catch (const SolveError& error) {
    report.reason_text = error.what();
    return outcome;
  }
  outcome.seconds = processor_seconds() - start;
  const double residual = residual_norm(system, solution) / norm(system.rhs);
  if (report.converged && !(residual <= (1.0 + rounding) * rtol)) {  // written so that a NaN fails
    report.converged = false;
    report.reason_text = fmt::format("the true relative residual is {:.3g}", residual);
  }
  return outcome;
}

}  // namespace

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double quantile(std::vector<double> values, double part) {
  if (values.empty()) {
    return not_measured;
  }
  std::ranges::sort(values);
  const double position = part * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], position - static_cast<double>(below));
}

std::vector<Row> compare(const Comparison& comparison, const Options& options) {
  std::vector<const Contender*> chosen;
  for (const Contender& contender : comparison.contenders) {
    if (fmt::format("{}/{}", comparison.problem, contender.name).find(options.filter) != std::string::npos) {
      chosen.push_back(&contender);
    }
  }
  std::vector<Tally> tallies(chosen.size());
  const Index count = chosen.empty() ? 0 : comparison.warm_up + options.systems;
  for (Index index = 0; index < count; ++index) {
    const LinearSystem system = comparison.family(index).system;
    for (std::size_t c = 0; c < chosen.size(); ++c) {
      if (!tallies[c].given_up()) {
        tallies[c].add(attempt(*chosen[c], system, comparison.rtol), index, index >= comparison.warm_up);
      }
    }
  }
  std::vector<Row> rows;
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    rows.push_back(tallies[c].row(comparison.problem, chosen[c]->name));
  }
  return rows;
}

const Row* find_row(const std::vector<Row>& rows, const std::string& problem, const std::string& method) {
  const auto found = std::ranges::find_if(rows, [&](const Row& row) { return row.problem == problem && row.method == method; });
  return found != rows.end() ? &*found : nullptr;
}

void add_ratio(std::vector<Row>& rows, const std::string& problem, const std::string& baseline, const std::string& name,
               double Row::*quantity) {
  const Row* base = find_row(rows, problem, baseline);
  if (base == nullptr) {
    return;
  }
  const double reference = base->solved_all() ? base->*quantity : not_measured;
  for (Row& row : rows) {
    if (row.problem == problem) {
      row.extras.emplace_back(name, row.solved_all() ? reference / (row.*quantity) : not_measured);
    }
  }
}

}  // namespace kindred::bench

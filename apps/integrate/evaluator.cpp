#include <kindred/apps/integrate/evaluator.hpp>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <kindred/core/base/clock.hpp>
#include <kindred/solvers/sequence/features.hpp>
#include <kindred/solvers/sequence/sequence_section.hpp>

namespace kindred::app {
namespace {

/// Who failed, so that the sample can be found again.
std::string sample_text(const StudyLevel& level, const Sample& sample) {
  std::string text = fmt::format("sample {} on the grid {}", sample.index, grid_text(level));
  for (const auto& assignment : sample.parameters) {
    text += fmt::format(", {} = {}", assignment.path, assignment.value.to_toml());
  }
  return text;
}

}  // namespace

Effort& Effort::operator+=(const Effort& other) {
  evaluations += other.evaluations;
  solves += other.solves;
  iterations += other.iterations;
  repeated += other.repeated;
  seconds += other.seconds;
  return *this;
}

Evaluator::Evaluator(const Study& study, bool allow_unused_petsc)
    : study_(study),
      allow_unused_petsc_(allow_unused_petsc),
      ordering_(create<Ordering>(make_parameters<SequenceParameters>(study.deck().section("sequence")).ordering)) {
  for (const auto& level : study.levels()) {
    Grid& grid = grids_.emplace_back();
    grid.level = level.get();
    for (const std::string& text : study.plan().expressions()) {
      grid.expressions.emplace_back(text, level->symbols);
    }
  }
}

Effort Evaluator::evaluate(const Piece& piece, std::span<const double> points, std::span<double> values) {
  const auto start = Clock::now();
  const auto dimensions = static_cast<std::size_t>(study_.inputs().dimensions());
  std::vector<Sample> samples;
  for (std::uint64_t i = 0; i < piece.count; ++i) {
    samples.push_back(study_.inputs().sample({piece.level, piece.replicate, piece.first + i}, points.subspan(i * dimensions, dimensions)));
  }
  std::fill(values.begin(), values.end(), 0.0);
  Effort effort;
  effort.evaluations = static_cast<std::int64_t>(piece.count);
  const auto level = static_cast<std::size_t>(piece.level);
  evaluate_on(grids_[level], samples, 1.0, values, effort);
  if (level > 0) {
    evaluate_on(grids_[level - 1], samples, -1.0, values, effort);
  }
  effort.seconds = seconds_since(start);
  return effort;
}

void Evaluator::evaluate_on(Grid& grid, std::span<const Sample> samples, double sign, std::span<double> values, Effort& effort) {
  const std::size_t outputs = study_.plan().outputs().size();
  grid.sequence = fresh_sequence();
  for (const Index position : solving_order(grid, samples)) {
    const auto i = static_cast<std::size_t>(position);
    try {
      add_outputs(grid, samples[i], sign, values.subspan(i * outputs, outputs), effort);
    } catch (const SolveError& error) {
      throw SolveError(fmt::format("{}: {}. Samples are not drawn anew here, because that would bias the mean",
                                   sample_text(*grid.level, samples[i]), error.what()));
    }
  }
}

std::unique_ptr<Sequence> Evaluator::fresh_sequence() const {
  const Deck& deck = study_.deck();
  return std::make_unique<Sequence>(create<Solver>(*deck.root.find("solver")),
                                    create<Guess>(make_parameters<SequenceParameters>(deck.section("sequence")).guess));
}

std::vector<Index> Evaluator::solving_order(const Grid& grid, std::span<const Sample> samples) const {
  std::vector<Index> order(samples.size());
  std::iota(order.begin(), order.end(), Index{0});
  const FeatureRequest request = ordering_->features();
  if (request.kind == FeatureRequest::Kind::none) {
    return order;
  }
  FeatureTable table(request);
  for (const Sample& sample : samples) {
    if (request.kind == FeatureRequest::Kind::parameters) {
      table.add({}, grid.level->family->scalars(sample));
    } else {
      table.add(grid.level->family->problem(sample)->draw(sample), {});
    }
  }
  const FeatureMatrix features = table.finish();
  return ordering_->order(features.view());
}

void Evaluator::add_outputs(Grid& grid, const Sample& sample, double sign, std::span<double> row, Effort& effort) {
  const auto problem = grid.level->family->problem(sample);
  std::vector<Field> fields = problem->draw(sample);
  const LinearSystem system = problem->assemble(fields);
  solve(grid, system, effort);
  auto outputs = problem->outputs(fields, solution_);
  std::move(outputs.begin(), outputs.end(), std::back_inserter(fields));

  const auto parameters = grid.level->family->scalars(sample);
  std::vector<double> numbers;
  numbers.reserve(grid.expressions.size());
  for (SampleExpression& expression : grid.expressions) {
    numbers.push_back(expression(fields, parameters));
  }
  const auto& plan = study_.plan().outputs();
  for (std::size_t k = 0; k < plan.size(); ++k) {
    row[k] += sign * plan[k].of(numbers[plan[k].expression]);
  }
}

void Evaluator::solve(Grid& grid, const LinearSystem& system, Effort& effort) {
  solution_.assign(static_cast<std::size_t>(system.matrix->size()), 0.0);
  SolveReport report = grid.sequence->solve(system, solution_);
  effort.solves += 1;
  effort.iterations += report.iterations;
  if (!report.converged) {  // what was kept of earlier systems may mislead
    grid.sequence = fresh_sequence();
    std::fill(solution_.begin(), solution_.end(), 0.0);
    report = grid.sequence->solve(system, solution_);
    effort.solves += 1;
    effort.iterations += report.iterations;
    effort.repeated += 1;
  }
  if (!report.converged) {
    throw SolveError(
        fmt::format("{} after {} iterations, true relative residual {:.3g}, with a fresh solver too: allow more iterations, "
                    "or take another solver",
                    report.reason_text, report.iterations, report.residual_relative));
  }
  check_options(*grid.sequence);
}

void Evaluator::check_options(Sequence& sequence) {
  if (std::exchange(options_checked_, true)) {
    return;
  }
  const auto unused = sequence.solver().unused_options();
  if (unused.empty()) {
    return;
  }
  const auto text = fmt::format("[solver.petsc]: no PETSc object reads {}: correct or remove {}, or pass --allow-unused-petsc",
                                fmt::join(unused, ", "), unused.size() == 1 ? "it" : "them");
  if (!allow_unused_petsc_) {
    throw InputError(text);
  }
  spdlog::warn("{}", text);
}

}  // namespace kindred::app

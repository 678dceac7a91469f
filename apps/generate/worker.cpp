#include <kindred/apps/generate/worker.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <kindred/core/base/clock.hpp>
#include <kindred/data/output_section.hpp>
#include <kindred/solvers/sequence/features.hpp>
#include <kindred/solvers/sequence/sequence.hpp>
#include <kindred/solvers/sequence/sequence_section.hpp>

namespace kindred::app {
namespace {

/// Raised inside a worker to stop the whole run with this exit code.
struct Stop {
  ExitCode code;
  std::string message;
};

/// One sample that was solved: everything that goes into its row.
struct Solved {
  std::vector<Field> inputs;
  std::vector<Field> outputs;
  data::SampleRecord record;
};

class Worker {
 public:
  Worker(const Work& work, data::DatasetWriter& writer, int number)
      : work_(work),
        writer_(writer),
        number_(number),
        single_precision_(make_parameters<data::OutputParameters>(work.deck.section("output")).precision == "f32"),
        sequence_(create<Solver>(*work.deck.root.find("solver")),
                  create<Guess>(make_parameters<SequenceParameters>(work.deck.section("sequence")).guess)),
        redraws_allowed_(
            std::max<Index>(1, static_cast<Index>(std::ceil(work.parameters.max_failure_rate * static_cast<double>(work.family.count()))))),
        bytes_per_sample_(writer.layout().row_bytes()) {}

  void run() {
    const auto total = static_cast<std::int64_t>(work_.samples.size());
    const std::int64_t chunk = work_.parameters.chunk;
    for (std::int64_t first = claim(); first < total; first = claim()) {
      const std::int64_t last = std::min(first + chunk, total);
      for (std::int64_t position = first; position < last; ++position) {
        if (stopping()) {
          return;
        }
        finish_sample(work_.samples[static_cast<std::size_t>(position)]);
      }
    }
  }

 private:
  std::int64_t claim() { return work_.counters.next.fetch_add(work_.parameters.chunk); }

  [[nodiscard]] bool stopping() const { return SignalScope::received() != 0 || work_.counters.stop.load() != 0 || work_.deadline.passed(); }

  /// Solves one sample, drawing it anew after failures, and stores it.
  void finish_sample(Index index) {
    for (std::uint32_t attempt = 0;; ++attempt) {
      const Sample sample = work_.family.sample(index, attempt);
      std::string failure;
      try {
        Solved solved = solve(sample, failure);
        if (failure.empty()) {
          store(sample, solved);
          return;
        }
      } catch (const SolveError& error) {
        failure = error.what();
      }
      give_up(sample, failure);
    }
  }

  Solved solve(const Sample& sample, std::string& failure) {
    Solved solved;
    const auto problem = work_.family.problem(sample);
    const auto start = Clock::now();
    solved.record.start_ns =
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    solved.inputs = problem->draw(sample);
    const LinearSystem system = problem->assemble(solved.inputs);
    solved.record.seconds_assemble = static_cast<float>(seconds_since(start));
    const auto solve_start = Clock::now();
    solution_.assign(static_cast<std::size_t>(system.matrix->size()), 0.0);
    const SolveReport report = sequence_.solve(system, solution_);
    check_options();
    solved.record.seconds_solve = static_cast<float>(seconds_since(solve_start));
    solved.record.converged_reason = report.reason;
    solved.record.iterations = report.iterations;
    solved.record.residual_norm = report.residual_norm;
    solved.record.residual_relative = report.residual_relative;
    if (!report.converged) {
      failure = fmt::format("{} after {} iterations, true relative residual {:.3g}", report.reason_text, report.iterations,
                            report.residual_relative);
      return solved;
    }
    solved.record.residual_stored = stored_residual(system);
    solved.outputs = problem->outputs(solved.inputs, solution_);
    failure = overflow(solved);
    return solved;
  }

  /// What is too large for the stored precision; empty if nothing is.
  [[nodiscard]] std::string overflow(const Solved& solved) const {
    constexpr double largest = std::numeric_limits<float>::max();
    const auto too_large = [](double value) { return !(std::abs(value) <= largest); };
    if (single_precision_) {
      for (std::size_t i = 0; i < work_.family.fields().size(); ++i) {
        const auto& values = field_of(solved, work_.family.selection()[i]).values;
        if (std::any_of(values.begin(), values.end(), too_large)) {
          return fmt::format("\"{}\" exceeds the largest single precision number {:.3g}: set precision = \"f64\" in [output]",
                             work_.family.fields()[i].name, largest);
        }
      }
    }
    return {};
  }

  /// Field at a position among the inputs followed by the outputs.
  static const Field& field_of(const Solved& solved, std::size_t position) {
    return position < solved.inputs.size() ? solved.inputs[position] : solved.outputs[position - solved.inputs.size()];
  }

  /// Relative residual of the solution as the data set will hold it.
  double stored_residual(const LinearSystem& system) {
    if (single_precision_) {
      rounded_.resize(solution_.size());
      std::transform(solution_.begin(), solution_.end(), rounded_.begin(),
                     [](double x) { return static_cast<double>(static_cast<float>(x)); });
    }
    const double norm = residual_norm(system, single_precision_ ? rounded_ : solution_);
    double rhs = 0.0;
    for (const double b : system.rhs) {
      rhs += b * b;
    }
    return rhs > 0.0 ? norm / std::sqrt(rhs) : norm;
  }

  void check_options() {
    if (options_checked_) {
      return;
    }
    options_checked_ = true;
    const auto unused = sequence_.solver().unused_options();
    if (unused.empty()) {
      return;
    }
    const auto text =
        fmt::format("[solver.petsc]: no PETSc object reads the option{} {}: correct or remove {}, or pass --allow-unused-petsc",
                    unused.size() == 1 ? "" : "s", fmt::join(unused, ", "), unused.size() == 1 ? "it" : "them");
    if (!work_.allow_unused_petsc) {
      throw Stop{ExitCode::usage, text};
    }
    spdlog::warn("{}", text);
  }

  void store(const Sample& sample, Solved& solved) {
    std::vector<std::span<const double>> rows;
    for (const std::size_t position : work_.family.selection()) {
      rows.emplace_back(field_of(solved, position).values);
    }
    auto& record = solved.record;
    record.index = sample.index;
    record.seed[0] = sample.seed;
    record.seed[1] = (static_cast<std::uint64_t>(sample.index) << 16U) | sample.attempt;
    record.attempt = static_cast<std::uint16_t>(sample.attempt);
    record.worker = static_cast<std::uint32_t>(number_);
    writer_.write(record, rows, work_.family.scalars(sample));
    work_.counters.done += 1;
    work_.counters.iterations += record.iterations;
    work_.counters.bytes += bytes_per_sample_;
    if (work_.after_sample) {
      work_.after_sample();
    }
  }

  void give_up(const Sample& sample, const std::string& reason) {
    writer_.reject({sample.index, sample.attempt, reason});
    const auto failures = work_.counters.failures.fetch_add(1) + 1;
    spdlog::warn("sample {}, draw {}: {}", sample.index, sample.attempt, reason);
    if (work_.parameters.on_failure == "abort") {
      throw Stop{ExitCode::too_many_failures, fmt::format("sample {} failed: {}", sample.index, reason)};
    }
    if (failures > redraws_allowed_) {
      throw Stop{ExitCode::too_many_failures,
                 fmt::format("{} draws failed, more than the {} that [run] max_failure_rate = {} allows; the last: {}", failures,
                             redraws_allowed_, work_.parameters.max_failure_rate, reason)};
    }
  }

  const Work& work_;
  data::DatasetWriter& writer_;
  int number_;
  bool single_precision_;
  Sequence sequence_;
  Index redraws_allowed_;
  Index bytes_per_sample_;
  bool options_checked_ = false;
  std::vector<double> solution_;
  std::vector<double> rounded_;
};

WorkerResult stop_all(const Work& work, ExitCode code, std::string message) {
  work.counters.stop = static_cast<int>(code);
  return {code, std::move(message)};
}

/// What the ordering compares of every sample. A sample that cannot be drawn fails when its turn comes, not here.
FeatureMatrix features_of(const Family& family, const std::vector<Index>& samples, FeatureRequest request) {
  FeatureTable table(request);
  for (const Index index : samples) {
    const Sample sample = family.sample(index, 0);
    if (request.kind == FeatureRequest::Kind::parameters) {
      table.add({}, family.scalars(sample));
      continue;
    }
    std::vector<Field> inputs;
    try {
      inputs = family.problem(sample)->draw(sample);
    } catch (const SolveError&) {
      table.add_unknown();
      continue;
    }
    table.add(inputs, {});
  }
  return table.finish();
}

}  // namespace

WorkerResult work(const Work& work, data::DatasetWriter& writer, int worker) {
  WorkerResult result;
  try {
    Worker(work, writer, worker).run();
  } catch (const Stop& stop) {
    result = stop_all(work, stop.code, stop.message);
  } catch (const InputError& error) {
    result = stop_all(work, ExitCode::usage, error.what());
  } catch (const IoError& error) {
    result = stop_all(work, ExitCode::io, error.what());
  } catch (const std::exception& error) {
    result = stop_all(work, ExitCode::failure, error.what());
  }
  try {
    writer.flush();
  } catch (const std::exception& error) {
    if (result.code == ExitCode::ok) {
      result = stop_all(work, ExitCode::io, error.what());
    }
  }
  const bool unfinished = work.counters.next.load() < static_cast<std::int64_t>(work.samples.size());
  if (result.code == ExitCode::ok && (SignalScope::received() != 0 || (work.deadline.passed() && unfinished))) {
    result.code = ExitCode::interrupted;
  }
  return result;
}

std::vector<Index> solving_order(const Deck& deck, const Family& family, std::vector<Index> samples) {
  const auto ordering = create<Ordering>(make_parameters<SequenceParameters>(deck.section("sequence")).ordering);
  const FeatureRequest request = ordering->features();
  FeatureMatrix features{{}, static_cast<Index>(samples.size()), 0};
  if (request.kind != FeatureRequest::Kind::none) {
    features = features_of(family, samples, request);
  }
  const auto order = ordering->order(features.view());
  std::vector<Index> ordered;
  ordered.reserve(samples.size());
  for (const Index position : order) {
    ordered.push_back(samples[static_cast<std::size_t>(position)]);
  }
  return ordered;
}

}  // namespace kindred::app

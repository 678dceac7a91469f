#include <kindred/apps/generate/engine.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <kindred/apps/generate/design_report.hpp>
#include <kindred/apps/generate/team.hpp>
#include <kindred/apps/generate/worker.hpp>
#include <kindred/core/base/clock.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/data/writer.hpp>

namespace kindred::app {
namespace {

/// Shards that one of `tasks` job-array tasks fills: every tasks-th of the data set's list.
std::vector<std::size_t> shards_of_task(const data::DatasetLayout& layout, int task, int tasks) {
  const std::size_t total = data::DatasetPlan(layout).shards().size();
  std::vector<std::size_t> shards;
  for (auto shard = static_cast<std::size_t>(task); shard < total; shard += static_cast<std::size_t>(tasks)) {
    shards.push_back(shard);
  }
  return shards;
}

/// Exit codes from harmless to worst: a real failure outranks an interruption.
constexpr std::array severity{ExitCode::ok,      ExitCode::interrupted, ExitCode::too_many_failures,
                              ExitCode::failure, ExitCode::io,          ExitCode::usage};

int severity_of(ExitCode code) {
  const auto* place = std::find(severity.begin(), severity.end(), code);
  return static_cast<int>(place - severity.begin()) % static_cast<int>(severity.size());
}

ExitCode worse(ExitCode a, ExitCode b) { return severity_of(a) >= severity_of(b) ? a : b; }

/// One run of the engine over a family whose data set is laid out.
class Run {
 public:
  Run(const Deck& deck, const GenerateOptions& options)
      : options_(options),
        deck_(deck),
        family_(deck),
        parameters_(make_parameters<RunParameters>(deck.section("run"))),
        layout_(family_.continued(family_.layout(options.deck_path))),
        deadline_(options.time_limit, options.grace),
        signals_(static_cast<unsigned>(options.grace)) {
    family_.check();
    if (!options.quiet) {
      warn_of_design(family_);
    }
    layout_.minimum_shards = options.shards;
    for (const auto& [name, text] : provenance(options.command_line)) {
      layout_.provenance[name] = text;
    }
    report_.directory = layout_.directory;
    report_.name = layout_.name;
    report_.count = layout_.count;
    report_.bytes_per_sample = layout_.row_bytes();
    report_.splits = layout_.splits;
  }

  GenerateReport alone() {
    auto writer = prepare();
    SharedCounters counters;
    if (options_.workers > 1 && !samples_.empty()) {
      fork_workers(*counters);
    } else if (!samples_.empty()) {
      const petsc::Session session;
      work_here(writer, *counters);
    }
    seal(writer);
    summarise(*counters);
    return report_;
  }

  GenerateReport with_mpi() {
    const petsc::Session session;
    const MpiTeam team(PETSC_COMM_WORLD);
    report_.leader = team.rank() == 0;
    layout_.minimum_shards = std::max<Index>(layout_.minimum_shards, team.hosts());

    std::optional<data::DatasetWriter> lead_writer;
    guarded([&] {
      if (report_.leader) {
        lead_writer.emplace(prepare());
      }
    });
    agree(team);
    if (report_.code != ExitCode::ok) {
      return report_;
    }
    guarded([&] { work_as_rank(team); });
    agree(team);
    guarded([&] {
      if (report_.leader) {
        lead_writer.reset();
        lead_writer.emplace(data::DatasetWriter::prepare(layout_, open_options()));
        seal(*lead_writer);
      }
    });
    agree(team);
    summarise(team.counters());
    report_.done = team.sum(team.leads_host() ? report_.done : 0);
    report_.failures = team.sum(team.leads_host() ? report_.failures : 0);
    return report_;
  }

 private:
  [[nodiscard]] data::OpenOptions open_options() const {
    data::OpenOptions open;
    open.verify = options_.verify;
    open.commit_interval = parameters_.commit_interval;
    if (options_.shards > 1) {
      open.shards = shards_of_task(layout_, options_.shard, options_.shards);
    }
    open.require_exclusive = options_.shards == 1;
    return open;
  }

  data::DatasetWriter prepare() {
    auto writer = data::DatasetWriter::prepare(layout_, open_options());
    report_.already_done = writer.done();
    samples_ = solving_order(deck_, family_, writer.unfinished());
    return writer;
  }

  [[nodiscard]] Work make_work(Counters& counters, std::function<void()> after_sample) const {
    return {deck_, family_, parameters_, samples_, counters, deadline_, options_.allow_unused_petsc, std::move(after_sample)};
  }

  void record(const WorkerResult& result) {
    report_.code = worse(report_.code, result.code);
    if (!result.message.empty()) {
      report_.message = result.message;
    }
  }

  void work_here(data::DatasetWriter& writer, Counters& counters, int worker = 0) {
    Progress progress(static_cast<Index>(samples_.size()), 0, options_.quiet || !report_.leader);
    record(work(make_work(counters, [&] { progress.update(counters); }), writer, worker));
    progress.finish(counters);
  }

  void fork_workers(Counters& counters) {
    const std::filesystem::path notes = layout_.directory / ".worker-messages";
    std::filesystem::remove(notes);
    Progress progress(static_cast<Index>(samples_.size()), 0, options_.quiet);
    const auto worker = [&](int number) {
      const petsc::Session session;
      auto writer = data::DatasetWriter::attach(layout_, open_options());
      const WorkerResult result = work(make_work(counters, {}), writer, number);
      if (!result.message.empty()) {
        std::ofstream(notes, std::ios::app) << result.message << '\n';
      }
      return static_cast<int>(result.code);
    };
    const auto statuses = run_workers(options_.workers, worker, [&] { progress.update(counters); });
    for (const int status : statuses) {
      if (status > 128) {
        record({ExitCode::failure, fmt::format("a worker process was ended by signal {}; the finished samples are safe", status - 128)});
      } else {
        record({static_cast<ExitCode>(status), ""});
      }
    }
    std::ifstream lines(notes);
    std::string line;
    while (std::getline(lines, line)) {
      report_.message = line;
    }
    std::filesystem::remove(notes);
    progress.finish(counters);
  }

  void work_as_rank(const MpiTeam& team) {
    auto open = open_options();
    open.require_exclusive = false;
    if (team.hosts() > 1) {
      const auto of_host = shards_of_task(layout_, team.host(), team.hosts());
      if (open.shards.empty()) {
        open.shards = of_host;
      } else {
        std::erase_if(open.shards, [&](std::size_t shard) { return std::find(of_host.begin(), of_host.end(), shard) == of_host.end(); });
      }
    }
    std::optional<data::DatasetWriter> writer;
    guarded([&] {
      writer.emplace(data::DatasetWriter::attach(layout_, open));
      samples_ = solving_order(deck_, family_, writer->unfinished());
    });
    agree(team);  // every rank has read the same list before anyone adds to it
    if (writer && report_.code == ExitCode::ok) {
      work_here(*writer, team.counters(), team.rank());
    }
  }

  /// Turns an exception into a result, so that no rank is left waiting for another.
  template <class Action>
  void guarded(Action action) {
    try {
      action();
    } catch (const InputError& error) {
      record({ExitCode::usage, error.what()});
    } catch (const IoError& error) {
      record({ExitCode::io, error.what()});
    } catch (const std::exception& error) {
      record({ExitCode::failure, error.what()});
    }
  }

  void agree(const MpiTeam& team) {
    report_.code = severity[static_cast<std::size_t>(team.maximum(severity_of(report_.code)))];
    report_.message = team.any_text(report_.message);
  }

  void seal(data::DatasetWriter& writer) {
    report_.complete = writer.finish();
    const bool all_here_done = writer.unfinished().empty();
    if (all_here_done && report_.code == ExitCode::interrupted) {
      report_.code = ExitCode::ok;
    }
    if (!all_here_done && report_.code == ExitCode::ok) {
      report_.code = ExitCode::interrupted;
    }
  }

  void summarise(const Counters& counters) {
    report_.done = counters.done.load();
    report_.failures = counters.failures.load();
    report_.mean_iterations = report_.done > 0 ? static_cast<double>(counters.iterations.load()) / static_cast<double>(report_.done) : 0.0;
    report_.seconds = seconds_since(start_);
  }

  const GenerateOptions& options_;
  const Deck& deck_;
  Family family_;
  RunParameters parameters_;
  data::DatasetLayout layout_;
  Deadline deadline_;
  SignalScope signals_;
  std::vector<Index> samples_;
  GenerateReport report_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

GenerateReport generate(const Deck& deck, const GenerateOptions& options) {
  Run run(deck, options);
  return under_mpi() ? run.with_mpi() : run.alone();
}

}  // namespace kindred::app

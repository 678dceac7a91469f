#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// Process exit codes; the same for every verb.
enum class ExitCode : int {
  ok = 0,
  failure = 1,            ///< solver or run-time failure
  usage = 2,              ///< usage or deck error: nothing was done
  too_many_failures = 3,  ///< finished, or stopped, with more failed samples than the cap
  io = 4,                 ///< data corruption or input/output error
  interrupted = 75,       ///< resumable
};

/// Catches SIGINT, SIGTERM, SIGUSR1, SIGXCPU for its life: the first sets a flag, a second SIGINT ends the process at once (130).
/// With grace_seconds > 0 the handler also arms alarm(grace_seconds), whose SIGALRM ends the process with status 75: work
/// that does not reach its next check in time is dropped.
class SignalScope {
 public:
  explicit SignalScope(unsigned grace_seconds = 0);
  ~SignalScope();
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;
  /// Signal received so far, or 0.
  static int received();
};

/// What a run has done so far; lives in memory shared by all worker processes of one host.
struct Counters {
  std::atomic<std::int64_t> next{0};  ///< next unclaimed position in the work list
  std::atomic<std::int64_t> done{0};
  std::atomic<std::int64_t> failures{0};  ///< redraws
  std::atomic<std::int64_t> iterations{0};
  std::atomic<std::int64_t> bytes{0};
  std::atomic<int> stop{0};  ///< set to make every worker finish its sample and leave
};
/// Anonymous shared memory, visible to processes forked later.
class SharedCounters {
 public:
  SharedCounters();
  ~SharedCounters();
  SharedCounters(const SharedCounters&) = delete;
  SharedCounters& operator=(const SharedCounters&) = delete;
  Counters& operator*() const { return *counters_; }
  Counters* operator->() const { return counters_; }

 private:
  Counters* counters_ = nullptr;
};

/// Progress on stderr: a live line on a terminal, else one line every 30 s; silent when `quiet`.
///   [#####.....] 4210/10000 42% 812/s 53 MB/s ETA 7s fail 3 iter 12.4
class Progress {
 public:
  /// @param noun  what is counted, in the final line
  Progress(Index total, Index already_done, bool quiet, std::string noun = "samples");
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// The work turned out to be more or less than was said.
  void set_total(Index total);
  /// Cheap; draws at most ten times a second on a terminal.
  void update(const Counters& counters);
  /// Final line.
  void finish(const Counters& counters);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Forks `count` workers that run `work(worker)`; the parent calls `poll()` about ten times a second until all have ended.
/// A worker's int result is its exit status. Must be called before MPI, PETSc or threads are started in this process.
/// Workers get SIGTERM if the parent dies. @returns exit statuses (128 + signal for a killed worker)
std::vector<int> run_workers(int count, const std::function<int(int worker)>& work, const std::function<void()>& poll);

/// Log lines on stderr through spdlog. Level -1 quiet (errors), 0 normal, 1 verbose, 2 debug; also to `file` if not empty.
void configure_logging(int verbosity, const std::string& file, bool color);

/// Facts about this process for /provenance: version, git commit and state at build time, compiler, build type,
/// libraries (JSON), host, processor, start time (ISO 8601, UTC), command line.
std::map<std::string, std::string> provenance(const std::vector<std::string>& command_line);

/// 2026-11-21T10:15:00Z
std::string utc_now();

/// Ends of time: seconds from --time-limit or from SLURM_JOB_END_TIME minus `grace`; infinite if neither is given.
class Deadline {
 public:
  Deadline(double limit_seconds, double grace_seconds);
  [[nodiscard]] bool passed() const;

 private:
  std::chrono::steady_clock::time_point end_;
};

}  // namespace kindred

#include <kindred/core/run/run.hpp>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <thread>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/run/signal_state.hpp>

namespace kindred {
namespace {

using namespace std::chrono_literals;

/// Time that the parent gets beyond its workers' grace, to collect their statuses and report.
constexpr unsigned parent_extra_seconds = 5;

/// The life of one worker process. Leaves by _exit: the parent's open files and exit handlers are not the worker's to close.
[[noreturn]] void live_as_worker(int worker, pid_t parent, const std::function<int(int)>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) {  // the parent died before prctl took effect: no signal will come
    ::_exit(128 + SIGTERM);
  }
  int status = static_cast<int>(ExitCode::failure);
  try {
    status = work(worker);
  } catch (const std::exception& error) {
    fmt::print(stderr, "worker {}: {}\n", worker, error.what());
  }
  std::fflush(nullptr);
  ::_exit(status);
}

/// The running workers; those still alive when this object goes are ended.
class Team {
 public:
  Team(int count, const std::function<int(int)>& work) : statuses_(static_cast<std::size_t>(count), 0) {
    const pid_t parent = ::getpid();
    std::fflush(nullptr);  // or every worker would write the buffered text again
    for (int worker = 0; worker < count; ++worker) {
      const pid_t pid = ::fork();
      if (pid == 0) {
        live_as_worker(worker, parent, work);
      }
      if (pid < 0) {
        const int reason = errno;
        end_all();
        throw Error(fmt::format("cannot start worker {} of {}: {}; try fewer workers", worker, count, std::strerror(reason)));
      }
      processes_.push_back(pid);
    }
  }
  ~Team() { end_all(); }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  void send(int signal) const {
    for (const pid_t pid : processes_) {
      if (pid > 0) {
        ::kill(pid, signal);
      }
    }
  }

  /// Collects the statuses of workers that have ended. @returns true when none is left
  bool collect(int options) {
    bool all_ended = true;
    for (std::size_t i = 0; i < processes_.size(); ++i) {
      if (processes_[i] == 0) {
        continue;
      }
      int status = 0;
      pid_t ended = 0;
      do {
        ended = ::waitpid(processes_[i], &status, options);
      } while (ended < 0 && errno == EINTR);
      if (ended == 0) {
        all_ended = false;
        continue;
      }
      processes_[i] = 0;
      statuses_[i] = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return all_ended;
  }

  [[nodiscard]] const std::vector<int>& statuses() const { return statuses_; }

 private:
  void end_all() {
    send(SIGTERM);
    collect(0);
  }

  std::vector<pid_t> processes_;  ///< 0: has ended
  std::vector<int> statuses_;
};

}  // namespace

std::vector<int> run_workers(int count, const std::function<int(int worker)>& work, const std::function<void()>& poll) {
  Team team(count, work);
  bool forwarded = false;
  auto next_poll = std::chrono::steady_clock::now();
  while (!team.collect(WNOHANG)) {
    if (!forwarded && SignalScope::received() != 0) {
      forwarded = true;
      detail::extend_grace(parent_extra_seconds);
      team.send(SIGTERM);
    }
    if (const auto now = std::chrono::steady_clock::now(); now >= next_poll) {
      poll();
      next_poll = now + 100ms;
    }
    std::this_thread::sleep_for(5ms);  // short jobs end promptly; 200 wake-ups a second cost nothing
  }
  poll();
  return team.statuses();
}

}  // namespace kindred

#include <kindred/apps/integrate/pool.hpp>

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/core/run/run.hpp>

namespace kindred::app {
namespace {

constexpr std::size_t message_bytes = 2048;

struct Request {
  std::size_t slot = 0;
  Piece piece;
};

struct Reply {
  enum class Outcome { done, input_error, solve_error, other_error };
  std::size_t slot = 0;
  Outcome outcome = Outcome::done;
  Effort effort;
};

/// One whole packet; false at the end of the stream.
template <class Packet>
bool read_packet(int socket, Packet& packet) {
  for (;;) {
    const ssize_t bytes = ::recv(socket, &packet, sizeof packet, 0);
    if (bytes < 0 && errno == EINTR) {
      continue;
    }
    return bytes == static_cast<ssize_t>(sizeof packet);
  }
}

template <class Packet>
bool write_packet(int socket, const Packet& packet) {
  for (;;) {
    const ssize_t bytes = ::send(socket, &packet, sizeof packet, MSG_NOSIGNAL);
    if (bytes < 0 && errno == EINTR) {
      continue;
    }
    return bytes == static_cast<ssize_t>(sizeof packet);
  }
}

void write_message(std::span<char> message, const char* text) {
  std::strncpy(message.data(), text, message.size() - 1);
  message.back() = '\0';
}

std::string how_it_ended(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? fmt::format("was ended by signal {}", WTERMSIG(status))
                             : fmt::format("ended with status {}", WEXITSTATUS(status));
}

}  // namespace

WorkerPool::WorkerPool(const Study& study, int workers, std::size_t most_points, bool allow_unused_petsc)
    : dimensions_(static_cast<std::size_t>(study.inputs().dimensions())),
      outputs_(study.plan().outputs().size()),
      workers_(static_cast<std::size_t>(workers)),
      slots_(2 * workers_.size()) {
  share_memory(most_points);
  try {
    fork_workers(study, allow_unused_petsc);
  } catch (...) {
    end();
    throw;
  }
}

WorkerPool::~WorkerPool() { end(); }

void WorkerPool::end() {
  for (Worker& worker : workers_) {
    if (worker.socket >= 0) {
      ::close(std::exchange(worker.socket, -1));  // its end is how a worker learns that it may go
    }
  }
  for (Worker& worker : workers_) {
    if (worker.process > 0) {
      if (busy_ > 0) {
        ::kill(worker.process, SIGKILL);
      }
      static_cast<void>(how_it_ended(std::exchange(worker.process, 0)));
    }
  }
  if (memory_ != nullptr) {
    ::munmap(std::exchange(memory_, nullptr), memory_bytes_);
  }
}

void WorkerPool::share_memory(std::size_t most_points) {
  const std::size_t numbers = most_points * (dimensions_ + outputs_);
  const std::size_t slot_bytes = (numbers * sizeof(double) + message_bytes + 63) / 64 * 64;
  memory_bytes_ = slots_.size() * slot_bytes;
  void* memory = ::mmap(nullptr, memory_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw Error(fmt::format("cannot allocate memory shared by the workers: {}", std::strerror(errno)));
  }
  memory_ = memory;
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    Slot& slot = slots_[s];
    slot.worker = s % workers_.size();
    auto* const bytes = static_cast<char*>(memory) + s * slot_bytes;
    auto* const doubles = static_cast<double*>(static_cast<void*>(bytes));
    slot.points = {doubles, most_points * dimensions_};
    slot.values = {doubles + most_points * dimensions_, most_points * outputs_};
    slot.message = {bytes + numbers * sizeof(double), message_bytes};
  }
}

void WorkerPool::fork_workers(const Study& study, bool allow_unused_petsc) {
  const pid_t parent = ::getpid();
  std::fflush(nullptr);  // or every worker would write the buffered text again
  for (std::size_t w = 0; w < workers_.size(); ++w) {
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
      throw Error(fmt::format("cannot start worker {}: {}", w, std::strerror(errno)));
    }
    const pid_t process = ::fork();
    if (process == 0) {
      for (std::size_t other = 0; other < w; ++other) {
        ::close(workers_[other].socket);  // or that worker would outlive this stream's end
      }
      ::close(sockets[0]);
      workers_[w].socket = sockets[1];
      live_as_worker(w, study, allow_unused_petsc, parent);
    }
    ::close(sockets[1]);
    workers_[w] = {process, sockets[0]};
    if (process < 0) {
      workers_[w].process = 0;
      throw Error(fmt::format("cannot start worker {} of {}: {}; try fewer workers", w, workers_.size(), std::strerror(errno)));
    }
  }
}

/// Leaves by _exit: the parent's open files and exit handlers are not the worker's to close.
void WorkerPool::live_as_worker(std::size_t worker, const Study& study, bool allow_unused_petsc, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGINT, SIGTERM}) {
    ::signal(signal, SIG_IGN);  // they may reach the whole group: the parent decides what is finished
  }
  if (::getppid() != parent) {
    ::_exit(128 + SIGKILL);
  }
  const int socket = workers_[worker].socket;
  int status = 0;
  {
    const petsc::Session session;
    std::optional<Evaluator> evaluator;
    Request request;
    while (read_packet(socket, request)) {
      Slot& slot = slots_[request.slot];
      Reply reply;
      reply.slot = request.slot;
      const auto failed = [&](Reply::Outcome outcome, const std::exception& error) {
        reply.outcome = outcome;
        write_message(slot.message, error.what());
      };
      try {
        if (!evaluator) {
          evaluator.emplace(study, allow_unused_petsc);
        }
        const std::size_t count = request.piece.count;
        reply.effort = evaluator->evaluate(request.piece, slot.points.first(count * dimensions_), slot.values.first(count * outputs_));
      } catch (const InputError& error) {
        failed(Reply::Outcome::input_error, error);
      } catch (const SolveError& error) {
        failed(Reply::Outcome::solve_error, error);
      } catch (const std::exception& error) {
        failed(Reply::Outcome::other_error, error);
      }
      if (!write_packet(socket, reply)) {
        status = 1;
        break;
      }
    }
  }
  std::fflush(nullptr);
  ::_exit(status);
}

void WorkerPool::start(const Piece& piece, std::span<const double> points, Done done) {
  const auto free = std::find_if(slots_.begin(), slots_.end(), [](const Slot& s) { return !s.busy; });
  Slot& slot = *free;  // the first slots are one for each worker: work is spread before it is queued
  slot.busy = true;
  slot.piece = piece;
  slot.done = std::move(done);
  std::copy(points.begin(), points.end(), slot.points.begin());
  ++busy_;
  write_packet(workers_[slot.worker].socket, Request{static_cast<std::size_t>(free - slots_.begin()), piece});
}

bool WorkerPool::wait() {
  std::vector<pollfd> descriptors;
  descriptors.reserve(workers_.size());
  for (const Worker& worker : workers_) {
    descriptors.push_back({worker.socket, POLLIN, 0});
  }
  constexpr int milliseconds = 100;
  if (::poll(descriptors.data(), descriptors.size(), milliseconds) <= 0) {
    return false;
  }
  for (std::size_t w = 0; w < workers_.size(); ++w) {
    if (descriptors[w].revents != 0) {
      receive(workers_[w]);
    }
  }
  return true;
}

void WorkerPool::receive(Worker& worker) {
  Reply reply;
  if (!read_packet(worker.socket, reply)) {
    throw Error(
        fmt::format("a worker process {}; the evaluations finished before are kept", how_it_ended(std::exchange(worker.process, 0))));
  }
  Slot& slot = slots_[reply.slot];
  slot.busy = false;
  --busy_;
  switch (reply.outcome) {
    case Reply::Outcome::input_error:
      throw InputError(slot.message.data());
    case Reply::Outcome::solve_error:
      throw SolveError(slot.message.data());
    case Reply::Outcome::other_error:
      throw Error(slot.message.data());
    case Reply::Outcome::done:
      break;
  }
  const Done done = std::move(slot.done);
  done(slot.piece, slot.values.first(slot.piece.count * outputs_), reply.effort);
}

}  // namespace kindred::app

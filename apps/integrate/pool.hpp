#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <kindred/apps/integrate/evaluator.hpp>

namespace kindred::app {

/// Forked processes that evaluate pieces. Points and values pass through shared memory, requests and replies through sockets; a worker
/// that dies is noticed by the end of its stream. Must be made before PETSc or MPI are started in this process.
class WorkerPool {
 public:
  /// @param most_points  of a piece
  /// @throws Error if a process cannot be started
  WorkerPool(const Study& study, int workers, std::size_t most_points, bool allow_unused_petsc);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  [[nodiscard]] int workers() const { return static_cast<int>(workers_.size()); }
  [[nodiscard]] bool idle() const { return busy_ == 0; }
  [[nodiscard]] bool has_room() const { return busy_ < slots_.size(); }

  /// Hands a piece to a worker that has room.
  /// @param done  called from wait() with the values, once they are there
  using Done = std::function<void(const Piece& piece, std::span<const double> values, const Effort& effort)>;
  void start(const Piece& piece, std::span<const double> points, Done done);

  /// Waits until a piece is done, or for a tenth of a second. @returns whether one was
  /// @throws what the evaluation threw; Error if a worker died
  bool wait();

 private:
  struct Worker {
    pid_t process = 0;
    int socket = -1;
  };
  /// Two for each worker, so that it finds its next piece waiting.
  struct Slot {
    std::size_t worker = 0;
    bool busy = false;
    Piece piece;
    Done done;
    std::span<double> points;  ///< shared memory, as all that follows
    std::span<double> values;
    std::span<char> message;
  };
  void share_memory(std::size_t most_points);
  void fork_workers(const Study& study, bool allow_unused_petsc);
  [[noreturn]] void live_as_worker(std::size_t worker, const Study& study, bool allow_unused_petsc, pid_t parent);
  void receive(Worker& worker);
  void end();

  std::size_t dimensions_;
  std::size_t outputs_;
  std::vector<Worker> workers_;
  std::vector<Slot> slots_;
  std::size_t busy_ = 0;
  void* memory_ = nullptr;
  std::size_t memory_bytes_ = 0;
};

}  // namespace kindred::app

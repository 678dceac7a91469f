#pragma once

// Leaves out MPI's C++ bindings, which were withdrawn from the standard.
#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
#include <mpi.h>

#include <memory>

#include <kindred/core/run/run.hpp>

namespace kindred::app {

/// True if this process was started by mpiexec (or a batch system's equivalent) as one of several or as a rank.
bool under_mpi();

/// The ranks of an MPI job as workers. Ranks of one host share counters (and so hand out samples among themselves);
/// hosts share nothing but the file system and take whole shards in turn.
class MpiTeam {
 public:
  explicit MpiTeam(MPI_Comm world);
  ~MpiTeam();
  MpiTeam(const MpiTeam&) = delete;
  MpiTeam& operator=(const MpiTeam&) = delete;

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] int host() const { return host_; }
  [[nodiscard]] int hosts() const { return hosts_; }
  /// True on one rank of each host.
  [[nodiscard]] bool leads_host() const { return local_rank_ == 0; }
  [[nodiscard]] Counters& counters() const { return *counters_; }

  /// Waits for all ranks.
  void barrier() const;
  /// The largest value of all ranks.
  [[nodiscard]] int maximum(int value) const;
  /// The leader's value on every rank.
  [[nodiscard]] int from_leader(int value) const;
  /// Sum over all ranks.
  [[nodiscard]] std::int64_t sum(std::int64_t value) const;
  /// One of the texts that are not empty, on every rank.
  [[nodiscard]] std::string any_text(const std::string& text) const;

 private:
  MPI_Comm world_ = MPI_COMM_NULL;
  MPI_Comm local_ = MPI_COMM_NULL;
  MPI_Win window_ = MPI_WIN_NULL;
  int rank_ = 0;
  int size_ = 1;
  int host_ = 0;
  int hosts_ = 1;
  int local_rank_ = 0;
  Counters* counters_ = nullptr;
};

}  // namespace kindred::app

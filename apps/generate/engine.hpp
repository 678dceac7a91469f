#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <kindred/apps/generate/family.hpp>
#include <kindred/apps/generate/run_section.hpp>
#include <kindred/core/run/run.hpp>

namespace kindred::app {

struct GenerateOptions {
  std::filesystem::path deck_path;
  int workers = 1;
  int shard = 0;   ///< this task of a job array …
  int shards = 1;  ///< … of so many
  bool verify = false;
  bool allow_unused_petsc = false;
  double time_limit = 0.0;  ///< s; 0: none
  double grace = 20.0;      ///< s
  bool quiet = false;       ///< no progress
  std::vector<std::string> command_line;
};

struct GenerateReport {
  ExitCode code = ExitCode::ok;
  std::string message;    ///< why it ended early; empty if it did not
  bool complete = false;  ///< every sample of the data set is sealed
  std::filesystem::path directory;
  std::string name;
  Index count = 0;         ///< samples of the data set
  Index already_done = 0;  ///< found finished on disk
  Index done = 0;          ///< finished by this run
  Index failures = 0;      ///< draws given up
  double mean_iterations = 0.0;
  double seconds = 0.0;
  Index bytes_per_sample = 0;
  std::vector<data::Split> splits;
  bool leader = true;  ///< false on the other MPI ranks, which say nothing
};

/// Fills the deck's data set: creates or resumes it, solves every unfinished sample on this process, on forked workers,
/// or on the ranks of an MPI job (when started by mpiexec), then seals it. Whatever the arrangement, row r holds the same
/// sample, drawn from the same random numbers.
/// Must be called before PETSc or MPI are started in this process.
/// @throws InputError, IoError before any work; later trouble is in the report
GenerateReport generate(const Deck& deck, const GenerateOptions& options);

}  // namespace kindred::app

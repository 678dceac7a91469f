#pragma once

#include <functional>
#include <span>
#include <string>

#include <kindred/apps/generate/family.hpp>
#include <kindred/apps/generate/run_section.hpp>
#include <kindred/core/run/run.hpp>
#include <kindred/data/writer.hpp>

namespace kindred::app {

/// What a worker needs beside the family: the list of samples to solve and the counters that all workers share.
struct Work {
  const Deck& deck;
  const Family& family;
  const RunParameters& parameters;
  std::span<const Index> samples;  ///< the same list, in solving order, for every worker that shares `counters`
  Counters& counters;
  const Deadline& deadline;
  bool allow_unused_petsc = false;
  std::function<void()> after_sample;  ///< called after every stored sample; may be empty
};

/// How one worker ended.
struct WorkerResult {
  ExitCode code = ExitCode::ok;
  std::string message;
};

/// Claims chunks of samples until none is left, a stop is asked for, or something fails; commits what it finished.
/// PETSc must be started. Never throws: trouble is in the result, and makes the other workers stop.
WorkerResult work(const Work& work, data::DatasetWriter& writer, int worker);

/// The order in which to solve `samples`, by the deck's [sequence] ordering.
std::vector<Index> solving_order(const Deck& deck, const Family& family, std::vector<Index> samples);

}  // namespace kindred::app

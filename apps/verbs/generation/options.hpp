#pragma once

#include <string>

#include <kindred/apps/generate/engine.hpp>
#include <kindred/apps/verbs/verb.hpp>

namespace kindred::app {

/// Command-line options of `generate` and `run`, and what both do with them.
struct GenerationOptions {
  DeckArguments deck;
  int workers = 0;  ///< 0: as [run] workers says
  std::string shard;
  bool verify = false;
  bool allow_unused_petsc = false;
  bool dry_run = false;
  double time_limit = -1.0;  ///< < 0: as [run] says
  double grace = -1.0;

  void add_to(CLI::App& verb);
  /// @throws InputError for a malformed --shard
  [[nodiscard]] GenerateOptions resolve(const Deck& deck, const Context& context) const;
};

/// Human-readable or JSON summary of a run on stdout; trouble and the command that resumes it on stderr.
void print_report(const GenerateReport& report, const Context& context);

/// Bytes free on the disk that a directory, made or not, lies on.
double free_space(const std::filesystem::path& directory);

/// What a run would do: samples, bytes, shards, free space. @returns ok, or io when the data would not fit
ExitCode print_plan(const Deck& deck, const GenerateOptions& options, const Context& context);

}  // namespace kindred::app

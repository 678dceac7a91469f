#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kindred/data/layout.hpp>

namespace kindred::data {

enum class Status : std::uint8_t { todo = 0, running = 1, done = 2, failed = 3 };

/// What is stored beside the fields of one sample (the /samples table).
struct SampleRecord {
  Index index = 0;
  std::uint64_t seed[2] = {0, 0};
  std::uint16_t attempt = 0;
  std::int32_t converged_reason = 0;
  std::int32_t iterations = 0;
  double residual_norm = 0.0;
  double residual_relative = 0.0;
  double residual_stored = 0.0;  ///< relative residual of the solution as rounded to the stored precision
  float seconds_assemble = 0.0F;
  float seconds_solve = 0.0F;
  float seconds_io = 0.0F;
  std::uint32_t worker = 0;
  std::int64_t start_ns = 0;
};

/// A parameter draw that was given up, for /provenance/rejected.
struct Rejection {
  Index index = 0;
  std::uint32_t attempt = 0;
  std::string reason;
};

struct OpenOptions {
  bool verify = false;              ///< re-check the CRC of rows marked done; a mismatch makes them todo again (in a sealed shard: IoError)
  bool require_exclusive = true;    ///< take the directory's lock
  double commit_interval = 5.0;     ///< s between group commits
  std::vector<std::size_t> shards;  ///< only these (job arrays); empty: all
};

/// A data set being filled. One process prepares it (creates or resumes every shard, under a lock); then any number of
/// processes `attach` and write rows by pwrite, without HDF5; then one process finishes it.
///
/// Crash safety: a row's status byte is written after its data, checksum and record, and after an fdatasync that covers
/// them (group commit), so `done` implies durable data. Nothing ever rewrites HDF5 metadata of an open shard.
class DatasetWriter {
 public:
  /// Creates the directory and the missing `.part` shards, or resumes. Sealed shards count as done.
  /// @throws InputError if the directory holds another data set (names the first keys that differ) or another process is
  ///         writing it; IoError if the disk is full or not writable
  static DatasetWriter prepare(const DatasetLayout& layout, const OpenOptions& options = {});
  /// For worker processes, after prepare() elsewhere.
  static DatasetWriter attach(const DatasetLayout& layout, const OpenOptions& options = {});

  DatasetWriter(DatasetWriter&&) noexcept;
  DatasetWriter& operator=(DatasetWriter&&) noexcept;
  ~DatasetWriter();

  [[nodiscard]] const DatasetLayout& layout() const;
  [[nodiscard]] const DatasetPlan& plan() const;
  [[nodiscard]] Status status(Index index) const;
  /// Samples (global indices, ascending) of the shards at hand that are not done.
  [[nodiscard]] std::vector<Index> unfinished() const;
  [[nodiscard]] Index done() const;

  /// Stores one sample: field values (in the layout's order, each row_values long), scalars, record. Rounds to the stored
  /// precision. The row becomes `done` at the next commit (every `commit_interval`, every 256 MiB, or flush()).
  /// @throws IoError; the row then stays unfinished
  void write(const SampleRecord& record, std::span<const std::span<const double>> fields, std::span<const double> scalars);
  /// Appends to the directory's rejection log (O_APPEND, one JSON line).
  void reject(const Rejection& rejection);
  /// Commits everything pending.
  void flush();

  /// Seals every complete shard: verifies all CRCs, adds rejections and finish time, fsync, rename. When all shards of the data set are
  /// sealed, writes stats.yaml, <name>.yaml, dataset.json and README.md.
  /// @returns true if the whole data set is complete now
  bool finish();

 private:
  struct State;
  explicit DatasetWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kindred::data

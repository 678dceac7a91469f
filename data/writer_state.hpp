#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include <kindred/core/base/clock.hpp>
#include <kindred/data/file.hpp>
#include <kindred/data/lock.hpp>
#include <kindred/data/shard.hpp>
#include <kindred/data/shard_rows.hpp>
#include <kindred/data/writer.hpp>

namespace kindred::data {

/// A shard that is open, growing or sealed.
struct OpenShard {
  FileHandle file;
  ShardMap map;
  FileWindow tables;  ///< of a growing shard
  bool sealed = false;

  [[nodiscard]] Status status(Index row) const;
  void set(const Column& column, Index row, const void* value) {
    tables.write(file, value, static_cast<std::size_t>(column.bytes), column.at(row));
  }
  bool unsynced_status = false;  ///< status bytes were written since the last fdatasync
};

/// A row whose data are on their way: not yet `done`.
struct PendingRow {
  std::size_t shard = 0;
  Index row = 0;
  SampleRecord record;
};

struct DatasetWriter::State {
  State(const DatasetLayout& layout, const OpenOptions& options);

  DatasetLayout layout;
  DatasetPlan plan;
  std::vector<std::size_t> at_hand;  ///< the shards that this writer fills, ascending
  DatasetLock lock;

  /// Opens the shard if it is not open. The reference's file stays open until the next call.
  OpenShard& open(std::size_t shard);
  [[nodiscard]] std::filesystem::path sealed_path(std::size_t shard) const { return layout.directory / plan.shards()[shard].file; }
  [[nodiscard]] std::filesystem::path part_path(std::size_t shard) const { return with_suffix(sealed_path(shard), part_suffix); }
  [[nodiscard]] std::filesystem::path rejection_path() const { return layout.directory / "rejected.jsonl"; }

  // Preparation.
  /// @param exclusive nobody else works here: shards of another data set that hold no finished row are deleted, not refused
  void refuse_other_data(bool exclusive) const;
  void create_missing();
  void resume(bool verify);

  // Group commit.
  void add(const SampleRecord& record, std::span<const std::span<const double>> fields, std::span<const double> scalars);
  void write_staged();
  void commit();
  void sync_statuses();
  [[nodiscard]] bool commit_is_due() const;

  // Sealing. @returns descriptions of the damaged rows, which are to do again
  std::vector<std::string> seal(std::size_t shard);
  [[nodiscard]] bool complete() const;

 private:
  void write_record(OpenShard& shard, std::size_t pending);
  void write_runs(const FileHandle& file, const Column& column, std::span<const std::size_t> order,
                  const std::function<const std::byte*(std::size_t)>& bytes_of);
  [[nodiscard]] std::vector<std::size_t> pending_order(std::size_t first) const;
  template <class Action>
  void for_each_shard(std::span<const std::size_t> order, Action action);
  void close_all();
  void forget_pending();

  std::vector<OpenShard> shards_;
  std::size_t open_files_ = 0;

  bool stage_ = false;  ///< rows are small: gather them before writing
  std::vector<PendingRow> pending_;
  std::vector<std::uint32_t> checksums_;  ///< pending × fields
  std::vector<double> scalars_;           ///< pending × scalars
  std::vector<std::uint32_t> scalars_checksums_;
  std::vector<std::byte> staged_;  ///< data of the rows from first_staged_ on, all fields one after another
  std::size_t first_staged_ = 0;
  Index pending_bytes_ = 0;
  Clock::time_point last_commit_ = Clock::now();
  std::chrono::duration<double> commit_interval_;
  Clock::time_point last_hint_ = Clock::now();
  std::vector<float> rounded_;
  std::vector<std::byte> gathered_;
};

}  // namespace kindred::data

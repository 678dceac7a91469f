#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <kindred/data/layout.hpp>
#include <kindred/data/writer.hpp>

namespace kindred::data {

/// One shard as found on disk, sealed (`.hdf5`) or growing (`.hdf5.part`).
struct ShardInfo {
  std::filesystem::path path;
  std::string split;
  Index rows = 0;
  Index done = 0;
  Index failed = 0;
  bool sealed = false;
};

/// Reads a data set directory, or a single shard file. Complete or not.
class DatasetReader {
 public:
  /// @throws IoError if nothing readable is there, naming what was looked for
  explicit DatasetReader(const std::filesystem::path& directory_or_file);
  DatasetReader(DatasetReader&&) noexcept;
  ~DatasetReader();

  /// name, axes, fields, scalars, boundary, precision, steady_frames, splits, identity, provenance as stored.
  [[nodiscard]] const DatasetLayout& layout() const;
  [[nodiscard]] const std::vector<ShardInfo>& shards() const;
  [[nodiscard]] Index rows() const;  ///< over all shards, in shard order (train, valid, test)
  [[nodiscard]] Status status(Index row) const;
  [[nodiscard]] SampleRecord record(Index row) const;
  [[nodiscard]] std::vector<double> scalars(Index row) const;
  /// One row of one field (last frame of a steady field), C order over the axes it varies along.
  [[nodiscard]] std::vector<double> field(Index row, const std::string& name) const;
  /// Split of a row.
  [[nodiscard]] const std::string& split(Index row) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One damage found by verify().
struct Damage {
  std::filesystem::path file;
  Index row = -1;  ///< -1: the whole file
  std::string what;
};

/// Re-reads every row marked done and compares checksums; checks shard sizes and the manifest's hashes.
struct VerifyReport {
  Index rows_checked = 0;
  Index rows_unfinished = 0;
  std::vector<Damage> damage;
  [[nodiscard]] bool ok() const { return damage.empty(); }
};
VerifyReport verify(const std::filesystem::path& directory_or_file);

/// Mean, deviation, rms, minimum and maximum of one field over one split.
struct FieldStatistics {
  double count = 0.0;
  double mean = 0.0;
  double variance = 0.0;  ///< population variance
  double minimum = 0.0;
  double maximum = 0.0;
  [[nodiscard]] double rms() const;
  /// Pairwise merge (Chan, Golub, LeVeque 1979).
  void merge(const FieldStatistics& other);
};
FieldStatistics statistics(std::span<const double> values);
/// By field name, over the finished rows of a split (empty: all).
std::map<std::string, FieldStatistics> dataset_statistics(const DatasetReader& reader, const std::string& split);

}  // namespace kindred::data

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <kindred/data/layout.hpp>

namespace kindred::data {

/// Bytes kept free in every shard for texts that are known only when it is sealed.
inline constexpr std::size_t finished_bytes = 32;
inline constexpr std::size_t rejected_bytes = std::size_t{16} << 10;
/// Numbers kept per component of a field in /statistics: count, mean, variance, minimum, maximum.
inline constexpr std::size_t statistics_numbers = 5;

/// Where one dataset's rows lie in a shard file: row r occupies `bytes` bytes at offset + r × stride.
struct Column {
  Index offset = 0;
  Index stride = 0;
  Index bytes = 0;

  [[nodiscard]] Index at(Index row) const { return offset + row * stride; }
};

/// The offsets of everything in a shard that is written or read without HDF5.
struct ShardMap {
  Index rows = 0;
  std::vector<Column> fields;     ///< in the layout's order; the last frame of each row
  std::vector<Column> checksums;  ///< CRC-32C of each field's row
  std::vector<Column> scalars;
  Column scalars_checksum;      ///< CRC-32C of a row's parameters, one after another; stride 0 if there are none
  std::vector<Column> records;  ///< in the order of record_columns()
  Column status;
  std::vector<Index> statistics;  ///< one per field
  Index sealed = 0;
  Index finished = 0;
  Index rejected = 0;
  Index tables = 0;  ///< begin and end of the stretch that holds status, records, checksums and scalars
  Index tables_end = 0;
  Index end = 0;  ///< bytes that the file must have at least
};

/// What a shard says about itself.
struct ShardHeader {
  DatasetLayout layout;  ///< directory empty; identity, card and provenance filled in
  std::string layout_text;
  ShardPlan plan;
  std::size_t number = 0;  ///< among the data set's shards
  std::size_t shards = 0;
  ShardMap map;
};

/// Creates shard `number` with all its HDF5 metadata and syncs it; no row is written.
/// @param path overwritten if it exists
/// @throws IoError
void create_shard(const DatasetLayout& layout, const DatasetPlan& plan, std::size_t number, const std::filesystem::path& path);

/// Reads a shard's metadata through HDF5.
/// @throws IoError if it is missing, damaged, or was not written by Kindred
ShardHeader read_shard_header(const std::filesystem::path& path);

}  // namespace kindred::data

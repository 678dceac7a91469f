#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <kindred/data/file.hpp>
#include <kindred/data/shard.hpp>
#include <kindred/data/writer.hpp>

namespace kindred::data {

/// Suffixes of a shard's life: being created, being filled, sealed (none).
inline constexpr const char* creating_suffix = ".creating";
inline constexpr const char* part_suffix = ".part";
std::filesystem::path with_suffix(std::filesystem::path path, const char* suffix);

// Reading and writing single rows of a shard with plain system calls. Errors are IoError.

Status read_status(const FileHandle& file, const ShardMap& map, Index row);
std::vector<Status> read_statuses(const FileHandle& file, const ShardMap& map);
void write_status(const FileHandle& file, const ShardMap& map, Index row, Status status);
SampleRecord read_record(const FileHandle& file, const ShardMap& map, Index row);
std::vector<double> read_scalars(const FileHandle& file, const ShardMap& map, Index row);
/// Stored bytes of one field (by its position in the layout) of one row, into `buffer`, which is resized.
void read_field(const FileHandle& file, const ShardMap& map, std::size_t field, Index row, std::vector<std::byte>& buffer);
std::vector<double> to_reals(std::span<const std::byte> bytes, Precision precision);

/// Compares the checksum of one field's bytes. @returns what is wrong; empty if nothing
std::string field_damage(const FileHandle& file, const ShardMap& map, const DatasetLayout& layout, std::size_t field, Index row,
                         std::span<const std::byte> bytes);
std::string scalars_damage(const FileHandle& file, const ShardMap& map, Index row);
/// All of a row that has a checksum.
std::string row_damage(const FileHandle& file, const ShardMap& map, const DatasetLayout& layout, Index row);

}  // namespace kindred::data

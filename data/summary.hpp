#pragma once

#include <string>
#include <vector>

#include <kindred/data/layout.hpp>
#include <kindred/data/reader.hpp>
#include <kindred/data/shard_rows.hpp>

namespace kindred::data {

/// Statistics of every component of every field: [field][component].
using ComponentStatistics = std::vector<std::vector<FieldStatistics>>;

ComponentStatistics empty_statistics(const DatasetLayout& layout);
void merge(ComponentStatistics& total, const ComponentStatistics& part);
/// Adds the values of one row of one field.
void add_row(std::vector<FieldStatistics>& components, std::span<const double> values);

/// The /statistics of a shard, written when it is sealed.
ComponentStatistics read_statistics(const FileHandle& file, const ShardMap& map, const DatasetLayout& layout);
void write_statistics(const FileHandle& file, const ShardMap& map, const ComponentStatistics& statistics);

/// Hashing a shard reads all of it, so whoever seals it leaves the result for whoever writes the manifest.
void store_hash(const DatasetLayout& layout, const ShardPlan& shard, const std::string& sha256);

/// Draws given up, without repetitions, in the order of (index, attempt).
std::vector<Rejection> read_rejections(const std::filesystem::path& directory);
/// One JSON line.
std::string rejection_line(const Rejection& rejection);

/// Writes stats.yaml, <name>.yaml, README.md and, last, dataset.json of a data set all of whose shards are sealed. Does
/// nothing if dataset.json is there. Several processes may do this at once.
void write_summary(const DatasetLayout& layout, const DatasetPlan& plan);

// Texts of those files.
std::string stats_yaml(const DatasetLayout& layout, const ComponentStatistics& train);
std::string metadata_yaml(const DatasetLayout& layout, const DatasetPlan& plan);
std::string card_text(const DatasetLayout& layout, const DatasetPlan& plan, const ComponentStatistics& statistics);

}  // namespace kindred::data

#pragma once

#include <filesystem>
#include <vector>

namespace kindred::data {

/// The shard files of a data set, sealed or growing, in the order train, valid, test (then others), by name within each.
/// A file stands for itself.
/// @throws IoError if there is none, naming what was looked for
std::vector<std::filesystem::path> find_shards(const std::filesystem::path& directory_or_file);

}  // namespace kindred::data

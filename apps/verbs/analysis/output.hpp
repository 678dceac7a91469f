#pragma once

#include <filesystem>
#include <string>

namespace kindred::app {

/// The folder of a data set, given the folder itself or one of its shards (`data/<split>/<shard>` below it).
std::filesystem::path dataset_folder(const std::filesystem::path& path);

/// Where a verb writes: `wanted` if not empty, else `<data set's folder>/<subfolder>/<name>`. The parent folder is made.
/// @throws IoError if it cannot be made, or the file not be written
std::filesystem::path output_path(const std::filesystem::path& wanted, const std::filesystem::path& dataset, const std::string& subfolder,
                                  const std::string& name);

}  // namespace kindred::app

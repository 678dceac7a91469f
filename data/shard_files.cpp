#include <kindred/data/shard_files.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/data/shard_rows.hpp>

namespace kindred::data {
namespace {

namespace fs = std::filesystem;

std::size_t split_rank(const fs::path& path) {
  constexpr std::array<const char*, 3> order = {"train", "valid", "test"};
  const auto split = path.parent_path().filename().string();
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), split) - order.begin());
}

bool is_shard(const fs::path& path) {
  return path.extension() == ".hdf5" || (path.extension() == part_suffix && path.stem().extension() == ".hdf5");
}

}  // namespace

std::vector<fs::path> find_shards(const fs::path& directory_or_file) {
  std::error_code error;
  if (!fs::exists(directory_or_file, error)) {
    throw IoError(fmt::format("{} does not exist", directory_or_file.string()));
  }
  if (!fs::is_directory(directory_or_file, error)) {
    return {directory_or_file};
  }
  std::vector<fs::path> files;
  for (fs::directory_iterator split(directory_or_file / "data", error), end; !error && split != end; split.increment(error)) {
    if (!split->is_directory()) {
      continue;
    }
    for (const auto& entry : fs::directory_iterator(split->path(), error)) {
      if (is_shard(entry.path())) {
        files.push_back(entry.path());
      }
    }
  }
  if (files.empty()) {
    throw IoError(fmt::format("{} holds no data set: there is no data/<split>/*.hdf5 (finished) or *.hdf5.part (unfinished) in it",
                              directory_or_file.string()));
  }
  std::sort(files.begin(), files.end(),
            [](const fs::path& a, const fs::path& b) { return std::pair(split_rank(a), a) < std::pair(split_rank(b), b); });
  return files;
}

}  // namespace kindred::data

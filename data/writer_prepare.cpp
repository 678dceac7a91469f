#include <fcntl.h>

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/deck.hpp>
#include <kindred/data/extension.hpp>
#include <kindred/data/layout_text.hpp>
#include <kindred/data/writer_state.hpp>

namespace kindred::data {
namespace {

namespace fs = std::filesystem;

std::string listed(const std::vector<std::string>& lines) {
  constexpr std::size_t shown = 12;
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < shown; ++i) {
    text += "\n  " + lines[i];
  }
  return lines.size() > shown ? fmt::format("{}\n  and {} more", text, lines.size() - shown) : text;
}

/// Shard files below data/ in any stage but that of creation.
std::vector<fs::path> shard_files(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory / "data", error), end; !error && entry != end; entry.increment(error)) {
    const auto extension = entry->path().extension();
    if (extension == ".hdf5" || extension == ".h5" || extension == part_suffix) {
      files.push_back(entry->path());
    }
  }
  return files;
}

/// What differs between the data set that a shard belongs to and this one.
std::vector<std::string> differences(const DatasetLayout& stored, const DatasetLayout& layout) {
  if (layout.extensible && stored.count < layout.count) {
    return not_first_parts_because(stored, layout);
  }
  auto lines = identity_differences(stored.identity, layout.identity);
  if (lines.empty() && stored.identity != layout.identity) {
    lines.emplace_back("the text of the deck");
  }
  return lines.empty() ? layout_differences(stored, layout) : lines;
}

/// @throws InputError if the shard at `path` is not shard `expected` of this layout (null: of no shard of it)
void require_same(const fs::path& path, const DatasetLayout& layout, const ShardPlan* expected, std::size_t shards) {
  const ShardHeader header = [&] {
    try {
      return read_shard_header(path);
    } catch (const IoError& problem) {
      throw IoError(fmt::format("{}\nDelete this file and run the same command again to compute its rows anew.", problem.what()));
    }
  }();
  const auto lines = differences(header.layout, layout);
  if (!lines.empty()) {
    throw InputError(
        fmt::format("{} holds another data set; what differs (stored -> asked for):{}\nUse another directory, or delete this "
                    "one to start anew.",
                    layout.directory.string(), listed(lines)));
  }
  if (header.layout.count < layout.count) {
    shards = DatasetPlan(*first_parts(layout, header.layout.count)).shards().size();  // as many as there were when it was created
  }
  const bool same_plan = expected != nullptr && header.plan.first_row == expected->first_row && header.plan.rows == expected->rows &&
                         header.plan.split == expected->split && header.shards == shards;
  if (!same_plan) {
    throw InputError(
        fmt::format("{} is divided into {} shards, and {} would be needed now: the shard size or the number of job-array tasks "
                    "changed (minimum_shards: {} -> {}, shard_bytes: {} -> {}). Resume with the same --shard i/n and the same "
                    "[output] shard_size and split as at the start, or use another directory.",
                    layout.directory.string(), header.shards, shards, header.layout.minimum_shards, layout.minimum_shards,
                    header.layout.shard_bytes, layout.shard_bytes));
  }
}

/// True for an unfinished shard without a single finished row, such as a deck leaves behind of which every sample failed.
bool holds_nothing(const fs::path& path) {
  if (path.extension() != part_suffix) {
    return false;
  }
  const ShardHeader header = read_shard_header(path);
  const auto statuses = read_statuses(FileHandle(path, O_RDONLY), header.map);
  return std::find(statuses.begin(), statuses.end(), Status::done) == statuses.end();
}

/// @throws IoError if a row of a sealed shard is damaged
void require_sound(const OpenShard& shard, const DatasetLayout& layout) {
  for (Index row = 0; row < shard.map.rows; ++row) {
    if (const auto damage = row_damage(shard.file, shard.map, layout, row); !damage.empty()) {
      throw IoError(
          fmt::format("{}, row {}: {}. The file was finished and is damaged; delete it and run the same command again to compute its "
                      "rows anew",
                      shard.file.path().string(), row, damage));
    }
  }
}

}  // namespace

void DatasetWriter::State::refuse_other_data(bool exclusive) const {
  std::map<fs::path, std::size_t> ours;
  for (std::size_t number = 0; number < plan.shards().size(); ++number) {
    ours[sealed_path(number).lexically_normal()] = number;
    ours[part_path(number).lexically_normal()] = number;
  }
  const std::set<std::size_t> mine(at_hand.begin(), at_hand.end());
  std::vector<fs::path> replaceable;
  for (const auto& path : shard_files(layout.directory)) {
    const auto found = ours.find(path.lexically_normal());
    if (found != ours.end() && !mine.contains(found->second)) {
      continue;
    }
    try {
      require_same(path, layout, found == ours.end() ? nullptr : &plan.shards()[found->second], plan.shards().size());
    } catch (const InputError&) {
      if (!exclusive || !holds_nothing(path)) {
        throw;
      }
      replaceable.push_back(path);
    }
  }
  for (const auto& path : replaceable) {
    fs::remove(path);
  }
  if (!replaceable.empty()) {
    fs::remove(rejection_path());
  }
}

void DatasetWriter::State::create_missing() {
  for (const auto number : at_hand) {
    const auto temporary = with_suffix(sealed_path(number), creating_suffix);
    std::error_code error;
    fs::create_directories(temporary.parent_path(), error);
    fs::remove(temporary, error);  // left by a creation that was killed
    if (fs::exists(sealed_path(number)) || fs::exists(part_path(number))) {
      continue;
    }
    fs::remove(layout.directory / "dataset.json", error);  // the data set is complete no more
    try {
      create_shard(layout, plan, number, temporary);
    } catch (...) {
      fs::remove(temporary, error);
      throw;
    }
    rename_durably(temporary, part_path(number));
  }
}

void DatasetWriter::State::resume(bool verify) {
  for (const auto number : at_hand) {
    const OpenShard& shard = open(number);
    if (shard.sealed) {
      if (verify) {
        require_sound(shard, layout);
      }
      continue;
    }
    const auto statuses = read_statuses(shard.file, shard.map);
    bool changed = false;
    for (Index row = 0; row < shard.map.rows; ++row) {
      const Status status = statuses[static_cast<std::size_t>(row)];
      const bool damaged = verify && status == Status::done && !row_damage(shard.file, shard.map, layout, row).empty();
      if (damaged || status == Status::running || status == Status::failed) {
        write_status(shard.file, shard.map, row, Status::todo);
        changed = true;
      }
    }
    if (changed) {
      shard.file.sync_data();
    }
  }
}

}  // namespace kindred::data

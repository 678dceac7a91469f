#include <fcntl.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/hash/sha256.hpp>
#include <kindred/data/reader.hpp>
#include <kindred/data/shard_files.hpp>
#include <kindred/data/shard_rows.hpp>

namespace kindred::data {
namespace {

namespace fs = std::filesystem;

void verify_shard(const fs::path& path, VerifyReport& report) {
  const ShardHeader header = read_shard_header(path);
  const FileHandle file(path, O_RDONLY);
  const auto statuses = read_statuses(file, header.map);
  const bool sealed = path.extension() != part_suffix;
  Index unfinished = 0;
  for (Index row = 0; row < header.map.rows; ++row) {
    if (statuses[static_cast<std::size_t>(row)] != Status::done) {
      ++unfinished;
      continue;
    }
    ++report.rows_checked;
    if (auto damage = row_damage(file, header.map, header.layout, row); !damage.empty()) {
      report.damage.push_back({path, row, std::move(damage)});
    }
  }
  report.rows_unfinished += unfinished;
  if (sealed && unfinished > 0) {
    report.damage.push_back({path, -1, fmt::format("{} rows of a sealed file are not marked done", unfinished)});
  }
}

/// Compares sizes and hashes with the manifest's, and looks for files that it lists and that are not there.
void verify_manifest(const fs::path& directory, VerifyReport& report) {
  const auto path = directory / "dataset.json";
  if (!fs::exists(path)) {
    return;
  }
  const auto json = nlohmann::json::parse(read_text(path), nullptr, false);
  if (!json.is_object() || !json.contains("files")) {
    report.damage.push_back({path, -1, "is not a manifest"});
    return;
  }
  for (const auto& entry : json["files"]) {
    const fs::path file = directory / entry.value("file", "");
    const auto same = [&](const Damage& damage) { return damage.file.lexically_normal() == file.lexically_normal(); };
    if (std::any_of(report.damage.begin(), report.damage.end(), same)) {
      continue;  // said already, and closer to the cause
    }
    if (!fs::is_regular_file(file)) {
      report.damage.push_back({file, -1, "is listed in dataset.json, but missing"});
      continue;
    }
    const auto size = static_cast<Index>(fs::file_size(file));
    if (size != entry.value("bytes", Index{-1})) {
      report.damage.push_back({file, -1, fmt::format("has {} bytes, {} in dataset.json", size, entry.value("bytes", Index{-1}))});
    } else if (sha256_of_file(file) != entry.value("sha256", "")) {
      report.damage.push_back({file, -1, "its SHA-256 differs from that in dataset.json"});
    }
  }
}

}  // namespace

VerifyReport verify(const fs::path& directory_or_file) {
  VerifyReport report;
  for (const auto& path : find_shards(directory_or_file)) {
    try {
      verify_shard(path, report);
    } catch (const IoError& error) {
      report.damage.push_back({path, -1, error.what()});
    }
  }
  if (fs::is_directory(directory_or_file)) {
    verify_manifest(directory_or_file, report);
  }
  return report;
}

}  // namespace kindred::data

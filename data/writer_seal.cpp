#include <fcntl.h>

#include <algorithm>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/hash/sha256.hpp>
#include <kindred/data/summary.hpp>
#include <kindred/data/writer_state.hpp>

namespace kindred::data {
namespace {

/// Reads every row back, comparing checksums and gathering statistics in the same pass. Field by field, since each
/// field is one stretch of the file.
ComponentStatistics read_back(const OpenShard& shard, const DatasetLayout& layout, std::vector<std::pair<Index, std::string>>& damage) {
  auto statistics = empty_statistics(layout);
  std::vector<std::byte> buffer;
  for (std::size_t field = 0; field < layout.fields.size(); ++field) {
    for (Index row = 0; row < shard.map.rows; ++row) {
      read_field(shard.file, shard.map, field, row, buffer);
      if (auto fault = field_damage(shard.file, shard.map, layout, field, row, buffer); !fault.empty()) {
        damage.emplace_back(row, std::move(fault));
      }
      add_row(statistics[field], to_reals(buffer, layout.precision));
    }
  }
  for (Index row = 0; row < shard.map.rows; ++row) {
    if (auto fault = scalars_damage(shard.file, shard.map, row); !fault.empty()) {
      damage.emplace_back(row, std::move(fault));
    }
  }
  return statistics;
}

/// Writes a text into its reserved place, the rest zero.
void write_reserved(const FileHandle& file, Index offset, std::size_t bytes, std::string text) {
  text.resize(bytes, '\0');
  file.write_at(std::as_bytes(std::span(text)), offset);
}

/// The shard's rejections as JSON lines, as many as there is room for.
std::string shard_rejections(const DatasetLayout& layout, const DatasetPlan& plan, std::size_t number) {
  std::string text;
  std::size_t left_out = 0;
  for (const auto& rejection : read_rejections(layout.directory)) {
    if (rejection.index < 0 || rejection.index >= layout.count || plan.place(rejection.index).shard != number) {
      continue;
    }
    const std::string line = rejection_line(rejection) + "\n";
    if (left_out > 0 || text.size() + line.size() + 80 > rejected_bytes) {
      ++left_out;
    } else {
      text += line;
    }
  }
  return left_out == 0 ? text : fmt::format("{}{{\"left_out\": {}, \"see\": \"rejected.jsonl\"}}\n", text, left_out);
}

}  // namespace

std::vector<std::string> DatasetWriter::State::seal(std::size_t number) {
  OpenShard& shard = open(number);
  if (shard.sealed) {
    return {};
  }
  const auto statuses = read_statuses(shard.file, shard.map);
  if (std::any_of(statuses.begin(), statuses.end(), [](Status status) { return status != Status::done; })) {
    return {};
  }
  std::vector<std::pair<Index, std::string>> damage;
  const auto statistics = read_back(shard, layout, damage);
  if (!damage.empty()) {
    std::vector<std::string> lines;
    for (const auto& [row, fault] : damage) {
      write_status(shard.file, shard.map, row, Status::todo);
      lines.push_back(fmt::format("{}, row {}, {}", shard.file.path().string(), row, fault));
    }
    shard.file.sync_data();
    return lines;
  }
  write_statistics(shard.file, shard.map, statistics);
  write_reserved(shard.file, shard.map.rejected, rejected_bytes, shard_rejections(layout, plan, number));
  write_reserved(shard.file, shard.map.finished, finished_bytes, fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))));
  const std::byte sealed{1};
  shard.file.write_at(std::span(&sealed, 1), shard.map.sealed);
  shard.file.sync();
  store_hash(layout, plan.shards()[number], sha256_of_file(shard.file.path()));
  std::filesystem::remove(layout.directory / "dataset.json");  // it lists hashes: written anew when all shards are sealed
  rename_durably(part_path(number), sealed_path(number));
  shard.tables = FileWindow();
  shard.file = FileHandle(sealed_path(number), O_RDONLY);
  shard.sealed = true;
  shard.unsynced_status = false;
  return {};
}

bool DatasetWriter::State::complete() const {
  for (std::size_t number = 0; number < plan.shards().size(); ++number) {
    if (!std::filesystem::exists(sealed_path(number))) {
      return false;
    }
  }
  return true;
}

}  // namespace kindred::data

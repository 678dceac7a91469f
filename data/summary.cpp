#include <kindred/data/summary.hpp>

#include <fcntl.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <map>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/hash/sha256.hpp>
#include <kindred/data/layout_text.hpp>

namespace kindred::data {
namespace {

using Json = nlohmann::ordered_json;

std::filesystem::path hash_path(const DatasetLayout& layout, const ShardPlan& shard) {
  return layout.directory / ".seals" / (std::filesystem::path(shard.file).filename().string() + "." + shard.split + ".sha256");
}

/// The hash that the sealing process left, or computed now.
std::string hash_of(const DatasetLayout& layout, const ShardPlan& shard) {
  std::ifstream stream(hash_path(layout, shard));
  std::string hash;
  if (stream >> hash && hash.size() == 64) {
    return hash;
  }
  return sha256_of_file(layout.directory / shard.file);
}

Json json_statistics(const DatasetLayout& layout, const ComponentStatistics& statistics) {
  Json json = Json::object();
  for (std::size_t field = 0; field < layout.fields.size(); ++field) {
    auto& list = json[layout.fields[field].name] = Json::array();
    for (const auto& s : statistics[field]) {
      list.push_back({{"count", s.count}, {"mean", s.mean}, {"variance", s.variance}, {"minimum", s.minimum}, {"maximum", s.maximum}});
    }
  }
  return json;
}

Json manifest(const DatasetLayout& layout, const DatasetPlan& plan, const std::map<std::string, ComponentStatistics>& statistics,
              std::size_t rejections) {
  Json json = {{"format", "kindred dataset"},
               {"format_version", format_version},
               {"name", layout.name},
               {"dataset_id", sha256(layout.identity)},
               {"completed", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
               {"rejected_draws", rejections},
               {"layout", Json::parse(layout_text(layout))}};
  json["files"] = Json::array();
  for (const auto& shard : plan.shards()) {
    json["files"].push_back({{"file", shard.file},
                             {"split", shard.split},
                             {"first_row", shard.first_row},
                             {"rows", shard.rows},
                             {"bytes", std::filesystem::file_size(layout.directory / shard.file)},
                             {"sha256", hash_of(layout, shard)}});
  }
  json["statistics"] = Json::object();
  for (const auto& [split, components] : statistics) {
    json["statistics"][split] = json_statistics(layout, components);
  }
  return json;
}

}  // namespace

void store_hash(const DatasetLayout& layout, const ShardPlan& shard, const std::string& sha256) {
  const auto path = hash_path(layout, shard);
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  replace_file(path, fmt::format("{}  {}\n", sha256, shard.file));
}

std::string rejection_line(const Rejection& rejection) {
  return Json({{"index", rejection.index}, {"attempt", rejection.attempt}, {"reason", rejection.reason}})
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<Rejection> read_rejections(const std::filesystem::path& directory) {
  std::map<std::pair<Index, std::uint32_t>, std::string> rejections;
  std::ifstream stream(directory / "rejected.jsonl");
  std::string line;
  while (std::getline(stream, line)) {
    const Json json = Json::parse(line, nullptr, false);
    // The last line of a killed run may be torn; that sample is drawn, and rejected, again.
    if (json.is_object() && json.contains("index") && json.contains("attempt") && json.contains("reason")) {
      rejections.emplace(std::pair(json["index"].get<Index>(), json["attempt"].get<std::uint32_t>()), json["reason"].get<std::string>());
    }
  }
  std::vector<Rejection> list;
  list.reserve(rejections.size());
  for (const auto& [key, reason] : rejections) {
    list.push_back({key.first, key.second, reason});
  }
  return list;
}

void write_summary(const DatasetLayout& layout, const DatasetPlan& plan) {
  const auto manifest_path = layout.directory / "dataset.json";
  if (std::filesystem::exists(manifest_path)) {
    return;
  }
  std::map<std::string, ComponentStatistics> statistics;
  auto all = empty_statistics(layout);
  for (const auto& shard : plan.shards()) {
    const auto path = layout.directory / shard.file;
    const ShardMap map = read_shard_header(path).map;
    const auto part = read_statistics(FileHandle(path, O_RDONLY), map, layout);
    merge(statistics.try_emplace(shard.split, empty_statistics(layout)).first->second, part);
    merge(all, part);
  }
  const auto rejections = read_rejections(layout.directory);
  if (!rejections.empty()) {
    std::string lines;
    for (const auto& rejection : rejections) {
      lines += rejection_line(rejection) + "\n";
    }
    replace_file(layout.directory / "rejected.jsonl", lines);
  }
  const auto train = statistics.find("train");
  replace_file(layout.directory / "stats.yaml", stats_yaml(layout, train != statistics.end() ? train->second : all));
  replace_file(layout.directory / (layout.name + ".yaml"), metadata_yaml(layout, plan));
  replace_file(layout.directory / "README.md", card_text(layout, plan, all));
  replace_file(manifest_path, manifest(layout, plan, statistics, rejections.size()).dump(2) + "\n");
}

}  // namespace kindred::data

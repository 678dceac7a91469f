#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include <kindred/apps/verbs/analysis/output.hpp>
#include <kindred/apps/verbs/analysis/summary.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/data/file.hpp>
#include <kindred/data/summary.hpp>

namespace kindred::app {
namespace {

struct StatsOptions {
  std::filesystem::path path;
  std::string split = "train";
  bool write = false;
};

/// Statistics of every component of every field over the finished rows of a split. @returns also the number of rows
std::pair<data::ComponentStatistics, Index> component_statistics(const data::DatasetReader& reader, const std::string& split) {
  const data::DatasetLayout& layout = reader.layout();
  const bool known =
      std::any_of(reader.shards().begin(), reader.shards().end(), [&](const data::ShardInfo& shard) { return shard.split == split; });
  if (!known && split != "all") {
    std::string names;
    for (const data::Split& s : layout.splits) {
      names += s.name + ", ";
    }
    throw InputError(fmt::format("there is no split \"{}\": name one of {}or all", split, names));
  }
  data::ComponentStatistics statistics = data::empty_statistics(layout);
  Index rows = 0;
  for (Index row = 0; row < reader.rows(); ++row) {
    if (reader.status(row) != data::Status::done || (split != "all" && reader.split(row) != split)) {
      continue;
    }
    for (std::size_t f = 0; f < layout.fields.size(); ++f) {
      data::add_row(statistics[f], reader.field(row, layout.fields[f].name));
    }
    ++rows;
  }
  return {std::move(statistics), rows};
}

/// `u`, `flux_x`, `stress_xy`.
std::string component_name(const data::DatasetLayout& layout, const data::FieldLayout& field, std::size_t component) {
  const std::size_t d = layout.axes.size();
  if (field.rank == 0) {
    return field.name;
  }
  if (field.rank == 1) {
    return field.name + "_" + layout.axes[component].name;
  }
  return field.name + "_" + layout.axes[component / d].name + layout.axes[component % d].name;
}

void write_stats(const data::DatasetReader& reader, const StatsOptions& options, const data::ComponentStatistics& statistics) {
  if (options.split != "train") {
    throw InputError("stats.yaml holds the statistics of the training split: leave out --split to write it");
  }
  const auto unfinished = std::any_of(reader.shards().begin(), reader.shards().end(),
                                      [](const data::ShardInfo& s) { return s.split == "train" && s.done < s.rows; });
  if (unfinished) {
    throw InputError("the training split is not complete: finish it with `kindred generate`, which writes stats.yaml itself");
  }
  const std::filesystem::path path = dataset_folder(options.path) / "stats.yaml";
  data::replace_file(path, data::stats_yaml(reader.layout(), statistics));
  fmt::print(stderr, "wrote {}\n", path.string());
}

void print_table(const data::DatasetLayout& layout, const data::ComponentStatistics& statistics, const std::string& split, Index rows) {
  fmt::print("{}, split {}: {} samples\n", layout.name, split, rows);
  fmt::print("  {:<20} {:<8} {:>13} {:>13} {:>13} {:>13} {:>13}\n", "field", "unit", "mean", "std", "rms", "min", "max");
  for (std::size_t f = 0; f < statistics.size(); ++f) {
    for (std::size_t c = 0; c < statistics[f].size(); ++c) {
      const data::FieldStatistics& s = statistics[f][c];
      fmt::print("  {:<20} {:<8} {:>13.6g} {:>13.6g} {:>13.6g} {:>13.6g} {:>13.6g}\n", component_name(layout, layout.fields[f], c),
                 layout.fields[f].unit, s.mean, std::sqrt(s.variance), s.rms(), s.minimum, s.maximum);
    }
  }
}

nlohmann::json to_json(const data::DatasetLayout& layout, const data::ComponentStatistics& statistics, const std::string& split,
                       Index rows) {
  nlohmann::json json = {{"name", layout.name}, {"split", split}, {"samples", rows}};
  for (std::size_t f = 0; f < statistics.size(); ++f) {
    for (std::size_t c = 0; c < statistics[f].size(); ++c) {
      json["fields"][component_name(layout, layout.fields[f], c)] = rows > 0 ? app::to_json(statistics[f][c]) : nlohmann::json(nullptr);
    }
  }
  return json;
}

}  // namespace

void add_stats(CLI::App& app, Context& context) {
  auto options = std::make_shared<StatsOptions>();
  CLI::App& verb = add_verb(app, "stats", "Compute mean, deviation, rms and range of every field again", group_look,
                            "kindred stats out/darcy --split test");
  verb.add_option("path", options->path, "A data set's folder, or one shard")->required()->type_name("PATH");
  verb.add_option("--split", options->split, "train (default), valid, test, or all")->type_name("NAME");
  verb.add_flag("--write", options->write, "Rewrite stats.yaml from the training split");
  verb.callback([options, &context] {
    const data::DatasetReader reader(options->path);
    const auto [statistics, rows] = component_statistics(reader, options->split);
    if (options->write) {
      write_stats(reader, *options, statistics);
    }
    if (context.json) {
      print_json(to_json(reader.layout(), statistics, options->split, rows));
    } else {
      print_table(reader.layout(), statistics, options->split, rows);
    }
  });
}

}  // namespace kindred::app

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/analysis/summary.hpp>
#include <kindred/apps/verbs/analysis/tree.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/hash/sha256.hpp>
#include <kindred/data/export/common.hpp>

namespace kindred::app {
namespace {

struct InspectOptions {
  std::filesystem::path path;
  bool full = false;
  bool tree = false;
};

void heading(const Context& context, std::string_view text) { fmt::print("\n{}\n", styled(context, text, "1")); }

void print_overview(const Context& context, const data::DatasetReader& reader, const DatasetSummary& summary) {
  const data::DatasetLayout& layout = reader.layout();
  const std::string state = summary.complete() ? styled(context, "complete", "32")
                                               : styled(context, fmt::format("{} of {} done", summary.done, summary.rows), "33");
  fmt::print("{}: {} cells, {} samples, {}, {}, {}\n", styled(context, layout.name, "1"), grid_text(layout), summary.rows,
             layout.precision == data::Precision::f32 ? "f32" : "f64", bytes_text(static_cast<double>(summary.bytes)), state);
  heading(context, "splits");
  for (const SplitCount& split : summary.splits) {
    fmt::print("  {:<8} {:>10} samples   {} done, {} failed, {} to do\n", split.name, split.rows, split.done, split.failed,
               split.rows - split.done - split.failed);
  }
}

void print_fields(const Context& context, const data::DatasetReader& reader, const DatasetSummary& summary) {
  const data::DatasetLayout& layout = reader.layout();
  heading(context,
          summary.statistics_rows < summary.done
              ? fmt::format("fields (statistics of {} of {} finished samples; --full takes all)", summary.statistics_rows, summary.done)
              : "fields");
  fmt::print("  {:<20} {:<7} {:<16} {:<8} {:>11} {:>11} {:>11} {:>11}\n", "name", "role", "shape", "unit", "mean", "std", "min", "max");
  for (const data::FieldLayout& field : layout.fields) {
    const data::FieldStatistics& s = summary.fields.at(field.name);
    fmt::print("  {:<20} {:<7} {:<16} {:<8} ", field.name, field.output ? "output" : "input", shape_text(data::frame_shape(layout, field)),
               field.unit);
    if (s.count > 0) {
      fmt::print("{:>11.4g} {:>11.4g} {:>11.4g} {:>11.4g}\n", s.mean, std::sqrt(s.variance), s.minimum, s.maximum);
    } else {
      fmt::print("{:>11} {:>11} {:>11} {:>11}\n", "–", "–", "–", "–");
    }
  }
}

void print_quantiles(const std::string& name, const std::string& unit, const Quantiles& q) {
  if (q.count == 0) {
    return;
  }
  fmt::print("  {:<20} {:<8} {:>11.4g} {:>11.4g} {:>11.4g} {:>11.4g} {:>11.4g}\n", name, unit, q.minimum, q.quarter, q.median,
             q.three_quarters, q.maximum);
}

void print_columns(const Context& context, const data::DatasetReader& reader, const DatasetSummary& summary) {
  const data::DatasetLayout& layout = reader.layout();
  const Columns& columns = summary.columns;
  const auto header = [&](const std::string& title) {
    heading(context, fmt::format("{:<22} {:<8} {:>11} {:>11} {:>11} {:>11} {:>11}", title, "unit", "min", "25 %", "median", "75 %", "max"));
  };
  if (!layout.scalars.empty()) {
    header("parameters");
    for (std::size_t k = 0; k < layout.scalars.size(); ++k) {
      print_quantiles(layout.scalars[k].name, layout.scalars[k].unit, quantiles(columns.scalars[k]));
    }
  }
  if (summary.done == 0) {
    return;
  }
  header("solves");
  print_quantiles("relative residual", "1", quantiles(columns.residual));
  print_quantiles("  as stored", "1", quantiles(columns.residual_stored));
  print_quantiles("iterations", "1", quantiles(columns.iterations));
  print_quantiles("assemble", "s", quantiles(columns.seconds_assemble));
  print_quantiles("solve", "s", quantiles(columns.seconds_solve));
  print_quantiles("write", "s", quantiles(columns.seconds_io));
  if (summary.redrawn > 0) {
    fmt::print("  {} samples were redrawn after a failure\n", summary.redrawn);
  }
}

void print_boundary(const Context& context, const data::DatasetLayout& layout) {
  if (layout.boundary.empty()) {
    return;
  }
  heading(context, "boundary");
  for (const data::BoundaryLayout& side : layout.boundary) {
    fmt::print("  {}_{}  {:<10} {}\n", side.axis, side.high ? "hi" : "lo", side.kind, side.expression);
  }
}

void print_provenance(const Context& context, const data::DatasetLayout& layout) {
  constexpr std::size_t kLongest = 100;
  heading(context, "provenance");
  fmt::print("  {:<20} {}\n  {:<20} {}\n", "dataset_id", sha256(layout.identity), "seed", layout.seed);
  for (const auto& [key, text] : layout.provenance) {
    const bool line = text.find('\n') == std::string::npos && text.size() <= kLongest;
    fmt::print("  {:<20} {}\n", key, line ? text : fmt::format("({} characters; `kindred report` shows it)", text.size()));
  }
}

void print_tree(const Context& context, const data::DatasetReader& reader) {
  const std::filesystem::path file = reader.shards().front().path;
  heading(context, fmt::format("HDF5 tree of {}", file.filename().string()));
  for (const TreeEntry& entry : hdf5_tree(file)) {
    const auto depth = static_cast<std::size_t>(std::count(entry.path.begin(), entry.path.end(), '/'));
    const std::string name = std::string(2 * depth, ' ') + entry.path.substr(entry.path.rfind('/') + 1) + (entry.group ? "/" : "");
    if (!entry.same_as.empty()) {
      fmt::print("{:<34} = {}\n", name, entry.same_as);
    } else if (entry.group) {
      fmt::print("{}\n", name);
    } else {
      fmt::print("{:<34} {:<6} {:<20} {}\n", name, entry.type, entry.shape, unit_suffix(entry.unit));
    }
  }
}

void inspect(const Context& context, const InspectOptions& options, const data::DatasetReader& reader, const DatasetSummary& summary) {
  print_overview(context, reader, summary);
  print_fields(context, reader, summary);
  print_columns(context, reader, summary);
  print_boundary(context, reader.layout());
  print_provenance(context, reader.layout());
  if (options.tree) {
    print_tree(context, reader);
  }
  if (!summary.problems.empty()) {
    heading(context, "problems");
    for (const std::string& problem : summary.problems) {
      fmt::print("  {}\n", styled(context, problem, "31"));
    }
  }
}

}  // namespace

void add_inspect(CLI::App& app, Context& context) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App& verb =
      add_verb(app, "inspect", "Say what a data set or shard holds: splits, fields, parameters, residuals, timings, provenance", group_look,
               "kindred inspect out/darcy");
  verb.add_option("path", options->path, "A data set's folder, or one shard (.hdf5, .hdf5.part)")->required()->type_name("PATH");
  verb.add_flag("--full", options->full, "Field statistics of every sample, however large the data set");
  verb.add_flag("--tree", options->tree, "Also the HDF5 objects of the first shard, with shapes and units");
  verb.callback([options, &context] {
    const data::DatasetReader reader(options->path);
    const DatasetSummary summary = summarize(reader, options->full);
    if (context.json) {
      nlohmann::json json = to_json(reader, summary);
      if (options->tree) {
        for (const TreeEntry& entry : hdf5_tree(reader.shards().front().path)) {
          json["tree"].push_back({{"path", entry.path},
                                  {"group", entry.group},
                                  {"type", entry.type},
                                  {"shape", entry.shape},
                                  {"units", entry.unit},
                                  {"same_as", entry.same_as}});
        }
      }
      print_json(json);
    } else {
      inspect(context, *options, reader, summary);
    }
    if (!summary.problems.empty()) {
      context.exit_code = ExitCode::io;
    }
  });
}

}  // namespace kindred::app

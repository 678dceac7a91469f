#include <kindred/apps/verbs/analysis/summary.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/hash/sha256.hpp>
#include <kindred/data/export/common.hpp>

namespace kindred::app {

using data::DatasetLayout;
using data::DatasetReader;
using data::FieldLayout;
using data::FieldStatistics;

Quantiles quantiles(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  Quantiles q;
  q.count = static_cast<Index>(values.size());
  if (values.empty()) {
    return q;
  }
  std::sort(values.begin(), values.end());
  const auto at = [&](double p) {
    const double position = p * static_cast<double>(values.size() - 1);
    const auto k = static_cast<std::size_t>(position);
    const double w = position - static_cast<double>(k);
    return w > 0.0 ? (1.0 - w) * values[k] + w * values[k + 1] : values[k];
  };
  q.minimum = values.front();
  q.quarter = at(0.25);
  q.median = at(0.5);
  q.three_quarters = at(0.75);
  q.maximum = values.back();
  for (const double value : values) {
    q.sum += value;
  }
  return q;
}

std::vector<Index> finished_rows(const DatasetReader& reader) {
  std::vector<Index> rows;
  for (Index row = 0; row < reader.rows(); ++row) {
    if (reader.status(row) == data::Status::done) {
      rows.push_back(row);
    }
  }
  return rows;
}

namespace {

void count_rows(const DatasetReader& reader, DatasetSummary& summary) {
  summary.rows = reader.rows();
  for (const data::ShardInfo& shard : reader.shards()) {
    if (summary.splits.empty() || summary.splits.back().name != shard.split) {
      summary.splits.push_back({shard.split, 0, 0, 0});
    }
    SplitCount& split = summary.splits.back();
    split.rows += shard.rows;
    split.done += shard.done;
    split.failed += shard.failed;
    summary.done += shard.done;
    summary.failed += shard.failed;
    std::error_code ignored;
    const auto size = std::filesystem::file_size(shard.path, ignored);
    if (!ignored) {
      summary.bytes += static_cast<Index>(size);
    }
  }
}

void read_columns(const DatasetReader& reader, const std::vector<Index>& rows, DatasetSummary& summary) {
  Columns& columns = summary.columns;
  columns.scalars.resize(reader.layout().scalars.size());
  Index unconverged = 0;
  for (const Index row : rows) {
    const data::SampleRecord record = reader.record(row);
    columns.residual.push_back(record.residual_relative);
    columns.residual_stored.push_back(record.residual_stored);
    columns.iterations.push_back(record.iterations);
    columns.seconds_assemble.push_back(record.seconds_assemble);
    columns.seconds_solve.push_back(record.seconds_solve);
    columns.seconds_io.push_back(record.seconds_io);
    summary.redrawn += record.attempt > 0 ? 1 : 0;
    if (record.converged_reason <= 0 || !std::isfinite(record.residual_relative)) {
      ++unconverged;
    }
    const std::vector<double> scalars = reader.scalars(row);
    for (std::size_t k = 0; k < scalars.size(); ++k) {
      columns.scalars[k].push_back(scalars[k]);
    }
  }
  if (unconverged > 0) {
    summary.problems.push_back(fmt::format("{} finished samples carry no converged solution", unconverged));
  }
}

void read_statistics(const DatasetReader& reader, const std::vector<Index>& rows, bool every, DatasetSummary& summary) {
  constexpr double kBudget = 1024.0 * 1024.0 * 1024.0;
  const DatasetLayout& layout = reader.layout();
  const double row_bytes = std::max<double>(1.0, static_cast<double>(layout.row_bytes()));
  const auto affordable = static_cast<std::size_t>(std::max(1.0, kBudget / row_bytes));
  const std::size_t count = every ? rows.size() : std::min(rows.size(), affordable);
  summary.statistics_rows = static_cast<Index>(count);
  for (const FieldLayout& field : layout.fields) {
    FieldStatistics total;
    Index damaged = 0;
    for (std::size_t k = 0; k < count; ++k) {
      const std::vector<double> values = reader.field(rows[k * rows.size() / count], field.name);
      if (std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); })) {
        total.merge(data::statistics(values));
      } else {
        ++damaged;
      }
    }
    if (damaged > 0) {
      summary.problems.push_back(fmt::format("field {} is not finite in {} of {} samples looked at", field.name, damaged, count));
    }
    summary.fields[field.name] = total;
  }
}

}  // namespace

DatasetSummary summarize(const DatasetReader& reader, bool every) {
  DatasetSummary summary;
  count_rows(reader, summary);
  const std::vector<Index> rows = finished_rows(reader);
  read_columns(reader, rows, summary);
  read_statistics(reader, rows, every, summary);
  if (summary.failed > 0) {
    summary.problems.push_back(fmt::format("{} samples failed and wait for a redraw", summary.failed));
  }
  return summary;
}

nlohmann::json to_json(const Quantiles& q) {
  if (q.count == 0) {
    return nullptr;
  }
  return {{"count", q.count},
          {"min", q.minimum},
          {"q25", q.quarter},
          {"median", q.median},
          {"q75", q.three_quarters},
          {"max", q.maximum},
          {"mean", q.sum / static_cast<double>(q.count)}};
}

nlohmann::json to_json(const FieldStatistics& s) {
  return {{"count", s.count}, {"mean", s.mean}, {"std", std::sqrt(s.variance)}, {"rms", s.rms()}, {"min", s.minimum}, {"max", s.maximum}};
}

nlohmann::json to_json(const DatasetReader& reader, const DatasetSummary& summary) {
  const DatasetLayout& layout = reader.layout();
  nlohmann::json json;
  json["name"] = layout.name;
  json["dataset_id"] = sha256(layout.identity);
  json["seed"] = layout.seed;
  json["precision"] = layout.precision == data::Precision::f32 ? "f32" : "f64";
  json["steady_frames"] = layout.steady_frames;
  json["samples"] = {{"total", summary.rows},
                     {"done", summary.done},
                     {"failed", summary.failed},
                     {"todo", summary.rows - summary.done - summary.failed},
                     {"redrawn", summary.redrawn}};
  json["complete"] = summary.complete();
  json["bytes"] = summary.bytes;
  for (const data::AxisLayout& axis : layout.axes) {
    json["axes"].push_back({{"name", axis.name},
                            {"cells", axis.coordinates.size()},
                            {"units", axis.unit},
                            {"first", axis.coordinates.front()},
                            {"last", axis.coordinates.back()}});
  }
  for (const SplitCount& split : summary.splits) {
    json["splits"].push_back({{"name", split.name}, {"samples", split.rows}, {"done", split.done}, {"failed", split.failed}});
  }
  for (const data::ShardInfo& shard : reader.shards()) {
    json["shards"].push_back({{"path", shard.path.string()},
                              {"split", shard.split},
                              {"samples", shard.rows},
                              {"done", shard.done},
                              {"failed", shard.failed},
                              {"sealed", shard.sealed}});
  }
  for (const FieldLayout& field : layout.fields) {
    nlohmann::json entry = {{"name", field.name},  {"long_name", field.long_name},
                            {"units", field.unit}, {"role", field.output ? "output" : "input"},
                            {"rank", field.rank},  {"shape", data::frame_shape(layout, field)}};
    entry["statistics"] = to_json(summary.fields.at(field.name));
    json["fields"].push_back(entry);
  }
  json["statistics_samples"] = summary.statistics_rows;
  json["parameters"] = nlohmann::json::array();
  for (std::size_t k = 0; k < layout.scalars.size(); ++k) {
    json["parameters"].push_back({{"name", layout.scalars[k].name},
                                  {"units", layout.scalars[k].unit},
                                  {"long_name", layout.scalars[k].long_name},
                                  {"quantiles", to_json(quantiles(summary.columns.scalars[k]))}});
  }
  for (const data::BoundaryLayout& side : layout.boundary) {
    json["boundary"].push_back({{"side", side.axis + (side.high ? "_hi" : "_lo")}, {"kind", side.kind}, {"expression", side.expression}});
  }
  json["residual_relative"] = to_json(quantiles(summary.columns.residual));
  json["residual_stored"] = to_json(quantiles(summary.columns.residual_stored));
  json["iterations"] = to_json(quantiles(summary.columns.iterations));
  json["seconds"] = {{"assemble", to_json(quantiles(summary.columns.seconds_assemble))},
                     {"solve", to_json(quantiles(summary.columns.seconds_solve))},
                     {"io", to_json(quantiles(summary.columns.seconds_io))}};
  json["provenance"] = layout.provenance;
  json["problems"] = summary.problems;
  return json;
}

std::string shape_text(const std::vector<Index>& shape) { return fmt::format("({})", fmt::join(shape, ", ")); }

std::string grid_text(const DatasetLayout& layout) {
  std::vector<std::size_t> cells;
  cells.reserve(layout.axes.size());
  for (const data::AxisLayout& axis : layout.axes) {
    cells.push_back(axis.coordinates.size());
  }
  return fmt::format("{}", fmt::join(cells, " × "));
}

std::string unit_suffix(const std::string& unit) { return unit.empty() || unit == "1" ? "" : " [" + unit + "]"; }

}  // namespace kindred::app

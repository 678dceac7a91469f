#pragma once

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <stdlib.h>

#include <kindred/core/base/error.hpp>
#include <kindred/data/layout.hpp>
#include <kindred/data/reader.hpp>
#include <kindred/data/shard.hpp>
#include <kindred/data/writer.hpp>

namespace kindred::data::testing {

/// A directory of its own that is removed in the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "kindred-data-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw IoError("cannot make " + name);
    }
    path_ = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::vector<double> centres(Index cells) {
  std::vector<double> x;
  for (Index i = 0; i < cells; ++i) {
    x.push_back((static_cast<double>(i) + 0.5) / static_cast<double>(cells));
  }
  return x;
}

/// A Darcy-like data set in 1 to 3 dimensions: coefficient (input), u (output), one parameter.
inline DatasetLayout darcy_layout(const std::filesystem::path& directory, Index count = 20, int dimension = 2, Index cells = 8) {
  DatasetLayout layout;
  layout.name = "darcy";
  layout.directory = directory;
  layout.seed = 7;
  layout.count = count;
  const std::vector<std::string> names = {"x", "y", "z"};
  for (int axis = 0; axis < dimension; ++axis) {
    layout.axes.push_back({names[static_cast<std::size_t>(axis)], centres(cells + axis), "m"});
  }
  FieldLayout coefficient;
  coefficient.name = "coefficient";
  coefficient.long_name = "diffusion coefficient";
  coefficient.varies_along.assign(static_cast<std::size_t>(dimension), true);
  FieldLayout u = coefficient;
  u.name = "u";
  u.long_name = "solution";
  u.output = true;
  u.time_varying = true;
  layout.fields = {coefficient, u};
  layout.scalars = {{"beta", "1", "strength"}};
  for (int axis = 0; axis < dimension; ++axis) {
    for (const bool high : {false, true}) {
      layout.boundary.push_back({names[static_cast<std::size_t>(axis)], high, "dirichlet", "0.0"});
    }
  }
  const Index tenth = count / 10;
  layout.splits = {{"train", count - 2 * tenth}, {"valid", tenth}, {"test", tenth}};
  layout.identity = "[problem]\ntype = \"darcy\"\n[sweep]\nseed = 7\n";
  layout.provenance = {{"deck", "version = 1\n"}, {"host", "here"}};
  layout.card = "A test.";
  return layout;
}

/// Values of one sample: exact in single precision, all different between samples, fields and positions.
inline std::vector<double> sample_values(const DatasetLayout& layout, std::size_t field, Index index) {
  std::vector<double> values(static_cast<std::size_t>(layout.row_values(layout.fields[field])));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<double>(index) + static_cast<double>(i % 4096) / 4096.0 + 1000.0 * static_cast<double>(field);
  }
  return values;
}

inline std::vector<double> sample_scalars(const DatasetLayout& layout, Index index) {
  std::vector<double> values;
  for (std::size_t i = 0; i < layout.scalars.size(); ++i) {
    values.push_back(std::sqrt(static_cast<double>(index) + 0.1) + static_cast<double>(i));
  }
  return values;
}

inline SampleRecord sample_record(Index index) {
  SampleRecord record;
  record.index = index;
  record.seed[0] = 7;
  record.seed[1] = static_cast<std::uint64_t>(index) << 40U;
  record.attempt = static_cast<std::uint16_t>(index % 3);
  record.converged_reason = 2;
  record.iterations = static_cast<std::int32_t>(index + 10);
  record.residual_norm = 1e-9;
  record.residual_relative = 1e-10 * static_cast<double>(index + 1);
  record.residual_stored = 1e-7;
  record.seconds_assemble = 0.25F;
  record.seconds_solve = 0.5F;
  record.seconds_io = 0.125F;
  record.worker = 3;
  record.start_ns = 1'700'000'000'000'000'000 + index;
  return record;
}

inline void write_sample(DatasetWriter& writer, Index index) {
  const DatasetLayout& layout = writer.layout();
  std::vector<std::vector<double>> values;
  std::vector<std::span<const double>> fields;
  for (std::size_t f = 0; f < layout.fields.size(); ++f) {
    values.push_back(sample_values(layout, f, index));
  }
  for (const auto& v : values) {
    fields.emplace_back(v);
  }
  writer.write(sample_record(index), fields, sample_scalars(layout, index));
}

/// A data set of which one sample is finished.
inline void write_first_sample(const DatasetLayout& layout) {
  auto writer = DatasetWriter::prepare(layout);
  write_sample(writer, 0);
  writer.flush();
}

/// Prepares, writes all that is missing and finishes.
inline bool fill(const DatasetLayout& layout, const OpenOptions& options = {}) {
  auto writer = DatasetWriter::prepare(layout, options);
  for (const Index index : writer.unfinished()) {
    write_sample(writer, index);
  }
  return writer.finish();
}

inline std::filesystem::path shard_path(const DatasetLayout& layout, std::size_t shard, bool part = false) {
  return (layout.directory / DatasetPlan(layout).shards()[shard].file).string() + (part ? ".part" : "");
}

}  // namespace kindred::data::testing

#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include <kindred/data/reader.hpp>
#include <kindred/data/writer.hpp>

/// Small complete data sets whose every value is known: small integers, exact in float32.
namespace kindred::testing {

/// A folder of its own, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kindred-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Value number k of a field in a sample; the fields are numbered in the layout's order.
inline double known_value(Index sample, std::size_t field, std::size_t k) {
  return static_cast<double>(1000 * sample) + 100.0 * static_cast<double>(field) + static_cast<double>(k % 97);
}
inline double known_scalar(Index sample) { return 0.5 + static_cast<double>(sample); }

/// 10 samples (5 train, 2 valid, 3 test) on a grid of the given cells; fields `coefficient`, `forcing` (2 everywhere), `u`,
/// and, beyond 1-D, `flux` (vector) and `boundary_x_hi` (one side).
inline data::DatasetLayout known_layout(const std::filesystem::path& directory, const std::vector<Index>& cells) {
  data::DatasetLayout layout;
  layout.name = "known";
  layout.directory = directory;
  layout.seed = 7;
  layout.count = 10;
  const std::vector<std::string> names{"x", "y", "z"};
  for (std::size_t axis = 0; axis < cells.size(); ++axis) {
    data::AxisLayout a;
    a.name = names[axis];
    a.unit = "m";
    for (Index i = 0; i < cells[axis]; ++i) {
      a.coordinates.push_back((static_cast<double>(i) + 0.5) / 8.0);
    }
    layout.axes.push_back(a);
  }
  const std::vector<bool> whole(cells.size(), true);
  layout.fields.push_back({"coefficient", "diffusion coefficient", "m2 s-1", false, 0, whole, false});
  layout.fields.push_back({"forcing", "source term", "1", false, 0, whole, false});
  layout.fields.push_back({"u", "solution", "K", true, 0, whole, true});
  if (cells.size() > 1) {
    layout.fields.push_back({"flux", "flux", "1", true, 1, whole, true});
    std::vector<bool> side = whole;
    side[0] = false;
    layout.fields.push_back({"boundary_x_hi", "boundary value", "K", false, 0, side, false});
  }
  layout.scalars.push_back({"beta", "s-1", "strength"});
  for (const std::string& axis : {std::string("x"), std::string("y"), std::string("z")}) {
    if (layout.boundary.size() / 2 == cells.size()) {
      break;
    }
    layout.boundary.push_back({axis, false, "dirichlet", "0"});
    layout.boundary.push_back({axis, true, "neumann", "sin(y)"});
  }
  layout.splits = {{"train", 5}, {"valid", 2}, {"test", 3}};
  layout.identity = "version = 1\n";
  layout.provenance = {{"deck", "version = 1 # <deck & text>\n"}, {"version", "0.1.0"}};
  layout.card = "A data set of known values.";
  return layout;
}

/// Writes `samples` of the layout's ten.
inline void write_known(const data::DatasetLayout& layout, Index samples) {
  data::DatasetWriter writer = data::DatasetWriter::prepare(layout);
  for (Index sample = 0; sample < samples; ++sample) {
    std::vector<std::vector<double>> fields;
    for (std::size_t f = 0; f < layout.fields.size(); ++f) {
      std::vector<double> values(static_cast<std::size_t>(layout.row_values(layout.fields[f])));
      for (std::size_t k = 0; k < values.size(); ++k) {
        values[k] = layout.fields[f].name == "forcing" ? 2.0 : known_value(sample, f, k);
      }
      fields.push_back(std::move(values));
    }
    const std::vector<std::span<const double>> views(fields.begin(), fields.end());
    data::SampleRecord record;
    record.index = sample;
    record.converged_reason = 2;
    record.iterations = static_cast<std::int32_t>(10 + sample);
    record.residual_relative = 1e-9 * static_cast<double>(sample + 1);
    record.residual_stored = 1e-7;
    record.seconds_solve = 0.25F;
    const std::vector<double> scalars{known_scalar(sample)};
    writer.write(record, views, scalars);
  }
  writer.flush();
  writer.finish();
}

inline void make_known(const std::filesystem::path& directory, const std::vector<Index>& cells, int steady_frames = 1) {
  data::DatasetLayout layout = known_layout(directory, cells);
  layout.steady_frames = steady_frames;
  write_known(layout, layout.count);
}

}  // namespace kindred::testing

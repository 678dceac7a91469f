#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/hash/sha256.hpp>
#include <kindred/data/summary.hpp>

namespace kindred::data {
namespace {

/// A plain YAML scalar only where it cannot be taken for anything but text.
std::string quoted(const std::string& text) {
  std::string result(1, '\'');
  for (const char c : text) {
    result.append(c == '\'' ? 2 : 1, c);
  }
  result += '\'';
  return result;
}

std::string yaml_list(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  items.reserve(texts.size());
  for (const auto& text : texts) {
    items.push_back(quoted(text));
  }
  return fmt::format("[{}]", fmt::join(items, ", "));
}

/// A number, a list of d, or d lists of d.
std::string yaml_components(const FieldLayout& field, const std::vector<FieldStatistics>& components, std::size_t dimension,
                            const std::function<double(const FieldStatistics&)>& value) {
  std::vector<std::string> numbers;
  numbers.reserve(components.size());
  for (const auto& s : components) {
    numbers.push_back(fmt::format("{:.9e}", value(s)));
  }
  if (field.rank == 0) {
    return numbers[0];
  }
  std::vector<std::string> rows;
  for (std::size_t first = 0; first < numbers.size(); first += dimension) {
    rows.push_back(fmt::format("[{}]", fmt::join(numbers.begin() + static_cast<std::ptrdiff_t>(first),
                                                 numbers.begin() + static_cast<std::ptrdiff_t>(first + dimension), ", ")));
  }
  return field.rank == 1 ? rows[0] : fmt::format("[{}]", fmt::join(rows, ", "));
}

std::vector<std::string> names_of(const DatasetLayout& layout, int rank, bool time_varying) {
  std::vector<std::string> names;
  for (const auto& field : layout.fields) {
    if (field.rank == rank && field.time_varying == time_varying) {
      names.push_back(field.name);
    }
  }
  return names;
}

std::string names_by_rank(const DatasetLayout& layout, bool time_varying) {
  std::string text;
  for (int rank = 0; rank < 3; ++rank) {
    text += fmt::format("  {}: {}\n", rank, yaml_list(names_of(layout, rank, time_varying)));
  }
  return text;
}

std::vector<std::string> well_boundary_types(const DatasetLayout& layout) {
  std::vector<std::string> types;
  for (const auto& side : layout.boundary) {
    const std::string type = well_boundary_type(side.kind);
    if (std::find(types.begin(), types.end(), type) == types.end()) {
      types.push_back(type);
    }
  }
  return types;
}

std::string cells_text(const DatasetLayout& layout) {
  std::vector<std::size_t> cells;
  cells.reserve(layout.axes.size());
  for (const auto& axis : layout.axes) {
    cells.push_back(axis.coordinates.size());
  }
  return fmt::format("{}", fmt::join(cells, " × "));
}

std::string loading_text(const DatasetLayout& layout) {
  const std::string first = fmt::format("data/{}/{}", layout.splits.front().name, layout.name);
  return fmt::format(
      "## Loading\n\n"
      "Plain h5py: `h5py.File(\"{0}-00000-of-….hdf5\")[\"t0_fields\"]`; xarray: `xarray.open_dataset(…)` on the same file.\n\n"
      "The Well:\n\n```python\nfrom the_well.data import WellDataset\n"
      "train = WellDataset(path=\".\", well_split_name=\"train\", n_steps_input=1, n_steps_output={1})\n```\n\n"
      "PDEBench's loaders read the files of a split directory directly (`tensor`, `nu`, `x-coordinate`, …), where there is one scalar "
      "solution.\n\n",
      first, layout.steady_frames - 1);
}

}  // namespace

std::string stats_yaml(const DatasetLayout& layout, const ComponentStatistics& train) {
  // Differences of consecutive frames exist only with two frames, of which the first is zero: they equal the solution.
  const bool two_frames = layout.steady_frames == 2;
  const auto constant = [](double value) { return [value](const FieldStatistics&) { return value; }; };
  const auto mean = [](const FieldStatistics& s) { return s.mean; };
  const auto deviation = [](const FieldStatistics& s) { return std::sqrt(s.variance); };
  const auto rms = [](const FieldStatistics& s) { return s.rms(); };
  std::string text;
  const auto block = [&](const char* key, const std::function<double(const FieldStatistics&)>& value, bool deltas) {
    text += fmt::format("{}:\n", key);
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
      const auto& field = layout.fields[i];
      if (!deltas || field.time_varying) {
        text += fmt::format("  {}: {}\n", quoted(field.name), yaml_components(field, train[i], layout.axes.size(), value));
      }
    }
  };
  block("mean", mean, false);
  block("std", deviation, false);
  block("rms", rms, false);
  const bool any_solution = std::any_of(layout.fields.begin(), layout.fields.end(), [](const FieldLayout& f) { return f.time_varying; });
  if (!any_solution) {
    return text + "mean_delta: {}\nstd_delta: {}\nrms_delta: {}\n";
  }
  const std::function<double(const FieldStatistics&)> zero = constant(0.0);
  const std::function<double(const FieldStatistics&)> one = constant(1.0);
  block("mean_delta", two_frames ? mean : zero, true);
  block("std_delta", two_frames ? deviation : one, true);
  block("rms_delta", two_frames ? rms : one, true);
  return text;
}

std::string metadata_yaml(const DatasetLayout& layout, const DatasetPlan& plan) {
  std::vector<std::size_t> resolution;
  resolution.reserve(layout.axes.size());
  for (const auto& axis : layout.axes) {
    resolution.push_back(axis.coordinates.size());
  }
  std::vector<std::string> scalars;
  scalars.reserve(layout.scalars.size());
  for (const auto& scalar : layout.scalars) {
    scalars.push_back(scalar.name);
  }
  std::vector<Index> trajectories;
  for (const auto& shard : plan.shards()) {
    trajectories.push_back(shard.rows);
  }
  const std::vector<int> steps(trajectories.size(), layout.steady_frames);
  return fmt::format(
      "dataset_name: {}\nn_spatial_dims: {}\nspatial_resolution: [{}]\nscalar_names: []\nconstant_scalar_names: {}\n"
      "field_names:\n{}constant_field_names:\n{}boundary_condition_types: {}\nn_files: {}\nn_trajectories_per_file: [{}]\n"
      "n_steps_per_trajectory: [{}]\ngrid_type: cartesian\n",
      quoted(layout.name), layout.axes.size(), fmt::join(resolution, ", "), yaml_list(scalars), names_by_rank(layout, true),
      names_by_rank(layout, false), yaml_list(well_boundary_types(layout)), plan.shards().size(), fmt::join(trajectories, ", "),
      fmt::join(steps, ", "));
}

std::string card_text(const DatasetLayout& layout, const DatasetPlan& plan, const ComponentStatistics& statistics) {
  std::string text = fmt::format("# {}\n\n{}\n", layout.name, layout.card);
  text += "\n## Boundary conditions\n\n| side | kind | value |\n|---|---|---|\n";
  for (const auto& side : layout.boundary) {
    text += fmt::format("| {} {} | {} | `{}` |\n", side.axis, side.high ? "high" : "low", side.kind, side.expression);
  }
  text +=
      fmt::format("\n## Dimension of the data\n\n{} samples on {} cells, stored as {}; {} bytes per sample, {} files.\n\n", layout.count,
                  cells_text(layout), layout.precision == Precision::f64 ? "float64" : "float32", layout.row_bytes(), plan.shards().size());
  text += "| split | samples |\n|---|---|\n";
  for (const auto& split : layout.splits) {
    text += fmt::format("| {} | {} |\n", split.name, split.count);
  }
  text += "\n## Statistics\n\nOver all splits; `stats.yaml` has those of the training split.\n\n";
  text += "| field | mean | standard deviation | minimum | maximum |\n|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    for (std::size_t c = 0; c < statistics[i].size(); ++c) {
      const auto& s = statistics[i][c];
      const std::string name = statistics[i].size() == 1 ? layout.fields[i].name : fmt::format("{}[{}]", layout.fields[i].name, c);
      text += fmt::format("| `{}` | {:.6g} | {:.6g} | {:.6g} | {:.6g} |\n", name, s.mean, std::sqrt(s.variance), s.minimum, s.maximum);
    }
  }
  text += '\n';
  text += loading_text(layout);
  text += fmt::format(
      "## Provenance\n\nSeed {}. Data set id `{}`. Every file carries the resolved deck, the program's version and the machine under "
      "`/provenance`, and the residual, iterations and time of every sample under `/samples`. `dataset.json` lists the files with their "
      "SHA-256.\n\nThe licence of these data is for their maker to choose; none is implied.\n",
      layout.seed, sha256(layout.identity));
  return text;
}

}  // namespace kindred::data

#include <kindred/apps/verbs/analysis/montage.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/analysis/labels.hpp>
#include <kindred/apps/verbs/analysis/summary.hpp>
#include <kindred/core/base/error.hpp>

namespace kindred::app {
namespace {

using data::AxisLayout;
using data::DatasetLayout;
using data::DatasetReader;
using data::FieldLayout;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(const std::vector<double>& values) {
    for (const double value : values) {
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  void add(const Range& other) {
    low = std::min(low, other.low);
    high = std::max(high, other.high);
  }
  [[nodiscard]] double span() const { return high > low ? high - low : 0.0; }
};

std::string picture_unit(const std::string& unit) { return unit_suffix(pretty_unit(unit)); }

/// One scalar component of a field.
struct Component {
  const FieldLayout* field = nullptr;
  Index offset = 0;
  Index stride = 1;
  std::string name;                     ///< `u`, `flux_x`
  std::string title;                    ///< with its meaning and unit
  std::vector<const AxisLayout*> axes;  ///< that it varies along
};

std::vector<Component> components_of(const DatasetLayout& layout, const FieldLayout& field) {
  Component base;
  base.field = &field;
  for (std::size_t axis = 0; axis < layout.axes.size(); ++axis) {
    if (field.varies_along[axis]) {
      base.axes.push_back(&layout.axes[axis]);
    }
  }
  const auto d = static_cast<Index>(layout.axes.size());
  base.stride = field.rank == 0 ? 1 : field.rank == 1 ? d : d * d;
  const bool described = !field.long_name.empty() && field.long_name != field.name;
  std::vector<Component> components;
  for (Index k = 0; k < base.stride; ++k) {
    std::string name = field.name;
    if (field.rank == 1) {
      name += "_" + layout.axes[static_cast<std::size_t>(k)].name;
    }
    if (field.rank == 2) {
      name += "_" + layout.axes[static_cast<std::size_t>(k / d)].name + layout.axes[static_cast<std::size_t>(k % d)].name;
    }
    Component component = base;
    component.offset = k;
    component.name = name;
    component.title =
        described ? fmt::format("{}: {}{}", name, field.long_name, picture_unit(field.unit)) : name + picture_unit(field.unit);
    components.push_back(std::move(component));
  }
  return components;
}

std::vector<Component> choose_components(const DatasetLayout& layout, const std::vector<std::string>& names) {
  std::vector<Component> chosen;
  const auto append = [&](const FieldLayout& field) {
    for (Component& component : components_of(layout, field)) {
      chosen.push_back(std::move(component));
    }
  };
  std::vector<std::string> known;
  for (const FieldLayout& field : layout.fields) {
    known.push_back(field.name);
    const bool whole = std::all_of(field.varies_along.begin(), field.varies_along.end(), [](bool varies) { return varies; });
    if (names.empty() && whole) {
      append(field);
    }
  }
  for (const std::string& name : names) {
    const auto field = std::find_if(layout.fields.begin(), layout.fields.end(), [&](const FieldLayout& f) { return f.name == name; });
    if (field == layout.fields.end()) {
      throw InputError(
          fmt::format("the data set \"{}\" has no field \"{}\"; its fields are {}", layout.name, name, fmt::join(known, ", ")));
    }
    if (std::none_of(field->varies_along.begin(), field->varies_along.end(), [](bool varies) { return varies; })) {
      throw InputError(fmt::format("field \"{}\" is one number per sample: there is nothing to draw (see `kindred report`)", name));
    }
    append(*field);
  }
  return chosen;
}

std::vector<Index> choose_rows(const DatasetReader& reader, const MontageOptions& options) {
  const std::vector<Index> finished = finished_rows(reader);
  if (finished.empty()) {
    throw InputError(fmt::format("the data set \"{}\" has no finished sample to draw yet", reader.layout().name));
  }
  std::vector<Index> rows;
  if (options.samples.empty()) {
    const auto count = std::min<std::size_t>(finished.size(), static_cast<std::size_t>(std::max(1, options.count)));
    for (std::size_t k = 0; k < count; ++k) {
      rows.push_back(finished[k * finished.size() / count]);
    }
    return rows;
  }
  std::map<Index, Index> row_of;
  for (const Index row : finished) {
    row_of[reader.record(row).index] = row;
  }
  for (const Index sample : options.samples) {
    const auto found = row_of.find(sample);
    if (found == row_of.end()) {
      throw InputError(fmt::format("sample {} is not among the {} finished samples of \"{}\" (numbers {} to {})", sample, finished.size(),
                                   reader.layout().name, row_of.begin()->first, row_of.rbegin()->first));
    }
    rows.push_back(found->second);
  }
  return rows;
}

std::vector<double> component_values(const DatasetReader& reader, Index row, const Component& component) {
  std::vector<double> all = reader.field(row, component.field->name);
  if (component.stride == 1) {
    return all;
  }
  std::vector<double> values;
  for (auto i = static_cast<std::size_t>(component.offset); i < all.size(); i += static_cast<std::size_t>(component.stride)) {
    values.push_back(all[i]);
  }
  return values;
}

std::string sample_header(const DatasetReader& reader, Index row) {
  std::string header = fmt::format("sample {} ({})", reader.record(row).index, reader.split(row));
  const std::vector<double> scalars = reader.scalars(row);
  constexpr std::size_t kShown = 6;
  for (std::size_t k = 0; k < std::min(scalars.size(), kShown); ++k) {
    const data::ScalarLayout& scalar = reader.layout().scalars[k];
    header += fmt::format("{} {} = {:.4g}{}", k == 0 ? ":" : ",", scalar.name, scalars[k],
                          scalar.unit == "1" ? "" : " " + pretty_unit(scalar.unit));
  }
  return scalars.size() > kShown ? header + ", …" : header;
}

std::string axis_label(const AxisLayout& axis) { return axis.name + picture_unit(axis.unit); }

HeatMap heat_map(const AxisLayout& x, const AxisLayout& y, std::vector<double> values, std::string title, const Range& range) {
  HeatMap map;
  map.title = std::move(title);
  map.x_label = axis_label(x);
  map.y_label = axis_label(y);
  map.x = x.coordinates;
  map.y = y.coordinates;
  map.values = std::move(values);
  map.low = range.span() > 0.0 || std::isfinite(range.low) ? range.low : 0.0;
  map.high = std::isfinite(range.high) ? range.high : 0.0;
  return map;
}

/// The plane at the middle cell of axis `across`.
HeatMap mid_plane(const Component& component, const std::vector<double>& values, std::size_t across, const Range& range) {
  std::array<std::size_t, 3> n{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    n[axis] = component.axes[axis]->coordinates.size();
  }
  const std::size_t first = across == 0 ? 1 : 0;
  const std::size_t second = across == 2 ? 1 : 2;
  const std::size_t middle = n[across] / 2;
  std::vector<double> plane;
  std::array<std::size_t, 3> at{};
  at[across] = middle;
  for (at[first] = 0; at[first] < n[first]; ++at[first]) {
    for (at[second] = 0; at[second] < n[second]; ++at[second]) {
      plane.push_back(values[(at[0] * n[1] + at[1]) * n[2] + at[2]]);
    }
  }
  const AxisLayout& axis = *component.axes[across];
  const std::string title = fmt::format("{} at {} = {:.3g}{}", component.name, axis.name, axis.coordinates[middle],
                                        axis.unit == "1" ? "" : " " + pretty_unit(axis.unit));
  return heat_map(*component.axes[first], *component.axes[second], std::move(plane), title, range);
}

LinePlot curve(const Component& component, std::vector<double> values, const std::string& label) {
  LinePlot plot;
  plot.title = component.title;
  plot.x_label = axis_label(*component.axes[0]);
  plot.series.push_back({label, component.axes[0]->coordinates, std::move(values)});
  return plot;
}

/// Samples as curves, one panel per field.
void add_curves(const DatasetReader& reader, const std::vector<Index>& rows, const std::vector<Component>& components, Figure& figure) {
  constexpr std::size_t kPanels = 3;
  for (const Component& component : components) {
    if (figure.rows.empty() || figure.rows.back().panels.size() == kPanels) {
      figure.rows.emplace_back();
    }
    LinePlot plot = curve(component, {}, "");
    plot.series.clear();
    for (const Index row : rows) {
      plot.series.push_back(
          {fmt::format("sample {}", reader.record(row).index), component.axes[0]->coordinates, component_values(reader, row, component)});
    }
    figure.rows.back().panels.emplace_back(std::move(plot));
  }
}

/// One colour scale for all samples of a field, if each sample uses a good part of it; else each sample its own.
std::vector<Range> color_ranges(const std::vector<Range>& own) {
  constexpr double kWorthSharing = 0.25;
  Range shared;
  for (const Range& range : own) {
    shared.add(range);
  }
  const bool share = std::all_of(own.begin(), own.end(),
                                 [&](const Range& range) { return range.span() == 0.0 || range.span() >= kWorthSharing * shared.span(); });
  return share ? std::vector<Range>(own.size(), shared) : own;
}

void add_panel(const Component& component, std::vector<double> values, const Range& range, Figure::Row& row) {
  if (component.axes.size() == 1) {
    LinePlot plot = curve(component, std::move(values), "");
    plot.width = 250.0;
    plot.height = 200.0;
    row.panels.emplace_back(std::move(plot));
  } else if (component.axes.size() == 2) {
    row.panels.emplace_back(heat_map(*component.axes[0], *component.axes[1], std::move(values), component.title, range));
  } else {
    for (std::size_t across = 0; across < 3; ++across) {
      row.panels.emplace_back(mid_plane(component, values, 2 - across, range));
    }
  }
}

void add_maps(const DatasetReader& reader, const std::vector<Index>& rows, const std::vector<Component>& components, Figure& figure) {
  std::vector<std::vector<Range>> ranges;
  for (const Component& component : components) {
    std::vector<Range> own(rows.size());
    for (std::size_t k = 0; k < rows.size(); ++k) {
      own[k].add(component_values(reader, rows[k], component));
    }
    ranges.push_back(color_ranges(own));
  }
  const bool volumes = std::any_of(components.begin(), components.end(), [](const Component& c) { return c.axes.size() == 3; });
  for (std::size_t k = 0; k < rows.size(); ++k) {
    for (std::size_t c = 0; c < components.size(); ++c) {
      if (c == 0 || volumes) {
        const std::string header = sample_header(reader, rows[k]);
        figure.rows.push_back({volumes ? fmt::format("{} — {}", components[c].title, header) : header, {}});
      }
      add_panel(components[c], component_values(reader, rows[k], components[c]), ranges[c][k], figure.rows.back());
    }
  }
}

/// Leaves out what is one and the same number in all samples drawn. @returns those, as `forcing = 1`
std::vector<std::string> remove_constants(const DatasetReader& reader, const std::vector<Index>& rows, std::vector<Component>& components) {
  std::vector<Component> varying;
  std::vector<std::string> constants;
  for (const Component& component : components) {
    Range range;
    for (const Index row : rows) {
      range.add(component_values(reader, row, component));
    }
    if (range.span() > 0.0) {
      varying.push_back(component);
    } else {
      constants.push_back(fmt::format("{} = {:.4g}", component.name, range.low));
    }
  }
  if (varying.empty()) {
    return {};
  }
  components = std::move(varying);
  return constants;
}

}  // namespace

Figure montage(const DatasetReader& reader, const MontageOptions& options) {
  const DatasetLayout& layout = reader.layout();
  std::vector<Component> components = choose_components(layout, options.fields);
  if (components.empty()) {
    throw InputError(fmt::format("the data set \"{}\" has no field on the whole grid; name one with --field", layout.name));
  }
  const std::vector<Index> rows = choose_rows(reader, options);
  Figure figure;
  figure.title = fmt::format("{}: {} samples, {} cells", layout.name, reader.rows(), grid_text(layout));
  if (options.fields.empty()) {
    for (const std::string& constant : remove_constants(reader, rows, components)) {
      figure.title += "; " + constant;
    }
  }
  const bool curves_only = std::all_of(components.begin(), components.end(), [](const Component& c) { return c.axes.size() == 1; });
  if (curves_only) {
    add_curves(reader, rows, components, figure);
  } else {
    add_maps(reader, rows, components, figure);
  }
  return figure;
}

}  // namespace kindred::app

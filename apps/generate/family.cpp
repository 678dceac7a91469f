#include <kindred/apps/generate/family.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/hash/sha256.hpp>
#include <kindred/data/output_section.hpp>
#include <kindred/operators/grid/boundary.hpp>

namespace kindred::app {
namespace {

std::string joined_cells(const Grid& grid) {
  std::vector<Index> cells;
  cells.reserve(grid.axes.size());
  for (const auto& axis : grid.axes) {
    cells.push_back(axis.cells);
  }
  return fmt::format("{}", fmt::join(cells, " × "));
}

Domain domain_of(const Value& root) {
  static const Value nothing{Table{}};
  const Value* grid = root.find("grid");
  const Value* boundary = root.find("boundary");
  return make_domain(grid != nullptr ? *grid : nothing, boundary != nullptr ? *boundary : nothing);
}

data::FieldLayout field_layout(const FieldInfo& info, const Grid& grid) {
  data::FieldLayout layout;
  layout.name = info.name;
  layout.long_name = info.long_name;
  layout.unit = info.unit;
  layout.output = info.output;
  layout.time_varying = info.output;
  for (const auto& axis : grid.axes) {
    const auto& own = info.grid.axes;
    layout.varies_along.push_back(std::any_of(own.begin(), own.end(), [&](const Axis& a) { return a.name == axis.name; }));
  }
  return layout;
}

std::vector<data::BoundaryLayout> boundary_layout(const Domain& domain) {
  std::vector<data::BoundaryLayout> layouts;
  for (int axis = 0; axis < domain.grid.dimension(); ++axis) {
    for (const bool high : {false, true}) {
      const SideCondition& side = domain.boundary.side(axis, high);
      data::BoundaryLayout layout;
      layout.axis = std::string(1, domain.grid.axes[static_cast<std::size_t>(axis)].name);
      layout.high = high;
      layout.kind = to_string(side.kind);
      layout.expression = side.kind == BoundaryKind::periodic ? "" : side.value.to_toml();
      layouts.push_back(std::move(layout));
    }
  }
  return layouts;
}

}  // namespace

std::shared_ptr<const Problem> make_problem(const Value& root) { return create<Problem>(*root.find("problem"), domain_of(root)); }

Family::Family(const Deck& deck) : deck_(&deck) {
  const Value& sweep = deck.section("sweep");
  const Value* seed = sweep.find("seed");
  const Value* count = sweep.find("count");
  const Value* design = sweep.find("design");
  seed_ = seed != nullptr && !seed->empty() ? static_cast<std::uint64_t>(seed->as_integer()) : 0;
  DesignContext context;
  context.seed = seed_;
  context.count = count != nullptr && !count->empty() ? count->as_integer() : 0;
  context.axes = deck.sweep;
  design_ = create<Design>(design != nullptr && !design->empty() ? *design : Value("mc"), context);
  count_ = design_->count();
  if (count_ < 1) {
    throw InputError("the design has no samples: set `count` in [sweep]");
  }
  columns_ = check_sweep_axes(deck, design_->columns());
  grid_ = domain_of(deck.root).grid;
  if (columns_.empty()) {
    fixed_problem_ = make_problem(deck.root);
  }
  select_fields();
}

void Family::select_fields() {
  const auto output = make_parameters<data::OutputParameters>(deck_->section("output"));
  const std::vector<FieldInfo> offered = problem(sample(0, 0))->fields();
  std::vector<std::string> names;
  names.reserve(offered.size());
  for (const auto& info : offered) {
    names.push_back(info.name);
  }
  for (const auto& wanted : output.fields) {
    if (std::find(names.begin(), names.end(), wanted) == names.end()) {
      throw InputError(fmt::format("[output] fields: this problem has no field \"{}\"; it has: {}", wanted, fmt::join(names, ", ")));
    }
  }
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const bool chosen = output.fields.empty() || std::find(output.fields.begin(), output.fields.end(), names[i]) != output.fields.end();
    if (chosen) {
      fields_.push_back(offered[i]);
      selection_.push_back(i);
    }
  }
}

Sample Family::sample(Index index, std::uint32_t attempt) const {
  Sample sample;
  sample.index = index;
  sample.attempt = attempt;
  sample.seed = seed_;
  sample.parameters = design_->parameters(index, attempt);
  return sample;
}

std::shared_ptr<const Problem> Family::problem(const Sample& sample) const {
  if (fixed_problem_) {
    return fixed_problem_;
  }
  Value root{Table{}};
  for (const char* section : {"problem", "grid", "boundary"}) {
    if (const Value* table = deck_->root.find(section)) {
      root.set(section, *table);
    }
  }
  for (const auto& assignment : sample.parameters) {
    root.set_path(assignment.path, assignment.value);
  }
  return make_problem(root);
}

std::vector<double> Family::scalars(const Sample& sample) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < sample.parameters.size(); ++i) {
    const Value& value = sample.parameters[i].value;
    if (value.is_number()) {
      values.push_back(value.as_real());
      continue;
    }
    const auto& levels = columns_[i].distribution.values;
    const auto level = std::find_if(levels.begin(), levels.end(), [&](const Value& v) { return v.to_toml() == value.to_toml(); });
    values.push_back(static_cast<double>(level - levels.begin()));
  }
  return values;
}

data::DatasetLayout Family::layout(const std::filesystem::path& deck_path) const {
  const auto output = make_parameters<data::OutputParameters>(deck_->section("output"));
  const Domain domain = domain_of(deck_->root);
  data::DatasetLayout layout;
  layout.name = output.name.empty() ? deck_path.stem().string() : output.name;
  layout.directory = output.dir.empty() ? std::filesystem::path("out") / layout.name : std::filesystem::path(output.dir);
  layout.seed = seed_;
  layout.count = count_;
  for (const auto& axis : domain.grid.axes) {
    data::AxisLayout axis_layout;
    axis_layout.name = std::string(1, axis.name);
    axis_layout.unit = "m";
    for (Index i = 0; i < axis.cells; ++i) {
      axis_layout.coordinates.push_back(axis.center(i));
    }
    layout.axes.push_back(std::move(axis_layout));
  }
  for (const auto& info : fields_) {
    layout.fields.push_back(field_layout(info, domain.grid));
  }
  for (const auto& column : columns_) {
    layout.scalars.push_back({column.name, column.unit, column.doc.empty() ? column.path : column.doc});
  }
  layout.boundary = boundary_layout(domain);
  layout.precision = output.precision == "f64" ? data::Precision::f64 : data::Precision::f32;
  layout.steady_frames = static_cast<int>(output.steady_frames);
  layout.splits = output.split_counts(count_);
  layout.shard_bytes = output.shard_bytes();
  layout.shuffle = output.shuffle;
  layout.identity = deck_->identity_toml();
  layout.provenance["deck"] = deck_->resolved_toml();
  std::string original;
  for (const auto& source : deck_->sources) {
    original += fmt::format("# ---- {}\n{}\n", source->name, source->text);
  }
  layout.provenance["deck_original"] = original;
  layout.provenance["deck_sha256"] = sha256(layout.identity);  // not identity_hash(): input files would be read twice
  layout.provenance["rng"] = "philox4x32-10";
  layout.card = card();
  return layout;
}

std::string Family::card() const {
  const PluginChoice choice = plugin_choice(*deck_->root.find("problem"), "problem");
  const Entry& entry = Registry::instance().get("problem", choice.name);
  std::string text;
  const Value* description = deck_->root.find("description");
  if (description != nullptr && description->is_string() && !description->as_string().empty()) {
    text += description->as_string() + "\n\n";
  }
  text += fmt::format("## Problem\n\n{} (`{}`), on {} cells.\n\n{}\n\n", entry.summary, entry.name, joined_cells(grid_), entry.doc);
  text += "## Fields\n\n| name | meaning | unit | role |\n|---|---|---|---|\n";
  for (const auto& field : fields_) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", field.name, field.long_name, field.unit, field.output ? "output" : "input");
  }
  if (!columns_.empty()) {
    text += "\n## Parameters that vary\n\n| name | deck path | unit | meaning |\n|---|---|---|---|\n";
    for (const auto& column : columns_) {
      text += fmt::format("| `{}` | `{}` | {} | {} |\n", column.name, column.path, column.unit, column.doc);
    }
  }
  return text;
}

}  // namespace kindred::app

#include <kindred/apps/generate/family.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include <petscsys.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/generate/complaints.hpp>
#include <kindred/core/deck/suggest.hpp>
#include <kindred/core/hash/sha256.hpp>
#include <kindred/data/extension.hpp>
#include <kindred/data/output_section.hpp>
#include <kindred/operators/designs/point_design.hpp>
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

/// The points of a design, for the data set's group /design.
class PointsOfDesign final : public data::PointSource {
 public:
  explicit PointsOfDesign(std::shared_ptr<const PointDesign> design) : design_(std::move(design)) {}
  [[nodiscard]] int dimensions() const override { return design_->record().dimensions(); }
  [[nodiscard]] int replicate(Index sample) const override { return design_->place(sample).replicate; }
  [[nodiscard]] std::uint64_t point(Index sample) const override { return design_->place(sample).point; }
  [[nodiscard]] bool stored() const override { return design_->store_points(); }
  [[nodiscard]] std::uint64_t word(Index sample, int j) const override { return design_->word(sample, j); }

 private:
  std::shared_ptr<const PointDesign> design_;
};

/// Problems whose matrix is known by its action alone: in all of space, or between the grid's points. They have no sides.
bool matrix_free(const Value& root) {
  const Value* problem = root.find("problem");
  const Entry* entry = problem == nullptr ? nullptr : Registry::instance().find("problem", plugin_choice(*problem, "problem").name);
  return entry != nullptr && std::ranges::find(entry->capabilities, "matrix_free") != entry->capabilities.end();
}

std::vector<data::BoundaryLayout> boundary_layout(const Domain& domain, bool open) {
  std::vector<data::BoundaryLayout> layouts;
  for (int axis = 0; axis < domain.grid.dimension(); ++axis) {
    for (const bool high : {false, true}) {
      const SideCondition& side = domain.boundary.side(axis, high);
      data::BoundaryLayout layout;
      layout.axis = std::string(1, domain.grid.axes[static_cast<std::size_t>(axis)].name);
      layout.high = high;
      layout.kind = open ? "open" : to_string(side.kind);
      layout.expression = open || side.kind == BoundaryKind::periodic ? "" : side.value.to_toml();
      layouts.push_back(std::move(layout));
    }
  }
  return layouts;
}

/// A matrix of the grid must be countable with PETSc's integers.
void check_grid_size(const Deck& deck, Diagnostics& diagnostics) {
  const Value* n = deck.root.find_path("grid.n");
  if (n == nullptr) {
    return;
  }
  double cells = 1.0;
  for (const auto& axis : n->as_array()) {
    cells *= axis.as_real();
  }
  if (matrix_free(deck.root)) {
    return;  // the memory that a sample takes is the limit
  }
  const double entries = cells * (2.0 * static_cast<double>(n->as_array().size()) + 1.0);
  if (const auto most = static_cast<double>(std::numeric_limits<PetscInt>::max()); entries > most) {
    diagnostics.error(n->location, fmt::format("a grid of {:.4g} cells makes a matrix of {:.4g} entries", cells, entries),
                      fmt::format("this PETSc counts up to {:.4g}: take fewer cells{}", most,
                                  sizeof(PetscInt) == 4 ? ", or build Kindred with a PETSc of 64-bit integers" : ""));
  }
}

/// Values between which all others of a distribution lie.
std::vector<Value> extreme_values(const Distribution& distribution) {
  constexpr std::size_t most_levels = 32;
  if (distribution.levels() > 0 && distribution.levels() <= most_levels) {
    return distribution.values;
  }
  if (distribution.levels() > 0) {
    if (!distribution.values.front().is_number()) {
      return {distribution.values.begin(), distribution.values.begin() + most_levels};
    }
    const auto [low, high] = std::minmax_element(distribution.values.begin(), distribution.values.end(),
                                                 [](const Value& a, const Value& b) { return a.as_real() < b.as_real(); });
    return {*low, *high};
  }
  std::vector<Value> ends;
  const bool normal = distribution.kind == Distribution::Kind::normal;
  for (const double end : {distribution.low, distribution.high}) {
    ends.emplace_back(!normal || std::isfinite(end) ? end : distribution.mean);
  }
  return ends;
}

}  // namespace

Location place(const Deck& deck, std::string path) {
  for (;;) {
    const Value* value = deck.root.find_path(path);
    if (value != nullptr && value->location.source != nullptr) {
      return value->location;
    }
    const auto dot = path.rfind('.');
    if (dot == std::string::npos) {
      return {deck.sources.empty() ? nullptr : deck.sources.front(), 0, 0};
    }
    path.resize(dot);
  }
}

Deck as_single_run(Deck deck) {
  const Value* count = deck.root.find_path("sweep.count");
  const Value* design = deck.root.find_path("sweep.design");
  const bool plain = design == nullptr || design->empty() || plugin_choice(*design, "design").name == "mc";
  if (deck.sweep.empty() && plain && (count == nullptr || count->empty())) {
    deck.root.set_path("sweep.count", Value(1));
  }
  return deck;
}

double working_memory(const Grid& grid) {
  constexpr double bytes_per_entry = 8.0 + 3.0 * 12.0;  // the stencil's, and the matrix with its hierarchy
  constexpr double vectors = 12.0;
  const double cells = static_cast<double>(grid.size());
  return cells * (bytes_per_entry * (2.0 * grid.dimension() + 1.0) + vectors * 8.0);
}

std::shared_ptr<const Problem> make_problem(const Value& root) { return create<Problem>(*root.find("problem"), domain_of(root)); }

Family::Family(const Deck& deck) : deck_(&deck) {
  Diagnostics diagnostics;
  check_grid_size(deck, diagnostics);
  diagnostics.raise_if_errors();
  grid_ = domain_of(deck.root).grid;
  read_design(diagnostics);
  if (design_ && columns_.empty()) {
    collect(diagnostics, place(deck, "problem"), [&] { fixed_problem_ = make_problem(deck.root); });
  }
  if (design_ && !diagnostics.has_errors()) {
    select_fields(diagnostics);
  }
  if (design_) {
    collect(diagnostics, place(deck, "output.split"),
            [&] { static_cast<void>(make_parameters<data::OutputParameters>(deck.section("output")).split_counts(count_)); });
  }
  diagnostics.raise_if_errors();
}

void Family::read_design(Diagnostics& diagnostics) {
  const Value& sweep = deck_->section("sweep");
  const Value* seed = sweep.find("seed");
  const Value* count = sweep.find("count");
  const Value* design = sweep.find("design");
  seed_ = seed != nullptr && !seed->empty() ? static_cast<std::uint64_t>(seed->as_integer()) : 0;
  DesignContext context;
  context.seed = seed_;
  context.count = count != nullptr && !count->empty() ? count->as_integer() : 0;
  context.axes = deck_->sweep;
  const Value chosen = design != nullptr && !design->empty() ? *design : Value("mc");
  const auto& capabilities = Registry::instance().get("design", plugin_choice(chosen, "design").name).capabilities;
  if (std::find(capabilities.begin(), capabilities.end(), "fields") != capabilities.end()) {
    collect(diagnostics, place(*deck_, "problem"), [&] { context.streams = random_streams(); });
  }
  if (diagnostics.has_errors()) {
    return;
  }
  collect(diagnostics, place(*deck_, design != nullptr && !design->empty() ? "sweep.design" : "sweep"), [&] {
    auto made = create<Design>(chosen, context);
    count_ = made->count();
    if (count_ < 1) {
      throw InputError("the design has no samples: set `count` in [sweep]");
    }
    columns_ = check_sweep_axes(*deck_, made->columns());
    design_ = std::move(made);
  });
}

std::vector<Problem::RandomStream> Family::random_streams() const {
  std::vector<Sample::Assignment> typical;
  for (const auto& axis : deck_->sweep) {
    typical.push_back({axis.path, axis.distribution.quantile(0.5)});
  }
  std::vector<Problem::RandomStream> streams = problem_with(typical)->random_variables();
  for (std::size_t axis = 0; axis < typical.size(); ++axis) {
    for (const auto& value : extreme_values(deck_->sweep[axis].distribution)) {
      auto extreme = typical;
      extreme[axis].value = value;
      for (auto& stream : problem_with(extreme)->random_variables()) {
        const auto known = std::find_if(streams.begin(), streams.end(), [&](const auto& s) { return s.name == stream.name; });
        if (known == streams.end()) {
          streams.push_back(std::move(stream));
        } else {
          known->variables = std::max(known->variables, stream.variables);
        }
      }
    }
  }
  return streams;
}

void Family::select_fields(Diagnostics& diagnostics) {
  const auto output = make_parameters<data::OutputParameters>(deck_->section("output"));
  std::vector<FieldInfo> offered;
  collect(diagnostics, place(*deck_, "problem"), [&] { offered = problem(sample(0, 0))->fields(); });
  if (offered.empty()) {
    return;
  }
  std::vector<std::string> names;
  names.reserve(offered.size());
  for (const auto& info : offered) {
    names.push_back(info.name);
  }
  const Value* list = deck_->root.find_path("output.fields");
  for (std::size_t i = 0; i < output.fields.size(); ++i) {
    if (std::find(names.begin(), names.end(), output.fields[i]) == names.end()) {
      const auto guess = nearest(output.fields[i], names);
      diagnostics.error(list->as_array()[i].location, fmt::format("[output] fields: this problem has no field \"{}\"", output.fields[i]),
                        guess ? fmt::format("did you mean \"{}\"?", *guess) : fmt::format("it has: {}", fmt::join(names, ", ")));
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

std::vector<Family::Extreme> Family::extremes() const {
  const Sample first = sample(0, 0);
  std::vector<Extreme> found{{first, nullptr}};
  for (std::size_t axis = 0; axis < columns_.size(); ++axis) {
    for (const auto& value : extreme_values(columns_[axis].distribution)) {
      found.push_back({first, &columns_[axis]});
      found.back().sample.parameters[axis].value = value;
    }
  }
  return found;
}

void Family::check() const {
  Diagnostics diagnostics;
  std::set<std::string> told;  // one complaint for each value of the deck
  for (const Extreme& extreme : extremes()) {
    const auto where = [&](const std::string& path) { return extreme.axis != nullptr ? extreme.axis->location : place(*deck_, path); };
    collect(diagnostics, where("problem"), [&] {
      for (const auto& complaint : problem(extreme.sample)->complaints(count_)) {
        if (told.insert(complaint.path).second) {
          diagnostics.error(where(complaint.path), fmt::format("{}: {}", complaint.path, complaint.message), extreme.hint());
        }
      }
    });
  }
  diagnostics.raise_if_errors();
}

std::string Family::Extreme::hint() const {
  if (axis == nullptr) {
    return {};
  }
  const auto at = std::find_if(sample.parameters.begin(), sample.parameters.end(), [&](const auto& p) { return p.path == axis->path; });
  return fmt::format("with {} = {}", at->path, at->value.to_toml());
}

Sample Family::sample(Index index, std::uint32_t attempt) const {
  Sample sample;
  sample.index = index;
  sample.attempt = attempt;
  sample.seed = seed_;
  sample.parameters = design_->parameters(index, attempt);
  sample.leading = design_->leading(index, attempt);
  return sample;
}

std::shared_ptr<const Problem> Family::problem(const Sample& sample) const {
  if (fixed_problem_) {
    return fixed_problem_;
  }
  return problem_with(sample.parameters);
}

std::shared_ptr<const Problem> Family::problem_with(const std::vector<Sample::Assignment>& parameters) const {
  Value root{Table{}};
  for (const char* section : {"problem", "grid", "boundary"}) {
    if (const Value* table = deck_->root.find(section)) {
      root.set(section, *table);
    }
  }
  for (const auto& assignment : parameters) {
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
  layout.boundary = boundary_layout(domain, matrix_free(deck_->root));
  layout.precision = output.precision == "f64" ? data::Precision::f64 : data::Precision::f32;
  layout.steady_frames = static_cast<int>(output.steady_frames);
  layout.splits = output.split_counts(count_);
  layout.shard_bytes = output.shard_bytes();
  layout.shuffle = output.shuffle;
  layout.split_ranges = design_->splits_are_replicates();
  layout.extensible = design_->extensible();
  if (auto points = std::dynamic_pointer_cast<const PointDesign>(design_)) {
    layout.design = points->record().to_value();
    layout.provenance["design"] = layout.design.to_toml();
    layout.points = std::make_shared<PointsOfDesign>(std::move(points));
  }
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

data::DatasetLayout Family::continued(data::DatasetLayout layout) {
  data::DatasetLayout result = data::continued(std::move(layout));
  if (result.split_ranges) {
    std::vector<SampleRange> ranges;
    Index first = 0;
    for (const auto& part : data::parts_of(result)) {
      for (const auto& split : part.splits) {
        ranges.push_back({first, split.count, split.name == "train" ? 0 : (split.name == "valid" ? 1 : 2)});
        first += split.count;
      }
    }
    design_->arrange(ranges);
  }
  return result;
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

#include <kindred/apps/integrate/study.hpp>

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/generate/complaints.hpp>
#include <kindred/core/deck/expression.hpp>

namespace kindred::app {
namespace {

constexpr Index coarsest_cells = 8;

std::vector<Index> cells_of(const Deck& deck) {
  std::vector<Index> cells;
  if (const Value* n = deck.root.find_path("grid.n")) {
    for (const Value& axis : n->as_array()) {
      cells.push_back(axis.as_integer());
    }
  }
  return cells;
}

/// Halvings that leave whole numbers of cells, at least coarsest_cells an axis.
int possible_halvings(std::vector<Index> cells) {
  int halvings = 0;
  while (!cells.empty() && std::all_of(cells.begin(), cells.end(), [](Index n) { return n % 2 == 0 && n / 2 >= coarsest_cells; })) {
    std::for_each(cells.begin(), cells.end(), [](Index& n) { n /= 2; });
    ++halvings;
  }
  return halvings;
}

bool is_multilevel(const Entry& rule) {
  return std::find(rule.capabilities.begin(), rule.capabilities.end(), "multilevel") != rule.capabilities.end();
}

}  // namespace

bool asks_for_integrals(const Deck& deck) { return deck.root.find("integrate") != nullptr; }

Study::Study(const Deck& deck) : deck_(&deck) {
  if (!asks_for_integrals(deck)) {
    throw InputError(
        "this deck has no [integrate] section: name quantities, a rule and a tolerance there (`kindred describe section/integrate`)");
  }
  parameters_ = make_parameters<IntegrateParameters>(deck.section("integrate"));
  rule_entry_ = &Registry::instance().get("cubature", plugin_choice(parameters_.rule, "cubature").name);
  Diagnostics diagnostics;
  read_levels(diagnostics);
  diagnostics.raise_if_errors();
  read_inputs(diagnostics);
  read_quantities(diagnostics);
  diagnostics.raise_if_errors();
  make_rule(diagnostics);
  diagnostics.raise_if_errors();
}

void Study::read_levels(Diagnostics& diagnostics) {
  const auto cells = cells_of(*deck_);
  const Location where = place(*deck_, "integrate.levels");
  int levels = 1;
  if (!is_multilevel(*rule_entry_)) {
    if (parameters_.levels > 1) {
      diagnostics.error(where, fmt::format("levels = {}, but the rule \"{}\" uses one grid", parameters_.levels, rule_entry_->name),
                        "take a multilevel rule such as \"mlqmc\", or leave levels out");
    }
  } else {
    levels = parameters_.levels > 0 ? parameters_.levels : 1 + possible_halvings(cells);
    const Index coarsening = Index{1} << static_cast<unsigned>(levels - 1);
    if (std::any_of(cells.begin(), cells.end(), [&](Index n) { return n % coarsening != 0; })) {
      diagnostics.error(
          where,
          fmt::format("{} levels need numbers of cells that {} divides, and the grid is {}", levels, coarsening, fmt::join(cells, " × ")),
          fmt::format("take another [grid] n, or at most levels = {}", 1 + possible_halvings(cells)));
      return;
    }
    if (parameters_.levels == 1) {
      diagnostics.error(where, fmt::format("levels = 1, but the rule \"{}\" needs two grids or more", rule_entry_->name),
                        "set levels to 2 or more, leave it out, or take a rule of one grid such as \"net_g\"");
    } else if (levels == 1) {
      diagnostics.error(place(*deck_, "grid.n"),
                        fmt::format("the rule \"{}\" needs two grids or more, and this one cannot be halved", rule_entry_->name),
                        fmt::format("take an even number of cells, {} or more, or set levels", 2 * coarsest_cells));
    }
  }
  const Value* design = deck_->root.find_path("sweep.design");
  if (design != nullptr && plugin_choice(*design, "design").name != "mc") {
    diagnostics.error(place(*deck_, "sweep.design"), "a design chooses the samples of a data set; those of an integral are the rule's",
                      "leave design out; the swept parameters follow their distributions");
    return;
  }
  for (int halvings = 0; halvings < levels && !diagnostics.has_errors(); ++halvings) {
    add_level(Index{1} << static_cast<unsigned>(halvings), diagnostics);
  }
  std::reverse(levels_.begin(), levels_.end());
}

void Study::add_level(Index coarsening, Diagnostics& diagnostics) {
  auto level = std::make_unique<StudyLevel>();
  level->deck = *deck_;
  Deck& deck = level->deck;
  deck.root.erase("output");
  deck.root.set_path("sweep.count", Value(1));
  deck.root.set_path("sweep.seed", Value(parameters_.seed));
  if (Value* n = deck.root.find("grid") != nullptr ? deck.root.find("grid")->find("n") : nullptr) {
    for (Value& axis : n->as_array()) {
      Value cells(axis.as_integer() / coarsening);
      cells.location = axis.location;
      axis = std::move(cells);
    }
  }
  collect(diagnostics, place(deck, "problem"), [&] {
    level->family = std::make_unique<Family>(deck);
    level->family->check();
    static const Value nothing{Table{}};
    const Value* grid = deck.root.find("grid");
    const Value* boundary = deck.root.find("boundary");
    SampleSymbols& symbols = level->symbols;
    symbols.problem = level->family->problem(level->family->sample(0, 0));
    symbols.fields = symbols.problem->fields();
    symbols.domain = make_domain(grid != nullptr ? *grid : nothing, boundary != nullptr ? *boundary : nothing);
    for (const SweepAxis& axis : level->family->columns()) {
      symbols.parameters.push_back(axis.name);
    }
    levels_.push_back(std::move(level));
  });
}

void Study::read_inputs(Diagnostics& diagnostics) {
  inputs_ = std::make_unique<RandomInputs>(deck_->sweep, levels_.back()->symbols.problem->random_variables(), parameters_.dimensions,
                                           static_cast<std::uint64_t>(parameters_.seed));
  if (inputs_->dimensions() == 0) {
    diagnostics.error(place(*deck_, "problem"), "nothing of this problem is random: there is nothing to integrate over",
                      "give it a random field, or a parameter a distribution in [sweep]");
  }
}

void Study::read_quantities(Diagnostics& diagnostics) {
  for (const Member& quantity : deck_->root.find_path("integrate.quantities")->as_table()) {
    if (!quantity.value.is_string()) {
      diagnostics.error(quantity.value.location,
                        fmt::format("the quantity \"{}\" must be a formula, found {}", quantity.key, quantity.value.type_name()),
                        "write a string such as \"mean(u)\"");
      continue;
    }
    try {
      plan_.add(quantity.key, quantity.value.as_string(), levels_.back()->symbols);
    } catch (const ExpressionError& error) {
      diagnostics.error(inside_string(quantity.value, error.complaint().offset),
                        fmt::format("{} in the quantity \"{}\"", error.complaint().message, quantity.value.as_string()),
                        error.complaint().hint);
    }
  }
}

void Study::make_rule(Diagnostics& diagnostics) {
  const CubatureContext context{inputs_->dimensions(), static_cast<int>(plan_.outputs().size()),
                                static_cast<std::uint64_t>(parameters_.seed), parameters_.confidence};
  collect(diagnostics, place(*deck_, "integrate.rule"), [&] { rule_ = create<CubatureRule>(parameters_.rule, context); });
}

qmc::Goal Study::goal() const {
  const double none = parameters_.tolerance_rule == "both" ? std::numeric_limits<double>::infinity() : 0.0;
  qmc::Goal goal;
  goal.tolerance.absolute = parameters_.absolute.value_or(none);
  goal.tolerance.relative = parameters_.relative.value_or(none);
  goal.tolerance.rule = parameters_.tolerance_rule == "both" ? qmc::Tolerance::Rule::both : qmc::Tolerance::Rule::either;
  goal.quantities = plan_.quantities();
  goal.most_points = static_cast<std::uint64_t>(parameters_.most_points);
  return goal;
}

double Study::cost(int level) const {
  const auto unknowns = [&](int l) {
    return l < 0 ? 0.0 : static_cast<double>(levels_[static_cast<std::size_t>(l)]->symbols.domain.grid.size());
  };
  return unknowns(level) + unknowns(level - 1);
}

std::string grid_text(const StudyLevel& level) {
  const auto& axes = level.symbols.domain.grid.axes;
  std::vector<Index> cells;
  cells.reserve(axes.size());
  for (const Axis& axis : axes) {
    cells.push_back(axis.cells);
  }
  return fmt::format("{}", fmt::join(cells, " × "));
}

std::string Study::identity() const {
  Deck deck = *deck_;
  for (const char* section : {"output", "run"}) {
    deck.root.erase(section);
  }
  if (Value* sweep = deck.root.find("sweep")) {
    for (const char* key : {"count", "seed", "design"}) {
      sweep->erase(key);
    }
  }
  std::string text = deck.identity_toml() + "\n[integrate.outputs]\n";
  for (std::size_t k = 0; k < plan_.outputs().size(); ++k) {
    text += fmt::format("{} = {}\n", k, Value(plan_.output_text(k)).to_toml());
  }
  return text;
}

}  // namespace kindred::app

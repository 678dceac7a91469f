#include <kindred/core/deck/deck.hpp>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/compose.hpp>
#include <kindred/core/deck/expression.hpp>
#include <kindred/core/deck/resolve.hpp>
#include <kindred/core/registry/plugins.hpp>

namespace kindred {
namespace {

void load_plugins(const Composition& composition, const DeckOptions& options, const Location& deck, Diagnostics& diagnostics) {
  const auto load = [&](const std::filesystem::path& path, const Location& where) {
    try {
      load_plugin(path);
    } catch (const InputError& problem) {
      diagnostics.error(where, problem.what());
    }
  };
  for (const auto& path : options.plugins) {
    load(path, deck);
  }
  for (const auto& path : composition.plugins) {
    load(path.as_string(), path.location);
  }
}

/// Full paths of what [sweep] varies, before anything about them is checked.
std::set<std::string> swept_paths(const Value& root) {
  std::set<std::string> paths;
  const Value* sweep = root.find("sweep");
  if (sweep == nullptr || !sweep->is_table()) {
    return paths;
  }
  const Entry* entry = Registry::instance().find("section", "sweep");
  for (const auto& member : sweep->as_table()) {
    const std::string path = sweep_path(member.key);
    if (entry != nullptr && entry->find_parameter(member.key) == nullptr && is_sweepable(path)) {
      paths.insert(path);
    }
  }
  return paths;
}

Deck compose_and_check(std::string text, const std::string& name, const DeckOptions& options) {
  Diagnostics diagnostics;
  Composition composition;
  const auto source = std::make_shared<const Source>(Source{name, std::move(text)});
  add_text(composition, source, std::filesystem::path(name).parent_path(), diagnostics);
  for (std::size_t i = 0; i < options.overrides.size(); ++i) {
    add_override(composition, options.overrides[i], i + 1, diagnostics);
  }
  diagnostics.set_source_order(composition.sources);
  diagnostics.raise_if_errors();  // what cannot be read cannot be checked

  const Location deck{source, 0, 0};
  load_plugins(composition, options, deck, diagnostics);
  Resolution resolution{.constants = {},
                        .swept = swept_paths(composition.root),
                        .tables = known_tables(composition.root),
                        .require_problem = options.require_problem,
                        .diagnostics = diagnostics};
  const Value* constants = composition.root.find("const");
  resolution.constants = read_constants(constants != nullptr ? *constants : Value(Table{}), diagnostics);

  Deck result;
  result.root = resolve_root(composition.root, deck, resolution);
  result.sweep = resolve_sweep(result.root, resolution);
  if (!composition.plugins.empty()) {
    result.root.set("plugins", Value(Array(composition.plugins)));
  }
  diagnostics.raise_if_errors();
  result.sources = std::move(composition.sources);
  result.warnings = std::move(diagnostics);
  return result;
}

}  // namespace

const Value& Deck::section(std::string_view name) const {
  static const Value none{Table{}};
  const Value* found = root.find(name);
  return found != nullptr ? *found : none;
}

Deck load_deck(const std::filesystem::path& path, const DeckOptions& options) {
  return compose_and_check(read_file(path), path.string(), options);
}

Deck parse_deck(std::string text, const std::string& name, const DeckOptions& options) {
  return compose_and_check(std::move(text), name, options);
}

}  // namespace kindred

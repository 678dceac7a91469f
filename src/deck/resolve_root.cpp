#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/deck/resolve.hpp>
#include <kindred/core/deck/suggest.hpp>

namespace kindred {
namespace {

constexpr std::int64_t deck_version = 1;
const std::vector<std::string> top_keys{"version", "title", "description", "include", "plugins", "const", "problem", "solver"};

std::vector<std::string> top_level_keys() {
  auto keys = top_keys;
  for (const Entry* section : Registry::instance().entries("section")) {
    keys.push_back(section->name);
  }
  return keys;
}

void collect_tables(const Entry& entry, const Value& table, const std::string& path, std::vector<KnownTable>& tables) {
  tables.push_back({path, parameter_names(entry)});
  for (const auto& info : entry.parameters) {
    const Value* value = info.type == ParameterType::plugin ? table.find(info.name) : nullptr;
    const Value* type = value == nullptr || value->is_string() ? value : value->find("type");
    const Entry* nested = type == nullptr || !type->is_string() ? nullptr : Registry::instance().find(info.plugin_kind, type->as_string());
    if (nested != nullptr) {
      collect_tables(*nested, *value, path + "." + info.name, tables);
    }
  }
}

void check_version(const Value& root, const Location& deck, Diagnostics& diagnostics) {
  const Value* version = root.find("version");
  if (version == nullptr) {
    diagnostics.error(deck, "the deck lacks the key \"version\"", fmt::format("write version = {} on its first line", deck_version));
  } else if (!version->is_integer()) {
    diagnostics.error(version->location,
                      fmt::format("\"version\" must be an integer, found {} {}", version->type_name(), version->to_toml()),
                      fmt::format("write version = {}", deck_version));
  } else if (version->as_integer() != deck_version) {
    diagnostics.error(version->location, fmt::format("this program reads decks of version {}, not {}", deck_version, version->as_integer()),
                      version->as_integer() > deck_version ? "use a newer Kindred" : fmt::format("write version = {}", deck_version));
  }
}

void check_top_keys(const Value& root, Resolution& resolution) {
  const auto keys = top_level_keys();
  for (const auto& member : root.as_table()) {
    if (member.key == "$schema" || std::find(keys.begin(), keys.end(), member.key) != keys.end()) {
      continue;
    }
    const bool table = member.value.is_table();
    std::string hint;
    if (const auto guess = nearest(member.key, keys)) {
      hint = fmt::format("did you mean {}?", table ? "[" + *guess + "]" : "\"" + *guess + "\"");
    } else {
      hint = unknown_key_hint(member.key, nullptr, {}, resolution);
    }
    resolution.diagnostics.error(member.key_location,
                                 fmt::format("unknown {} \"{}\" at the top level", table ? "table" : "key", member.key), hint);
  }
}

/// A section that the deck does not have: its defaults, if they are enough and the section is not optional.
std::optional<Value> absent_section(const Entry& entry, const Location& deck, Resolution& resolution) {
  if (entry.optional) {
    return std::nullopt;
  }
  std::vector<std::string> missing;
  for (const auto& info : entry.parameters) {
    if (info.required && !resolution.swept.contains(entry.name + "." + info.name)) {
      missing.push_back(info.name);
    }
  }
  if (missing.empty()) {
    return resolve_entry(entry, Value(Table{}), deck, entry.name, resolution);
  }
  if (resolution.require_problem) {
    resolution.diagnostics.error(deck, fmt::format("the deck lacks the table [{}]", entry.name),
                                 fmt::format("[{}] must set {}{}", entry.name, fmt::join(missing, ", "),
                                             entry.summary.empty() ? "" : fmt::format(" ({})", entry.summary)));
  }
  return std::nullopt;
}

void resolve_sections(const Value& root, const Location& deck, Value& resolved, Resolution& resolution) {
  for (const Entry* entry : Registry::instance().entries("section")) {
    const Member* member = root.find_member(entry->name);
    if (member == nullptr) {
      if (auto table = absent_section(*entry, deck, resolution)) {
        resolved.set(entry->name, std::move(*table));
      }
    } else if (!member->value.is_table()) {
      resolution.diagnostics.error(
          member->value.location,
          fmt::format("[{}] must be a table, found {} {}", entry->name, member->value.type_name(), member->value.to_toml()),
          fmt::format("open it with a line [{}]", entry->name));
    } else {
      resolved.set(entry->name, resolve_entry(*entry, member->value, member->key_location, entry->name, resolution), member->key_location);
    }
  }
}

void resolve_problem_and_solver(const Value& root, const Location& deck, Value& resolved, Resolution& resolution) {
  if (const Member* problem = root.find_member("problem")) {
    if (auto table = resolve_plugin("problem", problem->value, problem->key_location, "problem", {}, resolution)) {
      resolved.set("problem", std::move(*table), problem->key_location);
    }
  } else if (resolution.require_problem) {
    resolution.diagnostics.error(deck, "the deck lacks the table [problem]", "[problem] must set a type: the family of equations to solve");
  }
  const Member* solver = root.find_member("solver");
  if (solver == nullptr && Registry::instance().find("solver", "auto") == nullptr) {
    return;
  }
  const Value given = solver != nullptr ? solver->value : Value(Table{});
  const Location where = solver != nullptr ? solver->key_location : deck;
  if (auto table = resolve_plugin("solver", given, where, "solver", {.implied = "auto", .suggested = {}}, resolution)) {
    resolved.set("solver", std::move(*table), solver != nullptr ? solver->key_location : Location{});
  }
}

/// Copies a text of the top level after a check of its type.
void copy_string(const Value& root, const char* key, Value& resolved, Diagnostics& diagnostics) {
  const Member* member = root.find_member(key);
  if (member == nullptr) {
    return;
  }
  if (!member->value.is_string()) {
    diagnostics.error(member->value.location,
                      fmt::format("\"{}\" must be a string, found {} {}", key, member->value.type_name(), member->value.to_toml()),
                      "strings are quoted");
    return;
  }
  resolved.set(key, member->value, member->key_location);
}

std::string listed_keys(const Entry& entry, const std::string& title) {
  if (entry.parameters.empty()) {
    return fmt::format("{} takes no keys{}", title, entry.kind == "section" ? "" : " but its type");
  }
  std::string text = fmt::format("keys of {}:", title);
  for (const auto& info : entry.parameters) {
    if (info.deprecated_for.empty()) {
      text += fmt::format("\n  {}{}", info.name, info.doc.empty() ? "" : ": " + info.doc);
    }
  }
  return text;
}

/// Hint for a key that another type of the same kind has in a similar spelling; may be empty.
std::string misspelt_key_of_another(const std::string& key, const Entry& entry) {
  std::string hint;
  std::size_t distance = std::string::npos;
  for (const Entry* other : Registry::instance().entries(entry.kind)) {
    const auto guess = nearest(key, parameter_names(*other));
    if (guess && edit_distance(key, *guess) < distance) {
      distance = edit_distance(key, *guess);
      hint = fmt::format("did you mean \"{}\" of the {} \"{}\"? This one is of the type \"{}\"\n", *guess, entry.kind, other->name,
                         entry.name);
    }
  }
  return hint;
}

}  // namespace

const Entry* entry_of_top_table(const std::string& key, const Value& table) {
  if (key != "problem" && key != "solver") {
    return Registry::instance().find("section", key);
  }
  const Value* type = table.find("type");
  const std::string name = table.is_string()                      ? table.as_string()
                           : type != nullptr && type->is_string() ? type->as_string()
                           : key == "solver"                      ? "auto"
                                                                  : "";
  return Registry::instance().find(key, name);
}

std::vector<KnownTable> known_tables(const Value& root) {
  std::vector<KnownTable> tables{{"", top_level_keys()}};
  static const Value none{Table{}};
  for (const auto& key : top_level_keys()) {
    const Value* table = root.find(key);
    if (const Entry* entry = entry_of_top_table(key, table != nullptr ? *table : none)) {
      collect_tables(*entry, table != nullptr ? *table : none, key, tables);
    }
  }
  return tables;
}

std::vector<std::string> parameter_names(const Entry& entry) {
  std::vector<std::string> names;
  names.reserve(entry.parameters.size());
  for (const auto& info : entry.parameters) {
    names.push_back(info.name);
  }
  return names;
}

std::string unknown_key_hint(const std::string& key, const Entry* entry, const std::string& path, const Resolution& resolution) {
  const auto here = entry != nullptr ? nearest(key, parameter_names(*entry)) : std::nullopt;
  const std::size_t distance_here = here ? edit_distance(key, *here) : std::string::npos;
  std::string elsewhere;
  std::string table;
  std::size_t distance_elsewhere = distance_here;
  for (const auto& known : resolution.tables) {
    const auto guess = known.path == path ? std::nullopt : nearest(key, known.keys);
    if (guess && edit_distance(key, *guess) < distance_elsewhere) {
      elsewhere = *guess;
      table = known.path;
      distance_elsewhere = edit_distance(key, *guess);
    }
  }
  if (distance_elsewhere < distance_here) {
    const std::string place = table.empty() ? "at the top level, above the first [table]" : "in [" + table + "]";
    return distance_elsewhere == 0 ? fmt::format("\"{}\" belongs {}", elsewhere, place)
                                   : fmt::format("did you mean \"{}\", which belongs {}?", elsewhere, place);
  }
  if (here) {
    return fmt::format("did you mean \"{}\"?", *here);
  }
  if (entry == nullptr) {
    return fmt::format("the top level takes: {}", fmt::join(top_level_keys(), ", "));
  }
  std::string hint;
  for (const Entry* other : Registry::instance().entries(entry->kind)) {
    if (entry->kind != "section" && other->find_parameter(key) != nullptr) {
      hint = fmt::format("\"{}\" belongs to the {} \"{}\", not to \"{}\"\n", key, entry->kind, other->name, entry->name);
      break;
    }
  }
  if (hint.empty() && entry->kind != "section") {
    hint = misspelt_key_of_another(key, *entry);
  }
  return hint + listed_keys(*entry, table_title(path));
}

Value resolve_root(const Value& root, const Location& deck, Resolution& resolution) {
  Value resolved{Table{}};
  check_version(root, deck, resolution.diagnostics);
  if (const Value* version = root.find("version")) {
    resolved.set("version", *version, root.find_member("version")->key_location);
  }
  copy_string(root, "title", resolved, resolution.diagnostics);
  copy_string(root, "description", resolved, resolution.diagnostics);
  if (const Member* constants = root.find_member("const"); constants != nullptr && constants->value.is_table()) {
    Value table{Table{}};
    for (const auto& member : constants->value.as_table()) {
      if (const auto at = resolution.constants.find(member.key); at != resolution.constants.end()) {
        Value number(at->second);
        number.location = member.value.location;
        table.set(member.key, std::move(number), member.key_location);
      }
    }
    resolved.set("const", std::move(table), constants->key_location);
  }
  check_top_keys(root, resolution);
  resolve_problem_and_solver(root, deck, resolved, resolution);
  resolve_sections(root, deck, resolved, resolution);
  return resolved;
}

ParameterPlace find_parameter(const Value& resolved_root, const std::string& path) {
  const auto parts = split_path(path);
  ParameterPlace place;
  const Value* table = resolved_root.find(parts.front());
  place.table = parts.front();
  place.entry = table == nullptr ? nullptr : entry_of_top_table(parts.front(), *table);
  for (std::size_t i = 1; i < parts.size() && place.entry != nullptr; ++i) {
    place.key = parts[i];
    place.parameter = place.entry->find_parameter(parts[i]);
    if (place.parameter == nullptr || i + 1 == parts.size()) {
      return place;
    }
    if (place.parameter->type != ParameterType::plugin) {
      place.parameter = nullptr;
      place.key = parts[i] + "." + parts[i + 1];
      return place;
    }
    table = table == nullptr ? nullptr : table->find(parts[i]);
    const Value* type = table == nullptr ? nullptr : table->find("type");
    place.entry = type == nullptr ? nullptr : Registry::instance().find(place.parameter->plugin_kind, type->as_string());
    place.table += "." + parts[i];
    place.parameter = nullptr;
  }
  return place;
}

}  // namespace kindred

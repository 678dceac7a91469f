#include <kindred/core/deck/resolve.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/suggest.hpp>
#include <kindred/core/deck/units.hpp>

namespace kindred {
namespace {

std::size_t error_count(const Diagnostics& diagnostics) {
  return static_cast<std::size_t>(std::count_if(diagnostics.all().begin(), diagnostics.all().end(),
                                                [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::error; }));
}

std::string titled(const Entry& entry, const std::string& path) {
  return entry.kind == "section" ? table_title(path) : fmt::format("{} (type \"{}\")", table_title(path), entry.name);
}

Value relocated(Value value, const Location& location) {
  value.location = location;
  return value;
}

/// Registered names of a kind with their summaries, nearest to `name` first.
std::string names_of_kind(const std::string& kind, const std::string& name) {
  std::vector<std::string> names;
  for (const Entry* entry : Registry::instance().entries(kind)) {
    names.push_back(entry->name);
  }
  if (names.empty()) {
    return fmt::format("no {} is registered", kind);
  }
  std::string text;
  if (const auto guess = nearest(name, names); guess && !name.empty()) {
    text = fmt::format("did you mean \"{}\"?\n", *guess);
  }
  text += fmt::format("{} types:", kind);
  for (const auto& candidate : name.empty() ? names : sorted_by_distance(name, names)) {
    const std::string& summary = Registry::instance().get(kind, candidate).summary;
    text += "\n  " + candidate + (summary.empty() ? "" : ": " + summary);
  }
  return text;
}

/// Gives values under old names to the parameters that replace them.
void rename_deprecated(const Entry& entry, Value& given, const std::string& title, Diagnostics& diagnostics) {
  for (const auto& info : entry.parameters) {
    const Member* old = info.deprecated_for.empty() ? nullptr : given.find_member(info.name);
    if (old == nullptr) {
      continue;
    }
    if (given.find(info.deprecated_for) != nullptr) {
      diagnostics.error(old->key_location,
                        fmt::format("\"{}\" in {} is the old name of \"{}\", which is set too", info.name, title, info.deprecated_for),
                        fmt::format("remove \"{}\"", info.name));
    } else {
      diagnostics.warning(old->key_location, fmt::format("\"{}\" in {} is deprecated", info.name, title),
                          fmt::format("write \"{}\" instead", info.deprecated_for));
      Member renamed = *old;
      given.set(info.deprecated_for, std::move(renamed.value), renamed.key_location);
    }
    given.erase(info.name);
  }
}

/// Type of a plugin-valued parameter's default; empty if there is none.
std::string default_type_of(const ParameterInfo& info) {
  return info.default_value.empty() ? std::string() : plugin_choice(info.default_value, info.plugin_kind).name;
}

std::optional<Value> resolve_list(const ParameterInfo& info, const Value& given, Resolution& resolution) {
  const bool integer = info.type == ParameterType::integer_list;
  if (!given.is_array() || (!integer && info.type != ParameterType::real_list)) {
    return given;
  }
  Array items;
  for (const auto& item : given.as_array()) {
    if (auto number = to_number(item, info, integer, resolution)) {
      items.push_back(std::move(*number));
    }
  }
  if (items.size() != given.as_array().size()) {
    return std::nullopt;
  }
  return relocated(Value(std::move(items)), given.location);
}

/// One given parameter, converted and checked; std::nullopt after a complaint.
std::optional<Value> resolve_parameter(const ParameterInfo& info, const Member& given, const std::string& title, const std::string& path,
                                       Resolution& resolution) {
  std::optional<Value> value;
  switch (info.type) {
    case ParameterType::plugin:
      return resolve_plugin(info.plugin_kind, given.value, given.key_location, path, {.implied = {}, .suggested = default_type_of(info)},
                            resolution);
    case ParameterType::integer:
      value = to_number(given.value, info, true, resolution);
      break;
    case ParameterType::real:
      value = to_number(given.value, info, false, resolution);
      break;
    default:
      value = resolve_list(info, given.value, resolution);
      break;
  }
  if (!value) {
    return std::nullopt;
  }
  const std::size_t before = error_count(resolution.diagnostics);
  info.check(*value, title, resolution.diagnostics);
  return error_count(resolution.diagnostics) == before ? value : std::nullopt;
}

/// The value of a parameter that the deck does not set; std::nullopt if it stays absent.
std::optional<Value> default_of(const ParameterInfo& info, const std::string& path, Resolution& resolution) {
  if (info.default_value.empty() || !info.deprecated_for.empty()) {
    return std::nullopt;
  }
  if (info.type != ParameterType::plugin) {
    return info.default_value;
  }
  if (Registry::instance().entries(info.plugin_kind).empty()) {
    return plugin_choice(info.default_value, info.plugin_kind).table;  // a program without any plugin of this kind
  }
  return resolve_plugin(info.plugin_kind, info.default_value, {}, path, {}, resolution);
}

void report_unknown_keys(const Entry& entry, const Value& given, const std::string& title, const std::string& path,
                         Resolution& resolution) {
  if (entry.open) {
    return;
  }
  for (const auto& member : given.as_table()) {
    const bool type_key = member.key == "type" && entry.kind != "section";
    if (!type_key && entry.find_parameter(member.key) == nullptr) {
      resolution.diagnostics.error(member.key_location, fmt::format("unknown key \"{}\" in {}", member.key, title),
                                   unknown_key_hint(member.key, &entry, path, resolution));
    }
  }
}

void run_entry_check(const Entry& entry, const Value& table, const Location& where, const std::string& title, Diagnostics& diagnostics) {
  try {
    entry.check(table, diagnostics);
  } catch (const InputError& problem) {
    diagnostics.error(where, fmt::format("{}: {}", title, problem.what()));
  }
}

std::optional<Value> from_quantity(const Value& value, const ParameterInfo& info, bool difference, Resolution& resolution) {
  const auto quantity = split_quantity(value.as_string());
  const std::string example = info.unit == "1" ? "" : fmt::format(" or, with a unit, \"1 {}\"", info.unit);
  if (!quantity) {
    return value;
  }
  if (quantity->unit.empty()) {
    resolution.diagnostics.error(value.location, fmt::format("\"{}\" is a number in quotes: {}", info.name, value.to_toml()),
                                 fmt::format("write {} without quotes{}", value.as_string(), example));
    return std::nullopt;
  }
  try {
    return Value(convert(*quantity, info.unit, difference));
  } catch (const InputError& problem) {
    const std::size_t offset = value.as_string().find(quantity->unit);
    resolution.diagnostics.error(
        inside_string(value, offset), fmt::format("\"{}\": {}", info.name, problem.what()),
        info.unit == "1" ? "write the number without quotes and unit" : fmt::format("write a number (in {}){}", info.unit, example));
    return std::nullopt;
  }
}

}  // namespace

std::string table_title(const std::string& path) { return path.empty() ? "the top level" : "[" + path + "]"; }

std::optional<Value> to_number(const Value& value, const ParameterInfo& info, bool integer, Resolution& resolution, bool difference) {
  std::optional<Value> number = value;
  if (is_expression(value)) {
    const auto result = evaluate(value, resolution.constants, resolution.diagnostics);
    number = result ? std::optional<Value>(*result) : std::nullopt;
  } else if (value.is_string()) {
    number = from_quantity(value, info, difference, resolution);
  }
  if (!number) {
    return std::nullopt;
  }
  if (!integer && number->is_integer()) {
    number = Value(number->as_real());
  } else if (integer && value.is_string() && number->is_real()) {
    const double v = number->as_real();
    if (v != std::floor(v) || std::abs(v) > 0x1p53) {
      resolution.diagnostics.error(value.location,
                                   fmt::format("\"{}\" must be an integer, but {} is {}", info.name, value.to_toml(), number->to_toml()));
      return std::nullopt;
    }
    number = Value(static_cast<std::int64_t>(v));
  }
  return relocated(std::move(*number), value.location);
}

Value resolve_entry(const Entry& entry, Value given, const Location& where, const std::string& path, Resolution& resolution) {
  auto& diagnostics = resolution.diagnostics;
  const std::string title = titled(entry, path);
  const std::size_t before = error_count(diagnostics);
  rename_deprecated(entry, given, title, diagnostics);
  report_unknown_keys(entry, given, title, path, resolution);

  Value table{Table{}};
  table.location = given.location;
  if (entry.kind != "section") {
    const Member* type = given.find_member("type");
    table.set("type", relocated(Value(entry.name), type != nullptr ? type->value.location : Location{}),
              type != nullptr ? type->key_location : Location{});
  }
  for (const auto& info : entry.parameters) {
    const std::string full = path + "." + info.name;
    const bool swept = resolution.swept.contains(full);
    const Member* member = given.find_member(info.name);
    if (member != nullptr && swept) {
      diagnostics.error(member->key_location, fmt::format("\"{}\" is set in {} and swept in [sweep]", info.name, title),
                        "remove one of the two");
    }
    if (member != nullptr) {
      if (auto value = resolve_parameter(info, *member, title, full, resolution)) {
        table.set(info.name, std::move(*value), member->key_location);
      }
    } else if (info.required && !swept) {
      diagnostics.error(where, fmt::format("{} lacks the key \"{}\"", title, info.name),
                        fmt::format("{}: {}{}", info.name, info.type_text(), info.doc.empty() ? "" : "; " + info.doc));
    } else if (!swept) {
      if (auto value = default_of(info, full, resolution)) {
        table.set(info.name, std::move(*value));
      }
    }
  }
  if (entry.open) {
    for (const auto& member : given.as_table()) {
      if (entry.find_parameter(member.key) == nullptr && !(member.key == "type" && entry.kind != "section")) {
        table.set(member.key, member.value, member.key_location);
      }
    }
  }
  if (entry.check && error_count(diagnostics) == before) {
    run_entry_check(entry, table, where, title, diagnostics);
  }
  return table;
}

std::optional<Value> resolve_plugin(const std::string& kind, const Value& given, const Location& where, const std::string& path,
                                    const AbsentType& absent, Resolution& resolution) {
  auto& diagnostics = resolution.diagnostics;
  Value value = given;
  if (kind == "field" && is_expression(value)) {
    const auto number = evaluate(value, resolution.constants, diagnostics);
    if (!number) {
      return std::nullopt;
    }
    value = relocated(Value(*number), given.location);
  }
  if (value.is_table() && value.find("type") == nullptr) {
    if (absent.implied.empty()) {
      const std::string suggestion =
          absent.suggested.empty() ? "" : fmt::format("to change the default, write {}.type = \"{}\" too\n", path, absent.suggested);
      diagnostics.error(where, fmt::format("{} lacks the key \"type\"", table_title(path)), suggestion + names_of_kind(kind, ""));
      return std::nullopt;
    }
    value.set("type", Value(absent.implied));
  }
  const Value* type = value.find("type");
  if (type != nullptr && !type->is_string()) {
    diagnostics.error(type->location,
                      fmt::format("\"type\" in {} must be a string, found {} {}", table_title(path), type->type_name(), type->to_toml()),
                      names_of_kind(kind, ""));
    return std::nullopt;
  }
  if (!value.is_table() && !value.is_string() && !(kind == "field" && value.is_number())) {
    diagnostics.error(given.location,
                      fmt::format("{} must be a {}, found {} {}", table_title(path), kind, given.type_name(), given.to_toml()),
                      fmt::format("write a table {{ type = \"...\", ... }} or the name of a type\n{}", names_of_kind(kind, "")));
    return std::nullopt;
  }
  const PluginChoice choice = plugin_choice(value, kind);
  const Entry* entry = Registry::instance().find(kind, choice.name);
  if (entry == nullptr) {
    const Value* name = choice.table.find("type");
    diagnostics.error(name->location, fmt::format("unknown {} type \"{}\" in {}", kind, choice.name, table_title(path)),
                      names_of_kind(kind, choice.name));
    return std::nullopt;
  }
  return resolve_entry(*entry, choice.table, where, path, resolution);
}

}  // namespace kindred

#include <algorithm>
#include <optional>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/deck/compose.hpp>
#include <kindred/core/deck/toml_reader.hpp>
#include <kindred/core/deck/units.hpp>

namespace kindred {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

/// Position of the `=` that ends the key; quoted parts of the key may hold others.
std::size_t find_assignment(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != 0) {
      quote = text[i] == quote ? '\0' : quote;
    } else if (text[i] == '"' || text[i] == '\'') {
      quote = text[i];
    } else if (text[i] == '=') {
      return i;
    }
  }
  return std::string_view::npos;
}

/// Code points before a byte, from 1: the column that a message shows.
int column_of(std::string_view text, std::size_t byte) {
  const auto characters = std::count_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(byte),
                                        [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return static_cast<int>(characters) + 1;
}

void relocate(Value& value, const std::shared_ptr<const Source>& source) {
  value.location.source = source;
  if (value.is_array()) {
    for (auto& item : value.as_array()) {
      relocate(item, source);
    }
  } else if (value.is_table()) {
    for (auto& member : value.as_table()) {
      member.key_location.source = source;
      relocate(member.value, source);
    }
  }
}

/// TOML of one value that starts at `byte` of `source`, padded so that places come out right; std::nullopt if it is none.
std::optional<Value> read_value(std::string_view text, std::size_t byte, const std::shared_ptr<const Source>& source) {
  Diagnostics ignored;
  const int column = column_of(source->text, byte);
  const auto padded = std::make_shared<const Source>(
      Source{source->name, fmt::format("k={}{}", std::string(static_cast<std::size_t>(std::max(0, column - 3)), ' '), text)});
  auto table = read_toml(padded, ignored);
  if (!table || table->as_table().size() != 1 || table->as_table().front().key != "k") {
    return std::nullopt;
  }
  Value value = std::move(table->as_table().front().value);
  relocate(value, source);
  return value;
}

/// `choice(1, 2, 3)` as the table `{ choice = [1, 2, 3] }`; std::nullopt if the text is no such call.
std::optional<Value> read_distribution(std::string_view text, std::size_t byte, const std::shared_ptr<const Source>& source) {
  const auto open = text.find('(');
  if (open == std::string_view::npos || text.back() != ')') {
    return std::nullopt;
  }
  static constexpr std::string_view names[] = {"choice", "list", "uniform", "log_uniform", "normal", "linspace", "logspace"};
  const auto name = text.substr(0, open);
  if (std::find(std::begin(names), std::end(names), name) == std::end(names)) {
    return std::nullopt;
  }
  const auto arguments = text.substr(open + 1, text.size() - open - 2);
  auto list = read_value(fmt::format("[{}]", arguments), byte + open, source);
  if (!list) {
    // choice(a, b): bare words.
    Array words;
    std::size_t begin = 0;
    while (begin <= arguments.size()) {
      const std::size_t end = std::min(arguments.find(',', begin), arguments.size());
      while (begin < end && arguments[begin] == ' ') {
        ++begin;
      }
      Value word{std::string(trimmed(arguments.substr(begin, end - begin)))};
      word.location = {source, 1, column_of(source->text, byte + open + 1 + begin)};
      words.push_back(std::move(word));
      begin = end + 1;
    }
    list = Value(std::move(words));
    list->location = {source, 1, column_of(source->text, byte + open)};
  }
  const Location place{source, 1, column_of(source->text, byte)};
  Value table{Table{}};
  table.location = place;
  table.set(name, std::move(*list), place);
  return table;
}

Value fallback_string(std::string_view text, std::size_t byte, const std::shared_ptr<const Source>& source) {
  const auto quantity = split_quantity(text);  // 1. and .5 and 1.e-8 are no TOML, but on a command line they are clear
  Value value = quantity && quantity->unit.empty() ? Value(quantity->number) : Value(std::string(text));
  value.location = {source, 1, column_of(source->text, byte)};
  return value;
}

/// Parts of the dotted key in front of the `=`.
std::optional<std::vector<Member>> read_key(std::string_view key, const std::shared_ptr<const Source>& source) {
  Diagnostics ignored;
  auto table = read_toml(std::make_shared<const Source>(Source{source->name, std::string(key) + "=0"}), ignored);
  if (!table || table->as_table().size() != 1) {
    return std::nullopt;
  }
  std::vector<Member> parts;
  for (const Value* level = &*table; level->is_table(); level = &level->as_table().front().value) {
    parts.push_back({level->as_table().front().key, {}, level->as_table().front().key_location});
    parts.back().key_location.source = source;
  }
  return parts;
}

std::string joined(const std::vector<Member>& parts) {
  std::string path;
  for (const auto& part : parts) {
    path += (path.empty() ? "" : ".") + part.key;
  }
  return path;
}

/// Takes a value out of nested tables.
void erase_path(Value& root, std::vector<Member> parts) {
  Value* table = &root;
  for (std::size_t i = 0; i + 1 < parts.size() && table != nullptr; ++i) {
    table = table->find(parts[i].key);
  }
  if (table != nullptr) {
    table->erase(parts.back().key);
  }
}

/// Takes away the axes over `path` or over a parameter below it.
void erase_axes(Value& root, const std::string& path) {
  Value* sweep = root.find("sweep");
  if (sweep == nullptr || !sweep->is_table()) {
    return;
  }
  std::erase_if(sweep->as_table(), [&](const Member& m) {
    const std::string axis = sweep_path(m.key);
    return axis == path || axis.starts_with(path + ".");
  });
}

}  // namespace

std::string sweep_path(std::string_view key) {
  return key.find('.') == std::string_view::npos ? "problem." + std::string(key) : std::string(key);
}

bool is_sweepable(std::string_view path) { return path.starts_with("problem.") || path.starts_with("boundary."); }

void add_override(Composition& composition, const std::string& argument, std::size_t number, Diagnostics& diagnostics) {
  const auto source = std::make_shared<const Source>(Source{fmt::format("<command line argument {}>", number), argument});
  composition.sources.push_back(source);
  const auto equals = find_assignment(argument);
  auto parts = equals == std::string::npos ? std::nullopt : read_key(std::string_view(argument).substr(0, equals), source);
  if (!parts) {
    diagnostics.error({source, 1, 1}, fmt::format("\"{}\" is no override", argument), "write key.path=value, such as solver.rtol=1e-8");
    return;
  }
  std::size_t byte = equals + 1;
  while (byte < argument.size() && (argument[byte] == ' ' || argument[byte] == '\t')) {
    ++byte;
  }
  const std::string_view text = trimmed(std::string_view(argument).substr(byte));
  if (text.empty()) {
    diagnostics.error({source, 1, column_of(argument, equals)}, fmt::format("\"{}\" gives no value", argument),
                      "an empty string is written as key=\"\" (quote it for the shell)");
    return;
  }
  const std::string path = joined(*parts);
  auto distribution = read_distribution(text, byte, source);
  auto value = distribution ? distribution : read_value(text, byte, source);
  if ((distribution && is_sweepable(path)) || (value && !distribution && value->find("type") != nullptr)) {
    erase_path(composition.root, *parts);  // a sweep takes the place of a value, and a whole plugin that of another one
  }
  if (distribution) {
    parts = std::vector<Member>{{"sweep", {}, parts->front().key_location}, {path, {}, parts->front().key_location}};
  }
  if (parts->front().key != "sweep") {
    erase_axes(composition.root, path);
  }
  Value layer = value ? std::move(*value) : fallback_string(text, byte, source);
  for (const Member& part : *parts | std::views::reverse) {
    Value table{Table{}};
    table.location = part.key_location;
    table.set(part.key, std::move(layer), part.key_location);
    layer = std::move(table);
  }
  merge_decks(composition.root, layer);
}

}  // namespace kindred

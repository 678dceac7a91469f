// The only file that includes toml++, which takes seconds to compile.
#include <kindred/core/deck/toml_reader.hpp>

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace kindred {
namespace {

/// What a person who gets this complaint of toml++ most likely has to do.
std::string syntax_hint(std::string_view message) {
  struct Rule {
    std::string_view first;
    std::string_view second;
    const char* hint;
  };
  static constexpr Rule rules[] = {
      {"cannot redefine existing table", "",
       "a table is opened once: move these keys below its first header; dotted keys and a [header] of one table do not mix"},
      {"cannot redefine", "", "a key is given once: remove one of the two"},
      {"floating-point", "could not be interpreted", "the number is too large for a real: the largest is about 1.8e308"},
      {"floating-point", "", "TOML needs digits on both sides of the point: write 1.0, 0.5, 1.0e-8"},
      {"leading zeroes", "", "write the number without zeroes in front"},
      {"not representable in 64 bits", "", "integers end at 9223372036854775807: write a larger number with a decimal point"},
      {"could not determine value type", "", "quote strings: \"text\""},
      {"inline table", "",
       "an inline table { key = value, ... } stands on one line, without a comma at its end; for a longer one use a [header]"},
      {"escape sequence", "", "in single quotes a backslash stands for itself: 'C:\\data'"},
      {"string", "", "close the string with its quote; a text of several lines stands between triple quotes"},
      {"parsing array", "", "separate the values of a list by commas, quote strings and quantities (\"1 m\"), and close it with ]"},
      {"table header", "", "a header is [name] or [name.name] on a line of its own"},
      {"boolean", "", "booleans are true and false, in lower case; strings are quoted"},
      {"expected '='", "", "write key = value; a key with spaces or unusual letters is quoted: \"my key\" = 1"},
      {"expected a comment or whitespace", "", "one key = value per line; a quantity with a unit is quoted: \"1 m\""},
      {"expected value", "", "the key has no value"},
      {"key-value pair", "end-of-file", "the key has no value"},
      {"expected keys, tables", "", "write key = value, or [name] to open a table"},
  };
  for (const auto& rule : rules) {
    if (message.find(rule.first) != std::string_view::npos && message.find(rule.second) != std::string_view::npos) {
      return rule.hint;
    }
  }
  return {};
}

class Converter {
 public:
  Converter(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) : source_(source), diagnostics_(diagnostics) {}

  Value table(const toml::table& in) {
    Table members;
    for (auto&& [key, node] : in) {
      members.push_back({std::string(key.str()), value(node), place(key.source())});
    }
    // toml++ sorts by key; we keep the order written.
    std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
      return std::pair(a.key_location.line, a.key_location.column) < std::pair(b.key_location.line, b.key_location.column);
    });
    return located(Value(std::move(members)), in.source());
  }

 private:
  [[nodiscard]] Location place(const toml::source_region& region) const {
    return {source_, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
  }
  [[nodiscard]] Value located(Value value, const toml::source_region& region) const {
    value.location = place(region);
    return value;
  }

  Value value(const toml::node& node) {
    if (const auto* in = node.as_table()) {
      return table(*in);
    }
    if (const auto* in = node.as_array()) {
      Array items;
      for (auto&& item : *in) {
        items.push_back(value(item));
      }
      return located(Value(std::move(items)), node.source());
    }
    if (const auto* in = node.as_string()) {
      return located(Value(in->get()), node.source());
    }
    if (const auto* in = node.as_integer()) {
      return located(Value(in->get()), node.source());
    }
    if (const auto* in = node.as_floating_point()) {
      return located(Value(in->get()), node.source());
    }
    if (const auto* in = node.as_boolean()) {
      return located(Value(in->get()), node.source());
    }
    diagnostics_.error(place(node.source()), "dates and times have no meaning in a deck", "quote it to make it a string");
    return {};
  }

  const std::shared_ptr<const Source>& source_;
  Diagnostics& diagnostics_;
};

void report(const std::shared_ptr<const Source>& source, const toml::parse_error& problem, Diagnostics& diagnostics) {
  std::string message(problem.description());
  const std::string hint = syntax_hint(message);
  constexpr std::string_view prefix = "Error while parsing ";
  if (message.starts_with(prefix)) {
    message.erase(0, prefix.size());
  }
  if (const auto colon = message.find(": "); colon != std::string::npos) {
    message = fmt::format("{} ({})", message.substr(colon + 2), message.substr(0, colon));
  }
  if (message.starts_with("unescaped control characters")) {
    message = "a string cannot hold a line end or another control character";
  }
  Location place{source, static_cast<int>(problem.source().begin.line), static_cast<int>(problem.source().begin.column)};
  if (message.find("cannot redefine") != std::string::npos) {
    place.column = 1;  // toml++ points behind the key
    std::size_t begin = 0;
    for (int line = 1; line < place.line; ++line) {
      begin = source->text.find('\n', begin) + 1;
    }
    while (begin < source->text.size() && (source->text[begin] == ' ' || source->text[begin] == '\t' || source->text[begin] == '[')) {
      ++begin;
      ++place.column;
    }
  }
  diagnostics.error(place, "TOML syntax: " + message, hint);
}

}  // namespace

std::optional<Value> read_toml(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) {
  try {
    const toml::table table = toml::parse(source->text);
    const bool failed = diagnostics.has_errors();
    Value value = Converter(source, diagnostics).table(table);
    if (!failed && diagnostics.has_errors()) {
      return std::nullopt;
    }
    return value;
  } catch (const toml::parse_error& problem) {
    report(source, problem, diagnostics);
    return std::nullopt;
  }
}

}  // namespace kindred

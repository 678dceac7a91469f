#include <kindred/core/registry/parameter.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/deck/suggest.hpp>

namespace kindred {
namespace {

/// Type of a list's elements; std::nullopt for what is no list.
std::optional<ParameterType> element_type(ParameterType type) {
  switch (type) {
    case ParameterType::boolean_list:
      return ParameterType::boolean;
    case ParameterType::integer_list:
      return ParameterType::integer;
    case ParameterType::real_list:
      return ParameterType::real;
    case ParameterType::string_list:
      return ParameterType::string;
    default:
      return std::nullopt;
  }
}

const char* word(ParameterType type) {
  switch (type) {
    case ParameterType::boolean:
      return "boolean";
    case ParameterType::integer:
      return "integer";
    case ParameterType::real:
      return "real";
    case ParameterType::string:
      return "string";
    case ParameterType::options:
      return "table of options";
    default:
      return "table";
  }
}

bool has_type(const Value& value, ParameterType type) {
  switch (type) {
    case ParameterType::boolean:
      return value.is_bool();
    case ParameterType::integer:
      return value.is_integer();
    case ParameterType::real:
      return value.is_number();
    case ParameterType::string:
      return value.is_string();
    default:
      return value.is_table();
  }
}

std::string number_text(double v, ParameterType type) {
  return type == ParameterType::integer && std::isfinite(v) ? fmt::format("{}", static_cast<std::int64_t>(v)) : fmt::format("{}", v);
}

/// `in [1, 64]`, `at least 1`, `above 0 and at most 1`; empty if unbounded.
std::string range_text(const ParameterInfo& info, ParameterType type) {
  const bool low = std::isfinite(info.minimum);
  const bool high = std::isfinite(info.maximum);
  if (low && high) {
    return fmt::format("in {}{}, {}{}", info.exclusive_minimum ? '(' : '[', number_text(info.minimum, type),
                       number_text(info.maximum, type), info.exclusive_maximum ? ')' : ']');
  }
  if (low) {
    return fmt::format("{} {}", info.exclusive_minimum ? "above" : "at least", number_text(info.minimum, type));
  }
  if (high) {
    return fmt::format("{} {}", info.exclusive_maximum ? "below" : "at most", number_text(info.maximum, type));
  }
  return {};
}

std::string scalar_text(const ParameterInfo& info, ParameterType type) {
  if (type == ParameterType::string && !info.choices.empty()) {
    return fmt::format("one of \"{}\"", fmt::join(info.choices, "\", \""));
  }
  std::string text = word(type);
  if (type == ParameterType::integer || type == ParameterType::real) {
    const std::string range = range_text(info, type);
    text += range.empty() ? "" : fmt::format(" {}", range);
    text += info.unit == "1" ? "" : fmt::format(" [{}]", info.unit);
  }
  return text;
}

/// What a person would most likely have to write instead of a value of the wrong type.
std::string type_hint(const ParameterInfo& info, const Value& value, ParameterType wanted) {
  if (wanted == ParameterType::integer && value.is_real() && std::floor(value.as_real()) == value.as_real() &&
      std::abs(value.as_real()) < 9e18) {
    return fmt::format("write {} without a decimal point or exponent", static_cast<std::int64_t>(value.as_real()));
  }
  const bool numeric = wanted == ParameterType::integer || wanted == ParameterType::real;
  if (value.is_array() || value.is_table()) {
    return "one value is expected; to vary it over the samples, give its distribution in [sweep]";
  }
  if (numeric && value.is_string()) {
    return "write a number, without quotes";
  }
  if (wanted == ParameterType::string && !info.choices.empty()) {
    return fmt::format("write {}", scalar_text(info, wanted));
  }
  if (wanted == ParameterType::string && (value.is_number() || value.is_bool())) {
    return fmt::format("strings are quoted: \"{}\"", value.to_toml());
  }
  if (wanted == ParameterType::boolean && value.is_string()) {
    const std::string& text = value.as_string();
    if (text == "true" || text == "false") {
      return fmt::format("write {} without quotes", text);
    }
  }
  if (wanted == ParameterType::boolean) {
    return "booleans are true and false";
  }
  return {};
}

/// `2`, `1 to 3`, `at least 1`; empty if any length will do.
std::string length_text(const ParameterInfo& info) {
  if (info.maximum_length == std::numeric_limits<std::size_t>::max()) {
    return info.minimum_length > 0 ? fmt::format("at least {}", info.minimum_length) : "";
  }
  return info.minimum_length == info.maximum_length ? fmt::format("{}", info.minimum_length)
                                                    : fmt::format("{} to {}", info.minimum_length, info.maximum_length);
}

void check_number(const ParameterInfo& info, const Value& value, ParameterType type, std::string_view name, Diagnostics& diagnostics) {
  const double v = value.as_real();
  if (std::isnan(v) || (std::isinf(v) && !info.infinite)) {
    diagnostics.error(value.location, fmt::format("{} must be a finite number, found {}", name, value.to_toml()), info.doc);
    return;
  }
  const bool too_low = info.exclusive_minimum ? v <= info.minimum : v < info.minimum;
  const bool too_high = info.exclusive_maximum ? v >= info.maximum : v > info.maximum;
  if (too_low || too_high) {
    const std::string unit = info.unit == "1" ? "" : fmt::format(" {}", info.unit);
    const std::string found = type == ParameterType::integer ? value.to_toml() : fmt::format("{:.10g}", v);
    diagnostics.error(value.location, fmt::format("{} must be {}{}, found {}{}", name, range_text(info, type), unit, found, unit),
                      info.doc);
  }
}

void check_scalar(const ParameterInfo& info, const Value& value, ParameterType type, std::string_view name, Diagnostics& diagnostics) {
  if (!has_type(value, type)) {
    diagnostics.error(value.location,
                      fmt::format("{} must be {} {}, found {} {}", name, type == ParameterType::integer ? "an" : "a", word(type),
                                  value.type_name(), value.to_toml()),
                      type_hint(info, value, type));
    return;
  }
  if (type == ParameterType::integer || type == ParameterType::real) {
    check_number(info, value, type, name, diagnostics);
  } else if (type == ParameterType::string && !info.choices.empty() &&
             std::find(info.choices.begin(), info.choices.end(), value.as_string()) == info.choices.end()) {
    const auto guess = nearest(value.as_string(), info.choices);
    diagnostics.error(value.location, fmt::format("{} must be {}, found {}", name, scalar_text(info, type), value.to_toml()),
                      guess ? fmt::format("did you mean \"{}\"?", *guess) : info.doc);
  }
}

void check_list(const ParameterInfo& info, const Value& value, ParameterType element, std::string_view name, Diagnostics& diagnostics) {
  if (!value.is_array()) {
    diagnostics.error(value.location, fmt::format("{} must be a list, found {} {}", name, value.type_name(), value.to_toml()),
                      has_type(value, element) ? fmt::format("write [{}]", value.to_toml()) : "");
    return;
  }
  const auto& items = value.as_array();
  if (items.size() < info.minimum_length || items.size() > info.maximum_length) {
    diagnostics.error(
        value.location,
        fmt::format("{} must have {} value{}, found {}", name, length_text(info), info.maximum_length == 1 ? "" : "s", items.size()),
        info.doc);
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    check_scalar(info, items[i], element, fmt::format("element {} of {}", i + 1, name), diagnostics);
  }
}

void check_options(const Value& value, std::string_view name, Diagnostics& diagnostics) {
  if (!value.is_table()) {
    diagnostics.error(value.location, fmt::format("{} must be a table of options, found {} {}", name, value.type_name(), value.to_toml()),
                      fmt::format("write one option per line below a [...] header"));
    return;
  }
  for (const auto& member : value.as_table()) {
    const bool list_of_tables = member.value.is_array() && std::any_of(member.value.as_array().begin(), member.value.as_array().end(),
                                                                       [](const Value& v) { return v.is_table() || v.is_array(); });
    if (member.value.is_table() || list_of_tables) {
      diagnostics.error(member.key_location, fmt::format("option \"{}\" in {} must be a string, number, boolean or list", member.key, name),
                        "options are flat: write the option's full name on one line");
    }
  }
}

}  // namespace

void ParameterInfo::check(const Value& value, std::string_view section, Diagnostics& diagnostics) const {
  const std::string label = section.empty() ? fmt::format("\"{}\"", name) : fmt::format("\"{}\" in {}", name, section);
  if (type == ParameterType::plugin) {
    return;
  }
  if (type == ParameterType::options) {
    check_options(value, label, diagnostics);
  } else if (const auto element = element_type(type)) {
    check_list(*this, value, *element, label, diagnostics);
  } else {
    check_scalar(*this, value, type, label, diagnostics);
  }
}

std::string ParameterInfo::type_text() const {
  if (type == ParameterType::plugin) {
    return plugin_kind + " (table with a type)";
  }
  if (const auto element = element_type(type)) {
    const std::string length = length_text(*this);
    const std::string noun = word(*element);
    std::string each = scalar_text(*this, *element);
    if (each.starts_with(noun)) {
      each.erase(0, noun.size());
    } else {
      each.insert(0, 1, ' ');
    }
    return fmt::format("list of {}{}{}s{}{}", length, length.empty() ? "" : " ", noun, each.empty() ? "" : ", each", each);
  }
  return scalar_text(*this, type);
}

namespace detail {

Value ParameterTraits<std::map<std::string, std::string>>::to_value(const std::map<std::string, std::string>& options) {
  Value table{Table{}};
  for (const auto& [key, text] : options) {
    table.set(key, Value(text));
  }
  return table;
}

std::map<std::string, std::string> ParameterTraits<std::map<std::string, std::string>>::from_value(const Value& v) {
  const auto text = [](const Value& item) { return item.is_string() ? item.as_string() : item.to_toml(); };
  std::map<std::string, std::string> options;
  for (const auto& member : v.as_table()) {
    std::string all;
    if (member.value.is_array()) {
      for (const auto& item : member.value.as_array()) {
        all += all.empty() ? "" : ",";
        all += text(item);
      }
    } else {
      all = text(member.value);
    }
    options[member.key] = all;
  }
  return options;
}

}  // namespace detail
}  // namespace kindred

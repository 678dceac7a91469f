#include <kindred/apps/verbs/settings.hpp>

#include <charconv>
#include <memory>
#include <sstream>

#include <fmt/format.h>

namespace kindred::app {
namespace {

/// The text of a setting as the type that its parameter has; lists are separated by commas. Text that does not fit stays a
/// string, which the parameter's own check then refuses.
Value setting_value(const ParameterInfo& parameter, const std::string& text) {
  switch (parameter.type) {
    case ParameterType::boolean:
      if (text == "true" || text == "false") {
        return Value(text == "true");
      }
      break;
    case ParameterType::integer: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc() && end == text.data() + text.size()) {
        return Value(number);
      }
      break;
    }
    case ParameterType::real: {
      double number = 0.0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc() && end == text.data() + text.size()) {
        return Value(number);
      }
      break;
    }
    case ParameterType::string_list: {
      Array list;
      std::istringstream items(text);
      for (std::string item; std::getline(items, item, ',');) {
        list.emplace_back(item);
      }
      return Value(std::move(list));
    }
    default:
      break;
  }
  return Value(text);
}

}  // namespace

Value plugin_table(const Entry& entry, const std::vector<std::string>& settings, std::string_view verb) {
  Value table;
  table.set("type", entry.name);
  Diagnostics diagnostics;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      throw InputError(fmt::format("\"{}\" is no setting: write NAME=VALUE", setting));
    }
    const std::string name = setting.substr(0, equals);
    const ParameterInfo* parameter = entry.find_parameter(name);
    if (parameter == nullptr) {
      std::string known;
      for (const ParameterInfo& p : entry.parameters) {
        known += (known.empty() ? "" : ", ") + p.name;
      }
      throw InputError(
          fmt::format("{} {} has no parameter \"{}\"; it takes {}", entry.kind, entry.name, name, known.empty() ? "none" : known));
    }
    Value value = setting_value(*parameter, setting.substr(equals + 1));
    value.location = {std::make_shared<const Source>(Source{"<command line>", setting}), 1, static_cast<int>(equals) + 2};
    parameter->check(value, verb, diagnostics);
    table.set(name, std::move(value));
  }
  diagnostics.raise_if_errors();
  return table;
}

}  // namespace kindred::app

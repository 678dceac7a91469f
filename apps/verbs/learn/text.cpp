#include <kindred/apps/verbs/learn/text.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kindred::app {

std::string bytes_text(double bytes) {
  static constexpr std::array units{"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < units.size()) {
    bytes /= 1000.0;
    ++unit;
  }
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

std::string sentence(std::string text) {
  if (!text.empty() && std::string_view(".!?").find(text.back()) == std::string_view::npos) {
    text += '.';
  }
  return text;
}

nlohmann::json value_json(const Value& value) {
  if (value.is_bool()) {
    return value.as_bool();
  }
  if (value.is_integer()) {
    return value.as_integer();
  }
  if (value.is_real()) {
    // JSON has no infinities.
    return std::isfinite(value.as_real()) ? nlohmann::json(value.as_real()) : nlohmann::json(value.to_toml());
  }
  if (value.is_string()) {
    return value.as_string();
  }
  if (value.is_array()) {
    auto list = nlohmann::json::array();
    for (const auto& item : value.as_array()) {
      list.push_back(value_json(item));
    }
    return list;
  }
  if (value.is_table()) {
    auto object = nlohmann::json::object();
    for (const auto& member : value.as_table()) {
      object[member.key] = value_json(member.value);
    }
    return object;
  }
  return nullptr;
}

std::string distribution_text(const Distribution& distribution) {
  const auto& d = distribution;
  switch (d.kind) {
    case Distribution::Kind::uniform:
      return fmt::format("uniform in [{:g}, {:g}]", d.low, d.high);
    case Distribution::Kind::log_uniform:
      return fmt::format("log-uniform in [{:g}, {:g}]", d.low, d.high);
    case Distribution::Kind::normal: {
      const bool truncated = std::isfinite(d.low) || std::isfinite(d.high);
      return fmt::format("normal({:g}, {:g})", d.mean, d.deviation) + (truncated ? fmt::format(" in [{:g}, {:g}]", d.low, d.high) : "");
    }
    case Distribution::Kind::choice: {
      std::vector<std::string> values;
      values.reserve(d.values.size());
      for (const auto& value : d.values) {
        values.push_back(value.to_toml());
      }
      constexpr std::size_t shown = 8;
      const std::size_t count = values.size();
      if (count > shown) {
        values.resize(shown);
        values.push_back(fmt::format("… ({} values)", count));
      }
      return fmt::format("one of {}", fmt::join(values, ", "));
    }
  }
  return "";
}

std::string default_text(const ParameterInfo& parameter) {
  if (parameter.required) {
    return "required";
  }
  return parameter.default_value.empty() ? "none" : parameter.default_value.to_toml();
}

nlohmann::json entry_json(const Entry& entry) {
  auto parameters = nlohmann::json::array();
  for (const auto& p : entry.parameters) {
    nlohmann::json object = {{"name", p.name}, {"type", p.type_text()}, {"required", p.required}, {"default", value_json(p.default_value)},
                             {"unit", p.unit}, {"doc", p.doc},          {"runtime", p.runtime}};
    if (std::isfinite(p.minimum)) {
      object[p.exclusive_minimum ? "above" : "minimum"] = p.minimum;
    }
    if (std::isfinite(p.maximum)) {
      object[p.exclusive_maximum ? "below" : "maximum"] = p.maximum;
    }
    if (!p.choices.empty()) {
      object["choices"] = p.choices;
    }
    if (!p.plugin_kind.empty()) {
      object["plugin_kind"] = p.plugin_kind;
    }
    if (!p.deprecated_for.empty()) {
      object["deprecated_for"] = p.deprecated_for;
    }
    parameters.push_back(std::move(object));
  }
  return {{"kind", entry.kind},
          {"name", entry.name},
          {"summary", entry.summary},
          {"doc", entry.doc},
          {"source", entry.source},
          {"example", entry.example},
          {"aliases", entry.aliases},
          {"capabilities", entry.capabilities},
          {"parameters", parameters},
          {"origin", entry.origin},
          {"defined", fmt::format("{}:{}", entry.file, entry.line)}};
}

namespace {

/// A cell of a Markdown table: one line, no column separators.
std::string cell(std::string text) {
  for (std::size_t at = text.find_first_of("|\n"); at != std::string::npos; at = text.find_first_of("|\n", at + 2)) {
    text.replace(at, 1, text[at] == '|' ? "\\|" : " ");
  }
  return text;
}

std::string parameter_doc(const ParameterInfo& p) {
  return p.deprecated_for.empty() ? p.doc : fmt::format("Deprecated: use `{}`. {}", p.deprecated_for, p.doc);
}

std::string unit_text(const std::string& unit) { return unit.empty() || unit == "1" ? "" : unit; }

}  // namespace

std::string entry_markdown(const Entry& entry, int heading_level) {
  std::string text =
      fmt::format("{} `{}`\n\n{}\n", std::string(static_cast<std::size_t>(heading_level), '#'), entry.name, sentence(entry.summary));
  if (!entry.doc.empty()) {
    text += fmt::format("\n{}\n", entry.doc);
  }
  if (!entry.parameters.empty()) {
    text += "\n| parameter | type and range | default | unit | meaning |\n|---|---|---|---|---|\n";
    for (const auto& p : entry.parameters) {
      text += fmt::format("| `{}` | {} | {} | {} | {}{} |\n", p.name, cell(p.type_text()),
                          p.required ? std::string("**required**") : "`" + cell(default_text(p)) + "`", cell(unit_text(p.unit)),
                          cell(parameter_doc(p)), p.runtime ? " *May change when a run is resumed.*" : "");
    }
  }
  if (!entry.example.empty()) {
    text += fmt::format("\n```toml\n{}{}```\n", entry.example, entry.example.ends_with('\n') ? "" : "\n");
  }
  if (!entry.aliases.empty()) {
    text += fmt::format("\nAlso called: `{}`.\n", fmt::join(entry.aliases, "`, `"));
  }
  if (!entry.capabilities.empty()) {
    text += fmt::format("\nCapabilities: {}.\n", fmt::join(entry.capabilities, ", "));
  }
  if (!entry.source.empty()) {
    text += fmt::format("\nSource: {}\n", sentence(entry.source));
  }
  return text;
}

namespace {

/// Lines of running text joined to paragraphs; blank lines, indented lines, table rows and equations stay as they are.
std::vector<std::string> paragraphs(const std::string& text) {
  std::vector<std::string> result;
  bool open = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool alone = line.empty() || line.front() == ' ' || line.front() == '|' || line.starts_with("$$");
    if (open && !alone && !line.starts_with("- ")) {
      result.back() += " " + line;
    } else {
      result.push_back(line);
    }
    open = !alone;
  }
  return result;
}

}  // namespace

std::string wrapped(const std::string& text, std::size_t width, std::size_t indent) {
  std::string result;
  for (const auto& paragraph : paragraphs(text)) {
    if (paragraph.starts_with('|')) {
      result += std::string(indent, ' ') + paragraph + '\n';
      continue;
    }
    std::istringstream words(paragraph);
    const std::size_t margin = indent + std::min(paragraph.find_first_not_of(' '), paragraph.size());
    std::string current(margin, ' ');
    for (std::string word; words >> word;) {
      const bool fresh = current.size() == margin;
      if (!fresh && current.size() + 1 + word.size() > width) {
        result += current + '\n';
        current = std::string(margin, ' ') + word;
      } else {
        current += (fresh ? "" : " ") + word;
      }
    }
    result += (current.size() > margin ? current : "") + '\n';
  }
  return result;
}

std::string entry_text(const Entry& entry) {
  constexpr std::size_t width = 110;
  std::string text = fmt::format("{}/{}: {}\n", entry.kind, entry.name, entry.summary);
  if (!entry.doc.empty()) {
    text += "\n" + wrapped(entry.doc, width, 2);
  }
  if (!entry.parameters.empty()) {
    text += "\nParameters\n";
    for (const auto& p : entry.parameters) {
      text += fmt::format("  {}: {}; {}{}\n", p.name, p.type_text(), p.required ? "" : "default ", default_text(p));
      text += wrapped(parameter_doc(p), width, 6);
    }
  }
  if (!entry.example.empty()) {
    text += "\nExample\n";
    std::istringstream lines(entry.example);
    for (std::string line; std::getline(lines, line);) {
      text += "  " + line + "\n";
    }
  }
  if (!entry.aliases.empty()) {
    text += fmt::format("\nAlso called: {}\n", fmt::join(entry.aliases, ", "));
  }
  if (!entry.capabilities.empty()) {
    text += fmt::format("\nCapabilities: {}\n", fmt::join(entry.capabilities, ", "));
  }
  if (!entry.source.empty()) {
    text += "\nSource\n" + wrapped(entry.source, width, 2);
  }
  text += fmt::format("\nDefined in {}:{} ({})\n", entry.file, entry.line, entry.origin);
  return text;
}

}  // namespace kindred::app

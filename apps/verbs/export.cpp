#include <charconv>
#include <memory>
#include <sstream>

#include <fmt/format.h>

#include <kindred/apps/verbs/analysis/output.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/data/exporter.hpp>

namespace kindred::app {
namespace {

struct ExportOptions {
  std::filesystem::path path;
  std::string format;
  std::filesystem::path output;
  std::vector<std::string> settings;
  bool force = false;
};

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

/// The exporter's table: `type` and the settings, checked against its schema.
Value exporter_table(const Entry& entry, const std::vector<std::string>& settings) {
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
      throw InputError(fmt::format("exporter {} has no parameter \"{}\"; it takes {}", entry.name, name, known.empty() ? "none" : known));
    }
    Value value = setting_value(*parameter, setting.substr(equals + 1));
    value.location = {std::make_shared<const Source>(Source{"<command line>", setting}), 1, static_cast<int>(equals) + 2};
    parameter->check(value, "export", diagnostics);
    table.set(name, std::move(value));
  }
  diagnostics.raise_if_errors();
  return table;
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App& verb =
      add_verb(app, "export", "Write a finished data set in another format", group_look, "kindred export out/darcy --to netcdf");
  verb.add_option("path", options->path, "A data set's folder")->required()->type_name("PATH");
  verb.add_option("settings", options->settings, "The exporter's parameters (see `kindred describe NAME`)")->type_name("NAME=VALUE");
  verb.add_option("--to", options->format, "Exporter, as `kindred list exporter` shows them")->required()->type_name("NAME");
  verb.add_option("-o,--output", options->output, "A folder; default: export/NAME in the data set's folder")->type_name("DIR");
  verb.add_flag("--force", options->force, "Replace files that exist");
  verb.callback([options, &context] {
    const Entry& entry = Registry::instance().get("exporter", options->format);
    const auto exporter = create<data::Exporter>(exporter_table(entry, options->settings));
    const data::DatasetReader reader(options->path);
    const std::filesystem::path target = options->output.empty() ? dataset_folder(options->path) / "export" / entry.name : options->output;
    const std::vector<std::filesystem::path> files = exporter->write(reader, target, options->force);
    if (context.json) {
      nlohmann::json json = {{"exporter", entry.name}, {"files", nlohmann::json::array()}};
      for (const auto& file : files) {
        json["files"].push_back(file.string());
      }
      print_json(json);
    } else {
      for (const auto& file : files) {
        fmt::print("{}\n", file.string());
      }
    }
  });
}

}  // namespace kindred::app

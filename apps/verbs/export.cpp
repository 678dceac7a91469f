#include <memory>

#include <fmt/format.h>

#include <kindred/apps/verbs/analysis/output.hpp>
#include <kindred/apps/verbs/settings.hpp>
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
    const auto exporter = create<data::Exporter>(plugin_table(entry, options->settings, "export"));
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

#include <memory>

#include <fmt/format.h>

#include <kindred/apps/verbs/verb.hpp>
#include <kindred/data/reader.hpp>

namespace kindred::app {

void add_verify(CLI::App& app, Context& context) {
  auto path = std::make_shared<std::filesystem::path>();
  CLI::App& verb =
      add_verb(app, "verify", "Read every finished sample again and compare checksums", group_look, "kindred verify out/darcy");
  verb.add_option("path", *path, "A data set's folder, or one shard (.hdf5, .hdf5.part)")->required()->type_name("PATH");
  verb.callback([path, &context] {
    const data::VerifyReport report = data::verify(*path);
    if (context.json) {
      nlohmann::json json = {{"ok", report.ok()},
                             {"rows_checked", report.rows_checked},
                             {"rows_unfinished", report.rows_unfinished},
                             {"damage", nlohmann::json::array()}};
      for (const data::Damage& damage : report.damage) {
        json["damage"].push_back({{"file", damage.file.string()},
                                  {"row", damage.row < 0 ? nlohmann::json(nullptr) : nlohmann::json(damage.row)},
                                  {"what", damage.what}});
      }
      print_json(json);
    } else {
      for (const data::Damage& damage : report.damage) {
        const std::string where = damage.row < 0 ? damage.file.string() : fmt::format("{}, row {}", damage.file.string(), damage.row);
        fmt::print("{}: {}\n", where, styled(context, damage.what, "31"));
      }
      fmt::print("{}: {} rows checked",
                 report.ok() ? styled(context, "intact", "32") : styled(context, fmt::format("{} damaged", report.damage.size()), "31"),
                 report.rows_checked);
      fmt::print("{}\n", report.rows_unfinished > 0 ? fmt::format(", {} not finished yet", report.rows_unfinished) : "");
    }
    if (!report.ok()) {
      context.exit_code = ExitCode::io;
    }
  });
}

}  // namespace kindred::app

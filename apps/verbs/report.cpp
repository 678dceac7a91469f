#include <fstream>
#include <memory>

#include <fmt/format.h>

#include <kindred/apps/verbs/analysis/html.hpp>
#include <kindred/apps/verbs/analysis/montage.hpp>
#include <kindred/apps/verbs/analysis/output.hpp>
#include <kindred/apps/verbs/verb.hpp>

namespace kindred::app {
namespace {

struct ReportOptions {
  std::filesystem::path path;
  std::filesystem::path output;
  bool full = false;
};

}  // namespace

void add_report(CLI::App& app, Context& context) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App& verb = add_verb(app, "report", "Write one self-contained HTML page: pictures, statistics, residuals, timings, provenance",
                            group_look, "kindred report out/darcy");
  verb.add_option("path", options->path, "A data set's folder, or one shard")->required()->type_name("PATH");
  verb.add_option("-o,--output", options->output, "The page; default: report.html in the data set's folder")->type_name("FILE");
  verb.add_flag("--full", options->full, "Field statistics of every sample, however large the data set");
  verb.callback([options, &context] {
    const data::DatasetReader reader(options->path);
    const DatasetSummary summary = summarize(reader, options->full);
    MontageOptions pictures;
    if (reader.layout().axes.size() == 3) {
      pictures.count = 2;
    }
    const Figure figure = summary.done > 0 ? montage(reader, pictures) : Figure{};
    const std::string page = html_report(reader, summary, figure);
    const std::filesystem::path output = output_path(options->output, options->path, "", "report.html");
    std::ofstream out(output, std::ios::binary);
    out << page;
    out.close();
    if (!out) {
      throw IoError(fmt::format("cannot write {}", output.string()));
    }
    if (context.json) {
      print_json({{"output", output.string()}, {"bytes", page.size()}});
    } else {
      fmt::print("{}\n", output.string());
    }
  });
}

}  // namespace kindred::app

#include <sys/ioctl.h>
#include <unistd.h>

#include <memory>

#include <fmt/format.h>

#include <kindred/apps/verbs/analysis/montage.hpp>
#include <kindred/apps/verbs/analysis/output.hpp>
#include <kindred/apps/verbs/verb.hpp>

namespace kindred::app {
namespace {

struct PlotOptions {
  std::filesystem::path path;
  MontageOptions montage;
  std::filesystem::path output;
  bool terminal = false;
};

int terminal_columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 40 ? size.ws_col : 80;
}

}  // namespace

void add_plot(CLI::App& app, Context& context) {
  auto options = std::make_shared<PlotOptions>();
  CLI::App& verb = add_verb(app, "plot", "Draw samples: heat maps (2-D), curves (1-D), mid-planes (3-D)", group_look,
                            "kindred plot out/darcy --sample 3 17 --field u --output u.png");
  verb.add_option("path", options->path, "A data set's folder, or one shard")->required()->type_name("PATH");
  verb.add_option("-s,--sample", options->montage.samples, "Global sample numbers; default: a few, evenly spread")->type_name("N");
  verb.add_option("-n,--count", options->montage.count, "How many samples when none is named (default: 4; 2 for 3-D data)")
      ->check(CLI::Range(1, 64))
      ->type_name("K");
  verb.add_option("-f,--field", options->montage.fields, "Fields to draw; default: all on the whole grid")->type_name("NAME");
  verb.add_option("-o,--output", options->output, "A .png or .svg file; default: plots/NAME.png in the data set's folder")
      ->type_name("FILE");
  verb.add_flag("-t,--terminal", options->terminal, "Draw in the terminal instead");
  verb.callback([options, &verb, &context] {
    const data::DatasetReader reader(options->path);
    if (verb.count("--count") == 0 && reader.layout().axes.size() == 3) {
      options->montage.count = 2;
    }
    const PictureFormat format = options->output.empty() ? PictureFormat::png : picture_format(options->output);
    const Figure figure = montage(reader, options->montage);
    if (options->terminal) {
      if (context.json) {
        throw InputError("--terminal draws characters, which are no JSON: leave out one of --terminal and --json");
      }
      fmt::print("{}", draw_text(figure, context.color, terminal_columns()));
      return;
    }
    std::string stem = reader.layout().name;
    for (const std::string& field : options->montage.fields) {
      stem += "-" + field;
    }
    for (const Index sample : options->montage.samples) {
      stem += fmt::format("-{}", sample);
    }
    const std::filesystem::path output = output_path(options->output, options->path, "plots", stem + ".png");
    draw(figure, output, format);
    if (context.json) {
      print_json({{"output", output.string()}});
    } else {
      fmt::print("{}\n", output.string());
    }
  });
}

}  // namespace kindred::app

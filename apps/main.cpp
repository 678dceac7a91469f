// The `kindred` program: options that stand for every verb, the verbs, and the one place where exceptions become exit codes.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <hdf5.h>
#include <spdlog/spdlog.h>

#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/deck/suggest.hpp>
#include <kindred/core/registry/plugins.hpp>

namespace kindred::app {
namespace {

struct CommonOptions {
  bool version = false;
  bool quiet = false;
  int verbose = 0;
  std::string color = "auto";
  std::vector<std::string> plugins;
};

/// Options that take the following word as their value.
constexpr std::array valued_options = {"--log-file", "--color", "--plugin"};

void add_common_options(CLI::App& app, CommonOptions& options, Context& context) {
  app.add_flag("--json", context.json, "Results as JSON on stdout");
  app.add_flag("-q,--quiet", options.quiet, "Errors only on stderr");
  app.add_flag("-v,--verbose", options.verbose, "More on stderr; -vv for debugging");
  app.add_option("--log-file", context.log_file, "Also write the log to this file")->type_name("FILE");
  app.add_option("--color", options.color, "auto, always or never (NO_COLOR is respected)")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
  app.add_option("--plugin", options.plugins, "Load this shared object of plugins; may be repeated")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_flag("--version", options.version, "Version of Kindred and of its libraries");
}

void add_verbs(CLI::App& app, Context& context) {
  add_run(app, context);
  add_generate(app, context);
  add_check(app, context);
  add_init(app, context);
  add_integrate(app, context);
  add_eval(app, context);
  add_vmf(app, context);
  add_convolve(app, context);
  add_points(app, context);
  add_lattice(app, context);
  add_inspect(app, context);
  add_verify(app, context);
  add_plot(app, context);
  add_report(app, context);
  add_export(app, context);
  add_stats(app, context);
  add_list(app, context);
  add_describe(app, context);
  add_schema(app, context);
  add_doctor(app, context);
  add_completion(app, context);
}

bool wants_color(const std::string& when, int descriptor) {
  if (when != "auto") {
    return when == "always";
  }
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') && ::isatty(descriptor) != 0 && (term == nullptr || std::string_view(term) != "dumb");
}

/// Runs after parsing and before the verb: logging, colours, plugins.
void prepare(const CommonOptions& options, Context& context) {
  context.verbosity = options.quiet ? -1 : options.verbose;
  context.color = !context.json && wants_color(options.color, STDOUT_FILENO);
  configure_logging(context.verbosity, context.log_file, wants_color(options.color, STDERR_FILENO));
  load_plugins_from_environment();
  for (const auto& plugin : options.plugins) {
    load_plugin(plugin);
    context.plugins.emplace_back(plugin);
  }
}

void print_version(const Context& context) {
  const auto facts = provenance(context.command_line);
  const auto libraries = nlohmann::json::parse(facts.at("libraries"));
  if (context.json) {
    nlohmann::json document;
    for (const char* key : {"version", "git_commit", "git_dirty", "compiler", "build_type"}) {
      document[key] = facts.at(key);
    }
    document["libraries"] = libraries;
    print_json(document);
    return;
  }
  fmt::print("kindred {} (commit {}, {}), {}, {}\n", facts.at("version"), facts.at("git_commit"),
             facts.at("git_dirty") == "true" ? "modified" : "clean", facts.at("compiler"), facts.at("build_type"));
  for (const auto& [name, version] : libraries.items()) {
    fmt::print("  {} {}\n", name, version.get<std::string>());
  }
}

/// Position of the verb (or the deck) among the arguments: the first word that is neither an option nor an option's value.
std::optional<std::size_t> verb_position(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].empty() || arguments[i].front() != '-') {
      return i;
    }
    if (std::find(valued_options.begin(), valued_options.end(), arguments[i]) != valued_options.end()) {
      ++i;
    }
  }
  return std::nullopt;
}

/// `kindred deck.toml` means `kindred run deck.toml`; any other unknown verb is refused with the nearest known one.
void complete_verb(const CLI::App& app, std::vector<std::string>& arguments) {
  const auto position = verb_position(arguments);
  if (!position) {
    return;
  }
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    verbs.push_back(verb->get_name());
  }
  const std::string& word = arguments[*position];
  if (std::find(verbs.begin(), verbs.end(), word) != verbs.end()) {
    return;
  }
  const std::filesystem::path path(word);
  if (path.extension() == ".toml" || std::filesystem::is_regular_file(path)) {
    arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(*position), "run");
    return;
  }
  const auto close = nearest(word, verbs);
  throw InputError(fmt::format("unknown verb \"{}\"{} (`kindred --help` lists them all)", word,
                               close ? fmt::format(": did you mean \"{}\"?", *close) : ""));
}

nlohmann::json diagnostics_json(const Diagnostics& diagnostics) {
  auto list = nlohmann::json::array();
  for (const auto& diagnostic : diagnostics.sorted()) {
    list.push_back({{"severity", diagnostic.severity == Diagnostic::Severity::error ? "error" : "warning"},
                    {"file", diagnostic.location.source ? diagnostic.location.source->name : ""},
                    {"line", diagnostic.location.line},
                    {"column", diagnostic.location.column},
                    {"message", diagnostic.message},
                    {"hint", diagnostic.hint}});
  }
  return list;
}

ExitCode report_error(bool json, const std::string& text, ExitCode code, const nlohmann::json& diagnostics = nlohmann::json::array()) {
  std::fflush(stdout);
  // A deck's complaints carry their own `file:line: error:`.
  fmt::print(stderr, "{}{}{}", diagnostics.empty() ? "kindred: error: " : "", text, text.ends_with('\n') ? "" : "\n");
  if (json) {
    print_json({{"error", text}, {"diagnostics", diagnostics}, {"exit_code", static_cast<int>(code)}});
  }
  return code;
}

ExitCode run_command(std::vector<std::string> arguments, Context& context) {
  CLI::App app("Kindred solves families of related problems: from a deck to a verified data set.", "kindred");
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.footer(
      "`kindred deck.toml` is short for `kindred run deck.toml`. `kindred VERB --help` shows a verb's options and an example.\n"
      "Exit codes: 0 ok, 1 failure, 2 usage or deck error, 3 too many failed samples, 4 damaged data or input/output error,\n"
      "75 interrupted and resumable.");
  CommonOptions options;
  add_common_options(app, options, context);
  add_verbs(app, context);
  app.parse_complete_callback([&] { prepare(options, context); });
  try {
    complete_verb(app, arguments);
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes the words from the back
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help
      app.exit(error);
      return ExitCode::ok;
    }
    throw InputError(std::string(error.what()) + "; see `kindred --help`");
  }
  if (options.version) {
    print_version(context);
  } else if (app.get_subcommands().empty()) {
    if (context.json) {
      throw InputError("no verb is given (`kindred --help` lists them all)");
    }
    fmt::print(stderr, "{}", app.help());
    return ExitCode::usage;
  }
  return context.exit_code;
}

}  // namespace
}  // namespace kindred::app

int main(int argc, char** argv) {
  using kindred::ExitCode;
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond the limit (ulimit -f) is an error of the write, like a full disk
  H5dont_atexit();                // a file whose last write failed (disk full) cannot be closed: HDF5 1.10 would crash trying again at exit
  kindred::app::Context context;
  context.command_line.assign(argv, argv + argc);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  ExitCode code = ExitCode::failure;
  try {
    code = kindred::app::run_command(arguments, context);
  } catch (const kindred::DeckError& error) {
    code = kindred::app::report_error(json, error.what(), ExitCode::usage, kindred::app::diagnostics_json(error.diagnostics()));
  } catch (const kindred::InputError& error) {
    code = kindred::app::report_error(json, error.what(), ExitCode::usage);
  } catch (const kindred::IoError& error) {
    code = kindred::app::report_error(json, error.what(), ExitCode::io);
  } catch (const std::exception& error) {
    code = kindred::app::report_error(json, error.what(), ExitCode::failure);
  }
  return static_cast<int>(code);
}

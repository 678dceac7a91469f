#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <kindred/core/deck/deck.hpp>
#include <kindred/core/run/run.hpp>

namespace kindred::app {

/// What every verb shares: the options that stand for all verbs, and the exit code that the verb leaves behind.
/// Results go to stdout, log and progress to stderr. When a verb's callback runs, logging is configured and the plugins of
/// KINDRED_PLUGIN_PATH and `--plugin` are loaded; exceptions are turned into messages and exit codes by main().
struct Context {
  bool json = false;
  int verbosity = 0;  ///< -1 quiet, 0 normal, 1 verbose, 2 debug
  std::string log_file;
  bool color = false;                          ///< results on stdout may use ANSI colours
  std::vector<std::filesystem::path> plugins;  ///< from `--plugin`, already loaded
  std::vector<std::string> command_line;       ///< as typed
  ExitCode exit_code = ExitCode::ok;

  [[nodiscard]] bool quiet() const { return verbosity < 0; }
};

/// One JSON document on stdout, indented, with a newline.
void print_json(const nlohmann::json& document);

/// A number; infinities and NaN, which JSON has not, as text.
nlohmann::json number_json(double value);

/// Text in an ANSI style (`1` bold, `2` dim, `31` red, `32` green, `33` yellow) if the context has colours, else unchanged.
std::string styled(const Context& context, std::string_view text, std::string_view style);

/// A deck's path and its `key.path=value` overrides: the positional arguments of run, generate, check.
struct DeckArguments {
  std::filesystem::path path;
  std::vector<std::string> overrides;

  void add_to(CLI::App& verb);
  /// @throws DeckError, IoError
  [[nodiscard]] Deck load(const Context& context) const;
};

/// A verb with its one-line summary, its heading in `kindred --help`, and an example for its own help.
/// Its callback is set by the caller: `verb.callback([options, &context] { … });` with `options` held by a shared_ptr.
CLI::App& add_verb(CLI::App& app, const std::string& name, const std::string& summary, const std::string& group,
                   const std::string& example);

/// For options that are unsigned numbers: CLI11 takes -1 for 2^64 − 1.
CLI::Validator whole_number();

/// @throws InputError if mpiexec started several processes, each of which would do this verb's whole work
void require_one_process(const std::string& verb);

inline constexpr const char* group_make = "Make data";
inline constexpr const char* group_compute = "Compute";
inline constexpr const char* group_look = "Look at data";
inline constexpr const char* group_learn = "Learn what there is";

void add_run(CLI::App& app, Context& context);
void add_generate(CLI::App& app, Context& context);
void add_check(CLI::App& app, Context& context);
void add_init(CLI::App& app, Context& context);

void add_eval(CLI::App& app, Context& context);
void add_vmf(CLI::App& app, Context& context);
void add_convolve(CLI::App& app, Context& context);
void add_integrate(CLI::App& app, Context& context);
void add_points(CLI::App& app, Context& context);
void add_lattice(CLI::App& app, Context& context);

void add_inspect(CLI::App& app, Context& context);
void add_verify(CLI::App& app, Context& context);
void add_plot(CLI::App& app, Context& context);
void add_report(CLI::App& app, Context& context);
void add_export(CLI::App& app, Context& context);
void add_stats(CLI::App& app, Context& context);

void add_list(CLI::App& app, Context& context);
void add_describe(CLI::App& app, Context& context);
void add_schema(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);
void add_completion(CLI::App& app, Context& context);

}  // namespace kindred::app

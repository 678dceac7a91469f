#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <kindred/apps/generate/run_section.hpp>
#include <kindred/apps/integrate/engine.hpp>
#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/hash/sha256.hpp>
#include <kindred/core/run/progress.hpp>
#include <kindred/data/export/common.hpp>

namespace kindred::app {
namespace {

struct Options {
  DeckArguments deck;
  int workers = 0;  ///< 0: as [run] says
  double time_limit = -1.0;
  std::string checkpoint;
  std::string output;
  bool force = false;
  bool allow_unused_petsc = false;
};

const char* outcome_text(qmc::Outcome outcome) {
  switch (outcome) {
    case qmc::Outcome::tolerance_met:
      return "tolerance met";
    case qmc::Outcome::point_limit:
      return "tolerance not met: the next step would take more points than allowed";
    case qmc::Outcome::level_limit:
      return "tolerance not met: the finest grid is too coarse";
    case qmc::Outcome::stopped:
      return "stopped";
  }
  return "";
}

nlohmann::json quantities_json(const Study& study, const qmc::Estimate& estimate) {
  auto list = nlohmann::json::array();
  const Value& texts = *study.deck().root.find_path("integrate.quantities");
  for (std::size_t q = 0; q < estimate.value.size(); ++q) {
    const std::string& name = study.plan().names()[q];
    list.push_back({{"name", name},
                    {"formula", texts.find(name)->as_string()},
                    {"value", number_json(estimate.value[q])},
                    {"lower", number_json(estimate.lower[q])},
                    {"upper", number_json(estimate.upper[q])},
                    {"finished", estimate.finished[q] != 0}});
  }
  return list;
}

nlohmann::json means_json(const Study& study, const qmc::Estimate& estimate) {
  auto list = nlohmann::json::array();
  for (std::size_t k = 0; k < estimate.mean.size(); ++k) {
    list.push_back({{"formula", study.plan().output_text(k)},
                    {"mean", number_json(estimate.mean[k])},
                    {"lower", number_json(estimate.mean_lower[k])},
                    {"upper", number_json(estimate.mean_upper[k])}});
  }
  return list;
}

nlohmann::json levels_json(const Study& study, const IntegrateReport& report) {
  auto list = nlohmann::json::array();
  for (std::size_t level = 0; level < report.effort.size(); ++level) {
    const Effort& e = report.effort[level];
    list.push_back({{"grid", grid_text(*study.levels()[level])},
                    {"evaluations", e.evaluations},
                    {"solves", e.solves},
                    {"iterations", e.iterations},
                    {"repeated_solves", e.repeated},
                    {"worker_seconds", e.seconds}});
  }
  return list;
}

nlohmann::json history_json(const qmc::Estimate& estimate) {
  auto list = nlohmann::json::array();
  for (const qmc::Step& step : estimate.history) {
    list.push_back({{"points", step.points}, {"half_width", number_json(step.half_width)}});
  }
  return list;
}

/// Of multilevel rules: what was found of every level, and the rates at which it falls.
void add_multilevel(nlohmann::json& document, const CubatureResult& estimate) {
  if (!estimate.multilevel) {
    return;
  }
  auto levels = nlohmann::json::array();
  for (const qmc::LevelReport& level : estimate.multilevel->levels) {
    levels.push_back({{"points", level.points}, {"cost", level.cost}, {"mean", level.mean}, {"variance_of_mean", level.variance_of_mean}});
  }
  document["multilevel"] = {
      {"levels", levels}, {"bias", estimate.multilevel->bias}, {"root_mean_square", estimate.multilevel->root_mean_square}};
  document["rates"] = {{"alpha", estimate.multilevel->alpha}, {"beta", estimate.multilevel->beta}, {"gamma", estimate.multilevel->gamma}};
}

nlohmann::json report_json(const Study& study, const IntegrateReport& report) {
  const qmc::Estimate& e = report.estimate;
  nlohmann::json document = {{"rule", study.rule_entry().name},
                             {"finished", report.finished},
                             {"outcome", report.finished ? outcome_text(e.outcome) : "stopped"},
                             {"tolerance_met", report.finished && e.outcome == qmc::Outcome::tolerance_met},
                             {"quantities", quantities_json(study, e)},
                             {"means", means_json(study, e)},
                             {"confidence", e.confidence},
                             {"statement", e.statement},
                             {"warnings", e.warnings},
                             {"points", e.points},
                             {"cost", e.cost},
                             {"dimensions", study.inputs().dimensions()},
                             {"levels", levels_json(study, report)},
                             {"history", history_json(e)},
                             {"evaluations_recorded_before", report.recorded},
                             {"evaluations_now", report.evaluated},
                             {"seconds", report.seconds},
                             {"exit_code", static_cast<int>(report.code)},
                             {"message", report.message}};
  add_multilevel(document, report.estimate);
  return document;
}

void print_table(const Study& study, const IntegrateReport& report, const Context& context) {
  const qmc::Estimate& e = report.estimate;
  std::size_t width = 8;
  for (const std::string& name : study.plan().names()) {
    width = std::max(width, name.size());
  }
  fmt::print("{:<{}}  {:>16}  {:>10}  {:>16}  {:>16}\n", "quantity", width, "value", "+-", "lower", "upper");
  for (std::size_t q = 0; q < e.value.size(); ++q) {
    const double reach = std::max(e.upper[q] - e.value[q], e.value[q] - e.lower[q]);
    fmt::print("{:<{}}  {:>16.9g}  {:>10.2g}  {:>16.9g}  {:>16.9g}{}\n", study.plan().names()[q], width, e.value[q], reach, e.lower[q],
               e.upper[q], e.finished[q] != 0 ? "" : styled(context, "  not within the tolerance", "33"));
  }
  fmt::print("  {}: {}{}\n", study.rule_entry().name, report.finished ? outcome_text(e.outcome) : "stopped before the tolerance was met",
             e.statement.empty() ? "" : "; " + e.statement);
  Effort all;
  for (std::size_t level = 0; level < report.effort.size(); ++level) {
    const Effort& effort = report.effort[level];
    all += effort;
    if (report.effort.size() > 1) {
      fmt::print("  grid {:<14} {:>10} evaluations, {:>10} solves, {:.3g} s\n", grid_text(*study.levels()[level]), effort.evaluations,
                 effort.solves, effort.seconds);
    }
  }
  fmt::print("  {} evaluations in {} dimensions, {:.3g} iterations a solve, {:.3g} s of all workers, {:.3g} s now\n", all.evaluations,
             study.inputs().dimensions(), all.solves > 0 ? static_cast<double>(all.iterations) / static_cast<double>(all.solves) : 0.0,
             all.seconds, report.seconds);
  if (all.repeated > 0) {
    fmt::print("  {} solves failed at first and succeeded with a fresh solver\n", all.repeated);
  }
  for (const std::string& warning : e.warnings) {
    fmt::print("  {} {}\n", styled(context, "warning:", "33"), warning);
  }
}

void write_result(const std::filesystem::path& path, bool force, nlohmann::json document, const Study& study, const Context& context) {
  for (const auto& [name, text] : provenance(context.command_line)) {
    document["provenance"][name] = text;
  }
  document["provenance"]["deck"] = study.deck().resolved_toml();
  document["provenance"]["identity_sha256"] = sha256(study.identity());
  data::PendingFile pending(path, force);
  std::ofstream stream(pending.partial());
  stream << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  stream.close();
  if (!stream) {
    throw IoError(fmt::format("{} cannot be written", path.string()));
  }
  pending.commit();
}

/// The result that the disk is to hold must have a place before hours of work.
void require_new(const std::string& path, bool force) {
  if (!path.empty()) {
    static_cast<void>(data::PendingFile(path, force));
  }
}

void integrate_deck(const Options& options, Context& context) {
  const Deck deck = options.deck.load(context);
  for (const auto& warning : deck.warnings.all()) {
    spdlog::warn("{}", warning.text());
  }
  require_new(options.output, options.force);
  const Study study(deck);
  const auto run = make_parameters<RunParameters>(deck.section("run"));
  IntegrateOptions resolved;
  resolved.workers = options.workers > 0 ? options.workers : run.workers;
  resolved.time_limit = options.time_limit >= 0.0 ? options.time_limit : run.time_limit;
  resolved.grace = run.grace;
  resolved.commit_interval = run.commit_interval;
  resolved.checkpoint = options.checkpoint.empty() ? study.parameters().checkpoint : options.checkpoint;
  if (!resolved.checkpoint.empty()) {
    require_other_file(resolved.checkpoint, options.output, "checkpoint");
  }
  resolved.allow_unused_petsc = options.allow_unused_petsc;
  resolved.quiet = context.quiet();
  resolved.command_line = context.command_line;
  const IntegrateReport report = integrate(study, resolved);
  context.exit_code = report.code;
  if (context.json) {
    print_json(report_json(study, report));
  } else if (!report.estimate.value.empty()) {
    print_table(study, report, context);
  }
  std::fflush(stdout);
  if (!options.output.empty() && report.finished) {
    write_result(options.output, options.force, report_json(study, report), study, context);
  }
  if (!report.message.empty()) {
    fmt::print(stderr, "kindred: error: {}\n", report.message);
  }
  if (report.code == ExitCode::interrupted) {
    fmt::print(stderr, "{}\n",
               resolved.checkpoint.empty() ? "kindred: interrupted; without a checkpoint the evaluations are lost"
                                           : fmt::format("kindred: interrupted; {} keeps every evaluation: the same command goes on",
                                                         resolved.checkpoint.string()));
  } else if (report.finished && report.estimate.outcome != qmc::Outcome::tolerance_met) {
    context.exit_code = ExitCode::failure;
  }
}

}  // namespace

void add_integrate(CLI::App& app, Context& context) {
  CLI::App& verb = add_verb(app, "integrate", "Means of quantities of the deck's random solution, to a tolerance", group_compute,
                            "kindred integrate apps/decks/integrate_darcy.toml -j 2 integrate.relative=1e-2");
  const auto options = std::make_shared<Options>();
  options->deck.add_to(verb);
  verb.add_option("-j,--workers", options->workers, "Worker processes on this machine (default: [run] workers)")
      ->check(CLI::Range(1, 4096));
  verb.add_option("--time-limit", options->time_limit, "Stop after so many seconds, resumable (default: [run] time_limit)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("SECONDS");
  verb.add_option("--checkpoint", options->checkpoint, "File that keeps every evaluation (default: [integrate] checkpoint)")
      ->type_name("FILE");
  verb.add_option("-o,--output", options->output, "Also write the result and its provenance to this JSON file")->type_name("FILE");
  verb.add_flag("--force", options->force, "Replace an output file that exists");
  verb.add_flag("--allow-unused-petsc", options->allow_unused_petsc, "Only warn about PETSc options that nothing reads");
  verb.callback([options, &context] {
    require_one_process("integrate");
    integrate_deck(*options, context);
  });
}

}  // namespace kindred::app

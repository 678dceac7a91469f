#include <unistd.h>

#include <cstdio>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <kindred/apps/generate/design_report.hpp>
#include <kindred/apps/generate/family.hpp>
#include <kindred/apps/integrate/study.hpp>
#include <kindred/apps/verbs/generation/options.hpp>
#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

namespace kindred::app {
namespace {

struct CheckOptions {
  DeckArguments deck;
  bool deep = false;
  bool print_resolved = false;
};

struct DeepResult {
  SolveReport report;
  std::string solver;
};

/// Draws, assembles and solves the first sample.
/// @throws InputError if PETSc options of the deck were read by nobody
DeepResult solve_one(const Deck& deck, const Family& family) {
  const petsc::Session session;
  const Sample sample = family.sample(0, 0);
  const auto problem = family.problem(sample);
  const auto inputs = problem->draw(sample);
  const LinearSystem system = problem->assemble(inputs);
  Sequence sequence(create<Solver>(*deck.root.find("solver")), create<Guess>(Value("zero")));
  std::vector<double> solution(static_cast<std::size_t>(system.matrix->size()), 0.0);
  DeepResult result;
  result.report = sequence.solve(system, solution);
  result.solver = sequence.solver().describe();
  const auto unused = sequence.solver().unused_options();
  if (!unused.empty()) {
    throw InputError(fmt::format("[solver.petsc]: no PETSc object reads {}; correct or remove {}", fmt::join(unused, ", "),
                                 unused.size() == 1 ? "it" : "them"));
  }
  return result;
}

nlohmann::json deep_json(const DeepResult& deep) {
  return {{"solver", deep.solver},
          {"converged", deep.report.converged},
          {"reason", deep.report.reason_text},
          {"iterations", deep.report.iterations},
          {"residual_relative", deep.report.residual_relative},
          {"seconds", deep.report.seconds_setup + deep.report.seconds_solve}};
}

std::string deep_text(const DeepResult& deep) {
  const auto& r = deep.report;
  return fmt::format("  sample 0 {} in {} iterations, relative residual {:.2e}, {:.3g} s ({})\n",
                     r.converged ? "solved" : "NOT solved (" + r.reason_text + ")", r.iterations, r.residual_relative,
                     r.seconds_setup + r.seconds_solve, deep.solver);
}

/// Says what this machine has too little of.
void warn_of_size(const Family& family, const data::DatasetLayout& layout) {
  const double memory = working_memory(family.grid());
  if (const auto here = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE)); memory > here) {
    spdlog::warn("one sample takes about {} of memory, and this machine has {}", bytes_text(memory), bytes_text(here));
  }
  const double bytes = static_cast<double>(layout.row_bytes()) * static_cast<double>(layout.count);
  if (const double free = free_space(layout.directory); bytes > free) {
    spdlog::warn("the data set takes {}, and the disk of {} has {} free", bytes_text(bytes), layout.directory.string(), bytes_text(free));
  }
}

/// What the deck asks for, each checked: a data set, integrals, or both.
struct Checked {
  std::optional<Family> family;  ///< none: the deck has integrals, and no number of samples
  std::optional<data::DatasetLayout> layout;
  std::optional<Study> study;

  [[nodiscard]] const Family& any_family() const { return family ? *family : *study->levels().back()->family; }
};

Checked checked(const Deck& deck, const std::filesystem::path& path) {
  Checked result;
  const Value* count = deck.root.find_path("sweep.count");
  if (asks_for_integrals(deck)) {
    result.study.emplace(deck);
  }
  if (!result.study || (count != nullptr && !count->empty())) {
    result.family.emplace(deck);
    result.family->check();
    result.layout = result.family->continued(result.family->layout(path));
    warn_of_size(*result.family, *result.layout);
    warn_of_design(*result.family);
  }
  return result;
}

nlohmann::json study_json(const Study& study) {
  std::vector<std::string> grids;
  for (const auto& level : study.levels()) {
    grids.push_back(grid_text(*level));
  }
  return {{"rule", study.rule_entry().name},
          {"dimensions", study.inputs().dimensions()},
          {"grids", grids},
          {"quantities", study.plan().names()}};
}

std::string study_text(const Study& study) {
  std::vector<std::string> grids;
  for (const auto& level : study.levels()) {
    grids.push_back(grid_text(*level));
  }
  return fmt::format("  integrates {} by {} in {} dimensions on {}\n", fmt::join(study.plan().names(), ", "), study.rule_entry().name,
                     study.inputs().dimensions(), fmt::join(grids, ", "));
}

void print_checked(const CheckOptions& options, const Deck& deck, const Checked& result, const std::optional<DeepResult>& deep,
                   const Context& context) {
  // With --print-resolved, stdout is the deck alone, so that it can be saved.
  std::FILE* stream = options.print_resolved ? stderr : stdout;
  fmt::print(stream, "{}: {}\n", options.deck.path.string(),
             context.exit_code == ExitCode::ok ? "ok" : "valid, but its first sample was not solved");
  if (result.layout) {
    const auto bytes = static_cast<double>(result.layout->row_bytes());
    fmt::print(stream, "  {} samples, {} a sample, {} in all, to {}\n", result.layout->count, bytes_text(bytes),
               bytes_text(bytes * static_cast<double>(result.layout->count)), result.layout->directory.string());
    fmt::print(stream, "{}", design_text(*result.family));
  }
  if (result.study) {
    fmt::print(stream, "{}", study_text(*result.study));
  }
  if (deep) {
    fmt::print(stream, "{}", deep_text(*deep));
  }
  if (options.print_resolved) {
    fmt::print("{}", deck.resolved_toml(true));
  }
}

void check(const CheckOptions& options, Context& context) {
  const Deck loaded = options.deck.load(context);
  const Deck deck = asks_for_integrals(loaded) ? loaded : as_single_run(loaded);
  for (const auto& warning : deck.warnings.all()) {
    spdlog::warn("{}", warning.text());
  }
  const Checked result = checked(deck, options.deck.path);
  std::optional<DeepResult> deep;
  if (options.deep) {
    deep = solve_one(deck, result.any_family());
    context.exit_code = deep->report.converged ? ExitCode::ok : ExitCode::failure;
  }
  if (!context.json) {
    print_checked(options, deck, result, deep, context);
    return;
  }
  nlohmann::json document = {{"deck", options.deck.path.string()}, {"ok", context.exit_code == ExitCode::ok}};
  if (result.layout) {
    document["samples"] = result.layout->count;
    document["bytes_per_sample"] = result.layout->row_bytes();
    document["directory"] = result.layout->directory.string();
    document["identity"] = result.layout->provenance.at("deck_sha256");
  }
  if (result.study) {
    document["integrate"] = study_json(*result.study);
  }
  if (deep) {
    document["deep"] = deep_json(*deep);
  }
  if (options.print_resolved) {
    document["resolved"] = deck.resolved_toml(true);
  }
  print_json(document);
}

}  // namespace

void add_check(CLI::App& app, Context& context) {
  CLI::App& verb =
      add_verb(app, "check", "Look for every mistake in a deck, without solving anything", group_make, "kindred check deck.toml --deep");
  const auto options = std::make_shared<CheckOptions>();
  options->deck.add_to(verb);
  verb.add_flag("--deep", options->deep, "Also draw, assemble and solve one sample; finds PETSc options that nothing reads");
  verb.add_flag("--print-resolved", options->print_resolved, "Print the deck with all defaults, each value with its origin");
  verb.callback([options, &context] { check(*options, context); });
}

}  // namespace kindred::app

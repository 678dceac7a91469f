#include <unistd.h>

#include <cstdio>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <kindred/apps/generate/family.hpp>
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

void check(const CheckOptions& options, Context& context) {
  const Deck deck = as_single_run(options.deck.load(context));
  for (const auto& warning : deck.warnings.all()) {
    spdlog::warn("{}", warning.text());
  }
  const Family family(deck);
  family.check();
  const auto layout = family.layout(options.deck.path);
  warn_of_size(family, layout);
  std::optional<DeepResult> deep;
  if (options.deep) {
    deep = solve_one(deck, family);
    context.exit_code = deep->report.converged ? ExitCode::ok : ExitCode::failure;
  }
  const auto bytes = static_cast<double>(layout.row_bytes());
  if (context.json) {
    nlohmann::json document = {{"deck", options.deck.path.string()},
                               {"ok", context.exit_code == ExitCode::ok},
                               {"samples", layout.count},
                               {"bytes_per_sample", layout.row_bytes()},
                               {"directory", layout.directory.string()},
                               {"identity", layout.provenance.at("deck_sha256")}};
    if (deep) {
      document["deep"] = deep_json(*deep);
    }
    if (options.print_resolved) {
      document["resolved"] = deck.resolved_toml(true);
    }
    print_json(document);
    return;
  }
  // With --print-resolved, stdout is the deck alone, so that it can be saved.
  std::FILE* stream = options.print_resolved ? stderr : stdout;
  fmt::print(stream, "{}: {}\n", options.deck.path.string(),
             context.exit_code == ExitCode::ok ? "ok" : "valid, but its first sample was not solved");
  fmt::print(stream, "  {} samples, {} a sample, {} in all, to {}\n", layout.count, bytes_text(bytes),
             bytes_text(bytes * static_cast<double>(layout.count)), layout.directory.string());
  if (deep) {
    fmt::print(stream, "{}", deep_text(*deep));
  }
  if (options.print_resolved) {
    fmt::print("{}", deck.resolved_toml(true));
  }
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

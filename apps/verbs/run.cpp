#include <algorithm>

#include <fmt/format.h>

#include <kindred/apps/verbs/generation/options.hpp>
#include <kindred/data/reader.hpp>

namespace kindred::app {
namespace {

constexpr Index rows_shown = 10;

/// A line for each of the first samples: how it was solved, and the range of every field.
void print_samples(const GenerateReport& report, const Context& context) {
  if (context.json || !report.leader || !report.complete) {
    return;
  }
  const data::DatasetReader reader(report.directory);
  for (Index row = 0; row < std::min(reader.rows(), rows_shown); ++row) {
    const data::SampleRecord record = reader.record(row);
    fmt::print("  sample {}: {} iterations, relative residual {:.2e} ({:.2e} as stored), {:.3g} s\n", record.index, record.iterations,
               record.residual_relative, record.residual_stored, record.seconds_solve);
    for (const auto& field : reader.layout().fields) {
      const auto range = data::statistics(reader.field(row, field.name));
      fmt::print("    {:<12} min {:<12.6g} max {:<12.6g} mean {:.6g}\n", field.name, range.minimum, range.maximum, range.mean);
    }
  }
}

}  // namespace

void add_run(CLI::App& app, Context& context) {
  CLI::App& verb =
      add_verb(app, "run", "Solve the deck's problem once (or its whole family, if it has a [sweep] count), and say how it went",
               group_make, "kindred run deck.toml problem.forcing=5");
  const auto options = std::make_shared<GenerationOptions>();
  options->add_to(verb);
  verb.callback([options, &context] {
    const Deck deck = as_single_run(options->deck.load(context));
    const GenerateOptions resolved = options->resolve(deck, context);
    if (options->dry_run) {
      context.exit_code = print_plan(deck, resolved, context);
      return;
    }
    const GenerateReport report = generate(deck, resolved);
    print_report(report, context);
    print_samples(report, context);
    context.exit_code = report.code;
  });
}

}  // namespace kindred::app

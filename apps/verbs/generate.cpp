#include <kindred/apps/verbs/generation/options.hpp>

namespace kindred::app {

void add_generate(CLI::App& app, Context& context) {
  CLI::App& verb = add_verb(app, "generate", "Fill the deck's data set; goes on where an earlier run stopped", group_make,
                            "kindred generate deck.toml -j 2 grid.n=[128,128]");
  const auto options = std::make_shared<GenerationOptions>();
  options->add_to(verb);
  verb.callback([options, &context] {
    const Deck deck = options->deck.load(context);
    const GenerateOptions resolved = options->resolve(deck, context);
    if (options->dry_run) {
      context.exit_code = print_plan(deck, resolved, context);
      return;
    }
    const GenerateReport report = generate(deck, resolved);
    print_report(report, context);
    context.exit_code = report.code;
  });
}

}  // namespace kindred::app

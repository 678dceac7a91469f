#include <fmt/format.h>

#include <kindred/apps/verbs/verb.hpp>

namespace kindred::app {

void add_schema(CLI::App& app, Context& /*context*/) {
  CLI::App& verb = add_verb(app, "schema", "JSON Schema of decks, for completion and checking in editors", group_learn,
                            "kindred schema > deck.schema.json    # then start the deck with: #:schema ./deck.schema.json");
  verb.callback([] {
    const std::string schema = deck_json_schema();
    fmt::print("{}{}", schema, schema.ends_with('\n') ? "" : "\n");
  });
}

}  // namespace kindred::app

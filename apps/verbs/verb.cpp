#include <kindred/apps/verbs/verb.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

namespace kindred::app {

void print_json(const nlohmann::json& document) {
  // Paths and texts from outside need not be valid UTF-8; a replacement character is better than no answer.
  const std::string text = document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

nlohmann::json number_json(double value) {
  if (std::isfinite(value)) {
    return value;
  }
  return std::isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf";  // the sign of a NaN means nothing
}

std::string styled(const Context& context, std::string_view text, std::string_view style) {
  return context.color ? fmt::format("\033[{}m{}\033[0m", style, text) : std::string(text);
}

void DeckArguments::add_to(CLI::App& verb) {
  verb.add_option("deck", path, "The deck, a TOML file")->required()->type_name("DECK");
  verb.add_option("overrides", overrides, "Values that replace those of the deck, such as grid.n=[64,64]")->type_name("KEY=VALUE");
}

Deck DeckArguments::load(const Context& context) const {
  DeckOptions options;
  options.overrides = overrides;
  options.plugins = context.plugins;
  return load_deck(path, options);
}

CLI::App& add_verb(CLI::App& app, const std::string& name, const std::string& summary, const std::string& group,
                   const std::string& example) {
  CLI::App& verb = *app.add_subcommand(name, summary);
  verb.group(group);
  verb.footer("Example:\n  " + example + "\n\nOptions of every verb (--json, -q, -v, --log-file, --color, --plugin): kindred --help");
  return verb;
}

CLI::Validator whole_number() {
  return {[](const std::string& text) -> std::string {
            std::uint64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            const bool whole = error == std::errc() && end == text.data() + text.size();
            return whole ? "" : fmt::format("\"{}\" is not a whole number from 0 to 2^64 - 1", text);
          },
          ""};
}

void require_one_process(const std::string& verb) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    const char* size = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no threads yet
    if (size != nullptr && std::string_view(size) != "1") {
      throw InputError(fmt::format("kindred {} works in one process, and mpiexec started {}: start it without mpiexec", verb, size));
    }
  }
}

}  // namespace kindred::app

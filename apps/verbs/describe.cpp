#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/learn/deck_summary.hpp>
#include <kindred/apps/verbs/learn/names.hpp>
#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/deck/suggest.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred::app {
namespace {

struct DescribeOptions {
  std::string name;
  std::vector<std::string> overrides;
  bool all = false;
  std::string format = "text";
  Index sample = -1;
};

/// Entries that `NAME` or `KIND/NAME` means: a name may occur in several kinds.
/// @throws InputError with the nearest names
std::vector<const Entry*> entries_named(const std::string& text) {
  const Registry& registry = Registry::instance();
  if (const auto slash = text.find('/'); slash != std::string::npos) {
    return {&registry.get(text.substr(0, slash), text.substr(slash + 1))};
  }
  std::vector<const Entry*> found;
  for (const auto& kind : registry.kinds()) {
    if (const Entry* entry = registry.find(kind, text)) {
      found.push_back(entry);
    }
  }
  if (found.empty()) {
    std::vector<std::string> names;
    for (const Entry* entry : registry.entries()) {
      names.push_back(entry->name);
    }
    const auto close = nearest(text, names);
    throw InputError(fmt::format("nothing is called \"{}\"{} (`kindred list` shows all names)", text,
                                 close ? fmt::format(": did you mean \"{}\"?", *close) : ""));
  }
  return found;
}

/// Heading and introduction of one kind in the full reference.
std::string kind_heading(const std::string& kind) {
  return kind == "section" ? "## Tables of the deck\n\n" : fmt::format("## Kind `{}`\n\n", kind);
}

void print_entries(const std::vector<const Entry*>& entries, const DescribeOptions& options, const Context& context) {
  if (context.json || options.format == "json") {
    auto document = nlohmann::json::array();
    for (const Entry* entry : entries) {
      document.push_back(entry_json(*entry));
    }
    print_json(entries.size() == 1 && !options.all ? document.front() : document);
    return;
  }
  if (options.all && options.format == "md") {
    fmt::print(
        "# Reference\n\nEverything that a deck can name, as the registry knows it; made by `kindred describe --all --format md`.\n\n");
  }
  std::string kind;
  for (const Entry* entry : entries) {
    if (options.format == "md") {
      if (options.all && entry->kind != kind) {
        fmt::print("{}", kind_heading(entry->kind));
      }
      fmt::print("{}\n", entry_markdown(*entry, options.all ? 3 : 1));
    } else {
      fmt::print("{}{}", kind.empty() ? "" : "\n" + std::string(80, '-') + "\n\n", entry_text(*entry));
    }
    kind = entry->kind;
  }
}

void describe_deck(const DescribeOptions& options, const Context& context) {
  const std::filesystem::path path = options.name;
  const Deck deck = as_single_run(load_deck(path, {options.overrides, context.plugins, true}));
  const bool json = context.json || options.format == "json";
  if (options.sample >= 0) {
    const auto parameters = sample_parameters(deck, options.sample);
    if (json) {
      print_json({{"deck", path.string()}, {"sample", options.sample}, {"parameters", parameters}});
      return;
    }
    fmt::print("sample {}{}\n", options.sample, parameters.empty() ? ": no parameter varies; its random fields are its own" : "");
    for (const auto& [key, value] : parameters.items()) {
      fmt::print("  {} = {}\n", key, value.dump());
    }
    return;
  }
  const auto summary = deck_summary(deck, path);
  if (json) {
    print_json(summary);
  } else {
    fmt::print("{}", deck_summary_text(summary));
  }
}

void describe(const DescribeOptions& options, const Context& context) {
  if (options.all) {
    print_entries(Registry::instance().entries(), options, context);
    return;
  }
  if (options.name.empty()) {
    throw InputError("say what to describe: a name (`kindred list` shows them), a deck, or --all");
  }
  if (options.name.ends_with(".toml") || std::filesystem::is_regular_file(options.name)) {
    describe_deck(options, context);
    return;
  }
  const auto kinds = Registry::instance().kinds();
  const auto entries_of_kind = Registry::instance().entries(options.name);
  if (!entries_of_kind.empty() && options.overrides.size() == 1) {  // KIND NAME means KIND/NAME
    print_entries({&Registry::instance().get(options.name, options.overrides.front())}, options, context);
    return;
  }
  if (std::find(kinds.begin(), kinds.end(), options.name) != kinds.end() && options.format == "text" && !context.json) {
    print_names(entries_of_kind, context);
    std::string hint = advice(options.name);
    hint += fmt::format("{}`kindred describe {}/NAME` shows one of them.", hint.empty() ? "" : " ", options.name);
    fmt::print("\n{}\n", wrapped(hint, 100, 0));
    return;
  }
  print_entries(entries_of_kind.empty() ? entries_named(options.name) : entries_of_kind, options, context);
}

}  // namespace

void add_describe(CLI::App& app, Context& context) {
  CLI::App& verb = add_verb(app, "describe", "A plugin with its equation and parameters, or what a deck asks for", group_learn,
                            "kindred describe field/grf; kindred describe deck.toml --sample 17");
  const auto options = std::make_shared<DescribeOptions>();
  verb.add_option("name", options->name, "NAME, KIND/NAME (or KIND NAME), KIND or a deck")->type_name("WHAT");
  verb.add_option("overrides", options->overrides, "With a deck: values that replace its own")->type_name("KEY=VALUE");
  verb.add_flag("--all", options->all, "Every entry of the registry");
  verb.add_option("--format", options->format, "text, md or json")->check(CLI::IsMember({"text", "md", "json"}))->type_name("FORMAT");
  verb.add_option("--sample", options->sample, "With a deck: the swept parameters of this sample")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  verb.callback([options, &context] { describe(*options, context); });
}

}  // namespace kindred::app

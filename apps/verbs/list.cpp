#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/learn/names.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/deck/suggest.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred::app {
namespace {

struct ListOptions {
  std::string kind;
  std::string search;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// The search text occurs, in any case, in the entry's name, aliases, summary, doc, or a parameter's name or doc.
bool matches(const Entry& entry, const std::string& search) {
  std::string all = entry.kind + "/" + entry.name + "\n" + entry.summary + "\n" + entry.doc;
  for (const auto& alias : entry.aliases) {
    all += "\n" + alias;
  }
  for (const auto& p : entry.parameters) {
    all += "\n" + p.name + "\n" + p.doc;
  }
  return lower(all).find(lower(search)) != std::string::npos;
}

void list(const ListOptions& options, const Context& context) {
  const Registry& registry = Registry::instance();
  const auto kinds = registry.kinds();
  if (!options.kind.empty() && std::find(kinds.begin(), kinds.end(), options.kind) == kinds.end()) {
    throw InputError(fmt::format("no plugins of kind \"{}\"; the kinds are: {}", options.kind,
                                 fmt::join(sorted_by_distance(options.kind, kinds), ", ")));
  }
  auto found = registry.entries(options.kind);
  std::erase_if(found, [&](const Entry* entry) { return !matches(*entry, options.search); });
  if (context.json) {
    auto document = nlohmann::json::array();
    for (const Entry* entry : found) {
      document.push_back({{"kind", entry->kind},
                          {"name", entry->name},
                          {"summary", entry->summary},
                          {"aliases", entry->aliases},
                          {"capabilities", entry->capabilities},
                          {"origin", entry->origin}});
    }
    print_json(document);
    return;
  }
  print_names(found, context);
  if (found.empty()) {
    fmt::print(stderr, "nothing matches \"{}\"\n", options.search);
  }
}

}  // namespace

void add_list(CLI::App& app, Context& context) {
  CLI::App& verb = add_verb(app, "list", "Problems, fields, solvers and all other plugins, one line each", group_learn,
                            "kindred list field --search gaussian");
  const auto options = std::make_shared<ListOptions>();
  verb.add_option("kind", options->kind, "Only this kind: problem, field, design, solver, section, ...")->type_name("KIND");
  verb.add_option("--search", options->search, "Only entries whose name, text or parameters contain this")->type_name("TEXT");
  verb.callback([options, &context] { list(*options, context); });
}

}  // namespace kindred::app

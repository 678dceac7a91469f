#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/registry/registry.hpp>
#include <kindred/data/file.hpp>

namespace kindred::app {
namespace {

/// Keys that a useful first deck sets although they are optional, or whose value the registry cannot know.
const std::array<std::pair<const char*, Value>, 3> starter_values{
    {{"grid.n", Value(Array{Value(64), Value(64)})}, {"sweep.seed", Value(1)}, {"sweep.count", Value(100)}}};

/// Tables in the order in which a person reads a deck; others follow.
constexpr std::array section_order = {"grid", "boundary", "solver", "sequence", "sweep", "output", "run"};

/// Value of `key` in the first table below `value` whose `type` is `plugin`.
const Value* find_in_plugin_table(const Value& value, const std::string& plugin, const std::string& key) {
  if (!value.is_table()) {
    return nullptr;
  }
  const Value* type = value.find("type");
  if (type != nullptr && type->is_string() && type->as_string() == plugin && value.find(key) != nullptr) {
    return value.find(key);
  }
  for (const auto& member : value.as_table()) {
    if (const Value* found = find_in_plugin_table(member.value, plugin, key)) {
      return found;
    }
  }
  return nullptr;
}

/// Value of a required parameter: from the entry's own example, else the smallest that its range allows.
Value required_value(const Entry& entry, const ParameterInfo& p) {
  try {
    DeckOptions options;
    options.require_problem = false;
    const Deck example = parse_deck(entry.example, entry.name, options);
    if (const Value* found = find_in_plugin_table(example.root, entry.name, p.name)) {
      return *found;
    }
    if (const Value* found = example.section(entry.name).find(p.name)) {
      return *found;
    }
  } catch (const InputError&) {  // an example may be a fragment that does not stand alone
  }
  const double number = std::isfinite(p.minimum) ? p.minimum + (p.exclusive_minimum ? 1.0 : 0.0) : 1.0;
  const auto list = [&](const Value& item) { return Value(Array(std::max<std::size_t>(p.minimum_length, 1), item)); };
  const std::string word = p.choices.empty() ? p.name : p.choices.front();
  switch (p.type) {
    case ParameterType::boolean:
      return {false};
    case ParameterType::integer:
      return {static_cast<std::int64_t>(number)};
    case ParameterType::real:
      return {number};
    case ParameterType::string:
      return {word};
    case ParameterType::boolean_list:
      return list(Value(false));
    case ParameterType::integer_list:
      return list(Value(static_cast<std::int64_t>(number)));
    case ParameterType::real_list:
      return list(Value(number));
    case ParameterType::string_list:
      return list(Value(word));
    case ParameterType::plugin:
      return {Registry::instance().entries(p.plugin_kind).front()->name};
    case ParameterType::options:
      return {Table{}};
  }
  return {};
}

/// Builds the deck's text table by table.
class StarterDeck {
 public:
  void comment(const std::string& prose) {
    constexpr std::size_t width = 100;
    std::string lines = wrapped(prose, width, 2);
    for (std::size_t start = 0; start < lines.size();) {
      const auto end = lines.find('\n', start);
      const auto line = lines.substr(start, end - start);
      text_ += line.size() > 2 ? "# " + line.substr(2) + "\n" : "#\n";
      start = end + 1;
    }
  }

  void table(const std::string& path, const Entry& entry, bool typed, const std::string& introduction) {
    text_ += "\n";
    comment(introduction);
    text_ += fmt::format("[{}]\n", path);
    if (typed) {
      text_ += fmt::format("type = {}\n", Value(entry.name).to_toml());
    }
    std::vector<const ParameterInfo*> subtables;
    for (const auto& p : entry.parameters) {
      if (!p.deprecated_for.empty()) {
        continue;
      }
      if (is_subtable(p)) {
        subtables.push_back(&p);
      } else {
        key(path, entry, p);
      }
    }
    for (const auto* p : subtables) {
      const PluginChoice choice = plugin_choice(p->default_value, p->plugin_kind);
      const Entry& chosen = Registry::instance().get(p->plugin_kind, choice.name);
      table(path + "." + p->name, chosen, true,
            fmt::format("{} Any {} (`kindred list {}`); `{}` is: {}", sentence(p->doc), p->plugin_kind, p->plugin_kind, chosen.name,
                        sentence(chosen.summary)));
    }
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  /// Fields that the deck would use anyway are written out, so that their parameters can be seen; a number is not.
  static bool is_subtable(const ParameterInfo& p) {
    return p.type == ParameterType::plugin && p.plugin_kind == "field" && (p.default_value.is_string() || p.default_value.is_table());
  }

  void key(const std::string& path, const Entry& entry, const ParameterInfo& p) {
    comment(fmt::format("{} ({}{})", p.doc, p.type_text(), p.default_value.empty() ? "" : "; default " + p.default_value.to_toml()));
    const auto* starter =
        std::find_if(starter_values.begin(), starter_values.end(), [&](const auto& item) { return item.first == path + "." + p.name; });
    if (starter != starter_values.end()) {
      text_ += fmt::format("{} = {}\n", p.name, starter->second.to_toml());
    } else if (p.required) {
      text_ += fmt::format("{} = {}\n", p.name, required_value(entry, p).to_toml());
    } else {
      const Value shown = p.default_value.empty() ? required_value(entry, p) : p.default_value;
      text_ += fmt::format("#{} = {}\n", p.name, shown.to_toml());
    }
  }

  std::string text_;
};

void add_section(StarterDeck& deck, const std::string& name) {
  const Registry& registry = Registry::instance();
  if (const Entry* section = registry.find("section", name)) {
    deck.table(name, *section, false, sentence(section->summary));
  } else if (name == "solver") {
    const Entry* solver = registry.find("solver", "auto");
    if (solver != nullptr) {
      deck.table(name, *solver, true, sentence(solver->summary) + " Other solvers: kindred list solver.");
    }
  }
}

std::string starter_deck(const Entry& problem) {
  StarterDeck deck;
  deck.comment(sentence(problem.summary));
  deck.comment(
      fmt::format("\nLines that start with # and a space explain; a line such as #key = value shows a default: remove the # to change it.\n"
                  "Save this as {0}.toml, then:\n  kindred check {0}.toml\n  kindred generate {0}.toml",
                  problem.name));
  StarterDeck body;
  body.table("problem", problem, true, "The problem: kindred describe problem/" + problem.name + " shows its equation.");
  std::vector<std::string> sections(section_order.begin(), section_order.end());
  const bool matrix_free = std::ranges::find(problem.capabilities, "matrix_free") != problem.capabilities.end();
  for (const Entry* entry : Registry::instance().entries("section")) {
    if (entry->name != "problem" && !entry->optional && std::find(sections.begin(), sections.end(), entry->name) == sections.end()) {
      sections.push_back(entry->name);
    }
  }
  for (const auto& name : sections) {
    if (name == "boundary" && matrix_free) {
      continue;  // no sides
    }
    add_section(body, name);
  }
  return deck.text() + "version = 1\n" + body.text();
}

/// Decks are written by hand in the end: none is ever replaced.
void write_new_file(const std::filesystem::path& path, const std::string& text) {
  if (std::filesystem::exists(path)) {
    throw InputError(fmt::format("{} exists already: remove it, or name another file", path.string()));
  }
  data::replace_file(path, text);
}

}  // namespace

void add_init(CLI::App& app, Context& context) {
  CLI::App& verb = add_verb(app, "init", "A commented first deck for a problem", group_make, "kindred init darcy > darcy.toml");
  const auto problem = std::make_shared<std::string>();
  verb.add_option("problem", *problem, "One of `kindred list problem`")->required()->type_name("PROBLEM");
  const auto output = std::make_shared<std::filesystem::path>();
  verb.add_option("-o,--output", *output, "A file that does not exist yet; default: stdout")->type_name("FILE");
  verb.callback([problem, output, &context] {
    const std::string text = starter_deck(Registry::instance().get("problem", *problem));
    if (!output->empty()) {
      write_new_file(*output, text);
    }
    if (context.json) {
      print_json({{"problem", *problem}, {"deck", text}});
    } else if (output->empty()) {
      fmt::print("{}", text);
    }
  });
}

}  // namespace kindred::app

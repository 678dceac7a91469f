#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred::app {
namespace {

std::vector<const CLI::App*> all_verbs(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// `--search --help`: the long options of one verb, or of the program.
std::vector<std::string> long_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

/// Words from the registry that a verb takes; other verbs take files.
std::vector<std::string> arguments_of(const std::string& verb) {
  std::vector<std::string> words;
  const Registry& registry = Registry::instance();
  if (verb == "list") {
    return registry.kinds();
  }
  if (verb == "init") {
    for (const Entry* entry : registry.entries("problem")) {
      words.push_back(entry->name);
    }
  } else if (verb == "eval") {
    for (const Entry* entry : registry.entries("kernel")) {
      words.push_back(entry->name);
    }
  } else if (verb == "describe") {
    for (const Entry* entry : registry.entries()) {
      words.push_back(entry->kind + "/" + entry->name);
    }
  }
  return words;
}

std::string bash_script(const CLI::App& app) {
  std::vector<std::string> names;
  std::string cases;
  const auto common = long_options(app);
  for (const CLI::App* verb : all_verbs(app)) {
    names.push_back(verb->get_name());
    cases += fmt::format("    {}) words=\"{} {} {}\" ;;\n", verb->get_name(), fmt::join(arguments_of(verb->get_name()), " "),
                         fmt::join(long_options(*verb), " "), fmt::join(common, " "));
  }
  return fmt::format(R"(_kindred() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" verb="" word words
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$word" in {1}) verb="$word"; break ;; esac
  done
  case "$verb" in
    "") words="{0} {2}" ;;
{3}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _kindred kindred
)",
                     fmt::join(names, " "), fmt::join(names, "|"), fmt::join(common, " "), cases);
}

/// One word for fish, in single quotes.
std::string fish_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return quoted + "'";
}

std::string fish_script(const CLI::App& app) {
  std::string text;
  for (const CLI::App* verb : all_verbs(app)) {
    text +=
        fmt::format("complete -c kindred -n __fish_use_subcommand -a {} -d {}\n", verb->get_name(), fish_quoted(verb->get_description()));
    const std::string seen = fmt::format("'__fish_seen_subcommand_from {}'", verb->get_name());
    for (const auto& word : arguments_of(verb->get_name())) {
      text += fmt::format("complete -c kindred -n {} -a {}\n", seen, word);
    }
    for (const auto& option : long_options(*verb)) {
      text += fmt::format("complete -c kindred -n {} -l {}\n", seen, option.substr(2));
    }
  }
  for (const auto& option : long_options(app)) {
    text += fmt::format("complete -c kindred -l {}\n", option.substr(2));
  }
  return text;
}

}  // namespace

void add_completion(CLI::App& app, Context& context) {
  CLI::App& verb = add_verb(app, "completion", "A script that teaches your shell to complete kindred's words", group_learn,
                            "kindred completion bash > ~/.local/share/bash-completion/completions/kindred");
  const auto shell = std::make_shared<std::string>();
  verb.add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}))->type_name("SHELL");
  verb.callback([shell, &app, &context] {
    const std::string script =
        *shell == "fish" ? fish_script(app) : (*shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "") + bash_script(app);
    if (context.json) {
      print_json({{"shell", *shell}, {"script", script}});
    } else {
      fmt::print("{}", script);
    }
  });
}

}  // namespace kindred::app

// The program as its user meets it: exit codes, what goes to stdout and to stderr, JSON, and the verbs that describe and check.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "../support/process.hpp"
#include "../support/text.hpp"

using kindred::test::contains;
using kindred::test::ProcessResult;
using kindred::test::TemporaryFolder;
using kindred::test::write_text;

namespace {

const std::string executable = KINDRED_EXECUTABLE;
const std::string decks = std::string(KINDRED_SOURCE_DIR) + "/apps/decks";
const std::string template_plugin = (std::filesystem::path(KINDRED_EXECUTABLE).parent_path() / "template" / "tiles.so").string();

ProcessResult kindred_command(const std::string& arguments) { return kindred::test::run(executable + " " + arguments); }

const std::string small_deck =
    "version = 1\n[problem]\ntype = \"darcy\"\n[grid]\nn = [16, 16]\n[sweep]\nseed = 1\ncount = 4\n"
    "\"problem.coefficient.tau\" = { uniform = [2.0, 4.0] }\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(test_cli)

BOOST_AUTO_TEST_CASE(help_lists_every_verb_and_each_verb_has_an_example) {
  const auto help = kindred_command("--help");
  BOOST_TEST(help.status == 0);
  BOOST_TEST(help.err.empty());
  for (const std::string verb : {"run", "generate", "check", "init", "eval", "vmf", "points", "lattice", "inspect", "verify", "plot",
                                 "report", "export", "stats", "list", "describe", "schema", "doctor", "completion"}) {
    BOOST_TEST_CONTEXT(verb) {
      BOOST_TEST(contains(help.out, "\n  " + verb + " "));
      const auto own = kindred_command(verb + " --help");
      BOOST_TEST(own.status == 0);
      BOOST_TEST(contains(own.out, "Example:\n  kindred " + verb));
    }
  }
}

BOOST_AUTO_TEST_CASE(version_for_people_and_programs) {
  const auto text = kindred_command("--version");
  BOOST_TEST(text.status == 0);
  BOOST_TEST(contains(text.out, "kindred "));
  const auto json = nlohmann::json::parse(kindred_command("--version --json").out);
  BOOST_TEST(contains(text.out, json.at("version").get<std::string>()));
  BOOST_TEST(json.at("libraries").contains("PETSc"));
}

BOOST_AUTO_TEST_CASE(usage_errors_exit_with_2_and_say_what_to_do) {
  const auto verb = kindred_command("genrate deck.toml");
  BOOST_TEST(verb.status == 2);
  BOOST_TEST(verb.out.empty());
  BOOST_TEST(contains(verb.err, "did you mean \"generate\"?"));
  BOOST_TEST(kindred_command("").status == 2);
  BOOST_TEST(kindred_command("check").status == 2);
  BOOST_TEST(kindred_command("list --no-such-option").status == 2);
  const auto name = kindred_command("describe darcyy");
  BOOST_TEST(name.status == 2);
  BOOST_TEST(contains(name.err, "did you mean \"darcy\"?"));
  const auto kind = kindred_command("list problems");
  BOOST_TEST(kind.status == 2);
  BOOST_TEST(contains(kind.err, "problem, "));  // the nearest comes first
}

BOOST_AUTO_TEST_CASE(a_deck_that_is_not_there_is_an_input_output_error) {
  BOOST_TEST(kindred_command("check /no/such/deck.toml").status == 4);
}

BOOST_AUTO_TEST_CASE(a_bare_deck_means_run) {
  const TemporaryFolder folder;
  write_text(folder / "bad.toml", "version = 1\n[problem]\ntype = \"dracy\"\n[grid]\nn = [8]\n");
  const auto bare = kindred_command(folder / "bad.toml");
  const auto spelled = kindred_command("run " + (folder / "bad.toml"));
  BOOST_TEST(bare.status == 2);
  BOOST_TEST(bare.err == spelled.err);
}

BOOST_AUTO_TEST_CASE(a_bad_deck_shows_all_its_mistakes_at_once_before_any_work) {
  const TemporaryFolder folder;
  const std::string deck = folder / "bad.toml";
  write_text(deck,
             "version = 1\n[problem]\ntype = \"darcy\"\n[grid]\nn = [8, 8]\nextend = [1.0, 1.0]\n[sweep]\ncount = -3\n[output]\n"
             "precision = \"f16\"\n");
  const auto result = kindred_command("check " + deck);
  BOOST_TEST(result.status == 2);
  BOOST_TEST(result.out.empty());
  BOOST_TEST(contains(result.err, "bad.toml:6:1"));
  BOOST_TEST(contains(result.err, "did you mean \"extent\"?"));
  BOOST_TEST(contains(result.err, "bad.toml:8:"));
  BOOST_TEST(contains(result.err, "bad.toml:10:"));
  BOOST_TEST(!std::filesystem::exists(folder / "out"));

  const auto json = nlohmann::json::parse(kindred_command("check --json " + deck).out);
  BOOST_TEST(json.at("diagnostics").size() == 3U);
  BOOST_TEST(json.at("exit_code").get<int>() == 2);
  std::vector<int> lines;
  for (const auto& diagnostic : json.at("diagnostics")) {
    lines.push_back(diagnostic.at("line").get<int>());
  }
  const std::vector<int> expected{6, 8, 10};
  BOOST_TEST(lines == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(columns_of_a_table_are_checked_like_the_axes_of_a_sweep) {
  const TemporaryFolder folder;
  const std::string deck = folder / "deck.toml";
  const std::string table = folder / "points.csv";
  write_text(deck,
             "version = 1\n[problem]\ntype = \"darcy\"\ncoefficient = { type = \"lognormal\" }\n[grid]\nn = [16, 16]\n"
             "[sweep]\nseed = 1\ndesign = { type = \"csv\", file = \"" +
                 table + "\" }\n");
  write_text(table, "problem.coefficient.tauu,problem.coefficient.sigma\n3.0,-1.0\n4.0,0.5\n");
  const auto bad = kindred_command("check " + deck);
  BOOST_TEST(bad.status == 2);
  BOOST_TEST(contains(bad.err, "points.csv:1:1: error:"), bad.err);
  BOOST_TEST(contains(bad.err, "did you mean \"tau\"?"), bad.err);
  BOOST_TEST(contains(bad.err, "points.csv:2:5: error:"), bad.err);  // sigma out of its range
  write_text(table, "problem.coefficient.tau,problem.coefficient.sigma\n3.0,1.0\n4.0,0.5\n");
  BOOST_TEST(kindred_command("check " + deck).status == 0);
}

// What is known to fail is refused before any work, at its place in the deck.
BOOST_AUTO_TEST_CASE(decks_that_cannot_work_are_refused_beforehand) {
  const TemporaryFolder folder;
  const std::string deck = folder / "deck.toml";
  write_text(
      deck,
      "version = 1\n[problem]\ntype = \"diffusion_reaction\"\ncoefficient = { type = \"lognormal\" }\n[grid]\nn = [16, 16]\n[sweep]\n"
      "count = 10\n");
  struct Case {
    std::string override;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"problem.coefficient=-1", "must be positive everywhere"},
      {"problem.coefficient=grf", "must be positive everywhere"},
      {"'problem.coefficient={type=\"grf_threshold\",values=[-1.0,2.0]}'", "must be positive everywhere"},
      {"'problem.coefficient=\"x-0.5\"'", "must be positive everywhere"},
      {"problem.reaction=-0.5", "must not be negative"},
      {"'problem.forcing=log(-1)'", "it must be finite in every cell"},
      {"problem.coefficient.alpha=0.75", "alpha"},
      {"'problem.coefficient.alpha=choice(2.0,0.75)'", "alpha is 0.75"},
      {"'output.fields=[\"uu\"]'", "did you mean \"u\"?"},
      {"'output.split={train=5,test=4}'", "add up to 9"},
      {"grid.n=[2000000000,2000000000,2000000000]", "a grid of 8e+27 cells"},
      {"grid.n=[100000,100000]", "a grid of 1e+10 cells"},
      {"problem.coefficient.tau=-1", "tau"},
  };
  for (const auto& [override, message] : cases) {
    BOOST_TEST_CONTEXT(override) {
      for (const std::string verb : {"check ", "generate "}) {
        const auto refused = kindred_command(verb + deck + " output.dir=" + (folder / "data") + " " + override);
        BOOST_TEST(refused.status == 2, refused.err);
        BOOST_TEST(contains(refused.err, message), refused.err);
        BOOST_TEST(contains(refused.err, ": error: "), refused.err);
        BOOST_TEST(!std::filesystem::exists(folder / "data"));
      }
    }
  }
  BOOST_TEST(kindred_command("check " + deck + " problem.coefficient=1 problem.reaction=0").status == 0);
}

BOOST_AUTO_TEST_CASE(mistakes_beyond_the_tables_are_collected_too) {
  const TemporaryFolder folder;
  const std::string deck = folder / "deck.toml";
  write_text(
      deck,
      "version = 1\n[problem]\ntype = \"darcy\"\n[grid]\nn = [8, 8]\n[sweep]\ncount = 9\n[output]\nfields = [\"u\", \"coefficent\"]\n"
      "split = { train = 5, test = 5 }\n");
  const auto bad = kindred_command("check " + deck);
  BOOST_TEST(bad.status == 2);
  BOOST_TEST(contains(bad.err, "deck.toml:9:16: error:"), bad.err);
  BOOST_TEST(contains(bad.err, "did you mean \"coefficient\"?"), bad.err);
  BOOST_TEST(contains(bad.err, "deck.toml:10:9: error:"), bad.err);
}

BOOST_AUTO_TEST_CASE(hints_reach_across_the_types_of_a_kind) {
  const TemporaryFolder folder;
  const std::string deck = folder / "deck.toml";
  write_text(deck, small_deck);
  const auto solver = kindred_command("check " + deck + " solver.ksp_tpye=cg");
  BOOST_TEST(solver.status == 2);
  BOOST_TEST(contains(solver.err, "did you mean \"ksp_type\" of the solver \"petsc\"?"), solver.err);
  write_text(deck, "version = 1\n[problem]\ntype = \"darcy\"\n[grid]\nn = [8, 8]\n[sweep]\ncount = 9\n");
  const auto field = kindred_command("check " + deck + " problem.coefficient.tau=5");
  BOOST_TEST(field.status == 2);
  BOOST_TEST(contains(field.err, "problem.coefficient.type = \"grf_threshold\""), field.err);
  BOOST_TEST(kindred_command("check " + deck + " problem.coefficient.tau=5 problem.coefficient.type=grf_threshold").status == 0);
}

// `run` solves a deck without samples once, and `check` is about the same deck.
BOOST_AUTO_TEST_CASE(a_deck_without_samples_is_checked_as_it_is_run) {
  const TemporaryFolder folder;
  const std::string deck = folder / "deck.toml";
  write_text(deck, "version = 1\n[problem]\ntype = \"darcy\"\n[grid]\nn = [8, 8]\n");
  BOOST_TEST(kindred_command("check " + deck).status == 0);
  BOOST_TEST(kindred_command("describe " + deck).status == 0);
  const auto generated = kindred_command("generate " + deck);
  BOOST_TEST(generated.status == 2);
  BOOST_TEST(contains(generated.err, "count"), generated.err);
}

BOOST_AUTO_TEST_CASE(times_on_the_command_line_are_finite_and_not_negative) {
  const TemporaryFolder folder;
  const std::string deck = folder / "deck.toml";
  write_text(deck, small_deck);
  for (const std::string time : {"nan", "-1", "inf", "1h"}) {
    const auto refused = kindred_command("generate " + deck + " --time-limit " + time + " output.dir=" + (folder / "data"));
    BOOST_TEST(refused.status == 2);
    BOOST_TEST(contains(refused.err, "write seconds"), refused.err);
  }
}

BOOST_AUTO_TEST_CASE(json_is_asked_for_and_comes) {
  const auto script = nlohmann::json::parse(kindred_command("completion bash --json").out);
  BOOST_TEST(contains(script.at("script").get<std::string>(), "complete -o default"));
  const auto nothing = kindred_command("--json");
  BOOST_TEST(nothing.status == 2);
  BOOST_TEST(nlohmann::json::parse(nothing.out).at("exit_code").get<int>() == 2);
}

BOOST_AUTO_TEST_CASE(check_prints_the_sizes_and_solves_nothing) {
  const TemporaryFolder folder;
  const std::string deck = folder / "deck.toml";
  write_text(deck, small_deck);
  const auto text = kindred_command("check " + deck);
  BOOST_TEST(text.status == 0);
  BOOST_TEST(contains(text.out, "deck.toml: ok\n"));
  BOOST_TEST(contains(text.out, "4 samples"));
  const auto json = nlohmann::json::parse(kindred_command("check --json " + deck + " grid.n=[8,4] sweep.count=7").out);
  BOOST_TEST(json.at("ok").get<bool>());
  BOOST_TEST(json.at("samples").get<int>() == 7);
  // coefficient, forcing and u on 8 × 4 cells, four bytes a value
  BOOST_TEST(json.at("bytes_per_sample").get<int>() == 3 * 8 * 4 * 4);
}

BOOST_AUTO_TEST_CASE(check_deep_solves_one_sample_and_refuses_petsc_options_that_nobody_reads) {
  const TemporaryFolder folder;
  const std::string deck = folder / "deck.toml";
  write_text(deck, small_deck);
  const auto good = kindred_command("check --deep --json " + deck);
  BOOST_TEST(good.status == 0);
  const auto deep = nlohmann::json::parse(good.out).at("deep");
  BOOST_TEST(deep.at("converged").get<bool>());
  BOOST_TEST(deep.at("residual_relative").get<double>() < 1e-6);

  write_text(deck, small_deck + "[solver]\ntype = \"petsc\"\n[solver.petsc]\npc_hypre_boomeramg_no_such_option = 3\n");
  const auto bad = kindred_command("check --deep " + deck);
  BOOST_TEST(bad.status == 2);
  BOOST_TEST(contains(bad.err, "pc_hypre_boomeramg_no_such_option"));
}

BOOST_AUTO_TEST_CASE(the_resolved_deck_is_a_deck_with_the_same_identity) {
  const TemporaryFolder folder;
  const std::string deck = folder / "deck.toml";
  write_text(deck, small_deck);
  const auto resolved = kindred_command("check --print-resolved " + deck);
  BOOST_TEST(resolved.status == 0);
  write_text(folder / "resolved.toml", resolved.out);
  const auto first = nlohmann::json::parse(kindred_command("check --json " + deck).out);
  const auto again = kindred_command("check --json " + (folder / "resolved.toml") + " output.name=deck");
  BOOST_TEST_REQUIRE(again.status == 0, again.err);
  BOOST_TEST(first.at("samples") == nlohmann::json::parse(again.out).at("samples"));
}

BOOST_AUTO_TEST_CASE(a_starter_deck_passes_check_for_every_problem) {
  const TemporaryFolder folder;
  const auto problems = nlohmann::json::parse(kindred_command("list problem --json").out);
  BOOST_TEST(problems.size() >= 3U);
  for (const auto& problem : problems) {
    const auto name = problem.at("name").get<std::string>();
    BOOST_TEST_CONTEXT(name) {
      const std::string deck = folder / (name + ".toml");
      const auto made = kindred_command("init " + name);
      BOOST_TEST_REQUIRE(made.status == 0, made.err);
      BOOST_TEST(made.err.empty());
      write_text(deck, made.out);
      const auto checked = kindred_command("check " + deck);
      if (name == "matrix_sequence") {  // nothing runs before it is told its files
        BOOST_TEST(contains(checked.err, "no file matches"), checked.err);
      } else if (name.ends_with("_as_published")) {  // faulty on purpose: the user has to say that it is meant
        BOOST_TEST(contains(checked.err, "faulty matrices"), checked.err);
        const auto meant = kindred_command("check " + deck + " problem.benchmark=true");
        BOOST_TEST(meant.status == 0, meant.err);
      } else {
        BOOST_TEST(checked.status == 0, checked.err);
      }
      const auto described = nlohmann::json::parse(kindred_command("describe --json problem/" + name).out);
      for (const auto& p : described.at("parameters")) {
        BOOST_TEST(contains(made.out, p.at("name").get<std::string>()), p.at("name"));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(commented_lines_of_a_starter_deck_are_the_defaults_they_claim_to_be) {
  // With every `#key = value` of a section uncommented the deck means the same: its identity does not change. Boundary
  // sides have no default, and the output's name comes from the file, so these are left alone.
  const TemporaryFolder folder;
  BOOST_TEST(kindred_command("init darcy -o " + (folder / "darcy.toml")).status == 0);
  const auto made = kindred_command("init darcy").out;
  std::ifstream written(folder / "darcy.toml");
  BOOST_TEST(std::string((std::istreambuf_iterator<char>(written)), std::istreambuf_iterator<char>()) == made);
  BOOST_TEST(kindred_command("init darcy -o " + (folder / "darcy.toml")).status == 2);  // hand-written decks are not replaced
  std::istringstream lines(made);
  std::string uncommented;
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.front() == '[') {
      table = line;
    }
    const bool setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    const bool keep = setting && table != "[boundary]" && table != "[output]";
    uncommented += (keep ? line.substr(1) : line) + "\n";
  }
  write_text(folder / "deck.toml", made);
  const auto first = kindred_command("check --json " + (folder / "deck.toml"));
  write_text(folder / "deck.toml", uncommented);
  const auto second = kindred_command("check --json " + (folder / "deck.toml"));
  BOOST_TEST_REQUIRE(second.status == 0, second.err);
  BOOST_TEST(nlohmann::json::parse(first.out).at("identity") == nlohmann::json::parse(second.out).at("identity"));
}

BOOST_AUTO_TEST_CASE(the_ready_decks_pass_check) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(decks)) {
    if (file.path().extension() != ".toml") {
      continue;
    }
    ++count;
    const auto result = kindred_command("check " + file.path().string());
    BOOST_TEST(result.status == 0, file.path() << ": " << result.err);
  }
  BOOST_TEST(count >= 7);
}

BOOST_AUTO_TEST_CASE(the_registry_holds_what_the_golden_list_says) {
  std::ostringstream listed;
  for (const auto& entry : nlohmann::json::parse(kindred_command("list --json").out)) {
    listed << entry.at("kind").get<std::string>() << '/' << entry.at("name").get<std::string>() << '\n';
  }
  const std::string golden = kindred::test::read_text(std::string(KINDRED_TEST_DATA) + "/registry.golden");
  BOOST_TEST(listed.str() == golden,
             "a plugin was added, renamed, or dropped by the linker: if that was meant, mend tests/apps/registry.golden\n"
                 << listed.str());
}

BOOST_AUTO_TEST_CASE(every_entry_and_every_parameter_is_documented) {
  const auto all = kindred_command("describe --all --format md");
  BOOST_TEST(all.status == 0);
  const auto json = nlohmann::json::parse(kindred_command("describe --all --json").out);
  BOOST_TEST(json.size() == nlohmann::json::parse(kindred_command("list --json").out).size());
  for (const auto& entry : json) {
    const std::string name = entry.at("kind").get<std::string>() + "/" + entry.at("name").get<std::string>();
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(contains(all.out, "### `" + entry.at("name").get<std::string>() + "`"));
      BOOST_TEST(!entry.at("summary").get<std::string>().empty());
      BOOST_TEST(!entry.at("doc").get<std::string>().empty());
      for (const auto& p : entry.at("parameters")) {
        BOOST_TEST(!p.at("doc").get<std::string>().empty(), p.at("name").get<std::string>());
        BOOST_TEST(!p.at("type").get<std::string>().empty());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(describe_knows_names_kinds_and_decks) {
  const auto solvers = kindred_command("describe solver");
  BOOST_TEST(solvers.status == 0, solvers.err);
  for (const char* part : {"gcrodr", "family", "docs/families.md", "kindred describe solver/NAME"}) {
    BOOST_TEST(contains(solvers.out, part), part);
  }
  BOOST_TEST(nlohmann::json::parse(kindred_command("describe solver --json").out).size() >= 8U);
  BOOST_TEST(contains(kindred_command("describe darcy").out, "Defined in operators/problems/darcy.cpp:"));
  const auto one = kindred_command("describe darcy");
  BOOST_TEST(one.status == 0);
  BOOST_TEST(contains(one.out, "problem/darcy"));
  BOOST_TEST(nlohmann::json::parse(kindred_command("describe field/grf --format json").out).at("name") == "grf");

  const TemporaryFolder folder;
  write_text(folder / "deck.toml", small_deck);
  const auto summary = nlohmann::json::parse(kindred_command("describe --json " + (folder / "deck.toml") + " sweep.count=5").out);
  BOOST_TEST(summary.at("samples").get<int>() == 5);
  BOOST_TEST(summary.at("grid").size() == 2U);
  BOOST_TEST(summary.at("sweep").at(0).at("path") == "problem.coefficient.tau");

  const auto sample = [&](int n) {
    return nlohmann::json::parse(kindred_command("describe --json " + (folder / "deck.toml") + " --sample " + std::to_string(n)).out)
        .at("parameters")
        .at("problem.coefficient.tau")
        .get<double>();
  };
  for (const int n : {0, 3}) {
    BOOST_TEST(sample(n) > 2.0);
    BOOST_TEST(sample(n) < 4.0);
  }
  BOOST_TEST(sample(0) != sample(3));
  BOOST_TEST(kindred_command("describe " + (folder / "deck.toml") + " --sample 4").status == 2);
}

BOOST_AUTO_TEST_CASE(search_finds_by_name_text_and_parameter) {
  const auto found = nlohmann::json::parse(kindred_command("list --json --search KARHUNEN").out);
  BOOST_TEST(std::any_of(found.begin(), found.end(), [](const auto& entry) { return entry.at("name") == "grf"; }));
  BOOST_TEST(nlohmann::json::parse(kindred_command("list --json --search no-such-words-anywhere").out).empty());
}

BOOST_AUTO_TEST_CASE(the_schema_is_json) {
  const auto schema = nlohmann::json::parse(kindred_command("schema").out);
  BOOST_TEST(schema.at("properties").contains("problem"));
}

BOOST_AUTO_TEST_CASE(colours_only_where_they_are_wanted) {
  const std::string escape = "\033[";
  BOOST_TEST(!contains(kindred_command("list").out, escape));  // a pipe
  BOOST_TEST(contains(kindred_command("list --color always").out, escape));
  BOOST_TEST(!contains(kindred_command("list --color never").out, escape));
  const auto on_terminal = [](const std::string& before) {
    return kindred::test::run(before + " TERM=xterm script -qec '" + executable + " list' /dev/null").out;
  };
  if (kindred::test::run("command -v script").status == 0) {
    BOOST_TEST(contains(on_terminal("env -u NO_COLOR"), escape));
    BOOST_TEST(!contains(on_terminal("env NO_COLOR=1"), escape));
  }
}

BOOST_AUTO_TEST_CASE(a_plugin_can_be_named_or_found_and_used_in_a_deck) {
  BOOST_TEST_REQUIRE(std::filesystem::exists(template_plugin));
  const auto described = kindred_command("describe field/tiles --json --plugin " + template_plugin);
  BOOST_TEST_REQUIRE(described.status == 0, described.err);
  BOOST_TEST(contains(nlohmann::json::parse(described.out).at("origin").get<std::string>(), "tiles.so"));
  BOOST_TEST(kindred::test::run("KINDRED_PLUGIN_PATH=" + template_plugin + " " + executable + " describe field/tiles").status == 0);

  const TemporaryFolder folder;
  const std::string body =
      "[problem]\ntype = \"darcy\"\n[problem.coefficient]\ntype = \"tiles\"\ntiles = 3\n[grid]\nn = [12, 12]\n[sweep]\ncount = 2\n";
  write_text(folder / "deck.toml", "version = 1\nplugins = [\"" + template_plugin + "\"]\n" + body);
  const auto checked = kindred_command("check --deep " + (folder / "deck.toml"));
  BOOST_TEST(checked.status == 0, checked.err);
  write_text(folder / "without.toml", "version = 1\n" + body);
  BOOST_TEST(kindred_command("check " + (folder / "without.toml")).status == 2);
  BOOST_TEST(kindred_command("check " + (folder / "without.toml") + " --plugin " + template_plugin).status == 0);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_plugin_is_refused) {
  const TemporaryFolder folder;
  write_text(folder / "text.so", "not a shared object");
  const auto result = kindred_command("list --plugin " + (folder / "text.so"));
  BOOST_TEST(result.status == 2);
  BOOST_TEST(contains(result.err, "text.so"));
  BOOST_TEST(kindred_command("list --plugin /no/such/plugin.so").status == 2);
}

BOOST_AUTO_TEST_CASE(doctor_looks_at_everything) {
  const TemporaryFolder folder;
  const auto result = kindred::test::run("cd " + folder.path().string() + " && " + executable + " doctor --json");
  BOOST_TEST(result.status == 0, result.err);
  const auto findings = nlohmann::json::parse(result.out);
  std::set<std::string> names;
  for (const auto& finding : findings) {
    names.insert(finding.at("name").get<std::string>());
    // Whatever is not as it should be comes with advice.
    BOOST_TEST((finding.at("verdict") == "ok") == finding.at("advice").get<std::string>().empty());
  }
  for (const char* name : {"kindred", "MPI", "PETSc", "HDF5", "processor", "GPU", "disk", "file locks", "gnuplot", "python", "plugins"}) {
    BOOST_TEST(names.count(name) == 1U, name);
  }
  BOOST_TEST(std::filesystem::is_empty(folder.path()));  // nothing is left behind
}

BOOST_AUTO_TEST_CASE(completion_scripts_are_understood_by_their_shell) {
  const TemporaryFolder folder;
  write_text(folder / "kindred.bash", kindred_command("completion bash").out);
  const auto completed = kindred::test::run("bash -c 'source " + (folder / "kindred.bash") +
                                            "; COMP_WORDS=(kindred init poi); COMP_CWORD=2; _kindred; echo ${COMPREPLY[@]}'");
  BOOST_TEST(completed.status == 0, completed.err);
  BOOST_TEST(completed.out == "poisson\n");
  BOOST_TEST(kindred_command("completion fish").status == 0);
  BOOST_TEST(kindred_command("completion tcsh").status == 2);
}

BOOST_AUTO_TEST_CASE(the_log_goes_to_a_file_too) {
  const TemporaryFolder folder;
  write_text(folder / "deck.toml", small_deck);
  BOOST_TEST(kindred_command("check " + (folder / "deck.toml") + " --log-file " + (folder / "log")).status == 0);
  BOOST_TEST(std::filesystem::exists(folder / "log"));
  BOOST_TEST(kindred_command("list --log-file /dev/null/log").status == 4);
}

BOOST_AUTO_TEST_CASE(unsigned_numbers_have_no_sign_and_no_overflow) {
  for (const char* seed : {"-1", "18446744073709551616", "1e3", "0x10"}) {
    const auto refused = kindred_command("points --dimension 2 --count 4 --seed " + std::string(seed));
    BOOST_TEST(refused.status == 2, seed);
    BOOST_TEST(refused.err.find("whole number") != std::string::npos, refused.err);
  }
  BOOST_TEST(kindred_command("points --dimension 2 --count 4 --seed 18446744073709551615").status == 0);
}

BOOST_AUTO_TEST_CASE(verbs_of_one_process_refuse_several) {
  const auto refused = kindred::test::run("env OMPI_COMM_WORLD_SIZE=3 " KINDRED_EXECUTABLE " points --dimension 2 --count 4");
  BOOST_TEST(refused.status == 2);
  BOOST_TEST(refused.err.find("without mpiexec") != std::string::npos, refused.err);
}

// A limit on the size of files is an error of the write, like a full disk, and no signal that ends the program.
BOOST_AUTO_TEST_CASE(files_beyond_the_limit_are_reported) {
  const TemporaryFolder folder;
  const auto failed = kindred::test::run("bash -c 'ulimit -f 100; " KINDRED_EXECUTABLE " points --dimension 8 --count 1048576 -o " +
                                         (folder / "points.npy") + "'");
  BOOST_TEST(failed.status == 4, failed.err);
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_SUITE_END()

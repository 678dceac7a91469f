// The JSON Schema of decks, judged by an independent implementation: Debian's python3-jsonschema. Skipped where that is
// not installed.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <nlohmann/json.hpp>

#include <kindred/core/deck/deck.hpp>

#include "toy_registry.hpp"

using namespace kindred;

namespace {

const char* const judge = R"(
import json, sys, tomllib, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
errors = list(jsonschema.Draft202012Validator(schema).iter_errors(tomllib.load(open(sys.argv[2], 'rb'))))
sys.exit(1 if errors else 0)
)";

bool judge_is_installed() { return std::system("/usr/bin/python3 -c 'import tomllib, jsonschema' 2>/dev/null") == 0; }

class Judge {
 public:
  Judge() {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "judge.py") << judge;
    std::ofstream(folder_ / "schema.json") << deck_json_schema();
  }
  ~Judge() { std::filesystem::remove_all(folder_); }
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  [[nodiscard]] bool accepts(const std::string& deck) const {
    std::ofstream(folder_ / "deck.toml") << deck;
    const std::string f = folder_.string();
    const int status = std::system(("/usr/bin/python3 " + f + "/judge.py " + f + "/schema.json " + f + "/deck.toml").c_str());
    BOOST_REQUIRE((status == 0 || WEXITSTATUS(status) == 1));
    return status == 0;
  }

 private:
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("kindred_schema_" + std::to_string(getpid()));
};

const std::string head = "version = 1\n[problem]\ntype = \"darcy\"\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(test_schema)

BOOST_AUTO_TEST_CASE(every_entry_has_its_definition_with_docs_defaults_and_ranges) {
  const auto schema = nlohmann::json::parse(deck_json_schema());
  for (const Entry* entry : Registry::instance().entries()) {
    const std::string name = entry->kind + "." + entry->name;
    BOOST_REQUIRE_MESSAGE(schema["$defs"].contains(name), name);
    for (const auto& info : entry->parameters) {
      BOOST_TEST(schema["$defs"][name]["properties"].contains(info.name));
    }
  }
  const auto& beta = schema["$defs"]["problem.darcy"]["properties"]["beta"];
  BOOST_TEST(beta["description"] == "Strength of the reaction.");
  BOOST_TEST(beta["default"] == 1.0);
  BOOST_TEST(beta["exclusiveMinimum"] == 0.0);
  BOOST_TEST(schema["$defs"]["field.grf"]["properties"]["tau"]["description"] == "Inverse correlation length. Unit: m-1.");
  BOOST_TEST(schema["$defs"]["problem.darcy"]["additionalProperties"] == false);
}

BOOST_AUTO_TEST_CASE(good_decks_pass_and_bad_ones_do_not) {
  if (!judge_is_installed()) {
    BOOST_TEST_MESSAGE("skipped: python3-jsonschema is not installed");
    return;
  }
  const Judge schema;
  const std::string good[] = {
      head + "coefficient = 1.0\n[grid]\nn = [16]\n",
      head +
          "beta = \"=2*pi\"\ncoefficient = { type = \"grf\", tau = \"2 m-1\" }\nforcing = \"sin(x)\"\n[grid]\nn = [16, 8]\nextent = [\"1 "
          "m\", 2]\n"
          "[solver]\nrtol = 1e-6\n[sweep]\ncount = 3\ndesign = \"grid\"\norder = { choice = [1, 2] }\n[boundary]\nx_lo = { type = "
          "\"dirichlet\", value = 2 }\n"
          "[labels]\nanything = \"goes\"\n",
      head +
          "[grid]\nn = [16]\n[sweep]\ncoefficient = { uniform = [1, 2] }\n[solver]\ntype = \"petsc\"\npetsc = { ksp_type = \"cg\", "
          "ksp_rtol = 1e-8 }\n",
      parse_deck(head + "coefficient = \"gaussian\"\n[grid]\nn = [16]\n").resolved_toml(),
  };
  for (const auto& deck : good) {
    BOOST_CHECK_NO_THROW(parse_deck(deck));
    BOOST_TEST(schema.accepts(deck), deck);
  }
  const std::string bad[] = {
      head + "coefficient = 1.0\nbetta = 2.0\n[grid]\nn = [16]\n",
      head + "coefficient = 1.0\nbeta = -2.0\n[grid]\nn = [16]\n",
      head + "coefficient = { type = \"gfr\" }\n[grid]\nn = [16]\n",
      head + "coefficient = { type = \"constant\", tau = 2 }\n[grid]\nn = [16]\n",
      head + "coefficient = 1.0\n[grid]\nn = 16\n",
      head + "coefficient = 1.0\n[grid]\nextent = [1.0]\n",
      head + "coefficient = 1.0\n[grid]\nn = [16]\n[solver]\nrestart = 30\n",
      head + "coefficient = 1.0\n[grid]\nn = [16]\n[sweep]\nbeta = { unifrom = [1, 2] }\n",
      head + "coefficient = 1.0\naverage = \"median\"\n[grid]\nn = [16]\n",
  };
  for (const auto& deck : bad) {
    BOOST_CHECK_THROW(parse_deck(deck), DeckError);
    BOOST_TEST(!schema.accepts(deck), deck);
  }
}

BOOST_AUTO_TEST_SUITE_END()

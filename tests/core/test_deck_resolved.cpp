#include <boost/test/unit_test.hpp>

#include <kindred/core/deck/deck.hpp>

#include "toy_registry.hpp"

using namespace kindred;

namespace {

const std::string everything =
    "title = \"A \\\"study\\\"\"\nversion = 1\ndescription = 'two\\lines'\n"
    "[sweep]\nseed = 3\ncount = 8\nbeta = { log_uniform = [0.01, 100] }\n\"problem.coefficient.tau\" = { normal = [3, 0.1], low = 1 }\n"
    "average = { choice = [\"harmonic\", \"upwind\"] }\n\"boundary.x_hi.value\" = { linspace = [0.1, 0.7, 4] }\n"
    "[const]\nk = \"=1/3\"\n"
    "[problem]\ntype = \"darcy\"\nforcing = \"sin(x)\"\n[problem.coefficient]\ntype = \"gaussian\"\nsigma = \"=k\"\n"
    "[grid]\nn = [16, 32]\nextent = [\"1 km\", 1e-300]\n[solver]\ntype = \"petsc\"\n[solver.petsc]\nksp_type = \"cg\"\nksp_rtol = "
    "1e-08\nksp_monitor = true\n"
    "[labels]\n\"who was it\" = \"me\"\n[output]\nfields = [\"u\"]\n[run]\nworkers = 4\n";

std::string identity(const std::string& text) { return parse_deck(text).identity_hash(); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_deck_resolved)

BOOST_AUTO_TEST_CASE(a_resolved_deck_resolves_to_itself) {
  const Deck deck = parse_deck(everything);
  const std::string text = deck.resolved_toml();
  const Deck again = parse_deck(text);
  BOOST_TEST(again.resolved_toml() == text);
  BOOST_TEST(again.identity_hash() == deck.identity_hash());
  BOOST_TEST(again.sweep.size() == deck.sweep.size());
  // Comments do not change it, and every line says where it is from.
  const std::string commented = deck.resolved_toml(true);
  BOOST_TEST(parse_deck(commented).resolved_toml() == text);
  BOOST_TEST(commented.find("sigma = 0.3333333333333333  # <deck>:18:9\n") != std::string::npos);
  BOOST_TEST(commented.find("order = 2  # default\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_form_is_canonical) {
  BOOST_TEST(parse_deck("version = 1\n[problem]\ntype = \"heat\"\ndiffusivity = 2\n[grid]\nn = [8]\n").resolved_toml() ==
             "version = 1\n\n[problem]\ntype = \"heat\"\ndiffusivity = 2.0\ntemperature = 293.15\n\n[grid]\nextent = []\nn = [8]\n\n"
             "[boundary.x_hi]\ntype = \"dirichlet\"\n\n[boundary.x_hi.value]\ntype = \"constant\"\nvalue = 0.0\n\n"
             "[boundary.x_lo]\ntype = \"dirichlet\"\n\n[boundary.x_lo.value]\ntype = \"constant\"\nvalue = 0.0\n\n"
             "[solver]\ntype = \"auto\"\nmax_it = 1000\nrtol = 1e-08\n\n[sweep]\nseed = 0\n\n[sweep.design]\ntype = \"mc\"\n\n"
             "[output]\ncompress = false\ndir = \"out\"\nfields = []\nprecision = \"f32\"\n\n[run]\nworkers = 1\n\n[labels]\n");
}

BOOST_AUTO_TEST_CASE(the_identity_sees_what_changes_the_data_and_nothing_else) {
  const std::string hash = identity(everything);
  BOOST_TEST(hash.size() == 64U);
  BOOST_TEST(identity(replaced(everything, "workers = 4", "workers = 1")) == hash);
  BOOST_TEST(identity(replaced(everything, "fields = [\"u\"]", "fields = [\"u\"]\ndir = \"elsewhere\"")) == hash);
  BOOST_TEST(identity(replaced(everything, "A \\\"study\\\"", "Another title")) == hash);
  BOOST_TEST(identity(replaced(everything, "\"1 km\"", "1000")) == hash);
  BOOST_TEST(identity(replaced(everything, "k = \"=1/3\"", "k = \"=1/3\"\nunused = 5")) == hash);
  BOOST_TEST(identity(replaced(everything, "[run]\nworkers = 4\n", "")) == hash);
  BOOST_TEST(identity(replaced(everything, "seed = 3", "seed = 4")) != hash);
  BOOST_TEST(identity(replaced(everything, "1e-300", "2e-300")) != hash);
  BOOST_TEST(identity(replaced(everything, "ksp_rtol = 1e-08", "ksp_rtol = 1e-09")) != hash);
}

BOOST_AUTO_TEST_CASE(differences_name_the_key_and_both_values) {
  const Deck before = parse_deck(everything);
  const Deck after = parse_deck(replaced(replaced(everything, "n = [16, 32]", "n = [32, 32]"), "seed = 3\n", ""));
  const auto lines = identity_differences(before.identity_toml(), after.identity_toml());
  BOOST_REQUIRE(lines.size() == 2U);
  BOOST_TEST(lines[0] == "grid.n: [16, 32] -> [32, 32]");
  BOOST_TEST(lines[1] == "sweep.seed: 3 -> 0");
  BOOST_TEST(identity_differences(before.identity_toml(), before.identity_toml()).empty());
  const auto gone = identity_differences("a = 1\nb = 2\n", "b = 2\nc = 3\n");
  BOOST_REQUIRE(gone.size() == 2U);
  BOOST_TEST(gone[0] == "a: 1 -> (not set)");
  BOOST_TEST(gone[1] == "c: (not set) -> 3");
}

BOOST_AUTO_TEST_SUITE_END()

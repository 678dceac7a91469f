// What a good deck becomes: defaults, short forms, units, constants, includes, overrides.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include <unistd.h>

#include <kindred/core/deck/deck.hpp>

#include "toy_registry.hpp"

using namespace kindred;

namespace {

const std::string darcy = "version = 1\n[problem]\ntype = \"darcy\"\ncoefficient = 1.0\n[grid]\nn = [16, 16]\n";
const std::string heat = "version = 1\n[problem]\ntype = \"heat\"\n";

Deck with(const std::string& text, std::vector<std::string> overrides) {
  DeckOptions options;
  options.overrides = std::move(overrides);
  return parse_deck(text, "deck.toml", options);
}

double real(const Deck& deck, const char* path) {
  const Value* value = deck.root.find_path(path);
  BOOST_REQUIRE_MESSAGE(value != nullptr, path << " is missing");
  return value->as_real();
}

/// A folder that is removed at the end.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("kindred_deck_" + std::to_string(getpid()));
  Folder() { std::filesystem::create_directories(path / "parts"); }
  ~Folder() { std::filesystem::remove_all(path); }
  void write(const char* name, const std::string& text) const { std::ofstream(path / name) << text; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_deck)

BOOST_AUTO_TEST_CASE(defaults_are_filled_in_at_every_depth) {
  const Deck deck = parse_deck(darcy);
  BOOST_TEST(real(deck, "problem.beta") == 1.0);
  BOOST_TEST(deck.root.find_path("problem.coefficient")->to_toml() == "{ type = \"constant\", value = 1.0 }");
  BOOST_TEST(deck.root.find_path("problem.forcing")->to_toml() == "{ type = \"constant\", value = 1.0 }");
  BOOST_TEST(deck.root.find_path("boundary.x_lo.value.value")->as_real() == 0.0);
  BOOST_TEST(deck.root.find_path("solver.type")->as_string() == "auto");
  BOOST_TEST(deck.root.find_path("sweep.design.type")->as_string() == "mc");
  BOOST_TEST(deck.section("output").find("precision")->as_string() == "f32");
  BOOST_TEST(deck.section("no such section").as_table().empty());
  BOOST_TEST(deck.root.find_path("problem.beta")->location.text() == "default");
  BOOST_TEST(deck.root.find_path("grid.n")->location.text() == "<deck>:6:5");
  BOOST_TEST(deck.sweep.empty());
  BOOST_TEST(!deck.warnings.has_errors());
}

BOOST_AUTO_TEST_CASE(aliases_get_their_proper_name) {
  const Deck deck = parse_deck("version = 1\n[problem]\ntype = \"darcy\"\ncoefficient = \"gaussian\"\n[grid]\nn = [4]\n");
  BOOST_TEST(deck.root.find_path("problem.coefficient.type")->as_string() == "grf");
}

BOOST_AUTO_TEST_CASE(a_library_needs_no_problem) {
  DeckOptions options;
  options.require_problem = false;
  const Deck deck = parse_deck("version = 1\n", "<deck>", options);
  BOOST_TEST(deck.root.find("problem") == nullptr);
  BOOST_TEST(deck.section("output").find("precision")->as_string() == "f32");
}

// Conversions from the definitions of the units; one rounding or two.
BOOST_AUTO_TEST_CASE(quantities_are_converted_to_the_unit_of_the_parameter) {
  const Deck deck = parse_deck(
      heat +
      "diffusivity = \"2 cm2/s\"\ntemperature = \"20 degC\"\nduration = \"1.5 hour\"\n[grid]\nn = [4]\nextent = [\"5 km\", 2, \"30cm\"]\n");
  BOOST_TEST(std::abs(real(deck, "problem.diffusivity") / 2e-4 - 1.0) < 4e-16);
  BOOST_TEST(std::abs(real(deck, "problem.temperature") / 293.15 - 1.0) < 4e-16);
  BOOST_TEST(real(deck, "problem.duration") == 5400.0);
  const auto& extent = deck.root.find_path("grid.extent")->as_array();
  BOOST_TEST(extent[0].as_real() == 5000.0);
  BOOST_TEST(extent[1].is_real());
  BOOST_TEST(std::abs(extent[2].as_real() / 0.3 - 1.0) < 4e-16);
  BOOST_TEST(std::abs(real(parse_deck(darcy + "[solver]\nrtol = \"50 %\"\n"), "solver.rtol") - 0.5) < 1e-16);
}

BOOST_AUTO_TEST_CASE(infinity_where_the_schema_allows_it) {
  BOOST_TEST(std::isinf(real(parse_deck(heat + "diffusivity = 1\nduration = inf\n[grid]\nn = [4]\n"), "problem.duration")));
}

BOOST_AUTO_TEST_CASE(expressions_use_constants_in_any_order) {
  const Deck deck = parse_deck(
      "version = 1\n[const]\nwave = \"=2*pi/length\"\nlength = \"=2*half\"\nhalf = \"1 km\"\ncells = 32\n"
      "[problem]\ntype = \"darcy\"\ncoefficient = \"=wave^2\"\nbeta = \"=sqrt(length)\"\norder = \"=cells/16\"\n[grid]\nn = [\"=cells\", "
      "\"=2*cells\"]\n");
  BOOST_TEST(std::abs(real(deck, "problem.coefficient.value") / std::pow(std::numbers::pi / 1000.0, 2) - 1.0) < 1e-15);
  BOOST_TEST(real(deck, "problem.beta") == std::sqrt(2000.0));
  BOOST_TEST(deck.root.find_path("problem.order")->as_integer() == 2);
  BOOST_TEST(deck.root.find_path("grid.n")->to_toml() == "[32, 64]");
}

BOOST_AUTO_TEST_CASE(later_texts_win_over_their_includes) {
  const Folder folder;
  folder.write("deck.toml", "include = [\"parts/a.toml\", \"parts/b.toml\"]\nversion = 1\n[problem]\ntype = \"darcy\"\nbeta = 4.0\n");
  folder.write("parts/a.toml",
               "include = \"c.toml\"\n[problem]\nbeta = 2.0\ncoefficient = 7.0\n[solver]\ntype = \"cg\"\nrtol = 1e-3\n[sweep]\norder = { "
               "choice = [1, 2] }\n");
  folder.write("parts/b.toml", "[solver]\nrtol = 1e-4\n[sweep]\n\"problem.order\" = { choice = [3, 4] }\n");
  folder.write("parts/c.toml", "[problem]\ncoefficient = 6.0\naverage = \"arithmetic\"\n[grid]\nn = [8]\n");
  const Deck deck = load_deck(folder.path / "deck.toml");
  BOOST_TEST(real(deck, "problem.beta") == 4.0);
  BOOST_TEST(real(deck, "problem.coefficient.value") == 7.0);
  BOOST_TEST(deck.root.find_path("problem.average")->as_string() == "arithmetic");
  BOOST_TEST(real(deck, "solver.rtol") == 1e-4);
  BOOST_TEST(deck.root.find_path("solver.type")->as_string() == "cg");
  BOOST_TEST(deck.root.find_path("solver.rtol")->location.text().ends_with("parts/b.toml:2:8"));
  BOOST_TEST(deck.sources.size() == 4U);
  BOOST_REQUIRE(deck.sweep.size() == 1U);
  BOOST_TEST(deck.sweep[0].distribution.values[0].as_integer() == 3);
}

BOOST_AUTO_TEST_CASE(a_deck_that_cannot_be_read) { BOOST_CHECK_THROW(load_deck("/nowhere/deck.toml"), IoError); }

BOOST_AUTO_TEST_CASE(overrides_take_toml_values_or_strings) {
  const Deck deck = with(darcy, {"problem.beta=2", "problem.average=arithmetic", "grid.n=[32, 64]", "solver.type=cg", "solver.rtol=1.e-6",
                                 "output.compress=true", "output.dir = \"my data\"", "problem.coefficient={type=\"grf\", tau=5}",
                                 "problem.coefficient.sigma=.5", "problem.forcing=sin(pi*x)"});
  BOOST_TEST(real(deck, "problem.beta") == 2.0);
  BOOST_TEST(deck.root.find_path("problem.average")->as_string() == "arithmetic");
  BOOST_TEST(deck.root.find_path("grid.n")->to_toml() == "[32, 64]");
  BOOST_TEST(real(deck, "solver.rtol") == 1e-6);
  BOOST_TEST(deck.root.find_path("output.compress")->as_bool());
  BOOST_TEST(deck.root.find_path("output.dir")->as_string() == "my data");
  BOOST_TEST(real(deck, "problem.coefficient.tau") == 5.0);
  BOOST_TEST(real(deck, "problem.coefficient.sigma") == 0.5);
  BOOST_TEST(deck.root.find_path("problem.forcing.value")->as_string() == "sin(pi*x)");
  BOOST_TEST(deck.root.find_path("problem.beta")->location.text() == "<command line argument 1>:1:14");
}

BOOST_AUTO_TEST_CASE(an_override_reaches_into_a_short_form) {
  const std::string deck = "version = 1\n[problem]\ntype = \"darcy\"\ncoefficient = \"grf\"\n[grid]\nn = [4]\n";
  BOOST_TEST(real(with(deck, {"problem.coefficient.tau=7"}), "problem.coefficient.tau") == 7.0);
}

BOOST_AUTO_TEST_CASE(everything_wrong_is_told_at_once) {
  try {
    with(darcy + "[solver]\nrtoll = 1\n", {"grid.n=[0]", "problem.bta=1"});
    BOOST_FAIL("accepted");
  } catch (const DeckError& error) {
    BOOST_TEST(error.diagnostics().all().size() == 3U);
  }
}

BOOST_AUTO_TEST_CASE(a_deprecated_key_still_works) {
  const Deck deck = parse_deck(darcy + "[solver]\ntolerance = 1e-5\n");
  BOOST_TEST(real(deck, "solver.rtol") == 1e-5);
  BOOST_TEST(deck.root.find_path("solver.tolerance") == nullptr);
  BOOST_TEST(deck.warnings.all().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

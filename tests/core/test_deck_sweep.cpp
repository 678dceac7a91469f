#include <boost/test/unit_test.hpp>

#include <cmath>

#include <kindred/core/deck/deck.hpp>

#include "toy_registry.hpp"

using namespace kindred;

namespace {

const std::string head =
    "version = 1\n[problem]\ntype = \"darcy\"\n[problem.coefficient]\ntype = \"grf\"\n[problem.forcing]\ntype = \"grf\"\n[grid]\nn = [8]\n";

Deck with(const std::string& text, std::vector<std::string> overrides) {
  DeckOptions options;
  options.overrides = std::move(overrides);
  return parse_deck(text, "deck.toml", options);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_deck_sweep)

BOOST_AUTO_TEST_CASE(axes_are_sorted_and_named) {
  const Deck deck = parse_deck(
      head +
      "[sweep]\nseed = 7\ncount = 10\nbeta = { log_uniform = [0.01, 100] }\n\"problem.coefficient.tau\" = { choice = [3, 5.5] }\n"
      "\"problem.forcing.tau\" = { uniform = [\"1 km-1\", \"2 m-1\"] }\n\"boundary.x_lo.value\" = { normal = [0, 1], high = 2 }\n"
      "average = { choice = [\"harmonic\", \"upwind\"] }\norder = { linspace = [1, 4, 4] }\n");
  BOOST_REQUIRE(deck.sweep.size() == 6U);
  const char* paths[] = {"boundary.x_lo.value",     "problem.average",     "problem.beta",
                         "problem.coefficient.tau", "problem.forcing.tau", "problem.order"};
  const char* names[] = {"value", "average", "beta", "coefficient_tau", "forcing_tau", "order"};
  for (std::size_t i = 0; i < 6; ++i) {
    BOOST_TEST(deck.sweep[i].path == paths[i]);
    BOOST_TEST(deck.sweep[i].name == names[i]);
  }
  BOOST_TEST(deck.sweep[3].unit == "m-1");
  BOOST_TEST(deck.sweep[3].doc == "Inverse correlation length.");
  BOOST_TEST(deck.sweep[3].distribution.values[0].is_real());
  BOOST_TEST(std::abs(deck.sweep[4].distribution.low - 1e-3) < 1e-18);
  BOOST_TEST(deck.sweep[5].distribution.values[3].as_integer() == 4);
  BOOST_TEST(deck.section("sweep").find("seed")->as_integer() == 7);
}

// A swept parameter has no value of its own, neither a default nor, if it is required, a given one.
BOOST_AUTO_TEST_CASE(a_swept_parameter_is_absent_from_its_table) {
  const Deck deck = parse_deck(
      "version = 1\n[problem]\ntype = \"heat\"\n[grid]\nn = [8]\n[sweep]\ndiffusivity = { uniform = [1, 2] }\ntemperature = { choice = "
      "[280, 300] }\n");
  BOOST_TEST(deck.root.find_path("problem.diffusivity") == nullptr);
  BOOST_TEST(deck.root.find_path("problem.temperature") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_whole_field_is_swept_over_constants) {
  const Deck deck = parse_deck("version = 1\n[problem]\ntype = \"darcy\"\n[grid]\nn = [8]\n[sweep]\ncoefficient = { uniform = [1, 2] }\n");
  BOOST_TEST(deck.sweep.at(0).path == "problem.coefficient");
}

// "5 degC" is a deviation of 5 K, not of 278.15 K.
BOOST_AUTO_TEST_CASE(a_deviation_is_a_difference) {
  const Deck deck = parse_deck(
      "version = 1\n[problem]\ntype = \"heat\"\ndiffusivity = 1\n[grid]\nn = [8]\n[sweep]\ntemperature = { normal = [\"20 degC\", \"5 "
      "degC\"], low = \"0 degC\" }\n");
  const auto& d = deck.sweep.at(0).distribution;
  BOOST_TEST(std::abs(d.mean - 293.15) < 1e-12);
  BOOST_TEST(std::abs(d.deviation - 5.0) < 1e-12);
  BOOST_TEST(std::abs(d.low - 273.15) < 1e-12);
}

BOOST_AUTO_TEST_CASE(constants_reach_into_distributions) {
  const Deck deck =
      parse_deck("version = 1\n[const]\nlow = 2\n" + head.substr(12) + "[sweep]\nbeta = { uniform = [\"=low\", \"=2*low\"] }\n");
  BOOST_TEST(deck.sweep.at(0).distribution.high == 4.0);
}

BOOST_AUTO_TEST_CASE(a_distribution_on_the_command_line_sweeps) {
  const std::size_t next_table = head.find("[problem.coefficient]");
  const Deck deck =
      with(head.substr(0, next_table) + "beta = 2.0\n" + head.substr(next_table),
           {"problem.beta=choice(1, 2, 3)", "problem.coefficient.tau=uniform(\"1 m-1\", 4)", "problem.average=choice(upwind,harmonic)"});
  BOOST_REQUIRE(deck.sweep.size() == 3U);
  BOOST_TEST(deck.sweep[0].distribution.values[1].as_string() == "harmonic");
  BOOST_TEST(deck.sweep[1].distribution.levels() == 3U);
  BOOST_TEST(deck.sweep[2].distribution.high == 4.0);
  BOOST_TEST(deck.sweep[1].location.text() == "<command line argument 1>:1:1");
}

BOOST_AUTO_TEST_CASE(the_command_line_changes_or_ends_a_sweep) {
  const std::string deck = head + "[sweep]\nbeta = { uniform = [1, 2] }\n\"problem.coefficient.tau\" = { uniform = [1, 2] }\n";
  const Deck fixed = with(deck, {"problem.beta=9", "problem.coefficient=3.0"});
  BOOST_TEST(fixed.sweep.empty());
  BOOST_TEST(fixed.root.find_path("problem.beta")->as_real() == 9.0);
  const Deck changed = with(deck, {"problem.beta=linspace(1,3,3)", "sweep.\"problem.coefficient.tau\"={choice=[3,5]}"});
  BOOST_REQUIRE(changed.sweep.size() == 2U);
  BOOST_TEST(changed.sweep[0].distribution.levels() == 3U);
  BOOST_TEST(changed.sweep[1].distribution.levels() == 2U);
}

BOOST_AUTO_TEST_CASE(own_keys_of_the_section_merge_and_axes_do_not) {
  const auto design = [](const Deck& deck, const char* key) { return deck.root.find_path(std::string("sweep.design.") + key); };
  const std::string text = head + "[sweep]\nseed = 3\ndesign = { type = \"sobol\", field_dimensions = 16 }\nbeta = { uniform = [1, 2] }\n";
  const Deck one_key = with(text, {"sweep.design.field_dimensions=8"});
  BOOST_TEST(design(one_key, "type")->as_string() == "sobol");
  BOOST_TEST(design(one_key, "field_dimensions")->as_integer() == 8);
  BOOST_TEST(one_key.sweep.size() == 1U);
  const Deck both = with(head, {"sweep.design.type=\"sobol\"", "sweep.design.field_dimensions=8"});
  BOOST_TEST(design(both, "type")->as_string() == "sobol");
  BOOST_TEST(design(both, "field_dimensions")->as_integer() == 8);
  const Deck by_name = with(text, {"sweep.design=mc"});  // a name stands for the whole plugin
  BOOST_TEST(design(by_name, "type")->as_string() == "mc");
  const Deck axis = with(text, {"sweep.beta={choice=[3,5]}"});  // merged, it would have two distributions
  BOOST_TEST(axis.sweep.at(0).distribution.levels() == 2U);
  BOOST_TEST(axis.root.find_path("sweep.seed")->as_integer() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

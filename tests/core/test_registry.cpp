#include <boost/test/unit_test.hpp>

#include "toy_registry.hpp"

using namespace kindred;

BOOST_AUTO_TEST_SUITE(test_registry)

BOOST_AUTO_TEST_CASE(an_entry_knows_all_about_its_plugin) {
  const Entry& entry = Registry::instance().get("field", "grf");
  BOOST_TEST(entry.summary == "Gaussian random field");
  BOOST_TEST(entry.origin == "built in");
  BOOST_TEST(entry.file.ends_with("toy_registry.hpp"));
  BOOST_TEST(entry.line > 0);
  BOOST_TEST(entry.parameters.size() == 3U);
  BOOST_TEST(entry.find_parameter("tau")->unit == "m-1");
  BOOST_TEST(entry.find_parameter("nothing") == nullptr);
}

BOOST_AUTO_TEST_CASE(aliases_lead_to_the_same_entry) {
  BOOST_TEST(Registry::instance().find("field", "gaussian") == Registry::instance().find("field", "grf"));
  BOOST_TEST(Registry::instance().find("solver", "grf") == nullptr);
}

BOOST_AUTO_TEST_CASE(unknown_names_are_answered_with_the_known_ones_nearest_first) {
  BOOST_CHECK_EXCEPTION(static_cast<void>(Registry::instance().get("solver", "gmrse")), InputError, [](const InputError& e) {
    return std::string(e.what()).starts_with("no solver is called \"gmrse\"; there are: gmres, ");
  });
}

BOOST_AUTO_TEST_CASE(a_name_is_taken_once_per_kind) {
  Entry entry;
  entry.kind = "field";
  entry.name = "another";
  entry.aliases = {"constant"};
  BOOST_CHECK_THROW(Registry::instance().add(entry), InputError);
  BOOST_TEST(Registry::instance().find("field", "another") == nullptr);
}

BOOST_AUTO_TEST_CASE(entries_are_sorted) {
  const auto all = Registry::instance().entries();
  for (std::size_t i = 1; i < all.size(); ++i) {
    BOOST_TEST((all[i - 1]->kind < all[i]->kind || (all[i - 1]->kind == all[i]->kind && all[i - 1]->name < all[i]->name)));
  }
  const auto kinds = Registry::instance().kinds();
  BOOST_TEST((std::find(kinds.begin(), kinds.end(), "section") != kinds.end()));
}

BOOST_AUTO_TEST_CASE(short_forms_of_fields) {
  BOOST_TEST(plugin_choice(Value(2.5), "field").table.to_toml() == "{ type = \"constant\", value = 2.5 }");
  BOOST_TEST(plugin_choice(Value("grf"), "field").table.to_toml() == "{ type = \"grf\" }");
  BOOST_TEST(plugin_choice(Value("sin(pi*x)"), "field").name == "expression");
  BOOST_TEST(plugin_choice(Value("x"), "field").name == "expression");
  BOOST_TEST(plugin_choice(Value("gfr"), "field").name == "gfr");  // a slip of the pen, not a formula
  BOOST_TEST(plugin_choice(Value("sin(x)"), "solver").name == "sin(x)");
  BOOST_CHECK_THROW(plugin_choice(Value(2.5), "solver"), InputError);
  BOOST_CHECK_THROW(plugin_choice(Value(Table{}), "field"), InputError);
}

BOOST_AUTO_TEST_CASE(create_makes_the_plugin_with_its_parameters) {
  BOOST_TEST(create<toy::Field>(Value(2.5), 2.0)->number == 5.0);
  Value table;
  table.set("type", "constant");
  BOOST_TEST(create<toy::Field>(table, 3.0)->number == 3.0);
  BOOST_CHECK_THROW(create<toy::Field>(Value("gfr"), 1.0), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

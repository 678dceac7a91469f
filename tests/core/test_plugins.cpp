#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

#include <kindred/core/deck/deck.hpp>
#include <kindred/core/registry/plugins.hpp>

#include "toy_registry.hpp"

using namespace kindred;

namespace {

std::filesystem::path plugin(const char* name) { return std::filesystem::path(KINDRED_TEST_PLUGINS) / (std::string(name) + ".so"); }

bool refused(const char* name, const char* reason) {
  const std::size_t before = Registry::instance().entries().size();
  try {
    load_plugin(plugin(name));
  } catch (const InputError& error) {
    BOOST_TEST(Registry::instance().entries().size() == before, "a refused plugin leaves nothing behind");
    return std::string(error.what()).find(reason) != std::string::npos;
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_plugins)

BOOST_AUTO_TEST_CASE(bad_plugins_are_refused_with_the_reason) {
  BOOST_TEST(refused("nowhere", "No such file"));
  BOOST_TEST(refused("foreign_plugin", "built for another Kindred"));
  BOOST_TEST(refused("untagged_plugin", "exports no kindred_plugin_abi"));
  BOOST_TEST(refused("clashing_plugin", "\"constant\""));
  BOOST_TEST(Registry::instance().find("field", "clashing") == nullptr);
  BOOST_TEST(refused("clashing_plugin", "\"constant\""));  // and again
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_shared_object) { BOOST_CHECK_THROW(load_plugin(__FILE__), InputError); }

BOOST_AUTO_TEST_CASE(a_deck_loads_its_plugins_before_it_is_checked) {
  const std::string deck =
      "version = 1\nplugins = [\"good_plugin.so\"]\n[problem]\ntype = \"darcy\"\ncoefficient = { type = \"checkerboard\", contrast = 9 "
      "}\n[grid]\nn = [4]\n";
  const Deck result = parse_deck(deck, (std::filesystem::path(KINDRED_TEST_PLUGINS) / "deck.toml").string());
  BOOST_TEST(create<toy::Field>(*result.root.find_path("problem.coefficient"), 2.0)->number == 18.0);
  BOOST_TEST(Registry::instance().get("field", "checkerboard").origin.ends_with("good_plugin.so"));
  const std::size_t before = Registry::instance().entries().size();
  load_plugin(plugin("good_plugin"));  // again: nothing happens
  BOOST_TEST(Registry::instance().entries().size() == before);
}

BOOST_AUTO_TEST_CASE(the_search_path_takes_files) {
  setenv("KINDRED_PLUGIN_PATH", (":" + plugin("good_plugin").string() + ":").c_str(), 1);
  BOOST_CHECK_NO_THROW(load_plugins_from_environment());
  setenv("KINDRED_PLUGIN_PATH", "/nowhere/at/all.so", 1);
  BOOST_CHECK_THROW(load_plugins_from_environment(), InputError);
  unsetenv("KINDRED_PLUGIN_PATH");
}

BOOST_AUTO_TEST_CASE(the_tag_names_what_must_agree) {
  const std::string tag = abi_tag();
  for (const char* part : {"kindred ", "gcc", "libstdc++", "c++20", "real", "i32"}) {
    BOOST_TEST(tag.find(part) != std::string::npos, tag);
  }
}

BOOST_AUTO_TEST_SUITE_END()

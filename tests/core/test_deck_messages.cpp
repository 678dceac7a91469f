// Every deck of bad_decks/ with all the complaints that it must get, word for word. Lines `#! key=value` of a deck are
// overrides. KINDRED_UPDATE_GOLDEN=1 rewrites the expected texts, which then have to be read.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sstream>

#include <kindred/core/deck/deck.hpp>

#include "../support/golden_decks.hpp"
#include "toy_registry.hpp"

namespace {

std::vector<std::string> overrides_of(const std::string& text) {
  std::vector<std::string> overrides;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#! ")) {
      overrides.push_back(line.substr(3));
    }
  }
  return overrides;
}

std::string complaints(const std::filesystem::path& deck) {
  kindred::DeckOptions options;
  options.overrides = overrides_of(kindred::test::read_text(deck));
  std::string text;
  try {
    text = kindred::load_deck(deck, options).warnings.text();
  } catch (const kindred::DeckError& error) {
    text = error.what();
  }
  const std::string folder = deck.parent_path().string() + "/";
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
    text.erase(at, folder.size());
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_deck_messages)

BOOST_AUTO_TEST_CASE(every_bad_deck_gets_its_message) {
  const std::filesystem::path folder = std::filesystem::path(KINDRED_TEST_DATA) / "bad_decks";
  BOOST_TEST(kindred::test::check_golden_decks(folder, complaints) >= 60U);
}

BOOST_AUTO_TEST_SUITE_END()

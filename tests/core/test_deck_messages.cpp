// Every deck of bad_decks/ with all the complaints that it must get, word for word. Lines `#! key=value` of a deck are
// overrides. KINDRED_UPDATE_GOLDEN=1 rewrites the expected texts, which then have to be read.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <kindred/core/deck/deck.hpp>

#include "toy_registry.hpp"

namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

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
  options.overrides = overrides_of(contents(deck));
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
  std::vector<std::filesystem::path> decks;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".toml") {
      decks.push_back(file.path());
    }
  }
  std::sort(decks.begin(), decks.end());
  BOOST_TEST(decks.size() >= 60U);
  for (const auto& deck : decks) {
    BOOST_TEST_CONTEXT(deck.filename()) {
      auto expected_file = deck;
      expected_file.replace_extension(".expected");
      const std::string found = complaints(deck);
      if (std::getenv("KINDRED_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(expected_file, std::ios::binary) << found;
      }
      BOOST_TEST(found == contents(expected_file));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

// Every deck of bad_decks/ with all the complaints of `kindred check`, word for word: what the plugins of the program refuse, beside what
// test_deck_messages shows of decks in general. KINDRED_UPDATE_GOLDEN=1 rewrites the expected texts, which then have to be read.

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "../support/process.hpp"

using kindred::test::read_text;

BOOST_AUTO_TEST_SUITE(test_bad_decks)

BOOST_AUTO_TEST_CASE(every_bad_deck_is_refused_with_its_message) {
  const std::filesystem::path folder = std::filesystem::path(KINDRED_TEST_DATA) / "bad_decks";
  std::vector<std::filesystem::path> decks;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".toml") {
      decks.push_back(file.path());
    }
  }
  std::sort(decks.begin(), decks.end());
  BOOST_TEST(!decks.empty());
  for (const auto& deck : decks) {
    BOOST_TEST_CONTEXT(deck.filename()) {
      const auto refused = kindred::test::run("cd " + folder.string() + " && " + KINDRED_EXECUTABLE + " check " + deck.filename().string());
      BOOST_TEST(refused.status == 2);
      auto expected = deck;
      expected.replace_extension(".expected");
      if (std::getenv("KINDRED_UPDATE_GOLDEN") != nullptr) {
        kindred::test::write_text(expected, refused.err);
      }
      BOOST_TEST(refused.err == read_text(expected));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

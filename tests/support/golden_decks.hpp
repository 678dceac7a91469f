#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "process.hpp"

namespace kindred::test {

/// Compares what `complaints(deck)` says of every *.toml of a folder, word for word, with the *.expected beside it.
/// KINDRED_UPDATE_GOLDEN=1 rewrites these, which then have to be read.
/// @returns how many decks there are
template <class Complaints>
std::size_t check_golden_decks(const std::filesystem::path& folder, const Complaints& complaints) {
  std::vector<std::filesystem::path> decks;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".toml") {
      decks.push_back(file.path());
    }
  }
  std::sort(decks.begin(), decks.end());
  for (const auto& deck : decks) {
    BOOST_TEST_CONTEXT(deck.filename()) {
      auto expected = deck;
      expected.replace_extension(".expected");
      const std::string found = complaints(deck);
      if (std::getenv("KINDRED_UPDATE_GOLDEN") != nullptr) {
        write_text(expected, found);
      }
      BOOST_TEST(found == read_text(expected));
    }
  }
  return decks.size();
}

}  // namespace kindred::test

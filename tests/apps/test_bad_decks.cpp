// Every deck of bad_decks/ with all the complaints of `kindred check`, word for word: what the plugins of the program refuse, beside what
// test_deck_messages shows of decks in general. KINDRED_UPDATE_GOLDEN=1 rewrites the expected texts, which then have to be read.

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

#include "../support/golden_decks.hpp"

BOOST_AUTO_TEST_SUITE(test_bad_decks)

BOOST_AUTO_TEST_CASE(every_bad_deck_is_refused_with_its_message) {
  const std::filesystem::path folder = std::filesystem::path(KINDRED_TEST_DATA) / "bad_decks";
  const auto complaints = [&](const std::filesystem::path& deck) {
    const auto refused = kindred::test::run("cd " + folder.string() + " && " + KINDRED_EXECUTABLE + " check " + deck.filename().string());
    BOOST_TEST(refused.status == 2);
    return refused.err;
  };
  BOOST_TEST(kindred::test::check_golden_decks(folder, complaints) > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/core/deck/suggest.hpp>

using namespace kindred;

BOOST_AUTO_TEST_SUITE(test_diagnostics)

BOOST_AUTO_TEST_CASE(the_caret_underlines_the_key_or_the_value) {
  const auto source = std::make_shared<const Source>(Source{"deck.toml", "[solver]\n\tksp_tpye = \"a \\\" b\" # x\nn = [1, [2, 3]]\n"});
  const auto line = [&](int row, int column) {
    return Diagnostic{Diagnostic::Severity::error, {source, row, column}, "m", "do this\nor that"}.text();
  };
  BOOST_TEST(line(2, 2) == "deck.toml:2:2: error: m\n  \tksp_tpye = \"a \\\" b\" # x\n  \t^~~~~~~~\n  do this\n  or that\n");
  BOOST_TEST(line(2, 13).find("\n  \t           ^~~~~~~~\n") != std::string::npos);
  BOOST_TEST(line(3, 5).find("\n      ^~~~~~~~~~~\n") != std::string::npos);
  BOOST_TEST(line(99, 1) == "deck.toml:99:1: error: m\n  do this\n  or that\n");
}

BOOST_AUTO_TEST_CASE(complaints_come_in_file_order_with_a_count) {
  const auto first = std::make_shared<const Source>(Source{"a.toml", "x = 1\ny = 2\n"});
  const auto second = std::make_shared<const Source>(Source{"b.toml", "z = 3\n"});
  Diagnostics diagnostics;
  diagnostics.error({second, 1, 1}, "third");
  diagnostics.error({first, 2, 1}, "second");
  diagnostics.warning({first, 1, 1}, "first");
  diagnostics.set_source_order({first, second});
  const std::string text = diagnostics.text();
  BOOST_TEST(text.find("first") < text.find("second"));
  BOOST_TEST(text.find("second") < text.find("third"));
  BOOST_TEST(text.ends_with("2 errors, 1 warning\n"));
  BOOST_CHECK_EXCEPTION(diagnostics.raise_if_errors(), DeckError, [&](const DeckError& e) { return e.what() == text; });
}

BOOST_AUTO_TEST_CASE(warnings_alone_do_not_raise) {
  Diagnostics diagnostics;
  diagnostics.warning({}, "only a warning");
  BOOST_CHECK_NO_THROW(diagnostics.raise_if_errors());
}

// Values by hand: the restricted distance counts a swap of neighbours as one edit and edits no part twice ("ca" to "abc"
// is 3, where the unrestricted distance is 2).
BOOST_AUTO_TEST_CASE(edit_distances) {
  BOOST_TEST(edit_distance("", "abc") == 3U);
  BOOST_TEST(edit_distance("kitten", "sitting") == 3U);
  BOOST_TEST(edit_distance("ksp_tpye", "ksp_type") == 1U);
  BOOST_TEST(edit_distance("ca", "abc") == 3U);
  BOOST_TEST(edit_distance("Max-It", "max_it") == 0U);
}

BOOST_AUTO_TEST_CASE(suggestions_are_near_and_the_nearest_wins) {
  BOOST_TEST(nearest("rtoll", {"atol", "rtol", "restart"}).value() == "rtol");
  BOOST_TEST(!nearest("frobnicate", {"atol", "rtol"}).has_value());
  BOOST_TEST(!nearest("x", {"y"}).has_value());  // one letter replaced is another word
  BOOST_TEST(sorted_by_distance("grf", {"constant", "grf_threshold", "grf"}).front() == "grf");
}

BOOST_AUTO_TEST_SUITE_END()

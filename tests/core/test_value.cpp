#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/value.hpp>

using namespace kindred;

BOOST_AUTO_TEST_SUITE(test_value)

BOOST_AUTO_TEST_CASE(accessors_give_the_value_or_name_the_place) {
  Value v(3);
  BOOST_TEST(v.as_integer() == 3);
  BOOST_TEST(v.as_real() == 3.0);
  v.location = {std::make_shared<const Source>(Source{"deck.toml", "x = 3"}), 1, 5};
  BOOST_CHECK_EXCEPTION(static_cast<void>(v.as_string()), InputError,
                        [](const InputError& e) { return std::string(e.what()) == "deck.toml:1:5: expected a string, found integer"; });
  BOOST_CHECK_THROW(static_cast<void>(Value(3.0).as_integer()), InputError);
  BOOST_CHECK_THROW(static_cast<void>(Value("a").as_array()), InputError);
  BOOST_CHECK_THROW(static_cast<void>(Value().as_bool()), InputError);
  BOOST_TEST(Value("text").is_string());  // no conversion of pointers to bool
}

BOOST_AUTO_TEST_CASE(tables_keep_their_order_and_unique_keys) {
  Value table;
  table.set("b", 1);
  table.set("a", 2);
  table.set("b", 3);
  BOOST_TEST(table.to_toml() == "{ b = 3, a = 2 }");
  BOOST_TEST(table.erase("b"));
  BOOST_TEST(!table.erase("b"));
  BOOST_TEST(table.find("b") == nullptr);
  BOOST_TEST(Value(3).find("b") == nullptr);
}

BOOST_AUTO_TEST_CASE(paths_lead_through_nested_tables) {
  Value root(Table{});
  root.set_path("problem.coefficient.tau", 3.0);
  root.set_path("sweep.\"problem.beta\".choice", Array{1, 2});
  BOOST_TEST(root.find_path("problem.coefficient.tau")->as_real() == 3.0);
  BOOST_TEST(root.find("sweep")->find("problem.beta") != nullptr);
  BOOST_TEST(root.find_path("sweep.'problem.beta'.choice")->as_array().size() == 2U);
  BOOST_TEST(root.find_path("problem.coefficient.alpha") == nullptr);
  BOOST_TEST(root.find_path("problem.coefficient.tau.deeper") == nullptr);
}

BOOST_AUTO_TEST_CASE(reals_are_written_so_that_they_stay_reals_and_read_back_exactly) {
  BOOST_TEST(Value(1.0).to_toml() == "1.0");
  BOOST_TEST(Value(-0.0).to_toml() == "-0.0");
  BOOST_TEST(Value(1e300).to_toml() == "1e+300");
  BOOST_TEST(Value(std::numeric_limits<double>::infinity()).to_toml() == "inf");
  for (const double v : {0.1, 1.0 / 3.0, 5e-324, 1.7976931348623157e308, 123456789.125, -2.5e-8}) {
    BOOST_TEST(std::strtod(Value(v).to_toml().c_str(), nullptr) == v);
  }
}

BOOST_AUTO_TEST_CASE(strings_and_keys_are_escaped) {
  BOOST_TEST(Value("a\"b\\c\nd\x01").to_toml() == R"("a\"b\\c\nd\u0001")");
  BOOST_TEST(toml_key("plain-key_1") == "plain-key_1");
  BOOST_TEST(toml_key("problem.beta") == "\"problem.beta\"");
  BOOST_TEST(toml_key("") == "\"\"");
}

BOOST_AUTO_TEST_SUITE_END()

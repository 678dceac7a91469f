#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <kindred/core/registry/parameter.hpp>

using namespace kindred;

namespace {

struct Example {
  int count = 4;
  double width = 0.5;
  std::string name = "a";
  std::vector<std::int64_t> sizes{1, 2};
  std::vector<bool> flags{true, false};
  std::optional<double> limit;
  std::map<std::string, std::string> options{{"ksp_type", "cg"}};

  static Schema<Example> schema() {
    return {parameter("count", &Example::count).range(1, 64).doc("How many."),
            parameter("width", &Example::width).above(0.0).at_most(1.0).unit("m"),
            parameter("name", &Example::name).choices({"a", "b"}),
            parameter("sizes", &Example::sizes).at_least(1).length(1, 3),
            parameter("flags", &Example::flags),
            parameter("limit", &Example::limit).infinite(),
            parameter("options", &Example::options)};
  }
};

std::size_t complaints(const char* name, const Value& value) {
  Diagnostics diagnostics;
  for (const auto& p : Example::schema()) {
    if (p.info.name == name) {
      p.info.check(value, "[example]", diagnostics);
    }
  }
  return diagnostics.all().size();
}

const double infinity = std::numeric_limits<double>::infinity();
const double nan_value = std::numeric_limits<double>::quiet_NaN();

}  // namespace

BOOST_AUTO_TEST_SUITE(test_parameter)

BOOST_AUTO_TEST_CASE(defaults_are_those_of_the_struct) {
  const auto schema = Example::schema();
  BOOST_TEST(schema[0].info.default_value.as_integer() == 4);
  BOOST_TEST(schema[1].info.default_value.as_real() == 0.5);
  BOOST_TEST(schema[3].info.default_value.to_toml() == "[1, 2]");
  BOOST_TEST(schema[4].info.default_value.to_toml() == "[true, false]");
  BOOST_TEST(schema[5].info.default_value.empty());
  BOOST_TEST(schema[6].info.default_value.to_toml() == "{ ksp_type = \"cg\" }");
}

BOOST_AUTO_TEST_CASE(a_table_fills_the_struct_and_leaves_the_rest) {
  Value table;
  table.set("count", 7);
  table.set("width", 1);
  table.set("limit", 2.5);
  Value options;
  options.set("ksp_rtol", 1e-8);
  options.set("ksp_monitor", true);
  options.set("pc_mg_levels", Array{1, 2});
  table.set("options", options);
  const auto p = make_parameters<Example>(table);
  BOOST_TEST(p.count == 7);
  BOOST_TEST(p.width == 1.0);
  BOOST_TEST(p.name == "a");
  BOOST_TEST(p.limit.value() == 2.5);
  BOOST_TEST(p.options.at("ksp_rtol") == "1e-08");
  BOOST_TEST(p.options.at("ksp_monitor") == "true");
  BOOST_TEST(p.options.at("pc_mg_levels") == "1,2");
  table.set("count", std::int64_t{1} << 40);
  BOOST_CHECK_THROW(make_parameters<Example>(table), InputError);
}

BOOST_AUTO_TEST_CASE(ranges_are_kept_at_their_ends) {
  BOOST_TEST(complaints("count", 1) == 0U);
  BOOST_TEST(complaints("count", 64) == 0U);
  BOOST_TEST(complaints("count", 0) == 1U);
  BOOST_TEST(complaints("count", 65) == 1U);
  BOOST_TEST(complaints("width", 0.0) == 1U);
  BOOST_TEST(complaints("width", std::numeric_limits<double>::denorm_min()) == 0U);
  BOOST_TEST(complaints("width", 1) == 0U);
  BOOST_TEST(complaints("width", std::nextafter(1.0, 2.0)) == 1U);
}

BOOST_AUTO_TEST_CASE(types_are_not_mixed_except_that_integers_are_reals) {
  BOOST_TEST(complaints("count", 1.0) == 1U);
  BOOST_TEST(complaints("count", true) == 1U);
  BOOST_TEST(complaints("width", "1") == 1U);
  BOOST_TEST(complaints("name", 1) == 1U);
  BOOST_TEST(complaints("sizes", 1) == 1U);
  BOOST_TEST(complaints("sizes", Array{1, 2.0, "x"}) == 2U);
  BOOST_TEST(complaints("flags", Array{1}) == 1U);
  BOOST_TEST(complaints("options", "x") == 1U);
}

BOOST_AUTO_TEST_CASE(lengths_and_choices) {
  BOOST_TEST(complaints("sizes", Array{}) == 1U);
  BOOST_TEST(complaints("sizes", Array{1, 1, 1, 1}) == 1U);
  BOOST_TEST(complaints("sizes", Array{0, -1}) == 2U);
  BOOST_TEST(complaints("name", "b") == 0U);
  BOOST_TEST(complaints("name", "c") == 1U);
}

BOOST_AUTO_TEST_CASE(nan_never_and_infinity_only_where_it_is_meant) {
  BOOST_TEST(complaints("width", nan_value) == 1U);
  BOOST_TEST(complaints("width", -infinity) == 1U);
  BOOST_TEST(complaints("limit", infinity) == 0U);
  BOOST_TEST(complaints("limit", nan_value) == 1U);
}

BOOST_AUTO_TEST_CASE(options_are_flat) {
  Value nested;
  nested.set("ksp", Value(Table{}));
  BOOST_TEST(complaints("options", nested) == 1U);
}

BOOST_AUTO_TEST_CASE(types_are_told_in_words) {
  const auto schema = Example::schema();
  BOOST_TEST(schema[0].info.type_text() == "integer in [1, 64]");
  BOOST_TEST(schema[1].info.type_text() == "real in (0, 1] [m]");
  BOOST_TEST(schema[2].info.type_text() == "one of \"a\", \"b\"");
  BOOST_TEST(schema[3].info.type_text() == "list of 1 to 3 integers, each at least 1");
  BOOST_TEST(schema[4].info.type_text() == "list of booleans");
  BOOST_TEST(schema[6].info.type_text() == "table of options");
}

BOOST_AUTO_TEST_SUITE_END()

// The fields that are no Gaussian series: constants, formulas, files, and what they refuse.

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/operators/fields/random_field.hpp>

#include "../support/text.hpp"
#include "random_sample.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

Value field_table(const std::string& type, const std::vector<std::pair<std::string, Value>>& parameters) {
  Value table{Table{}};
  table.set("type", type);
  for (const auto& [name, value] : parameters) {
    table.set(name, value);
  }
  return table;
}

std::vector<double> draw(const Value& field, const Grid& grid, Index index = 0) {
  return draw_field(*create<RandomField>(field), grid, index);
}

/// The message with which a call refuses; empty if it does not.
template <class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

std::string expression_refusal(const std::string& text) {
  return refusal([&] { create<RandomField>(field_table("expression", {{"value", text}})); });
}

Diagnostics checked(const Value& table, const std::string& type) {
  Diagnostics diagnostics;
  Registry::instance().get("field", type).check(table, diagnostics);
  return diagnostics;
}

/// A file in the temporary folder that is gone when the test is.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / ("kindred_" + std::to_string(::getpid()) + "_" + name)) {}
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

void write_file(const std::string& path, const std::string& dataset, const hdf5::RealArray& array) {
  const hdf5::File file(KINDRED_HDF5(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)));
  hdf5::write_reals(file, dataset, array);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fields)

BOOST_AUTO_TEST_CASE(a_constant_is_the_same_everywhere_on_grids_sides_and_points) {
  const Value field = field_table("constant", {{"value", 2.5}});
  BOOST_TEST(create<RandomField>(field)->deterministic());
  const Grid plane = box({4, 3});
  for (const Grid& grid : {plane, plane.side(0, true), plane.side(0, true).side(0, false)}) {
    BOOST_TEST(draw(field, grid) == std::vector<double>(static_cast<std::size_t>(grid.size()), 2.5), boost::test_tools::per_element());
  }
  BOOST_TEST(draw(Value(2.5), plane) == std::vector<double>(12, 2.5), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_expression_is_evaluated_at_the_cell_centres) {
  const Grid grid = box({3, 4, 2}, {1.0, 2.0, 0.5});
  const auto values = draw(field_table("expression", {{"value", "sin(pi*x)*y^2 - (z < 0.25 ? e : -ln(1+x))"}}), grid);
  for (Index cell = 0; cell < grid.size(); ++cell) {
    const auto [x, y, z] = grid.center(cell);
    const double expected = std::sin(M_PI * x) * y * y - (z < 0.25 ? M_E : -std::log1p(x));
    BOOST_TEST(std::abs(values[static_cast<std::size_t>(cell)] - expected) < 1e-14);  // a few roundings of numbers below 6
  }
}

BOOST_AUTO_TEST_CASE(an_expression_on_a_side_sees_the_sides_coordinate) {
  const Grid plane = box({4, 3}, {2.0, 1.0});
  const auto high = draw(Value("10*x + y"), plane.side(0, true));
  BOOST_TEST(high.size() == 3U);
  BOOST_TEST(high[1] == 20.5, boost::test_tools::tolerance(1e-15));
  const Grid line = box({4}, {2.0});
  BOOST_TEST(draw(Value("x^2"), line.side(0, true)) == std::vector<double>{4.0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(expressions_that_make_no_sense_are_refused_with_their_place) {
  BOOST_TEST(expression_refusal("x + y*2e-3").empty());
  BOOST_TEST(contains(expression_refusal("1 + xx*y"), "unknown symbol \"xx\" at character 5"));
  BOOST_TEST(contains(expression_refusal("1 + xx*y"), "  1 + xx*y\n      ^"));
  BOOST_TEST(contains(expression_refusal("1 + xx*y"), "did you mean \"x\"?"));
  BOOST_TEST(contains(expression_refusal("sine(pi*x)"), "unknown function \"sine\" at character 1"));
  BOOST_TEST(contains(expression_refusal("sine(pi*x)"), "did you mean \"sin\"?"));
  BOOST_TEST(contains(expression_refusal("x + t"), "unknown symbol \"t\""));
  BOOST_TEST(contains(expression_refusal("2*(x + 1"), "at character 9"));
  BOOST_TEST(contains(expression_refusal("x = 3"), "cannot assign at character 3"));
  BOOST_TEST(contains(expression_refusal("=x"), "leave the = out"));
  BOOST_TEST(expression_refusal("x == 3 ? 1 : 2").empty());
  BOOST_TEST(contains(expression_refusal("0,5*x"), "comma"));
  BOOST_TEST(!expression_refusal("").empty());
  BOOST_TEST(!expression_refusal("x +* y").empty());
}

BOOST_AUTO_TEST_CASE(the_deck_check_marks_the_place_inside_the_string) {
  const auto source = std::make_shared<const Source>(Source{"deck.toml", "forcing = \"1 + xx\"\n"});
  Value text("1 + xx");
  text.location = {source, 1, 11};
  const auto diagnostics = checked(field_table("expression", {{"value", text}}), "expression");
  BOOST_REQUIRE(diagnostics.all().size() == 1U);
  BOOST_TEST(diagnostics.all()[0].location.column == 16);
  BOOST_TEST(checked(field_table("expression", {{"value", "x"}}), "expression").all().empty());
}

BOOST_AUTO_TEST_CASE(an_expression_that_is_not_finite_names_the_cell) {
  const std::string message = refusal([] { draw(Value("1/(x - 0.5)"), box({3})); });
  BOOST_TEST(contains(message, "x = 0.5"));
  BOOST_TEST(contains(message, "finite"));
}

BOOST_AUTO_TEST_CASE(rows_of_a_file_are_the_fields_of_the_samples) {
  const TemporaryFile file("fields.h5");
  hdf5::RealArray rows{{3, 2, 4}, {}};
  for (int i = 0; i < 24; ++i) {
    rows.values.push_back(0.1 * i);
  }
  write_file(file.path(), "a", rows);
  const Value field = field_table("from_file", {{"path", file.path()}, {"dataset", "a"}});
  BOOST_TEST(!create<RandomField>(field)->deterministic());
  for (Index index = 0; index < 3; ++index) {
    const std::vector<double> expected(rows.values.begin() + 8 * index, rows.values.begin() + 8 * (index + 1));
    BOOST_TEST(draw(field, box({2, 4}), index) == expected, boost::test_tools::per_element());
  }
  BOOST_TEST(contains(refusal([&] { draw(field, box({2, 4}), 3); }), "has 3 rows"));
  const std::string message = refusal([&] { draw(field, box({4, 2})); });
  BOOST_TEST(contains(message, "(3, 2, 4)"));
  BOOST_TEST(contains(message, "(count, 4, 2)"));
}

BOOST_AUTO_TEST_CASE(a_file_may_hold_one_field_for_all_samples) {
  const TemporaryFile file("field.h5");
  write_file(file.path(), "a", {{2, 2}, {1.0, 2.0, 3.0, 4.0}});
  Value field = field_table("from_file", {{"path", file.path()}, {"dataset", "a"}, {"per_sample", false}});
  BOOST_TEST(create<RandomField>(field)->deterministic());
  BOOST_TEST(draw(field, box({2, 2}), 17) == (std::vector<double>{1.0, 2.0, 3.0, 4.0}), boost::test_tools::per_element());
  field.set("per_sample", true);
  BOOST_TEST(contains(refusal([&] { draw(field, box({2, 2})); }), "set per_sample = false"));
}

BOOST_AUTO_TEST_CASE(missing_files_and_data_sets_are_refused_at_once) {
  const TemporaryFile file("one.h5");
  write_file(file.path(), "a", {{1, 2}, {1.0, 2.0}});
  BOOST_CHECK_THROW(create<RandomField>(field_table("from_file", {{"path", file.path() + ".absent"}, {"dataset", "a"}})), Error);
  BOOST_TEST(contains(refusal([&] {
                        create<RandomField>(field_table("from_file", {{"path", file.path()}, {"dataset", "b"}}));
                      }),
                      "no data set \"b\""));
}

BOOST_AUTO_TEST_SUITE_END()

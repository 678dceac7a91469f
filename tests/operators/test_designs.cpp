// Designs: what each promises about its points, and what it refuses.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <kindred/operators/designs/csv_table.hpp>
#include <kindred/operators/designs/design.hpp>
#include <kindred/operators/designs/permutation.hpp>

#include "../support/text.hpp"

using namespace kindred;
using test::contains;

namespace {

SweepAxis uniform_axis(const std::string& path, double low = 0.0, double high = 1.0) {
  SweepAxis axis;
  axis.path = path;
  axis.name = path.substr(path.rfind('.') + 1);
  axis.distribution.kind = Distribution::Kind::uniform;
  axis.distribution.low = low;
  axis.distribution.high = high;
  return axis;
}

SweepAxis choice_axis(const std::string& path, std::vector<Value> values) {
  SweepAxis axis = uniform_axis(path);
  axis.distribution.kind = Distribution::Kind::choice;
  axis.distribution.values = std::move(values);
  return axis;
}

DesignContext context_of(Index count, std::vector<SweepAxis> axes, std::uint64_t seed = 7) { return {seed, count, std::move(axes)}; }

Value design_table(const std::string& type, const std::string& key = {}, Value value = {}) {
  Value table{Table{}};
  table.set("type", type);
  if (!key.empty()) {
    table.set(key, std::move(value));
  }
  return table;
}

std::vector<double> column(const Design& design, std::size_t axis) {
  std::vector<double> values;
  for (Index i = 0; i < design.count(); ++i) {
    values.push_back(design.parameters(i, 0)[axis].value.as_real());
  }
  return values;
}

template <class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

std::string csv_refusal(const std::string& text) {
  return refusal([&] { parse_csv(text, "points.csv"); });
}

/// A file of points in the temporary folder that is gone when the test is.
class PointsFile {
 public:
  explicit PointsFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() / ("kindred_" + std::to_string(::getpid()) + ".csv")) {
    std::ofstream(path_) << text;
  }
  ~PointsFile() { std::filesystem::remove(path_); }
  PointsFile(const PointsFile&) = delete;
  PointsFile& operator=(const PointsFile&) = delete;
  [[nodiscard]] Value table() const { return design_table("csv", "file", path_.string()); }

 private:
  std::filesystem::path path_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_designs)

BOOST_AUTO_TEST_CASE(monte_carlo_has_the_moments_of_its_distributions) {
  constexpr Index count = 4000;
  const auto design = create<Design>(Value("mc"), context_of(count, {uniform_axis("problem.a", 2.0, 6.0), uniform_axis("problem.b")}));
  const auto a = column(*design, 0);
  const auto b = column(*design, 1);
  double mean = 0.0;
  double covariance = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    BOOST_TEST((a[i] > 2.0 && a[i] < 6.0));
    mean += a[i] / count;
    covariance += (a[i] - 4.0) * (b[i] - 0.5) / count;
  }
  // Standard deviations of U(2, 6) and U(0, 1): 4/sqrt(12), 1/sqrt(12). Four standard errors.
  BOOST_TEST(std::abs(mean - 4.0) < 4.0 * 4.0 / std::sqrt(12.0 * count));
  BOOST_TEST(std::abs(covariance) < 4.0 * (4.0 / 12.0) / std::sqrt(static_cast<double>(count)));
}

BOOST_AUTO_TEST_CASE(monte_carlo_axes_do_not_disturb_each_other_and_longer_sweeps_begin_alike) {
  const auto alone = create<Design>(Value("mc"), context_of(10, {uniform_axis("problem.b")}));
  const auto both = create<Design>(Value("mc"), context_of(50, {uniform_axis("problem.a"), uniform_axis("problem.b")}));
  for (Index i = 0; i < 10; ++i) {
    BOOST_TEST(alone->parameters(i, 0)[0].value.as_real() == both->parameters(i, 0)[1].value.as_real());
    BOOST_TEST(both->parameters(i, 0)[0].value.as_real() != both->parameters(i, 0)[1].value.as_real());
  }
  BOOST_TEST(alone->parameters(3, 0)[0].path == "problem.b");
  BOOST_TEST(alone->parameters(3, 0)[0].value.as_real() != alone->parameters(3, 1)[0].value.as_real());
  const auto other_seed = create<Design>(Value("mc"), context_of(10, {uniform_axis("problem.b")}, 8));
  BOOST_TEST(alone->parameters(0, 0)[0].value.as_real() != other_seed->parameters(0, 0)[0].value.as_real());
}

BOOST_AUTO_TEST_CASE(random_designs_need_a_count) {
  for (const char* name : {"mc", "latin_hypercube", "lhs"}) {
    BOOST_TEST(contains(refusal([&] { create<Design>(Value(name), context_of(0, {uniform_axis("problem.a")})); }), "set count in [sweep]"));
  }
}

BOOST_AUTO_TEST_CASE(permutations_are_permutations_of_any_size) {
  for (const Index size : {1, 2, 3, 7, 64, 1000}) {
    const Permutation permutation(size, 11, "test");
    std::set<Index> images;
    for (Index x = 0; x < size; ++x) {
      const Index y = permutation(x);
      BOOST_TEST((y >= 0 && y < size));
      images.insert(y);
    }
    BOOST_TEST(static_cast<Index>(images.size()) == size);
  }
}

BOOST_AUTO_TEST_CASE(all_permutations_of_four_are_equally_likely) {
  // Chi-squared over the 24 permutations and 4800 keys: 23 degrees of freedom, mean 23, deviation sqrt(46) = 6.8; five of them are allowed.
  std::map<std::vector<Index>, int> seen;
  for (std::uint64_t seed = 0; seed < 4800; ++seed) {
    const Permutation permutation(4, seed, "test");
    ++seen[{permutation(0), permutation(1), permutation(2), permutation(3)}];
  }
  BOOST_TEST(seen.size() == 24U);
  double chi_squared = 0.0;
  for (const auto& [permutation, count] : seen) {
    chi_squared += std::pow(count - 200.0, 2) / 200.0;
  }
  BOOST_TEST(chi_squared < 23.0 + 5.0 * 6.8);
}

BOOST_AUTO_TEST_CASE(latin_hypercubes_have_one_point_in_every_stratum_of_every_axis) {
  for (const Index count : {1, 2, 5, 64, 301}) {
    const auto design =
        create<Design>(Value("lhs"), context_of(count, {uniform_axis("problem.a"), uniform_axis("problem.b"), uniform_axis("problem.c")}));
    for (std::size_t axis = 0; axis < 3; ++axis) {
      std::set<Index> strata;
      for (const double u : column(*design, axis)) {
        strata.insert(static_cast<Index>(u * static_cast<double>(count)));
      }
      BOOST_TEST(static_cast<Index>(strata.size()) == count);
      BOOST_TEST(*strata.rbegin() == count - 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(latin_hypercube_redraws_stay_in_their_stratum) {
  const auto design = create<Design>(Value("lhs"), context_of(20, {uniform_axis("problem.a")}));
  for (Index i = 0; i < 20; ++i) {
    const double first = design->parameters(i, 0)[0].value.as_real();
    const double again = design->parameters(i, 1)[0].value.as_real();
    BOOST_TEST(first != again);
    BOOST_TEST(std::floor(20.0 * first) == std::floor(20.0 * again));
  }
}

BOOST_AUTO_TEST_CASE(latin_hypercube_axes_are_uncorrelated_and_additive_functions_nearly_exact) {
  constexpr Index count = 1000;
  const auto design = create<Design>(Value("lhs"), context_of(count, {uniform_axis("problem.a"), uniform_axis("problem.b")}));
  const auto a = column(*design, 0);
  const auto b = column(*design, 1);
  double mean = 0.0;
  double covariance = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    mean += (a[i] + b[i]) / count;
    covariance += (a[i] - 0.5) * (b[i] - 0.5) / count;
  }
  // Inside the strata of width 1/n the deviation of u is 1/(n sqrt 12): the mean of n has n^(−3/2)/sqrt(12) per axis.
  BOOST_TEST(std::abs(mean - 1.0) < 4.0 * std::sqrt(2.0 / 12.0) * std::pow(count, -1.5));
  BOOST_TEST(std::abs(covariance) < 4.0 / 12.0 / std::sqrt(static_cast<double>(count)));
}

BOOST_AUTO_TEST_CASE(latin_hypercubes_take_choices_equally_often) {
  const auto design = create<Design>(Value("lhs"), context_of(12, {choice_axis("problem.a", {1, 2, 3})}));
  const auto a = column(*design, 0);
  for (const double level : {1.0, 2.0, 3.0}) {
    BOOST_TEST(std::count(a.begin(), a.end(), level) == 4);
  }
}

BOOST_AUTO_TEST_CASE(grids_have_every_combination_once) {
  const auto design = create<Design>(
      design_table("grid", "levels", Value(Array{4})),
      context_of(0, {choice_axis("problem.a", {1, 2, 3}), uniform_axis("problem.b", 0.0, 8.0), choice_axis("problem.c", {"u", "v"})}));
  BOOST_TEST(design->count() == 24);
  std::set<std::string> seen;
  for (Index i = 0; i < 24; ++i) {
    const auto p = design->parameters(i, 0);
    seen.insert(p[0].value.to_toml() + p[1].value.to_toml() + p[2].value.to_toml());
    BOOST_TEST(std::fmod(p[1].value.as_real(), 2.0) == 1.0);  // midpoints 1, 3, 5, 7
  }
  BOOST_TEST(seen.size() == 24U);
  BOOST_TEST(design->parameters(1, 0)[2].value.as_string() == "v");  // the last axis changes fastest
  BOOST_TEST(design->parameters(1, 0)[0].value.as_integer() == 1);
}

BOOST_AUTO_TEST_CASE(grids_refuse_levels_and_counts_that_do_not_fit) {
  const auto two = std::vector<SweepAxis>{uniform_axis("problem.a"), uniform_axis("problem.b")};
  BOOST_TEST(create<Design>(design_table("grid", "levels", Value(Array{2, 5})), context_of(10, two))->count() == 10);
  BOOST_TEST(contains(refusal([&] { create<Design>(Value("grid"), context_of(0, two)); }), "problem.a, problem.b"));
  BOOST_TEST(contains(refusal([&] {
                        create<Design>(design_table("grid", "levels", Value(Array{2, 5})), context_of(11, two));
                      }),
                      "2 x 5 = 10 points"));
  BOOST_TEST(contains(refusal([&] {
                        create<Design>(design_table("grid", "levels", Value(Array{3})), context_of(0, {choice_axis("problem.a", {1, 2})}));
                      }),
                      "leave levels out"));
}

BOOST_AUTO_TEST_CASE(lists_go_side_by_side) {
  const auto design =
      create<Design>(Value("list"), context_of(0, {choice_axis("problem.a", {1, 2, 3}), choice_axis("problem.b", {"u", "v", "w"})}));
  BOOST_TEST(design->count() == 3);
  BOOST_TEST(design->parameters(2, 0)[0].value.as_integer() == 3);
  BOOST_TEST(design->parameters(2, 0)[1].value.as_string() == "w");
  BOOST_TEST(contains(refusal([&] {
                        create<Design>(Value("list"), context_of(0, {choice_axis("problem.a", {1, 2}), choice_axis("problem.b", {1})}));
                      }),
                      "problem.a has 2 values and problem.b has 1"));
  BOOST_TEST(contains(refusal([&] { create<Design>(Value("list"), context_of(0, {uniform_axis("problem.a")})); }), "continuous"));
  BOOST_TEST(contains(refusal([&] { create<Design>(Value("list"), context_of(4, {choice_axis("problem.a", {1, 2})})); }), "count = 4"));
  BOOST_TEST(contains(refusal([&] { create<Design>(Value("list"), context_of(0, {})); }), "at least one axis"));
}

BOOST_AUTO_TEST_CASE(csv_tables_are_read_with_types_quotes_and_comments) {
  const CsvTable table = parse_csv(
      "\xEF\xBB\xBF"
      "# points of Tuesday\r\n a , b, \"c \"\r\n\r\n1, 2 ,x y\r\n+3,2.5e1,\"p \"\"q\"\", r\"\r\n",
      "points.csv");
  BOOST_REQUIRE(table.columns.size() == 3U);
  BOOST_TEST(table.rows == 2U);
  BOOST_TEST(table.columns[0].name == "a");
  BOOST_TEST(table.columns[2].name == "c ");
  BOOST_TEST(table.columns[0].values[1].as_integer() == 3);
  BOOST_TEST(table.columns[0].values[1].is_integer());
  BOOST_TEST(table.columns[1].values[0].is_real());  // because the other one is
  BOOST_TEST(table.columns[1].values[1].as_real() == 25.0);
  BOOST_TEST(table.columns[2].values[0].as_string() == "x y");
  BOOST_TEST(table.columns[2].values[1].as_string() == "p \"q\", r");
  BOOST_TEST(table.columns[2].values[1].location.text() == "points.csv:5:10");
}

BOOST_AUTO_TEST_CASE(csv_errors_name_file_line_and_column) {
  BOOST_TEST(contains(csv_refusal(""), "points.csv: the file is empty"));
  BOOST_TEST(contains(csv_refusal("a,b\n"), "no rows"));
  BOOST_TEST(contains(csv_refusal("a,,b\n1,2,3\n"), "points.csv:1:3: error: this column has no name"));
  BOOST_TEST(contains(csv_refusal("a,b,a\n1,2,3\n"), "points.csv:1:5: error: the header names \"a\" twice"));
  BOOST_TEST(contains(csv_refusal("a,b\n1,2\n3\n"), "points.csv:3:1: error: this row has 1 cell, the header has 2"));
  BOOST_TEST(contains(csv_refusal("a,b\n1,2,3\n"), "points.csv:2:5: error: this row has 3 cells"));
  BOOST_TEST(contains(csv_refusal("a,b\n1,\n"), "points.csv:2:3: error: the cell of column \"b\" is empty"));
  BOOST_TEST(contains(csv_refusal("a\n1\n1.2.3\n"), "points.csv:3:1: error: column \"a\" holds numbers, found \"1.2.3\""));
  BOOST_TEST(contains(csv_refusal("a\nx\n2\n"), "points.csv:3:1: error: column \"a\" holds strings, found 2"));
  BOOST_TEST(contains(csv_refusal("a\nnan\n"), "points.csv:2:1: error: column \"a\" needs finite numbers"));
  BOOST_TEST(contains(csv_refusal("a\n1e400\n"), "points.csv:2:1: error: column \"a\" needs finite numbers"));
  BOOST_TEST(contains(csv_refusal("a,b\n1,\"x\n"), "points.csv:2:3: error: this quote has no end"));
  BOOST_TEST(contains(csv_refusal("a,b\n1,\"x\"y\n"), "points.csv:2:6"));
}

BOOST_AUTO_TEST_CASE(csv_designs_give_rows_and_columns_beyond_the_sweep) {
  const PointsFile file(
      "beta,problem.coefficient.tau,problem.forcing.tau,problem.coefficient.boundary\n1,2.0,5.0,neumann\n2,3.0,6.0,periodic\n3,4.0,7.0,"
      "neumann\n");
  const auto design = create<Design>(file.table(), context_of(0, {uniform_axis("problem.gamma")}));
  BOOST_TEST(design->count() == 3);
  const auto columns = design->columns();
  BOOST_REQUIRE(columns.size() == 5U);
  BOOST_TEST(columns[0].path == "problem.gamma");
  BOOST_TEST(columns[1].path == "problem.beta");
  BOOST_TEST(columns[1].name == "beta");
  BOOST_TEST(columns[2].name == "coefficient_tau");
  BOOST_TEST(columns[3].name == "forcing_tau");
  BOOST_TEST(columns[4].distribution.levels() == 2U);
  const auto p = design->parameters(1, 0);
  BOOST_REQUIRE(p.size() == 5U);
  BOOST_TEST(p[1].value.as_integer() == 2);
  BOOST_TEST(p[2].value.as_real() == 3.0);
  BOOST_TEST(p[4].value.as_string() == "periodic");
  const auto monte_carlo = create<Design>(Value("mc"), context_of(3, {uniform_axis("problem.gamma")}));
  BOOST_TEST(p[0].value.as_real() == monte_carlo->parameters(1, 0)[0].value.as_real());
  BOOST_TEST(create<Design>(file.table(), context_of(2, {}))->count() == 2);
  BOOST_TEST(contains(refusal([&] { create<Design>(file.table(), context_of(4, {})); }), "has 3 rows"));
  BOOST_TEST(contains(refusal([&] { create<Design>(file.table(), context_of(0, {uniform_axis("problem.beta")})); }),
                      "problem.beta is given twice"));
}

BOOST_AUTO_TEST_CASE(csv_columns_name_parameters_of_the_problem) {
  const PointsFile file("problem.a,coefficient.tau\n1,2\n");
  const std::string message = refusal([&] { create<Design>(file.table(), context_of(0, {})); });
  BOOST_TEST(contains(message, ":1:11: \"coefficient.tau\" cannot be swept"));
  BOOST_CHECK_THROW(create<Design>(design_table("csv", "file", "/nowhere/points.csv"), context_of(0, {})), IoError);
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include <kindred/core/deck/distribution.hpp>

using namespace kindred;

namespace {

Value table(const char* name, Array list) {
  Value t;
  t.set(name, Value(std::move(list)));
  return t;
}

Distribution read(const Value& value) {
  Diagnostics diagnostics;
  const auto distribution = parse_distribution(value, diagnostics);
  BOOST_REQUIRE_MESSAGE(distribution.has_value(), diagnostics.text());
  return *distribution;
}

double phi(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(test_distribution)

// F(quantile(u)) = u, with the distribution function F written down from its definition. Both sides carry a few roundings
// of numbers of order one, and F magnifies those of its argument by at most its density: 1e-14 is generous.
BOOST_AUTO_TEST_CASE(quantile_inverts_the_distribution_function) {
  const auto uniform = read(table("uniform", {-2.0, 6}));
  const auto log_uniform = read(table("log_uniform", {0.01, 100.0}));
  const auto normal = read(table("normal", {3.0, 2.0}));
  Value cut = table("normal", {3.0, 2.0});
  cut.set("low", 2.0);
  cut.set("high", 4.0);
  const auto truncated = read(cut);
  for (int i = 1; i < 200; ++i) {
    const double u = i / 200.0;
    BOOST_TEST(std::abs((uniform.quantile(u).as_real() + 2.0) / 8.0 - u) < 1e-14);
    BOOST_TEST(std::abs(std::log(log_uniform.quantile(u).as_real() / 0.01) / std::log(1e4) - u) < 1e-14);
    BOOST_TEST(std::abs(phi((normal.quantile(u).as_real() - 3.0) / 2.0) - u) < 1e-14);
    const double z = (truncated.quantile(u).as_real() - 3.0) / 2.0;
    BOOST_TEST(std::abs((phi(z) - phi(-0.5)) / (phi(0.5) - phi(-0.5)) - u) < 1e-14);
  }
}

// Ten deviations above the mean, Phi rounds to one; the excess over a is nearly exponential with rate a, so its median is
// close to ln(2)/a with a relative correction of order 1/a^2.
BOOST_AUTO_TEST_CASE(truncation_far_in_the_upper_tail) {
  Value cut = table("normal", {0.0, 1.0});
  cut.set("low", 10.0);
  const double median = read(cut).quantile(0.5).as_real();
  BOOST_TEST(std::abs((median - 10.0) * 10.0 / std::log(2.0) - 1.0) < 0.02);
}

BOOST_AUTO_TEST_CASE(continuous_values_stay_inside_their_bounds) {
  for (const auto& d : {read(table("uniform", {0.1, 0.3})), read(table("log_uniform", {0.1, 0.3}))}) {
    for (const double u : {0x1p-53, 0.5, 1.0 - 0x1p-53}) {
      BOOST_TEST(d.quantile(u).as_real() >= 0.1);
      BOOST_TEST(d.quantile(u).as_real() <= 0.3);
    }
    BOOST_TEST(d.levels() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(choices_have_equal_probability) {
  const auto d = read(table("choice", {3, 5, 7}));
  BOOST_TEST(d.levels() == 3U);
  int count[3] = {};
  for (int i = 0; i < 300; ++i) {
    ++count[(d.quantile((i + 0.5) / 300.0).as_integer() - 3) / 2];
  }
  BOOST_TEST(count[0] == 100);
  BOOST_TEST(count[1] == 100);
  BOOST_TEST(count[2] == 100);
  BOOST_TEST(read(table("list", {"a", "b"})).quantile(0.9).as_string() == "b");
  BOOST_TEST(read(table("choice", {1, 2.5})).values[0].is_real());
}

BOOST_AUTO_TEST_CASE(spaced_levels_reach_both_ends_exactly) {
  const auto linear = read(table("linspace", {0.1, 0.7, 4}));
  BOOST_TEST(linear.levels() == 4U);
  BOOST_TEST(linear.values.front().as_real() == 0.1);
  BOOST_TEST(linear.values.back().as_real() == 0.7);
  BOOST_TEST(std::abs(linear.values[1].as_real() - 0.3) < 1e-15);
  const auto logarithmic = read(table("logspace", {0.1, 10.0, 3}));
  BOOST_TEST(std::abs(logarithmic.values[1].as_real() - 1.0) < 1e-15);
  BOOST_TEST(logarithmic.values.back().as_real() == 10.0);
}

BOOST_AUTO_TEST_CASE(what_is_no_distribution_is_refused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Value two = table("uniform", {0.0, 1.0});
  two.set("choice", Array{1});
  Value bounds = table("uniform", {0.0, 1.0});
  bounds.set("low", 0.0);
  for (const Value& v :
       {Value(3.0), Value(Table{}), table("unifrom", {0.0, 1.0}), table("uniform", {1.0, 1.0}), table("uniform", {0.0, nan}),
        table("uniform", {0.0}), table("log_uniform", {-1.0, 1.0}), table("normal", {0.0, 0.0}), table("choice", {}),
        table("choice", {1, "a"}), table("choice", {1, 1}), table("choice", {nan}), table("linspace", {0.0, 1.0, 1}),
        table("linspace", {0.0, 1.0, 2.5}), table("logspace", {0.0, 1.0, 3}), two, bounds}) {
    Diagnostics diagnostics;
    BOOST_TEST(!parse_distribution(v, diagnostics).has_value(), v.to_toml());
    BOOST_TEST(diagnostics.has_errors());
  }
}

BOOST_AUTO_TEST_SUITE_END()

// Monte Carlo rules: numbers of points against another implementation's, failure rates, tolerances of all kinds.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/cubature/monte_carlo.hpp>
#include <kindred/kernels/qmc/cubature/quantities.hpp>
#include <kindred/kernels/qmc/cubature/sample_moments.hpp>
#include <kindred/kernels/qmc/cubature/test_integrands.hpp>

#include "cubature_support.hpp"

using namespace kindred;
using namespace kindred::qmc;
using cubature_test::goal_of;
using cubature_test::integrand_of;

BOOST_AUTO_TEST_SUITE(test_qmc_monte_carlo)

BOOST_AUTO_TEST_CASE(moments_are_those_of_the_definition) {
  // 10⁶ + a: the variance loses six digits by sums of plain squares, none by sums about the first value.
  const std::vector<double> a{3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0, -6.0};
  SampleMoments moments(1);
  double mean = 0.0;
  for (const double x : a) {
    const double value = 1e6 + x;
    moments.add({&value, 1});
    mean += x / 8.0;
  }
  double second = 0.0;
  double fourth = 0.0;
  for (const double x : a) {
    second += std::pow(x - mean, 2.0);
    fourth += std::pow(x - mean, 4.0);
  }
  BOOST_TEST(moments.mean(0) == 1e6 + mean, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(moments.variance(0) == second / 7.0, boost::test_tools::tolerance(1e-13));
  BOOST_TEST(moments.kurtosis(0) == 8.0 * fourth / (second * second), boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(guaranteed_numbers_of_points_are_those_of_another_implementation) {
  // QMCPy 2.4, CubMCG: kurtmax and _nchebe for a risk of 0.01, half of it the standard deviation's; its root finding is to 1e-12.
  struct Reference {
    std::uint64_t pilot;
    double inflate;
    double cap;
    std::vector<double> points;  // errors 1, 0.1, 0.03, 0.01, 0.001
  };
  for (const auto& [pilot, inflate, cap, points] :
       std::vector<Reference>{{1024, 1.2, 1.4784717912723533, {99, 3101, 18859, 102731, 8026674}},
                              {10000, 1.2, 5.6914681976293675, {163, 5148, 31263, 162654, 8251470}},
                              {10000, 1.5, 16.509446980432273, {199, 7679, 46679, 242002, 8755735}}}) {
    BOOST_TEST(kurtosis_cap(pilot, inflate, 0.005) == cap, boost::test_tools::tolerance(1e-14));
    const double risk = 1.0 - 0.99 / 0.995;
    const std::vector<double> errors{1.0, 0.1, 0.03, 0.01, 0.001};
    for (std::size_t k = 0; k < errors.size(); ++k) {
      BOOST_TEST(guaranteed_points(errors[k], risk, cap) == points[k]);
    }
  }
}

BOOST_AUTO_TEST_CASE(guaranteed_bounds_fail_rarely) {
  // Risk 0.01; 300 runs of which more than 10 would fail once in 1500 seeds were the risk used up. They are conservative: none is expected.
  TestIntegrand f = keister(6);
  const double tolerance = 0.5;
  int failures = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Estimate estimate = monte_carlo_guaranteed(f.integrand, {.seed = seed, .pilot_points = 4000}, goal_of(tolerance));
    BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
    BOOST_TEST(estimate.points > 4000U);
    failures += std::abs(estimate.value[0] - f.exact) > tolerance ? 1 : 0;
  }
  BOOST_TEST_MESSAGE("failures: " << failures << " of 300");
  BOOST_TEST(failures <= 10);
}

BOOST_AUTO_TEST_CASE(intervals_of_the_central_limit_theorem_have_their_confidence) {
  // 1000 intervals of 0.9 with inflate = 1: 100 ± 9.5 should miss; bounds at four standard deviations.
  TestIntegrand f = x_exp_x();
  int missed = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Estimate estimate = monte_carlo_clt(f.integrand, {.seed = seed, .inflate = 1.0, .confidence = 0.9}, goal_of(0.05));
    missed += estimate.lower[0] <= f.exact && f.exact <= estimate.upper[0] ? 0 : 1;
  }
  BOOST_TEST_MESSAGE("missed: " << missed << " of 1000");
  BOOST_TEST(missed > 62);
  BOOST_TEST(missed < 138);
}

BOOST_AUTO_TEST_CASE(the_clt_takes_the_points_of_its_formula) {
  // x uniform, s² = 1/12 up to the pilot's error of 0.028: n = (z inflate s / ε)², and the half-width is ε but for the rounding of n.
  FunctionIntegrand f = integrand_of(1, {[](std::span<const double> x) { return x[0]; }});
  const Estimate estimate = monte_carlo_clt(f, {}, goal_of(1e-3));
  const double z = -normal_quantile(0.005);
  BOOST_TEST(static_cast<double>(estimate.points - 1024) == std::pow(1.2 * z / 1e-3, 2.0) / 12.0, boost::test_tools::tolerance(0.1));
  BOOST_TEST(0.5 * (estimate.upper[0] - estimate.lower[0]) == 1e-3, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(0.5 * (estimate.upper[0] - estimate.lower[0]) <= 1e-3 * (1.0 + 1e-12));
  BOOST_TEST(std::abs(estimate.value[0] - 0.5) <= 1e-3);
}

BOOST_AUTO_TEST_CASE(tolerances_relative_and_of_both_kinds_and_several_outputs) {
  // Means 1/2, −2/3, e − 1; the tolerances are met by every one, at stopping with a risk of 0.01 in all.
  FunctionIntegrand f =
      integrand_of(2, {[](std::span<const double> x) { return x[0]; }, [](std::span<const double> x) { return -x[0] - x[1] * x[1] / 2.0; },
                       [](std::span<const double> x) { return std::exp(x[1]); }});
  const std::vector<double> exact{0.5, -2.0 / 3.0, std::numbers::e - 1.0};
  using Rule = std::function<Estimate(const Goal&)>;
  const Rule clt = [&](const Goal& goal) { return monte_carlo_clt(f, {.seed = 3}, goal); };
  const Rule guaranteed = [&](const Goal& goal) { return monte_carlo_guaranteed(f, {.seed = 3, .pilot_points = 10000}, goal); };
  for (const Rule& rule : {clt, guaranteed}) {
    for (const Goal& goal : {goal_of(0.005), goal_of(1e-9, 0.01), goal_of(0.004, 0.02, Tolerance::Rule::both)}) {
      const Estimate estimate = rule(goal);
      BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
      for (std::size_t i = 0; i < exact.size(); ++i) {
        BOOST_TEST(std::abs(estimate.value[i] - exact[i]) <= goal.tolerance.at(exact[i]));
        BOOST_TEST(estimate.lower[i] <= exact[i]);
        BOOST_TEST(exact[i] <= estimate.upper[i]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(ratios_meet_their_tolerance) {
  FunctionIntegrand f =
      integrand_of(1, {[](std::span<const double> x) { return x[0]; }, [](std::span<const double> x) { return std::exp(x[0]); }});
  Goal goal = goal_of(0.002);
  goal.quantities = ratios({{0, 1}});
  const double exact = 0.5 / (std::numbers::e - 1.0);
  for (const Estimate& estimate : {monte_carlo_clt(f, {}, goal), monte_carlo_guaranteed(f, {.pilot_points = 10000}, goal)}) {
    BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
    BOOST_TEST(std::abs(estimate.value[0] - exact) <= 0.002);
  }
}

BOOST_AUTO_TEST_CASE(heavy_tails_are_warned_of) {
  // exp(2 x), x normal: kurtosis beyond 10⁶.
  FunctionIntegrand heavy = integrand_of(1, {[](std::span<const double> x) { return std::exp(2.0 * normal_quantile(x[0])); }});
  BOOST_TEST(!monte_carlo_guaranteed(heavy, {.pilot_points = 10000}, goal_of(10.0)).warnings.empty());
  FunctionIntegrand light = integrand_of(1, {[](std::span<const double> x) { return x[0]; }});
  BOOST_TEST(monte_carlo_guaranteed(light, {.pilot_points = 10000}, goal_of(0.1)).warnings.empty());
}

BOOST_AUTO_TEST_CASE(constants_limits_and_what_is_refused) {
  FunctionIntegrand constant = integrand_of(3, {[](std::span<const double> /*x*/) { return -2.5; }});
  BOOST_TEST(monte_carlo_clt(constant, {}, goal_of(1e-12)).value[0] == -2.5);
  BOOST_TEST(monte_carlo_guaranteed(constant, {}, goal_of(1e-12)).value[0] == -2.5);

  TestIntegrand f = x_exp_x();
  Goal goal = goal_of(1e-5);
  goal.most_points = 100000;
  for (const Estimate& estimate : {monte_carlo_clt(f.integrand, {}, goal), monte_carlo_guaranteed(f.integrand, {}, goal)}) {
    BOOST_TEST((estimate.outcome == Outcome::point_limit));
    BOOST_TEST(estimate.points == 100000U);  // what is allowed is used, and the bounds are the ones it gives
    BOOST_TEST(estimate.lower[0] <= f.exact);
    BOOST_TEST(estimate.upper[0] >= f.exact);
    BOOST_TEST(estimate.upper[0] - estimate.lower[0] < 0.1);
  }
  BOOST_CHECK_THROW(monte_carlo_clt(f.integrand, {.pilot_points = 3}, goal), InputError);
  BOOST_CHECK_THROW(monte_carlo_clt(f.integrand, {.inflate = 0.9}, goal), InputError);
  BOOST_CHECK_THROW(monte_carlo_clt(f.integrand, {.confidence = 0.0}, goal), InputError);
  BOOST_CHECK_THROW(monte_carlo_guaranteed(f.integrand, {.pilot_points = 30}, goal), InputError);  // a cap below 1
}

BOOST_AUTO_TEST_SUITE_END()

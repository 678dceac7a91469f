// Ratios and Sobol' indices: bounds by interval arithmetic, indices against their closed forms under several rules.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/cubature/lattice_g.hpp>
#include <kindred/kernels/qmc/cubature/monte_carlo.hpp>
#include <kindred/kernels/qmc/cubature/net_g.hpp>
#include <kindred/kernels/qmc/cubature/quantities.hpp>
#include <kindred/kernels/qmc/cubature/replicated.hpp>
#include <kindred/kernels/qmc/cubature/sensitivity.hpp>
#include <kindred/kernels/qmc/cubature/test_integrands.hpp>
#include <kindred/kernels/qmc/random_words.hpp>

#include "cubature_support.hpp"

using namespace kindred;
using namespace kindred::qmc;
using cubature_test::goal_of;
using cubature_test::integrand_of;

namespace {

double uniform(std::uint64_t row) {
  static const RandomWords random(7, "test");
  return static_cast<double>(random(0, 0, row) >> 11U) * 0x1.0p-53;
}

/// Closed and total indices of subsets.
struct Indices {
  std::vector<std::vector<int>> subsets;
  std::vector<double> closed, total;
};

/// sin y₁ + 7 sin² y₂ + y₃⁴ sin(y₁)/10: T. Homma, A. Saltelli (1996). Variances of the effects, a = 7, b = 1/10:
/// V₁ = (1 + b π⁴/5)²/2, V₂ = a²/8, V₁₃ = 8 b² π⁸/225, others zero.
Indices ishigami_indices() {
  const double pi4 = std::pow(std::numbers::pi, 4.0);
  const double v1 = 0.5 * std::pow(1.0 + 0.1 * pi4 / 5.0, 2.0);
  const double v2 = 49.0 / 8.0;
  const double v13 = 8.0 * 0.01 * pi4 * pi4 / 225.0;
  const double all = v1 + v2 + v13;
  return {{{0}, {1}, {2}, {0, 2}, {1, 0}, {0, 1, 2}},
          {v1 / all, v2 / all, 0.0, (v1 + v13) / all, (v1 + v2) / all, 1.0},
          {(v1 + v13) / all, v2 / all, v13 / all, (v1 + v13) / all, 1.0, 1.0}};
}

/// Π (|4 x_j − 2| + a_j)/(1 + a_j): the variance of a factor is 1/(3 (1 + a_j)²), that of an effect their product.
Indices g_indices(std::span<const double> a) {
  const auto variance = [&](std::size_t j) { return 1.0 / (3.0 * (1.0 + a[j]) * (1.0 + a[j])); };
  const auto of = [&](const std::vector<int>& subset) {
    double product = 1.0;
    for (const int j : subset) {
      product *= 1.0 + variance(static_cast<std::size_t>(j));
    }
    return product - 1.0;
  };
  Indices indices;
  std::vector<int> all;
  for (std::size_t j = 0; j < a.size(); ++j) {
    all.push_back(static_cast<int>(j));
    indices.subsets.push_back({static_cast<int>(j)});
  }
  indices.subsets.push_back({0, 1});
  for (const auto& subset : indices.subsets) {
    std::vector<int> rest;
    std::ranges::set_difference(all, subset, std::back_inserter(rest));
    indices.closed.push_back(of(subset) / of(all));
    indices.total.push_back(1.0 - of(rest) / of(all));
  }
  return indices;
}

void check(const std::string& name, const SensitivityIntegrand& integrand, const Estimate& estimate, const Indices& indices,
           double tolerance) {
  BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
  for (std::size_t s = 0; s < indices.subsets.size(); ++s) {
    for (const bool total : {false, true}) {
      const auto q = static_cast<std::size_t>(integrand.quantity(0, static_cast<int>(s), total));
      const double exact = total ? indices.total[s] : indices.closed[s];
      BOOST_TEST_CONTEXT(name << ", subset " << s << (total ? ", total" : ", closed")) {
        BOOST_TEST(std::abs(estimate.value[q] - exact) <= tolerance);
        BOOST_TEST(estimate.lower[q] <= exact + 1e-12);
        BOOST_TEST(exact <= estimate.upper[q] + 1e-12);
        BOOST_TEST(estimate.lower[q] >= 0.0);
        BOOST_TEST(estimate.upper[q] <= 1.0);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_quantities)

BOOST_AUTO_TEST_CASE(bounds_of_ratios_hold_what_the_means_allow_and_are_reached) {
  const Quantities quantities = ratios({{0, 1}});
  for (std::uint64_t trial = 0; trial < 500; ++trial) {
    const auto draw = [&](std::uint64_t k) { return 4.0 * uniform(6 * trial + k) - 2.0; };
    const std::vector<double> lower{std::min(draw(0), draw(1)), std::min(draw(2), draw(3))};
    const std::vector<double> upper{std::max(draw(0), draw(1)), std::max(draw(2), draw(3))};
    double low = 0.0;
    double high = 0.0;
    quantities.bounds(lower, upper, {&low, 1}, {&high, 1});
    if (lower[1] <= 0.0 && upper[1] >= 0.0) {
      BOOST_TEST(low == -std::numeric_limits<double>::infinity());
      BOOST_TEST(high == std::numeric_limits<double>::infinity());
      continue;
    }
    // On a grid of the rectangle, ends included: within, and both reached.
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (int i = 0; i <= 8; ++i) {
      for (int j = 0; j <= 8; ++j) {
        const double ratio = (lower[0] + (upper[0] - lower[0]) * i / 8.0) / (lower[1] + (upper[1] - lower[1]) * j / 8.0);
        least = std::min(least, ratio);
        most = std::max(most, ratio);
      }
    }
    BOOST_TEST(low == least, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(high == most, boost::test_tools::tolerance(1e-14));
  }
}

BOOST_AUTO_TEST_CASE(bounds_of_indices_hold_what_the_means_allow) {
  FunctionIntegrand f = integrand_of(1, {[](std::span<const double> x) { return x[0]; }});
  const SensitivityIntegrand integrand(f, {{0}});
  const Quantities quantities = integrand.quantities();
  for (std::uint64_t trial = 0; trial < 500; ++trial) {
    // A mean, a second moment above its square, numerators below the variance; then intervals around them.
    const double mean = 2.0 * uniform(10000 + 8 * trial) - 1.0;
    const double variance = 0.1 + uniform(10001 + 8 * trial);
    const std::vector<double> truth{mean, mean * mean + variance, variance * uniform(10002 + 8 * trial),
                                    variance * uniform(10003 + 8 * trial)};
    std::vector<double> lower(4);
    std::vector<double> upper(4);
    for (std::size_t k = 0; k < 4; ++k) {
      const double width = 0.3 * uniform(10004 + 8 * trial);
      lower[k] = truth[k] - width * uniform(20000 + 8 * trial + k);
      upper[k] = truth[k] + width * uniform(30000 + 8 * trial + k);
    }
    std::vector<double> low(2);
    std::vector<double> high(2);
    quantities.bounds(lower, upper, low, high);
    for (std::size_t q = 0; q < 2; ++q) {
      BOOST_TEST(0.0 <= low[q]);
      BOOST_TEST(low[q] <= truth[2 + q] / variance);
      BOOST_TEST(truth[2 + q] / variance <= high[q]);
      BOOST_TEST(high[q] <= 1.0);
    }
  }
}

BOOST_AUTO_TEST_CASE(ishigami_indices_by_many_rules) {
  TestIntegrand f = ishigami();
  const Indices indices = ishigami_indices();
  SensitivityIntegrand integrand(f.integrand, indices.subsets, {3.5});
  Goal goal = goal_of(0.02);
  goal.quantities = integrand.quantities();
  check("replicated_student_t", integrand, replicated_student_t(integrand, {.replicates = 10}, goal), indices, 0.02);
  check("replicated_median", integrand, replicated_median(integrand, {.replicates = 21}, goal), indices, 0.02);
  // With 2^10 points the coefficients of products in six dimensions do not yet decay as in the cone.
  const Cone cone{.log2_first = 14};
  check("net_g", integrand, net_g(integrand, {.cone = cone}, goal), indices, 0.02);
  check("lattice_g", integrand, lattice_g(integrand, {.cone = cone}, goal), indices, 0.02);
  goal.tolerance.absolute = 0.1;
  check("monte_carlo_clt", integrand, monte_carlo_clt(integrand, {}, goal), indices, 0.1);
}

BOOST_AUTO_TEST_CASE(g_function_indices) {
  const std::vector<double> a{0.0, 1.0, 4.5, 9.0};
  TestIntegrand f = g_function(a);
  const Indices indices = g_indices(a);
  SensitivityIntegrand integrand(f.integrand, indices.subsets, {1.0});
  Goal goal = goal_of(0.01);
  goal.quantities = integrand.quantities();
  check("replicated_student_t", integrand, replicated_student_t(integrand, {.replicates = 10}, goal), indices, 0.01);
  check("net_g", integrand, net_g(integrand, {.cone = {.log2_first = 14}}, goal), indices, 0.01);
}

BOOST_AUTO_TEST_CASE(evaluations_are_shared_and_only_needed_ones_are_made) {
  // Two outputs of f, three subsets, of which one is everything: at every point f at x, z and two mixed points.
  std::vector<std::uint64_t> evaluations(2, 0);
  FunctionIntegrand f =
      integrand_of(3, {[](std::span<const double> x) { return x[0] + x[1] * x[2]; }, [](std::span<const double> x) { return x[0] * x[1]; }},
                   &evaluations);
  SensitivityIntegrand integrand(f, {{0}, {2, 1}, {0, 1, 2}});
  BOOST_TEST(integrand.dimensions() == 6);
  BOOST_TEST(integrand.outputs() == 16);
  const std::vector<double> points{0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  std::vector<double> values(16);
  PointBlock block{.points = points, .count = 1, .first = 0, .replicate = 0, .level = 0, .needed = {}};
  integrand.evaluate(block, values);
  BOOST_TEST(evaluations == (std::vector<std::uint64_t>{4, 4}), boost::test_tools::per_element());
  const double at_x = 0.1 + 0.2 * 0.3;
  const double at_z = 0.4 + 0.5 * 0.6;
  const double mixed = 0.1 + 0.5 * 0.6;  // x₀ and the rest of z
  BOOST_TEST(values[0] == 0.5 * (at_x + at_z), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(values[1] == 0.5 * (at_x * at_x + at_z * at_z), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(values[2] == at_x * (mixed - at_z), boost::test_tools::tolerance(1e-14));
  BOOST_TEST(values[3] == 0.5 * (at_z - mixed) * (at_z - mixed), boost::test_tools::tolerance(1e-14));

  // Only the first subset of the second output is unfinished.
  std::vector<std::uint8_t> unfinished(12, 0);
  unfinished[static_cast<std::size_t>(integrand.quantity(1, 0, true))] = 1;
  std::vector<std::uint8_t> needed(16, 0);
  integrand.quantities().dependency(unfinished, needed);
  std::vector<std::uint8_t> expected(16, 0);
  expected[8] = expected[9] = expected[8 + 2 + 1] = 1;
  BOOST_TEST(needed == expected, boost::test_tools::per_element());
  evaluations = {0, 0};
  block.needed = needed;
  integrand.evaluate(block, values);
  BOOST_TEST(evaluations == (std::vector<std::uint64_t>{0, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(finished_indices_leave_their_mixed_points_alone) {
  // x₂ does not enter: its indices are known at once, and points that mix it are evaluated no more.
  std::uint64_t evaluations = 0;
  FunctionIntegrand f(2, 1, [&evaluations](const PointBlock& block, std::span<double> values) {
    evaluations += block.count;
    for (std::size_t p = 0; p < block.count; ++p) {
      values[p] = std::exp(4.0 * std::sin(11.0 * block.points[2 * p]));
    }
  });
  SensitivityIntegrand integrand(f, {{0}, {1}});
  Goal goal = goal_of(1e-3);
  goal.quantities = integrand.quantities();
  const Estimate estimate = replicated_student_t(integrand, {.replicates = 8, .first_points = 64}, goal);
  BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
  BOOST_TEST(evaluations < 4 * estimate.points);
  BOOST_TEST(evaluations >= 3 * estimate.points);
  BOOST_TEST(estimate.value[static_cast<std::size_t>(integrand.quantity(0, 0, false))] > 1.0 - 1e-3);
  BOOST_TEST(estimate.value[static_cast<std::size_t>(integrand.quantity(0, 1, true))] < 1e-3);
}

BOOST_AUTO_TEST_CASE(a_ratio_by_zero_stops_every_rule) {
  FunctionIntegrand f =
      integrand_of(1, {[](std::span<const double> x) { return std::exp(x[0]); }, [](std::span<const double> /*x*/) { return 0.0; }});
  Goal goal = goal_of(1e-2);
  goal.quantities = ratios({{0, 1}});
  goal.quantities.names = {"gain"};
  goal.most_points = 1U << 20U;
  const auto complains = [](const InputError& error) {
    return std::string(error.what()).find("the quantity \"gain\" has no value") != std::string::npos;
  };
  BOOST_CHECK_EXCEPTION(replicated_student_t(f, {}, goal), InputError, complains);
  BOOST_CHECK_EXCEPTION(replicated_median(f, {}, goal), InputError, complains);
  BOOST_CHECK_EXCEPTION(net_g(f, {}, goal), InputError, complains);
  BOOST_CHECK_EXCEPTION(lattice_g(f, {}, goal), InputError, complains);
  BOOST_CHECK_EXCEPTION(monte_carlo_clt(f, {}, goal), InputError, complains);
  BOOST_CHECK_EXCEPTION(monte_carlo_guaranteed(f, {}, goal), InputError, complains);
}

BOOST_AUTO_TEST_CASE(a_mean_of_zero_meets_a_relative_tolerance) {
  // ε(0) = 0, and so is the width of the bounds.
  FunctionIntegrand f =
      integrand_of(1, {[](std::span<const double> /*x*/) { return 0.0; }, [](std::span<const double> x) { return std::exp(x[0]); }});
  Goal goal = goal_of(0.0, 0.1);
  goal.most_points = 1U << 20U;
  for (const bool functions : {false, true}) {
    goal.quantities = functions ? ratios({{0, 1}}) : Quantities{};
    for (const Estimate& estimate : {replicated_student_t(f, {}, goal), replicated_median(f, {}, goal), net_g(f, {}, goal),
                                     lattice_g(f, {}, goal), monte_carlo_clt(f, {}, goal), monte_carlo_guaranteed(f, {}, goal)}) {
      BOOST_TEST((estimate.outcome == Outcome::tolerance_met), estimate.statement);
      BOOST_TEST(estimate.value[0] == 0.0);
      BOOST_TEST(estimate.lower[0] == estimate.upper[0]);
    }
  }
}

BOOST_AUTO_TEST_CASE(some_means_alone) {
  FunctionIntegrand f = integrand_of(
      1, {[](std::span<const double> x) { return x[0]; }, [](std::span<const double> x) { return std::exp(5.0 * std::sin(40.0 * x[0])); }});
  Goal goal = goal_of(1e-3);
  goal.quantities = means_of({0});
  const Estimate estimate = replicated_student_t(f, {}, goal);
  BOOST_TEST(estimate.value.size() == 1U);
  BOOST_TEST(std::abs(estimate.value[0] - 0.5) <= 1e-3);
  BOOST_TEST(estimate.history.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_refused) {
  TestIntegrand f = ishigami();
  BOOST_CHECK_THROW(SensitivityIntegrand(f.integrand, {}), InputError);
  BOOST_CHECK_THROW(SensitivityIntegrand(f.integrand, {{}}), InputError);
  BOOST_CHECK_THROW(SensitivityIntegrand(f.integrand, {{3}}), InputError);
  BOOST_CHECK_THROW(SensitivityIntegrand(f.integrand, {{0, 0}}), InputError);
  BOOST_CHECK_THROW(SensitivityIntegrand(f.integrand, {{0}}, {1.0, 2.0}), InputError);
  BOOST_CHECK_THROW(ratios({{0, -1}}), InputError);
  BOOST_CHECK_THROW(means_of({-1}), InputError);
  Goal goal = goal_of(1e-2);
  goal.quantities = ratios({{0, 1}});  // there is no output 1
  BOOST_CHECK_THROW(replicated_student_t(f.integrand, {}, goal), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

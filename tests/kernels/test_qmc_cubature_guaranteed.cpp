// Guaranteed adaptive cubature on nets and lattices.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/cubature/lattice_g.hpp>
#include <kindred/kernels/qmc/cubature/net_g.hpp>
#include <kindred/kernels/qmc/cubature/test_integrands.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

struct Settings {
  std::uint64_t seed = 0;
  Cone cone = {};
  ControlVariates controls = {};
  Scramble scramble = Scramble::owen_hash;  // of the net
};

/// Either rule, by name.
using Rule = std::function<Estimate(Integrand&, const Settings&, const Goal&)>;

std::vector<std::pair<std::string, Rule>> rules() {
  return {{"net",
           [](Integrand& integrand, const Settings& s, const Goal& goal) {
             return net_g(integrand, {.scramble = s.scramble, .seed = s.seed, .cone = s.cone, .controls = s.controls}, goal);
           }},
          {"lattice", [](Integrand& integrand, const Settings& s, const Goal& goal) {
             return lattice_g(integrand, {.seed = s.seed, .cone = s.cone, .controls = s.controls}, goal);
           }}};
}

Goal goal_of(double absolute, double relative = 0.0, Tolerance::Rule rule = Tolerance::Rule::either) {
  Goal goal;
  goal.tolerance = {absolute, relative, rule};
  return goal;
}

/// Several outputs, each a function of the point.
using Outputs = std::vector<std::function<double(std::span<const double>)>>;

/// Values of outputs that are not needed are spoilt, and counted.
FunctionIntegrand of(int dimensions, Outputs outputs, std::vector<std::uint64_t>* evaluations = nullptr) {
  const int count = static_cast<int>(outputs.size());
  return {dimensions, count, [dimensions, outputs = std::move(outputs), evaluations](const PointBlock& block, std::span<double> values) {
            for (std::size_t k = 0; k < values.size(); ++k) {
              const std::size_t i = k % outputs.size();
              const auto d = static_cast<std::size_t>(dimensions);
              const bool needed = block.needed[i] != 0;
              values[k] = needed ? outputs[i](block.points.subspan(k / outputs.size() * d, d)) : std::nan("");
              if (evaluations != nullptr && needed) {
                ++(*evaluations)[i];
              }
            }
          }};
}

double exp_of(std::span<const double> x) { return std::exp(x[0]); }

/// exp of the sum of three coordinates: smooth, mean (e − 1)³.
double exp_of_sum(std::span<const double> x) { return std::exp(x[0] + x[1] + x[2]); }
const double exp_of_sum_mean = std::pow(std::numbers::e - 1.0, 3);

bool mentions(const std::vector<std::string>& warnings, const std::string& what) {
  return std::ranges::any_of(warnings, [&](const std::string& warning) { return warning.find(what) != std::string::npos; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_cubature_guaranteed)

// The numbers of points that an independent implementation of the same rules took, over twenty seeds, with nets scrambled linearly; the
// nested scramble, which is the default, takes up to twice as many in some runs.
BOOST_AUTO_TEST_CASE(keister_takes_the_published_numbers_of_points) {
  struct Case {
    int dimensions;
    double tolerance;
    int net_low, net_high, lattice_low, lattice_high;
  };
  const std::vector<Case> cases{{1, 1e-3, 10, 11, 11, 11}, {1, 1e-4, 12, 14, 14, 14}, {2, 1e-3, 12, 13, 13, 13}, {2, 1e-4, 15, 16, 16, 16},
                                {3, 1e-3, 14, 14, 14, 14}, {3, 1e-4, 17, 18, 18, 18}, {5, 1e-3, 17, 17, 17, 17}};
  for (const Case& c : cases) {
    TestIntegrand integrand = keister(c.dimensions);
    for (const auto& [name, rule] : rules()) {
      for (const Scramble scramble : {Scramble::lms_digital_shift, Scramble::owen_hash}) {
        for (std::uint64_t seed = 0; seed < 3; ++seed) {
          const Estimate estimate = rule(integrand.integrand, {.seed = seed, .scramble = scramble}, goal_of(c.tolerance));
          const int m = std::bit_width(estimate.points) - 1;
          const int more = name == "net" && scramble == Scramble::owen_hash ? 1 : 0;
          BOOST_TEST_CONTEXT(name << ", d = " << c.dimensions << ", tolerance " << c.tolerance << ", seed " << seed << ": 2^" << m) {
            BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
            BOOST_TEST(std::has_single_bit(estimate.points));
            BOOST_TEST(m >= (name == "net" ? c.net_low : c.lattice_low));
            BOOST_TEST(m <= (name == "net" ? c.net_high : c.lattice_high) + more);
            BOOST_TEST(std::abs(estimate.value[0] - integrand.exact) <= c.tolerance);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(tolerances_are_met_for_every_test_integrand) {
  const std::vector<double> a{0.0, 1.0, 4.5, 9.0};
  std::vector<std::pair<TestIntegrand, double>> integrands;
  integrands.emplace_back(keister(6), 1e-3);  // negative
  integrands.emplace_back(genz_oscillatory(4, GenzDecay::quadratic), 1e-3);
  integrands.emplace_back(genz_corner_peak(5, GenzDecay::linear), 1e-3);
  integrands.emplace_back(g_function(a), 1e-3);
  integrands.emplace_back(ishigami(), 1e-3);
  integrands.emplace_back(x_exp_x(), 1e-3);
  integrands.emplace_back(box_integral(1), 1e-3);
  integrands.emplace_back(borehole(), 1e-1);
  integrands.emplace_back(asian_geometric_call(12, PathConstruction::forward), 1e-2);
  integrands.emplace_back(asian_geometric_call(12, PathConstruction::principal), 1e-3);
  for (auto& [integrand, tolerance] : integrands) {
    for (const auto& [name, rule] : rules()) {
      for (std::uint64_t seed = 0; seed < 3; ++seed) {
        const Estimate estimate = rule(integrand.integrand, {.seed = seed}, goal_of(tolerance));
        BOOST_TEST_CONTEXT(name << ", " << integrand.name << ", seed " << seed) {
          BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
          BOOST_TEST(std::abs(estimate.value[0] - integrand.exact) <= tolerance);
          BOOST_TEST(estimate.lower[0] <= estimate.mean[0]);
          BOOST_TEST(estimate.mean[0] <= estimate.upper[0]);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(bounds_hold_for_a_hundred_seeds) {
  TestIntegrand integrand = genz_oscillatory(3, GenzDecay::linear);
  for (const auto& [name, rule] : rules()) {
    int missed = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const Estimate estimate = rule(integrand.integrand, {.seed = seed}, goal_of(1e-4));
      missed += estimate.lower[0] <= integrand.exact && integrand.exact <= estimate.upper[0] ? 0 : 1;
    }
    BOOST_TEST(missed <= 1, name << " missed " << missed);
  }
}

BOOST_AUTO_TEST_CASE(relative_and_absolute_tolerances_go_by_either_or_both) {
  FunctionIntegrand integrand = of(3, {[](std::span<const double> x) { return 100.0 * exp_of_sum(x); }});
  const double exact = 100.0 * exp_of_sum_mean;  // 507
  for (const auto& [name, rule] : rules()) {
    const auto points = [&](double absolute, double relative, Tolerance::Rule either_or_both) {
      const Goal goal = goal_of(absolute, relative, either_or_both);
      const Estimate estimate = rule(integrand, {.seed = 1}, goal);
      BOOST_TEST(std::abs(estimate.value[0] - exact) <= goal.tolerance.at(exact));
      BOOST_TEST(estimate.upper[0] - estimate.lower[0] <= goal.tolerance.at(estimate.lower[0]) + goal.tolerance.at(estimate.upper[0]));
      return estimate.points;
    };
    const std::uint64_t loose = points(1e-1, 0.0, Tolerance::Rule::either);
    const std::uint64_t tight = points(1e-3, 0.0, Tolerance::Rule::either);
    BOOST_TEST(loose < tight);
    // 1e-1/507 and 1e-3/507, relatively.
    BOOST_TEST(points(1e-3, 1.97e-4, Tolerance::Rule::either) == loose);
    BOOST_TEST(points(1e-1, 1.97e-6, Tolerance::Rule::both) == tight);
    BOOST_TEST(points(1e-3, 1.97e-4, Tolerance::Rule::both) == tight);
  }
}

BOOST_AUTO_TEST_CASE(the_value_is_within_the_tolerance_of_both_bounds) {
  // A relative tolerance of a quantity whose bounds are far apart: the middle would not do.
  FunctionIntegrand integrand = of(2, {[](std::span<const double> x) { return x[0] * x[1] < 0.125 ? 1.0 : 0.0; }});
  const Goal goal = goal_of(1e-9, 0.05);
  for (const auto& [name, rule] : rules()) {
    const Estimate estimate = rule(integrand, {}, goal);
    for (const double end : {estimate.lower[0], estimate.upper[0]}) {
      BOOST_TEST(std::abs(estimate.value[0] - end) <= goal.tolerance.at(end) * (1.0 + 1e-12));
    }
  }
}

BOOST_AUTO_TEST_CASE(finished_outputs_are_evaluated_no_more) {
  std::vector<std::uint64_t> evaluations(3, 0);
  FunctionIntegrand integrand =
      of(3, {[](std::span<const double> x) { return x[0]; }, [](std::span<const double> x) { return 1000.0 * exp_of_sum(x); }, exp_of_sum},
         &evaluations);
  const std::vector<double> exact{0.5, 1000.0 * exp_of_sum_mean, exp_of_sum_mean};
  for (const auto& [name, rule] : rules()) {
    std::ranges::fill(evaluations, std::uint64_t{0});
    const Estimate estimate = rule(integrand, {.seed = 4}, goal_of(1e-2));
    for (std::size_t i = 0; i < 3; ++i) {
      BOOST_TEST(std::abs(estimate.value[i] - exact[i]) <= 1e-2);
    }
    BOOST_TEST(evaluations[0] == 1024U);
    BOOST_TEST(evaluations[2] < evaluations[1]);
    BOOST_TEST(evaluations[1] == estimate.points);
  }
}

BOOST_AUTO_TEST_CASE(ratios_have_bounds_of_their_own) {
  // E x e^x / E e^x = 1/(e − 1), and E e^x on its own, which is easier: its mean must be pursued for the ratio's sake.
  FunctionIntegrand integrand = of(1, {[](std::span<const double> x) { return 100.0 * x[0] * std::exp(x[0]); }, exp_of});
  Goal goal = goal_of(1e-3);
  goal.quantities.count = 2;
  goal.quantities.bounds = [](std::span<const double> low, std::span<const double> high, std::span<double> lower, std::span<double> upper) {
    lower[0] = low[1] > 0.0 ? low[0] / high[1] : -HUGE_VAL;
    upper[0] = low[1] > 0.0 ? high[0] / low[1] : HUGE_VAL;
    lower[1] = low[1];
    upper[1] = high[1];
  };
  goal.quantities.dependency = [](std::span<const std::uint8_t> unfinished, std::span<std::uint8_t> needed) {
    needed[0] = unfinished[0];
    needed[1] = unfinished[0] != 0 || unfinished[1] != 0 ? 1 : 0;
  };
  for (const auto& [name, rule] : rules()) {
    const Estimate estimate = rule(integrand, {.seed = 2}, goal);
    BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
    BOOST_TEST(estimate.points > 1024U);
    BOOST_TEST(std::abs(estimate.value[0] - 100.0 / (std::numbers::e - 1.0)) <= 1e-3);
    BOOST_TEST(std::abs(estimate.value[1] - (std::numbers::e - 1.0)) <= 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(infinite_bounds_are_not_an_answer) {
  // A quotient whose denominator has mean 0 can never be bounded.
  FunctionIntegrand integrand = of(1, {exp_of, [](std::span<const double> x) { return std::sin(2.0 * std::numbers::pi * x[0]); }});
  Goal goal = goal_of(1e-3, 1e-1);
  goal.most_points = 1U << 13U;
  goal.quantities.count = 1;
  goal.quantities.bounds = [](std::span<const double> low, std::span<const double> high, std::span<double> lower, std::span<double> upper) {
    const bool apart = low[1] > 0.0 || high[1] < 0.0;
    lower[0] = apart ? low[0] / high[1] : -HUGE_VAL;
    upper[0] = apart ? high[0] / low[1] : HUGE_VAL;
  };
  const Estimate estimate = net_g(integrand, {}, goal);
  BOOST_TEST((estimate.outcome == Outcome::point_limit));
  BOOST_TEST(estimate.finished[0] == 0);
}

// Noise on 2^13 cells: Walsh functions up to index 2^13, all of about the same size. Seen with 2^m points its coefficients are of size
// 2^(−m/2), so that their sums over the first ones shrink from step to step, while the cone has them settle.
BOOST_AUTO_TEST_CASE(integrands_outside_the_cone_are_reported_and_others_are_not) {
  const auto noise = [](std::span<const double> x) { return mix_bits(static_cast<std::uint64_t>(8192.0 * x[0])) >> 63U == 0 ? 0.1 : -0.1; };
  FunctionIntegrand outside = of(1, {exp_of, [noise](std::span<const double> x) { return exp_of(x) + noise(x); }});
  FunctionIntegrand inside = of(1, {exp_of});
  for (const auto& [name, rule] : rules()) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      Goal goal = goal_of(1e-6);
      goal.most_points = 1U << 14U;
      const Estimate found = rule(outside, {.seed = seed}, goal);
      BOOST_TEST(mentions(found.warnings, "the coefficients of output 1 at 2^"), name << ", seed " << seed);
      const Estimate none = rule(inside, {.seed = seed}, goal_of(1e-6));
      BOOST_TEST(none.warnings.empty(), name << ", seed " << seed);
      BOOST_TEST(std::abs(none.value[0] - (std::numbers::e - 1.0)) <= 1e-6);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_larger_fudge_function_takes_more_points) {
  TestIntegrand integrand = keister(2);
  for (const auto& [name, rule] : rules()) {
    Settings careful;
    careful.cone.fudge = [](int m) { return std::ldexp(40.0, -m); };
    BOOST_TEST(rule(integrand.integrand, careful, goal_of(1e-3)).points > rule(integrand.integrand, {}, goal_of(1e-3)).points);
    Settings later;
    later.cone.log2_first = 15;
    BOOST_TEST(rule(integrand.integrand, later, goal_of(1e-3)).points == std::uint64_t{1} << 15U);
  }
}

BOOST_AUTO_TEST_CASE(control_variates_save_points_and_keep_the_mean) {
  // Controls: the exponential's parts of degree 1 and 2 in the sum of coordinates, means 3/2 and 5/2.
  const auto sum = [](std::span<const double> x) { return x[0] + x[1] + x[2]; };
  const auto square = [sum](std::span<const double> x) { return sum(x) * sum(x); };
  FunctionIntegrand plain = of(3, {exp_of_sum});
  FunctionIntegrand controlled = of(3, {exp_of_sum, sum, square});
  constexpr double tolerance = 1e-4;
  for (const auto& [name, rule] : rules()) {
    for (const bool refit : {false, true}) {
      double mean_error = 0.0;
      double mean_square = 0.0;
      constexpr int seeds = 32;
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        Settings settings{.seed = seed};
        settings.controls = {.means = {1.5, 2.5}, .refit = refit};
        const Estimate estimate = rule(controlled, settings, goal_of(tolerance));
        BOOST_TEST(estimate.mean.size() == 1U);
        const double error = estimate.mean[0] - exp_of_sum_mean;
        BOOST_TEST(std::abs(error) <= tolerance);
        mean_error += error / seeds;
        mean_square += error * error / seeds;
        if (seed < 3) {
          BOOST_TEST(2 * estimate.points <= rule(plain, {.seed = seed}, goal_of(tolerance)).points, name << ", refit " << refit);
        }
      }
      BOOST_TEST(std::abs(mean_error) <= 4.0 * std::sqrt(mean_square / seeds), name << ", refit " << refit);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_control_variate_that_is_the_integrand_leaves_nothing) {
  FunctionIntegrand integrand = of(3, {exp_of_sum, [](std::span<const double> x) { return 2.0 * exp_of_sum(x) - 1.0; }});
  for (const auto& [name, rule] : rules()) {
    Settings settings;
    settings.controls.means = {2.0 * exp_of_sum_mean - 1.0};
    const Estimate estimate = rule(integrand, settings, goal_of(1e-12));
    BOOST_TEST(estimate.points == 1024U);
    BOOST_TEST(std::abs(estimate.value[0] - exp_of_sum_mean) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(the_point_limit_ends_a_rule_with_what_it_has) {
  TestIntegrand integrand = keister(3);
  Goal goal = goal_of(1e-6);
  goal.most_points = 5000;
  for (const auto& [name, rule] : rules()) {
    const Estimate estimate = rule(integrand.integrand, {}, goal);
    BOOST_TEST((estimate.outcome == Outcome::point_limit));
    BOOST_TEST(estimate.points == 4096U);
    BOOST_TEST(estimate.finished[0] == 0);
    BOOST_TEST(mentions(estimate.warnings, "5000"));
    BOOST_TEST(estimate.lower[0] < integrand.exact);
    BOOST_TEST(integrand.exact < estimate.upper[0]);
  }
  // The lattice's own end.
  const Estimate estimate = lattice_g(integrand.integrand, {.lattice = lattice_table(3, "mps_exod2_m13")}, goal_of(1e-6));
  BOOST_TEST((estimate.outcome == Outcome::point_limit));
  BOOST_TEST(estimate.points == 8192U);
}

BOOST_AUTO_TEST_CASE(the_observer_sees_every_step_and_may_end_the_rule) {
  TestIntegrand integrand = keister(3);
  for (const auto& [name, rule] : rules()) {
    std::vector<std::uint64_t> seen;
    Goal goal = goal_of(1e-6);
    goal.observer = [&seen](const Estimate& so_far) {
      seen.push_back(so_far.points);
      return so_far.points < 8192;
    };
    const Estimate estimate = rule(integrand.integrand, {}, goal);
    BOOST_TEST((estimate.outcome == Outcome::stopped));
    BOOST_TEST((seen == std::vector<std::uint64_t>{1024, 2048, 4096, 8192}));
    BOOST_TEST_REQUIRE(estimate.history.size() == seen.size());
    for (std::size_t k = 0; k < seen.size(); ++k) {
      BOOST_TEST(estimate.history[k].points == seen[k]);
    }
    BOOST_TEST(estimate.history.back().half_width < estimate.history.front().half_width);
  }
}

BOOST_AUTO_TEST_CASE(a_value_that_is_not_finite_is_an_error_at_its_point) {
  FunctionIntegrand integrand =
      of(2, {exp_of, [](std::span<const double> x) { return x[1] > 0.5 ? 1.0 / (x[1] > 0.75 ? 0.0 : 1.0) : 0.0; }});
  for (const auto& [name, rule] : rules()) {
    BOOST_CHECK_EXCEPTION(rule(integrand, {}, goal_of(1e-2)), Error, [](const Error& error) {
      const std::string what = error.what();
      const std::size_t at = what.rfind(", ");
      // The second coordinate of the point that is shown is where the pole is.
      return what.find("output 1 of the integrand is inf at point ") != std::string::npos && std::stod(what.substr(at + 2)) > 0.75;
    });
  }
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_refused_before_any_evaluation) {
  bool evaluated = false;
  FunctionIntegrand integrand(2, 1, [&evaluated](const PointBlock& /*block*/, std::span<double> values) {
    evaluated = true;
    std::ranges::fill(values, 0.0);
  });
  for (const auto& [name, rule] : rules()) {
    BOOST_CHECK_THROW(rule(integrand, {}, goal_of(0.0)), InputError);
    BOOST_CHECK_THROW(rule(integrand, {}, goal_of(-1.0)), InputError);
    BOOST_CHECK_THROW(rule(integrand, {}, goal_of(1e-3, 0.0, Tolerance::Rule::both)), InputError);
    Settings settings;
    settings.cone.log2_first = 7;
    BOOST_CHECK_THROW(rule(integrand, settings, goal_of(1e-3)), InputError);
    settings = {};
    settings.cone.fudge = nullptr;
    BOOST_CHECK_THROW(rule(integrand, settings, goal_of(1e-3)), InputError);
    settings = {};
    settings.controls.means = {0.0};  // the only output
    BOOST_CHECK_THROW(rule(integrand, settings, goal_of(1e-3)), InputError);
    Goal few = goal_of(1e-3);
    few.most_points = 1000;
    BOOST_CHECK_THROW(rule(integrand, {}, few), InputError);
    Goal boundless = goal_of(1e-3);
    boundless.quantities.count = 1;
    BOOST_CHECK_THROW(rule(integrand, {}, boundless), InputError);
  }
  BOOST_CHECK_THROW(net_g(integrand, {.scramble = Scramble::lms}, goal_of(1e-3)), InputError);
  BOOST_CHECK_THROW(net_g(integrand, {.scramble = Scramble::none}, goal_of(1e-3)), InputError);
  BOOST_CHECK_THROW(net_g(integrand, {.net = sobol(3)}, goal_of(1e-3)), InputError);
  BOOST_CHECK_THROW(lattice_g(integrand, {.lattice = lattice_table(1)}, goal_of(1e-3)), InputError);
  BOOST_TEST(!evaluated);
}

BOOST_AUTO_TEST_SUITE_END()

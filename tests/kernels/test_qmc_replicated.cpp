// Replicated rules: Student t and median. Statistics have fixed seeds; where a bound is statistical, the text beside it says how likely a
// right implementation would miss it at a seed drawn anew.

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
#include <kindred/kernels/qmc/cubature/quantities.hpp>
#include <kindred/kernels/qmc/cubature/replicated.hpp>
#include <kindred/kernels/qmc/cubature/student_t.hpp>
#include <kindred/kernels/qmc/cubature/test_integrands.hpp>

#include "cubature_support.hpp"

using namespace kindred;
using namespace kindred::qmc;
using cubature_test::goal_of;
using cubature_test::integrand_of;
using cubature_test::one_step;

BOOST_AUTO_TEST_SUITE(test_qmc_replicated)

BOOST_AUTO_TEST_CASE(quantiles_of_student_t_are_those_of_forty_digits) {
  struct Reference {
    double tail;
    int freedom;
    double t;
  };
  // The root of I_(ν/(ν+t²))(ν/2, 1/2)/2 = tail, by bisection with 40 digits (mpmath).
  const std::vector<Reference> references{
      {0.25, 1, 1.0},
      {0.005, 1, 63.656741162871581},
      {1e-12, 1, 318309886183.79067},
      {0.25, 2, 0.81649658092772603},
      {0.005, 2, 9.9248432009182931},
      {1e-12, 2, 707106.78118548686},
      {0.05, 3, 2.3533634348018239},
      {0.0005, 4, 8.6103015813792751},
      {0.25, 8, 0.7063866126448386},
      {1e-6, 8, 12.109834665556214},
      {0.005, 14, 2.9768427343708347},
      {0.05, 24, 1.7108820799094284},
      {0.005, 24, 2.7969395047744563},
      {1e-12, 24, 13.097492743383265},
      {0.005, 31, 2.7440419192942693},
      {1e-6, 31, 5.828601803899664},
      {0.25, 99, 0.67697598554615263},
      {0.0005, 99, 3.3915288333636506},
      {0.005, 1000, 2.5807546980659511},
      {1e-12, 1000, 7.1242289253144091},
      {0.25, 1000000, 0.67448999553108738},
      {0.05, 1000000, 1.6448551507220405},
      {1e-12, 1000000, 7.0345726084112566},
  };
  for (const auto& [tail, freedom, t] : references) {
    BOOST_TEST_INFO("tail " << tail << ", " << freedom << " degrees of freedom");
    BOOST_TEST(student_t_quantile(tail, freedom) == t, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(student_t_tail(t, freedom) == tail, boost::test_tools::tolerance(1e-12));
  }
  BOOST_TEST(student_t_quantile(0.5, 7) == 0.0);
  BOOST_CHECK_THROW(student_t_quantile(0.0, 7), InputError);
  BOOST_CHECK_THROW(student_t_quantile(0.6, 7), InputError);
  BOOST_CHECK_THROW(student_t_quantile(0.1, 0.5), InputError);
}

BOOST_AUTO_TEST_CASE(intervals_of_student_t_cover) {
  // Of 1000 intervals of 99 percent, 970 at least: were the coverage 0.985, six standard deviations fewer.
  TestIntegrand peak = genz_corner_peak(10, GenzDecay::quadratic);
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Estimate estimate = replicated_student_t(peak.integrand, {.seed = seed, .first_points = 64}, one_step());
    covered += estimate.lower[0] <= peak.exact && peak.exact <= estimate.upper[0] ? 1 : 0;
  }
  BOOST_TEST_MESSAGE("covered: " << covered << " of 1000");
  BOOST_TEST(covered >= 970);
}

BOOST_AUTO_TEST_CASE(averages_are_unbiased) {
  // 1000 replicates of few points: the average within four of its standard errors. Twelve of these: missed once in 1300 seeds.
  struct Points {
    PointSet points;
    Scramble scramble;
  };
  const double quantile = student_t_quantile(0.005, 999.0);
  for (TestIntegrand& f : std::vector<TestIntegrand>{x_exp_x(), genz_corner_peak(3, GenzDecay::quadratic), ishigami()}) {
    const int d = f.integrand.dimensions();
    for (const auto& [points, scramble] : std::vector<Points>{{sobol(d), Scramble::lms_digital_shift},
                                                              {sobol(d, 32, 2), Scramble::lms_digital_shift},
                                                              {lattice_table(d), Scramble::shift},
                                                              {Halton{d}, Scramble::lms_digit_permutation}}) {
      const Estimate estimate = replicated_student_t(
          f.integrand, {.points = points, .scramble = scramble, .seed = 11, .replicates = 1000, .first_points = 16}, one_step());
      const double standard_error = 0.5 * (estimate.upper[0] - estimate.lower[0]) / quantile;
      BOOST_TEST_INFO(f.name << ", " << name(scramble));
      BOOST_TEST(std::abs(estimate.value[0] - f.exact) < 4.0 * standard_error);
    }
  }
}

BOOST_AUTO_TEST_CASE(tolerances_are_met) {
  // Three hundred runs whose intervals of 99 percent all meet the tolerance: 9 failures or more would be seen once in 250 seeds even if
  // the error at stopping were as large as the tolerance. Negative integrals (Keister, d = 6 and 8) among them.
  int failures = 0;
  for (const int d : {1, 2, 3, 6, 8}) {
    TestIntegrand keister_d = keister(d);
    for (const double tolerance : {1e-2, 1e-3, 1e-4}) {
      for (std::uint64_t seed = 0; seed < (d < 6 ? 30 : 5); ++seed) {
        const double scaled = tolerance * std::max(1.0, std::abs(keister_d.exact));
        const Estimate estimate = replicated_student_t(keister_d.integrand, {.seed = seed}, goal_of(scaled));
        BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
        failures += std::abs(estimate.value[0] - keister_d.exact) > scaled ? 1 : 0;
      }
    }
  }
  BOOST_TEST_MESSAGE("failures: " << failures << " of 300");
  BOOST_TEST(failures < 9);
}

BOOST_AUTO_TEST_CASE(relative_tolerances_of_either_and_both_kinds) {
  TestIntegrand f = keister(3);
  using Kind = Tolerance::Rule;
  const Estimate loose = replicated_student_t(f.integrand, {}, goal_of(1e-6, 1e-3, Kind::either));
  const Estimate tight = replicated_student_t(f.integrand, {}, goal_of(1e-1, 1e-4, Kind::both));
  const Estimate absolute = replicated_student_t(f.integrand, {}, goal_of(1e-4, 1e-1, Kind::both));
  BOOST_TEST(std::abs(loose.value[0] - f.exact) <= 1e-3 * f.exact);
  BOOST_TEST(std::abs(tight.value[0] - f.exact) <= 1e-4 * f.exact);
  BOOST_TEST(std::abs(absolute.value[0] - f.exact) <= 1e-4);
  BOOST_TEST(loose.points < tight.points);
  for (const Estimate& estimate : {loose, tight, absolute}) {
    BOOST_TEST(estimate.lower[0] <= estimate.value[0]);
    BOOST_TEST(estimate.value[0] <= estimate.upper[0]);
  }
}

BOOST_AUTO_TEST_CASE(every_point_is_evaluated_once_and_finished_outputs_are_left_alone) {
  std::vector<std::uint64_t> evaluations(2, 0);
  FunctionIntegrand f = integrand_of(2,
                                     {[](std::span<const double> x) { return x[0] + x[1] * x[1]; },
                                      [](std::span<const double> x) { return std::exp(6.0 * std::sin(9.0 * x[0] * x[1])); }},
                                     &evaluations);
  const Estimate estimate = replicated_student_t(f, {.replicates = 10}, goal_of(0.05));
  BOOST_TEST(evaluations[0] == 10U * 256U);
  BOOST_TEST(evaluations[1] == estimate.points);
  BOOST_TEST(evaluations[1] > evaluations[0]);
  BOOST_TEST(std::abs(estimate.value[0] - 5.0 / 6.0) < 0.05);
  BOOST_TEST(estimate.history.size() == static_cast<std::size_t>(std::log2(static_cast<double>(evaluations[1]) / 2560.0) + 1.5));
  BOOST_TEST(estimate.points == estimate.history.back().points);
}

BOOST_AUTO_TEST_CASE(limits_and_observers_end_the_rule) {
  TestIntegrand f = genz_oscillatory(5, GenzDecay::linear);
  Goal goal = goal_of(1e-9);
  goal.most_points = 100000;
  const Estimate limited = replicated_student_t(f.integrand, {}, goal);
  BOOST_TEST((limited.outcome == Outcome::point_limit));
  BOOST_TEST(limited.points == 25U * 2048U);
  BOOST_TEST(limited.warnings.size() == 1U);
  BOOST_TEST(limited.lower[0] <= f.exact);
  BOOST_TEST(limited.upper[0] >= f.exact);

  goal.observer = [](const Estimate& so_far) { return so_far.points < 25U * 512U; };
  const Estimate stopped = replicated_student_t(f.integrand, {}, goal);
  BOOST_TEST((stopped.outcome == Outcome::stopped));
  BOOST_TEST(stopped.points == 25U * 512U);

  // A lattice made for 2^20 points has no more.
  Goal exact = goal_of(1e-15);
  const Estimate exhausted = replicated_student_t(
      f.integrand, {.points = lattice_table(5, "mps_exod2_m13"), .scramble = Scramble::shift, .replicates = 2, .first_points = 4096},
      exact);
  BOOST_TEST((exhausted.outcome == Outcome::point_limit));
  BOOST_TEST(exhausted.points == 2U << 13U);
}

BOOST_AUTO_TEST_CASE(the_median_gains_a_thousandfold_on_a_smooth_integrand) {
  // Root mean square errors of 40 groups of 15 replicates at n = 2^12, x e^x. Measured elsewhere: 5.6e-7 for the mean, 2.3e-12.
  TestIntegrand f = x_exp_x();
  double of_mean = 0.0;
  double of_median = 0.0;
  for (std::uint64_t group = 0; group < 40; ++group) {
    const Estimate mean = replicated_student_t(f.integrand, {.seed = group, .replicates = 15, .first_points = 4096}, one_step());
    const Estimate median = replicated_median(f.integrand, {.seed = group, .first_points = 4096}, one_step());
    of_mean += std::pow(mean.value[0] - f.exact, 2.0);
    of_median += std::pow(median.value[0] - f.exact, 2.0);
  }
  BOOST_TEST_MESSAGE("root mean square errors: mean " << std::sqrt(of_mean / 40.0) << ", median " << std::sqrt(of_median / 40.0));
  BOOST_TEST(std::sqrt(of_mean / of_median) >= 1000.0);
}

BOOST_AUTO_TEST_CASE(ranks_of_the_median_interval_are_the_largest_that_keep_the_risk) {
  for (const int replicates : {3, 9, 15, 25, 61}) {
    for (const double alpha : {0.1, 0.01, 0.001}) {
      // 2 P(Bin(R, 1/2) < k) by exact binomial coefficients.
      const auto risk = [&](int k) {
        double sum = 0.0;
        double coefficient = 1.0;
        for (int j = 0; j < k; ++j) {
          sum += coefficient;
          coefficient = coefficient * (replicates - j) / (j + 1);
        }
        return 2.0 * sum * std::exp2(-replicates);
      };
      const int rank = median_interval_rank(replicates, alpha);
      BOOST_TEST_INFO(replicates << " replicates, alpha " << alpha);
      BOOST_TEST(rank >= 0);
      BOOST_TEST(2 * rank < replicates);
      BOOST_TEST(risk(rank) <= alpha);
      BOOST_TEST(risk(rank + 1) > alpha);
    }
  }
  BOOST_TEST(median_interval_rank(15, 0.01) == 3);
  BOOST_TEST(median_interval_rank(7, 0.01) == 0);
}

BOOST_AUTO_TEST_CASE(intervals_of_the_median_cover_smooth_integrals) {
  // Symmetric errors give 0.9926 for R = 15; 400 intervals at 2^10 points, of which 12 may miss (once in 10⁴ seeds at that coverage).
  for (TestIntegrand& f : std::vector<TestIntegrand>{x_exp_x(), genz_corner_peak(3, GenzDecay::quadratic)}) {
    int missed = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      const Estimate estimate = replicated_median(f.integrand, {.seed = seed, .first_points = 1024}, one_step());
      missed += estimate.lower[0] <= f.exact && f.exact <= estimate.upper[0] ? 0 : 1;
      BOOST_TEST(estimate.value[0] == estimate.mean[0]);
    }
    BOOST_TEST_MESSAGE(f.name << ": " << missed << " of 400 missed");
    BOOST_TEST(missed <= 12);
  }
}

BOOST_AUTO_TEST_CASE(the_median_meets_tolerances_with_fewer_points) {
  TestIntegrand f = genz_corner_peak(3, GenzDecay::quadratic);
  const Goal goal = goal_of(1e-9);
  const Estimate median = replicated_median(f.integrand, {.points = sobol(3, 32, 2)}, goal);
  const Estimate mean = replicated_student_t(f.integrand, {.points = sobol(3, 32, 2)}, goal);
  BOOST_TEST((median.outcome == Outcome::tolerance_met));
  BOOST_TEST(std::abs(median.value[0] - f.exact) <= 1e-9);
  BOOST_TEST(std::abs(mean.value[0] - f.exact) <= 1e-9);
  BOOST_TEST(median.points < mean.points);
}

BOOST_AUTO_TEST_CASE(a_ratio_of_means_is_known_as_well_as_its_bounds_say) {
  // E x / E e^x = 1/(2 (e − 1)).
  FunctionIntegrand f =
      integrand_of(1, {[](std::span<const double> x) { return x[0]; }, [](std::span<const double> x) { return std::exp(x[0]); }});
  Goal goal = goal_of(1e-7);
  goal.quantities = ratios({{0, 1}, {1, 0}});
  const double exact = 0.5 / (std::numbers::e - 1.0);
  for (const Estimate& estimate : {replicated_student_t(f, {}, goal), replicated_median(f, {}, goal)}) {
    BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
    BOOST_TEST(std::abs(estimate.value[0] - exact) <= 1e-7);
    BOOST_TEST(std::abs(estimate.value[1] - 1.0 / exact) <= 1e-7);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_refused) {
  TestIntegrand f = x_exp_x();
  const Goal goal = goal_of(1e-3);
  BOOST_CHECK_THROW(replicated_student_t(f.integrand, {.replicates = 1}, goal), InputError);
  BOOST_CHECK_THROW(replicated_student_t(f.integrand, {.first_points = 100}, goal), InputError);
  BOOST_CHECK_THROW(replicated_student_t(f.integrand, {.confidence = 1.0}, goal), InputError);
  BOOST_CHECK_THROW(replicated_student_t(f.integrand, {.inflate = 0.5}, goal), InputError);
  BOOST_CHECK_THROW(replicated_student_t(f.integrand, {.scramble = Scramble::lms}, goal), InputError);
  BOOST_CHECK_THROW(replicated_student_t(f.integrand, {.scramble = Scramble::none}, goal), InputError);
  BOOST_CHECK_THROW(replicated_student_t(f.integrand, {.points = sobol(2)}, goal), InputError);
  BOOST_CHECK_THROW(replicated_student_t(f.integrand, {}, goal_of(0.0)), InputError);
  BOOST_CHECK_THROW(replicated_median(f.integrand, {.replicates = 14}, goal), InputError);
  BOOST_CHECK_THROW(replicated_median(f.integrand, {.replicates = 7}, goal), InputError);
  BOOST_CHECK_THROW(replicated_median(f.integrand, {.scramble = Scramble::nested_uniform}, goal), InputError);
  FunctionIntegrand infinite = integrand_of(1, {[](std::span<const double> x) { return x[0] < 0.9 ? 1.0 : std::log(-1.0); }});
  BOOST_CHECK_THROW(replicated_student_t(infinite, {}, goal), Error);
}

BOOST_AUTO_TEST_SUITE_END()

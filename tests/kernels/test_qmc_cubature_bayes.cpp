// Bayesian cubature on lattices and nets.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/cubature/bayes.hpp>
#include <kindred/kernels/qmc/cubature/student_t.hpp>
#include <kindred/kernels/qmc/cubature/test_integrands.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

constexpr BayesCriterion criteria[] = {BayesCriterion::mle, BayesCriterion::gcv, BayesCriterion::full};

Goal goal_of(double absolute) {
  Goal goal;
  goal.tolerance.absolute = absolute;
  return goal;
}

using Matrix = std::vector<std::vector<double>>;

/// Cholesky factor, row by row.
Matrix cholesky(Matrix a) {
  for (std::size_t j = 0; j < a.size(); ++j) {
    for (std::size_t i = j; i < a.size(); ++i) {
      double sum = a[i][j];
      for (std::size_t k = 0; k < j; ++k) {
        sum -= a[i][k] * a[j][k];
      }
      a[i][j] = i == j ? std::sqrt(sum) : sum / a[j][j];
    }
  }
  return a;
}

std::vector<double> solve(const Matrix& factor, std::vector<double> x) {
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      x[i] -= factor[i][k] * x[k];
    }
    x[i] /= factor[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) {
      x[i] -= factor[k][i] * x[k];
    }
    x[i] /= factor[i][i];
  }
  return x;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

/// The half-width by dense linear algebra, for values y at points with the kernel 1 + θ k(x, y), θ on a grid that contains its optimum.
double dense_half_width(const std::vector<double>& y, const std::function<double(std::size_t, std::size_t, double theta)>& kernel,
                        BayesCriterion criterion, double tail) {
  const std::size_t n = y.size();
  const auto count = static_cast<double>(n);
  double best = std::numeric_limits<double>::infinity();
  double width = 0.0;
  for (double log_theta = -4.99; log_theta < 0.0; log_theta += 0.08) {
    Matrix c(n, std::vector<double>(n));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t l = 0; l < n; ++l) {
        c[i][l] = kernel(i, l, std::exp(log_theta));
      }
    }
    const Matrix factor = cholesky(c);
    const std::vector<double> ones(n, 1.0);
    const std::vector<double> weights = solve(factor, ones);  // C⁻¹ 1
    const double mean = dot(weights, y) / dot(weights, ones);
    std::vector<double> rest = y;
    std::ranges::for_each(rest, [mean](double& value) { value -= mean; });
    const std::vector<double> solved = solve(factor, rest);
    const double scale = dot(rest, solved);
    // The variance of the integral given the values: the kernel has mean 1 in either argument.
    const double variance = 1.0 - dot(weights, ones);
    double determinant = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      determinant += 2.0 * std::log(factor[i][i]);
    }
    double trace = 0.0;  // of C⁻¹, whose diagonal is constant
    std::vector<double> unit(n, 0.0);
    unit[0] = 1.0;
    trace = count * solve(factor, unit)[0];
    const double loss =
        criterion == BayesCriterion::gcv ? std::log(dot(solved, solved)) - 2.0 * std::log(trace) : determinant + count * std::log(scale);
    if (loss < best) {
      best = loss;
      const double shift = 1.0 - dot(weights, ones);
      switch (criterion) {
        case BayesCriterion::mle:
          width = -normal_quantile(tail) * std::sqrt(scale / count * variance);
          break;
        case BayesCriterion::gcv:
          width = -normal_quantile(tail) * std::sqrt(dot(solved, solved) / trace * variance);
          break;
        case BayesCriterion::full:
          width =
              student_t_quantile(tail, count - 1.0) * std::sqrt(scale / (count - 1.0) * (variance + shift * shift / dot(weights, ones)));
          break;
      }
    }
  }
  return width;
}

/// Two coordinates, one output: neither smooth nor simple, so that θ has its optimum inside.
double sample_value(std::span<const double> x) { return std::exp(std::sin(2.0 * std::numbers::pi * x[0])) * (1.0 + std::abs(x[1] - 0.3)); }

FunctionIntegrand sample_integrand() {
  return {2, 1, [](const PointBlock& block, std::span<double> values) {
            for (std::size_t i = 0; i < block.count; ++i) {
              values[i] = sample_value(block.points.subspan(2 * i, 2));
            }
          }};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_cubature_bayes)

// The grid's θ is within 0.04 of the optimum in ln θ, where half-widths change by less than their own power 1/2 … 1 of θ: 5 percent.
BOOST_AUTO_TEST_CASE(bounds_are_those_of_dense_gaussian_process_regression) {
  constexpr std::size_t n = 256;
  FunctionIntegrand integrand = sample_integrand();
  Goal goal = goal_of(1e-12);
  goal.most_points = n;
  const Sampler lattice(lattice_table(2), {Scramble::shift, 3});
  const Sampler net(sobol(2), {Scramble::lms_digital_shift, 3});
  std::vector<double> on_lattice(n);
  std::vector<double> on_net(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (const bool is_net : {false, true}) {
      const Sampler& sampler = is_net ? net : lattice;
      const std::vector<double> x{to_double_centred(sampler.word(i, 0)), to_double_centred(sampler.word(i, 1))};
      (is_net ? on_net : on_lattice)[i] = sample_value(x);
    }
  }
  const auto kernel = [](const Sampler& sampler, bool is_net) {
    return [&sampler, is_net](std::size_t i, std::size_t l, double theta) {
      double product = 1.0;
      for (int j = 0; j < 2; ++j) {
        const std::uint64_t a = sampler.word(i, j);
        const std::uint64_t b = sampler.word(l, j);
        const double t = to_double(a - b);
        const std::uint64_t difference = a ^ b;
        const double leading = difference == 0 ? 0.0 : std::ldexp(1.0, -std::countl_zero(difference) - 1);
        product *=
            1.0 + theta * (is_net ? (2.0 - 6.0 * leading) / 20.0 : 2.0 * std::numbers::pi * std::numbers::pi * (t * t - t + 1.0 / 6.0));
      }
      return product;
    };
  };
  for (const BayesCriterion criterion : criteria) {
    const BayesOptions bayes{.criterion = criterion, .seed = 3};
    const Estimate a = bayes_lattice(integrand, {.bayes = bayes, .order = 1, .periodization = Periodization::none}, goal);
    const double dense_a = dense_half_width(on_lattice, kernel(lattice, false), criterion, 0.005);
    BOOST_TEST(a.history[0].half_width == dense_a, boost::test_tools::tolerance(0.05));
    const Estimate b = bayes_net(integrand, {.bayes = bayes}, goal);
    const double dense_b = dense_half_width(on_net, kernel(net, true), criterion, 0.005);
    BOOST_TEST(b.history[0].half_width == dense_b, boost::test_tools::tolerance(0.05));
    BOOST_TEST(a.mean[0] == std::accumulate(on_lattice.begin(), on_lattice.end(), 0.0) / n, boost::test_tools::tolerance(1e-13));
  }
}

BOOST_AUTO_TEST_CASE(keister_takes_the_published_numbers_of_points) {
  struct Case {
    int dimensions;
    double tolerance;
    int most;  // log₂
  };
  for (const Case& c : std::vector<Case>{{1, 1e-3, 8}, {1, 1e-4, 8}, {2, 1e-3, 8}, {2, 1e-4, 10}, {3, 1e-3, 11}, {3, 1e-4, 12}}) {
    TestIntegrand integrand = keister(c.dimensions);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Estimate estimate = bayes_lattice(integrand.integrand, {.bayes = {.seed = seed}}, goal_of(c.tolerance));
      BOOST_TEST_CONTEXT("d = " << c.dimensions << ", tolerance " << c.tolerance << ", seed " << seed) {
        BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
        BOOST_TEST(std::bit_width(estimate.points) - 1 <= c.most);
        BOOST_TEST(std::abs(estimate.value[0] - integrand.exact) <= c.tolerance);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(integrals_keep_their_sign_under_every_criterion) {
  TestIntegrand integrand = keister(6);
  BOOST_TEST_REQUIRE(integrand.exact < -2.0);
  for (const BayesCriterion criterion : criteria) {
    const BayesOptions bayes{.criterion = criterion, .seed = 1};
    for (const Estimate& estimate : {bayes_lattice(integrand.integrand, {.bayes = bayes}, goal_of(0.1)),
                                     bayes_net(integrand.integrand, {.bayes = bayes}, goal_of(0.1))}) {
      BOOST_TEST((estimate.outcome == Outcome::tolerance_met));
      BOOST_TEST(std::abs(estimate.value[0] - integrand.exact) <= 0.1);
      BOOST_TEST(estimate.confidence == 0.99);
    }
  }
}

BOOST_AUTO_TEST_CASE(nets_meet_their_tolerances) {
  std::vector<TestIntegrand> integrands;
  integrands.push_back(keister(2));
  integrands.push_back(x_exp_x());
  integrands.push_back(genz_corner_peak(3, GenzDecay::linear));
  integrands.push_back(asian_geometric_call());
  for (TestIntegrand& integrand : integrands) {
    int missed = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Estimate estimate = bayes_net(integrand.integrand, {.bayes = {.seed = seed}}, goal_of(1e-2));
      missed += std::abs(estimate.value[0] - integrand.exact) <= 1e-2 ? 0 : 1;
    }
    BOOST_TEST(missed <= 1, integrand.name << " missed " << missed);
  }
}

BOOST_AUTO_TEST_CASE(several_outputs_share_the_uncertainty) {
  FunctionIntegrand two(1, 2, [](const PointBlock& block, std::span<double> values) {
    for (std::size_t i = 0; i < block.count; ++i) {
      values[2 * i] = std::exp(block.points[i]);
      values[2 * i + 1] = block.needed[1] != 0 ? block.points[i] : std::nan("");
    }
  });
  FunctionIntegrand one(1, 1, [](const PointBlock& block, std::span<double> values) {
    for (std::size_t i = 0; i < block.count; ++i) {
      values[i] = std::exp(block.points[i]);
    }
  });
  Goal goal = goal_of(1e-15);
  goal.most_points = 512;
  const Estimate both = bayes_net(two, {}, goal);
  const Estimate single = bayes_net(one, {.bayes = {.uncertainty = 0.005}}, goal);
  BOOST_TEST(both.mean_upper[0] == single.mean_upper[0], boost::test_tools::tolerance(1e-14));
  BOOST_TEST((both.outcome == Outcome::point_limit));
}

BOOST_AUTO_TEST_CASE(constants_are_known_at_once) {
  FunctionIntegrand integrand(3, 1, [](const PointBlock& /*block*/, std::span<double> values) { std::ranges::fill(values, -2.5); });
  const Estimate estimate = bayes_net(integrand, {}, goal_of(1e-12));
  BOOST_TEST(estimate.points == 256U);
  BOOST_TEST(std::abs(estimate.value[0] + 2.5) < 1e-14);
}

BOOST_AUTO_TEST_CASE(eigenvalues_below_rounding_are_reported) {
  // Of order 4 in one dimension they fall like k^(−8): from 2^8 points on beyond a double's digits.
  FunctionIntegrand integrand = sample_integrand();
  Goal goal = goal_of(1e-14);
  goal.most_points = 4096;
  const auto lost = [&](int order) {
    const Estimate estimate = bayes_lattice(integrand, {.order = order}, goal);
    return std::ranges::any_of(estimate.warnings, [](const std::string& text) { return text.find("eigenvalues") != std::string::npos; });
  };
  BOOST_TEST(lost(4));
  BOOST_TEST(!lost(1));
}

BOOST_AUTO_TEST_CASE(weights_that_the_points_do_not_see_are_reported) {
  const auto warned = [](const Estimate& estimate) {
    return std::ranges::any_of(estimate.warnings,
                               [](const std::string& text) { return text.find("periodisation c1sin") != std::string::npos; });
  };
  TestIntegrand many = genz_corner_peak(50, GenzDecay::quadratic);
  TestIntegrand few = genz_corner_peak(5, GenzDecay::quadratic);
  BOOST_TEST(warned(bayes_lattice(many.integrand, {}, goal_of(1e-3))));
  BOOST_TEST(!warned(bayes_lattice(few.integrand, {}, goal_of(1e-3))));
  const Estimate baker = bayes_lattice(many.integrand, {.order = 1, .periodization = Periodization::baker}, goal_of(1e-3));
  BOOST_TEST(!warned(baker));
  BOOST_TEST(std::abs(baker.value[0] - many.exact) <= 1e-3);
}

BOOST_AUTO_TEST_CASE(wrong_arguments_are_refused) {
  FunctionIntegrand integrand = sample_integrand();
  const Goal goal = goal_of(1e-2);
  BOOST_CHECK_THROW(bayes_lattice(integrand, {.order = 0}, goal), InputError);
  BOOST_CHECK_THROW(bayes_lattice(integrand, {.order = 5}, goal), InputError);
  BOOST_CHECK_THROW(bayes_lattice(integrand, {.bayes = {.log2_first = 7}}, goal), InputError);
  BOOST_CHECK_THROW(bayes_lattice(integrand, {.bayes = {.uncertainty = 1.0}}, goal), InputError);
  BOOST_CHECK_THROW(bayes_lattice(integrand, {.lattice = lattice_table(3)}, goal), InputError);
  BOOST_CHECK_THROW(bayes_net(integrand, {.scramble = Scramble::nested_uniform}, goal), InputError);
  BOOST_CHECK_THROW(bayes_net(integrand, {.scramble = Scramble::none}, goal), InputError);
  Goal few = goal;
  few.most_points = 100;
  BOOST_CHECK_THROW(bayes_net(integrand, {}, few), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

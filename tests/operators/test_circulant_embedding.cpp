// Fields by circulant embedding: eigenvalues against the definition, the covariance of the linear map from noise to field against the
// formula, entry by entry, and the moments of many draws.

#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/operators/fields/circulant_embedding_field.hpp>
#include <kindred/operators/toeplitz/toeplitz_operator.hpp>

#include "../support/text.hpp"
#include "random_sample.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

using Parameters = CirculantEmbeddingParameters;

Parameters exponential(double length) {
  Parameters p;
  p.covariance = "exponential";
  p.length = length;
  return p;
}

Parameters gaussian(double length) {
  Parameters p = exponential(length);
  p.covariance = "gaussian";
  return p;
}

Parameters matern(double nu, std::vector<double> lengths) {
  Parameters p;
  p.smoothness = nu;
  p.lengths = std::move(lengths);
  return p;
}

double matern_correlation(double nu, double r) {
  const double z = std::sqrt(2.0 * nu) * r;
  return z == 0.0 ? 1.0 : std::exp((1.0 - nu) * std::log(2.0) - std::lgamma(nu) + nu * std::log(z)) * std::cyl_bessel_k(nu, z);
}

/// The linear map from the normals of all waves to the field: its columns, drawn with one leading variable at one and all others at zero.
Eigen::MatrixXd noise_to_field(const RandomField& field, const Grid& grid, std::size_t variables) {
  constexpr double one = 0.84134474606854293;  // its quantile is 1
  Eigen::MatrixXd map(grid.size(), static_cast<Index>(variables));
  std::vector<double> column(static_cast<std::size_t>(grid.size()));
  Sample sample = sample_number(0);
  sample.leading.push_back({"test", std::vector<double>(variables, 0.5)});
  for (std::size_t j = 0; j < variables; ++j) {
    sample.leading.front().coordinates[j] = one;
    field.draw(grid, sample, "test", column);
    sample.leading.front().coordinates[j] = 0.5;
    map.col(static_cast<Index>(j)) = Eigen::Map<const Eigen::VectorXd>(column.data(), grid.size());
  }
  return map;
}

template <class Correlation>
Eigen::MatrixXd covariance_of_pairs(const Grid& grid, Correlation c) {
  return Eigen::MatrixXd::NullaryExpr(grid.size(), grid.size(), [&](Index i, Index j) {
    const auto x = grid.center(i);
    const auto y = grid.center(j);
    return c(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
  });
}

/// The eigenvalues by the definition: a sum over all cells of the torus. O(N²)
std::vector<double> eigenvalues_by_definition(const StationaryCovariance& covariance, const CirculantEmbedding& torus) {
  std::array<Index, 3> n{1, 1, 1};
  for (std::size_t a = 0; a < torus.axes.size(); ++a) {
    n[a] = torus.axes[a].cells;
  }
  std::vector<double> values;
  for (Index p = 0; p <= n[0] / 2; ++p) {
    for (Index q = 0; q <= n[1] / 2; ++q) {
      for (Index i = 0; i < n[0]; ++i) {
        for (Index j = 0; j < n[1]; ++j) {
          const double c = covariance.at({{std::min(i, n[0] - i), std::min(j, n[1] - j), 0}, {1, 1, 1}}).front();
          const double phase =
              static_cast<double>(p * i) / static_cast<double>(n[0]) + static_cast<double>(q * j) / static_cast<double>(n[1]);
          if (i + j == 0) {
            values.push_back(0.0);
          }
          values.back() += c * std::cos(2.0 * std::numbers::pi * phase);
        }
      }
    }
  }
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_circulant_embedding)

// Even and odd numbers of cells go through different transforms. Sums of N numbers of at most 1: N log2(N) units of rounding, with both
// errors and those of the cosines.
BOOST_AUTO_TEST_CASE(eigenvalues_are_the_transform_of_the_shorter_way_round) {
  const Parameters p = matern(0.9, {0.2, 0.1});
  for (const auto& [cells, multiples] : std::vector<std::pair<std::vector<Index>, std::vector<Index>>>{
           {{16}, {2}}, {{5}, {3}}, {{4, 6}, {2, 3}}, {{3, 5}, {3, 3}}, {{1, 4}, {2, 2}}}) {
    const Grid grid = box(cells);
    const StationaryCovariance covariance(p, grid);
    const CirculantEmbedding torus = embed(covariance, grid, {multiples, 0.1});
    const auto expected = eigenvalues_by_definition(covariance, torus);
    double size = 1.0;
    for (const auto& axis : torus.axes) {
      size *= static_cast<double>(axis.cells);
    }
    BOOST_TEST(largest_difference(torus.eigenvalues, expected) <= 8.0 * size * 2.3e-16);
  }
}

// B Bᵀ = C: 1e-12, the default tolerance for negative eigenvalues, and rounding.
BOOST_AUTO_TEST_CASE(the_covariance_is_the_formulas_between_all_pairs_of_cells) {
  struct Case {
    Grid grid;
    Parameters parameters;
    std::size_t variables;  ///< enough for the torus' highest waves
    std::function<double(double, double, double)> c;
  };
  Parameters formula;
  formula.covariance = "formula";
  formula.formula = "exp(-4*abs(x))*exp(-2*abs(y))";
  const std::vector<Case> cases{
      {box({9}), exponential(0.3), 64, [](double x, double, double) { return std::exp(-std::abs(x) / 0.3); }},
      {box({6}), gaussian(0.25), 128, [](double x, double, double) { return std::exp(-0.5 * x * x / 0.0625); }},
      {box({7}), matern(1.5, {0.4}), 256, [](double x, double, double) { return matern_correlation(1.5, std::abs(x) / 0.4); }},
      {box({4, 3}, {1.0, 2.0}), matern(0.5, {0.2, 0.3}), 600,
       [](double x, double y, double) { return std::exp(-std::hypot(x / 0.2, y / 0.3)); }},
      {box({3, 4}), formula, 600, [](double x, double y, double) { return std::exp(-4.0 * std::abs(x) - 2.0 * std::abs(y)); }},
      {box({2, 3, 2}), exponential(0.15), 6000, [](double x, double y, double z) { return std::exp(-std::hypot(x, y, z) / 0.15); }},
  };
  for (const auto& [grid, parameters, variables, c] : cases) {
    Parameters scaled = parameters;
    scaled.sigma = 2.0;
    const CirculantEmbeddingField field(scaled);
    const Eigen::MatrixXd map = noise_to_field(field, grid, variables);
    BOOST_TEST((map * map.transpose() - 4.0 * covariance_of_pairs(grid, c)).cwiseAbs().maxCoeff() <= 4.0 * 2e-12);
  }
}

// The same covariance as a Toeplitz matrix: products by FFT convolution.
BOOST_AUTO_TEST_CASE(covariance_products_are_those_of_the_toeplitz_matrix) {
  const Grid grid = box({5, 4});
  const Parameters p = exponential(0.2);
  const StationaryCovariance covariance(p, grid);
  const ToeplitzOperator toeplitz({5, 4}, covariance.at({{-4, -3, 0}, {9, 7, 1}}));
  const Eigen::MatrixXd map = noise_to_field(CirculantEmbeddingField(p), grid, 800);
  std::vector<double> x(20);
  std::iota(x.begin(), x.end(), -7.0);
  std::vector<double> y(20);
  toeplitz.apply(x, y);
  const Eigen::VectorXd by_map = map * (map.transpose() * Eigen::Map<const Eigen::VectorXd>(x.data(), 20));
  BOOST_TEST((by_map - Eigen::Map<const Eigen::VectorXd>(y.data(), 20)).norm() <= 2e-12 * 20.0 * by_map.norm());
}

// Means over m draws of products: their standard error is the root of (C_ii C_jj + C_ij²)/m; within five of them for each of the pairs.
BOOST_AUTO_TEST_CASE(draws_have_the_covariance) {
  const Grid grid = box({24, 20});
  const Parameters p = matern(1.5, {0.15, 0.3});
  const CirculantEmbeddingField field(p);
  constexpr Index samples = 4000;
  const std::vector<std::pair<std::size_t, std::size_t>> pairs{{0, 0},     {0, 1},     {0, 20},    {0, 479},
                                                               {210, 231}, {210, 215}, {479, 459}, {19, 460}};
  std::vector<double> sums(pairs.size());
  double mean = 0.0;
  for (Index s = 0; s < samples; ++s) {
    const auto values = draw_field(field, grid, s);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      sums[k] += values[pairs[k].first] * values[pairs[k].second] / static_cast<double>(samples);
    }
    mean += values[100] / static_cast<double>(samples);
  }
  BOOST_TEST(std::abs(mean) <= 5.0 / std::sqrt(static_cast<double>(samples)));
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const auto x = grid.center(static_cast<Index>(pairs[k].first));
    const auto y = grid.center(static_cast<Index>(pairs[k].second));
    const double c = matern_correlation(1.5, std::hypot((x[0] - y[0]) / 0.15, (x[1] - y[1]) / 0.3));
    BOOST_TEST(std::abs(sums[k] - c) <= 5.0 * std::sqrt((1.0 + c * c) / static_cast<double>(samples)));
  }
}

BOOST_AUTO_TEST_CASE(tori_grow_as_the_correlation_reaches_and_only_along_those_axes) {
  const auto multiples = [](const Parameters& p, const Grid& grid) { return CirculantEmbeddingField(p).embedding(grid).multiples; };
  using Multiples = std::vector<Index>;
  BOOST_TEST((multiples(exponential(0.1), box({64})) == Multiples{2}));
  // Pólya: a correlation that is convex and falls embeds on two sides of the box, whatever its length (Dietrich and Newsam 1997).
  BOOST_TEST((multiples(exponential(10.0), box({64})) == Multiples{2}));
  const Multiples smooth = multiples(gaussian(0.5), box({32}));
  BOOST_TEST(smooth.front() > 2);
  const Multiples stretched = multiples(matern(1.5, {0.05, 0.8}), box({16, 16}));
  BOOST_TEST(stretched[0] < stretched[1]);
  const Multiples square = multiples(matern(1.5, {0.5, 0.5}), box({16, 16}));
  BOOST_TEST(square[0] == square[1]);
  for (const auto& grid : {box({16, 16}), box({32, 32})}) {
    const auto torus = CirculantEmbeddingField(matern(1.5, {0.5, 0.5})).embedding(grid);
    BOOST_TEST(torus.error <= 1e-12);
  }
}

// With the torus fixed the normals of a wave are the same on every grid: what is left are the aliases in the eigenvalues and the waves that
// the coarse grid cannot carry.
BOOST_AUTO_TEST_CASE(resolutions_converge_to_one_function) {
  Parameters p = matern(2.5, {0.2});
  p.multiples = {6};
  p.tolerance = 1e-6;
  check_resolutions_converge(CirculantEmbeddingField(p), {8, 16, 32}, 20);
}

BOOST_AUTO_TEST_CASE(threads_that_share_a_field_draw_the_same_bits) {
  check_threads_share(CirculantEmbeddingField(exponential(0.2)), CirculantEmbeddingField(exponential(0.2)), {box({12, 10}), box({30})});
}

BOOST_AUTO_TEST_CASE(samples_differ_and_exponentials_are_those_of_the_field) {
  const Grid grid = box({20});
  Parameters p = exponential(0.2);
  p.mean = -0.5;
  const auto g = draw_field(CirculantEmbeddingField(p), grid, 3);
  BOOST_TEST(largest_difference(g, draw_field(CirculantEmbeddingField(p), grid, 4)) > 0.1);
  p.transform = "exponential";
  const auto e = draw_field(CirculantEmbeddingField(p), grid, 3);
  for (std::size_t i = 0; i < g.size(); ++i) {
    BOOST_TEST(e[i] == std::exp(g[i]));
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_embedded_is_refused_with_what_to_do) {
  const auto refused = [](const Parameters& p, const Grid& grid) {
    try {
      CirculantEmbeddingField(p).require_drawable(grid, 1);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  const auto contains = [](const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; };
  Parameters tight = gaussian(0.5);
  tight.multiples = {2};
  BOOST_TEST(contains(refused(tight, box({32})), "give larger multiples, or none"));
  tight.multiples = {2, 2};
  BOOST_TEST(contains(refused(tight, box({32})), "2 multiples for a grid of 1 axes"));
  tight.multiples = {1};
  BOOST_TEST(contains(refused(tight, box({32})), "multiple of at least 2"));
  BOOST_TEST(contains(refused(gaussian(200.0), box({32})), "shorten the correlation length"));
  BOOST_TEST(contains(refused(gaussian(0.5), box({32}, {}, true)), "periodic"));
  BOOST_TEST(refused(exponential(0.5), box({32}, {}, true)) == "accepted");  // Pólya again
  Parameters formula;
  formula.covariance = "formula";
  formula.formula = "exp(-3*(x^2 + x*y + y^2))";
  BOOST_TEST(contains(refused(formula, box({8, 8})), "even in x"));
  formula.formula = "abs(x) < 0.5 ? 1 : 0";  // no correlation: its transform is a sinc
  BOOST_TEST(contains(refused(formula, box({32})), "negative"));
}

BOOST_AUTO_TEST_SUITE_END()

// Measures in several dimensions: Gaussian ones by linear algebra on their factors, all by known moments with quasi-Monte Carlo points.

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/aligned.hpp>
#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/transforms/brownian.hpp>
#include <kindred/kernels/qmc/transforms/product.hpp>
#include <kindred/kernels/qmc/transforms/simplex.hpp>
#include <kindred/kernels/qmc/transforms/transformed.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

constexpr double unit = std::numeric_limits<double>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr PathConstruction all_constructions[] = {PathConstruction::forward, PathConstruction::bridge, PathConstruction::pca};

/// Row k: the measure's image of the k-th unit vector, which is column k of its factor A.
std::vector<double> columns_of(const GaussianMeasure& measure) {
  const auto d = static_cast<std::size_t>(measure.dimensions());
  std::vector<double> rows(d * d);
  for (std::size_t k = 0; k < d; ++k) {
    rows[k * d + k] = 1.0;
  }
  measure.map_normals(rows);
  return rows;
}

/// A Aᵀ of columns as rows.
std::vector<double> square_of(const std::vector<double>& columns, std::size_t d) {
  std::vector<double> square(d * d);
  for (std::size_t k = 0; k < d; ++k) {
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = 0; j < d; ++j) {
        square[i * d + j] += columns[k * d + i] * columns[k * d + j];
      }
    }
  }
  return square;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

std::vector<double> covariance_of_times(const std::vector<double>& times) {
  std::vector<double> covariance;
  for (const double s : times) {
    for (const double t : times) {
      covariance.push_back(std::min(s, t));
    }
  }
  return covariance;
}

std::vector<double> uneven_times(std::size_t d) {
  std::vector<double> times(d);
  double t = 0.0;
  for (std::size_t i = 0; i < d; ++i) {
    times[i] = t += 0.01 + to_double_centred(mix_bits(i));
  }
  return times;
}

/// A covariance with eigenvalues from 1 down to 1e-6: Σ_k 10^(−6 k/(d−1)) q_k q_kᵀ, Q the reflection at a vector.
std::vector<double> graded_covariance(std::size_t d) {
  std::vector<double> v(d);
  double square = 0.0;
  for (std::size_t i = 0; i < d; ++i) {
    v[i] = 1.0 + static_cast<double>(i);
    square += v[i] * v[i];
  }
  std::vector<double> covariance(d * d);
  for (std::size_t k = 0; k < d; ++k) {
    const double eigenvalue = std::pow(10.0, -6.0 * static_cast<double>(k) / static_cast<double>(d - 1));
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = 0; j < d; ++j) {
        const double left = (i == k ? 1.0 : 0.0) - 2.0 * v[i] * v[k] / square;
        const double right = (j == k ? 1.0 : 0.0) - 2.0 * v[j] * v[k] / square;
        covariance[i * d + j] += eigenvalue * left * right;
      }
    }
  }
  return covariance;
}

/// The mean of a function of the measure's variables over 2^14 points of a randomised Sobol' sequence.
double mean_of(const Measure& measure, const std::function<double(std::span<const double>)>& function) {
  const std::uint64_t n = 1U << 14U;
  const auto d = static_cast<std::size_t>(measure.dimensions());
  std::vector<double> points(n * d);
  fill(Sampler(sobol(measure.dimensions()), {Scramble::lms_digital_shift, 11}), measure, points, 0, n);
  double sum = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += function(std::span(points).subspan(i * d, d)) / static_cast<double>(n);
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_transforms_measures)

BOOST_AUTO_TEST_CASE(factors_give_the_covariance_back) {
  for (const std::size_t d : {1U, 2U, 9U, 70U}) {
    const auto covariance = d > 1 ? graded_covariance(d) : std::vector<double>{4.0};
    for (const Factorization factorization : {Factorization::pca, Factorization::cholesky}) {
      const auto columns = columns_of(MultivariateNormal(std::vector<double>(d), covariance, factorization));
      // Backward errors of both algorithms: some d units of the norm, which is the largest eigenvalue.
      BOOST_TEST(largest_difference(square_of(columns, d), covariance) < 4.0 * static_cast<double>(d) * unit * covariance[0] + 1e-15);
    }
  }
}

BOOST_AUTO_TEST_CASE(principal_components_are_orthogonal_and_decrease) {
  const std::size_t d = 20;
  const auto columns = columns_of(MultivariateNormal(std::vector<double>(d), graded_covariance(d), Factorization::pca));
  for (std::size_t k = 0; k < d; ++k) {
    for (std::size_t l = 0; l <= k; ++l) {
      double product = 0.0;
      for (std::size_t i = 0; i < d; ++i) {
        product += columns[k * d + i] * columns[l * d + i];
      }
      const double eigenvalue = std::pow(10.0, -6.0 * static_cast<double>(k) / static_cast<double>(d - 1));
      BOOST_TEST(std::abs(product - (k == l ? eigenvalue : 0.0)) < 10.0 * static_cast<double>(d) * unit);
    }
  }
}

BOOST_AUTO_TEST_CASE(cholesky_factors_are_lower_triangular) {
  const std::size_t d = 20;
  const auto columns = columns_of(MultivariateNormal(std::vector<double>(d), graded_covariance(d), Factorization::cholesky));
  for (std::size_t k = 0; k < d; ++k) {
    BOOST_TEST(columns[k * d + k] > 0.0);
    for (std::size_t i = 0; i < k; ++i) {
      BOOST_TEST(columns[k * d + i] == 0.0);
    }
  }
}

BOOST_AUTO_TEST_CASE(singular_covariances_have_factors_too) {
  // Two equal variables, and a third that does not vary.
  const std::vector<double> covariance{2.0, 2.0, 0.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0};
  for (const Factorization factorization : {Factorization::pca, Factorization::cholesky}) {
    const MultivariateNormal measure({1.0, 1.0, 5.0}, covariance, factorization);
    std::vector<double> point{0.3, 0.8, 0.9};
    measure.map(point);
    BOOST_TEST(std::abs(point[0] - point[1]) < 1e-7);  // the root of the rounding of the second eigenvalue
    BOOST_TEST(point[2] == 5.0);
    BOOST_TEST(std::abs(point[0] - (1.0 + std::numbers::sqrt2 * normal_quantile(0.3))) < 1e-7);
  }
}

BOOST_AUTO_TEST_CASE(every_construction_of_brownian_motion_has_its_covariance) {
  for (const std::size_t d : {1U, 2U, 3U, 12U, 64U, 100U}) {
    const auto times = uneven_times(d);
    const auto covariance = covariance_of_times(times);
    for (const PathConstruction construction : all_constructions) {
      const auto columns = columns_of(BrownianMotion(times, construction));
      // Sums of d products of rounded numbers; the norm of the covariance, at most d t_d, for the eigenvalues.
      const double norm = construction == PathConstruction::pca ? static_cast<double>(d) : 1.0;
      BOOST_TEST(largest_difference(square_of(columns, d), covariance) < 8.0 * norm * times.back() * unit);
    }
  }
}

BOOST_AUTO_TEST_CASE(principal_components_of_brownian_motion_are_the_known_ones) {
  // Of min(i, j)/d: eigenvalues 1/(4 d sin²((2 k − 1) π/(4 d + 2))), vectors sin((2 k − 1) π i/(2 d + 1)), k, i = 1 … d.
  const std::size_t d = 32;
  std::vector<double> times(d);
  for (std::size_t i = 0; i < d; ++i) {
    times[i] = static_cast<double>(i + 1) / static_cast<double>(d);
  }
  const auto columns = columns_of(BrownianMotion(times, PathConstruction::pca));
  for (std::size_t k = 0; k < d; ++k) {
    const double angle = static_cast<double>(2 * k + 1) * std::numbers::pi / static_cast<double>(2 * d + 1);
    const double root = 1.0 / (2.0 * std::sqrt(static_cast<double>(d)) * std::sin(0.5 * angle));
    const double norm = std::sqrt((2.0 * static_cast<double>(d) + 1.0) / 4.0);
    std::vector<double> exact(d);
    double product = 0.0;
    double largest = 0.0;
    for (std::size_t i = 0; i < d; ++i) {
      exact[i] = root * std::sin(angle * static_cast<double>(i + 1)) / norm;
      product += exact[i] * columns[k * d + i];
      largest = std::max(largest, std::abs(columns[k * d + i]));
    }
    std::size_t large = 0;
    while (std::abs(columns[k * d + large]) < 0.5 * largest) {
      ++large;
    }
    BOOST_TEST(columns[k * d + large] > 0.0);
    for (std::size_t i = 0; i < d; ++i) {
      // The rounding of the matrix over the gaps of its eigenvalues: 16 unit/1e-3.
      BOOST_TEST(std::abs(columns[k * d + i] - std::copysign(1.0, product) * exact[i]) < 4e-12);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_bridge_gives_the_first_coordinate_the_last_time) {
  // Var W(t_i) explained by the first normal is t_i²/t_d; all of W(t_d) is.
  const auto times = uneven_times(17);
  const auto columns = columns_of(BrownianMotion(times, PathConstruction::bridge));
  for (std::size_t i = 0; i < times.size(); ++i) {
    BOOST_TEST(std::abs(columns[i] - times[i] / std::sqrt(times.back())) < 8.0 * unit * std::sqrt(times.back()));
  }
}

BOOST_AUTO_TEST_CASE(drift_diffusion_and_the_geometric_motion) {
  const std::vector<double> times{0.25, 1.0, 3.0};
  for (const PathConstruction construction : all_constructions) {
    std::vector<double> standard{0.2, 0.7, 0.55};
    std::vector<double> law = standard;
    std::vector<double> geometric = standard;
    BrownianMotion(times, construction).map(standard);
    BrownianMotion(times, construction, {.start = 1.0, .drift = -2.0, .diffusion = 0.5}).map(law);
    GeometricBrownianMotion(10.0, 0.1, 0.4, times, construction).map(geometric);
    for (std::size_t i = 0; i < times.size(); ++i) {
      BOOST_TEST(std::abs(law[i] - (1.0 - 2.0 * times[i] + 0.5 * standard[i])) < 16.0 * unit);
      const double exact = 10.0 * std::exp((0.1 - 0.08) * times[i] + 0.4 * standard[i]);
      BOOST_TEST(std::abs(geometric[i] - exact) < 16.0 * unit * exact);
    }
  }
  // E S_t = S_0 e^(rate t), with 2^14 points to 1e-3 of it: errors of O(1/n) for integrands that grow like this, with room.
  const GeometricBrownianMotion motion(10.0, 0.1, 0.4, times);
  BOOST_TEST(std::abs(mean_of(motion, [](auto s) { return s[2]; }) - 10.0 * std::exp(0.3)) < 1e-3 * 10.0 * std::exp(0.3));
}

BOOST_AUTO_TEST_CASE(paths_do_not_depend_on_the_block_that_they_are_mapped_in) {
  const std::size_t d = 7;
  const std::size_t count = 131;
  std::vector<double> points(count * d);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = to_double_centred(mix_bits(i));
  }
  for (const PathConstruction construction : all_constructions) {
    const BrownianMotion motion(uneven_times(d), construction);
    std::vector<double> together = points;
    motion.map(together);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<double> alone(points.begin() + static_cast<std::ptrdiff_t>(i * d),
                                points.begin() + static_cast<std::ptrdiff_t>((i + 1) * d));
      motion.map(alone);
      BOOST_REQUIRE(std::equal(alone.begin(), alone.end(), together.begin() + static_cast<std::ptrdiff_t>(i * d)));
    }
  }
}

BOOST_AUTO_TEST_CASE(copulas_have_their_marginals_and_their_dependence) {
  const std::vector<double> correlation{1.0, 0.6, -0.3, 0.6, 1.0, 0.2, -0.3, 0.2, 1.0};
  // With normal marginals it is the multivariate normal distribution itself.
  std::vector<double> point{0.1, 0.45, 0.93};
  std::vector<double> normal = point;
  GaussianCopula({Normal(), Normal(2.0, 3.0), Normal()}, correlation).map(point);
  MultivariateNormal({0.0, 0.0, 0.0}, correlation).map(normal);
  BOOST_TEST(point[0] == normal[0]);
  BOOST_TEST(point[1] == 2.0 + 3.0 * normal[1]);
  BOOST_TEST(point[2] == normal[2]);

  // With uniform marginals the correlation of the ranks: (6/π) arcsin(ρ/2) (Kruskal 1958), E u v = ρ_S/12 + 1/4.
  const GaussianCopula ranks({Uniform(0.0, 1.0), Uniform(0.0, 1.0), Uniform(0.0, 1.0)}, correlation, Factorization::cholesky);
  const double rank = 6.0 / std::numbers::pi * std::asin(0.3);
  BOOST_TEST(std::abs(mean_of(ranks, [](auto u) { return u[0] * u[1]; }) - (rank / 12.0 + 0.25)) < 1e-4);
  BOOST_TEST(std::abs(mean_of(ranks, [](auto u) { return u[2] * u[2]; }) - 1.0 / 3.0) < 1e-4);
}

BOOST_AUTO_TEST_CASE(moments_of_marginals) {
  // Errors of one-dimensional averages over 2^14 points of a (0, 1)-sequence are below V/n with V the variation, for unbounded ones with
  // logarithms of n: 50/n · (1 + |mean|) holds for all of these.
  struct Case {
    Marginal marginal;
    double mean;
    double second;  // E x²
  };
  const auto beta = [](double x, double y) { return std::exp(std::lgamma(x) + std::lgamma(y) - std::lgamma(x + y)); };
  // Truncated to (a, b): mean (φ(a) − φ(b))/Z, second moment 1 + (a φ(a) − b φ(b))/Z.
  const auto density = [](double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi); };
  const double mass = 0.5 * std::erfc(-3.0 / std::numbers::sqrt2) - 0.5 * std::erfc(1.0 / std::numbers::sqrt2);
  const double w = std::exp(0.25);  // Johnson: ω = exp(1/δ²), Ω = γ/δ
  const double omega = 0.7 / 2.0;
  const double lambda = 0.3;
  const double cb_mean = lambda / (2.0 * lambda - 1.0) + 0.5 / std::atanh(1.0 - 2.0 * lambda);
  const Case cases[] = {
      {Uniform(-3.0, 5.0), 1.0, 1.0 + 64.0 / 12.0},
      {Normal(1.5, 0.25), 1.5, 2.25 + 0.0625},
      {LogNormal(-1.0, 0.5), std::exp(-0.875), std::exp(-1.5)},
      {JohnsonSU(0.7, 2.0, 0.0, 1.0), -std::sqrt(w) * std::sinh(omega), 0.5 * (w * w * std::cosh(2.0 * omega) - 1.0)},
      {TruncatedNormal(0.0, 1.0, -1.0, 3.0), (density(-1.0) - density(3.0)) / mass, 1.0 + (-density(-1.0) - 3.0 * density(3.0)) / mass},
      {TruncatedNormal(0.0, 2.0, -infinity, 0.0), -2.0 * std::sqrt(2.0 / std::numbers::pi), 4.0},
      {Exponential(4.0), 0.25, 0.125},
      {Kumaraswamy(2.0, 5.0), 5.0 * beta(1.5, 5.0), 5.0 * beta(2.0, 5.0)},
      {ContinuousBernoulli(lambda), cb_mean,
       // ∫ x² C λ^x (1−λ)^(1−x), twice by parts.
       (lambda - 2.0 * ((lambda - (2.0 * lambda - 1.0) / std::log(lambda / (1.0 - lambda))) / std::log(lambda / (1.0 - lambda)))) /
           (2.0 * lambda - 1.0)},
      {Triangular(-1.0, 0.5, 4.0), 3.5 / 3.0, (1.0 + 0.25 + 16.0 - 0.5 - 4.0 + 2.0) / 6.0},
      {StudentT(8.0, 1.0, 0.5), 1.0, 1.0 + 0.25 * 8.0 / 6.0},
      {PiecewiseLinear({0.0, 0.5, 1.0}, {0.0, 1.0, 4.0}), 0.25 + 1.25, 1.0 / 6.0 + 3.5},
  };
  for (const Case& c : cases) {
    const ProductMeasure measure(c.marginal, 1);
    const double bound = 50.0 / 16384.0;
    BOOST_TEST_INFO("distribution " << c.marginal.index());
    BOOST_TEST(std::abs(mean_of(measure, [](auto x) { return x[0]; }) - c.mean) < bound * (1.0 + std::abs(c.mean)));
    BOOST_TEST(std::abs(mean_of(measure, [](auto x) { return x[0] * x[0]; }) - c.second) < bound * (1.0 + c.second));
  }
}

BOOST_AUTO_TEST_CASE(products_map_every_coordinate_by_its_marginal) {
  const std::vector<Marginal> marginals{Uniform(2.0, 3.0), Normal(), Exponential(2.0), LogNormal()};
  const std::size_t d = marginals.size();
  std::vector<double> points(700 * d);  // more than two groups of rows
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = to_double_centred(mix_bits(i));
  }
  std::vector<double> mapped = points;
  ProductMeasure(marginals).map(mapped);
  for (std::size_t i = 0; i < points.size(); ++i) {
    BOOST_REQUIRE(mapped[i] == quantile(marginals[i % d], points[i]));
  }
  mapped = points;
  ProductMeasure(Normal(), 4).map(mapped);
  for (std::size_t i = 0; i < points.size(); ++i) {
    BOOST_REQUIRE(mapped[i] == normal_quantile(points[i]));
  }
}

BOOST_AUTO_TEST_CASE(the_corners_of_the_cube_are_finite) {
  // Centred points of words without a 1 and without a 0, and every mixture of both.
  const std::size_t d = 3;
  std::vector<double> corners;
  for (unsigned corner = 0; corner < 8; ++corner) {
    for (unsigned j = 0; j < d; ++j) {
      corners.push_back(to_double_centred(((corner >> j) & 1U) != 0 ? ~std::uint64_t{0} : 0));
    }
  }
  const std::vector<double> correlation{1.0, 0.9, 0.5, 0.9, 1.0, 0.5, 0.5, 0.5, 1.0};
  const auto all_finite = [&](const Measure& measure) {
    std::vector<double> mapped = corners;
    measure.map(mapped);
    return std::all_of(mapped.begin(), mapped.end(), [](double x) { return std::isfinite(x); });
  };
  BOOST_TEST(all_finite(ProductMeasure(Normal(), 3)));
  BOOST_TEST(all_finite(MultivariateNormal({0.0, 1.0, 2.0}, correlation)));
  BOOST_TEST(all_finite(GaussianCopula({Exponential(), Kumaraswamy(2.0, 0.1), StudentT(2.0)}, correlation)));
  BOOST_TEST(all_finite(BrownianMotion({1.0, 2.0, 3.0})));
  BOOST_TEST(all_finite(GeometricBrownianMotion(1.0, 0.1, 0.5, {1.0, 2.0, 3.0})));
  BOOST_TEST(all_finite(UniformSimplex(3)));
}

BOOST_AUTO_TEST_CASE(uniform_on_simplices) {
  // Dirichlet(1, …, 1): E x_i = 1/(d + 1), E x_i² = 2/((d + 1)(d + 2)), E x_i x_j = 1/((d + 1)(d + 2)).
  const int d = 4;
  const UniformSimplex simplex(d);
  for (std::size_t i = 0; i < d; ++i) {
    BOOST_TEST(std::abs(mean_of(simplex, [&](auto x) { return x[i]; }) - 1.0 / (d + 1)) < 1e-4);
    for (std::size_t j = 0; j <= i; ++j) {
      BOOST_TEST(std::abs(mean_of(simplex, [&](auto x) { return x[i] * x[j]; }) - (i == j ? 2.0 : 1.0) / ((d + 1) * (d + 2))) < 1e-4);
    }
  }
  const double outside = mean_of(simplex, [](auto x) {
    const bool inside = std::all_of(x.begin(), x.end(), [](double v) { return v > 0.0; }) && x[0] + x[1] + x[2] + x[3] < 1.0 + 4.0 * unit;
    return inside ? 0.0 : 1.0;
  });
  BOOST_TEST(outside == 0.0);
}

BOOST_AUTO_TEST_CASE(uniform_on_a_triangle) {
  // Vertices (0, 0), (1, 0), (1, 1): E x = 2/3, E y = 1/3, E x y = 1/4, and a quarter of the points in the triangle of half the size at
  // each corner.
  const UniformSimplex triangle(2, {0.0, 0.0, 1.0, 0.0, 1.0, 1.0});
  BOOST_TEST(std::abs(mean_of(triangle, [](auto p) { return p[0]; }) - 2.0 / 3.0) < 1e-4);
  BOOST_TEST(std::abs(mean_of(triangle, [](auto p) { return p[1]; }) - 1.0 / 3.0) < 1e-4);
  BOOST_TEST(std::abs(mean_of(triangle, [](auto p) { return p[0] * p[1]; }) - 0.25) < 1e-4);
  for (const auto& corner : {std::function<bool(double, double)>([](double x, double /*y*/) { return x < 0.5; }),
                             {[](double x, double y) { return x - y > 0.5; }},
                             {[](double /*x*/, double y) { return y > 0.5; }}}) {
    // Indicators of one line: errors of O(n^-3/4).
    BOOST_TEST(std::abs(mean_of(triangle, [&](auto p) { return corner(p[0], p[1]) ? 1.0 : 0.0; }) - 0.25) < 3e-3);
  }
}

BOOST_AUTO_TEST_CASE(filling_is_mapping_of_centred_points) {
  const Sampler sampler(sobol(3), {Scramble::lms_digital_shift, 5, 2});
  const ProductMeasure measure({Normal(), Uniform(0.0, 2.0), Exponential()});
  const std::uint64_t n0 = 100;
  const std::uint64_t n1 = 12'345;
  std::vector<double> expected(2 * 3 * (n1 - n0));
  sampler.fill<double>(expected, n0, n1, {.centred = true});
  measure.map(expected);
  for (const int threads : {1, 3}) {
    for (const Stores stores : {Stores::ordinary, Stores::streaming}) {
      for (const std::size_t offset : {0U, 1U, 5U}) {  // from the start of a cache line
        LineVector<double> filled(offset + expected.size() + 1, -1.0);
        const auto range = std::span(filled).subspan(offset, expected.size());
        fill(sampler, measure, range, n0, n1, {.threads = threads, .stores = stores});
        BOOST_TEST(std::equal(range.begin(), range.end(), expected.begin()));
        BOOST_TEST((offset == 0 || filled[offset - 1] == -1.0));
        BOOST_TEST(filled.back() == -1.0);
      }
    }
  }
  BOOST_CHECK_THROW(fill(sampler, measure, expected, n0, n1, {.layout = Layout::dimension_major}), InputError);
  BOOST_CHECK_THROW(fill(sampler, measure, expected, n0, n1 - 1), InputError);
  BOOST_CHECK_THROW(fill(sampler, measure, expected, n1, n0), InputError);
  BOOST_CHECK_THROW(fill(sampler, ProductMeasure(Normal(), 2), expected, n0, n1), InputError);
}

BOOST_AUTO_TEST_CASE(transformed_integrands_see_the_variables) {
  FunctionIntegrand integrand(2, 1, [](const PointBlock& block, std::span<double> values) {
    for (std::size_t i = 0; i < block.count; ++i) {
      values[i] = block.points[2 * i] - block.points[2 * i + 1] + static_cast<double>(block.first);
    }
  });
  const ProductMeasure measure({Uniform(10.0, 20.0), Normal(5.0, 1.0)});
  Transformed transformed(integrand, measure);
  BOOST_TEST(transformed.dimensions() == 2);
  BOOST_TEST(transformed.outputs() == 1);
  const std::vector<double> points{0.25, 0.5, 0.75, 0.5};
  std::vector<double> values(2);
  transformed.evaluate({.points = points, .count = 2, .first = 100, .needed = {}}, values);
  BOOST_TEST(values == (std::vector<double>{107.5, 112.5}), boost::test_tools::per_element());
  BOOST_CHECK_THROW(Transformed(integrand, ProductMeasure(Normal(), 3)), InputError);
}

BOOST_AUTO_TEST_CASE(wrong_measures_are_refused) {
  BOOST_CHECK_THROW(ProductMeasure({}), InputError);
  BOOST_CHECK_THROW(ProductMeasure(Normal(), 0), InputError);
  std::vector<double> odd(3);
  BOOST_CHECK_THROW(ProductMeasure(Normal(), 2).map(odd), InputError);
  BOOST_CHECK_THROW(BrownianMotion({1.0, 2.0}).map_normals(odd), InputError);
  BOOST_CHECK_THROW(BrownianMotion({}), InputError);
  BOOST_CHECK_THROW(BrownianMotion({1.0, 1.0}), InputError);
  BOOST_CHECK_THROW(BrownianMotion({0.0, 1.0}), InputError);
  BOOST_CHECK_THROW(GeometricBrownianMotion(0.0, 0.1, 0.2, {1.0}), InputError);
  BOOST_CHECK_THROW(UniformSimplex(0), InputError);
  BOOST_CHECK_THROW(UniformSimplex(2, {0.0, 0.0, 1.0, 0.0}), InputError);
  const std::vector<double> indefinite{1.0, 2.0, 2.0, 1.0};
  const std::vector<double> asymmetric{1.0, 0.5, 0.4, 1.0};
  const std::vector<double> negative{1.0, 0.0, 0.0, -1.0};
  const std::vector<double> variances{4.0, 0.0, 0.0, 1.0};
  for (const Factorization factorization : {Factorization::pca, Factorization::cholesky}) {
    for (const auto* covariance : {&indefinite, &asymmetric, &negative}) {
      BOOST_CHECK_THROW(MultivariateNormal({0.0, 0.0}, *covariance, factorization), InputError);
    }
    BOOST_CHECK_THROW(MultivariateNormal({0.0}, indefinite, factorization), InputError);
    BOOST_CHECK_THROW(MultivariateNormal({0.0, infinity}, variances, factorization), InputError);
    BOOST_CHECK_THROW(GaussianCopula({Normal(), Normal()}, variances, factorization), InputError);
  }
}

BOOST_AUTO_TEST_SUITE_END()

// Matérn fields against their covariance formula, with K_nu from the standard library: the spectra exactly, draws term by term, and
// the moments of thousands of draws within four standard errors.

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/operators/fields/matern_field.hpp>

#include "../support/text.hpp"
#include "random_sample.hpp"

using namespace kindred;
using namespace kindred::test;
using std::numbers::pi;

namespace {

using Point = std::array<double, 3>;

/// 2^(1−nu)/Gamma(nu) z^nu K_nu(z), z = sqrt(2 nu) r.
double matern(double nu, double r) {
  const double z = std::sqrt(2.0 * nu) * r;
  if (z < 1e-12) {
    return 1.0;
  }
  return z > 600.0 ? 0.0 : std::exp((1.0 - nu) * std::log(2.0) - std::lgamma(nu) + nu * std::log(z)) * std::cyl_bessel_k(nu, z);
}

/// Sum over the torus' images; `reach` correlation lengths are beyond exp(−37) for nu >= 1/2.
double images(double nu, const std::vector<MaternAxis>& axes, const Point& lag, double reach = 40.0) {
  double sum = 0.0;
  std::array<Index, 3> most{};
  for (std::size_t a = 0; a < axes.size(); ++a) {
    most[a] = static_cast<Index>(std::ceil(reach * axes[a].length / axes[a].period)) + 1;
  }
  for (Index i = -most[0]; i <= most[0]; ++i) {
    for (Index j = -most[1]; j <= most[1]; ++j) {
      for (Index k = -most[2]; k <= most[2]; ++k) {
        const std::array<Index, 3> image{i, j, k};
        double square = 0.0;
        for (std::size_t a = 0; a < axes.size(); ++a) {
          square += std::pow((lag[a] + static_cast<double>(image[a]) * axes[a].period) / axes[a].length, 2);
        }
        sum += square < reach * reach ? matern(nu, std::sqrt(square)) : 0.0;
      }
    }
  }
  return sum;
}

std::array<Index, 3> cells_of(const std::vector<MaternAxis>& axes) {
  std::array<Index, 3> cells{1, 1, 1};
  for (std::size_t a = 0; a < axes.size(); ++a) {
    cells[a] = axes[a].cells;
  }
  return cells;
}

/// Calls `visit(cell numbers)` for every cell of a torus.
template <class Visit>
void for_each_cell(const std::array<Index, 3>& cells, Visit visit) {
  for (Index i = 0; i < cells[0]; ++i) {
    for (Index j = 0; j < cells[1]; ++j) {
      for (Index k = 0; k < cells[2]; ++k) {
        visit(std::array<Index, 3>{i, j, k});
      }
    }
  }
}

double spacing(const MaternAxis& axis) { return axis.period / static_cast<double>(axis.cells); }

/// What grid_spectrum computes, by the definition: the discrete Fourier transform of the summed images. O(size²).
std::vector<double> transformed_covariance(double nu, const std::vector<MaternAxis>& axes) {
  const auto cells = cells_of(axes);
  double volume = 1.0;
  for (const auto& axis : axes) {
    volume *= spacing(axis);
  }
  const double origin = images(nu, axes, {});
  std::vector<std::pair<std::array<Index, 3>, double>> covariance;
  for_each_cell(cells, [&](const auto& cell) {
    Point lag{};
    for (std::size_t a = 0; a < axes.size(); ++a) {
      lag[a] = static_cast<double>(cell[a]) * spacing(axes[a]);
    }
    covariance.emplace_back(cell, volume * images(nu, axes, lag) / origin);
  });
  std::vector<double> spectrum;
  for_each_cell({cells[0] / 2 + 1, cells[1] / 2 + 1, cells[2] / 2 + 1}, [&](const auto& wave) {
    double sum = 0.0;
    for (const auto& [cell, value] : covariance) {
      double term = value;
      for (std::size_t a = 0; a < 3; ++a) {
        term *= std::cos(2.0 * pi * static_cast<double>(wave[a] * cell[a]) / static_cast<double>(cells[a]));
      }
      sum += term;
    }
    spectrum.push_back(sum);
  });
  return spectrum;
}

/// A function of one coordinate and its number in the stream of normals; `wave` is its number of periods.
struct Wave {
  std::uint64_t number;
  Index wave;
  std::function<double(double)> function;
};

/// The torus' waves along one axis; `highest`: with the sine of the highest wave of an even number of cells.
std::vector<Wave> waves_along(const MaternAxis& axis, bool highest, Index limit) {
  std::vector<Wave> waves{{0, 0, [=](double) { return 1.0 / std::sqrt(axis.period); }}};
  for (Index k = 1; 2 * k <= axis.cells && (limit == 0 || k < limit); ++k) {
    const double frequency = 2.0 * pi * static_cast<double>(k) / axis.period;
    const bool last = 2 * k == axis.cells;
    const double amplitude = std::sqrt((last ? 1.0 : 2.0) / axis.period);
    const auto number = static_cast<std::uint64_t>(2 * k);
    if (!last) {
      waves.push_back({number - 1, k, [=](double x) { return amplitude * std::cos(frequency * x); }});
    }
    if (!last || highest) {
      waves.push_back({number, k, [=](double x) { return amplitude * std::sin(frequency * x); }});
    }
  }
  return waves;
}

/// The field at the centres of `grid`, summed term by term over the waves of a torus with the given variances of the coefficients.
std::vector<double> direct_sum(const MaternParameters& p, const std::vector<MaternAxis>& torus, const std::vector<double>& variances,
                               const Grid& grid, Index index) {
  const Draws draws = sample_number(index).draws("test");
  std::array<std::vector<Wave>, 3> waves;
  std::array<Index, 3> size{1, 1, 1};
  for (std::size_t a = 0; a < 3; ++a) {
    waves[a] = a < torus.size() ? waves_along(torus[a], !p.spectral(), p.modes) : std::vector<Wave>{{0, 0, [](double) { return 1.0; }}};
    size[a] = a < torus.size() ? torus[a].cells / 2 + 1 : 1;
  }
  std::vector<double> values(static_cast<std::size_t>(grid.size()), p.mean);
  for (const auto& x : waves[0]) {
    for (const auto& y : waves[1]) {
      for (const auto& z : waves[2]) {
        const double variance = variances[static_cast<std::size_t>((x.wave * size[1] + y.wave) * size[2] + z.wave)];
        const double coefficient = p.sigma * std::sqrt(variance) * draws.normal(x.number | (y.number << 21U) | (z.number << 42U));
        for (Index cell = 0; cell < grid.size(); ++cell) {
          const auto at = grid.center(cell);
          values[static_cast<std::size_t>(cell)] += coefficient * x.function(at[0]) * y.function(at[1]) * z.function(at[2]);
        }
      }
    }
  }
  return values;
}

MaternParameters parameters(double nu, double length) {
  MaternParameters p;
  p.smoothness = nu;
  p.length = length;
  return p;
}

/// The torus of `multiple` boxes around a grid.
std::vector<MaternAxis> torus_of(const Grid& grid, Index multiple, double length) {
  std::vector<MaternAxis> torus;
  for (const auto& axis : grid.axes) {
    torus.push_back({multiple * axis.cells, static_cast<double>(multiple) * axis.extent, length});
  }
  return torus;
}

/// Mean and standard error of independent numbers.
class Estimate {
 public:
  void add(double value) {
    count_ += 1.0;
    const double step = value - mean_;
    mean_ += step / count_;
    squares_ += step * (value - mean_);
  }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double error() const { return std::sqrt(squares_ / (count_ - 1.0) / count_); }

 private:
  double count_ = 0.0;
  double mean_ = 0.0;
  double squares_ = 0.0;
};

/// Average over all pairs of cells at this lag, in cells, of g g'. A draw gives one number, and draws are independent.
double average_product(const std::vector<double>& g, const std::array<Index, 3>& cells, const std::array<Index, 3>& lag) {
  double sum = 0.0;
  double pairs = 0.0;
  for_each_cell({cells[0] - lag[0], cells[1] - lag[1], cells[2] - lag[2]}, [&](const auto& at) {
    const Index here = (at[0] * cells[1] + at[1]) * cells[2] + at[2];
    const Index there = here + (lag[0] * cells[1] + lag[1]) * cells[2] + lag[2];
    sum += g[static_cast<std::size_t>(here)] * g[static_cast<std::size_t>(there)];
    pairs += 1.0;
  });
  return sum / pairs;
}

/// Covariances of 4000 draws at 20 lags, each within four of its standard errors, which come from the draws' own scatter: the averages
/// over positions within a draw depend on each other, those of different draws do not.
void check_covariances(const MaternParameters& p, const Grid& grid, const std::vector<std::array<Index, 3>>& lags) {
  BOOST_REQUIRE(lags.size() == 20U);
  const MaternField field(p);
  std::array<Index, 3> cells{1, 1, 1};
  for (std::size_t a = 0; a < grid.axes.size(); ++a) {
    cells[a] = grid.axes[a].cells;
  }
  std::vector<Estimate> products(lags.size());
  Estimate mean;
  for (Index s = 0; s < 4000; ++s) {
    auto g = draw_field(field, grid, s);
    double sum = 0.0;
    for (double& value : g) {
      sum += value / static_cast<double>(g.size());
      value -= p.mean;
    }
    mean.add(sum);
    for (std::size_t i = 0; i < lags.size(); ++i) {
      products[i].add(average_product(g, cells, lags[i]));
    }
  }
  BOOST_TEST(std::abs(mean.mean() - p.mean) < 4.0 * mean.error());
  for (std::size_t i = 0; i < lags.size(); ++i) {
    double square = 0.0;
    for (std::size_t a = 0; a < grid.axes.size(); ++a) {
      const double length = p.lengths.empty() ? p.length : p.lengths[a];
      square += std::pow(static_cast<double>(lags[i][a]) * grid.axes[a].spacing() / length, 2);
    }
    const double expected = p.sigma * p.sigma * matern(p.smoothness, std::sqrt(square));
    BOOST_TEST_CONTEXT("smoothness " << p.smoothness << ", lag " << lags[i][0] << ' ' << lags[i][1] << ' ' << lags[i][2]) {
      BOOST_TEST(std::abs(products[i].mean() - expected) < 4.0 * products[i].error());
    }
  }
}

Diagnostics checked(const std::vector<std::pair<std::string, Value>>& entries) {
  Value table{Table{}};
  table.set("type", "matern");
  for (const auto& [name, value] : entries) {
    table.set(name, value);
  }
  Diagnostics diagnostics;
  Registry::instance().get("field", "matern").check(table, diagnostics);
  return diagnostics;
}

std::string refusal(const MaternParameters& p, const Grid& grid) {
  try {
    MaternField(p).require_drawable(grid, 1);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_matern_field)

BOOST_AUTO_TEST_CASE(the_grids_spectrum_is_the_transform_of_the_covariance_summed_over_images) {
  // Rounding: 1e-16 of the largest eigenvalue for each of at most 500 points, and 1e-13 for the standard library's K_nu.
  const std::vector<std::vector<MaternAxis>> tori{
      {{1, 1.0, 0.3}},
      {{2, 1.0, 0.3}},
      {{7, 2.0, 0.25}},
      {{64, 2.0, 0.1}},
      {{8, 1.0, 1.5}},
      {{9, 0.1, 1.0}},
      {{40, 2.0, 0.01}},
      {{8, 1.0, 0.2}, {5, 2.0, 0.5}},
      {{6, 1.0, 0.3}, {1, 1.0, 0.2}},
      {{4, 1.0, 0.2}, {5, 1.0, 0.3}, {6, 2.0, 0.15}},
  };
  for (const auto& axes : tori) {
    for (const double nu : {0.5, 1.5, 2.3, 10.0}) {
      const auto found = grid_spectrum(nu, axes);
      const auto expected = transformed_covariance(nu, axes);
      BOOST_TEST(largest_difference(found, expected) < 2e-13 * *std::max_element(expected.begin(), expected.end()));
      BOOST_TEST(*std::min_element(found.begin(), found.end()) > 0.0);
    }
  }
}

BOOST_AUTO_TEST_CASE(rough_fields_too_have_the_spectrum_of_their_covariance) {
  // nu = 0.05: M falls like exp(−0.32 r); 130 correlation lengths are beyond exp(−37).
  const std::vector<MaternAxis> axes{{32, 2.0, 0.1}};
  const double origin = images(0.05, axes, {}, 130.0);
  const auto spectrum = grid_spectrum(0.05, axes);
  for (Index j = 0; j < 32; ++j) {
    double sum = 0.0;
    for (std::size_t k = 0; k <= 16; ++k) {
      sum +=
          (k == 0 || k == 16 ? 1.0 : 2.0) * spectrum[k] * std::cos(2.0 * pi * static_cast<double>(k) * static_cast<double>(j) / 32.0) / 2.0;
    }
    BOOST_TEST(std::abs(sum - images(0.05, axes, {static_cast<double>(j) / 16.0, 0.0, 0.0}, 130.0) / origin) < 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(very_smooth_fields_have_the_spectrum_of_a_gaussian_covariance) {
  // M = exp(−r²/2) (1 + O(1/nu)); the transform of the periodic sum is length sqrt(2 pi) exp(−(2 pi k length/P)²/2) for these lengths.
  const std::vector<MaternAxis> axes{{32, 2.0, 0.15}};
  const auto spectrum = grid_spectrum(1e6, axes);
  for (std::size_t k = 0; k <= 16; ++k) {
    const double expected = 0.15 * std::sqrt(2.0 * pi) * std::exp(-0.5 * std::pow(pi * static_cast<double>(k) * 0.15, 2));
    BOOST_TEST(std::abs(spectrum[k] - expected) < 1e-6 * spectrum[0]);
  }
  const auto waves = torus_spectrum(1e6, axes);
  BOOST_TEST(std::abs(waves[2] - spectrum[2]) < 1e-12 * spectrum[0]);
}

BOOST_AUTO_TEST_CASE(the_grids_spectrum_gathers_the_aliases_of_the_toruss) {
  // Aliases up to the 30th; those beyond fall like q^(−2 nu − d + d), here below 30^−20. Relative, down to eigenvalues of 1e-12.
  const double nu = 10.0;
  const std::vector<MaternAxis> coarse{{12, 1.0, 0.2}};
  const auto found = grid_spectrum(nu, coarse);
  const auto waves = torus_spectrum(nu, std::vector<MaternAxis>{{12 * 60, 1.0, 0.2}});
  for (Index k = 0; k <= 6; ++k) {
    double sum = 0.0;
    for (Index q = -29; q <= 29; ++q) {
      sum += waves[static_cast<std::size_t>(std::abs(k + 12 * q))];
    }
    BOOST_TEST(found[static_cast<std::size_t>(k)] == sum, boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(images_stay_below_the_tolerance) {
  for (const double nu : {0.3, 0.5, 1.5, 10.0}) {
    for (const double length : {0.02, 0.1, 0.5, 3.0}) {
      for (const double tolerance : {1e-2, 1e-4, 1e-8}) {
        if (length == 3.0 && tolerance == 1e-8) {
          continue;  // more than 64 boxes for nu = 0.3
        }
        const auto multiple = static_cast<double>(torus_multiple(nu, length, tolerance));
        double largest = 0.0;
        for (int i = 0; i <= 20; ++i) {
          const double r = i / 20.0;
          const double error = images(nu, {{1, multiple, length}}, {r, 0.0, 0.0}, 60.0) - matern(nu, r / length);
          largest = std::max(largest, std::abs(error));
        }
        BOOST_TEST(largest < 1.001 * tolerance);
        // One box less would not do, except that two is the least.
        BOOST_TEST((multiple == 2.0 || matern(nu, (multiple - 2.0) / length) + matern(nu, multiple / length) > tolerance));
      }
    }
  }
  BOOST_CHECK_THROW(torus_multiple(1.5, 20.0, 1e-4), InputError);
  // For large nu, where K_nu overflows, M = exp(−r²/2) up to 1/nu: 1e-4 is reached at r = 4.29.
  BOOST_TEST(torus_multiple(1e5, 0.1, 1e-4) == 2);
  BOOST_TEST(torus_multiple(1e5, 0.3, 1e-4) == 3);
  BOOST_TEST(torus_multiple(1e5, 1.0, 1e-4) == 6);
}

BOOST_AUTO_TEST_CASE(images_stay_below_the_tolerance_beside_periodic_axes) {
  // Relative to the variance of the sum over the periodic axis' images alone, for which the other axis is endless. Without a periodic
  // axis two sides would do for nu = 1/2, exp(−1/0.14) = 7.9e-4.
  BOOST_REQUIRE(torus_multiple(0.5, 0.14, 1e-3) == 2);
  for (const double nu : {0.5, 1.5}) {
    for (const double periodic_length : {0.1, 1.0, 4.0}) {
      const auto multiple = static_cast<double>(torus_multiple(nu, 0.14, 1e-3, 1));
      const std::vector<MaternAxis> endless{{1, 1.0, periodic_length}, {1, 1e9, 0.14}};
      const std::vector<MaternAxis> torus{{1, 1.0, periodic_length}, {1, multiple, 0.14}};
      for (int i = 0; i <= 10; ++i) {
        const Point lag{0.0, 0.1 * i, 0.0};
        const double error = images(nu, torus, lag) / images(nu, torus, {}) - images(nu, endless, lag) / images(nu, endless, {});
        BOOST_TEST(std::abs(error) < 1.001e-3);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(draws_by_circulant_embedding_are_the_series_of_the_covariances_transform) {
  // A few hundred terms of at most 3, each good to a few roundings: 1e-12.
  struct Case {
    Grid grid;
    Index multiple;
    double length;
  };
  std::vector<Case> cases{
      {box({1}), 2, 0.05}, {box({6}, {2.0}), 2, 0.1}, {box({7}), 3, 0.2}, {box({4, 3}, {1.0, 0.5}), 2, 0.04}, {box({3, 2, 2}), 2, 0.06}};
  cases.push_back({box({6, 5}, {1.0, 2.0}, true), 1, 0.4});
  cases.push_back({box({5, 3, 2}, {1.0, 2.0, 0.5}, true), 1, 0.4});
  for (const auto& [grid, multiple, length] : cases) {
    auto p = parameters(1.5, length);
    p.sigma = 1.3;
    p.mean = 0.25;
    const auto torus = torus_of(grid, multiple, length);
    BOOST_TEST(largest_difference(draw_field(MaternField(p), grid, 5), direct_sum(p, torus, transformed_covariance(1.5, torus), grid, 5)) <
               1e-12);
  }
}

BOOST_AUTO_TEST_CASE(spectral_draws_are_the_series_of_the_spectral_density) {
  // (2 pi)^d S in closed form for nu = 3/2: d = 1, S = 2 a³/(pi (a² + w²)²); d = 2, 3 a³/(2 pi (a² + w²)^(5/2)), a = sqrt(3)/length.
  const double a = std::sqrt(3.0) / 0.1;
  for (const Index modes : {0, 3}) {
    auto p = parameters(1.5, 0.1);
    p.method = "spectral";
    p.modes = modes;
    const Grid line = box({6});
    const auto torus = torus_of(line, 2, 0.1);
    std::vector<double> density;
    for (int k = 0; k <= 6; ++k) {
      density.push_back(4.0 * std::pow(a, 3) / std::pow(a * a + pi * pi * k * k, 2) / images(1.5, torus, {}));
    }
    BOOST_TEST(largest_difference(draw_field(MaternField(p), line, 5), direct_sum(p, torus, density, line, 5)) < 1e-12);
    const Grid plane = box({3, 4});
    const auto torus_2d = torus_of(plane, 2, 0.1);
    density.clear();
    for (int k = 0; k <= 3; ++k) {
      for (int l = 0; l <= 4; ++l) {
        density.push_back(6.0 * pi * std::pow(a, 3) * std::pow(a * a + pi * pi * (k * k + l * l), -2.5) / images(1.5, torus_2d, {}));
      }
    }
    BOOST_TEST(largest_difference(draw_field(MaternField(p), plane, 5), direct_sum(p, torus_2d, density, plane, 5)) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(covariances_on_a_line_are_the_formula) {
  std::vector<std::array<Index, 3>> lags;
  for (Index j = 0; j < 20; ++j) {
    lags.push_back({j, 0, 0});
  }
  for (const double nu : {0.5, 1.5, 2.3, 10.0}) {
    auto p = parameters(nu, 0.1);
    p.sigma = 1.5;
    p.mean = -0.5;
    check_covariances(p, box({64}), lags);
  }
}

BOOST_AUTO_TEST_CASE(covariances_on_a_plane_are_the_formula_with_a_length_for_each_axis) {
  std::vector<std::array<Index, 3>> lags;
  for (Index i = 0; i < 5; ++i) {
    for (Index j = 0; j < 4; ++j) {
      lags.push_back({i, 2 * j, 0});
    }
  }
  for (const double nu : {0.5, 1.5, 2.3, 10.0}) {
    auto p = parameters(nu, 0.1);
    p.lengths = {0.1, 0.15};
    p.tolerance = 5e-3;  // at opposite ends; half-way across the box the images are below 1e-5
    check_covariances(p, box({12, 16}), lags);
  }
}

BOOST_AUTO_TEST_CASE(covariances_in_space_are_the_formula) {
  std::vector<std::array<Index, 3>> lags;
  for (Index i = 0; i < 5; ++i) {
    for (Index j = 0; j < 4; ++j) {
      lags.push_back({i % 3, j, i / 2});
    }
  }
  for (const double nu : {0.5, 1.5, 2.3, 10.0}) {
    auto p = parameters(nu, 0.12);
    p.tolerance = 1e-3;
    check_covariances(p, box({6, 6, 6}), lags);
  }
}

BOOST_AUTO_TEST_CASE(periodic_fields_have_the_variance_sigma_squared_and_meet_across_the_sides) {
  auto p = parameters(1.5, 0.8);
  p.sigma = 0.7;
  const Grid circle = box({10}, {1.0}, true);
  const MaternField field(p);
  const std::vector<MaternAxis> torus{{10, 1.0, 0.8}};
  std::array<Estimate, 3> products;
  for (Index s = 0; s < 4000; ++s) {
    const auto g = draw_field(field, circle, s);
    products[0].add(g[3] * g[3]);
    products[1].add(g[0] * g[9]);
    products[2].add(g[2] * g[7]);
  }
  const std::array<double, 3> lags{0.0, 0.1, 0.5};
  for (std::size_t i = 0; i < 3; ++i) {
    const double expected = 0.49 * images(1.5, torus, {lags[i], 0.0, 0.0}) / images(1.5, torus, {});
    BOOST_TEST(std::abs(products[i].mean() - expected) < 4.0 * products[i].error());
  }
}

BOOST_AUTO_TEST_CASE(with_modes_limited_a_sample_is_the_same_function_at_every_resolution) {
  auto p = parameters(0.5, 0.3);
  p.modes = 6;
  p.tolerance = 1e-2;
  const MaternField field(p);
  const auto coarse = draw_field(field, box({10, 12}, {1.0, 2.0}));
  const auto fine = draw_field(field, box({30, 36}, {1.0, 2.0}));  // centres of n cells are centres of 3 n cells
  for (std::size_t i = 0; i < 10; ++i) {
    for (std::size_t j = 0; j < 12; ++j) {
      BOOST_TEST(std::abs(coarse[i * 12 + j] - fine[(3 * i + 1) * 36 + 3 * j + 1]) < 1e-12);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_finer_grid_adds_waves_and_leaves_the_others_as_they_are) {
  auto p = parameters(0.5, 0.1);
  p.method = "spectral";
  const Grid coarse = box({8});
  const Grid fine = box({16});
  const auto torus = torus_of(coarse, 2, 0.1);
  BOOST_REQUIRE(torus_multiple(0.5, 0.1, 1e-4) == 2);
  // The coarse grid's waves, summed at the fine grid's centres, and those that only the fine grid carries, alone.
  auto variances = torus_spectrum(0.5, torus_of(fine, 2, 0.1));
  const auto low = direct_sum(p, torus, torus_spectrum(0.5, torus), fine, 0);
  std::fill(variances.begin(), variances.begin() + 8, 0.0);
  const auto high = direct_sum(p, torus_of(fine, 2, 0.1), variances, fine, 0);
  const auto found = draw_field(MaternField(p), fine, 0);
  for (std::size_t i = 0; i < found.size(); ++i) {
    BOOST_TEST(std::abs(found[i] - low[i] - high[i]) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(with_all_modes_resolutions_differ_by_a_falling_tail) {
  // The mean square beyond n waves falls like n^(−2 nu), as do the aliases that circulant embedding adds to those below: by a factor of
  // 8 from n to 2 n for nu = 3/2. 4 is asked, over 40 samples, with both methods.
  for (const std::string method : {"circulant_embedding", "spectral"}) {
    auto p = parameters(1.5, 0.1);
    p.method = method;
    const MaternField field(p);
    check_resolutions_converge(field, {16, 32, 64, 128}, 40);
  }
}

BOOST_AUTO_TEST_CASE(lengths_stretch_the_box) {
  // A box twice as long along y with twice the correlation length there has the same values; 0.3 and 0.6 are a rounding apart.
  auto p = parameters(2.3, 0.3);
  p.tolerance = 1e-2;
  const auto isotropic = draw_field(MaternField(p), box({8, 6}));
  p.lengths = {0.3, 0.6};
  BOOST_TEST(largest_difference(draw_field(MaternField(p), box({8, 6}, {1.0, 2.0})), isotropic) < 1e-12);
}

BOOST_AUTO_TEST_CASE(sides_take_the_lengths_of_their_axes) {
  MaternParameters p;
  p.lengths = {0.05, 0.1, 0.15};
  const Grid side = box({4, 6, 5}).side(0, true);
  const auto found = draw_field(MaternField(p), side);
  p.lengths = {0.1, 0.15};
  BOOST_TEST(found == draw_field(MaternField(p), box({6, 5})), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(streams_samples_attempts_and_seeds_differ_and_repeat_in_any_order) {
  const MaternField field{MaternParameters{}};
  const Grid grid = box({8, 8});
  const auto draw = [&](Sample sample, std::string_view stream) {
    std::vector<double> values(64);
    field.draw(grid, sample, stream, values);
    return values;
  };
  const auto first = draw(sample_number(3), "a");
  Sample attempt = sample_number(3);
  attempt.attempt = 1;
  for (const auto& other : {draw(sample_number(3), "b"), draw(sample_number(4), "a"), draw(sample_number(3, 1), "a"), draw(attempt, "a")}) {
    BOOST_TEST(largest_difference(first, other) > 1e-3);
  }
  draw_field(field, box({5}), 1);  // another grid between
  BOOST_TEST(first == draw(sample_number(3), "a"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(boxes_of_one_torus_are_told_apart) {
  // Both boxes are parts of a torus of 12 cells and length 3: a third of it, and a half.
  const MaternField shared(parameters(1.5, 0.165));
  BOOST_REQUIRE(torus_multiple(1.5, 0.165, 1e-4) == 3);
  BOOST_REQUIRE(torus_multiple(1.5, 0.165 / 1.5, 1e-4) == 2);
  for (const Grid& grid : {box({4}), box({6}, {1.5}), box({4})}) {
    BOOST_TEST(draw_field(shared, grid) == draw_field(MaternField(parameters(1.5, 0.165)), grid), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(threads_that_share_a_field_draw_the_same_bits) {
  check_threads_share(MaternField{MaternParameters{}}, MaternField{MaternParameters{}}, {box({16, 16}), box({4, 4, 4})});
}

BOOST_AUTO_TEST_CASE(exponentials_and_thresholds_are_functions_of_the_gaussian_field) {
  Value table{Table{}};
  table.set("type", "matern");
  table.set("mean", 0.2);
  const Grid grid = box({12, 8});
  const auto g = draw_field(*create<RandomField>(table), grid, 2);
  table.set("transform", "exponential");
  const auto exponential = draw_field(*create<RandomField>(table), grid, 2);
  BOOST_TEST(std::isinf(create<RandomField>(table)->reached_minimum(grid)));
  table.set("transform", "threshold");
  table.set("values", Value(Array{Value(3.0), Value(12.0)}));
  const auto threshold = create<RandomField>(table);
  const auto sign = draw_field(*threshold, grid, 2);
  for (std::size_t i = 0; i < g.size(); ++i) {
    BOOST_TEST(exponential[i] == std::exp(g[i]));
    BOOST_TEST(sign[i] == (g[i] < 0.0 ? 3.0 : 12.0));
  }
  BOOST_TEST(threshold->reached_minimum(grid) == 3.0);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused_with_what_to_do) {
  BOOST_TEST(checked({{"smoothness", 0.3}, {"length", 0.2}}).all().empty());
  const auto text = [](const std::vector<std::pair<std::string, Value>>& entries) { return checked(entries).text(); };
  BOOST_TEST(contains(text({{"length", 0.2}, {"lengths", Value(Array{Value(0.1)})}}), "both length and lengths"));
  BOOST_TEST(contains(text({{"method", "circulant_embedding"}, {"modes", Value(std::int64_t{4})}}), "set method = \"spectral\""));
  BOOST_TEST(contains(text({{"values", Value(Array{Value(1.0), Value(2.0)})}}), "set transform = \"threshold\""));

  MaternParameters p;
  BOOST_TEST(refusal(p, box({8, 8})).empty());
  BOOST_TEST(contains(refusal(p, box({8}).side(0, true)), "one to three axes"));
  p.lengths = {0.1};
  BOOST_TEST(contains(refusal(p, box({8, 8})), "end before the axis y"));
  p.lengths = {};
  p.length = 50.0;
  BOOST_TEST(contains(refusal(p, box({8})), "shorten the length"));
  BOOST_TEST(refusal(p, box({8}, {}, true)).empty());
  BOOST_TEST(contains(refusal(parameters(0.5, 1.0), box({400, 400, 400})), "GiB a draw"));
  BOOST_CHECK_THROW(draw_field(MaternField(p), box({8})), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

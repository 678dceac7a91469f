// Matérn correlations against 60-digit references, closed forms, the recurrence in the order, and quadrature.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <tuple>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/matern.hpp>

#include "geometric.hpp"
#include "matern_reference.hpp"

namespace matern = kindred::kernels::matern;
using kindred::Draws;
using matern_reference::Row;
using matern_reference::table;

namespace {

constexpr long double eps = 0x1p-53L;
constexpr double infinity = std::numeric_limits<double>::infinity();

std::string where(const Row& row) { return "nu = " + std::to_string(row.nu) + ", z = " + std::to_string(row.z); }

/// Where M is a normal number.
bool representable(long double value) { return value > 1e-300L; }

}  // namespace

BOOST_AUTO_TEST_SUITE(test_matern_kernels)

BOOST_AUTO_TEST_CASE(correlations) {
  for (const Row& row : table) {
    BOOST_TEST_CONTEXT(where(row)) {
      const long double log_value = std::log(row.value);
      BOOST_TEST(std::abs(matern::log_correlation(row.nu, row.z) - log_value) <= 16 * eps * (1 - log_value));
      if (representable(row.value)) {
        BOOST_TEST(std::abs(matern::correlation(row.nu, row.z) - row.value) <= 16 * eps * (1 - log_value) * row.value);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(variograms_keep_their_digits_at_small_distances) {
  for (const Row& row : table) {
    BOOST_TEST(std::abs(matern::variogram(row.nu, row.z) - row.variogram) <= 1e-13L * row.variogram, where(row));
  }
}

BOOST_AUTO_TEST_CASE(derivatives) {
  for (const Row& row : table) {
    BOOST_TEST_CONTEXT(where(row)) {
      BOOST_TEST(std::abs(matern::log_slope(row.nu, row.z) - row.log_slope) <= 2e-14L * std::abs(row.log_slope));
      const long double size = 1 + std::abs(std::log(0.5L * row.z)) + 1 / static_cast<long double>(row.nu);
      BOOST_TEST(std::abs(matern::log_order_slope(row.nu, row.z) - row.log_order_slope) <= 1e-14L * size);
      const long double ratio = static_cast<long double>(row.z) * row.z / row.nu;
      const long double bound = row.nu < 21.2 ? 1e-14L * (size + ratio) : 1e-15L * (1 - std::log(row.value)) / row.nu;
      BOOST_TEST(std::abs(matern::log_order_slope_at_distance(row.nu, row.z) - row.log_order_slope_at_distance) <= bound);
    }
  }
}

BOOST_AUTO_TEST_CASE(half_integer_smoothness_in_closed_form) {
  // e^-z times 1, 1 + z, 1 + z + z²/3 by their own branches; 1 + z + 2z²/5 + z³/15 for 7/2 by the general method.
  for (const double z : geometric(0x1p-10, 600.0, 1.0625)) {
    const long double w = z;
    const long double forms[] = {1, 1 + w, 1 + w + w * w / 3, 1 + w + 2 * w * w / 5 + w * w * w / 15};
    for (int k = 0; k < 4; ++k) {
      const long double truth = forms[k] * std::exp(-w);
      BOOST_TEST(std::abs(matern::correlation(0.5 + k, z) - truth) <= 16 * eps * (1 + w) * truth);
    }
  }
}

BOOST_AUTO_TEST_CASE(general_method_meets_the_closed_forms) {
  // Smoothness moved by 2^-40 moves log M by at most 2^-40 |∂ log M/∂ν|, here below 2^-36 by the size of log z and z.
  for (const double nu : {0.5, 1.5, 2.5}) {
    for (const double z : {0.01, 0.5, 0.99, 1.0, 3.0, 12.0, 20.0, 30.0, 100.0}) {
      for (const double sign : {-1.0, 1.0}) {
        const double moved = nu + sign * 0x1p-40;
        const double expected = matern::correlation(nu, z) * (1.0 + sign * 0x1p-40 * matern::log_order_slope(nu, z));
        BOOST_TEST(std::abs(matern::correlation(moved, z) - expected) <= 32 * static_cast<double>(eps) * (1.0 + z) * expected);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(recurrence_in_the_smoothness) {
  // K_{ν+1} = K_{ν-1} + (2ν/z) K_ν reads M_{ν+1} = M_ν + z²/(4ν(ν-1)) M_{ν-1}: three values, each to 16 eps (1 + |log M|).
  const Draws draws(5, "matern", 0);
  for (std::uint64_t i = 0; i < 4000; ++i) {
    const double nu = 1.001 + 40.0 * draws.uniform(2 * i);
    const double z = std::exp(8.0 * draws.uniform(2 * i + 1) - 3.0);
    const double left = matern::correlation(nu + 1.0, z);
    const double right = matern::correlation(nu, z) + 0.25 * z * z / (nu * (nu - 1.0)) * matern::correlation(nu - 1.0, z);
    BOOST_TEST(std::abs(left - right) <= 48 * static_cast<double>(eps) * (1.0 - std::log(left)) * left, "nu = " << nu << ", z = " << z);
  }
}

BOOST_AUTO_TEST_CASE(correlations_fall_with_distance_and_stay_within_one) {
  for (const double nu : {1e-3, 0.3, 0.5, 0.7, 1.0, 2.0, 5.5, 21.0, 30.0, 1e3, 1e5}) {
    double before = 1.0;
    for (const double z : geometric(1e-6 * std::sqrt(nu), 40.0 * std::sqrt(nu), 1.5)) {
      const double value = matern::correlation(nu, z);
      BOOST_TEST(value <= before);
      BOOST_TEST(value >= 0.0);
      BOOST_TEST(std::abs(value + matern::variogram(nu, z) - 1.0) <= 1e-13);
      before = value;
    }
  }
}

BOOST_AUTO_TEST_CASE(variogram_is_continuous_where_its_method_changes) {
  // u = z²/4 = max(1/4, (ν-1)/2): both sides to 1e-13.
  for (const double nu : geometric(0.05, 60.0, 1.07)) {
    const double z = 2.0 * std::sqrt(std::max(0.25, 0.5 * (nu - 1.0)));
    const double below = matern::variogram(nu, z * (1.0 - 0x1p-50));
    const double above = matern::variogram(nu, z * (1.0 + 0x1p-50));
    BOOST_TEST(std::abs(above - below) <= 2e-13 * above, "nu = " << nu);
  }
}

BOOST_AUTO_TEST_CASE(smooth_limit_is_the_gaussian) {
  // With ν -> ∞ at fixed r/ℓ = t, M -> exp(-t²/2) (1 + O(t²/ν)).
  const double nu = 1e9;
  for (const double t : {0.1, 1.0, 3.0}) {
    const double gaussian = std::exp(-0.5 * t * t);
    BOOST_TEST(std::abs(matern::correlation(nu, std::sqrt(2.0 * nu) * t) - gaussian) <= 10.0 * t * t / nu * (1.0 + t * t) * gaussian);
  }
}

BOOST_AUTO_TEST_CASE(gradients_are_those_of_the_covariance) {
  // Richardson's central differences: error O(h⁴) of the scale 1, plus the rounding of the values over h.
  const double h = 1e-3;
  for (const matern::Covariance c : {matern::Covariance{1.3, 0.7, 0.8}, {0.5, 2.0, 1.5}, {2.0, 1.0, 3.7}, {1.0, 0.4, 25.0}}) {
    for (const double r : {0.05, 0.4, 1.0, 2.5}) {
      const auto difference = [&](auto value) {
        const auto central = [&](double step) { return (value(step) - value(-step)) / (2.0 * step); };
        return (4.0 * central(0.5 * h) - central(h)) / 3.0;
      };
      const auto gradient = c.gradient(r);
      const auto vary = [&](double matern::Covariance::*member) {
        return difference([&](double step) {
          matern::Covariance moved = c;
          moved.*member += step;
          return moved(r);
        });
      };
      const double distance = difference([&](double step) { return c(r + step); });
      BOOST_TEST_CONTEXT("nu = " << c.nu << ", r = " << r) {
        BOOST_TEST(gradient.value == c(r));
        BOOST_TEST(std::abs(gradient.sigma - vary(&matern::Covariance::sigma)) <= 1e-11);
        BOOST_TEST(std::abs(gradient.length - vary(&matern::Covariance::length)) <= 1e-8);
        BOOST_TEST(std::abs(gradient.nu - vary(&matern::Covariance::nu)) <= 1e-8);
        BOOST_TEST(std::abs(gradient.distance - distance) <= 1e-8);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(spectral_densities_integrate_to_the_variance) {
  // σ² = |S^{d-1}| ∫ S ω^{d-1} dω; with ω = e^t the integrand is smooth and falls exponentially, so that the trapezoidal rule
  // converges like exp(-2π²/h). Beyond t in [-45, 5 + 45/(2ν)] lies e^-45; the repeated products for ω lose eps each, of 2000.
  const double areas[] = {2.0, 2.0 * std::numbers::pi, 4.0 * std::numbers::pi};
  for (const double nu : {0.3, 0.5, 1.5, 4.2, 40.0, 1000.0}) {
    for (int d = 1; d <= 3; ++d) {
      const matern::Covariance covariance{1.5, 0.8, nu};
      const double h = 0.05;
      double sum = 0.0;
      for (const double omega : geometric(std::exp(-45.0), std::exp(5.0 + 45.0 / (2.0 * nu)), std::exp(h))) {
        sum += h * covariance.spectral_density(omega, d) * std::pow(omega, d);
      }
      BOOST_TEST(std::abs(areas[d - 1] * sum - 2.25) <= 1e-11, "nu = " << nu << ", d = " << d);
    }
  }
}

BOOST_AUTO_TEST_CASE(spectral_density_transforms_into_the_covariance) {
  // In one dimension with ν = 3/2: C(r) = 2 ∫ S(ω) cos(ωr) dω. S falls as ω^-4, so that the cut at W leaves 2 S(W) W/3 and less.
  const matern::Covariance covariance{1.0, 0.5, 1.5};
  const double step = 0.01;
  const double end = 200'000 * step;
  for (const double r : {0.1, 0.5, 1.5}) {
    double sum = 0.5 * covariance.spectral_density(0.0, 1);
    for (int k = 1; k < 200'000; ++k) {
      const double omega = step * k;
      sum += covariance.spectral_density(omega, 1) * std::cos(omega * r);
    }
    BOOST_TEST(std::abs(2.0 * step * sum - covariance(r)) <= covariance.spectral_density(end, 1) * end);
  }
}

BOOST_AUTO_TEST_CASE(tables_agree_with_the_function) {
  for (const double nu : {0.05, 0.3, 0.5, 0.8, 1.0, 1.5, 2.3, 7.0, 21.3, 150.0, 1e4}) {
    const matern::Table fast(nu);
    BOOST_TEST(fast.error() <= 32 * static_cast<double>(eps));
    BOOST_TEST(fast.bytes() < 1000000U);
    const Draws draws(9, "table", 0);
    std::vector<double> z{0.0, -0.0, infinity, 5e-324, 1e-300, 1e-18};
    for (std::uint64_t i = 0; i < 4000; ++i) {
      z.push_back(std::sqrt(nu) * std::exp(40.0 * draws.uniform(i) - 36.0));
    }
    std::vector<double> values(z.size());
    fast.evaluate(z, values);
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double truth = matern::correlation(nu, z[i]);
      const double bound = truth > 1e-303 ? 48 * static_cast<double>(eps) * (1.0 - std::log(truth)) * truth : 1e-303;
      BOOST_TEST(std::abs(values[i] - truth) <= bound, "nu = " << nu << ", z = " << z[i]);
      BOOST_TEST(std::abs(fast(z[i]) - truth) <= bound);
    }
    fast.evaluate(z, z);
    BOOST_TEST(z == values, boost::test_tools::per_element());
  }
  const matern::Table fast(1.2);
  BOOST_TEST(std::isnan(fast(-1.0)));
  BOOST_TEST(std::isnan(fast(std::nan(""))));
}

BOOST_AUTO_TEST_CASE(rows_of_covariance_matrices) {
  const matern::Covariance covariance{1.5, 0.6, 0.9};
  const matern::Table fast(covariance.nu);
  std::vector<double> points;
  const Draws draws(2, "points", 0);
  for (std::uint64_t i = 0; i < 60; ++i) {
    points.push_back(draws.uniform(i));
  }
  const kindred::MatrixView view{points, 20, 3};
  std::vector<double> row(20);
  matern::gram_row(covariance, fast, view, 7, row);
  for (std::size_t j = 0; j < 20; ++j) {
    double square = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
      square += std::pow(points[3 * j + k] - points[21 + k], 2);
    }
    // The two errors of M and that of the distance.
    BOOST_TEST(std::abs(row[j] - covariance(std::sqrt(square))) <= 100 * static_cast<double>(eps) * 2.25);
  }
  BOOST_TEST(row[7] == 2.25);
  std::vector<double> short_row(19);
  BOOST_CHECK_THROW(matern::gram_row(covariance, fast, view, 7, short_row), kindred::InputError);
  BOOST_CHECK_THROW(matern::gram_row(covariance, matern::Table(1.0), view, 7, row), kindred::InputError);
}

BOOST_AUTO_TEST_CASE(ends_of_the_range) {
  for (const double nu : {1e-3, 0.5, 1.0, 30.0}) {
    BOOST_TEST(matern::correlation(nu, 0.0) == 1.0);
    BOOST_TEST(matern::correlation(nu, infinity) == 0.0);
    BOOST_TEST(matern::log_correlation(nu, 0.0) == 0.0);
    BOOST_TEST(matern::log_correlation(nu, infinity) == -infinity);
    BOOST_TEST(matern::variogram(nu, 0.0) == 0.0);
    BOOST_TEST(matern::variogram(nu, infinity) == 1.0);
    BOOST_TEST(std::isnan(matern::correlation(nu, -1.0)));
    BOOST_TEST(std::isnan(matern::correlation(nu, std::nan(""))));
  }
  BOOST_TEST((matern::Covariance{2.0, 1.0, 0.5}.gradient(0.0).distance) == -4.0);
  BOOST_TEST((matern::Covariance{2.0, 1.0, 0.4}.gradient(0.0).distance) == -infinity);
  BOOST_TEST((matern::Covariance{2.0, 1.0, 0.6}.gradient(0.0).distance) == 0.0);
}

BOOST_AUTO_TEST_CASE(bad_parameters_are_refused) {
  for (const double nu : {0.0, -1.0, infinity, std::nan("")}) {
    BOOST_CHECK_THROW(matern::correlation(nu, 1.0), kindred::InputError);
    BOOST_CHECK_THROW(matern::variogram(nu, 1.0), kindred::InputError);
    BOOST_CHECK_THROW(matern::Table{nu}, kindred::InputError);
    BOOST_CHECK_THROW(std::ignore = (matern::Covariance{1.0, 1.0, nu}(1.0)), kindred::InputError);
  }
  BOOST_CHECK_THROW(std::ignore = (matern::Covariance{1.0, 0.0, 1.0}.gradient(1.0)), kindred::InputError);
  BOOST_CHECK_THROW(std::ignore = (matern::Covariance{-1.0, 1.0, 1.0}.semivariogram(1.0)), kindred::InputError);
  BOOST_CHECK_THROW(std::ignore = (matern::Covariance{1.0, 1.0, 1.0}.spectral_density(1.0, 0)), kindred::InputError);
}

BOOST_AUTO_TEST_SUITE_END()

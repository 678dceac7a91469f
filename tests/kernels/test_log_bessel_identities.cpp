// Identities between the log-Bessel functions, closed forms, inequalities, and continuity where the method changes.

#include <iterator>
#include <numbers>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/tables.hpp>

#include "bessel_support.hpp"

using namespace bessel_test;
using kindred::Draws;

namespace {

struct Point {
  double v;
  double x;
};

/// Log-uniform over v in [1e-3, 1e5] and x in [1e-6, 1e5]. Orders are multiples of 2^-30: v + 1 is exact.
std::vector<Point> random_points(std::uint64_t seed, std::size_t count) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < count; ++i) {
    const Draws draws(seed, "bessel identities", i);
    const double v = std::pow(10.0, -3.0 + 8.0 * draws.uniform(0));
    const double x = std::pow(10.0, -6.0 + 11.0 * draws.uniform(1));
    points.push_back({std::ldexp(std::round(std::ldexp(v, 30)), -30), x});
  }
  return points;
}

Wide log_add(Wide a, Wide b) {
  const Wide largest = std::max(a, b);
  return largest + std::log1p(std::exp(std::min(a, b) - largest));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_log_bessel_identities)

BOOST_AUTO_TEST_CASE(wronskian) {
  // DLMF 10.28.2: I_v K_{v+1} + I_{v+1} K_v = 1/x. Each product is good to the errors of two logarithms, 4 eps C each.
  for (const auto& [v, x] : random_points(1, 4000)) {
    const Wide i0 = scalar(BesselFunction::log_iv, v, x);
    const Wide k0 = scalar(BesselFunction::log_kv, v, x);
    const Wide i1 = scalar(BesselFunction::log_iv, v + 1.0, x);
    const Wide k1 = scalar(BesselFunction::log_kv, v + 1.0, x);
    const Wide largest = std::max({std::abs(i0), std::abs(k0), std::abs(i1), std::abs(k1)}) + growth(v + 1.0, x);
    BOOST_TEST_CONTEXT("v = " << v << ", x = " << x) {
      BOOST_TEST(std::abs(log_add(i0 + k1, i1 + k0) + std::log(static_cast<Wide>(x))) <= 8 * eps * largest);
    }
  }
}

BOOST_AUTO_TEST_CASE(recurrences_of_the_ratios) {
  // DLMF 10.29.1: I_{v-1} - I_{v+1} = (2v/x) I_v, K_{v+1} - K_{v-1} = (2v/x) K_v, at v + 1, divided by the function of that order:
  // sums of positive terms, good to the errors of the ratios.
  for (const auto& [v, x] : random_points(2, 4000)) {
    const Wide factor = 2 * (static_cast<Wide>(v) + 1) / x;
    const Wide a0 = scalar(BesselFunction::iv_ratio, v, x);
    const Wide a1 = scalar(BesselFunction::iv_ratio, v + 1.0, x);
    const Wide k0 = scalar(BesselFunction::kv_ratio, v, x);
    const Wide k1 = scalar(BesselFunction::kv_ratio, v + 1.0, x);
    BOOST_TEST_CONTEXT("v = " << v << ", x = " << x) {
      BOOST_TEST(std::abs(1 / a0 - (factor + a1)) <= 9 * eps / a0);
      BOOST_TEST(std::abs(k1 - (factor + 1 / k0)) <= 2.1e-14L * k1);
    }
  }
}

BOOST_AUTO_TEST_CASE(bounds_of_the_ratio) {
  // Amos, Math. Comp. 28 (1974) 239-251; Segura, J. Math. Anal. Appl. 374 (2011) 516-528.
  for (const auto& [order, x] : random_points(3, 4000)) {
    const Wide v = order;
    const auto amos = [&](Wide a, Wide b) { return x / (v + a + std::hypot(static_cast<Wide>(x), v + b)); };
    const Wide ratio = scalar(BesselFunction::iv_ratio, order, x);
    BOOST_TEST_CONTEXT("v = " << order << ", x = " << x) {
      BOOST_TEST(ratio >= amos(0.5L, 1.5L) * (1 - 4 * eps));
      BOOST_TEST(ratio >= amos(1, 1) * (1 - 4 * eps));
      BOOST_TEST(ratio <= amos(0.5L, 0.5L) * (1 + 4 * eps));
      BOOST_TEST(ratio <= amos(0, 2) * (1 + 4 * eps));
    }
  }
}

BOOST_AUTO_TEST_CASE(half_integer_orders) {
  const Wide pi = std::numbers::pi_v<Wide>;
  for (int i = 0; i < 2000; ++i) {
    const double argument = std::pow(10.0, -8.0 + 14.0 * Draws(4, "bessel half-integers", static_cast<std::uint64_t>(i)).uniform(0));
    const Wide x = argument;
    const Wide log_sinh = x < 1 ? std::log(std::sinh(x)) : x + std::log1p(-std::exp(-2 * x)) - std::numbers::ln2_v<Wide>;
    const Wide k = (std::log(pi / (2 * x))) / 2 - x;
    const std::array<Wide, 4> truth = {std::log(2 / (pi * x)) / 2 + log_sinh, k, k + std::log1p(1 / x), k + std::log1p((3 + 3 / x) / x)};
    const std::array<double, 4> orders = {0.5, 0.5, 1.5, 2.5};
    for (std::size_t j = 0; j < truth.size(); ++j) {
      const auto f = j == 0 ? BesselFunction::log_iv : BesselFunction::log_kv;
      BOOST_TEST_CONTEXT(name(f) << " at v = " << orders[j] << ", x = " << argument) {
        BOOST_TEST(std::abs(scalar(f, orders[j], argument) - truth[j]) <= 4 * eps * condition(orders[j], argument, truth[j]));
        const Wide size = std::max(Wide(1), std::abs(truth[j]));
        BOOST_TEST(std::abs(scalar(f, orders[j], argument, Accuracy::accurate) - truth[j]) <= 4 * eps * size);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(monotonicity) {
  for (const auto& [v, x] : random_points(5, 4000)) {
    const double wider = x * 1.001;
    const double higher = v * 1.001;
    const Wide i = scalar(BesselFunction::log_iv, v, x);
    const Wide k = scalar(BesselFunction::log_kv, v, x);
    BOOST_TEST_CONTEXT("v = " << v << ", x = " << x) {
      // log I grows by at least v log(1.001), log K falls by at least as much (DLMF 10.37); the rest is error.
      const Wide noise = 8 * eps * std::max(condition(v, x, i), condition(v, x, k));
      const Wide step = v * std::log(static_cast<Wide>(wider) / x);
      BOOST_TEST(scalar(BesselFunction::log_iv, v, wider) - i >= step - noise);
      BOOST_TEST(k - scalar(BesselFunction::log_kv, v, wider) >= step - noise);
      BOOST_TEST(scalar(BesselFunction::log_iv, higher, x) - i <= noise);
      BOOST_TEST(k - scalar(BesselFunction::log_kv, higher, x) <= noise);
    }
  }
}

BOOST_AUTO_TEST_CASE(derivatives_have_their_signs) {
  for (const auto& [v, x] : random_points(6, 4000)) {
    BOOST_TEST_CONTEXT("v = " << v << ", x = " << x) {
      BOOST_TEST(scalar(BesselFunction::log_iv_dx, v, x) > 0.0);
      BOOST_TEST(scalar(BesselFunction::log_kv_dx, v, x) < 0.0);
      BOOST_TEST(scalar(BesselFunction::log_iv_dv, v, x) < 0.0);
      BOOST_TEST(scalar(BesselFunction::log_kv_dv, v, x) > 0.0);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_jumps_between_neighbours) {
  // Wherever an expansion, a number of terms or a table may change: circles of radius R, p = 1/2, the power series' numbers of
  // terms, lines of x, half-integer orders. Between
  // neighbouring doubles the functions may change by their slope and by twice their error.
  std::vector<std::array<Point, 2>> pairs;
  const Draws draws(7, "bessel switches", 0);
  std::uint64_t draw = 0;
  const auto across_x = [&](double v, double x) {
    double y = below(below(x));
    for (int step = 0; step < 4; ++step, y = above(y)) {
      pairs.push_back({Point{v, y}, Point{v, above(y)}});
    }
  };
  namespace tables = kindred::kernels::bessel::tables;
  std::vector<double> radii = {tables::uniform_radius, 36.0, 64.0, 206.0};
  for (const double square : tables::uniform_edges) {
    radii.push_back(std::sqrt(square));
  }
  for (const double r : radii) {
    for (int i = 0; i < 25; ++i) {
      const double v = r * draws.uniform(draw++);
      across_x(v, std::sqrt(r * r - v * v));
    }
  }
  for (int i = 0; i < 100; ++i) {
    const double v = 15.0 * std::pow(100.0, draws.uniform(draw++));
    across_x(v, v);
  }
  for (std::size_t i = 0; i < std::size(tables::series_reach); ++i) {
    for (int j = 0; j < 25; ++j) {
      const double v = 21.0 * draws.uniform(draw++);
      across_x(v, 2.0 * std::sqrt(tables::series_reach[i] + tables::series_slope[i] * v));
    }
  }
  for (const double x : {0.5, 1.0, 2.0, 4.0, 9.0, 21.2}) {
    for (int i = 0; i < 25; ++i) {
      across_x(22.0 * draws.uniform(draw++), x);
    }
  }
  for (int n = 1; n < 46; ++n) {
    for (const double high : {0.1, 1.5, 21.0}) {
      const double x = high * draws.uniform(draw++);
      pairs.push_back({Point{below(0.5 * n), x}, Point{0.5 * n, x}});
      pairs.push_back({Point{0.5 * n, x}, Point{above(0.5 * n), x}});
    }
  }
  for (const auto f : {BesselFunction::log_iv, BesselFunction::log_kv}) {
    const bool first_kind = f == BesselFunction::log_iv;
    for (const auto& [a, b] : pairs) {
      const Wide left = scalar(f, a.v, a.x);
      const Wide right = scalar(f, b.v, b.x);
      const Wide slope_x = scalar(first_kind ? BesselFunction::log_iv_dx : BesselFunction::log_kv_dx, a.v, a.x);
      const Wide slope_v = scalar(first_kind ? BesselFunction::log_iv_dv : BesselFunction::log_kv_dv, a.v, a.x);
      const Wide expected = slope_x * (static_cast<Wide>(b.x) - a.x) + slope_v * (static_cast<Wide>(b.v) - a.v);
      BOOST_TEST_CONTEXT(name(f) << " at v = " << a.v << ", x = " << a.x) {
        BOOST_TEST(std::abs(right - left - expected) <= 8 * eps * condition(a.v, a.x, left));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

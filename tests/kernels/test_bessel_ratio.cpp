// Ratios and derivatives of the log-Bessel functions: bounds, recurrences, closed forms at the orders 0, 1/2 and 1, and continuity where
// the method changes. Values against ball arithmetic are in test_log_bessel.cpp.

#include <cmath>
#include <numbers>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/log_bessel.hpp>

#include "bessel_support.hpp"
#include "geometric.hpp"

using namespace kindred::kernels;
using bessel_test::above;
using bessel_test::below;
using bessel_test::eps;
using bessel_test::Wide;
using kindred::Draws;

namespace {

struct Point {
  double v;
  double x;
};

/// Log-uniform in R from 1e-3 to 1e6 and uniform in the angle; every fourth near an axis, every tenth of integer order.
std::vector<Point> points(std::uint64_t count) {
  const Draws draws(17, "ratio", 0);
  std::vector<Point> result;
  for (std::uint64_t i = 0; i < count; ++i) {
    const double radius = 1e-3 * std::exp(std::log(1e9) * draws.uniform(3 * i));
    double angle = 0.5 * std::numbers::pi * draws.uniform(3 * i + 1);
    if (i % 4 == 0) {
      angle = (i % 8 == 0 ? 1.0 : -1.0) * std::exp(-20.0 * draws.uniform(3 * i + 2)) + (i % 8 == 0 ? 0.0 : 0.5 * std::numbers::pi);
    }
    const double v = radius * std::sin(angle);
    result.push_back({i % 10 == 0 ? std::floor(v) : v, radius * std::cos(angle)});
  }
  return result;
}

constexpr Wide half = 0.5L;

}  // namespace

BOOST_AUTO_TEST_SUITE(test_bessel_ratio)

BOOST_AUTO_TEST_CASE(ratios_lie_within_their_bounds) {
  // Amos (1974), Segura (2011); exact at the ends of the range, so that rounding, 4 eps, must be allowed for.
  for (const auto& [v, x] : points(20000)) {
    const Wide order = v;
    const Wide argument = x;
    const auto bound = [&](Wide alpha, Wide beta) { return argument / (alpha + std::sqrt(argument * argument + beta * beta)); };
    const Wide ratio = iv_ratio(v, x);
    BOOST_TEST_CONTEXT("v = " << v << ", x = " << x) {
      BOOST_TEST(ratio >= bound(order + half, order + 3 * half) * (1 - 4 * eps));
      BOOST_TEST(ratio >= bound(order + 1, order + 1) * (1 - 4 * eps));
      BOOST_TEST(ratio <= bound(order + half, order + half) * (1 + 4 * eps));
      BOOST_TEST(ratio <= bound(order, order + 2) * (1 + 4 * eps));
      // K_{v+1}/K_v > (v + sqrt(v² + x²))/x for v > -1/2, < (v + ½ + sqrt((v + ½)² + x²))/x (Segura 2011, theorem 1).
      const Wide quotient = kv_ratio(v, x);
      BOOST_TEST(quotient >= (order + std::sqrt(order * order + argument * argument)) / argument * (1 - 1e-14L));
      BOOST_TEST(quotient <= (order + half + std::sqrt((order + half) * (order + half) + argument * argument)) / argument * (1 + 1e-14L));
    }
  }
}

BOOST_AUTO_TEST_CASE(ratios_are_monotone) {
  // Over a step of 2^-20 x or more the ratios change by far more than their errors unless they have reached their limits.
  for (const double v : {0.0, 0.3, 0.5, 1.0, 4.7, 12.0, 21.1, 21.3, 63.0, 70.0, 205.0, 210.0, 1e4}) {
    double i_before = 0.0;
    double k_before = bessel_test::infinity;
    for (const double x : geometric(1e-3, 1e5, 1.0003)) {
      const double i = iv_ratio(v, x);
      const double k = kv_ratio(v, x);
      BOOST_TEST(i >= i_before * (1 - 8 * static_cast<double>(eps)));
      BOOST_TEST(k <= k_before * (1 + 2e-14));
      i_before = i;
      k_before = k;
    }
  }
}

BOOST_AUTO_TEST_CASE(recurrences) {
  for (const auto& [v, x] : points(20000)) {
    BOOST_TEST_CONTEXT("v = " << v << ", x = " << x) {
      // I_{v-1} - I_{v+1} = (2v/x) I_v at v + 1: 1/A_v = 2 (v+1)/x + A_{v+1}; all terms are positive. v + 1 must be exact.
      if (v + 1.0 - v == 1.0) {
        const Wide right = 2 * (static_cast<Wide>(v) + 1) / x + iv_ratio(v + 1.0, x);
        BOOST_TEST(std::abs(iv_ratio(v, x) * right - 1) <= 8 * eps);
        const Wide sum = 2 * (static_cast<Wide>(v) + 1) / x + 1 / static_cast<Wide>(kv_ratio(v, x));
        BOOST_TEST(std::abs(kv_ratio(v + 1.0, x) - sum) <= 4e-15L * sum);
      }
      // DLMF 10.29.2: the derivatives by x.
      const Wide slope_i = static_cast<Wide>(v) / x + iv_ratio(v, x);
      const Wide slope_k = static_cast<Wide>(v) / x - kv_ratio(v, x);
      BOOST_TEST(std::abs(log_iv_dx(v, x) - slope_i) <= 8 * eps * slope_i);
      BOOST_TEST(std::abs(log_kv_dx(v, x) - slope_k) <= 6e-15L * std::abs(slope_k));
    }
  }
}

BOOST_AUTO_TEST_CASE(order_derivatives_at_one_half) {
  // DLMF 10.38.6-7: ∂I_ν/∂ν = -(E1(2x) e^x + Ei(2x) e^-x)/sqrt(2πx) and ∂K_ν/∂ν = sqrt(π/(2x)) E1(2x) e^x at ν = 1/2, beside
  // I = sqrt(2/(πx)) sinh x and K = sqrt(π/(2x)) e^-x. In long double, the integrals' rounding is 2^-63 of their largest terms.
  for (const double x : geometric(0x1p-6, 40.0, 1.0625)) {
    const Wide argument = x;
    const Wide e1 = -std::expint(-2 * argument);
    const Wide ei = std::expint(2 * argument);
    const Wide up = std::exp(argument);
    const Wide slope_k = e1 * up * up;
    const Wide slope_i = -(e1 * up + ei / up) / (2 * std::sinh(argument));
    BOOST_TEST(std::abs(log_kv_dv(0.5, x) - slope_k) <= 1e-14L * slope_k, "x = " << x);
    BOOST_TEST(std::abs(log_iv_dv(0.5, x) - slope_i) <= 1e-14L * std::abs(slope_i) + 0x1p-60L, "x = " << x);
  }
}

BOOST_AUTO_TEST_CASE(order_derivatives_at_zero_and_one) {
  // ∂I_ν/∂ν = -K_0 at ν = 0 and ∂K_ν/∂ν = K_0/x at ν = 1 (DLMF 10.38.4-5).
  for (const double x : geometric(0x1p-10, 350.0, 1.0625)) {
    const Wide quotient = std::exp(static_cast<Wide>(log_kv(0.0, x)) - static_cast<Wide>(log_iv(0.0, x)));
    BOOST_TEST(std::abs(log_iv_dv(0.0, x) + quotient) <= quotient * (1e-14L + 8 * eps * (1 + 2 * x)), "x = " << x);
    const Wide expected = 1 / (static_cast<Wide>(x) * kv_ratio(0.0, x));
    BOOST_TEST(std::abs(log_kv_dv(1.0, x) - expected) <= 2e-14L * expected, "x = " << x);
    BOOST_TEST(log_kv_dv(0.0, x) == 0.0);
  }
}

BOOST_AUTO_TEST_CASE(order_derivatives_integrate_to_logarithms_of_ratios) {
  // ∫ over [v, v+1] by Gauss's rule of five nodes on 32 parts; the integrand is smooth on a scale of the parts' 30-fold. The logarithm of a
  // ratio near one has the error of the ratio, 4 eps.
  constexpr double nodes[] = {-0.9061798459386640, -0.5384693101056831, 0.0, 0.5384693101056831, 0.9061798459386640};
  constexpr double weights[] = {0.2369268850561891, 0.4786286704993665, 0.5688888888888889, 0.4786286704993665, 0.2369268850561891};
  for (const double v : {0.0, 0.25, 3.0, 8.5, 20.5, 30.0, 63.5, 205.5}) {
    for (const double x : {0.01, 0.9, 1.1, 5.0, 20.0, 22.0, 100.0, 1e4}) {
      Wide i = 0;
      Wide k = 0;
      for (int part = 0; part < 32; ++part) {
        for (int node = 0; node < 5; ++node) {
          const double at = v + (part + 0.5 + 0.5 * nodes[node]) / 32;
          i += weights[node] / 64 * log_iv_dv(at, x);
          k += weights[node] / 64 * log_kv_dv(at, x);
        }
      }
      BOOST_TEST_CONTEXT("v = " << v << ", x = " << x) {
        BOOST_TEST(std::abs(i - std::log(static_cast<Wide>(iv_ratio(v, x)))) <= 2e-14L * std::abs(i) + 4 * eps);
        BOOST_TEST(std::abs(k - std::log(static_cast<Wide>(kv_ratio(v, x)))) <= 2e-14L * std::abs(k) + 1e-15L);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(methods_meet_where_they_change) {
  // Neighbouring arguments on both sides of R = 21.2, 64, 206, of x = 1, 2, 4, 8, 9, of half-integer orders and of v = 2^-7: the values
  // differ by both errors and by what one unit in the last place of the arguments does, below 4 eps in all relative derivatives here.
  std::vector<Point> edges;
  for (const double radius : {21.2, 64.0, 206.0}) {
    for (const double angle : {0.001, 0.2, 0.7, 1.2, 1.5}) {
      edges.push_back({radius * std::sin(angle), radius * std::cos(angle)});
    }
  }
  for (const double v : {0.25, 0.5, 3.5, 12.0, 17.5}) {
    for (const double x : {1.0, 2.0, 4.0, 8.0, 9.0}) {
      edges.push_back({v, x});
    }
  }
  edges.push_back({0x1p-7, 30.0});
  edges.push_back({0x1p-7, 60.0});
  for (const auto& [v, x] : edges) {
    for (std::size_t f = 4; f < bessel_test::all_functions.size(); ++f) {
      const auto function = bessel_test::all_functions[f];
      const double low = bessel_test::scalar(function, below(v) * (1 - 0x1p-50), below(x) * (1 - 0x1p-50));
      const double high = bessel_test::scalar(function, above(v) * (1 + 0x1p-50), above(x) * (1 + 0x1p-50));
      BOOST_TEST(std::abs(high - low) <= 4e-14 * std::abs(low), bessel_test::name(function) << " at v = " << v << ", x = " << x);
    }
  }
}

BOOST_AUTO_TEST_CASE(arrays_hold_the_bits_of_single_values) {
  std::vector<double> v;
  std::vector<double> x;
  for (const auto& point : points(5000)) {
    v.push_back(point.v);
    x.push_back(point.x);
  }
  for (std::size_t f = 4; f < bessel_test::all_functions.size(); ++f) {
    const auto function = bessel_test::all_functions[f];
    const auto values = bessel_test::array(function, v, x);
    for (std::size_t i = 0; i < v.size(); ++i) {
      BOOST_TEST(values[i] == bessel_test::scalar(function, v[i], x[i]), bessel_test::name(function)
                                                                             << " at v = " << v[i] << ", x = " << x[i]);
    }
  }
}

BOOST_AUTO_TEST_CASE(ends_of_the_range) {
  using bessel_test::infinity;
  for (const double v : {0.0, 0.5, 3.0, 40.0}) {
    BOOST_TEST(log_iv_dx(v, 0.0) == (v == 0.0 ? 0.0 : infinity));
    BOOST_TEST(log_kv_dx(v, 0.0) == -infinity);
    BOOST_TEST(log_iv_dv(v, 0.0) == -infinity);
    BOOST_TEST(log_kv_dv(v, 0.0) == (v == 0.0 ? 0.0 : infinity));
  }
  BOOST_TEST(kv_ratio(-0.5, 0.0) == 1.0);
  BOOST_TEST(kv_ratio(-0.25, 0.0) == infinity);
  BOOST_TEST(kv_ratio(-0.25, infinity) == 1.0);
  BOOST_TEST(iv_ratio(infinity, 2.0) == 0.0);
  BOOST_TEST(kv_ratio(infinity, 2.0) == infinity);
  BOOST_TEST(log_iv_dx(infinity, 2.0) == infinity);
  BOOST_TEST(log_kv_dx(infinity, 2.0) == -infinity);
  BOOST_TEST(log_iv_dv(infinity, 2.0) == -infinity);
  BOOST_TEST(log_kv_dv(infinity, 2.0) == infinity);
  // I_{-3} = I_3, so that I_{-2}/I_{-3} = I_2/I_3.
  BOOST_TEST(iv_ratio(-3.0, 2.0) == 1.0 / iv_ratio(2.0, 2.0));
  BOOST_TEST(log_iv_dx(-3.0, 2.0) == log_iv_dx(3.0, 2.0));
  // Arguments at the ends of the format: leading terms of the power series and of x, v -> ∞.
  BOOST_TEST(std::abs(iv_ratio(2.0, 1e-305) / (1e-305 / 6.0) - 1.0) <= 4 * static_cast<double>(eps));
  BOOST_TEST(std::abs(kv_ratio(2.0, 1e-300) / 4e300 - 1.0) <= 1e-14);
  BOOST_TEST(std::abs(iv_ratio(1e300, 1e300) / (std::sqrt(2.0) - 1.0) - 1.0) <= 4 * static_cast<double>(eps));
  BOOST_TEST(std::abs(log_kv_dv(1e300, 1e300) / std::asinh(1.0) - 1.0) <= 1e-14);
  BOOST_TEST(std::abs(log_kv_dv(1e6, 1e-320) / (std::log(2e6) - std::log(1e-320)) - 1.0) <= 1e-6);
}

BOOST_AUTO_TEST_SUITE_END()

// Edges and floating-point exceptions of the log-Bessel functions, as log_bessel.hpp states them.

#include <cfenv>

#include <boost/test/unit_test.hpp>

#include "bessel_support.hpp"

using namespace bessel_test;

namespace {

/// Equal, NaN to NaN.
bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// Scalar and array, double and float, both accuracies.
void check(BesselFunction f, double v, double x, double expected) {
  BOOST_TEST_CONTEXT(name(f) << " at v = " << v << ", x = " << x << ", expected " << expected) {
    for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
      BOOST_TEST(same(scalar(f, v, x, accuracy), expected), "scalar: " << scalar(f, v, x, accuracy));
      for (const std::size_t size : {1U, 9U}) {
        const auto values = array(f, std::vector<double>(size, v), std::vector<double>(size, x), {accuracy, 1});
        BOOST_TEST(std::all_of(values.begin(), values.end(), [&](double y) { return same(y, expected); }), "array: " << values[0]);
      }
    }
    const auto v32 = static_cast<float>(v);
    const auto x32 = static_cast<float>(x);
    BOOST_TEST(same(scalar(f, v32, x32), expected), "float: " << scalar(f, v32, x32));
    const auto values = array(f, std::vector<float>(9, v32), std::vector<float>(9, x32));
    BOOST_TEST(same(values[0], expected), "float array: " << values[0]);
  }
}

constexpr BesselFunction of_first_kind[] = {BesselFunction::log_iv, BesselFunction::log_ive, BesselFunction::iv_ratio,
                                            BesselFunction::log_iv_dx, BesselFunction::log_iv_dv};
constexpr BesselFunction of_second_kind[] = {BesselFunction::log_kv, BesselFunction::log_kve, BesselFunction::log_kv_dx};
constexpr double orders[] = {0.0, 0x1p-30, 0.5, 1.0, 2.75, 10.0, 21.5, 1e3, 1e6};

/// Orders and arguments whose products and quotients overflow, vanish or are subnormal.
std::vector<double> magnitudes() {
  std::vector<double> values = {0x1p-1074, 0x1.8p-1060, 0x1p-1022, 1e-300, 1e-200, 1e-160, 1e-155, 1e-100, 1e-50, 1e-20, 1e-10, 1e-5,
                                0.01,      0.3,         0.5,       0.999,  1.0,    1.3,    1.5,    2.0,    3.5,   4.0,   7.0,   12.5,
                                20.0,      21.2,        22.0,      25.0,   33.0,   50.0,   100.0,  300.0,  1e3,   1e4,   1e6,   1e8,
                                1e12,      1e20,        1e50,      1e100,  1e150,  1e154,  1e160,  1e200,  1e300};
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_log_bessel_contract)

BOOST_AUTO_TEST_CASE(what_is_not_a_number) {
  for (const auto f : all_functions) {
    check(f, not_a_number, 1.0, not_a_number);
    check(f, 1.0, not_a_number, not_a_number);
    check(f, not_a_number, not_a_number, not_a_number);
    check(f, not_a_number, 0.0, not_a_number);
    check(f, 0.0, not_a_number, not_a_number);
    check(f, not_a_number, infinity, not_a_number);
    check(f, infinity, not_a_number, not_a_number);
    for (const double v : orders) {
      for (const double x : {-1e-3, -1.0, -30.0, -infinity}) {
        check(f, v, x, not_a_number);
      }
    }
    check(f, infinity, infinity, not_a_number);
  }
}

BOOST_AUTO_TEST_CASE(argument_zero) {
  for (const double zero : {0.0, -0.0}) {
    for (const double v : orders) {
      for (const auto f : {BesselFunction::log_iv, BesselFunction::log_ive}) {
        check(f, v, zero, v == 0.0 ? 0.0 : -infinity);
      }
      for (const auto f : {BesselFunction::log_kv, BesselFunction::log_kve}) {
        check(f, v, zero, infinity);
      }
      check(BesselFunction::iv_ratio, v, zero, 0.0);
      check(BesselFunction::kv_ratio, v, zero, infinity);
    }
  }
}

BOOST_AUTO_TEST_CASE(argument_infinite) {
  for (const double v : orders) {
    check(BesselFunction::log_iv, v, infinity, infinity);
    check(BesselFunction::log_kv, v, infinity, -infinity);
    // Both scaled forms decay as -½ log x.
    check(BesselFunction::log_ive, v, infinity, -infinity);
    check(BesselFunction::log_kve, v, infinity, -infinity);
    check(BesselFunction::iv_ratio, v, infinity, 1.0);
    check(BesselFunction::kv_ratio, v, infinity, 1.0);
    check(BesselFunction::log_iv_dx, v, infinity, 1.0);
    check(BesselFunction::log_kv_dx, v, infinity, -1.0);
    check(BesselFunction::log_iv_dv, v, infinity, 0.0);
    check(BesselFunction::log_kv_dv, v, infinity, 0.0);
  }
}

BOOST_AUTO_TEST_CASE(order_infinite) {
  for (const double x : {1e-3, 1.0, 30.0, 1e6}) {
    for (const auto f : {BesselFunction::log_iv, BesselFunction::log_ive}) {
      check(f, infinity, x, -infinity);
    }
    for (const auto f : {BesselFunction::log_kv, BesselFunction::log_kve}) {
      check(f, infinity, x, infinity);
      check(f, -infinity, x, infinity);
    }
  }
}

BOOST_AUTO_TEST_CASE(negative_orders) {
  for (const double x : {1e-3, 0.7, 3.0, 18.0, 45.0, 1e3}) {
    for (const double v : {0x1p-30, 0.25, 0.5, 1.0, 2.75, 10.0, 21.5, 64.0, 1000.5}) {
      for (const auto f : of_second_kind) {
        for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
          BOOST_TEST(scalar(f, -v, x, accuracy) == scalar(f, v, x, accuracy), name(f) << " at v = " << -v << ", x = " << x);
          BOOST_TEST(array<double>(f, {-v}, {x}, {accuracy, 1}) == array<double>(f, {v}, {x}, {accuracy, 1}));
        }
      }
      BOOST_TEST(scalar(BesselFunction::log_kv_dv, -v, x) == -scalar(BesselFunction::log_kv_dv, v, x));
      if (v != std::floor(v)) {
        for (const auto f : of_first_kind) {
          check(f, -v, x, not_a_number);
        }
      } else {
        for (const auto f : {BesselFunction::log_iv, BesselFunction::log_ive}) {
          BOOST_TEST(scalar(f, -v, x) == scalar(f, v, x), name(f) << " at v = " << -v << ", x = " << x);
          BOOST_TEST(array<double>(f, {-v}, {x}) == array<double>(f, {v}, {x}));
        }
      }
    }
    // K_{v+1} and K_v with v + 1 = 1/4 and v = -3/4: the quotient of orders 1/4 and 3/4.
    BOOST_TEST(std::abs(scalar(BesselFunction::kv_ratio, -0.5, x) - 1.0) <= 1e-14);
    const double quotient = std::exp(scalar(BesselFunction::log_kv, 0.25, x) - scalar(BesselFunction::log_kv, 0.75, x));
    BOOST_TEST(std::abs(scalar(BesselFunction::kv_ratio, -0.75, x) / quotient - 1.0) <= 1e-13 * (1.0 + x));
  }
  for (const auto f : {BesselFunction::log_iv, BesselFunction::log_kv, BesselFunction::log_ive, BesselFunction::log_kve}) {
    BOOST_TEST(scalar(f, -0.0, 1.5) == scalar(f, 0.0, 1.5));
    BOOST_TEST(scalar(f, -0.0, 45.0) == scalar(f, 0.0, 45.0));
  }
}

BOOST_AUTO_TEST_CASE(finite_arguments_signal_nothing) {
  // A result that is infinite because it exceeds the largest number may signal it.
  constexpr int wrong = FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW;
  const auto values = magnitudes();
  const auto check_scalar = [&]<typename Real>(BesselFunction f, Real v, Real x, Accuracy accuracy) {
    std::feclearexcept(FE_ALL_EXCEPT);
    const Real y = scalar(f, v, x, accuracy);
    const int raised = std::fetestexcept(wrong);
    const bool logarithm = static_cast<int>(f) < 4;
    BOOST_TEST(!std::isnan(y), name(f) << " at v = " << v << ", x = " << x);
    BOOST_TEST((!logarithm || std::isfinite(y)), name(f) << " at v = " << v << ", x = " << x << ": " << y);
    BOOST_TEST((raised == 0 || !std::isfinite(y)), name(f) << " at v = " << v << ", x = " << x << " raises " << raised);
  };
  const auto check_array = [&]<typename Real>(BesselFunction f, Real v, Real x, std::size_t size, Accuracy accuracy) {
    const std::vector<Real> vs(size, v);
    const std::vector<Real> xs(size, x);
    std::feclearexcept(FE_ALL_EXCEPT);
    const auto y = array(f, vs, xs, {accuracy, 1});
    const int raised = std::fetestexcept(wrong);
    BOOST_TEST((raised == 0 || !std::isfinite(y[0])),
               name(f) << ", array of " << size << ", at v = " << v << ", x = " << x << " raises " << raised);
  };
  for (const auto f : all_functions) {
    for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
      for (const double x : values) {
        for (std::size_t i = 0; i <= values.size(); ++i) {
          const double v = i == 0 ? 0.0 : values[i - 1];
          check_scalar(f, v, x, accuracy);
          check_array(f, v, x, 1 + i % 17, accuracy);
          const auto v32 = static_cast<float>(v);
          const auto x32 = static_cast<float>(x);
          if (x32 > 0.0F && std::isfinite(x32) && std::isfinite(v32)) {
            check_scalar(f, v32, x32, accuracy);
            check_array(f, v32, x32, 1 + i % 17, accuracy);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(mixed_arrays_signal_nothing) {
  const auto values = magnitudes();
  std::vector<double> v;
  std::vector<double> x;
  for (std::size_t k = 0; v.size() < 4097; ++k) {
    const double order = values[(7 * k) % values.size()];
    const double argument = values[(k + k / values.size()) % values.size()];
    if (order < 1e100 && argument > 1e-100) {  // no quotient of orders and arguments exceeds the largest number
      v.push_back(order);
      x.push_back(argument);
    }
  }
  for (const auto f : all_functions) {
    for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
      for (const std::size_t size : {2U, 3U, 7U, 8U, 9U, 15U, 16U, 17U, 4095U, 4096U, 4097U}) {
        const std::vector<double> vs(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(size));
        const std::vector<double> xs(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(size));
        std::feclearexcept(FE_ALL_EXCEPT);
        const auto y = array(f, vs, xs, {accuracy, 1});
        BOOST_TEST(std::fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW) == 0, name(f) << ", " << size << " elements");
        BOOST_TEST(std::all_of(y.begin(), y.end(), [](double value) { return std::isfinite(value); }));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

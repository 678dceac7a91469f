// Unit rows and compensated sums against long double.
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/directional/unit_rows.hpp>

using kindred::Draws;
using namespace kindred::kernels;

namespace {

constexpr double eps = 0x1p-53;

std::vector<double> normals(std::size_t n, std::uint64_t seed) {
  std::vector<double> values(n);
  const Draws draws(seed, "unit_rows", 0);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = draws.normal(i);
  }
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_unit_rows)

BOOST_AUTO_TEST_CASE(rows_have_length_one_at_every_scale) {
  for (const std::int64_t p : {1, 2, 3, 15, 16, 17, 33, 2048}) {
    for (const double scale : {0x1p-1070, 0x1p-600, 1e-3, 1.0, 1e200, 0x1p1020}) {
      std::vector<double> row = normals(static_cast<std::size_t>(p), 1);
      long double square = 0.0L;
      for (double& x : row) {
        x = std::ldexp(std::trunc(std::ldexp(x, 4)), -4) * scale;  // exact in subnormal numbers as well
        square += static_cast<long double>(x) * x;
      }
      if (square == 0.0L) {
        continue;
      }
      std::vector<double> unit(row.size());
      unsigned char valid = 0;
      unit_rows(row.data(), 1, p, unit.data(), &valid);
      BOOST_TEST(valid == 1);
      for (std::size_t i = 0; i < row.size(); ++i) {
        // The sum of p squares, a root, a quotient and two products: (p/16 + 8) roundings at most.
        const double exact = static_cast<double>(row[i] / std::sqrt(square));
        BOOST_TEST(std::abs(unit[i] - exact) <= (static_cast<double>(p) / 16.0 + 8.0) * eps * std::abs(exact));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(rows_without_a_direction_are_marked) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> rows{0.0, 0.0, -0.0, 3.0, 4.0, 0.0, nan, 1.0, 1.0, 1.0, inf, 0.0, -inf, inf, nan, 0.0, 0.0, -2.0};
  std::vector<double> unit(rows.size(), 7.0);
  std::vector<unsigned char> valid(6);
  unit_rows(rows.data(), 6, 3, unit.data(), valid.data());
  const std::vector<int> expected{0, 1, 0, 0, 0, 1};
  const std::vector<double> directions{0, 0, 0, 0.6, 0.8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_TEST(valid[i] == expected[i]);
  }
  for (std::size_t i = 0; i < directions.size(); ++i) {
    BOOST_TEST(std::abs(unit[i] - directions[i]) <= 2.0 * eps);
  }
  const std::vector<float> single{3.0F, 4.0F, 0.0F, std::numeric_limits<float>::infinity(), 1e-45F, 0.0F, 3e38F, 3e38F};
  unit_rows(single.data(), 4, 2, unit.data(), valid.data());
  BOOST_TEST(valid[0] == 1);
  BOOST_TEST(valid[1] == 0);
  BOOST_TEST(unit[4] == 1.0);
  BOOST_TEST(std::abs(unit[6] - std::sqrt(0.5)) <= 2.0 * eps);
}

BOOST_AUTO_TEST_CASE(compensated_sums_lose_nothing_that_twice_the_digits_hold) {
  // 1 + n tiny - 1, which plain addition gives as 0: the compensated sum has it to the rounding of its parts.
  constexpr std::int64_t p = 5;
  std::vector<double> sums(p, 0.0);
  std::vector<double> compensations(p, 0.0);
  const std::vector<double> one(p, 1.0);
  const std::vector<double> minus_one(p, -1.0);
  const std::vector<double> tiny(p, 1e-20);
  add_compensated(p, one.data(), sums.data(), compensations.data());
  for (int i = 0; i < 1000; ++i) {
    add_compensated(p, tiny.data(), sums.data(), compensations.data());
  }
  add_compensated(p, minus_one.data(), sums.data(), compensations.data());
  for (std::size_t i = 0; i < p; ++i) {
    BOOST_TEST(std::abs(sums[i] + compensations[i] - 1e-17) < 1e-30);
  }
  // x - shift for terms
  std::vector<double> shifted(p, 0.0);
  std::vector<double> rest(p, 0.0);
  add_shifted(p, one.data(), minus_one.data(), shifted.data(), rest.data());
  BOOST_TEST(shifted[p - 1] == 2.0);
}

BOOST_AUTO_TEST_CASE(squared_distances_are_sums_of_squares) {
  for (const std::size_t p : {1U, 7U, 16U, 50U, 1000U}) {
    const auto x = normals(p, 2);
    const auto y = normals(p, 3);
    long double exact = 0.0L;
    for (std::size_t i = 0; i < p; ++i) {
      exact += (static_cast<long double>(x[i]) - y[i]) * (static_cast<long double>(x[i]) - y[i]);
    }
    const double value = squared_distance(static_cast<std::int64_t>(p), x.data(), y.data());
    BOOST_TEST(std::abs(value - static_cast<double>(exact)) <= (static_cast<double>(p) / 16.0 + 8.0) * eps * value);
  }
}

BOOST_AUTO_TEST_SUITE_END()

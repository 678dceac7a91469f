// Products with tall matrices against their defining sums in long double.

#include <cmath>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/tall/tall.hpp>

using kindred::Draws;
using namespace kindred::kernels;

namespace {

struct Matrix {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t stride;
  std::vector<double> values;

  Matrix(std::int64_t n, std::int64_t p, std::uint64_t seed, std::int64_t padding = 3)
      : rows(n), columns(p), stride(n + padding), values(static_cast<std::size_t>(stride * p + 1)) {
    const Draws draws(seed, "tall", 0);
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] = draws.normal(k);
    }
  }
  [[nodiscard]] double at(std::int64_t r, std::int64_t c) const { return values[static_cast<std::size_t>(r + c * stride)]; }
  [[nodiscard]] TallMatrix view() const { return {values.data(), rows, columns, stride}; }
};

/// Rounding of a sum of n products of numbers of size one: a generous bound.
double tolerance(std::int64_t n) { return 1e-14 * std::sqrt(static_cast<double>(n + 1)); }

const std::int64_t row_counts[] = {0, 1, 3, 4, 7, 8, 15, 511, 513, 2048, 4101};
const std::int64_t column_counts[] = {0, 1, 2, 3, 4, 5, 8, 21};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_tall)

BOOST_AUTO_TEST_CASE(products_are_the_sums_over_rows) {
  for (const auto n : row_counts) {
    for (const auto p : column_counts) {
      for (const auto q : column_counts) {
        const Matrix a(n, p, 1);
        const Matrix b(n, q, 2, 0);
        std::vector<double> result(static_cast<std::size_t>((p + 2) * q), -7.0);
        tall_products(a.view(), b.view(), result.data(), p + 2);
        for (std::int64_t j = 0; j < q; ++j) {
          for (std::int64_t i = 0; i < p + 2; ++i) {
            long double sum = i < p ? 0.0L : -7.0L;  // what lies between the columns is left alone
            for (std::int64_t r = 0; r < n && i < p; ++r) {
              sum += static_cast<long double>(a.at(r, i)) * static_cast<long double>(b.at(r, j));
            }
            BOOST_REQUIRE_SMALL(result[static_cast<std::size_t>(i + j * (p + 2))] - static_cast<double>(sum), tolerance(n));
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(accumulation_and_projection) {
  for (const auto n : row_counts) {
    for (const auto p : column_counts) {
      const Matrix a(n, p, 3);
      const Matrix c(p, 1, 4);
      const Matrix start(n, 1, 5);
      std::vector<double> sum(start.values.begin(), start.values.end());
      tall_accumulate(a.view(), c.values.data(), sum.data());
      std::vector<double> rest(start.values.begin(), start.values.end());
      std::vector<double> projections(static_cast<std::size_t>(p + 1));
      tall_subtract_and_project(a.view(), c.values.data(), rest.data(), projections.data());
      std::vector<double> untouched(start.values.begin(), start.values.end());
      std::vector<double> of_start(static_cast<std::size_t>(p + 1));
      tall_subtract_and_project(a.view(), nullptr, untouched.data(), of_start.data());
      BOOST_TEST(untouched == start.values);
      std::vector<long double> expected(static_cast<std::size_t>(p + 1));
      std::vector<long double> expected_of_start(static_cast<std::size_t>(p + 1));
      for (std::int64_t r = 0; r < n; ++r) {
        long double product = 0.0L;
        for (std::int64_t j = 0; j < p; ++j) {
          product += static_cast<long double>(a.at(r, j)) * static_cast<long double>(c.at(j, 0));
        }
        const auto k = static_cast<std::size_t>(r);
        BOOST_REQUIRE_SMALL(sum[k] - static_cast<double>(start.at(r, 0) + product), tolerance(p));
        BOOST_REQUIRE_SMALL(rest[k] - static_cast<double>(start.at(r, 0) - product), tolerance(p));
        for (std::int64_t j = 0; j <= p; ++j) {
          const auto entry = [&](double self) { return static_cast<long double>(j < p ? a.at(r, j) : self); };
          expected[static_cast<std::size_t>(j)] += entry(rest[k]) * static_cast<long double>(rest[k]);
          expected_of_start[static_cast<std::size_t>(j)] += entry(start.at(r, 0)) * static_cast<long double>(start.at(r, 0));
        }
      }
      for (std::size_t j = 0; j <= static_cast<std::size_t>(p); ++j) {
        BOOST_REQUIRE_CLOSE(projections[j] + 1e4, static_cast<double>(expected[j]) + 1e4, 1e-11);
        BOOST_REQUIRE_CLOSE(of_start[j] + 1e4, static_cast<double>(expected_of_start[j]) + 1e4, 1e-11);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(multiplication) {
  for (const auto n : row_counts) {
    for (const auto p : column_counts) {
      for (const auto q : column_counts) {
        for (const bool add : {false, true}) {
          const Matrix a(n, p, 6);
          const Matrix c(p, q, 7);
          const Matrix before(n, q, 8);
          Matrix y = before;
          tall_multiply(a.view(), c.values.data(), c.stride, q, add, y.values.data(), y.stride);
          for (std::int64_t j = 0; j < q; ++j) {
            for (std::int64_t r = 0; r < y.stride; ++r) {
              long double sum = add || r >= n ? before.at(r, j) : 0.0L;
              for (std::int64_t i = 0; i < p && r < n; ++i) {
                sum += static_cast<long double>(a.at(r, i)) * static_cast<long double>(c.at(i, j));
              }
              BOOST_REQUIRE_SMALL(y.at(r, j) - static_cast<double>(sum), tolerance(p));
            }
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/solvers/family/lane_fourier.hpp>

using namespace kindred;

namespace {

template <class Real>
std::vector<std::complex<double>> sequence(const Real* rows, Index length, Index lane) {
  std::vector<std::complex<double>> x;
  for (Index j = 0; j < length; ++j) {
    const Real* const row = rows + j * row_size<Real>;
    x.emplace_back(row[lane], row[lanes<Real> + lane]);
  }
  return x;
}

/// The definition, with angles reduced exactly.
std::vector<std::complex<double>> transform(const std::vector<std::complex<double>>& x) {
  const auto n = static_cast<Index>(x.size());
  std::vector<std::complex<double>> result(x.size());
  for (Index k = 0; k < n; ++k) {
    for (Index j = 0; j < n; ++j) {
      const double angle = -2.0 * std::numbers::pi * static_cast<double>(j * k % n) / static_cast<double>(n);
      result[static_cast<std::size_t>(k)] += x[static_cast<std::size_t>(j)] * std::polar(1.0, angle);
    }
  }
  return result;
}

/// Relative error of three sequences together.
template <class Real>
double error(Index length) {
  const LaneFourier<Real> fourier(length);
  const Draws draws(1, "rows", static_cast<std::uint64_t>(length));
  std::vector<Real> data;
  for (std::size_t i = 0; i < static_cast<std::size_t>(length * row_size<Real>); ++i) {
    data.push_back(static_cast<Real>(draws.normal(i)));
  }
  const std::vector<Real> original = data;
  std::vector<Real> other(data.size());
  const Real* const result = fourier(data.data(), other.data());
  double squared_error = 0.0;
  double squared_norm = 0.0;
  for (const Index lane : {Index{0}, lanes<Real> / 2, lanes<Real> - 1}) {
    const auto expected = transform(sequence(original.data(), length, lane));
    const auto found = sequence(result, length, lane);
    for (std::size_t k = 0; k < expected.size(); ++k) {
      squared_error += std::norm(found[k] - expected[k]);
      squared_norm += std::norm(expected[k]);
    }
  }
  return std::sqrt(squared_error / squared_norm);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_lane_fourier)

// Every radix alone, products of them, dense radices up to the largest prime, and Bluestein's algorithm beyond it. A stage of radix p
// rounds sums of p terms: an error of sqrt(p) epsilon at random; dense stages of 199 terms and the three transforms of Bluestein's
// algorithm stay below 30 epsilon.
BOOST_AUTO_TEST_CASE(transforms_equal_their_definition) {
  for (const Index length : {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 16, 17, 30, 49, 60, 99, 128, 199, 210, 211, 255, 422, 514}) {
    BOOST_TEST_CONTEXT(length) {
      BOOST_TEST(error<double>(length) <= 30.0 * std::numeric_limits<double>::epsilon());
      BOOST_TEST(error<float>(length) <= 30.0 * static_cast<double>(std::numeric_limits<float>::epsilon()));
    }
  }
}

BOOST_AUTO_TEST_CASE(sequences_do_not_mix) {
  constexpr Index length = 15;
  const LaneFourier<double> fourier(length);
  std::vector<double> data(length * row_size<double>, 0.0);
  std::vector<double> other(data.size());
  for (Index j = 0; j < length; ++j) {
    data[static_cast<std::size_t>(j * row_size<double> + 3)] = std::sin(static_cast<double>(j + 1));
  }
  const double* const result = fourier(data.data(), other.data());
  for (Index j = 0; j < length; ++j) {
    for (Index l = 0; l < lanes<double>; ++l) {
      if (l != 3) {
        BOOST_TEST(result[j * row_size<double> + l] == 0.0);
        BOOST_TEST(result[j * row_size<double> + lanes<double> + l] == 0.0);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

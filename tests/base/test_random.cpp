#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include <kindred/core/base/random.hpp>

using namespace kindred;

BOOST_AUTO_TEST_SUITE(test_random)

struct Reference {
  double probability;
  double quantile;
};

// Roots of Phi(x) = p in 60 digits for the double nearest to the p written here (mpmath: erfc and findroot).
const Reference references[] = {
    {1e-300, -37.047096299361199237},     {1e-200, -30.205594179579643063},    {1e-100, -21.273453560965324294},
    {1e-50, -14.933337534788488981},      {1e-20, -9.2623400897984075796},     {1e-10, -6.3613409024040561991},
    {1e-5, -4.2648907939228246102},       {1e-3, -3.0902323061678135354},      {0.01, -2.3263478740408410931},
    {0.074, -1.4466320671589785099},      {0.0750001, -1.4395307645017296865}, {0.1, -1.2815515655446004353},
    {0.25, -0.6744897501960817432},       {0.4, -0.25334710313579974132},      {0.49, -0.025068908258711058033},
    {0.4999, -0.00025066283008800749239}, {0.6, 0.25334710313579974132},       {0.75, 0.6744897501960817432},
    {0.9, 1.2815515655446005935},         {0.925, 1.4395314709384562291},      {0.93, 1.475791028179171099},
    {0.99, 2.3263478740408407676},        {0.999, 3.0902323061678132778},      {0.99999, 4.2648907939238407699},
};

// Wichura promises 1e-16 for the rational functions; the evaluation of two polynomials of degree 7 and a quotient adds a
// few roundings of 1.1e-16, so 8e-16 is seven roundings.
BOOST_AUTO_TEST_CASE(normal_quantile_against_high_precision) {
  double worst = 0.0;
  for (const auto& r : references) {
    const double error = std::abs(normal_quantile(r.probability) / r.quantile - 1.0);
    worst = std::max(worst, error);
    BOOST_TEST(error < 8e-16, "p = " << r.probability << ": relative error " << error);
  }
  BOOST_TEST_MESSAGE("largest relative error " << worst);
}

BOOST_AUTO_TEST_CASE(normal_quantile_is_odd_about_one_half) {
  BOOST_TEST(normal_quantile(0.5) == 0.0);
  for (const double p : {0.25, 0.125, 0x1p-10, 0x1p-30, 0x1p-52}) {  // 1 - p is exact
    BOOST_TEST(normal_quantile(1.0 - p) == -normal_quantile(p));
  }
}

// Across the borders of the three rational approximations (|q| = 0.425, tail = 5) the function must not fall by more than
// the rounding of its values.
BOOST_AUTO_TEST_CASE(normal_quantile_grows) {
  const auto check = [](double low, double high) {
    double before = normal_quantile(low);
    for (int i = 1; i <= 2000; ++i) {
      const double now = normal_quantile(low + (high - low) * i / 2000.0);
      BOOST_TEST(now >= before - 4e-16 * std::abs(before));
      before = now;
    }
  };
  check(0.0749, 0.0751);
  check(0.9249, 0.9251);
  const double tail = std::exp(-25.0);
  check(0.99 * tail, 1.01 * tail);
}

BOOST_AUTO_TEST_CASE(uniform_lies_strictly_inside_the_unit_interval) {
  // The extreme cells: all bits zero and all bits one.
  BOOST_TEST((0.0 + 0.5) * 0x1.0p-52 > 0.0);
  BOOST_TEST((static_cast<double>((1ULL << 52U) - 1U) + 0.5) * 0x1.0p-52 < 1.0);
  BOOST_TEST(std::isfinite(normal_quantile(0x1p-53)));
  BOOST_TEST(std::isfinite(normal_quantile(1.0 - 0x1p-53)));
}

// With n = 200 000 independent draws the standard errors are: mean of uniform 1/sqrt(12 n) = 6.5e-4, mean of normal
// 1/sqrt(n) = 2.2e-3, variance of normal sqrt(2/n) = 3.2e-3, correlation 1/sqrt(n). The bounds are five of them.
BOOST_AUTO_TEST_CASE(moments) {
  const int n = 200'000;
  const Draws draws(42, "moments", 7);
  double uniform = 0.0;
  double normal = 0.0;
  double square = 0.0;
  double product = 0.0;
  double previous = draws.normal(n);
  for (int i = 0; i < n; ++i) {
    uniform += draws.uniform(static_cast<std::uint64_t>(i)) / n;
    const double z = draws.normal(static_cast<std::uint64_t>(i));
    normal += z / n;
    square += z * z / n;
    product += z * previous / n;
    previous = z;
  }
  BOOST_TEST(std::abs(uniform - 0.5) < 3.3e-3);
  BOOST_TEST(std::abs(normal) < 1.2e-2);
  BOOST_TEST(std::abs(square - 1.0) < 1.6e-2);
  BOOST_TEST(std::abs(product) < 1.2e-2);
}

// Pearson's statistic of 100 equal cells is chi-square with 99 degrees of freedom: mean 99, deviation sqrt(198) = 14.1.
BOOST_AUTO_TEST_CASE(uniform_fills_its_cells_evenly) {
  const int n = 100'000;
  std::vector<int> cells(100);
  for (int sample = 0; sample < n; ++sample) {
    ++cells[static_cast<std::size_t>(Draws(1, "cells", static_cast<std::uint64_t>(sample)).uniform(0) * 100.0)];
  }
  double statistic = 0.0;
  for (const int count : cells) {
    statistic += (count - 1000.0) * (count - 1000.0) / 1000.0;
  }
  BOOST_TEST(statistic > 99.0 - 5 * 14.1);
  BOOST_TEST(statistic < 99.0 + 5 * 14.1);
}

BOOST_AUTO_TEST_CASE(every_coordinate_of_a_draw_matters) {
  std::set<double> values;
  values.insert(Draws(1, "a", 0).uniform(0));
  values.insert(Draws(2, "a", 0).uniform(0));
  values.insert(Draws(1, "b", 0).uniform(0));
  values.insert(Draws(1, "a", 1).uniform(0));
  values.insert(Draws(1, "a", 0).uniform(1));
  values.insert(Draws(1, "a", 0, 1).uniform(0));
  values.insert(Draws(1, "a", 1ULL << 32U).uniform(0));
  values.insert(Draws(1, "a", 0).uniform(1ULL << 32U));
  BOOST_TEST(values.size() == 8U);
}

BOOST_AUTO_TEST_CASE(the_counter_is_laid_out_as_documented) {
  const std::uint64_t key = stream_key(5, "layout");
  const std::uint64_t sample = 0x0000ABCD12345678ULL;
  const std::uint64_t draw = 0x1122334455667788ULL;
  const auto expected = Philox4x32::generate({0x55667788U, 0x11223344U, 0x12345678U, 0x0003ABCDU},
                                             {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)});
  BOOST_TEST(Draws(5, "layout", sample, 3).bits(draw) == expected, boost::test_tools::per_element());
}

// FNV-1a's published values of the empty text and of "a"; SplitMix64's first output for seed 0 is 0xE220A8397B1DCDAF.
BOOST_AUTO_TEST_CASE(hashes_match_their_definitions) {
  BOOST_TEST(fnv1a("") == 0xCBF29CE484222325ULL);
  BOOST_TEST(fnv1a("a") == 0xAF63DC4C8601EC8CULL);
  BOOST_TEST(mix_bits(0x9E3779B97F4A7C15ULL) == 0xE220A8397B1DCDAFULL);
}

// Evaluated by an independent program (Python's integers and IEEE doubles, in the documented order of operations): no C
// library, compiler or processor may change a bit of a draw.
BOOST_AUTO_TEST_CASE(draws_are_the_same_bits_everywhere) {
  struct Golden {
    std::uint64_t seed;
    const char* stream;
    std::uint64_t sample;
    std::uint32_t attempt;
    std::uint64_t draw;
    double uniform;
    double normal;
  };
  const Golden golden[] = {
      {0, "problem.coefficient", 0, 0, 0, 0x1.598672637797ap-2, -0x1.ad904a0eeecdbp-2},
      {2025, "problem.coefficient", 0, 0, 0, 0x1.fc5aebc3ee73fp-1, 0x1.39c14627e892dp+1},
      {2025, "problem.coefficient", 9999, 0, 12345, 0x1.50492c8d642dap-2, -0x1.c6fce62888840p-2},
      {2025, "problem.forcing", 17, 2, 1, 0x1.d92c681f7494cp-3, -0x1.7889080e1ca84p-1},
  };
  for (const auto& g : golden) {
    const Draws draws(g.seed, g.stream, g.sample, g.attempt);
    BOOST_TEST(draws.uniform(g.draw) == g.uniform);
    BOOST_TEST(draws.normal(g.draw) == g.normal);
  }
}

BOOST_AUTO_TEST_SUITE_END()

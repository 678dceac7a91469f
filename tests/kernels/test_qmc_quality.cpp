// Figures of quality of point sets: t by rank against t by counting, discrepancies against SciPy's and against their formulas, lattice
// figures against sums over the dual lattice.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/quality/report.hpp>

using kindred::InputError;
using namespace kindred::qmc;

namespace {

std::vector<std::uint64_t> words_of(const PointSet& set, const Randomization& randomization, std::uint64_t n) {
  const Sampler sampler(set, randomization);
  std::vector<std::uint64_t> words(n * static_cast<std::size_t>(sampler.dimensions()));
  sampler.fill(std::span(words), 0, n);
  return words;
}

void check_same(const TValues& a, const TValues& b) {
  BOOST_TEST(a.worst == b.worst);
  BOOST_TEST(a.worst_projection == b.worst_projection, boost::test_tools::per_element());
  BOOST_TEST(a.histogram == b.histogram, boost::test_tools::per_element());
}

/// Sobol' points in Gray order, coordinate j shifted by (j + 1)/32: multiples of 1/4096.
std::vector<double> shifted_sobol(int d, std::uint64_t n) {
  std::vector<double> points(n * static_cast<std::size_t>(d));
  Sampler(sobol(d)).fill(std::span(points), 0, n, {.order = Order::gray});
  for (std::size_t k = 0; k < points.size(); ++k) {
    const double x = points[k] + 0.03125 * static_cast<double>(k % static_cast<std::size_t>(d) + 1);
    points[k] = x - std::floor(x);
  }
  return points;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_quality)

// Two independent definitions: leading rows of the matrices, and points in elementary intervals.
BOOST_AUTO_TEST_CASE(rank_and_count_give_the_same_t) {
  for (const int interlacing : {1, 2}) {
    const DigitalNet net = sobol(7, 32, interlacing);
    const auto words = words_of(net, {}, 1 << 9);
    for (const int size : {1, 2, 3}) {
      check_same(net_t_values(net, 9, size), counted_t_values(words, 7, size));
      check_same(net_t_values(net, 9, size, 3), counted_t_values(words, 7, size, 2));
    }
  }
}

BOOST_AUTO_TEST_CASE(projections_agree_with_t_value) {
  const DigitalNet net = sobol(9);
  std::vector<std::uint64_t> histogram(12);
  int worst = 0;
  for (int a = 0; a < 9; ++a) {
    for (int b = a + 1; b < 9; ++b) {
      const int t = t_value(net, std::array{a, b}, 11);
      ++histogram[static_cast<std::size_t>(t)];
      worst = std::max(worst, t);
    }
  }
  const TValues values = net_t_values(net, 11, 2);
  BOOST_TEST(values.worst == worst);
  BOOST_TEST(values.size == 2);
  BOOST_TEST(t_value(net, values.worst_projection, 11) == worst);
  histogram.resize(static_cast<std::size_t>(worst) + 1);
  BOOST_TEST(values.histogram == histogram, boost::test_tools::per_element());
  BOOST_TEST(std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0}) == 36U);
}

// Every scramble keeps each projection's t: its worst value, where it is, and how often each occurs.
BOOST_AUTO_TEST_CASE(scrambles_keep_t) {
  const DigitalNet net = sobol(6);
  const TValues plain = net_t_values(net, 10, 2);
  for (const Scramble scramble :
       {Scramble::digital_shift, Scramble::lms, Scramble::lms_digital_shift, Scramble::nested_uniform, Scramble::owen_hash}) {
    BOOST_TEST_CONTEXT(name(scramble)) {
      const Randomization randomization{scramble, 11, 2};
      const Sampler sampler(net, randomization);
      std::vector<std::uint64_t> words(2 * 1024 * 6);
      sampler.fill(std::span(words), 0, 1024);
      check_same(plain, counted_t_values(std::span(words).subspan(1024 * 6), 6, 2));
      if (scramble != Scramble::nested_uniform && scramble != Scramble::owen_hash) {
        check_same(plain, net_t_values(scrambled_matrices(sampler, 1, 10), 10, 2));
      }
    }
  }
}

// Linear scrambles make other matrices, and they generate the scrambled points.
BOOST_AUTO_TEST_CASE(scrambled_matrices_generate_the_points) {
  const Sampler sampler(sobol(3, 32, 2), {Scramble::lms_digital_shift, 5});
  const DigitalNet net = scrambled_matrices(sampler, 0, 12);
  const Sampler plain{PointSet(net)};
  for (std::uint64_t i = 0; i < 4096; i += 7) {
    for (int j = 0; j < 3; ++j) {
      BOOST_REQUIRE_EQUAL(sampler.word(i, j), plain.word(i, j) ^ sampler.word(0, j));
    }
  }
}

// References in rational arithmetic; scipy.stats.qmc.discrepancy (1.17.1; methods L2-star, squared, CD, WD and MD) agrees with them to
// 1e-12 of the size of the terms, the mean kernel to the power d, which is the unit of rounding here too: three rounding errors a factor,
// and at most one for each of the 64 terms that are summed at a time.
BOOST_AUTO_TEST_CASE(discrepancies_of_exact_arithmetic) {
  struct Reference {
    int d;
    std::uint64_t n;
    Discrepancies value;
  };
  for (const auto& [d, n, value] :
       {Reference{6, 64, {0.00012730801572728869, 0.0068810433716761394, 0.015767235146609545, 0.030600459981103646}},
        Reference{3, 100, {0.00012905523487778973, 0.0004374873678031623, 0.00068786492331462262, 0.00078245690256093967}},
        Reference{1, 7, {0.0031555590986394556, 0.0031555590986394556, 0.0059523809523809521, 0.0045539700255102043}},
        Reference{40, 129, {5.4667322041800712e-16, 56.022699019509979, 80391.933408489364, 36634637.970913723}}}) {
    const Discrepancies found = squared_discrepancies(shifted_sobol(d, n), d);
    const auto check = [d = d](double computed, double exact, double mean_kernel) {
      BOOST_TEST(std::abs(computed - exact) <= 1.2e-16 * (3 * d + 64) * std::max(exact, std::pow(mean_kernel, d)),
                 d << ": " << computed << " " << exact);
    };
    check(found.star, value.star, 1.0 / 3.0);
    check(found.centred, value.centred, 13.0 / 12.0);
    check(found.wraparound, value.wraparound, 4.0 / 3.0);
    check(found.mixture, value.mixture, 19.0 / 12.0);
  }
}

BOOST_AUTO_TEST_CASE(discrepancies_do_not_depend_on_threads) {
  const auto points = shifted_sobol(5, 777);
  const Discrepancies one = squared_discrepancies(points, 5, 1);
  for (const int threads : {2, 3, 8}) {
    const Discrepancies many = squared_discrepancies(points, 5, threads);
    BOOST_TEST(one.star == many.star);
    BOOST_TEST(one.centred == many.centred);
    BOOST_TEST(one.wraparound == many.wraparound);
    BOOST_TEST(one.mixture == many.mixture);
  }
}

// Symmetries: the wrap-around discrepancy is invariant under shifts, the centred and the mixture ones under reflections.
BOOST_AUTO_TEST_CASE(discrepancies_have_their_symmetries) {
  auto points = shifted_sobol(4, 200);
  const Discrepancies first = squared_discrepancies(points, 4);
  auto shifted = points;
  for (std::size_t k = 0; k < points.size(); ++k) {
    shifted[k] += 0.15625;
    shifted[k] -= std::floor(shifted[k]);
    points[k] = k % 4 == 1 ? 1.0 - points[k] : points[k];
  }
  BOOST_TEST(squared_discrepancies(shifted, 4).wraparound == first.wraparound, boost::test_tools::tolerance(1e-11));
  const Discrepancies reflected = squared_discrepancies(points, 4);
  BOOST_TEST(reflected.centred == first.centred, boost::test_tools::tolerance(1e-11));
  BOOST_TEST(reflected.mixture == first.mixture, boost::test_tools::tolerance(1e-11));
  BOOST_TEST(reflected.wraparound == first.wraparound, boost::test_tools::tolerance(1e-11));
}

// The mean over independent replicates is within five standard errors of the expectation.
BOOST_AUTO_TEST_CASE(expected_discrepancies_of_independent_points) {
  constexpr int replicates = 4000;
  constexpr std::uint64_t n = 9;
  const Sampler sampler(Independent{3}, {Scramble::none, 1, replicates});
  std::vector<double> points(replicates * n * 3);
  sampler.fill(std::span(points), 0, n);
  const Discrepancies expected = expected_squared_discrepancies(n, 3);
  for (const auto kind : {&Discrepancies::star, &Discrepancies::centred, &Discrepancies::wraparound, &Discrepancies::mixture}) {
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t r = 0; r < replicates; ++r) {
      const double value = squared_discrepancies(std::span(points).subspan(r * n * 3, n * 3), 3).*kind;
      sum += value;
      squares += value * value;
    }
    const double mean = sum / replicates;
    const double error = std::sqrt((squares / replicates - mean * mean) / replicates);
    BOOST_TEST(std::abs(mean - expected.*kind) < 5.0 * error, mean << " " << expected.*kind);
  }
}

BOOST_AUTO_TEST_CASE(spectral_values_are_shortest_dual_vectors) {
  const std::vector<std::uint64_t> z{1, 75, 27, 201, 255, 101};
  const Lattice vector = lattice(z, 10, Duplicates::allow);
  for (const int m : {1, 4, 8, 10}) {
    const std::int64_t n = std::int64_t{1} << m;
    double worst = 2.0;
    double sum = 0.0;
    for (std::size_t a = 0; a < z.size(); ++a) {
      for (std::size_t b = a + 1; b < z.size(); ++b) {
        std::int64_t shortest = n * n;
        for (std::int64_t h = -n; h <= n; ++h) {
          for (std::int64_t k = 0; k <= n && h * h + k * k < shortest; ++k) {
            if ((h != 0 || k != 0) && (h * static_cast<std::int64_t>(z[a]) + k * static_cast<std::int64_t>(z[b])) % n == 0) {
              shortest = h * h + k * k;
            }
          }
        }
        const double value = std::sqrt(static_cast<double>(shortest) * std::sqrt(3.0) / (2.0 * static_cast<double>(n)));
        worst = std::min(worst, value);
        sum += value;
      }
    }
    const SpectralValues values = spectral_values(vector, m);
    BOOST_TEST(values.worst == worst, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(values.mean == sum / 15.0, boost::test_tools::tolerance(1e-14));
  }
}

// R is a sum over the dual lattice within |h| <= n/2, computed here without any transform.
BOOST_AUTO_TEST_CASE(r_value_is_a_sum_over_the_dual_lattice) {
  const Lattice vector = lattice(std::vector<std::uint64_t>{1, 19, 7}, 6);
  const std::vector<double> gamma{0.7, 0.5, 1.3};
  const int n = 64;
  for (const int alpha : {1, 2}) {
    const auto r = [&](int h, double weight) { return h == 0 ? 1.0 : weight * std::pow(std::abs(h), -alpha); };
    double sum = -1.0;
    for (int h = -n / 2 + 1; h <= n / 2; ++h) {
      for (int k = -n / 2 + 1; k <= n / 2; ++k) {
        for (int l = -n / 2 + 1; l <= n / 2; ++l) {
          if ((h + 19 * k + 7 * l) % n == 0) {
            sum += r(h, gamma[0]) * r(k, gamma[1]) * r(l, gamma[2]);
          }
        }
      }
    }
    BOOST_TEST(r_value(vector, 6, alpha, gamma) == sum, boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(reports_hold_what_applies) {
  const QualityReport net = quality_report(sobol(5), {Scramble::nested_uniform, 3}, 512, 0, {.triples = true});
  BOOST_REQUIRE(net.pairs && net.triples && net.discrepancies && net.random);
  check_same(*net.pairs, net_t_values(sobol(5), 9, 2));
  check_same(*net.triples, net_t_values(sobol(5), 9, 3));
  BOOST_TEST(!net.spectral);
  BOOST_TEST(net.omitted.empty());
  BOOST_TEST(net.discrepancies->centred < 0.1 * net.random->centred);
  BOOST_TEST(net.text().find("t of triples") != std::string::npos);

  const QualityReport rule = quality_report(lattice_table(4), {Scramble::shift, 3}, 256);
  BOOST_REQUIRE(rule.spectral && rule.p_2 && rule.r_2 && rule.discrepancies);
  BOOST_TEST(*rule.r_2 < *rule.p_2);
  BOOST_TEST(!rule.pairs);

  const QualityReport odd = quality_report(sobol(5), {}, 500, 0, {.most_operations = 1e6});
  BOOST_TEST(!odd.pairs);
  BOOST_TEST(!odd.discrepancies);
  BOOST_TEST(odd.omitted.size() == 2U);
}

// A replicate's report does not depend on how many are drawn with it.
BOOST_AUTO_TEST_CASE(reports_of_a_replicate) {
  const QualityReport third = quality_report(sobol(3), {Scramble::lms_digital_shift, 9, 4}, 64, 2);
  const QualityReport alone = quality_report(sobol(3), {Scramble::lms_digital_shift, 9, 1, 2}, 64);
  BOOST_TEST(third.discrepancies->star == alone.discrepancies->star);
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused) {
  const std::vector<double> outside{0.1, 1.5};
  BOOST_CHECK_THROW(squared_discrepancies(outside, 2), InputError);
  BOOST_CHECK_THROW(squared_discrepancies(std::vector<double>{0.1, std::nan("")}, 2), InputError);
  BOOST_CHECK_THROW(squared_discrepancies(outside, 3), InputError);
  BOOST_CHECK_THROW(squared_discrepancies({}, 1), InputError);
  BOOST_CHECK_THROW(expected_squared_discrepancies(0, 1), InputError);
  BOOST_CHECK_THROW(net_t_values(sobol(3), 33, 2), InputError);
  BOOST_CHECK_THROW(net_t_values(sobol(3), 10, 4), InputError);
  BOOST_CHECK_THROW(counted_t_values(std::vector<std::uint64_t>(6), 2, 2), InputError);
  BOOST_CHECK_THROW(spectral_values(lattice_table(3), 21), InputError);
  BOOST_CHECK_THROW(spectral_values(lattice_table(1), 10), InputError);
  BOOST_CHECK_THROW(r_value(lattice_table(3), 10, 0, {1, 1, 1}), InputError);
  BOOST_CHECK_THROW(r_value(lattice_table(3), 10, 1, {1, 1}), InputError);
  BOOST_CHECK_THROW(quality_report(sobol(3), {}, 1), InputError);
  BOOST_CHECK_THROW(quality_report(sobol(3), {}, 16, 1), InputError);
  BOOST_CHECK_THROW(quality_report(lattice_table(3), {}, 1 << 21), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

// Points of the unscrambled sets against stored values and their defining formulas.

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/kernels/qmc/sampler.hpp>

#include "qmc_support.hpp"

using namespace kindred::qmc;
using qmc_test::golden;

namespace {

void check_checksums(const std::vector<std::string>& line, std::size_t at, const Sampler& sampler, Order order) {
  const auto n0 = std::stoull(line[at]);
  const auto n = std::stoull(line[at + 1]);
  std::vector<std::uint32_t> points(n * static_cast<std::size_t>(sampler.dimensions()));
  sampler.fill<std::uint32_t>(points, n0, n0 + n, {.order = order});
  qmc_test::Checksum checksum;
  for (const std::uint32_t word : points) {
    checksum.add(word);
  }
  BOOST_TEST(checksum.exclusive_or == std::stoul(line[at + 2]));
  BOOST_TEST(checksum.sum == std::stoull(line[at + 3]));
  BOOST_TEST(checksum.fnv == std::stoull(line[at + 4], nullptr, 16));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_points)

// The lines in Gray order from point 0 are what SciPy's qmc.Sobol(bits=32, scramble=False) gives, bit for bit.
BOOST_AUTO_TEST_CASE(sobol_checksums) {
  for (const auto& line : golden("sobol32_checksums.txt")) {
    const Sampler sampler(sobol(std::stoi(line[1])));
    check_checksums(line, 2, sampler, line[0] == "gray" ? Order::gray : Order::natural);
  }
}

BOOST_AUTO_TEST_CASE(sobol_first_points) {
  const Sampler sampler(sobol(8));
  int lines = 0;
  for (const auto& line : golden("sobol32_first16_d8.txt")) {
    const Order order = lines < 16 ? Order::natural : Order::gray;  // sixteen points in one, then in the other order
    for (int j = 0; j < 8; ++j) {
      BOOST_TEST(sampler.word(std::stoull(line[0]), j, 0, order) >> 32U == std::stoull(line[static_cast<std::size_t>(j) + 1]));
    }
    ++lines;
  }
  BOOST_TEST(lines == 32);
}

BOOST_AUTO_TEST_CASE(lattice_checksums) {
  for (const auto& line : golden("lattice32001_checksums.txt")) {
    check_checksums(line, 1, Sampler(lattice_table(std::stoi(line[0]), "kuo_32001_m20")), Order::natural);
  }
}

// frac(i z / n) of the linear order is an exact multiple of 1/n: the point of natural index i is the one of linear index "i reversed in m
// bits".
BOOST_AUTO_TEST_CASE(lattice_points_are_fractions_exactly) {
  const int dimensions = 50;
  const Lattice lattice = lattice_table(dimensions, "kuo_32001_m20");
  const Sampler sampler(lattice);
  for (int m = 1; m <= 20; ++m) {
    const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(m);
    const std::uint64_t stride = m <= 12 ? 1 : (n >> 12U) + 1;  // 4096 of the points; odd, so that all digits vary
    for (std::uint64_t i = 0; i < n; i += stride) {
      const std::uint64_t linear = kindred::qmc::reverse_bits(i) >> static_cast<unsigned>(64 - m);
      for (int j = 0; j < dimensions; ++j) {
        const std::uint64_t numerator = linear * lattice.z[static_cast<std::size_t>(j)] % n;
        BOOST_REQUIRE_EQUAL(sampler.word(i, j), numerator << static_cast<unsigned>(64 - m));
      }
    }
  }
}

// To the rounding of the reference, SciPy's Halton: a few units in the last place.
BOOST_AUTO_TEST_CASE(halton_first_points) {
  const Sampler sampler(Halton{5});
  std::uint64_t i = 0;
  for (const auto& line : golden("halton_unscrambled_first12_d5.txt")) {
    std::vector<double> point(5);
    sampler.point(i++, point);
    for (std::size_t j = 0; j < 5; ++j) {
      BOOST_TEST(std::abs(point[j] - std::stod(line[j])) <= 4 * 0x1.0p-53);
    }
  }
  BOOST_TEST(i == 12U);
}

BOOST_AUTO_TEST_CASE(halton_points_are_radical_inverses) {
  const Sampler sampler(Halton{1000});
  const auto primes = first_primes(1000);
  BOOST_TEST(primes.back() == 7919U);
  for (const std::uint64_t i : {1ULL, 2ULL, 7918ULL, 123456789ULL, (1ULL << 52U) + 12345ULL}) {
    for (std::size_t j = 0; j < primes.size(); j += 37) {
      long double inverse = 0.0L;
      long double place = 1.0L;
      for (std::uint64_t rest = i; rest != 0; rest /= primes[j]) {
        place /= primes[j];
        inverse += place * static_cast<long double>(rest % primes[j]);
      }
      const auto word = static_cast<long double>(sampler.word(i, static_cast<int>(j))) * 0x1.0p-64L;
      BOOST_REQUIRE_SMALL(static_cast<double>(word - inverse), 0x1.0p-52);  // digits left out: below 2^-53; rounding: 2^-58
    }
  }
}

BOOST_AUTO_TEST_CASE(kronecker_points_are_multiples) {
  const std::vector<double> alpha{0.5, 0.25, 0.8125, 0.6180339887498949};
  const Sampler sampler(kronecker(alpha));
  for (const std::uint64_t i : {0ULL, 1ULL, 5ULL, 1000001ULL, (1ULL << 40U) + 3ULL}) {
    for (int j = 0; j < 3; ++j) {  // multiples of 1/16: exact
      const std::uint64_t sixteenths = static_cast<std::uint64_t>(16 * alpha[static_cast<std::size_t>(j)]) * i % 16;
      BOOST_TEST(sampler.word(i, j) == sixteenths << 60U);
    }
  }
  BOOST_TEST(sampler.word(1, 3) == static_cast<std::uint64_t>(alpha[3] * 0x1.0p64));
}

// Published values: points 2 to 4 of the second-order Sobol' sequence, and point 1 of the Magic Point Shop's second-order net.
BOOST_AUTO_TEST_CASE(interlaced_points) {
  const Sampler sampler(sobol(3, 32, 2));
  const double expected[3][3] = {{0.75, 0.75, 0.75}, {0.4375, 0.9375, 0.1875}, {0.6875, 0.1875, 0.9375}};
  std::vector<double> point(3);
  for (std::uint64_t i = 1; i < 4; ++i) {
    sampler.point(i, point);
    for (std::size_t j = 0; j < 3; ++j) {
      BOOST_TEST(point[j] == expected[i - 1][j]);
    }
  }
  const Sampler nx(digital_net_table("nx_s5_alpha2_m32"));
  const double published[3] = {0.75841841, 0.45284834, 0.48844557};
  std::vector<double> five(5);
  nx.point(1, five);
  for (std::size_t j = 0; j < 3; ++j) {
    BOOST_TEST(std::abs(five[j] - published[j]) <= 0.5e-8);
  }
}

// Digit t = αq + r of an interlaced word is digit q of component r, and what survives comes back.
BOOST_AUTO_TEST_CASE(interlacing_is_undone) {
  const std::uint64_t samples[] = {0x0123456789ABCDEFULL, 0xFEDCBA9876543210ULL, 0xDEADBEEFCAFEF00DULL, ~0ULL, 0x8000000000000001ULL};
  for (int alpha = 1; alpha <= Interlacing::max_order; ++alpha) {
    const Interlacing interlacing(alpha);
    std::uint64_t word = 0;
    for (int r = 0; r < alpha; ++r) {
      const std::uint64_t spread = interlacing.spread(samples[r % 5], r);
      for (int t = 0; t < 64; ++t) {
        const std::uint64_t expected = t % alpha == r ? (samples[r % 5] >> (63 - t / alpha)) & 1U : 0;
        BOOST_REQUIRE_EQUAL((spread >> (63 - t)) & 1U, expected);
      }
      BOOST_REQUIRE_EQUAL(word & spread, 0U);
      word |= spread;
    }
    for (int r = 0; r < alpha; ++r) {
      const int survive = (64 - r + alpha - 1) / alpha;
      BOOST_TEST(interlacing.component(word, r) >> (64 - survive) == samples[r % 5] >> (64 - survive));
    }
    BOOST_TEST(interlacing.component(word, 0) == (samples[0] >> (64 - (64 + alpha - 1) / alpha)) << (64 - (64 + alpha - 1) / alpha));
  }
}

// A net of interlaced matrices and interlaced points of the components are the same.
BOOST_AUTO_TEST_CASE(interlaced_matrices_give_interlaced_points) {
  for (int alpha = 2; alpha <= 5; ++alpha) {
    const DigitalNet net = sobol(4, 32, alpha);
    const Sampler whole(net);
    const Sampler multiplied(multiply_out(net));
    const Sampler components(sobol(4 * alpha));
    const Interlacing interlacing(alpha);
    for (std::uint64_t i = 0; i < 1000; ++i) {
      for (int j = 0; j < 4; ++j) {
        std::uint64_t word = 0;
        for (int r = 0; r < alpha; ++r) {
          word |= interlacing.spread(components.word(i, j * alpha + r), r);
        }
        BOOST_REQUIRE_EQUAL(whole.word(i, j), word);
        BOOST_REQUIRE_EQUAL(multiplied.word(i, j), word);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(t_values_of_sobol_nets) {
  const DigitalNet net = sobol(12);
  for (const auto& line : golden("sobol_t_values.txt")) {
    if (line[0] == "full") {
      std::vector<int> dimensions;
      for (int j = 0; j < std::stoi(line[1]); ++j) {
        dimensions.push_back(j);
      }
      for (std::size_t k = 0; k < 5; ++k) {
        BOOST_TEST(t_value(net, dimensions, 4 + 2 * static_cast<int>(k)) == std::stoi(line[k + 2]));
      }
    } else {
      const int pair[2] = {std::stoi(line[1]) - 1, std::stoi(line[2]) - 1};
      BOOST_TEST(t_value(net, pair, 10) == std::stoi(line[3]));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

// What scrambling must leave alone: the equidistribution of nets, lattices and Halton sequences.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/kernels/qmc/sampler.hpp>

#include "qmc_support.hpp"

using namespace kindred::qmc;

namespace {

using Coordinates = std::vector<std::vector<std::uint64_t>>;  // [dimension][point]

Coordinates coordinates(const Sampler& sampler, std::uint64_t n0, std::uint64_t n1, int replicate = 0) {
  Coordinates all(static_cast<std::size_t>(sampler.dimensions()));
  for (int j = 0; j < sampler.dimensions(); ++j) {
    for (std::uint64_t i = n0; i < n1; ++i) {
      all[static_cast<std::size_t>(j)].push_back(sampler.word(i, j, replicate));
    }
  }
  return all;
}

/// Whether every box of 2^-k_1 × … × 2^-k_s, Σ k_j = depth, holds equally many points. The digits k_j of the dimensions already chosen
/// are in `boxes`.
bool balanced(const std::vector<const std::vector<std::uint64_t>*>& points, std::size_t first, int depth,
              const std::vector<std::uint64_t>& boxes, std::uint64_t box_count) {
  const auto refined = [&](int digits) {
    std::vector<std::uint64_t> finer = boxes;
    for (std::size_t p = 0; p < finer.size() && digits > 0; ++p) {
      finer[p] = (finer[p] << static_cast<unsigned>(digits)) | ((*points[first])[p] >> static_cast<unsigned>(64 - digits));
    }
    return finer;
  };
  if (first + 1 == points.size()) {
    std::vector<std::size_t> counts(box_count << static_cast<unsigned>(depth), 0);
    for (const std::uint64_t box : refined(depth)) {
      ++counts[box];
    }
    return std::ranges::all_of(counts, [&](std::size_t count) { return count == counts[0]; });
  }
  for (int digits = 0; digits <= depth; ++digits) {
    if (!balanced(points, first + 1, depth - digits, refined(digits), box_count << static_cast<unsigned>(digits))) {
      return false;
    }
  }
  return true;
}

/// The smallest t for which the 2^m points are a (t, m, s)-net, by counting.
int counted_t(const Coordinates& all, const std::vector<int>& dimensions) {
  std::vector<const std::vector<std::uint64_t>*> points;
  for (const int j : dimensions) {
    points.push_back(&all[static_cast<std::size_t>(j)]);
  }
  const std::size_t n = points[0]->size();
  int t = std::countr_zero(n);
  while (t > 0 && balanced(points, 0, std::countr_zero(n) - t + 1, std::vector<std::uint64_t>(n, 0), 1)) {
    --t;
  }
  return t;
}

const Scramble net_scrambles[] = {Scramble::none,           Scramble::digital_shift, Scramble::lms, Scramble::lms_digital_shift,
                                  Scramble::nested_uniform, Scramble::owen_hash};
const Scramble halton_scrambles[] = {Scramble::none,          Scramble::digital_shift,     Scramble::digit_permutation,
                                     Scramble::lms,           Scramble::lms_digital_shift, Scramble::lms_digit_permutation,
                                     Scramble::nested_uniform};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_scrambles)

BOOST_AUTO_TEST_CASE(t_values_stay) {
  const DigitalNet net = sobol(12);
  std::vector<std::vector<std::string>> lines = qmc_test::golden("sobol_t_values.txt");
  for (const Scramble scramble : net_scrambles) {
    const Sampler sampler(net, {scramble, 3, 2});
    for (int replicate = 0; replicate < (scramble == Scramble::none ? 1 : 2); ++replicate) {
      const Coordinates all = coordinates(sampler, 0, 1024, replicate);
      const Coordinates fewer = coordinates(sampler, 0, 256, replicate);
      for (const auto& line : lines) {
        if (line[0] == "pair") {
          BOOST_REQUIRE_EQUAL(counted_t(all, {std::stoi(line[1]) - 1, std::stoi(line[2]) - 1}), std::stoi(line[3]));
        } else if (std::stoi(line[1]) <= 5) {
          std::vector<int> dimensions;
          for (int j = 0; j < std::stoi(line[1]); ++j) {
            dimensions.push_back(j);
          }
          BOOST_REQUIRE_EQUAL(counted_t(fewer, dimensions), std::stoi(line[4]));  // m = 8
        }
      }
    }
  }
}

// Every aligned block of 2^m points of a sequence is the first one shifted: a net of the same t.
BOOST_AUTO_TEST_CASE(later_blocks_are_nets) {
  const DigitalNet net = sobol(6);
  for (const Scramble scramble : net_scrambles) {
    const Sampler sampler(net, {scramble, 4});
    const Coordinates all = coordinates(sampler, 7 * 256, 8 * 256);
    for (int a = 0; a < 6; ++a) {
      for (int b = 0; b < a; ++b) {
        const int pair[2] = {a, b};
        BOOST_REQUIRE_EQUAL(counted_t(all, {a, b}), t_value(net, pair, 8));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(niederreiter_xing_nets_keep_t) {
  const DigitalNet net = niederreiter_xing(4);
  const std::vector<int> dimensions{0, 1, 2, 3};
  const int t = t_value(net, dimensions, 8);
  for (const Scramble scramble : net_scrambles) {
    BOOST_TEST(counted_t(coordinates(Sampler(net, {scramble, 6}), 0, 256), dimensions) == t);
  }
}

// The interlaced digits of a coordinate come from components whose joint t need not be 0; scrambling the components keeps it.
BOOST_AUTO_TEST_CASE(interlaced_nets_keep_t) {
  const DigitalNet net = sobol(8, 32, 2);
  for (const Scramble scramble : net_scrambles) {
    const Coordinates all = coordinates(Sampler(net, {scramble, 8}), 0, 256);
    for (int j = 0; j < 8; ++j) {
      const int pair[2] = {j, (j + 1) % 8};
      BOOST_TEST(counted_t(all, {j}) == t_value(net, std::vector<int>{j}, 8));
      BOOST_TEST(counted_t(all, {pair[0], pair[1]}) == t_value(net, pair, 8));
    }
  }
}

// One point in every interval of length 2^-m, in every dimension.
BOOST_AUTO_TEST_CASE(projections_are_stratified) {
  const auto check = [](const Sampler& sampler, const std::string& what, std::uint64_t start) {
    for (const int m : {1, 5, 10}) {
      const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(m);
      const Coordinates all = coordinates(sampler, start * n, (start + 1) * n);
      for (std::size_t j = 0; j < all.size(); ++j) {
        std::vector<int> counts(n, 0);
        for (const std::uint64_t word : all[j]) {
          ++counts[word >> static_cast<unsigned>(64 - m)];
        }
        BOOST_REQUIRE_MESSAGE(std::ranges::all_of(counts, [](int count) { return count == 1; }), what << ", dimension " << j);
      }
    }
  };
  for (const Scramble scramble : net_scrambles) {
    for (const std::uint64_t start : {0U, 5U}) {
      check(Sampler(sobol(60), {scramble, 8}), std::string(name(scramble)), start);
      check(Sampler(sobol(60, 64), {scramble, 8}), std::string(name(scramble)), start);
    }
  }
  for (const Scramble scramble : {Scramble::none, Scramble::shift}) {
    check(Sampler(lattice_table(300), {scramble, 8}), "lattice " + std::string(name(scramble)), 0);
  }
}

// One point of b^m in every interval of length b^-m.
BOOST_AUTO_TEST_CASE(halton_projections_are_stratified) {
  const auto primes = first_primes(40);
  for (const Scramble scramble : halton_scrambles) {
    const Sampler sampler(Halton{40}, {scramble, 8});
    for (int j = 0; j < 40; ++j) {
      std::uint64_t n = primes[static_cast<std::size_t>(j)];
      while (n * primes[static_cast<std::size_t>(j)] < 2000) {
        n *= primes[static_cast<std::size_t>(j)];
      }
      for (const std::uint64_t start : {0U, 3U}) {
        std::vector<int> counts(n, 0);
        for (std::uint64_t i = start * n; i < (start + 1) * n; ++i) {
          // Words lie up to 2^-58 below the fractions they stand for.
          const std::uint64_t word = sampler.word(i, j) + 64;
          ++counts[static_cast<std::size_t>((static_cast<unsigned __int128>(word) * n) >> 64U)];
        }
        BOOST_REQUIRE_MESSAGE(std::ranges::all_of(counts, [](int count) { return count == 1; }),
                              name(scramble) << ", base " << primes[static_cast<std::size_t>(j)]);
      }
    }
  }
}

// The defining property of nested scrambles: words with k digits in common, and no more, have as many after.
BOOST_AUTO_TEST_CASE(nested_scrambles_keep_common_digits) {
  const RandomWords random(11, "test");
  NestedKeys keys;
  for (std::uint64_t k = 0; k < NestedKeys::count; ++k) {
    keys.keys[k] = random(0, 0, k);
  }
  const OwenKey key{static_cast<std::uint32_t>(random(0, 1, 0)), static_cast<std::uint32_t>(random(0, 1, 1))};
  for (std::uint64_t trial = 0; trial < 2000; ++trial) {
    for (const int digits : {26, 32, 50, 64}) {
      keys.digits = digits;
      const std::uint64_t kept = ~std::uint64_t{0} << static_cast<unsigned>(64 - digits);
      const int common = static_cast<int>(random(0, 4, trial) % static_cast<std::uint64_t>(digits));
      const std::uint64_t x = random(0, 2, trial) & kept;
      const std::uint64_t flip = std::uint64_t{1} << static_cast<unsigned>(63 - common);
      const std::uint64_t y = (x ^ flip ^ (random(0, 3, trial) & (flip - 1))) & kept;
      BOOST_REQUIRE_EQUAL(std::countl_zero(nested_uniform(x, keys) ^ nested_uniform(y, keys)), common);
      if (digits == 32) {
        const auto hashed = [&](std::uint64_t word) {
          return owen_hash_word(kindred::qmc::reverse_bits(static_cast<std::uint32_t>(word >> 32U)), key);
        };
        BOOST_REQUIRE_EQUAL(std::countl_zero(hashed(x) ^ hashed(y)), common);
      }
    }
  }
}

// Block k of 2^m points in Gray order is block gray(k) in natural order.
BOOST_AUTO_TEST_CASE(orders_hold_the_same_points) {
  std::vector<Sampler> samplers;
  for (const Scramble scramble : net_scrambles) {
    samplers.emplace_back(sobol(3), Randomization{scramble, 2});
  }
  samplers.emplace_back(lattice_table(3), Randomization{Scramble::shift, 2});
  for (const Sampler& sampler : samplers) {
    for (const std::uint64_t block : {0U, 1U, 3U, 12U}) {
      std::set<std::uint64_t> natural;
      std::set<std::uint64_t> gray;
      for (std::uint64_t i = 0; i < 64; ++i) {
        natural.insert(sampler.word(64 * gray_code(block) + i, 2));
        gray.insert(sampler.word(64 * block + i, 2, 0, Order::gray));
      }
      BOOST_TEST((natural == gray));
      BOOST_TEST(natural.size() == 64U);
    }
  }
}

// Linear scrambles keep the origin; the first coordinate of the others is random.
BOOST_AUTO_TEST_CASE(point_zero) {
  for (int j = 0; j < 4; ++j) {
    BOOST_TEST(Sampler(sobol(4), {Scramble::lms, 1}).word(0, j) == 0U);
    BOOST_TEST(Sampler(Halton{4}, {Scramble::lms, 1}).word(0, j) == 0U);
    for (const Scramble scramble : {Scramble::digital_shift, Scramble::lms_digital_shift, Scramble::nested_uniform, Scramble::owen_hash}) {
      BOOST_TEST(Sampler(sobol(4), {scramble, 1}).word(0, j) != 0U);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

// Many normals at once are those of Draws::normal, bit for bit, which has its own tests.

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/random/normals.hpp>

using namespace kindred;

BOOST_AUTO_TEST_SUITE(test_normals)

BOOST_AUTO_TEST_CASE(every_normal_has_the_bits_of_its_draw) {
  const std::uint64_t key = stream_key(2025, "normals");
  const std::uint64_t sample = 0x0000'9ABC'DEF0'1234ULL;  // both words, of 48 bits
  const Draws draws(key, sample, 7);
  // Around the length of a block, and enough to meet both rational functions many times.
  for (const std::size_t size : {0U, 1U, 3U, 255U, 256U, 257U, 800'001U}) {
    std::vector<std::uint64_t> numbers(size);
    for (std::size_t i = 0; i < size; ++i) {
      numbers[i] = mix_bits(i);
    }
    std::vector<double> normals(size);
    kernels::draw_normals(key, sample, 7, numbers, normals);
    std::size_t different = 0;
    for (std::size_t i = 0; i < size; ++i) {
      different += normals[i] == draws.normal(numbers[i]) ? 0 : 1;
    }
    BOOST_TEST(different == 0U);
  }
}

BOOST_AUTO_TEST_CASE(draws_of_the_far_tail_too) {
  // Found by running Philox backwards from words that are nearly all zeros and all ones: uniforms within 1e-14 of 0 and 1, beyond exp(−25).
  struct Far {
    std::uint64_t draw;
    std::uint64_t sample;
    std::uint32_t attempt;
    double below;
    double above;
  };
  const std::uint64_t key = stream_key(2025, "normals");
  for (const Far& far :
       {Far{0x857E5672539141D4, 0x7BFF57103F41, 58835, -7.71, -7.70}, {0x1FC010579006BF04, 0xB134D34CFCDE, 7911, 7.94, 7.95}}) {
    const std::vector<std::uint64_t> numbers{1, far.draw, 2};
    std::vector<double> normals(3);
    kernels::draw_normals(key, far.sample, far.attempt, numbers, normals);
    BOOST_TEST(normals[1] == Draws(key, far.sample, far.attempt).normal(far.draw));
    BOOST_TEST(normals[1] > far.below);
    BOOST_TEST(normals[1] < far.above);
  }
}

BOOST_AUTO_TEST_CASE(sizes_that_differ_are_refused) {
  const std::vector<std::uint64_t> numbers(4);
  std::vector<double> normals(3);
  BOOST_CHECK_THROW(kernels::draw_normals(1, 2, 0, numbers, normals), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

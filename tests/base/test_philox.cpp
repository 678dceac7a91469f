// Philox4x32-10 against the known-answer vectors that its authors publish with Random123.
#include <boost/test/unit_test.hpp>

#include <set>

#include <kindred/core/base/philox.hpp>

using kindred::Philox4x32;

BOOST_AUTO_TEST_SUITE(test_philox)

BOOST_AUTO_TEST_CASE(known_answers) {
  struct Vector {
    Philox4x32::Counter counter;
    Philox4x32::Key key;
    Philox4x32::Counter result;
  };
  constexpr std::uint32_t ones = 0xFFFFFFFFU;
  const Vector vectors[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}},
      {{ones, ones, ones, ones}, {ones, ones}, {0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}},
      // Digits of pi.
      {{0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, {0xA4093822, 0x299F31D0}, {0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}},
  };
  for (const auto& v : vectors) {
    BOOST_TEST(Philox4x32::generate(v.counter, v.key) == v.result, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(is_usable_at_compile_time) { static_assert(Philox4x32::generate({0, 0, 0, 0}, {0, 0})[0] == 0x6627E8D5); }

// A bijection of counters: no two of a run of counters may meet.
BOOST_AUTO_TEST_CASE(neighbouring_counters_give_different_blocks) {
  std::set<Philox4x32::Counter> blocks;
  for (std::uint32_t i = 0; i < 10000; ++i) {
    blocks.insert(Philox4x32::generate({i, 0, 0, 0}, {1, 2}));
  }
  BOOST_TEST(blocks.size() == 10000U);
}

BOOST_AUTO_TEST_SUITE_END()

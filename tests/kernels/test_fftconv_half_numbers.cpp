// Numbers of 16 bits, and the emulated matrix product of a warp.

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <boost/test/unit_test.hpp>

#include "fftconv_half_support.hpp"

using namespace half_test;

namespace {

/// To the nearest word of a format, by its table of values; halfway between two, to the even one.
template <class Format>
std::uint16_t nearest(double x, std::uint16_t infinity) {
  const double size = std::abs(x);
  std::uint16_t low = 0;  // greatest word not above, by bisection
  for (int bit = 14; bit >= 0; --bit) {
    const auto next = static_cast<std::uint16_t>(low | (1U << static_cast<unsigned>(bit)));
    if (next < infinity && static_cast<double>(Format::value(next)) <= size) {
      low = next;
    }
  }
  const auto high = static_cast<std::uint16_t>(low + 1);
  const double below = Format::value(low);
  // Infinity stands where the next number would.
  const double above = high == infinity ? 2 * below - Format::value(static_cast<std::uint16_t>(low - 1)) : double{Format::value(high)};
  const bool up = size - below > above - size || (size - below == above - size && low % 2 == 1);
  return static_cast<std::uint16_t>((up ? high : low) | (std::signbit(x) ? 0x8000U : 0U));
}

template <class Format>
void check_rounding(std::uint16_t infinity) {
  for (std::uint32_t word = 0; word < infinity; ++word) {
    const float x = Format::value(static_cast<std::uint16_t>(word));
    BOOST_REQUIRE_EQUAL(Format::round(x), word);
    const float next = word + 1U < infinity ? Format::value(static_cast<std::uint16_t>(word + 1U)) : std::numeric_limits<float>::max();
    const auto middle = static_cast<float>((static_cast<double>(x) + next) / 2);
    for (const float near : {middle, std::nextafter(middle, 0.0F), std::nextafter(middle, next), -middle}) {
      BOOST_REQUIRE_EQUAL(Format::round(near), nearest<Format>(near, infinity));
    }
  }
  const float endless = std::numeric_limits<float>::infinity();
  BOOST_CHECK_EQUAL(Format::round(endless), infinity);
  BOOST_CHECK_EQUAL(Format::round(-endless), infinity | 0x8000U);
  BOOST_CHECK(std::isnan(Format::value(Format::round(std::nanf("")))));
  std::mt19937 words(3);
  for (int i = 0; i < 200000; ++i) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(words()));
    if (std::isfinite(x)) {
      BOOST_REQUIRE_EQUAL(Format::round(x), nearest<Format>(x, infinity));
    }
  }
  BOOST_CHECK_EQUAL(Format::round(1.5F, -2.0F), Format::round(1.5F) | (static_cast<std::uint32_t>(Format::round(-2.0F)) << 16U));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_half_numbers)

BOOST_AUTO_TEST_CASE(rounding_fp16) {
  check_rounding<Fp16>(0x7C00);
  BOOST_CHECK_EQUAL(Fp16::round(65519.996F), 0x7BFF);
  BOOST_CHECK_EQUAL(Fp16::round(65520.0F), 0x7C00);
}

BOOST_AUTO_TEST_CASE(rounding_bf16) { check_rounding<Bf16>(0x7F80); }

// The emulated instruction against the matrix product, of fragments as the tables are laid out.
BOOST_AUTO_TEST_CASE(products_of_fragments) {
  Noise noise(4);
  const HostWarp warp;
  double a[16][16];
  double b[16][16];
  for (int i = 0; i < 16; ++i) {
    for (int j = 0; j < 16; ++j) {
      a[i][j] = Fp16::value(Fp16::round(static_cast<float>(noise())));
      b[i][j] = Fp16::value(Fp16::round(static_cast<float>(noise())));
    }
  }
  HostWarp::Registers<std::uint32_t, 4> left;
  HostWarp::Registers<std::uint32_t, 4> right;
  HostWarp::Registers<float, 8> sum = {};
  warp.each([&](int lane) {
    const int g = lane / 4;
    const int t = 2 * (lane % 4);
    for (int h = 0; h < 2; ++h) {
      for (int j = 0; j < 2; ++j) {
        left(lane, 2 * j + h) = Fp16::round(static_cast<float>(a[g + 8 * h][t + 8 * j]), static_cast<float>(a[g + 8 * h][t + 8 * j + 1]));
        right(lane, 2 * j + h) = Fp16::round(static_cast<float>(b[t + 8 * h][g + 8 * j]), static_cast<float>(b[t + 8 * h + 1][g + 8 * j]));
      }
    }
  });
  warp.multiply<Fp16, 16, 16>(sum, left, right);
  warp.each([&](int lane) {
    for (int i = 0; i < 8; ++i) {
      double exact = 0.0;
      for (int k = 0; k < 16; ++k) {
        exact += a[half::sum_row(lane, i)][k] * b[k][half::sum_column(lane, i)];
      }
      BOOST_REQUIRE_SMALL(sum(lane, i) - exact, 1e-5);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()

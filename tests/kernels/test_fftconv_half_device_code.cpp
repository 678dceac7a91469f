// The half-precision convolution's CUDA kernels, carried out on the CPU by warps that have all their lanes (fftconv_half_emulation.hpp).

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "fftconv_half_support.hpp"

using namespace half_test;

BOOST_AUTO_TEST_SUITE(test_fftconv_half_device_code)

// All instances of the kernels, with white data and kernels as long as the data.
BOOST_AUTO_TEST_CASE(every_period) {
  for (const HalfFormat format : formats) {
    Noise noise(1);
    for (Index period = 256; period <= 131072; period *= 2) {
      const Index length = period / 2;
      const Index batch = period <= 4096 ? 5 : 1;
      const Index kernels = std::min<Index>(batch, 2);
      HalfDescription d = description(format, length, length, batch, kernels);
      d.period = period;
      const Case c(d, noise.taps(kernels, length));
      const double error = c.check(noise.numbers(format, batch * length));
      BOOST_TEST_MESSAGE(name_of(format) << ", N = " << period << ": " << error);
    }
  }
}

// Both halves of the period hold data or results.
BOOST_AUTO_TEST_CASE(full_periods) {
  for (const HalfFormat format : formats) {
    Noise noise(2);
    for (const Index period : {256, 512, 2048, 8192, 16384, 32768, 65536}) {
      HalfDescription d = description(format, period - 40, 41, 1, 1, Mode::full);
      d.period = period;
      d.method = period > 32768 ? HalfMethod::two_level : HalfMethod::one_pass;
      Case c(d, noise.taps(1, 41));
      c.check(noise.numbers(format, c.in_length()));
      c.adjoint = true;
      c.check(noise.numbers(format, c.in_length()));
    }
  }
}

// Kernels that decay as 1/(1 + i), and constant data: all of the transform in one number.
BOOST_AUTO_TEST_CASE(smooth_data) {
  for (const HalfFormat format : formats) {
    for (const Index length : {128, 1000, 4096, 16384, 40000}) {
      std::vector<float> taps;
      for (Index i = 0; i < std::min<Index>(length, 16384); ++i) {
        taps.push_back(static_cast<float>(1.0 / static_cast<double>(1 + i)));
      }
      HalfDescription d = description(format, length, static_cast<Index>(taps.size()));
      d.method = length > 20000 ? HalfMethod::two_level : HalfMethod::one_pass;
      const Case c(d, taps);
      const std::vector<std::uint16_t> constant(static_cast<std::size_t>(length), word_of(format, 5000.0));
      c.check(constant);
    }
  }
}

BOOST_AUTO_TEST_CASE(any_length_and_mode) {
  Noise noise(5);
  for (int round = 0; round < 40; ++round) {
    const HalfFormat format = formats[round % 2];
    const Mode mode = std::array{Mode::full, Mode::same, Mode::valid, Mode::causal}[static_cast<std::size_t>(round / 2 % 4)];
    const Index data = round % 5 == 0 ? noise.index(1, 40) : noise.index(1, 3000);
    const Index kernel = round % 3 == 0 ? noise.index(1, 40) : noise.index(1, 2500);
    const Index batch = noise.index(1, 6);
    const Index kernels = noise.index(1, batch);
    Case c(description(format, data, kernel, batch, kernels, mode), noise.taps(kernels, kernel));
    const auto offset = static_cast<std::size_t>(noise.index(0, 7));
    c.check(noise.numbers(format, batch * c.in_length()), offset);
    c.adjoint = true;
    c.check(noise.numbers(format, batch * c.in_length()), offset);
  }
}

BOOST_AUTO_TEST_CASE(primes_and_powers) {
  Noise noise(6);
  for (const Index data : {1, 1021, 2047, 2048, 2049, 10007}) {
    Case c(description(HalfFormat::fp16, data, 129, 3, 3, Mode::same), noise.taps(3, 129));
    for (const std::size_t offset : {0U, 1U, 6U}) {
      c.check(noise.numbers(HalfFormat::fp16, 3 * data), offset);
    }
  }
}

// Long arrays with short kernels, block by block.
BOOST_AUTO_TEST_CASE(overlap_save) {
  Noise noise(7);
  for (const HalfFormat format : formats) {
    for (const Mode mode : {Mode::full, Mode::same, Mode::valid, Mode::causal}) {
      for (const auto& [data, kernel, period] : {std::array<Index, 3>{5000, 33, 0}, {20011, 700, 0}, {3001, 200, 256}, {9000, 9, 512}}) {
        HalfDescription d = description(format, data, kernel, 2, 2, mode);
        d.method = HalfMethod::overlap_save;
        d.period = period;
        Case c(d, noise.taps(2, kernel));
        BOOST_CHECK_GT(c.emulated.geometry().blocks, 1);
        c.check(noise.numbers(format, 2 * c.in_length()), 3);
        c.adjoint = true;
        c.check(noise.numbers(format, 2 * c.in_length()));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(two_levels) {
  Noise noise(8);
  for (const auto& [data, kernel, period] : {std::array<Index, 3>{40001, 20000, 65536}, {70000, 60001, 131072}, {1000003, 40, 1 << 20}}) {
    HalfDescription d = description(HalfFormat::fp16, data, kernel, period < 100000 ? 3 : 1, 1, Mode::same);
    d.method = HalfMethod::two_level;
    d.period = period;
    Case c(d, noise.taps(1, kernel));
    c.check(noise.numbers(HalfFormat::fp16, d.batch * data), 1);
    c.adjoint = period < 1000000;
    c.check(noise.numbers(HalfFormat::fp16, d.batch * data));
  }
}

BOOST_AUTO_TEST_CASE(gates) {
  Noise noise(9);
  for (const HalfFormat format : formats) {
    for (const auto& [data, kernel, method] : {std::tuple<Index, Index, HalfMethod>{1001, 200, HalfMethod::one_pass},
                                               {128, 128, HalfMethod::one_pass},
                                               {4001, 90, HalfMethod::overlap_save},
                                               {33001, 90, HalfMethod::two_level}}) {
      HalfDescription d = description(format, data, kernel, 3, 1, Mode::full);
      d.method = method;
      for (const bool adjoint : {false, true}) {
        Case c(d, noise.taps(1, kernel));
        c.adjoint = adjoint;
        c.alpha = -0.7F;
        c.pre = noise.numbers(format, 3 * c.in_length());
        c.post = noise.numbers(format, 3 * c.out_length());
        c.check(noise.numbers(format, 3 * c.in_length()), 5);
      }
    }
  }
}

// ⟨A u, v⟩ = ⟨u, A* v⟩ up to the rounding of both results.
BOOST_AUTO_TEST_CASE(adjoint_identity) {
  Noise noise(10);
  for (const HalfFormat format : formats) {
    for (const Index data : {200, 3000, 33000}) {
      Case c(description(format, data, 77, 1, 1, Mode::full), noise.taps(1, 77));
      const auto u = noise.numbers(format, c.axis().data);
      const auto v = noise.numbers(format, c.axis().outputs);
      const auto inner = [&](const std::vector<std::uint16_t>& a, const std::vector<std::uint16_t>& b) {
        double sum = 0.0;
        for (std::size_t i = 0; i < a.size(); ++i) {
          sum += static_cast<double>(value_of(format, a[i])) * value_of(format, b[i]);
        }
        return sum;
      };
      const auto au = c.apply(u);
      c.adjoint = true;
      const double difference = inner(au, v) - inner(u, c.apply(v));
      BOOST_CHECK_SMALL(difference / std::sqrt(inner(au, au) * inner(v, v)), bound(format));
    }
  }
}

// Kernels from 1e-6 to 1e6, data such that results are numbers of the format; kernels whose taps or gain the format does not have.
BOOST_AUTO_TEST_CASE(extreme_scales) {
  Noise noise(11);
  for (const HalfFormat format : formats) {
    for (const Index length : {100, 4096, 40000}) {
      for (const double scale : {1e-6, 1e-3, 1e3, 1e6}) {
        HalfDescription d = description(format, length, 64);
        d.method = length > 20000 ? HalfMethod::two_level : HalfMethod::one_pass;
        Case c(d, noise.taps(1, 64, scale));
        c.check(noise.numbers(format, length, scale > 1 ? 1e-3 : 1e3));
        c.alpha = static_cast<float>(1.0 / scale);
        c.check(noise.numbers(format, length));
        c.check(noise.numbers(format, length, 1e4));
      }
    }
  }
}

// A result that the format has no number for is an infinity, not a zero; what is left of the array is right.
BOOST_AUTO_TEST_CASE(results_out_of_range) {
  Case c(description(HalfFormat::fp16, 300, 2), {60000.0F, 0.0F});
  std::vector<std::uint16_t> in(300, Fp16::round(1.0F));
  in[7] = Fp16::round(4.0F);
  const auto out = c.apply(in);
  for (std::size_t i = 0; i < in.size(); ++i) {
    BOOST_CHECK(i == 7 ? out[i] == 0x7C00 : std::abs(Fp16::value(out[i]) / 60000.0F - 1.0F) < 0.02F);
  }
}

// Bits of an array do not depend on its neighbours, and a NaN does not reach them.
BOOST_AUTO_TEST_CASE(arrays_are_independent) {
  Noise noise(12);
  for (const Index length : {100, 250, 1000, 33000}) {
    HalfDescription d = description(HalfFormat::fp16, length, 50, 3);
    const auto taps = noise.taps(1, 50);
    d.method = length > 20000 ? HalfMethod::two_level : HalfMethod::one_pass;
    const auto in = noise.numbers(HalfFormat::fp16, 3 * length);
    const auto out = Case(d, taps).apply(in);
    const auto n = static_cast<std::ptrdiff_t>(length);
    auto spoilt = in;
    spoilt[static_cast<std::size_t>(n + n / 2)] = 0x7E00;
    std::fill(spoilt.begin(), spoilt.begin() + n, std::uint16_t{0x7BFF});
    const auto beside = Case(d, taps).apply(spoilt);
    BOOST_CHECK(std::equal(out.begin() + 2 * n, out.end(), beside.begin() + 2 * n));
    BOOST_CHECK(std::all_of(beside.begin() + n, beside.begin() + 2 * n, [](auto word) { return std::isnan(Fp16::value(word)); }));
    d.batch = 1;
    BOOST_CHECK(
        std::ranges::equal(Case(d, taps).apply({in.begin() + n, in.begin() + 2 * n}), std::vector(out.begin() + n, out.begin() + 2 * n)));
  }
}

// Data twice as large give results twice as large, to the bit, as long as neither has subnormal numbers.
BOOST_AUTO_TEST_CASE(powers_of_two) {
  Noise noise(13);
  for (const HalfFormat format : formats) {
    for (const Index length : {128, 2000, 33000}) {
      HalfDescription d = description(format, length, 60);
      d.method = length > 20000 ? HalfMethod::two_level : HalfMethod::one_pass;
      const Case c(d, noise.taps(1, 60));
      const auto in = noise.numbers(format, length);
      auto large = in;
      for (auto& word : large) {
        word = word_of(format, 64.0 * value_of(format, word));
      }
      const auto once = c.apply(in);
      const auto more = c.apply(large);
      for (std::size_t i = 0; i < once.size(); ++i) {
        if (std::abs(value_of(format, once[i])) > 1e-4F) {
          BOOST_REQUIRE_EQUAL(64.0F * value_of(format, once[i]), value_of(format, more[i]));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(zero_data_and_kernels) {
  for (const HalfFormat format : formats) {
    for (const Index length : {128, 4096, 33000}) {
      HalfDescription d = description(format, length, 3);
      d.method = length > 20000 ? HalfMethod::two_level : HalfMethod::one_pass;
      const std::vector<std::uint16_t> zeros(static_cast<std::size_t>(length), 0);
      Noise noise(14);
      BOOST_CHECK(std::ranges::all_of(Case(d, {1.0F, 2.0F, 3.0F}).apply(zeros), [](auto word) { return (word & 0x7FFFU) == 0; }));
      const auto out = Case(d, {0.0F, 0.0F, 0.0F}).apply(noise.numbers(format, length));
      BOOST_CHECK(std::ranges::all_of(out, [](auto word) { return (word & 0x7FFFU) == 0; }));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

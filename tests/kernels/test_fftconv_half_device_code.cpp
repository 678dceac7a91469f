// The half-precision convolution's CUDA kernels, carried out on the CPU by warps that have all their lanes (fftconv_half_emulation.hpp).
// Results are compared with the sum itself in double precision, of the rounded data and the kernel as it is given. A result that is
// zero, scaled or another's fails: relative L2 error, norm and correlation are looked at, each of every array.

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>

#include "fftconv_half_emulation.hpp"

using namespace half_test;

namespace {

float value_of(HalfFormat format, std::uint16_t word) { return format == HalfFormat::fp16 ? Fp16::value(word) : Bf16::value(word); }
std::uint16_t word_of(HalfFormat format, double x) {
  return format == HalfFormat::fp16 ? Fp16::round(static_cast<float>(x)) : Bf16::round(static_cast<float>(x));
}
/// Relative L2 errors that are accepted: what rounding data, matrices and intermediate results to 11 and 8 digits makes, twice.
double bound(HalfFormat format) { return format == HalfFormat::fp16 ? 1.5e-3 : 1e-2; }
const char* name_of(HalfFormat format) { return format == HalfFormat::fp16 ? "fp16" : "bf16"; }

class Noise {
 public:
  explicit Noise(unsigned seed) : words_(seed) {}
  double operator()() { return normal_(words_); }
  Index index(Index least, Index most) { return std::uniform_int_distribution<Index>(least, most)(words_); }
  std::vector<std::uint16_t> numbers(HalfFormat format, Index count, double scale = 1.0) {
    std::vector<std::uint16_t> all(static_cast<std::size_t>(count));
    for (auto& word : all) {
      word = word_of(format, scale * (*this)());
    }
    return all;
  }
  /// Taps with the gain 1 of white noise.
  std::vector<float> taps(Index kernels, Index count, double scale = 1.0) {
    std::vector<float> all(static_cast<std::size_t>(kernels * count));
    for (auto& tap : all) {
      tap = static_cast<float>(scale * (*this)() / std::sqrt(static_cast<double>(count)));
    }
    return all;
  }

 private:
  std::mt19937 words_;
  std::normal_distribution<double> normal_;
};

/// A convolution with all that is applied to it.
struct Case {
  HalfDescription description;
  Emulated emulated;
  std::vector<float> taps;
  bool adjoint = false;
  double alpha = 1.0;
  std::vector<std::uint16_t> pre = {};
  std::vector<std::uint16_t> post = {};

  Case(const HalfDescription& d, std::vector<float> h) : description(d), emulated(d), taps(std::move(h)) { emulated.set_kernel(taps); }

  [[nodiscard]] const Axis& axis() const { return emulated.geometry().axis; }
  [[nodiscard]] Index in_length() const { return adjoint ? axis().outputs : axis().data; }
  [[nodiscard]] Index out_length() const { return adjoint ? axis().data : axis().outputs; }

  /// @param offset  of the arrays from a multiple of 16 bytes, in numbers; what lies around them must stay
  [[nodiscard]] std::vector<std::uint16_t> apply(const std::vector<std::uint16_t>& in, std::size_t offset = 0) const {
    constexpr std::size_t margin = 24;
    const std::size_t size = static_cast<std::size_t>(description.batch * out_length());
    LineVector<std::uint16_t> from(in.size() + 2 * margin, 0x7FFF);
    LineVector<std::uint16_t> to(size + 2 * margin, 0x7FFE);
    std::ranges::copy(in, from.begin() + static_cast<std::ptrdiff_t>(margin + offset));
    half::Call call;
    call.in = from.data() + margin + offset;
    call.out = to.data() + margin + offset;
    call.pre = pre.empty() ? nullptr : pre.data();
    call.post = post.empty() ? nullptr : post.data();
    call.alpha = static_cast<float>(alpha);
    call.adjoint = adjoint;
    emulated.apply(call);
    const auto first = to.begin() + static_cast<std::ptrdiff_t>(margin + offset);
    const auto last = first + static_cast<std::ptrdiff_t>(size);
    BOOST_CHECK(std::all_of(to.begin(), first, [](auto word) { return word == 0x7FFE; }));
    BOOST_CHECK(std::all_of(last, to.end(), [](auto word) { return word == 0x7FFE; }));
    return {first, last};
  }

  /// Output i of an array, by the sum.
  [[nodiscard]] double exact(const std::vector<std::uint16_t>& in, Index array, Index i) const {
    const auto at = [&](const std::vector<std::uint16_t>& numbers, Index j) {
      return static_cast<double>(value_of(description.format, numbers[static_cast<std::size_t>(array * in_length() + j)]));
    };
    const float* h = taps.data() + array % description.kernels * description.kernel + axis().skipped;
    double sum = 0.0;
    for (Index k = 0; k < axis().taps; ++k) {
      const Index j = adjoint ? i - axis().first + k : axis().first + i - k;
      if (j >= 0 && j < in_length()) {
        // The gated number is rounded to the format.
        const double x = pre.empty() ? at(in, j) : value_of(description.format, word_of(description.format, at(in, j) * at(pre, j)));
        sum += static_cast<double>(h[k]) * x;
      }
    }
    const std::size_t out = static_cast<std::size_t>(array * out_length() + i);
    return alpha * sum * (post.empty() ? 1.0 : value_of(description.format, post[out]));
  }

  /// Of every array, by a sample of its outputs where they are very many. @returns the greatest relative L2 error
  double check(const std::vector<std::uint16_t>& in, std::size_t offset = 0) const {
    const auto out = apply(in, offset);
    double worst = 0.0;
    const Index step = std::max<Index>(1, out_length() * axis().taps >> 22);
    for (Index array = 0; array < description.batch; ++array) {
      double error = 0.0;
      double wanted = 0.0;
      double got = 0.0;
      double both = 0.0;
      for (Index i = array % step; i < out_length(); i += step) {
        const double y = exact(in, array, i);
        const double z = value_of(description.format, out[static_cast<std::size_t>(array * out_length() + i)]);
        error += (z - y) * (z - y);
        wanted += y * y;
        got += z * z;
        both += y * z;
      }
      const double relative = std::sqrt(error / wanted);
      BOOST_TEST_CONTEXT(name_of(description.format)
                         << ", L = " << description.data << ", K = " << description.kernel << ", mode "
                         << static_cast<int>(description.mode) << ", method " << static_cast<int>(emulated.geometry().method) << ", period "
                         << emulated.geometry().period << (adjoint ? ", adjoint" : "") << ", array " << array) {
        BOOST_CHECK_LE(relative, bound(description.format));
        BOOST_CHECK_GT(both / std::sqrt(wanted * got), 0.999);
        BOOST_CHECK_LT(std::abs(std::sqrt(got / wanted) - 1.0), bound(description.format));
      }
      worst = std::max(worst, relative);
    }
    return worst;
  }
};

HalfDescription description(HalfFormat format, Index data, Index kernel, Index batch = 1, Index kernels = 1, Mode mode = Mode::causal) {
  HalfDescription d;
  d.format = format;
  d.data = data;
  d.kernel = kernel;
  d.batch = batch;
  d.kernels = kernels;
  d.mode = mode;
  return d;
}

constexpr HalfFormat formats[] = {HalfFormat::fp16, HalfFormat::bf16};

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

BOOST_AUTO_TEST_SUITE(test_fftconv_half_device_code)

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

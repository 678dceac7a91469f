// The code of convolutions on GPUs, carried out here: the steps between transforms thread by thread, the callbacks where cuFFT would call
// them, transforms by their definition. Compared with the sum that a convolution is; outside the outputs nothing is written. Every mode,
// type, number of axes, chunks, several inputs, kernels of their own, strides of either sign, gates, alpha and beta, the adjoint.

#include <complex>
#include <random>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/kernels/fftconv/scalar.hpp>

#include "fftconv_emulator.hpp"

using namespace kindred::fftconv;
using fftconv_test::Emulator;
using kindred::Index;

namespace {

template <class Value>
Value random_value(std::mt19937_64& engine) {
  std::uniform_real_distribution<double> uniform(-1.0, 1.0);
  if constexpr (is_complex<Value>) {
    const double re = uniform(engine);
    return {static_cast<Real<Value>>(re), static_cast<Real<Value>>(uniform(engine))};
  } else {
    return static_cast<Value>(uniform(engine));
  }
}

template <class Value>
std::vector<Value> random_values(Index count, unsigned seed) {
  std::mt19937_64 engine(seed);
  std::vector<Value> values(static_cast<std::size_t>(count));
  for (Value& value : values) {
    value = random_value<Value>(engine);
  }
  return values;
}

/// The taps of a kernel that lie at output n and datum j of a convolution, by the definitions of the modes.
std::vector<Index> taps_between(const Description& d, std::size_t axis, Index n, Index j) {
  const Index kernel = d.kernel[axis];
  std::vector<Index> taps;
  if (d.mode == Mode::periodic) {
    for (Index k = ((n - j) % d.data[axis] + d.data[axis]) % d.data[axis]; k < kernel; k += d.data[axis]) {
      taps.push_back(k);
    }
    return taps;
  }
  const Index first = d.mode == Mode::same ? (kernel - 1) / 2 : d.mode == Mode::valid ? std::min(d.data[axis], kernel) - 1 : 0;
  const Index k = first + n - j;
  if (k >= 0 && k < kernel) {
    taps.push_back(k);
  }
  return taps;
}

/// Entry (n, j) of the matrix of one kernel.
template <class Value>
std::complex<long double> entry(const Description& d, const Value* kernel, const std::array<Index, 3>& n, const std::array<Index, 3>& j) {
  std::vector<Index> offsets = {0};
  for (std::size_t axis = 0; axis < d.data.size(); ++axis) {
    std::vector<Index> longer;
    for (const Index tap : taps_between(d, axis, n[axis], j[axis])) {
      for (const Index offset : offsets) {
        longer.push_back(offset * d.kernel[axis] + tap);
      }
    }
    offsets = longer;
  }
  std::complex<long double> sum = 0;
  for (const Index offset : offsets) {
    sum += std::complex<long double>(kernel[offset]);
  }
  return sum;
}

std::vector<std::array<Index, 3>> all_places(const std::vector<Index>& extents) {
  std::vector<std::array<Index, 3>> places;
  const Index b = extents.size() > 1 ? extents[1] : 1;
  const Index c = extents.size() > 2 ? extents[2] : 1;
  for (Index i = 0; i < extents[0] * b * c; ++i) {
    places.push_back({i / (b * c), i / c % b, i % c});
  }
  return places;
}

Index at(const Layout& layout, const Description& d, Index b, Index j, const std::array<Index, 3>& place) {
  Index where = layout.array(b, j);
  for (std::size_t axis = 0; axis < d.data.size(); ++axis) {
    where += place[axis] * layout.strides[3 - d.data.size() + axis];
  }
  return where;
}

/// What the operation gives, by its definition.
template <class Value>
std::vector<Value> expected(const Description& d, const std::vector<Value>& taps, const std::vector<Value>& in, std::vector<Value> out,
                            const Operation<Value>& op, bool adjoint) {
  using Exact = std::complex<long double>;
  const Layout data = layout_of(d.in, "in", d.data, d.batch, d.inputs);
  const Layout result = layout_of(d.out, "out", output_extents(d), d.batch, 1);
  const auto columns = all_places(d.data);
  const auto rows = all_places(output_extents(d));
  Index numbers = 1;
  for (const Index extent : d.kernel) {
    numbers *= extent;
  }
  std::vector<Exact> sums(out.size());
  std::vector<bool> wanted(out.size(), false);
  for (Index b = 0; b < d.batch; ++b) {
    for (Index j = 0; j < d.inputs; ++j) {
      const Value* const kernel = taps.data() + ((d.kernel_per_array ? b * d.inputs : 0) + j) * numbers;
      for (const auto& n : rows) {
        for (const auto& m : columns) {
          const Exact h = entry(d, kernel, n, m);
          const auto from = static_cast<std::size_t>(adjoint ? at(result, d, b, 0, n) : at(data, d, b, j, m));
          const auto to = static_cast<std::size_t>(adjoint ? at(data, d, b, j, m) : at(result, d, b, 0, n));
          const Exact x = Exact(in[from]) * (op.pre.empty() ? Exact(1) : Exact(op.pre[from]));
          sums[to] += (adjoint ? std::conj(h) : h) * x;
          wanted[to] = true;
        }
      }
    }
  }
  for (std::size_t k = 0; k < out.size(); ++k) {
    if (wanted[k]) {
      Exact y = Exact(op.alpha) * (op.post.empty() ? Exact(1) : Exact(op.post[k])) * sums[k];
      y += op.beta == Value(0) ? Exact(0) : Exact(op.beta) * Exact(out[k]);
      if constexpr (is_complex<Value>) {
        out[k] = Value(static_cast<Real<Value>>(y.real()), static_cast<Real<Value>>(y.imag()));
      } else {
        out[k] = static_cast<Value>(y.real());
      }
    }
  }
  return out;
}

enum class Way { library, callbacks, planes, planes_callbacks };

struct Choice {
  Way way = Way::library;
  Index chunk = 2;  ///< arrays, or planes
};

/// Sets the kernel and applies it as on a device.
template <class Value>
void emulate(const Description& d, const std::vector<Value>& taps, const device::Application<Value>& what, const Choice& choice) {
  const bool planes = choice.way == Way::planes || choice.way == Way::planes_callbacks;
  const bool callbacks = choice.way == Way::callbacks || choice.way == Way::planes_callbacks;
  const device::PaddedShape shape = device::padded_shape(d, !is_complex<Value>, sizeof(Real<Value>) == 4);
  Emulator<Value> emulator;
  const auto relevant = device::all_relevant_taps(shape, std::span<const Value>(taps));
  const bool even = device::is_even(shape, relevant);
  const device::TableShape table = shape.table(even, planes);
  const bool real = even && !is_complex<Value>;
  std::vector<Value> buffer(3 * shape.slot_bytes() / sizeof(Value));
  std::vector<Value> factors(static_cast<std::size_t>(2 * table.of_kernel * shape.kernels()));
  const device::FactorTable filled{table, factors.data(), real};
  device::transform_kernels(emulator, shape, 3, relevant.data(), buffer.data(), filled, factors.data());
  const auto carry_out = [&](const auto& pipeline) {
    const std::vector<Value> poison(1, Value(std::numeric_limits<Real<Value>>::quiet_NaN()));
    std::vector<Value> workspace(pipeline.workspace_bytes() / sizeof(Value) + 1, poison[0]);
    pipeline.apply(emulator, what, filled, workspace.data());
  };
  if (planes) {
    carry_out(device::PlanePipeline<Value, Emulator<Value>>(emulator, shape, choice.chunk, callbacks));
  } else {
    carry_out(device::ArrayPipeline<Value, Emulator<Value>>(emulator, shape, choice.chunk, callbacks));
  }
}

template <class Value>
void check(const Description& d, const std::vector<Value>& taps, const Choice& choice, bool gates, bool sums) {
  const Layout data = layout_of(d.in, "in", d.data, d.batch, d.inputs);
  const Layout result = layout_of(d.out, "out", output_extents(d), d.batch, 1);
  for (const bool adjoint : {false, true}) {
    const auto in = random_values<Value>(adjoint ? result.reach : data.reach, 1);
    auto out = random_values<Value>(adjoint ? data.reach : result.reach, 2);
    if (!sums) {
      std::ranges::fill(out, Value(std::numeric_limits<Real<Value>>::quiet_NaN()));  // beta = 0 reads nothing
    }
    const auto pre = random_values<Value>(static_cast<Index>(in.size()), 3);
    const auto post = random_values<Value>(static_cast<Index>(out.size()), 4);
    device::Application<Value> what{in.data(), out.data(), {}, adjoint};
    if (gates) {
      what.operation.pre = pre;
      what.operation.post = post;
    }
    if (sums) {
      what.operation.alpha = Value(Real<Value>(1.5));
      what.operation.beta = Value(Real<Value>(-0.5));
    }
    const auto reference = expected(d, taps, in, out, what.operation, adjoint);
    emulate(d, taps, what, choice);
    // The transforms by definition have errors of at most their lengths' roundings, of numbers of at most ‖h‖₁ ≤ their count.
    double bound = 64.0 * std::numeric_limits<Real<Value>>::epsilon() * static_cast<double>(d.inputs);
    for (std::size_t axis = 0; axis < d.data.size(); ++axis) {
      bound *= static_cast<double>(d.data[axis] + d.kernel[axis]);
    }
    for (std::size_t k = 0; k < out.size(); ++k) {
      const bool same =
          out[k] == reference[k] || std::abs(out[k] - reference[k]) <= bound || (out[k] != out[k] && reference[k] != reference[k]);
      BOOST_REQUIRE_MESSAGE(same, "way " << static_cast<int>(choice.way) << ", mode " << static_cast<int>(d.mode) << ", axes "
                                         << d.data.size() << ", data " << d.data.back() << ", kernel " << d.kernel.back() << ", batch "
                                         << d.batch << ", inputs " << d.inputs << ", chunk " << choice.chunk << ", adjoint " << adjoint
                                         << ": number " << k << " is " << out[k] << " for " << reference[k]);
    }
  }
}

Index kernel_numbers(const Description& d) {
  Index numbers = d.kernel_per_array ? d.batch * d.inputs : d.inputs;
  for (const Index extent : d.kernel) {
    numbers *= extent;
  }
  return numbers;
}

template <class Value>
void check_all_ways(const Description& d) {
  const auto taps = random_values<Value>(kernel_numbers(d), 9);
  for (const Way way : {Way::library, Way::callbacks, Way::planes, Way::planes_callbacks}) {
    const bool planes = way == Way::planes || way == Way::planes_callbacks;
    if (planes && (d.data.size() < 3 || d.inputs > 1)) {
      continue;
    }
    check<Value>(d, taps, {way, planes ? 8 : 2}, false, false);
    check<Value>(d, taps, {way, planes ? 3 : 4}, true, true);
  }
}

constexpr Mode modes[] = {Mode::full, Mode::same, Mode::valid, Mode::causal, Mode::periodic};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_device_code)

template <class Divisor, class Word>
void check_divisors() {
  constexpr auto greatest = static_cast<Word>(std::numeric_limits<Word>::max() / 2);
  std::mt19937_64 engine(5);
  const auto random = [&] { return static_cast<Word>(static_cast<Word>(engine()) >> (1U + engine() % (8 * sizeof(Word) - 1))); };
  const auto check_one = [](Word n, Word d) { BOOST_REQUIRE_EQUAL(Divisor(static_cast<std::int64_t>(d)).quotient(n), n / d); };
  for (int k = 0; k < 100000; ++k) {
    const Word n = random();
    const Word d = std::max<Word>(1, random());
    check_one(n, d);
    const Word multiple = n / d * d;
    check_one(multiple, d);
    check_one(multiple > 0 ? multiple - 1 : 0, d);
  }
  for (const Word d : {Word{1}, Word{2}, Word{3}, Word{7}, static_cast<Word>(greatest / 2 + 2), greatest}) {
    check_one(greatest, d);
    check_one(0, d);
  }
}

BOOST_AUTO_TEST_CASE(divisors) {
  check_divisors<device::Divisor, std::uint32_t>();
  check_divisors<device::WideDivisor, std::uint64_t>();
}

BOOST_AUTO_TEST_CASE(smooth_lengths) {
  const auto is_smooth = [](Index n) {
    for (const Index p : {2, 3, 5, 7}) {
      while (n % p == 0) {
        n /= p;
      }
    }
    return n == 1;
  };
  for (Index least = 1; least < 3000; ++least) {
    Index any = least;
    while (!is_smooth(any)) {
      ++any;
    }
    BOOST_REQUIRE_EQUAL(device::smooth_length(least, false), any);
    while (!is_smooth(any) || any % 2 == 1) {
      ++any;
    }
    BOOST_REQUIRE_EQUAL(device::smooth_length(least, true), any);
  }
  BOOST_TEST(device::smooth_length((Index{1} << 40) - 3, true) == Index{1} << 40);
}

BOOST_AUTO_TEST_CASE(one_axis) {
  for (const Mode mode : modes) {
    for (const auto& [data, kernel] : {std::pair<Index, Index>{1, 1}, {1, 6}, {7, 3}, {12, 12}, {5, 13}, {23, 10}, {31, 32}}) {
      const Description d{.data = {data}, .kernel = {kernel}, .mode = mode, .batch = 3};
      check_all_ways<double>(d);
      check_all_ways<std::complex<double>>(d);
    }
  }
  const Description d{.data = {21}, .kernel = {8}, .mode = Mode::causal, .batch = 19};
  check_all_ways<float>(d);  // more arrays than a tile of the product
  check<float>(d, random_values<float>(8, 9), {Way::library, 19}, false, false);
  check_all_ways<std::complex<float>>(d);
}

BOOST_AUTO_TEST_CASE(more_axes) {
  for (const Mode mode : modes) {
    check_all_ways<double>({.data = {5, 7}, .kernel = {3, 4}, .mode = mode, .batch = 2});
    check_all_ways<double>({.data = {4, 3, 6}, .kernel = {2, 3, 5}, .mode = mode, .batch = 2});
    check_all_ways<std::complex<double>>({.data = {3, 4, 4}, .kernel = {3, 2, 1}, .mode = mode});
    if (mode != Mode::valid) {
      check_all_ways<double>({.data = {3, 5, 4}, .kernel = {6, 1, 3}, .mode = mode, .batch = 2, .kernel_per_array = true});
    }
  }
}

BOOST_AUTO_TEST_CASE(several_inputs) {
  for (const bool per_array : {false, true}) {
    for (const Index batch : {1, 3, 11}) {
      check_all_ways<double>({.data = {9}, .kernel = {4}, .mode = Mode::full, .batch = batch, .inputs = 3, .kernel_per_array = per_array});
      check_all_ways<std::complex<double>>(
          {.data = {4, 5}, .kernel = {2, 3}, .mode = Mode::same, .batch = batch, .inputs = 2, .kernel_per_array = per_array});
    }
  }
}

BOOST_AUTO_TEST_CASE(strides) {
  Description d{.data = {6, 5}, .kernel = {3, 3}, .mode = Mode::same, .batch = 3, .inputs = 2};
  d.in = {.axes = {-11, 2}, .batch = 200, .input = 70};
  d.out = {.axes = {3, -20}, .batch = 150, .input = 0};
  check_all_ways<double>(d);
  Description grid{.data = {3, 4, 5}, .kernel = {3, 2, 3}, .mode = Mode::full, .batch = 2};
  grid.in = {.axes = {1, 3, 12}, .batch = -61, .input = 0};
  grid.out = {.axes = {-40, 8, 1}, .batch = 203, .input = 0};
  check_all_ways<double>(grid);
  check_all_ways<std::complex<double>>(grid);
}

// Of kernels that are even only half the wave numbers are kept, and real parts.
BOOST_AUTO_TEST_CASE(even_kernels) {
  const auto check_even = [](const Description& d, bool even) {
    auto taps = random_values<double>(kernel_numbers(d), 9);
    const std::vector<Index>& k = d.kernel;
    const auto places = all_places(k);
    const auto folded = [&](std::size_t axis, Index i) { return std::min(i, k[axis] - 1 - i); };
    for (std::size_t p = 0; p < places.size(); ++p) {
      double value = 0.0;
      for (std::size_t axis = 0; axis < k.size(); ++axis) {
        value = 3.0 * value + 1.0 / (1.0 + static_cast<double>(folded(axis, places[p][axis])));
      }
      taps[p] = value;
    }
    const device::PaddedShape shape = device::padded_shape(d, true, false);
    BOOST_TEST(device::is_even(shape, device::all_relevant_taps(shape, std::span<const double>(taps))) == even);
    for (const Way way : {Way::library, Way::callbacks, Way::planes, Way::planes_callbacks}) {
      if (way == Way::library || way == Way::callbacks || d.data.size() == 3) {
        check<double>(d, taps, {way, 8}, false, false);
      }
    }
    const std::vector<std::complex<double>> complex_taps(taps.begin(), taps.end());
    check<std::complex<double>>(d, complex_taps, {Way::callbacks, 8}, false, false);
    check<std::complex<double>>(d, complex_taps, {Way::library, 8}, false, false);
  };
  check_even({.data = {8}, .kernel = {15}, .mode = Mode::same}, true);
  check_even({.data = {4, 5}, .kernel = {7, 9}, .mode = Mode::same}, true);
  check_even({.data = {4, 3, 5}, .kernel = {7, 5, 9}, .mode = Mode::same}, true);
  check_even({.data = {4, 3, 5}, .kernel = {7, 5, 9}, .mode = Mode::full}, false);
  check_even({.data = {4, 6}, .kernel = {3, 4}, .mode = Mode::same}, false);  // an even number of taps has no centre
}

// The table of an even kernel, made from a quarter of the pencils, is that of the whole transform.
BOOST_AUTO_TEST_CASE(tables_of_even_kernels) {
  const Description d{.data = {4, 3, 5}, .kernel = {7, 5, 9}, .mode = Mode::same, .batch = 2, .kernel_per_array = true};
  const auto check_one = [&]<class Value>(Value) {
    std::vector<Value> taps;
    for (Index b = 0; b < 2; ++b) {
      for (const auto& place : all_places(d.kernel)) {
        const auto distance = [&](std::size_t axis) { return static_cast<double>(std::abs(place[axis] - d.kernel[axis] / 2)); };
        taps.push_back(Value(1.0 / (1.0 + distance(0) + 2.0 * distance(1) + 3.0 * distance(2) + static_cast<double>(b))));
      }
    }
    const device::PaddedShape shape = device::padded_shape(d, !is_complex<Value>, false);
    BOOST_REQUIRE(device::is_even(shape, taps));
    const device::TableShape table = shape.table(true, true);
    const device::FactorTable factors{table, nullptr, !is_complex<Value>};
    Emulator<Value> emulator;
    const auto room = static_cast<std::size_t>(2 * table.of_kernel);
    std::vector<Value> whole(room);
    std::vector<Value> quarter(room, Value(std::numeric_limits<double>::quiet_NaN()));
    std::vector<Value> buffer(2 * shape.slot_bytes() / sizeof(Value));
    device::transform_kernels(emulator, shape, 2, taps.data(), buffer.data(), factors, whole.data());
    for (const Index planes : {1, 3, 8}) {
      std::vector<std::complex<double>> few(static_cast<std::size_t>(device::even_kernel_numbers(shape, planes)));
      device::transform_even_kernels(emulator, shape, planes, taps.data(), few.data(), factors, quarter.data());
      for (std::size_t k = 0; k < room; ++k) {
        BOOST_REQUIRE_SMALL(std::abs(whole[k] - quarter[k]), 1e-13);
      }
    }
  };
  check_one(double{});
  check_one(std::complex<double>{});
}

BOOST_AUTO_TEST_CASE(chunks) {
  const Description d{.data = {1000}, .kernel = {1000}, .mode = Mode::causal, .batch = 10};
  const device::PaddedShape shape = device::padded_shape(d, true, true);
  BOOST_TEST(shape.period[2] == 2000);
  BOOST_TEST(device::arrays_of_chunk(shape, 0) == 1);
  BOOST_TEST(device::arrays_of_chunk(shape, 4 * shape.slot_bytes()) == 4);
  BOOST_TEST(device::arrays_of_chunk(shape, 9 * shape.slot_bytes()) == 5);  // two equal chunks
  BOOST_TEST(device::arrays_of_chunk(shape, std::size_t{1} << 40U) == 10);
  // No more than 2^31 numbers at a time, which is what callbacks count to.
  const device::PaddedShape large =
      device::padded_shape({.data = {1 << 20}, .kernel = {1 << 20}, .mode = Mode::causal, .batch = 5000}, true, true);
  BOOST_TEST(device::arrays_of_chunk(large, std::size_t{1} << 50U) * 2 * large.slot() < Index{1} << 31U);
  BOOST_TEST(device::arrays_of_chunk(large, std::size_t{1} << 50U) > 900);
}

BOOST_AUTO_TEST_SUITE_END()

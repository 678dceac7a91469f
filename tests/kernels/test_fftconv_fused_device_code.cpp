// The fused CUDA convolution, carried out here thread by thread with the code that the GPU runs: against the sum by its definition, in
// every mode, length, type and layout; and what its accesses to memory come to.

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/kernels/fftconv/fused/schedule.hpp>
#include <kindred/kernels/fftconv/fused/tables.hpp>

#include "fused_emulation.hpp"

using namespace kindred::fftconv;
using kindred::Index;

namespace {

template <class Value>
using Long = std::conditional_t<std::is_arithmetic_v<Value>, long double, std::complex<long double>>;

template <class Value>
Long<Value> widened(const Value& value) {
  return Long<Value>(value);
}
long double conjugate(long double x) { return x; }
std::complex<long double> conjugate(std::complex<long double> x) { return std::conj(x); }

template <class Value>
std::vector<Value> random_numbers(std::size_t count, std::mt19937_64& random) {
  std::normal_distribution<Real<Value>> normal;
  std::vector<Value> numbers(count);
  for (Value& number : numbers) {
    if constexpr (std::is_arithmetic_v<Value>) {
      number = normal(random);
    } else {
      number = {normal(random), normal(random)};
    }
  }
  return numbers;
}

template <class Numbers>
long double norm(const Numbers& numbers) {
  long double sum = 0;
  for (const auto& x : numbers) {
    sum += static_cast<long double>(std::norm(x));
  }
  return std::sqrt(sum);
}

/// A batch on an imagined device. Arrays may be strided, shifted, gated.
template <class Value>
struct Device {
  Description description;
  Geometry geometry;
  fused::Schedule schedule;
  std::vector<fused::Complex<Real<Value>>> roots;
  std::vector<fused::Complex<Real<Value>>> spectra;

  Device(const Description& d, int log_length, const std::vector<Value>& taps) : description(d), geometry(geometry_of(d)) {
    const auto found = fused::schedule_of<Value>(geometry.axes[2], log_length);
    BOOST_REQUIRE(found.has_value());
    schedule = *found;
    roots = fused::roots_of<Value>(schedule.shape);
    const Index kernels = static_cast<Index>(taps.size()) / d.kernel[0];
    std::vector<Value> relevant;
    for (Index kernel = 0; kernel < kernels; ++kernel) {
      const auto some = relevant_taps(geometry, taps.data() + kernel * d.kernel[0]);
      relevant.insert(relevant.end(), some.begin(), some.end());
    }
    spectra = fused::spectra_of<Value>(schedule.shape, std::span<const Value>(relevant), kernels);
  }

  [[nodiscard]] Layout layout(bool outputs) const {
    return layout_of(outputs ? description.out : description.in, "", outputs ? output_extents(description) : description.data,
                     description.batch, 1);
  }

  fused_test::Accesses apply(bool adjoint, const Value* in, Value* out, const Operation<Value>& operation = {}, bool count = false) const {
    const Layout read = layout(adjoint);
    const Layout write = layout(!adjoint);
    auto job = fused::job_of<Value>(schedule, adjoint, read, write);
    job.aligned = reinterpret_cast<std::uintptr_t>(in) % sizeof(Value) == 0 && reinterpret_cast<std::uintptr_t>(out) % sizeof(Value) == 0;
    job.in = device::elements(in) + read.origin;
    job.out = device::elements(out) + write.origin;
    job.pre = operation.pre.empty() ? nullptr : device::elements(operation.pre.data()) + read.origin;
    job.post = operation.post.empty() ? nullptr : device::elements(operation.post.data()) + write.origin;
    job.alpha = device::element(operation.alpha);
    job.beta = device::element(operation.beta);
    job.tables = roots.data();
    job.spectra = spectra.data();
    job.spectrum_array = description.kernel_per_array ? schedule.shape.numbers() : 0;
    job.items = static_cast<std::uint32_t>(description.batch) * job.blocks;
    return fused_test::emulate(job, std::countr_zero(static_cast<unsigned>(schedule.shape.numbers())), count);
  }
};

/// y_i or x_j by definition, of one array.
template <class Value>
std::vector<Long<Value>> by_definition(const Description& d, bool adjoint, const Value* taps, const std::vector<Value>& from) {
  const Index data = d.data[0];
  const Index kernel = d.kernel[0];
  const Index outputs = output_extents(d)[0];
  const Index first = first_output(d.mode, data, kernel);
  std::vector<Long<Value>> result(static_cast<std::size_t>(adjoint ? data : outputs));
  for (Index i = 0; i < outputs; ++i) {
    for (Index k = 0; k < kernel; ++k) {
      Index j = first + i - k;
      if (d.mode == Mode::periodic) {
        j = ((j % data) + data) % data;
      }
      if (j >= 0 && j < data) {
        const auto h = widened(taps[k]);
        if (adjoint) {
          result[static_cast<std::size_t>(j)] += conjugate(h) * widened(from[static_cast<std::size_t>(i)]);
        } else {
          result[static_cast<std::size_t>(i)] += h * widened(from[static_cast<std::size_t>(j)]);
        }
      }
    }
  }
  return result;
}

template <class Value>
std::string name_of(const Device<Value>& device, bool adjoint) {
  return "data " + std::to_string(device.description.data[0]) + ", kernel " + std::to_string(device.description.kernel[0]) + ", mode " +
         std::to_string(static_cast<int>(device.description.mode)) + ", complex period " + std::to_string(device.schedule.shape.numbers()) +
         (device.schedule.whole ? ", whole" : ", in blocks") + (adjoint ? ", adjoint" : "");
}

/// Both directions of a dense batch against the definition. The bound of a single transform holds within blocks, hence for arrays.
template <class Value>
void check(const Description& description, int log_length, std::mt19937_64& random) {
  const std::size_t kernels = description.kernel_per_array ? static_cast<std::size_t>(description.batch) : 1;
  const auto taps = random_numbers<Value>(kernels * static_cast<std::size_t>(description.kernel[0]), random);
  const Device<Value> device(description, log_length, taps);
  const double eps = std::numeric_limits<Real<Value>>::epsilon() / 2;
  const auto period = static_cast<double>(fused::period_of<Value>(device.schedule.shape));
  for (const bool adjoint : {false, true}) {
    const Index inputs = adjoint ? output_extents(description)[0] : description.data[0];
    const Index outputs = adjoint ? description.data[0] : output_extents(description)[0];
    const auto in = random_numbers<Value>(static_cast<std::size_t>(description.batch * inputs), random);
    std::vector<Value> out(static_cast<std::size_t>(description.batch * outputs), std::numeric_limits<Real<Value>>::quiet_NaN());
    const auto accesses = device.apply(adjoint, in.data(), out.data());
    BOOST_TEST(accesses.races == 0, name_of(device, adjoint));
    for (Index array = 0; array < description.batch; ++array) {
      const std::vector<Value> x(in.begin() + array * inputs, in.begin() + (array + 1) * inputs);
      const Value* const h = taps.data() + (description.kernel_per_array ? array * description.kernel[0] : 0);
      const auto y = by_definition(description, adjoint, h, x);
      const double bound =
          3 * eps * std::log2(period) * static_cast<double>(norm(x) * norm(std::span(h, static_cast<std::size_t>(description.kernel[0]))));
      double worst = 0;
      for (Index i = 0; i < outputs; ++i) {
        const double error =
            static_cast<double>(std::abs(widened(out[static_cast<std::size_t>(array * outputs + i)]) - y[static_cast<std::size_t>(i)]));
        worst = error <= worst ? worst : error;  // also if it is not a number
      }
      BOOST_TEST_MESSAGE("share of the bound: " << worst / bound);
      BOOST_TEST(worst <= bound, name_of(device, adjoint) << ": error " << worst << ", bound " << bound);
    }
  }
}

constexpr Mode modes[] = {Mode::full, Mode::same, Mode::valid, Mode::causal, Mode::periodic};

/// Random lengths, all modes; `whole` periods where the convolution fits and blocks where it does not.
template <class Value>
void check_random_lengths(int most_data, int trials, unsigned seed) {
  std::mt19937_64 random(seed);
  for (int log_length = fused::least_log_length<Real<Value>>; log_length <= fused::most_log_length<Real<Value>>; ++log_length) {
    const Index period = fused::period_of<Value>(fused::shape_of<Real<Value>>(log_length));
    for (int trial = 0; trial < trials; ++trial) {
      for (const Mode mode : modes) {
        const Index most = std::min<Index>(most_data, 2 * period);
        const Index data = 1 + static_cast<Index>(random() % static_cast<std::uint64_t>(most));
        const Index kernel = 1 + static_cast<Index>(random() % static_cast<std::uint64_t>(std::min<Index>(most, period)));
        check<Value>({.data = {data}, .kernel = {kernel}, .mode = mode, .batch = 1 + trial % 3, .kernel_per_array = trial % 2 == 1},
                     log_length, random);
      }
    }
  }
}

template <class F>
void for_every_value(const F& f) {
  f(float{});
  f(double{});
  f(std::complex<float>{});
  f(std::complex<double>{});
}

/// out ← alpha · post ∘ (h ∗ (pre ∘ in)) + beta · out with strides of every kind, against the dense call.
template <class Value>
void check_operation(Index data, Index kernel, Mode mode, int log_length, Index step, bool reverse, bool misaligned) {
  std::mt19937_64 random(7);
  const Description dense{.data = {data}, .kernel = {kernel}, .mode = mode, .batch = 3};
  const auto taps = random_numbers<Value>(static_cast<std::size_t>(kernel), random);
  const Device<Value> plain(dense, log_length, taps);
  const Index outputs = output_extents(dense)[0];
  Description strided = dense;
  const Index sign = reverse ? -1 : 1;
  strided.in = {.axes = {sign * step}, .batch = step * data + 5};
  strided.out = {.axes = {step}, .batch = sign * (step * outputs + 2)};
  const Device<Value> tested(strided, log_length, taps);
  for (const bool adjoint : {false, true}) {
    const Layout read = tested.layout(adjoint);
    const Layout write = tested.layout(!adjoint);
    const Index reads = adjoint ? outputs : data;
    const Index writes = adjoint ? data : outputs;
    // Complex numbers that begin at half of a number.
    const auto shifted = [&](std::vector<Value>& numbers) {
      return reinterpret_cast<Value*>(reinterpret_cast<Real<Value>*>(numbers.data()) + (misaligned ? 1 : 0));
    };
    auto in = random_numbers<Value>(static_cast<std::size_t>(read.reach) + 1, random);
    auto pre = random_numbers<Value>(static_cast<std::size_t>(read.reach) + 1, random);
    auto post = random_numbers<Value>(static_cast<std::size_t>(write.reach) + 1, random);
    auto out = random_numbers<Value>(static_cast<std::size_t>(write.reach) + 1, random);
    const auto before = out;
    std::vector<Value> gated(static_cast<std::size_t>(3 * reads));
    for (Index array = 0; array < 3; ++array) {
      for (Index i = 0; i < reads; ++i) {
        const Index at = read.array(array, 0) + i * read.strides[2];
        gated[static_cast<std::size_t>(array * reads + i)] = shifted(in)[at] * shifted(pre)[at];
      }
    }
    std::vector<Value> expected(static_cast<std::size_t>(3 * writes));
    plain.apply(adjoint, gated.data(), expected.data());
    Operation<Value> operation{.alpha = Value(-1.5), .beta = Value(0.25)};
    operation.pre = {shifted(pre), static_cast<std::size_t>(read.reach)};
    operation.post = {shifted(post), static_cast<std::size_t>(write.reach)};
    tested.apply(adjoint, shifted(in), shifted(out), operation);
    std::vector<bool> written(static_cast<std::size_t>(write.reach) + 1);
    const double tolerance = 20 * std::numeric_limits<Real<Value>>::epsilon() * static_cast<double>(norm(gated) * norm(taps));
    auto old = before;
    for (Index array = 0; array < 3; ++array) {
      for (Index i = 0; i < writes; ++i) {
        const Index at = write.array(array, 0) + i * write.strides[2];
        written[static_cast<std::size_t>(at)] = true;
        const Value wanted =
            Value(-1.5) * shifted(post)[at] * expected[static_cast<std::size_t>(array * writes + i)] + Value(0.25) * shifted(old)[at];
        if (!(std::abs(shifted(out)[at] - wanted) <= tolerance)) {
          BOOST_FAIL(name_of(tested, adjoint) << ", step " << step << ": array " << array << ", number " << i);
        }
      }
    }
    for (Index at = 0; at < write.reach; ++at) {
      if (!written[static_cast<std::size_t>(at)]) {
        BOOST_REQUIRE(shifted(out)[at] == shifted(old)[at]);  // between the numbers of strided arrays
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_fused_device_code)

BOOST_AUTO_TEST_CASE(random_lengths_of_floats) { check_random_lengths<float>(1500, 2, 1); }
BOOST_AUTO_TEST_CASE(random_lengths_of_doubles) { check_random_lengths<double>(1500, 2, 2); }
BOOST_AUTO_TEST_CASE(random_lengths_of_complex_floats) { check_random_lengths<std::complex<float>>(800, 2, 3); }
BOOST_AUTO_TEST_CASE(random_lengths_of_complex_doubles) { check_random_lengths<std::complex<double>>(800, 2, 4); }

/// Lengths at which something changes: around the period and its half, one number, kernels longer than the data.
BOOST_AUTO_TEST_CASE(lengths_at_the_edges) {
  std::mt19937_64 random(5);
  for (const auto& [data, kernel] : std::vector<std::pair<Index, Index>>{{1, 1},
                                                                         {1, 256},
                                                                         {256, 1},
                                                                         {255, 2},
                                                                         {256, 2},
                                                                         {128, 129},
                                                                         {129, 128},
                                                                         {128, 128},
                                                                         {127, 256},
                                                                         {3, 250},
                                                                         {1021, 255},
                                                                         {1009, 256},
                                                                         {128, 1},
                                                                         {64, 65}}) {
    for (const Mode mode : modes) {
      check<float>({.data = {data}, .kernel = {kernel}, .mode = mode}, 7, random);
      check<double>({.data = {data}, .kernel = {kernel}, .mode = mode}, 7, random);
      if (kernel <= 128) {
        check<std::complex<double>>({.data = {data}, .kernel = {kernel}, .mode = mode}, 7, random);
      }
    }
  }
}

/// An array much longer than the longest transform, block by block.
BOOST_AUTO_TEST_CASE(long_arrays) {
  std::mt19937_64 random(6);
  check<float>({.data = {100003}, .kernel = {301}, .mode = Mode::same}, 12, random);
  check<double>({.data = {70001}, .kernel = {257}, .mode = Mode::full}, 10, random);
}

BOOST_AUTO_TEST_CASE(strides_gates_and_sums) {
  for_every_value([](auto value) {
    using Value = decltype(value);
    for (const Index step : {1, 3}) {
      for (const bool reverse : {false, true}) {
        const bool misaligned = step == 3 && !std::is_arithmetic_v<Value>;
        check_operation<Value>(100, 29, Mode::full, 7, step, reverse, misaligned);
        check_operation<Value>(1000, 31, Mode::same, 8, step, reverse, false);
        check_operation<Value>(777, 100, Mode::periodic, 9, step, reverse, misaligned);
        check_operation<Value>(128, 1, Mode::valid, 7, step, reverse, misaligned);
      }
    }
  });
}

/// ⟨A x, y⟩ = ⟨x, A* y⟩ to 1e-13 of ‖x‖ ‖h‖ ‖y‖.
BOOST_AUTO_TEST_CASE(adjoint_identity) {
  std::mt19937_64 random(8);
  const auto check_adjoint = [&]<class Value>(Value, int log_length) {
    for (const Mode mode : modes) {
      const Description d{.data = {1000}, .kernel = {251}, .mode = mode};
      const auto h = random_numbers<Value>(251, random);
      const auto x = random_numbers<Value>(1000, random);
      const auto y = random_numbers<Value>(static_cast<std::size_t>(output_extents(d)[0]), random);
      const Device<Value> device(d, log_length, h);
      std::vector<Value> ax(y.size());
      std::vector<Value> ay(x.size());
      device.apply(false, x.data(), ax.data());
      device.apply(true, y.data(), ay.data());
      Long<Value> left{};
      Long<Value> right{};
      for (std::size_t i = 0; i < y.size(); ++i) {
        left += widened(ax[i]) * conjugate(widened(y[i]));
      }
      for (std::size_t i = 0; i < x.size(); ++i) {
        right += widened(x[i]) * conjugate(widened(ay[i]));
      }
      BOOST_TEST(std::abs(left - right) <= 1e-13L * norm(x) * norm(y) * norm(h));
    }
  };
  for (const int log_length : {8, 10, 12}) {
    check_adjoint(double{}, log_length);
    check_adjoint(std::complex<double>{}, log_length);
  }
}

/// The bits of an array do not depend on its neighbours, and neither does what is not a number in one of them reach it.
BOOST_AUTO_TEST_CASE(arrays_keep_to_themselves) {
  for_every_value([](auto value) {
    using Value = decltype(value);
    std::mt19937_64 random(9);
    for (const int log_length : {7, 9, 11}) {
      Description d{.data = {90}, .kernel = {38}, .mode = Mode::full, .batch = 37};
      const auto taps = random_numbers<Value>(38, random);
      auto in = random_numbers<Value>(90 * 37, random);
      const std::vector<Value> one(in.begin() + 90 * 18, in.begin() + 90 * 19);
      for (std::size_t i = 0; i < 90; ++i) {
        in[90 * 17 + i] = std::numeric_limits<Real<Value>>::quiet_NaN();
        in[90 * 19 + i] *= Real<Value>(1e12);
      }
      std::vector<Value> out(127 * 37);
      Device<Value>(d, log_length, taps).apply(false, in.data(), out.data());
      d.batch = 1;
      std::vector<Value> alone(127);
      Device<Value>(d, log_length, taps).apply(false, one.data(), alone.data());
      BOOST_TEST(std::equal(alone.begin(), alone.end(), out.begin() + 127 * 18));
    }
  });
}

/// Of a transform's result, element c of thread t is the frequency that Shape says, shifted by a quarter for real numbers.
BOOST_AUTO_TEST_CASE(spectra_are_in_the_order_of_the_shape) {
  std::mt19937_64 random(10);
  for (const int log_length : {7, 9, 10, 11, 13, 14}) {
    const fused::Shape shape = fused::shape_of<double>(log_length);
    const auto taps = random_numbers<double>(20, random);
    const auto spectrum = fused::spectra_of<double>(shape, std::span<const double>(taps), 1);
    const auto count = static_cast<std::size_t>(shape.numbers());
    BOOST_REQUIRE(spectrum.size() == count);
    std::vector<bool> seen(count);
    for (std::size_t at = 0; at < count; ++at) {
      const int residue = static_cast<int>(at) / shape.length();
      const int element = static_cast<int>(at) % shape.length();
      const int k = shape.frequency(element % shape.threads(), element / shape.threads(), residue);
      seen[static_cast<std::size_t>(k)] = true;
      std::complex<long double> sum = 0;
      for (std::size_t j = 0; j < taps.size(); ++j) {
        const long double angle =
            -2 * std::numbers::pi_v<long double> * static_cast<long double>(j) * (k - 0.25L) / static_cast<long double>(count);
        sum += static_cast<long double>(taps[j]) * std::polar(1.0L, angle);
      }
      sum /= static_cast<long double>(count);
      BOOST_REQUIRE(std::abs(std::complex<long double>(spectrum[at].re, spectrum[at].im) - sum) <= 1e-15L * norm(taps));
    }
    BOOST_TEST(std::ranges::all_of(seen, [](bool found) { return found; }));
  }
}

/// No bank of shared memory is asked twice at a time, and what a warp reads and writes of device memory fills whole sectors.
BOOST_AUTO_TEST_CASE(accesses_are_as_few_as_they_can_be) {
  for_every_value([](auto value) {
    using Value = decltype(value);
    std::mt19937_64 random(11);
    for (int log_length = fused::least_log_length<Real<Value>>; log_length <= fused::most_log_length<Real<Value>>; ++log_length) {
      const fused::Shape shape = fused::shape_of<Real<Value>>(log_length);
      const Index data = fused::period_of<Value>(shape) / 2;
      const Description d{.data = {data}, .kernel = {data}, .mode = Mode::causal, .batch = shape.transforms()};
      const auto taps = random_numbers<Value>(static_cast<std::size_t>(data), random);
      const Device<Value> device(d, log_length, taps);
      // Aligned to a sector.
      std::vector<Value> in(static_cast<std::size_t>(data * d.batch) + 32);
      std::vector<Value> out(in.size());
      const auto aligned = [](std::vector<Value>& numbers) {
        return reinterpret_cast<Value*>((reinterpret_cast<std::uintptr_t>(numbers.data()) + 127) / 128 * 128);
      };
      // The spectrum's vector need not be aligned: one more sector for each access of a warp.
      const auto spectrum_accesses =
          static_cast<std::uint64_t>(shape.residues * shape.elements()) * static_cast<std::uint64_t>(shape.block_threads() / 32);
      const auto accesses = device.apply(false, aligned(in), aligned(out), {}, true);
      BOOST_TEST(accesses.races == 0U);
      BOOST_TEST(accesses.shared > 0U);
      BOOST_TEST(accesses.shared == accesses.shared_needed);
      BOOST_TEST(accesses.sectors <= accesses.sectors_needed + spectrum_accesses);
      // Every number of arrays once, and the spectrum; the second of two residues reads both arrays again.
      const auto array_numbers = static_cast<std::uint64_t>((3 * shape.residues - 1) * data * d.batch);
      const auto spectrum_numbers = static_cast<std::uint64_t>(shape.block_threads() * shape.elements() * shape.residues);
      BOOST_TEST(accesses.sectors_needed * 32 == array_numbers * sizeof(Value) + spectrum_numbers * 2 * sizeof(Real<Value>));
    }
  });
}

/// Arrays beyond 2^31 numbers.
BOOST_AUTO_TEST_CASE(places_in_large_batches) {
  fused::Job<float> job;
  job.read = {.length = 3000, .step = 1, .array = 3000, .first = -100};
  job.write = {.length = 3000, .step = 2, .array = 7000, .first = -100};
  job.hop = 900;
  job.overlap = 100;
  const std::uint32_t array = 2000000000;
  const fused::Places out = fused::places_written(job, array, 3);
  BOOST_TEST(out.at == Index{array} * 7000 + (2700 - 100) * 2);
  BOOST_TEST(out.lo == 100);
  BOOST_TEST(out.hi == 400);
  const fused::Places in = fused::places_read(job, array, 3, 0);
  BOOST_TEST(in.at == Index{array} * 3000 + 2600);
  BOOST_TEST(in.lo == 0);
  BOOST_TEST(in.hi == 400);
}

BOOST_AUTO_TEST_SUITE_END()

// The fused CUDA convolution, carried out here thread by thread with the code that the GPU runs: against the sum by its definition, in
// every mode, length, type and layout; and what its accesses to memory come to.

#include <cmath>
#include <complex>
#include <limits>
#include <random>
#include <string>
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
    job.in = device::elements(in) + read.origin;
    job.out = device::elements(out) + write.origin;
    job.pre = operation.pre.empty() ? nullptr : device::elements(operation.pre.data()) + read.origin;
    job.post = operation.post.empty() ? nullptr : device::elements(operation.post.data()) + write.origin;
    job.alpha = device::element(operation.alpha);
    job.beta = device::element(operation.beta);
    job.tables = roots.data();
    job.spectra = spectra.data();
    job.spectrum_array = description.kernel_per_array ? schedule.shape.length() : 0;
    job.items = static_cast<std::uint32_t>(description.batch) * job.blocks;
    return fused_test::emulate(job, schedule.shape.log_length, count);
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
         std::to_string(static_cast<int>(device.description.mode)) + ", 2^" + std::to_string(device.schedule.shape.log_length) +
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

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_fused_device_code)

BOOST_AUTO_TEST_CASE(random_lengths_of_floats) { check_random_lengths<float>(1500, 2, 1); }
BOOST_AUTO_TEST_CASE(random_lengths_of_doubles) { check_random_lengths<double>(1500, 2, 2); }
BOOST_AUTO_TEST_CASE(random_lengths_of_complex_floats) { check_random_lengths<std::complex<float>>(800, 2, 3); }
BOOST_AUTO_TEST_CASE(random_lengths_of_complex_doubles) { check_random_lengths<std::complex<double>>(800, 2, 4); }

BOOST_AUTO_TEST_SUITE_END()

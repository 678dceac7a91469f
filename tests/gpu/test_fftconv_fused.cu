// The fused convolution on the GPU: every period, type, mode and direction against the sum by its definition, operations and strides,
// independence of the place in a batch, arrays beyond 2^31 numbers. tests/kernels/test_fftconv_fused_device_code.cpp carries out the same
// code without a GPU.

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/fused/fused_cuda.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>

#include "gpu_test.hpp"

namespace {

using namespace kindred::fftconv;
using gpu_test::check;
using gpu_test::DeviceVector;
using kindred::Index;

int compared = 0;
int failed = 0;

void report(bool good, const std::string& what) {
  ++compared;
  if (!good && ++failed <= 20) {
    std::printf("FAILED: %s\n", what.c_str());
  }
}

template <class Value>
std::vector<Value> random_numbers(Index count, std::mt19937_64& random) {
  std::normal_distribution<Real<Value>> normal;
  std::vector<Value> numbers(static_cast<std::size_t>(count));
  for (Value& number : numbers) {
    if constexpr (is_complex<Value>) {
      number = {normal(random), normal(random)};
    } else {
      number = normal(random);
    }
  }
  return numbers;
}

template <class Value>
double norm(std::span<const Value> numbers) {
  double sum = 0;
  for (const Value& x : numbers) {
    sum += static_cast<double>(std::norm(x));
  }
  return std::sqrt(sum);
}

/// One array, in double: the error is far below that of floats, and for doubles the bound leaves room for it.
template <class Value>
std::vector<std::complex<double>> by_definition(const Description& d, bool adjoint, std::span<const Value> taps,
                                                std::span<const Value> in) {
  const Index data = d.data[0];
  const Index outputs = output_extents(d)[0];
  const Index first = first_output(d.mode, data, d.kernel[0]);
  std::vector<std::complex<double>> result(static_cast<std::size_t>(adjoint ? data : outputs));
  for (Index i = 0; i < outputs; ++i) {
    for (Index k = 0; k < d.kernel[0]; ++k) {
      Index j = first + i - k;
      j = d.mode == Mode::periodic ? ((j % data) + data) % data : j;
      if (j >= 0 && j < data) {
        const std::complex<double> h(taps[static_cast<std::size_t>(k)]);
        const std::complex<double> x(in[static_cast<std::size_t>(adjoint ? i : j)]);
        result[static_cast<std::size_t>(adjoint ? j : i)] += adjoint ? std::conj(h) * x : h * x;
      }
    }
  }
  return result;
}

template <class Value>
void compare(Index data, Index kernel, Mode mode, Index period, std::mt19937_64& random) {
  const Description d{.data = {data}, .kernel = {kernel}, .mode = mode, .batch = 5};
  FusedConvolution<Value> convolution(d, period);
  const auto taps = random_numbers<Value>(kernel, random);
  convolution.set_kernel(taps);
  const std::string name = "period " + std::to_string(convolution.describe().period) + ", " + std::to_string(sizeof(Value)) +
                           " bytes, data " + std::to_string(data) + ", kernel " + std::to_string(kernel) + ", mode " +
                           std::to_string(static_cast<int>(mode));
  for (const bool adjoint : {false, true}) {
    const Index reads = adjoint ? output_extents(d)[0] : data;
    const Index writes = adjoint ? data : output_extents(d)[0];
    const auto one = random_numbers<Value>(reads, random);
    auto in = random_numbers<Value>(5 * reads, random);
    std::ranges::copy(one, in.begin());
    std::ranges::copy(one, in.begin() + 3 * reads);
    in[static_cast<std::size_t>(2 * reads)] = std::numeric_limits<Real<Value>>::quiet_NaN();
    const DeviceVector<Value> from(in);
    const DeviceVector<Value> to(
        std::vector<Value>(static_cast<std::size_t>(5 * writes), Value(std::numeric_limits<Real<Value>>::infinity())));
    const std::span<const Value> source(from.data(), from.size());
    const std::span<Value> target(to.data(), to.size());
    adjoint ? convolution.apply_adjoint(source, target) : convolution.apply(source, target);
    check(cudaDeviceSynchronize(), "convolution");
    const auto out = to.host();
    const auto expected = by_definition<Value>(d, adjoint, taps, one);
    const double bound = 3 * std::numeric_limits<Real<Value>>::epsilon() / 2 * std::log2(convolution.describe().period) * norm<Value>(one) *
                         norm<Value>(taps);
    bool good = true;
    for (Index i = 0; i < writes; ++i) {
      good = good && std::abs(std::complex<double>(out[static_cast<std::size_t>(i)]) - expected[static_cast<std::size_t>(i)]) <= bound;
    }
    report(good, name + (adjoint ? ", adjoint" : "") + ": not within the bound");
    report(std::equal(out.begin(), out.begin() + writes, out.begin() + 3 * writes), name + ": bits depend on the place in the batch");
  }
}

template <class Value>
void compare_all(std::mt19937_64& random) {
  for (const Index period : FusedConvolution<Value>::periods()) {
    try {
      for (const Mode mode : {Mode::full, Mode::same, Mode::valid, Mode::causal, Mode::periodic}) {
        compare<Value>(period / 2, std::min<Index>(period / 2, 700), mode, period, random);
        compare<Value>(period / 3 + 1, 17, mode, period, random);
        compare<Value>(2 * period + 1, 101, mode, period, random);  // blocks
      }
    } catch (const kindred::InputError& error) {
      std::printf("left out: %s\n", error.what());
    }
  }
  compare<Value>(1, 1, Mode::full, 0, random);
  compare<Value>(5, 300, Mode::same, 0, random);
  compare<Value>(10007, 1021, Mode::full, 0, random);
}

/// out ← alpha · post ∘ (h ∗ (pre ∘ in)) + beta · out of strided arrays that begin at odd numbers.
template <class Value>
void compare_operation(std::mt19937_64& random) {
  const Index data = 1000;
  const Description dense{.data = {data}, .kernel = {31}, .mode = Mode::same, .batch = 7};
  Description strided = dense;
  strided.in = {.axes = {2}, .batch = 2 * data + 3};
  strided.out = {.axes = {-3}, .batch = 3 * data + 1};
  const auto taps = random_numbers<Value>(31, random);
  FusedConvolution<Value> plain(dense);
  FusedConvolution<Value> tested(strided);
  plain.set_kernel(taps);
  tested.set_kernel(taps);
  const Index reach_in = 6 * (2 * data + 3) + 2 * (data - 1) + 1;
  const Index reach_out = 6 * (3 * data + 1) + 3 * (data - 1) + 1;
  const auto in = random_numbers<Value>(reach_in + 1, random);
  const auto pre = random_numbers<Value>(reach_in, random);
  const auto post = random_numbers<Value>(reach_out, random);
  const auto out = random_numbers<Value>(reach_out + 1, random);
  std::vector<Value> gated;
  for (Index array = 0; array < 7; ++array) {
    for (Index i = 0; i < data; ++i) {
      const auto at = static_cast<std::size_t>(array * (2 * data + 3) + 2 * i);
      gated.push_back(in[at + 1] * pre[at]);
    }
  }
  const DeviceVector<Value> device_gated(gated);
  const DeviceVector<Value> device_plain(gated.size());
  plain.apply({device_gated.data(), device_gated.size()}, {device_plain.data(), device_plain.size()});
  const DeviceVector<Value> device_in(in);
  const DeviceVector<Value> device_pre(pre);
  const DeviceVector<Value> device_post(post);
  const DeviceVector<Value> device_out(out);
  Operation<Value> operation{.alpha = Value(-1.5), .beta = Value(0.25)};
  operation.pre = {device_pre.data(), device_pre.size()};
  operation.post = {device_post.data(), device_post.size()};
  tested.apply({device_in.data() + 1, pre.size()}, {device_out.data() + 1, post.size()}, operation);
  check(cudaDeviceSynchronize(), "convolution");
  const auto expected = device_plain.host();
  const auto got = device_out.host();
  auto wanted = out;
  for (Index array = 0; array < 7; ++array) {
    for (Index i = 0; i < data; ++i) {
      const auto at = static_cast<std::size_t>(array * (3 * data + 1) + 3 * (data - 1 - i));
      wanted[at + 1] = Value(-1.5) * post[at] * expected[static_cast<std::size_t>(array * data + i)] + Value(0.25) * out[at + 1];
    }
  }
  const double tolerance = 20 * std::numeric_limits<Real<Value>>::epsilon() * norm<Value>(gated) * norm<Value>(taps);
  bool good = true;
  for (std::size_t at = 0; at < got.size(); ++at) {
    good = good && std::abs(got[at] - wanted[at]) <= tolerance;
  }
  report(good, "strides, gates, alpha and beta, " + std::to_string(sizeof(Value)) + " bytes");
}

/// The last array of a batch of more than 2^31 numbers has the bits of the first one, which is the same.
void compare_large_batch(std::mt19937_64& random) {
  const Index data = 1 << 14;
  const Description d{.data = {data}, .kernel = {200}, .mode = Mode::same, .batch = (Index{1} << 31) / data + 3};
  std::size_t free = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  const auto numbers = static_cast<std::size_t>(d.batch * data);
  if (free < 2 * numbers * sizeof(float) + (std::size_t{1} << 30)) {
    std::printf("left out: arrays beyond 2^31 numbers, the GPU has too little memory\n");
    return;
  }
  FusedConvolution<float> convolution(d);
  convolution.set_kernel(random_numbers<float>(200, random));
  const DeviceVector<float> in(numbers);
  const DeviceVector<float> out(numbers);
  check(cudaMemset(in.data(), 0, numbers * sizeof(float)), "cudaMemset");
  check(cudaMemset(out.data(), 0xff, numbers * sizeof(float)), "cudaMemset");
  const auto one = random_numbers<float>(data, random);
  const auto bytes = static_cast<std::size_t>(data) * sizeof(float);
  float* const last_in = in.data() + (d.batch - 1) * data;
  check(cudaMemcpy(in.data(), one.data(), bytes, cudaMemcpyHostToDevice), "copy to the device");
  check(cudaMemcpy(last_in, one.data(), bytes, cudaMemcpyHostToDevice), "copy to the device");
  convolution.apply({in.data(), numbers}, {out.data(), numbers});
  std::vector<float> first(static_cast<std::size_t>(data));
  std::vector<float> last(first.size());
  check(cudaMemcpy(first.data(), out.data(), bytes, cudaMemcpyDeviceToHost), "copy to the host");
  check(cudaMemcpy(last.data(), out.data() + (d.batch - 1) * data, bytes, cudaMemcpyDeviceToHost), "copy to the host");
  report(first == last && norm<float>(first) > 1, "arrays beyond 2^31 numbers");
}

}  // namespace

int main() {
  if (!gpu_test::has_gpu()) {
    return gpu_test::skipped;
  }
  std::mt19937_64 random(1);
  compare_all<float>(random);
  compare_all<double>(random);
  compare_all<std::complex<float>>(random);
  compare_all<std::complex<double>>(random);
  compare_operation<float>(random);
  compare_operation<double>(random);
  compare_operation<std::complex<float>>(random);
  compare_operation<std::complex<double>>(random);
  compare_large_batch(random);
  std::printf("fused convolutions: %d comparisons, %d failed\n", compared, failed);
  return failed == 0 ? 0 : 1;
}

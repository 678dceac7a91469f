// Half-precision convolution on tensor cores against the sum in double precision, on this machine's GPU. Every instance of the kernels,
// both formats, data of any length and alignment, gates, adjoints, sparse bands, streams, more than 2^31 numbers.
// tests/kernels/test_fftconv_half_device_code.cpp carries out the same kernels without a GPU.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/half/half_cuda.hpp>
#include <kindred/kernels/fftconv/half/number.hpp>

#include "gpu_test.hpp"

namespace {

using namespace kindred::fftconv;
using gpu_test::check;
using gpu_test::DeviceVector;
using kindred::Index;
using Words = std::vector<std::uint16_t>;

int compared = 0;
int failed = 0;

void report(bool good, const std::string& what) {
  ++compared;
  if (!good && ++failed <= 20) {
    std::printf("FAILED: %s\n", what.c_str());
  }
}

float value_of(HalfFormat format, std::uint16_t word) { return format == HalfFormat::fp16 ? Fp16::value(word) : Bf16::value(word); }
std::uint16_t word_of(HalfFormat format, double x) {
  return format == HalfFormat::fp16 ? Fp16::round(static_cast<float>(x)) : Bf16::round(static_cast<float>(x));
}

std::mt19937 engine(1);
double normal() { return std::normal_distribution<double>()(engine); }

Words numbers(HalfFormat format, Index count) {
  Words words(static_cast<std::size_t>(count));
  for (auto& word : words) {
    word = word_of(format, normal());
  }
  return words;
}

std::vector<float> taps_of(const HalfDescription& d) {
  std::vector<float> taps(static_cast<std::size_t>(d.kernels * d.kernel));
  for (float& tap : taps) {
    tap = static_cast<float>(normal() / std::sqrt(static_cast<double>(d.kernel)));
  }
  return taps;
}

struct Options {
  bool adjoint = false;
  bool gated = false;
  std::size_t offset = 0;  ///< of the arrays from a multiple of 16 bytes
  float alpha = 1.0F;
};

/// Output i of one array.
double exact(const HalfDescription& d, const Axis& axis, const float* h, const std::uint16_t* in, const std::uint16_t* pre, bool adjoint,
             Index i) {
  double sum = 0.0;
  for (Index k = 0; k < axis.taps; ++k) {
    const Index j = adjoint ? i - axis.first + k : axis.first + i - k;
    if (j >= 0 && j < (adjoint ? axis.outputs : axis.data)) {
      const double x = value_of(d.format, in[j]);
      sum += static_cast<double>(h[axis.skipped + k]) *
             (pre == nullptr ? x : value_of(d.format, word_of(d.format, x * value_of(d.format, pre[j]))));
    }
  }
  return sum;
}

void compare(const HalfDescription& d, const Options& options, cudaStream_t stream) {
  const Axis axis = axis_of(d.mode, d.data, d.kernel);
  const Index in_length = options.adjoint ? axis.outputs : axis.data;
  const Index out_length = options.adjoint ? axis.data : axis.outputs;
  const auto taps = taps_of(d);
  const auto in = numbers(d.format, d.batch * in_length);
  const auto pre = options.gated ? numbers(d.format, d.batch * in_length) : Words();
  const auto post = options.gated ? numbers(d.format, d.batch * out_length) : Words();
  constexpr std::size_t margin = 32;
  Words padded(in.size() + 2 * margin, 0x7FFF);
  std::copy(in.begin(), in.end(), padded.begin() + static_cast<std::ptrdiff_t>(margin + options.offset));
  const auto size = static_cast<std::size_t>(d.batch * out_length);
  const DeviceVector<std::uint16_t> from(padded);
  const DeviceVector<std::uint16_t> to(Words(size + 2 * margin, 0x7FFE));  // poisoned, with margins that must stay
  const DeviceVector<std::uint16_t> gate_in(pre);
  const DeviceVector<std::uint16_t> gate_out(post);

  HalfConvolution convolution(d);
  convolution.set_kernel(taps);
  HalfOperation operation;
  operation.alpha = options.alpha;
  operation.pre = options.gated ? gate_in.data() : nullptr;
  operation.post = options.gated ? gate_out.data() : nullptr;
  const std::span<const std::uint16_t> source(from.data() + margin + options.offset, in.size());
  const std::span<std::uint16_t> target(to.data() + margin + options.offset, size);
  if (options.adjoint) {
    convolution.apply_adjoint(source, target, operation, stream);
  } else {
    convolution.apply(source, target, operation, stream);
  }
  check(cudaStreamSynchronize(stream), "convolution");

  const Words got = to.host();
  const std::string what = std::string(d.format == HalfFormat::fp16 ? "fp16" : "bf16") + ", L = " + std::to_string(d.data) +
                           ", K = " + std::to_string(d.kernel) + ", period " + std::to_string(convolution.describe().period) + ", method " +
                           std::to_string(static_cast<int>(convolution.describe().method)) + (options.adjoint ? ", adjoint" : "") +
                           (options.gated ? ", gates" : "") + ", offset " + std::to_string(options.offset);
  const std::size_t first = margin + options.offset;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if ((i < first || i >= first + size) && got[i] != 0x7FFE) {
      report(false, what + ": written outside the output, at " + std::to_string(i));
      break;
    }
  }
  const Index step = std::max<Index>(1, out_length * axis.taps >> 21);
  for (Index array = 0; array < d.batch; ++array) {
    double error = 0.0;
    double wanted = 0.0;
    double norm = 0.0;
    double both = 0.0;
    for (Index i = array % step; i < out_length; i += step) {
      const auto at = static_cast<std::size_t>(array * out_length + i);
      const double y = options.alpha * (options.gated ? value_of(d.format, post[at]) : 1.0F) *
                       exact(d, axis, taps.data() + array % d.kernels * d.kernel, in.data() + array * in_length,
                             options.gated ? pre.data() + array * in_length : nullptr, options.adjoint, i);
      const double z = value_of(d.format, got[first + at]);
      error += (z - y) * (z - y);
      wanted += y * y;
      norm += z * z;
      both += y * z;
    }
    const double bound = d.format == HalfFormat::fp16 ? 1.5e-3 : 1e-2;
    const double relative = std::sqrt(error / wanted);
    report(relative <= bound && std::abs(std::sqrt(norm / wanted) - 1.0) < bound && both / std::sqrt(wanted * norm) > 0.999,
           what + ", array " + std::to_string(array) + ": relative error " + std::to_string(relative));
  }
}

HalfDescription description(HalfFormat format, Index data, Index kernel, Index batch, Mode mode,
                            HalfMethod method = HalfMethod::automatic) {
  HalfDescription d;
  d.format = format;
  d.data = data;
  d.kernel = kernel;
  d.batch = batch;
  d.kernels = std::min<Index>(batch, 2);
  d.mode = mode;
  d.method = method;
  return d;
}

/// The same bits in every run, from a captured graph, and for every place in the batch.
void compare_runs(cudaStream_t stream) {
  for (const Index length : {1000, 40000}) {
    HalfDescription d =
        description(HalfFormat::fp16, length, 300, 64, Mode::causal, length > 20000 ? HalfMethod::two_level : HalfMethod::one_pass);
    d.kernels = 1;
    const auto one = numbers(d.format, length);
    Words in;
    for (Index array = 0; array < d.batch; ++array) {
      in.insert(in.end(), one.begin(), one.end());
    }
    const DeviceVector<std::uint16_t> from(in);
    const DeviceVector<std::uint16_t> to(in.size());
    HalfConvolution convolution(d);
    convolution.set_kernel(taps_of(d));
    const std::span<const std::uint16_t> source(from.data(), in.size());
    const std::span<std::uint16_t> target(to.data(), in.size());
    convolution.apply(source, target, {}, stream);
    check(cudaStreamSynchronize(stream), "convolution");
    const Words once = to.host();
    bool equal = true;
    for (Index array = 1; array < d.batch; ++array) {
      equal = equal && std::equal(once.begin(), once.begin() + length, once.begin() + array * length);
    }
    report(equal, "arrays of a batch differ although their data do not");
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t runnable = nullptr;
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "capture");
    convolution.apply(source, target, {}, stream);
    check(cudaStreamEndCapture(stream, &graph), "capture");
    check(cudaGraphInstantiate(&runnable, graph, 0), "capture");
    check(cudaMemsetAsync(to.data(), 0x7F, in.size() * 2, stream), "poison");
    check(cudaGraphLaunch(runnable, stream), "graph");
    check(cudaStreamSynchronize(stream), "graph");
    report(to.host() == once, "a captured graph gives other bits");
    cudaGraphExecDestroy(runnable);
    cudaGraphDestroy(graph);
  }
}

/// More than 2^31 numbers, where there is room: the last arrays are right.
void compare_large(cudaStream_t stream) {
  constexpr Index length = 4096;
  constexpr Index batch = (Index{1} << 19) + 3;
  constexpr std::size_t size = static_cast<std::size_t>(length) * batch;
  std::size_t free = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&free, &total), "memory");
  if (free < 5 * size) {
    std::printf("not tried for want of memory: more than 2^31 numbers\n");
    return;
  }
  HalfDescription d = description(HalfFormat::fp16, length, length, batch, Mode::causal);
  d.kernels = 1;
  const auto taps = taps_of(d);
  const DeviceVector<std::uint16_t> from(size);
  const DeviceVector<std::uint16_t> to(size);
  check(cudaMemset(from.data(), 0, size * 2), "zeros");
  check(cudaMemset(to.data(), 0x7F, size * 2), "poison");
  const auto last = numbers(d.format, length);
  check(cudaMemcpy(from.data() + size - length, last.data(), length * 2, cudaMemcpyHostToDevice), "copy");
  check(cudaDeviceSynchronize(), "copy");
  HalfConvolution convolution(d);
  convolution.set_kernel(taps);
  convolution.apply(std::span<const std::uint16_t>(from.data(), size), std::span<std::uint16_t>(to.data(), size), {}, stream);
  check(cudaStreamSynchronize(stream), "convolution");
  Words got(2 * length);
  check(cudaMemcpy(got.data(), to.data() + size - 2 * length, 4 * length, cudaMemcpyDeviceToHost), "copy");
  report(std::all_of(got.begin(), got.begin() + length, [](auto word) { return (word & 0x7FFFU) == 0; }), "zeros beyond 2^31 numbers");
  const Axis axis = axis_of(d.mode, d.data, d.kernel);
  double error = 0.0;
  double wanted = 0.0;
  for (Index i = 0; i < length; i += 5) {
    const double y = exact(d, axis, taps.data(), last.data(), nullptr, false, i);
    error += std::pow(value_of(d.format, got[static_cast<std::size_t>(length + i)]) - y, 2);
    wanted += y * y;
  }
  report(std::sqrt(error / wanted) < 1.5e-3, "data beyond 2^31 numbers");
}

template <class Call>
void refused(const char* what, const Call& call) {
  try {
    call();
    report(false, std::string("accepted: ") + what);
  } catch (const kindred::InputError&) {
    report(true, what);
  }
}

void compare_refusals() {
  const HalfDescription d = description(HalfFormat::fp16, 100, 10, 2, Mode::causal);
  HalfConvolution convolution(d);
  const DeviceVector<std::uint16_t> numbers(200);
  const std::span<std::uint16_t> all(numbers.data(), 200);
  refused("no kernel", [&] { convolution.apply(all, all); });
  convolution.set_kernel(taps_of(d));
  refused("too few numbers", [&] { convolution.apply(all.first(199), all); });
  refused("too few taps", [&] { convolution.set_kernel(std::vector<float>(19)); });
  HalfDescription large = description(HalfFormat::fp16, 100000, 100000, 1, Mode::causal);
  large.own_workspace = false;
  HalfConvolution two_levels(large);
  two_levels.set_kernel(taps_of(large));
  const DeviceVector<std::uint16_t> more(100000);
  const std::span<std::uint16_t> arrays(more.data(), 100000);
  refused("no workspace", [&] { two_levels.apply(arrays, arrays); });
}

}  // namespace

int main() {
  if (!gpu_test::has_gpu()) {
    return gpu_test::skipped;
  }
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "stream");
  for (const HalfFormat format : {HalfFormat::fp16, HalfFormat::bf16}) {
    for (Index period = 256; period <= 1 << 22; period *= 2) {
      HalfDescription d = description(format, period / 2, std::min<Index>(period / 2, 1 << 16), period <= 65536 ? 5 : 1, Mode::causal,
                                      period <= 32768 ? HalfMethod::one_pass : HalfMethod::two_level);
      d.period = period;
      compare(d, {}, stream);
      compare(d, {true, true, 0, -0.5F}, stream);
      d = description(format, period - 30, 31, 3, Mode::full, d.method);
      d.period = period;
      compare(d, {false, false, 3, 1.0F}, stream);
    }
    for (const Mode mode : {Mode::full, Mode::same, Mode::valid, Mode::causal}) {
      for (const Index data : {1, 17, 1021, 2049, 10007, 100003}) {
        for (const bool adjoint : {false, true}) {
          compare(description(format, data, 129, 7, mode), {adjoint, true, static_cast<std::size_t>(data % 8), 2.0F}, stream);
          compare(description(format, data, 129, 7, mode, HalfMethod::overlap_save), {adjoint, false, 1, 1.0F}, stream);
        }
      }
    }
  }
  compare_runs(stream);
  compare_large(stream);
  compare_refusals();
  check(cudaStreamDestroy(stream), "stream");
  std::printf("half-precision convolution: %d comparisons, %d failed\n", compared, failed);
  return failed == 0 ? 0 : 1;
}

// Convolutions on the GPU: causal, as many taps as data, one kernel for a batch that is far larger than the L2 cache, by
//   (a) cuFFT and kernels between its transforms, (b) cuFFT with callbacks, (c) the fused kernel, (d) half precision on tensor cores,
// beside a copy of the same arrays; and free-space convolutions of grids. Medians of 20 launches and more by events, everything in one run;
// a short table last. Run: gpu_bench_fftconv [--short]

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/convolution_plan_cuda.hpp>
#include <kindred/kernels/fftconv/half/half_cuda.hpp>

#include "gpu_test.hpp"
#include "timing.hpp"

namespace {

using namespace kindred;
using namespace kindred::fftconv;
using gpu_test::check;
using gpu_test::DeviceVector;

constexpr std::size_t timed_launches = 20;
constexpr std::size_t array_bytes = std::size_t{1} << 30U;  // of data, and again of results

/// Numbers of mean zero and no zeros, below 1.
template <class Number>
__global__ void fill(Number* values, std::size_t size) {
  for (std::size_t k = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; k < size; k += std::size_t{gridDim.x} * blockDim.x) {
    const auto word = static_cast<unsigned>(k * 2654435761U) ^ static_cast<unsigned>(k >> 15U);
    if constexpr (sizeof(Number) == 2) {
      values[k] = static_cast<Number>(((word & 1U) << 15U) | 0x3000U | (word >> 8U & 0xffU));  // 1/8 … 1/6 of fp16, tiny in bf16
    } else {
      values[k] = static_cast<Number>(static_cast<int>(word >> 8U) - (1 << 23)) / static_cast<Number>(1 << 24);
    }
  }
}

std::vector<double> decaying_kernel(Index length) {
  std::vector<double> taps;
  for (Index k = 0; k < length; ++k) {
    taps.push_back((k % 3 == 0 ? 1.0 : -0.7) / static_cast<double>(k + 1));
  }
  return taps;
}

struct Line {
  std::string what;
  Index length = 0;
  Index batch = 0;
  double seconds = 0.0;
  double bytes = 0.0;
};

void print_head(const char* what) {
  std::printf("\n%s\n%-30s %8s %9s %10s %9s %9s %6s\n", what, "", "length", "arrays", "MB moved", "ms", "GB/s", "of copy");
}

void print(const Line& line, double copy_rate) {
  const double rate = line.bytes / line.seconds;
  std::printf("%-30s %8lld %9lld %10.0f %9.3f %9.0f %6.2f\n", line.what.c_str(), static_cast<long long>(line.length),
              static_cast<long long>(line.batch), 1e-6 * line.bytes, 1e3 * line.seconds, 1e-9 * rate, rate / copy_rate);
}

/// Bytes a second, read and written.
double copy_rate() {
  const DeviceVector<float> from(array_bytes / sizeof(float));
  const DeviceVector<float> to(array_bytes / sizeof(float));
  fill<<<4096, 256>>>(from.data(), from.size());
  const double time = gpu_test::seconds(
      [&] { check(cudaMemcpyAsync(to.data(), from.data(), array_bytes, cudaMemcpyDeviceToDevice), "copy"); }, timed_launches);
  return 2.0 * array_bytes / time;
}

template <class Value>
std::optional<Line> measure(const Description& d, const DeviceOptions& options, const std::string& what, const DeviceVector<Value>& in,
                            const DeviceVector<Value>& out) {
  try {
    DeviceConvolutionPlan<Value> plan(d, options);
    const std::vector<double> taps = decaying_kernel(d.kernel[0]);
    plan.set_kernel(std::vector<Value>(taps.begin(), taps.end()));
    const auto size = static_cast<std::size_t>(d.batch * d.data[0]);
    const double time =
        gpu_test::seconds([&] { plan.apply(std::span<const Value>(in.data(), size), std::span<Value>(out.data(), size)); }, timed_launches);
    return Line{what, d.data[0], d.batch, time, plan.describe().predicted_bytes};
  } catch (const Error& error) {
    std::printf("%s, length %lld: %s\n", what.c_str(), static_cast<long long>(d.data[0]), error.what());
    return std::nullopt;
  }
}

/// Milliseconds of a row of the last table.
struct Summary {
  double copy = 0.0;
  std::map<char, double> way;
};

template <class Value>
std::map<Index, Summary> measure_precision(const char* name, const std::vector<Index>& lengths, double rate) {
  const DeviceVector<Value> in(array_bytes / sizeof(Value));
  const DeviceVector<Value> out(array_bytes / sizeof(Value));
  fill<<<4096, 256>>>(in.data(), in.size());
  std::map<Index, Summary> table;
  print_head(name);
  for (const Index length : lengths) {
    const Description d{.data = {length}, .kernel = {length}, .mode = Mode::causal, .batch = static_cast<Index>(in.size()) / length};
    Summary& row = table[length];
    row.copy = 1e3 * 2.0 * array_bytes / rate;
    const auto note = [&](char way, const std::string& what, const DeviceOptions& options) {
      if (const auto line = measure<Value>(d, options, what, in, out)) {
        print(*line, rate);
        row.way[way] = 1e3 * line->seconds;
      }
    };
    note('a', "(a) cuFFT", {.method = DeviceMethod::library});
    note('l', "(a) in chunks that fit L2", {.method = DeviceMethod::library, .padded_bytes = std::size_t{24} << 20U});
    note('b', "(b) cuFFT with callbacks", {.method = DeviceMethod::callbacks});
    note('c', "(c) fused", {.method = DeviceMethod::fused});
  }
  return table;
}

std::map<Index, double> measure_half(HalfFormat format, const char* name, const std::vector<Index>& lengths, double rate) {
  const DeviceVector<std::uint16_t> in(array_bytes / 2);
  const DeviceVector<std::uint16_t> out(array_bytes / 2);
  fill<<<4096, 256>>>(in.data(), in.size());
  std::map<Index, double> table;
  print_head(name);
  for (const Index length : lengths) {
    try {
      const Index batch = static_cast<Index>(in.size()) / length;
      HalfConvolution convolution({.data = length, .kernel = length, .batch = batch, .format = format});
      const std::vector<double> taps = decaying_kernel(length);
      convolution.set_kernel(std::vector<float>(taps.begin(), taps.end()));
      const auto size = static_cast<std::size_t>(batch * length);
      const double time = gpu_test::seconds(
          [&] { convolution.apply(std::span<const std::uint16_t>(in.data(), size), std::span<std::uint16_t>(out.data(), size)); },
          timed_launches);
      print({"(d) tensor cores", length, batch, time, convolution.describe().bytes_moved}, rate);
      table[length] = 1e3 * time;
    } catch (const Error& error) {
      std::printf("%s, length %lld: %s\n", name, static_cast<long long>(length), error.what());
    }
  }
  return table;
}

/// Of n³ doubles with the kernel 1/r, which is even.
void measure_grids(const std::vector<Index>& extents, double rate) {
  std::printf("\nfree space, n x n x n doubles, 2n - 1 taps along every axis\n%-30s %8s %10s %9s %9s %6s %10s %10s\n", "", "n", "MB moved",
              "ms", "GB/s", "of copy", "workspace", "spectrum");
  for (const Index n : extents) {
    const Index k = 2 * n - 1;
    const Description d{.data = {n, n, n}, .kernel = {k, k, k}, .mode = Mode::same};
    std::vector<double> taps;
    for (Index t = 0; t < k * k * k; ++t) {
      const double x = static_cast<double>(t / (k * k) - n + 1);
      const double y = static_cast<double>(t / k % k - n + 1);
      const double z = static_cast<double>(t % k - n + 1);
      taps.push_back(1.0 / std::max(0.5, std::sqrt(x * x + y * y + z * z)));
    }
    const DeviceVector<double> in(static_cast<std::size_t>(n * n * n));
    const DeviceVector<double> out(in.size());
    fill<<<1024, 256>>>(in.data(), in.size());
    const std::pair<const char*, DeviceOptions> ways[] = {{"cuFFT of the padded grid", {.method = DeviceMethod::library}},
                                                          {"the same with callbacks", {.method = DeviceMethod::callbacks}},
                                                          {"planes", {.method = DeviceMethod::planes, .callbacks = false}},
                                                          {"planes with callbacks", {.method = DeviceMethod::planes}}};
    for (const auto& [name, options] : ways) {
      try {
        DeviceConvolutionPlan<double> plan(d, options);
        plan.set_kernel(taps);
        const double time = gpu_test::seconds(
            [&] { plan.apply(std::span<const double>(in.data(), in.size()), std::span<double>(out.data(), out.size())); }, timed_launches);
        const Report report = plan.describe();
        std::printf("%-30s %8lld %10.0f %9.3f %9.0f %6.2f %7.0f MB %7.0f MB\n", name, static_cast<long long>(n),
                    1e-6 * report.predicted_bytes, 1e3 * time, 1e-9 * report.predicted_bytes / time, report.predicted_bytes / time / rate,
                    1e-6 * static_cast<double>(report.workspace_bytes), 1e-6 * static_cast<double>(report.spectrum_bytes));
      } catch (const Error& error) {
        std::printf("%s, n = %lld: %s\n", name, static_cast<long long>(n), error.what());
      }
    }
  }
}

void print_number(double value) {
  if (value > 0.0 && std::isfinite(value)) {
    std::printf(" %8.2f", value);
  } else {
    std::printf(" %8s", "-");
  }
}

double of(const std::map<char, double>& ways, char way) {
  const auto at = ways.find(way);
  return at == ways.end() ? 0.0 : at->second;
}

void print_summary(const char* name, const std::map<Index, Summary>& table) {
  std::printf("%-6s %7s %8s %8s %8s %8s %8s %8s %8s %8s\n", name, "length", "copy", "(a)", "(a) L2", "(b)", "(c)", "(a)/(c)", "(b)/(c)",
              "(c)/copy");
  for (const auto& [length, row] : table) {
    std::printf("%-6s %7lld", "ms", static_cast<long long>(length));
    const double a = of(row.way, 'a');
    const double b = of(row.way, 'b');
    const double c = of(row.way, 'c');
    for (const double value : {row.copy, a, of(row.way, 'l'), b, c, a / c, b / c, c / row.copy}) {
      print_number(value);
    }
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (!gpu_test::has_gpu()) {
    return gpu_test::skipped;
  }
  const bool brief = argc > 1 && std::strcmp(argv[1], "--short") == 0;
  cudaDeviceProp device{};
  check(cudaGetDeviceProperties(&device, 0), "cudaGetDeviceProperties");
  const double rate = copy_rate();
  std::printf("%s, %d multiprocessors; a copy moves %.0f GB/s; %zu MB of data and as much of results\n", device.name,
              device.multiProcessorCount, 1e-9 * rate, array_bytes >> 20U);
  std::vector<Index> lengths = {256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
  std::vector<Index> extents = {64, 128, 256};
  if (brief) {
    lengths = {512, 2048, 8192};
    extents = {128};
  }
  const auto single = measure_precision<float>("fp32", lengths, rate);
  const auto doubles = measure_precision<double>("fp64", lengths, rate);
  const auto fp16 = measure_half(HalfFormat::fp16, "fp16", lengths, rate);
  const auto bf16 = measure_half(HalfFormat::bf16, "bf16", lengths, rate);
  measure_grids(extents, rate);

  std::printf("\n%s: milliseconds for %zu MB of data, ratios\n", device.name, array_bytes >> 20U);
  print_summary("fp32", single);
  print_summary("fp64", doubles);
  const double floor = 1e3 * 2.0 * array_bytes / rate;
  std::printf("%-6s %7s %8s %8s %8s %8s %8s\n", "half", "length", "copy", "fp16", "bf16", "fp16/copy", "bf16/copy");
  for (const Index length : lengths) {
    std::printf("%-6s %7lld", "ms", static_cast<long long>(length));
    const auto value = [&](const std::map<Index, double>& table) { return table.contains(length) ? table.at(length) : 0.0; };
    for (const double number : {floor, value(fp16), value(bf16), value(fp16) / floor, value(bf16) / floor}) {
      print_number(number);
    }
    std::printf("\n");
  }
  return 0;
}

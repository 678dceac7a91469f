// Throughput of the CUDA log-Bessel functions in 10^9 evaluations a second, beside two ceilings measured in the same run, a copy that moves
// the same bytes and a chain of double-precision multiply-adds, and beside the published three-branch kernel on the same arguments.
// Medians of repeated launches by events. Run: gpu_bench_log_bessel [log2 of the number of elements, default 24]

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <thrust/device_ptr.h>
#include <thrust/sort.h>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/log_bessel.hpp>

#include "gpu_test.hpp"
#include "three_branch.cuh"
#include "timing.hpp"

namespace {

using gpu_test::check;
using gpu_test::DeviceVector;
using gpu_test::seconds;
using kindred::kernels::Accuracy;
using kindred::kernels::BesselFunction;
using kindred::kernels::BesselOptions;
using kindred::kernels::evaluate_cuda;

struct Range {
  double low;
  double high;
  bool logarithmic;

  __device__ double at(double u) const { return logarithmic ? low * exp(u * log(high / low)) : low + u * (high - low); }
};

struct Set {
  const char* name;
  Range v;
  Range x;
};

constexpr Set sets[] = {
    {"all regions (log-uniform 1e-3..1e4)", {1e-3, 1e4, true}, {1e-3, 1e4, true}},
    {"mostly uniform (0..150)", {0, 150, false}, {0, 150, false}},
    {"uniform expansion (150..1e4)", {150, 1e4, false}, {150, 1e4, false}},
    {"I series, K table (v < 14, 2 < x < 15)", {0, 14, false}, {2, 15, false}},
    {"I series, K Temme (v < 20, x < 1)", {0, 20, false}, {1e-3, 1, true}},
};

__global__ void generate(Set set, double* v, double* x, std::int64_t size) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < size; i += threads) {
    const auto number = [i](std::uint64_t which) {
      return (static_cast<double>(kindred::mix_bits(2 * static_cast<std::uint64_t>(i) + which + 0x9E3779B97F4A7C15ULL) >> 12U) + 0.5) *
             0x1p-52;
    };
    v[i] = set.v.at(number(0));
    x[i] = set.x.at(number(1));
  }
}

/// The order in which neighbours take the same path: by R, and by x where R is small.
__global__ void sort_keys(const double* v, const double* x, double* keys, std::int64_t size) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < size; i += threads) {
    const double r = hypot(v[i], x[i]);
    keys[i] = r < 21.2 ? x[i] : r;
  }
}

__global__ void to_float(const double* in, float* out, std::int64_t size) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < size; i += threads) {
    out[i] = static_cast<float>(in[i]);
  }
}

/// What a function of two arguments must move and no more.
template <typename Real>
__global__ void add(const Real* v, const Real* x, Real* out, std::int64_t size) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < size; i += threads) {
    out[i] = v[i] + x[i];
  }
}

constexpr int chain_length = 4096;

__global__ void multiply_add_chains(double* out, double factor) {
  double a[8];
  for (int j = 0; j < 8; ++j) {
    a[j] = threadIdx.x + j;
  }
  for (int i = 0; i < chain_length / 8; ++i) {
#pragma unroll
    for (int j = 0; j < 8; ++j) {
      a[j] = fma(a[j], factor, 1.0);
    }
  }
  double sum = 0.0;
  for (const double value : a) {
    sum += value;
  }
  out[std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x] = sum;
}

unsigned grid(std::int64_t size) { return static_cast<unsigned>(std::min<std::int64_t>((size + 255) / 256, 1 << 20)); }

/// Arguments in both precisions, and room for results.
struct Arrays {
  std::int64_t size;
  DeviceVector<double> v, x, out;
  DeviceVector<float> v32, x32, out32;

  explicit Arrays(std::int64_t count)
      : size(count),
        v(static_cast<std::size_t>(count)),
        x(static_cast<std::size_t>(count)),
        out(static_cast<std::size_t>(count)),
        v32(static_cast<std::size_t>(count)),
        x32(static_cast<std::size_t>(count)),
        out32(static_cast<std::size_t>(count)) {}

  void fill(const Set& set, bool sorted) {
    generate<<<grid(size), 256>>>(set, v.data(), x.data(), size);
    if (sorted) {
      sort_keys<<<grid(size), 256>>>(v.data(), x.data(), out.data(), size);
      const DeviceVector<double> keys(static_cast<std::size_t>(size));
      check(cudaMemcpy(keys.data(), out.data(), static_cast<std::size_t>(size) * sizeof(double), cudaMemcpyDeviceToDevice), "copy of keys");
      thrust::sort_by_key(thrust::device_pointer_cast(keys.data()), thrust::device_pointer_cast(keys.data() + size),
                          thrust::device_pointer_cast(v.data()));
      thrust::sort_by_key(thrust::device_pointer_cast(out.data()), thrust::device_pointer_cast(out.data() + size),
                          thrust::device_pointer_cast(x.data()));
    }
    to_float<<<grid(size), 256>>>(v.data(), v32.data(), size);
    to_float<<<grid(size), 256>>>(x.data(), x32.data(), size);
    check(cudaDeviceSynchronize(), "arguments");
  }

  /// 10^9 evaluations a second.
  double rate(BesselFunction f, Accuracy accuracy, bool constant_v = false) const {
    return 1e-9 * static_cast<double>(size) / seconds([&] {
             evaluate_cuda(f, v.data(), constant_v ? 1 : size, x.data(), size, out.data(), size, {accuracy, 1}, nullptr);
           });
  }
  double rate32(BesselFunction f, bool constant_v = false) const {
    return 1e-9 * static_cast<double>(size) /
           seconds([&] { evaluate_cuda(f, v32.data(), constant_v ? 1 : size, x32.data(), size, out32.data(), size, {}, nullptr); });
  }
  template <bool second_kind>
  double three_branch_rate() const {
    return 1e-9 * static_cast<double>(size) /
           seconds([&] { three_branch::evaluate<second_kind><<<grid(size), 256>>>(v.data(), x.data(), out.data(), size); });
  }
};

void print_ceilings(const Arrays& arrays) {
  const std::int64_t size = arrays.size;
  const double copy = seconds([&] { add<<<grid(size), 256>>>(arrays.v.data(), arrays.x.data(), arrays.out.data(), size); });
  const double copy32 = seconds([&] { add<<<grid(size), 256>>>(arrays.v32.data(), arrays.x32.data(), arrays.out32.data(), size); });
  const double one_array = seconds([&] { to_float<<<grid(size), 256>>>(arrays.v.data(), arrays.out32.data(), size); });
  const std::int64_t threads = std::min<std::int64_t>(size, 1 << 20);
  const double chains = seconds([&] { multiply_add_chains<<<static_cast<unsigned>(threads / 256), 256>>>(arrays.out.data(), 0.999); });
  const auto rate = [](double count, double time) { return 1e-9 * count / time; };
  const auto n = static_cast<double>(size);
  std::printf(
      "ceilings: two arrays read, one written: double %.1f Geval/s (%.0f GB/s), float %.1f (%.0f GB/s); 12 bytes an element, one read: "
      "%.1f; double multiply-adds %.0f G/s\n",
      rate(n, copy), rate(24 * n, copy), rate(n, copy32), rate(12 * n, copy32), rate(n, one_array),
      rate(static_cast<double>(threads) * chain_length, chains));
}

void print_set(Arrays& arrays, const Set& set) {
  double rates[2][2][4];
  for (const bool sorted : {false, true}) {
    arrays.fill(set, sorted);
    for (const bool second_kind : {false, true}) {
      const auto f = second_kind ? BesselFunction::log_kv : BesselFunction::log_iv;
      double* const row = rates[second_kind][sorted];
      row[0] = arrays.rate(f, Accuracy::fast);
      row[1] = arrays.rate(f, Accuracy::accurate);
      row[2] = arrays.rate32(f);
      row[3] = second_kind ? arrays.three_branch_rate<true>() : arrays.three_branch_rate<false>();
    }
  }
  for (const bool second_kind : {false, true}) {
    const auto& [random, sorted] = rates[second_kind];
    std::printf("%-7s %-38s", second_kind ? "log_kv" : "log_iv", set.name);
    for (int column = 0; column < 4; ++column) {
      std::printf("  %7.3g %7.3g", random[column], sorted[column]);
    }
    std::printf("\n");
  }
}

void print_other_functions(Arrays& arrays) {
  arrays.fill(sets[0], false);
  const std::pair<const char*, BesselFunction> others[] = {
      {"log_ive", BesselFunction::log_ive},     {"log_kve", BesselFunction::log_kve},     {"iv_ratio", BesselFunction::iv_ratio},
      {"kv_ratio", BesselFunction::kv_ratio},   {"log_iv_dx", BesselFunction::log_iv_dx}, {"log_iv_dv", BesselFunction::log_iv_dv},
      {"log_kv_dx", BesselFunction::log_kv_dx}, {"log_kv_dv", BesselFunction::log_kv_dv},
  };
  std::printf("\nthe other functions, %s, random order: fast, float\n", sets[0].name);
  for (const auto& [name, f] : others) {
    std::printf("%-10s %7.3g %7.3g\n", name, arrays.rate(f, Accuracy::fast), arrays.rate32(f));
  }
}

void print_constant_order(Arrays& arrays) {
  std::printf("\none order for all: log_iv and log_kv, fast, accurate, float\n");
  for (const auto& [v, x] : {std::pair{1.5, Range{1e-3, 100, false}}, {1023.0, {1, 1e4, false}}}) {
    arrays.fill({"", {v, v, false}, x}, false);
    std::printf("v = %-6g x < %-6g", v, x.high);
    for (const auto f : {BesselFunction::log_iv, BesselFunction::log_kv}) {
      std::printf("  %7.3g %7.3g %7.3g", arrays.rate(f, Accuracy::fast, true), arrays.rate(f, Accuracy::accurate, true),
                  arrays.rate32(f, true));
    }
    std::printf("\n");
  }
}

/// From pinned host memory and back, in slices on two streams so that copies in both directions and kernels overlap.
void print_with_transfer(Arrays& arrays) {
  constexpr int slices = 16;
  arrays.fill(sets[0], false);
  const std::int64_t slice = arrays.size / slices;
  const auto bytes = static_cast<std::size_t>(slice) * sizeof(double);
  double* host = nullptr;
  check(cudaMallocHost(&host, 3 * slices * bytes), "cudaMallocHost");
  double* const host_v = host;
  double* const host_x = host + slices * slice;
  double* const host_out = host + 2 * slices * slice;
  check(cudaMemcpy(host_v, arrays.v.data(), slices * bytes, cudaMemcpyDeviceToHost), "copy to the host");
  check(cudaMemcpy(host_x, arrays.x.data(), slices * bytes, cudaMemcpyDeviceToHost), "copy to the host");
  cudaStream_t streams[2];
  for (auto& stream : streams) {
    check(cudaStreamCreate(&stream), "cudaStreamCreate");  // blocking: the timing events of the default stream enclose them
  }
  const auto round_trip = [&](BesselFunction f, bool evaluate) {
    return 1e-9 * static_cast<double>(slices * slice) / seconds([&] {
             for (int i = 0; i < slices; ++i) {
               const cudaStream_t stream = streams[i % 2];
               const std::int64_t at = i * slice;
               cudaMemcpyAsync(arrays.v.data() + at, host_v + at, bytes, cudaMemcpyHostToDevice, stream);
               cudaMemcpyAsync(arrays.x.data() + at, host_x + at, bytes, cudaMemcpyHostToDevice, stream);
               if (evaluate) {
                 evaluate_cuda(f, arrays.v.data() + at, slice, arrays.x.data() + at, slice, arrays.out.data() + at, slice, {}, stream);
               }
               cudaMemcpyAsync(host_out + at, arrays.out.data() + at, bytes, cudaMemcpyDeviceToHost, stream);
             }
           });
  };
  std::printf("\nwith transfer from and to pinned memory, fast, %s: log_iv %.3g, log_kv %.3g, the copies alone %.3g\n", sets[0].name,
              round_trip(BesselFunction::log_iv, true), round_trip(BesselFunction::log_kv, true),
              round_trip(BesselFunction::log_iv, false));
  for (const auto stream : streams) {
    cudaStreamDestroy(stream);
  }
  cudaFreeHost(host);
}

}  // namespace

int main(int argc, char** argv) {
  if (!gpu_test::has_gpu()) {
    return gpu_test::skipped;
  }
  const std::int64_t size = std::int64_t{1} << (argc > 1 ? std::clamp(std::atoi(argv[1]), 12, 30) : 24);
  cudaDeviceProp device{};
  check(cudaGetDeviceProperties(&device, 0), "cudaGetDeviceProperties");
  std::printf("%s, %d multiprocessors, %lld elements, Geval/s\n", device.name, device.multiProcessorCount, static_cast<long long>(size));
  three_branch::set_up();
  Arrays arrays(size);
  arrays.fill(sets[0], false);
  print_ceilings(arrays);
  std::printf("\n%-46s  %15s  %15s  %15s  %15s\n%46s", "random order, then sorted:", "fast", "accurate", "float", "three-branch", "");
  for (int column = 0; column < 4; ++column) {
    std::printf("  %7s %7s", "random", "sorted");
  }
  std::printf("\n");
  for (const Set& set : sets) {
    print_set(arrays, set);
  }
  print_other_functions(arrays);
  print_constant_order(arrays);
  print_with_transfer(arrays);
  return 0;
}

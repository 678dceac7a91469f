// Throughput of quasi-Monte Carlo points on the GPU in 10^9 numbers a second, beside a kernel that writes a constant to the same array and
// cuRAND's Sobol' sequences; and of the Walsh–Hadamard transform beside a copy. Medians of repeated launches by events, everything in one
// run; a short table last. Run: gpu_bench_qmc [log2 of the number of doubles, default 27]

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include <kindred/kernels/qmc/sampler_cuda.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard_cuda.hpp>

#if defined(KINDRED_CURAND)
#include <curand.h>
#endif

#include "gpu_test.hpp"
#include "timing.hpp"

namespace {

using namespace kindred::qmc;
using gpu_test::check;
using gpu_test::DeviceVector;
using gpu_test::seconds;

constexpr int dimension_numbers[] = {8, 37, 1024};

/// What a generator must move and no more: 16 bytes a thread and step.
__global__ void write_constant(double2* out, std::size_t size, double value) {
  const std::size_t threads = std::size_t{gridDim.x} * blockDim.x;
  for (std::size_t k = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; k < size; k += threads) {
    out[k] = make_double2(value, value);
  }
}

/// The better of a grid that strides and one of a thread for every 16 bytes.
double write_seconds(const DeviceVector<double>& out) {
  auto* const to = reinterpret_cast<double2*>(out.data());
  const std::size_t size = out.size() / 2;
  const auto all = static_cast<unsigned>((size + 255) / 256);
  return std::min(seconds([&] { write_constant<<<std::min(all, 1U << 12U), 256>>>(to, size, 0.5); }),
                  seconds([&] { write_constant<<<all, 256>>>(to, size, 0.5); }));
}

struct Set {
  const char* name;
  Scramble scramble;
  PointSet (*points)(int dimensions);
};

const Set sets[] = {
    {"sobol", Scramble::none, [](int d) -> PointSet { return sobol(d); }},
    {"sobol, lms + shift", Scramble::lms_digital_shift, [](int d) -> PointSet { return sobol(d); }},
    {"sobol of order 2, lms + shift", Scramble::lms_digital_shift, [](int d) -> PointSet { return sobol(d, 32, 2); }},
    {"sobol, owen hash", Scramble::owen_hash, [](int d) -> PointSet { return sobol(d); }},
    {"sobol, nested uniform", Scramble::nested_uniform, [](int d) -> PointSet { return sobol(d); }},
    {"sobol of order 2, owen hash", Scramble::owen_hash, [](int d) -> PointSet { return sobol(d, 32, 2); }},
    {"lattice, shift", Scramble::shift,
     [](int d) -> PointSet {
       Lattice set = lattice_table(d);
       set.log2_points = 32;  // more than it is made for: the same work
       return set;
     }},
    {"independent", Scramble::none, [](int d) -> PointSet { return Independent{d}; }},
    {"halton, permuted", Scramble::digit_permutation, [](int d) -> PointSet { return Halton{std::min(d, 64)}; }},
};

struct Line {
  std::string name;
  double rate[6];  // rows and columns for every number of dimensions
};

double fill_rate(const DeviceSampler& device, const DeviceVector<double>& out, Layout layout) {
  const auto d = static_cast<std::size_t>(device.sampler().dimensions());
  const std::uint64_t n = out.size() / d;
  const double time = seconds([&] { device.fill(std::span(out.data(), n * d), 0, n, {Order::natural, layout}); });
  return 1e-9 * static_cast<double>(n * d) / time;
}

std::vector<Line> fill_lines(const DeviceVector<double>& out) {
  std::vector<Line> lines;
  for (const Set& set : sets) {
    Line line{set.name, {}};
    double* rate = line.rate;
    for (const int d : dimension_numbers) {
      const DeviceSampler device(Sampler(set.points(d), {set.scramble, 7}));
      *rate++ = fill_rate(device, out, Layout::dimension_major);
      *rate++ = fill_rate(device, out, Layout::row_major);
    }
    lines.push_back(line);
  }
  return lines;
}

#if defined(KINDRED_CURAND)
/// Dimension-major, as it is cuRAND's only layout.
std::vector<Line> curand_lines(const DeviceVector<double>& out) {
  const std::pair<const char*, curandRngType_t> kinds[] = {{"cuRAND sobol32", CURAND_RNG_QUASI_SOBOL32},
                                                           {"cuRAND scrambled sobol32", CURAND_RNG_QUASI_SCRAMBLED_SOBOL32},
                                                           {"cuRAND sobol64", CURAND_RNG_QUASI_SOBOL64},
                                                           {"cuRAND scrambled sobol64", CURAND_RNG_QUASI_SCRAMBLED_SOBOL64}};
  std::vector<Line> lines;
  for (const auto& [name, kind] : kinds) {
    Line line{name, {}};
    for (std::size_t k = 0; k < std::size(dimension_numbers); ++k) {
      const int d = dimension_numbers[k];
      const std::size_t numbers = out.size() / static_cast<std::size_t>(d) * static_cast<std::size_t>(d);
      curandGenerator_t generator = nullptr;
      if (curandCreateGenerator(&generator, kind) != CURAND_STATUS_SUCCESS ||
          curandSetQuasiRandomGeneratorDimensions(generator, static_cast<unsigned>(d)) != CURAND_STATUS_SUCCESS) {
        std::printf("%s of %d dimensions could not be made\n", name, d);
        continue;
      }
      bool good = true;
      const double time = seconds([&] {
        good = curandSetGeneratorOffset(generator, 0) == CURAND_STATUS_SUCCESS &&
               curandGenerateUniformDouble(generator, out.data(), numbers) == CURAND_STATUS_SUCCESS && good;
      });
      line.rate[2 * k] = good ? 1e-9 * static_cast<double>(numbers) / time : 0.0;
      curandDestroyGenerator(generator);
    }
    lines.push_back(line);
  }
  return lines;
}
#endif

/// Gigabytes a second, of one reading and one writing for every pass.
void print_transforms(const DeviceVector<double>& values, double copy_rate) {
  std::printf("\nWalsh-Hadamard transforms: bytes of their passes / s beside a copy's %.0f GB/s\n", copy_rate);
  for (const int m : {10, 13, 20, 27}) {
    const std::size_t n = std::size_t{1} << static_cast<unsigned>(m);
    if (n > values.size()) {
      continue;
    }
    const std::size_t rows = values.size() / n;
    const int passes = m <= 13 ? 1 : m <= 22 ? 2 : 3;
    const double time = seconds([&] { walsh_hadamard_cuda(values.data(), n, rows); });
    const double rate = 1e-9 * 16.0 * passes * static_cast<double>(rows * n) / time;
    std::printf("%7zu rows of 2^%-2d  %6.2f ms  %d passes  %5.0f GB/s  %.2f\n", rows, m, 1e3 * time, passes, rate, rate / copy_rate);
  }
}

void print_table(const std::vector<Line>& lines, double write_rate) {
  std::printf("\n10^9 doubles/s, and as a fraction of the writing kernel's %.0f (%.0f GB/s); columns: dimension-major, rows: row-major\n",
              write_rate, 8.0 * write_rate);
  std::printf("%-30s", "");
  for (const int d : dimension_numbers) {
    std::printf("  %10s  %10s", ("columns," + std::to_string(d)).c_str(), ("rows," + std::to_string(d)).c_str());
  }
  std::printf("\n");
  for (const Line& line : lines) {
    std::printf("%-30s", line.name.c_str());
    for (const double rate : line.rate) {
      if (rate > 0.0) {
        std::printf("  %5.0f %4.2f", rate, rate / write_rate);
      } else {
        std::printf("  %10s", "");
      }
    }
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (!gpu_test::has_gpu()) {
    return gpu_test::skipped;
  }
  const std::size_t size = std::size_t{1} << (argc > 1 ? std::clamp(std::atoi(argv[1]), 16, 33) : 27);
  cudaDeviceProp device{};
  check(cudaGetDeviceProperties(&device, 0), "cudaGetDeviceProperties");
  std::printf("%s, %d multiprocessors, %zu doubles\n", device.name, device.multiProcessorCount, size);
  const DeviceVector<double> out(size);
  const double write_rate = 1e-9 * static_cast<double>(size) / write_seconds(out);
  std::vector<Line> lines = fill_lines(out);
#if defined(KINDRED_CURAND)
  const std::vector<Line> rivals = curand_lines(out);
  lines.insert(lines.end(), rivals.begin(), rivals.end());
#else
  std::printf("cuRAND is not installed here\n");
#endif
  const DeviceVector<double> other(size);
  const double copy = seconds([&] { cudaMemcpyAsync(other.data(), out.data(), size * sizeof(double), cudaMemcpyDeviceToDevice); });
  print_transforms(out, 1e-9 * 16.0 * static_cast<double>(size) / copy);
  print_table(lines, write_rate);
  return 0;
}

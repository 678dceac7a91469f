// Points of quasi-Monte Carlo on the GPU against the CPU's, bit for bit: every set, scramble, order, layout and type, with ranges, arrays
// and streams as they come; and the Walsh–Hadamard transform. tests/kernels/test_qmc_device_code.cpp does the same without a GPU.

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/random_words.hpp>
#include <kindred/kernels/qmc/sampler_cuda.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard_cuda.hpp>

#include "../kernels/qmc_sets.hpp"
#include "gpu_test.hpp"

namespace {

using namespace kindred::qmc;
using gpu_test::check;
using gpu_test::DeviceVector;

int compared = 0;
int different = 0;

void report(bool equal, const std::string& what) {
  ++compared;
  if (!equal && ++different <= 20) {
    std::printf("FAILED: %s: the GPU's bits differ from the CPU's\n", what.c_str());
  }
}

template <class T>
void compare(const std::string& name, const DeviceSampler& device, std::uint64_t n0, std::uint64_t n1, const FillOptions& options,
             std::size_t shift, cudaStream_t stream) {
  const Sampler& sampler = device.sampler();
  const std::size_t size = static_cast<std::size_t>(n1 - n0) * static_cast<std::size_t>(sampler.dimensions() * sampler.replicates());
  constexpr std::size_t margin = 32;
  std::vector<T> expected(size + 2 * margin, T{7});
  const DeviceVector<T> got(expected);  // poisoned, and with margins that must stay
  sampler.fill(std::span(expected).subspan(margin + shift, size), n0, n1, options);
  device.fill(std::span(got.data() + margin + shift, size), n0, n1, options, stream);
  check(cudaStreamSynchronize(stream), "points");
  report(std::memcmp(expected.data(), got.host().data(), expected.size() * sizeof(T)) == 0,
         name + ", d = " + std::to_string(sampler.dimensions()) + ", " + std::to_string(sizeof(T)) + " bytes, points " +
             std::to_string(n0) + " to " + std::to_string(n1) + (options.layout == Layout::row_major ? ", rows" : ", columns") +
             (options.order == Order::gray ? ", Gray" : "") + (options.centred ? ", centred" : "") + ", shift " + std::to_string(shift));
}

template <class Compare>
void for_layouts_and_orders(bool gray, const Compare& compare_with) {
  for (const Layout layout : {Layout::row_major, Layout::dimension_major}) {
    compare_with(FillOptions{Order::natural, layout});
    if (gray) {
      compare_with(FillOptions{Order::gray, layout});
    }
  }
}

void compare_sets(int dimensions, cudaStream_t stream) {
  qmc_test::for_every_set(dimensions, [&](const std::string& name, const PointSet& points, bool gray, Scramble scramble) {
    const DeviceSampler device(Sampler(points, {scramble, 77, dimensions > 100 ? 1 : 2, 5}));
    const std::uint64_t last = device.sampler().max_points() - 70;
    const std::uint64_t far = std::min(last, (std::uint64_t{1} << 32U) - 21);
    for_layouts_and_orders(gray, [&](FillOptions options) {
      for (const auto& [n0, n1] :
           {std::pair<std::uint64_t, std::uint64_t>{0, 1}, {13, 61}, {63, 1300}, {far, far + 70}, {last, last + 70}}) {
        compare<double>(name, device, n0, n1, options, 0, nullptr);
        compare<double>(name, device, n0, n1, options, 1, stream);
      }
      compare<float>(name, device, 128, 1024, options, 0, stream);
      compare<std::uint32_t>(name, device, 77, 300, options, 1, stream);
      compare<std::uint64_t>(name, device, 128, 1024, options, 0, stream);
      options.centred = true;
      compare<double>(name, device, 128, 300, options, 0, stream);
      compare<float>(name, device, 128, 300, options, 2, stream);
    });
  });
}

/// As many points as give every multiprocessor many runs.
void compare_large(cudaStream_t stream) {
  const std::uint64_t n = std::uint64_t{1} << 22U;
  for (const Scramble scramble : {Scramble::lms_digital_shift, Scramble::owen_hash, Scramble::nested_uniform}) {
    const DeviceSampler device(Sampler(sobol(5), {scramble, 3}));
    for_layouts_and_orders(true, [&](const FillOptions& options) { compare<double>("large sobol", device, 0, n, options, 0, stream); });
  }
  const DeviceSampler device(Sampler(lattice_table(300), {Scramble::shift, 3}));
  for_layouts_and_orders(
      true, [&](const FillOptions& options) { compare<float>("large lattice", device, 5, (1U << 16U) - 3, options, 0, stream); });
}

void compare_transforms(cudaStream_t stream) {
  const RandomWords words(1, "test");
  for (int m = 0; m <= 23; ++m) {
    const std::size_t n = std::size_t{1} << static_cast<unsigned>(m);
    for (const std::size_t rows : {1U, 3U}) {
      std::vector<double> values(rows * n);
      for (std::size_t k = 0; k < values.size(); ++k) {
        values[k] = to_double(words(0, 0, k)) - 0.5;
      }
      const DeviceVector<double> got(values);
      walsh_hadamard(values, rows);
      walsh_hadamard_cuda(got.data(), n, rows, stream);
      check(cudaStreamSynchronize(stream), "Walsh-Hadamard transform");
      report(std::memcmp(values.data(), got.host().data(), values.size() * sizeof(double)) == 0,
             "Walsh-Hadamard, " + std::to_string(rows) + " rows of 2^" + std::to_string(m));
    }
  }
}

template <class Call>
void expect_refusal(const char* what, const Call& call) {
  try {
    call();
  } catch (const kindred::InputError&) {
    return;
  }
  report(false, std::string(what) + ", which is to be refused");
}

void check_refusals() {
  const DeviceSampler device(Sampler(richtmyer(2)));
  const DeviceVector<double> out(std::size_t{20});
  const std::span values(out.data(), out.size());
  expect_refusal("Gray order", [&] { device.fill(values, 0, 10, {Order::gray}); });
  expect_refusal("a size that does not fit", [&] { device.fill(values, 0, 11); });
  expect_refusal("a range that runs backwards", [&] { device.fill(values, 10, 0); });
  expect_refusal("rows of no power of two", [&] { walsh_hadamard_cuda(out.data(), 20); });
}

}  // namespace

int main() {
  if (!gpu_test::has_gpu()) {
    return gpu_test::skipped;
  }
  cudaStream_t stream = nullptr;
  check(cudaStreamCreate(&stream), "cudaStreamCreate");
  for (const int dimensions : {1, 3, 8, 33, 300}) {
    compare_sets(dimensions, stream);
  }
  compare_large(stream);
  compare_transforms(stream);
  check_refusals();
  check(cudaStreamDestroy(stream), "cudaStreamDestroy");
  std::printf("%d comparisons, %d differ\n", compared, different);
  return different == 0 ? 0 : 1;
}

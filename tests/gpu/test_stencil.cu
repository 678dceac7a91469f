// The CUDA stencil against the CPU's, bit for bit, in 1 to 3 dimensions with every combination of periodic axes and on a
// stream of its own; then the bandwidth of a 256^3 grid, printed and not judged.

#include <cstring>
#include <memory>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/stencil/stencil.hpp>

#include "gpu_test.hpp"

namespace {

using namespace kindred::kernels;

struct Case {
  StencilShape shape;
  std::vector<double> center, x, lower[3], upper[3];

  explicit Case(const StencilShape& s) : shape(s) {
    std::size_t size = 1;
    for (int axis = 0; axis < s.dimension; ++axis) {
      size *= static_cast<std::size_t>(s.cells[axis]);
    }
    const kindred::Draws draws(7, "stencil", 0);
    std::uint64_t draw = 0;
    const auto fill = [&](std::vector<double>& v) {
      v.resize(size);
      for (double& value : v) {
        value = draws.uniform(draw++) - 0.5;
      }
    };
    fill(center);
    fill(x);
    for (int axis = 0; axis < s.dimension; ++axis) {
      fill(lower[axis]);
      fill(upper[axis]);
    }
  }

  std::vector<double> on_cpu() const {
    StencilCoefficients c;
    c.center = center.data();
    for (int axis = 0; axis < shape.dimension; ++axis) {
      c.lower[axis] = lower[axis].data();
      c.upper[axis] = upper[axis].data();
    }
    std::vector<double> y(x.size());
    stencil_apply(shape, c, x.data(), y.data());
    return y;
  }
};

/// A case's arrays on the device.
struct DeviceCase {
  gpu_test::DeviceArray center, x, y;
  std::vector<std::unique_ptr<gpu_test::DeviceArray>> sides;
  StencilCoefficients coefficients;

  explicit DeviceCase(const Case& c) : center(c.center), x(c.x), y(std::vector<double>(c.x.size())) {
    coefficients.center = center.data();
    for (int axis = 0; axis < c.shape.dimension; ++axis) {
      sides.push_back(std::make_unique<gpu_test::DeviceArray>(c.lower[axis]));
      coefficients.lower[axis] = sides.back()->data();
      sides.push_back(std::make_unique<gpu_test::DeviceArray>(c.upper[axis]));
      coefficients.upper[axis] = sides.back()->data();
    }
  }
};

bool equal_on_both(const StencilShape& shape, cudaStream_t stream) {
  const Case c(shape);
  const DeviceCase device(c);
  stencil_apply_cuda(shape, device.coefficients, device.x.data(), device.y.data(), stream);
  gpu_test::check(cudaStreamSynchronize(stream), "stencil kernel");
  const auto expected = c.on_cpu();
  const auto got = device.y.host();
  if (std::memcmp(expected.data(), got.data(), expected.size() * sizeof(double)) == 0) {
    return true;
  }
  std::printf("FAILED: %d dimensions, cells %lld %lld %lld, periodic %d %d %d: the GPU's bits differ from the CPU's\n", shape.dimension,
              static_cast<long long>(shape.cells[0]), static_cast<long long>(shape.cells[1]), static_cast<long long>(shape.cells[2]),
              shape.periodic[0], shape.periodic[1], shape.periodic[2]);
  return false;
}

void print_bandwidth(cudaStream_t stream) {
  StencilShape shape;
  shape.dimension = 3;
  for (auto& n : shape.cells) {
    n = 256;
  }
  const Case c(shape);
  const DeviceCase device(c);
  cudaEvent_t begin = nullptr;
  cudaEvent_t end = nullptr;
  gpu_test::check(cudaEventCreate(&begin), "cudaEventCreate");
  gpu_test::check(cudaEventCreate(&end), "cudaEventCreate");
  constexpr int repeats = 20;
  stencil_apply_cuda(shape, device.coefficients, device.x.data(), device.y.data(), stream);
  cudaEventRecord(begin, stream);
  for (int k = 0; k < repeats; ++k) {
    stencil_apply_cuda(shape, device.coefficients, device.x.data(), device.y.data(), stream);
  }
  cudaEventRecord(end, stream);
  gpu_test::check(cudaEventSynchronize(end), "timed kernels");
  float milliseconds = 0.0F;
  cudaEventElapsedTime(&milliseconds, begin, end);
  const double bytes = 8.0 * 9.0 * static_cast<double>(c.x.size()) * repeats;
  std::printf("256^3 cells: %.3f ms an apply, %.0f GB/s of the 72 bytes per cell that it must move\n", milliseconds / repeats,
              bytes / (1e6 * milliseconds));
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
}

}  // namespace

int main() {
  if (!gpu_test::has_gpu()) {
    return gpu_test::skipped;
  }
  cudaStream_t stream = nullptr;
  gpu_test::check(cudaStreamCreate(&stream), "cudaStreamCreate");
  bool good = true;
  const std::vector<std::vector<std::int64_t>> sizes = {{1},    {2},       {1000},    {5, 1},     {1, 5},
                                                        {2, 2}, {65, 130}, {2, 2, 2}, {17, 1, 9}, {33, 20, 41}};
  for (const auto& n : sizes) {
    for (int periodic = 0; periodic < (1 << n.size()); ++periodic) {
      StencilShape shape;
      shape.dimension = static_cast<int>(n.size());
      for (std::size_t axis = 0; axis < n.size(); ++axis) {
        shape.cells[axis] = n[axis];
        shape.periodic[axis] = ((periodic >> axis) & 1) != 0;
      }
      good = equal_on_both(shape, nullptr) && good;
      good = equal_on_both(shape, stream) && good;
    }
  }
  print_bandwidth(stream);
  cudaStreamDestroy(stream);
  std::printf(good ? "all equal\n" : "differences found\n");
  return good ? 0 : 1;
}

// The CUDA log-Bessel functions: against reference values and the scalar functions of the CPU, at the bounds of log_bessel.hpp; edges;
// and that a result depends on its own arguments only, whatever the array, its size, the stream or the memory it lies in.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <kindred/apps/bench/bessel/points.hpp>
#include <kindred/core/base/error.hpp>

#include "../kernels/bessel_reference.hpp"
#include "../kernels/bessel_support.hpp"
#include "gpu_test.hpp"

namespace {

using namespace bessel_test;
using gpu_test::DeviceVector;
using kindred::kernels::BesselOptions;
using kindred::kernels::evaluate_cuda;

int failures = 0;

void expect(bool good, const std::string& what) {
  if (!good) {
    ++failures;
    std::printf("FAILED: %s\n", what.c_str());
  }
}

template <typename Real>
struct Arguments {
  std::vector<Real> v;
  std::vector<Real> x;

  Arguments() = default;
  explicit Arguments(const std::vector<bench::Point>& points) {
    for (const auto& point : points) {
      v.push_back(static_cast<Real>(point.v));
      x.push_back(static_cast<Real>(point.x));
    }
  }
};

/// The function on the GPU. An argument of one element serves for all; `out` starts as NaN.
template <typename Real>
std::vector<Real> on_gpu(BesselFunction f, const std::vector<Real>& v, const std::vector<Real>& x, Accuracy accuracy = Accuracy::fast,
                         cudaStream_t stream = nullptr, std::size_t size = 0) {
  size = std::max({size, v.size(), x.size()});
  const DeviceVector<Real> device_v(v);
  const DeviceVector<Real> device_x(x);
  const DeviceVector<Real> out(std::vector<Real>(size, static_cast<Real>(not_a_number)));
  evaluate_cuda(f, device_v.data(), static_cast<std::int64_t>(v.size()), device_x.data(), static_cast<std::int64_t>(x.size()), out.data(),
                static_cast<std::int64_t>(size), {accuracy, 1}, stream);
  gpu_test::check(cudaStreamSynchronize(stream), "log-Bessel kernel");
  return out.host();
}

template <typename Real>
bool same_bits(const std::vector<Real>& a, const std::vector<Real>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(Real)) == 0;
}

bool is_logarithm(BesselFunction f) { return static_cast<int>(f) < 4; }
bool is_scaled(BesselFunction f) { return f == BesselFunction::log_ive || f == BesselFunction::log_kve; }

/// What log_bessel.hpp allows a double of value `truth`. Derivatives have no stated bound below R = 21.2; 1e-12 is what the CPU's tests
/// allow. The last term is for subnormal results.
Wide bound(BesselFunction f, Accuracy accuracy, Wide v, Wide x, Wide truth) {
  const Wide size = std::abs(truth);
  const Wide r = std::hypot(v, x);
  if (is_logarithm(f)) {
    const Wide growing = (is_scaled(f) && r >= 21.2L ? v * (v / (r + x)) : r) + (v > 0 ? v * std::asinh(v / x) : 0);
    return 4 * eps * (accuracy == Accuracy::accurate ? std::max(Wide(1), size) : size + growing);
  }
  const Wide relative = f == BesselFunction::iv_ratio ? 4 * eps : f == BesselFunction::kv_ratio || r >= 21.2L ? 1e-14L : 1e-12L;
  return relative * size + 0x1p-1073L;
}

/// The largest error in units of its bound, and where.
struct Worst {
  Wide share = 0;
  double v = 0;
  double x = 0;
  std::size_t wrong = 0;
  std::size_t same = 0;

  void take(double at_v, double at_x, double got, Wide truth, Wide allowed) {
    const bool finite = std::isfinite(static_cast<double>(truth));
    const Wide error = finite ? std::abs(got - truth) : got == truth || (got != got && truth != truth) ? 0 : static_cast<Wide>(infinity);
    const Wide now = error == 0 ? 0 : error / (finite ? allowed : 1);
    wrong += now <= 1 ? 0 : 1;
    same += error == 0 ? 1 : 0;
    if (!(now <= share)) {
      share = now;
      v = at_v;
      x = at_x;
    }
  }

  void report(const std::string& what, std::size_t count) const {
    std::printf("%-34s %5zu points, %5zu equal; worst error %.2f of the bound at v = %.17g, x = %.17g\n", what.c_str(), count, same,
                static_cast<double>(share), v, x);
    expect(wrong == 0, what + ": " + std::to_string(wrong) + " values beyond the bound");
  }
};

std::string label(BesselFunction f, Accuracy accuracy, const std::string& set) {
  return std::string(name(f)) + (accuracy == Accuracy::accurate ? ", accurate, " : ", ") + set;
}

/// A row's value of f to 76 bits; DLMF 10.29.2 for the derivatives by x.
Wide exact(BesselFunction f, const bessel_reference::Row& row) {
  const auto wide = [](const bessel_reference::Value& value) { return static_cast<Wide>(value.hi) + value.lo; };
  const Wide v = row.v;
  const Wide x = row.x;
  switch (f) {
    case BesselFunction::log_iv:
      return wide(row.log_i);
    case BesselFunction::log_kv:
      return wide(row.log_k);
    case BesselFunction::log_ive:
      return (row.log_i.hi - x) + row.log_i.lo;
    case BesselFunction::log_kve:
      return (row.log_k.hi + x) + row.log_k.lo;
    case BesselFunction::iv_ratio:
      return wide(row.ratio_i);
    case BesselFunction::kv_ratio:
      return wide(row.ratio_k);
    case BesselFunction::log_iv_dx:
      return v / x + wide(row.ratio_i);
    case BesselFunction::log_kv_dx:
      return v / x - wide(row.ratio_k);
    case BesselFunction::log_iv_dv:
      return wide(row.log_i_dv);
    case BesselFunction::log_kv_dv:
      return wide(row.log_k_dv);
  }
  return 0;
}

void against_reference_values(BesselFunction f, Accuracy accuracy) {
  Arguments<double> arguments;
  for (const auto& row : bessel_reference::table) {
    arguments.v.push_back(row.v);
    arguments.x.push_back(row.x);
  }
  const auto got = on_gpu(f, arguments.v, arguments.x, accuracy);
  Worst worst;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto& row = bessel_reference::table[i];
    const Wide truth = exact(f, row);
    worst.take(row.v, row.x, got[i], truth, bound(f, accuracy, row.v, row.x, truth));
  }
  worst.report(label(f, accuracy, "reference"), got.size());
}

/// The CPU's value may be off by as much as the GPU's.
void against_cpu(BesselFunction f, Accuracy accuracy, const std::string& set, const Arguments<double>& arguments) {
  const auto got = on_gpu(f, arguments.v, arguments.x, accuracy);
  Worst worst;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double v = arguments.v[i];
    const double x = arguments.x[i];
    const double other = scalar(f, v, x, accuracy);
    worst.take(v, x, got[i], other, 2 * bound(f, accuracy, v, x, other));
  }
  worst.report(label(f, accuracy, set), got.size());
}

/// Doubles at the rounded arguments are good to far below single precision.
void against_cpu(BesselFunction f, const std::string& set, const Arguments<float>& arguments) {
  const auto got = on_gpu(f, arguments.v, arguments.x);
  Worst worst;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double truth = scalar(f, static_cast<double>(arguments.v[i]), static_cast<double>(arguments.x[i]), Accuracy::accurate);
    const double size = std::abs(truth);
    const bool overflows = size > std::numeric_limits<float>::max();
    worst.take(arguments.v[i], arguments.x[i], got[i], overflows ? static_cast<double>(static_cast<float>(truth)) : truth,
               is_logarithm(f) ? 6.2e-8 * std::max(1.0, size) : 1.2e-7 * size + 0x1p-149);
  }
  worst.report(label(f, Accuracy::fast, set), got.size());
}

/// Products of everything that is no ordinary positive number with ordinary ones.
template <typename Real>
Arguments<Real> edges() {
  constexpr auto big = std::numeric_limits<Real>::infinity();
  const std::vector<Real> special = {
      std::numeric_limits<Real>::quiet_NaN(), big, -big, Real(0), -Real(0), Real(-1), Real(-2), Real(-2.5), Real(-40), Real(-40.5)};
  auto all = special;
  all.insert(all.end(), {Real(0.5), Real(1), Real(7), Real(30), Real(1e6)});
  Arguments<Real> arguments;
  for (const Real v : all) {
    for (const Real x : all) {
      arguments.v.push_back(v);
      arguments.x.push_back(x);
    }
  }
  return arguments;
}

/// Where the CPU gives NaN, an infinity or zero, the GPU gives the same; elsewhere the same sign.
template <typename Real>
void edges_as_on_cpu(BesselFunction f, Accuracy accuracy) {
  const auto arguments = edges<Real>();
  const auto got = on_gpu(f, arguments.v, arguments.x, accuracy);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const Real expected = scalar(f, arguments.v[i], arguments.x[i], accuracy);
    const bool ordinary = std::isfinite(expected) && expected != 0;
    const bool good = ordinary ? std::isfinite(got[i]) && got[i] != 0 && std::signbit(got[i]) == std::signbit(expected)
                               : got[i] == expected || (std::isnan(got[i]) && std::isnan(expected));
    expect(good, label(f, accuracy, sizeof(Real) == 4 ? "float" : "double") + ": " + std::to_string(got[i]) + " at v = " +
                     std::to_string(arguments.v[i]) + ", x = " + std::to_string(arguments.x[i]) + ", expected " + std::to_string(expected));
  }
}

/// Sub-arrays of many sizes, the array reversed, one argument for all, output over an argument, a stream of its own: the same bits.
template <typename Real>
void surroundings_do_not_matter(BesselFunction f, Accuracy accuracy, const Arguments<Real>& all, cudaStream_t stream) {
  const auto whole = on_gpu(f, all.v, all.x, accuracy);
  const std::string what = label(f, accuracy, sizeof(Real) == 4 ? "float" : "double");
  expect(same_bits(on_gpu(f, all.v, all.x, accuracy, stream), whole), what + " on another stream");
  for (const std::size_t size : {1U, 2U, 31U, 32U, 33U, 255U, 1023U, 1024U, 1025U, 2049U, 4099U}) {
    const auto start = static_cast<std::ptrdiff_t>(size % 7);
    const auto end = start + static_cast<std::ptrdiff_t>(size);
    const std::vector<Real> v(all.v.begin() + start, all.v.begin() + end);
    const std::vector<Real> x(all.x.begin() + start, all.x.begin() + end);
    expect(same_bits(on_gpu(f, v, x, accuracy), std::vector<Real>(whole.begin() + start, whole.begin() + end)),
           what + ", " + std::to_string(size) + " elements");
  }
  expect(same_bits(on_gpu<Real>(f, {all.v.rbegin(), all.v.rend()}, {all.x.rbegin(), all.x.rend()}, accuracy),
                   std::vector<Real>(whole.rbegin(), whole.rend())),
         what + " reversed");
  for (const Real one : {Real(0), Real(0.75), Real(3), Real(30), Real(2000)}) {
    const std::vector<Real> repeated(all.v.size(), one);
    expect(same_bits(on_gpu(f, {one}, all.x, accuracy), on_gpu(f, repeated, all.x, accuracy)), what + " of one order");
    expect(same_bits(on_gpu(f, all.v, {one}, accuracy), on_gpu(f, all.v, repeated, accuracy)), what + " of one argument");
  }
  const auto both = on_gpu<Real>(f, {Real(2)}, {Real(3)}, accuracy, nullptr, 1500);
  expect(same_bits(both, std::vector<Real>(1500, both[0])) && std::isfinite(both[0]), what + " of one order and argument");

  const auto size = static_cast<std::int64_t>(all.v.size());
  const DeviceVector<Real> v(all.v);
  const DeviceVector<Real> x(all.x);
  evaluate_cuda(f, v.data(), size, x.data(), size, x.data(), size, {accuracy, 1}, nullptr);
  expect(same_bits(x.host(), whole), what + " over x");
  const DeviceVector<Real> fresh_x(all.x);
  evaluate_cuda(f, v.data(), size, fresh_x.data(), size, v.data(), size, {accuracy, 1}, nullptr);
  expect(same_bits(v.host(), whole), what + " over v");
}

__global__ void fill_periodically(float* values, std::int64_t size, const float* base, std::int64_t period) {
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < size;
       i += std::int64_t{gridDim.x} * blockDim.x) {
    values[i] = base[i % period];
  }
}

__global__ void count_differences(const float* values, std::int64_t size, const float* base, std::int64_t period,
                                  unsigned long long* count) {
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < size;
       i += std::int64_t{gridDim.x} * blockDim.x) {
    if (__float_as_uint(values[i]) != __float_as_uint(base[i % period])) {
      atomicAdd(count, 1ULL);
    }
  }
}

/// More elements than threads, and than 32-bit indices: a periodic argument gives a periodic result.
void large_array(std::int64_t size) {
  std::size_t free = 0;
  std::size_t total = 0;
  gpu_test::check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  if (free < static_cast<std::size_t>(size) * sizeof(float) + (std::size_t{1} << 28U)) {
    std::printf("skipped: %lld elements do not fit into this GPU's memory\n", static_cast<long long>(size));
    return;
  }
  constexpr std::size_t period = 4099;
  std::vector<float> base;
  for (std::size_t i = 0; i < period; ++i) {
    base.push_back(0.01F * static_cast<float>(i + 1));
  }
  const std::vector<float> order = {2.5F};
  const DeviceVector<float> v(order);
  const DeviceVector<float> arguments(base);
  const DeviceVector<float> expected(on_gpu(BesselFunction::log_kv, order, base));
  const DeviceVector<float> values(static_cast<std::size_t>(size));
  const DeviceVector<unsigned long long> count(std::vector<unsigned long long>{0});
  fill_periodically<<<4096, 256>>>(values.data(), size, arguments.data(), period);
  evaluate_cuda(BesselFunction::log_kv, v.data(), 1, values.data(), size, values.data(), size, {}, nullptr);
  count_differences<<<4096, 256>>>(values.data(), size, expected.data(), period, count.data());
  gpu_test::check(cudaDeviceSynchronize(), "large array");
  expect(count.host()[0] == 0, std::to_string(size) + " elements: " + std::to_string(count.host()[0]) + " differ");
}

/// Errors come before any work: `out` keeps its values.
void wrong_arguments_are_refused() {
  const DeviceVector<double> data(std::vector<double>(3, 1.0));
  const DeviceVector<double> out(std::vector<double>(3, -7.0));
  double* const p = data.data();
  const auto refused = [&](std::int64_t v_size, std::int64_t x_size, std::int64_t size, const double* v, const double* x, double* result) {
    try {
      evaluate_cuda(BesselFunction::log_iv, v, v_size, x, x_size, result, size, {}, nullptr);
    } catch (const kindred::InputError&) {
      return true;
    }
    return false;
  };
  expect(refused(2, 3, 3, p, p, out.data()), "v of another size is refused");
  expect(refused(3, 2, 3, p, p, out.data()), "x of another size is refused");
  expect(refused(0, 3, 3, p, p, out.data()), "an empty v is refused");
  expect(refused(3, 3, 0, p, p, out.data()), "arguments without room for results are refused");
  expect(refused(-1, -1, -1, p, p, out.data()), "negative sizes are refused");
  expect(refused(3, 3, 3, nullptr, p, out.data()), "a null v is refused");
  expect(refused(3, 3, 3, p, nullptr, out.data()), "a null x is refused");
  expect(refused(3, 3, 3, p, p, nullptr), "a null result is refused");
  expect(!refused(0, 0, 0, nullptr, nullptr, nullptr) && !refused(1, 1, 0, p, p, nullptr), "nothing to do is no error");
  gpu_test::check(cudaDeviceSynchronize(), "after refusals");
  expect(same_bits(out.host(), std::vector<double>(3, -7.0)), "a refused call writes nothing");
}

std::vector<bench::PointSet> point_sets() {
  auto sets = bench::random_sets(20, 3000);
  sets.push_back(bench::switch_points(20));
  sets.push_back(bench::special_points());
  sets.push_back(bench::smoke_points(20, 1000));
  return sets;
}

}  // namespace

int main() {
  if (!gpu_test::has_gpu()) {
    return gpu_test::skipped;
  }
  cudaStream_t stream = nullptr;
  gpu_test::check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreate");
  wrong_arguments_are_refused();

  const auto sets = point_sets();
  std::vector<bench::Point> mixture;
  for (std::size_t i = 0; i < 1000; ++i) {
    for (const auto& set : sets) {
      mixture.push_back(set.points[i % set.points.size()]);
    }
  }
  for (const auto f : all_functions) {
    for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
      if (accuracy == Accuracy::accurate && !is_logarithm(f)) {
        continue;
      }
      against_reference_values(f, accuracy);
      for (const auto& set : sets) {
        against_cpu(f, accuracy, set.name, Arguments<double>(set.points));
      }
      edges_as_on_cpu<double>(f, accuracy);
      surroundings_do_not_matter(f, accuracy, Arguments<double>(mixture), stream);
    }
    for (const auto& set : sets) {
      const auto rounded = bench::in_single_precision(set);
      against_cpu(f, rounded.name, Arguments<float>(rounded.points));
    }
    edges_as_on_cpu<float>(f, Accuracy::fast);
    surroundings_do_not_matter(f, Accuracy::fast, Arguments<float>(bench::in_single_precision({"", mixture}).points), stream);
  }
  large_array((std::int64_t{1} << 26U) + 12'345);
  large_array((std::int64_t{1} << 31U) + 12'345);

  cudaStreamDestroy(stream);
  std::printf(failures == 0 ? "all within their bounds\n" : "%d checks failed\n", failures);
  return failures == 0 ? 0 : 1;
}

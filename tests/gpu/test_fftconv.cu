// Convolutions on the GPU against the sum of their definition: every method, mode and type, |y − ŷ| ≤ 3 eps log₂(N) ‖x‖ ‖h‖ in every
// number; adjoints to 1e-13 of ‖A‖ ‖x‖ ‖y‖ for doubles; larger arrays, callbacks and planes against plain cuFFT; repeated runs to the bit.
// tests/kernels/test_fftconv_device_code.cpp carries out the same steps without a GPU.

#include <cmath>
#include <complex>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "fftconv_plans.hpp"

namespace {

using namespace fftconv_gpu;

/// y of dense arrays by the definition, a kernel for all or for each.
template <class Value>
void check_against_definition(const Description& d, const DeviceOptions& options) {
  const auto plan = plan_of<Value>(d, options);
  if (plan == nullptr) {
    return;
  }
  const std::string what = text(d, options.method, type_name<Value>());
  const Index kernels = (d.kernel_per_array ? d.batch : 1) * d.inputs;
  const auto size = static_cast<std::size_t>(numbers(d.data));
  const auto taps = static_cast<std::size_t>(numbers(d.kernel));
  const auto x = random_values<Value>(d.batch * d.inputs * numbers(d.data), 1);
  const auto h = random_values<Value>(kernels * numbers(d.kernel), 2);
  const auto outputs = static_cast<std::size_t>(numbers(output_extents(d)));
  plan->set_kernel(h);
  const DeviceVector<Value> in(x);
  const DeviceVector<Value> out(std::vector<Value>(outputs * static_cast<std::size_t>(d.batch), Value(77)));
  plan->apply(in_device(in), out_device(out));
  const std::vector<Value> y = out.host();
  for (std::size_t b = 0; b < static_cast<std::size_t>(d.batch); ++b) {
    std::vector<Exact<Value>> reference(outputs, Exact<Value>(0));
    double tolerance = 0.0;
    for (std::size_t j = 0; j < static_cast<std::size_t>(d.inputs); ++j) {
      const auto at = [](const std::vector<Value>& all, std::size_t which, std::size_t count) {
        return std::vector<Value>(all.begin() + static_cast<std::ptrdiff_t>(which * count),
                                  all.begin() + static_cast<std::ptrdiff_t>((which + 1) * count));
      };
      const auto xj = at(x, b * static_cast<std::size_t>(d.inputs) + j, size);
      const auto hj = at(h, (d.kernel_per_array ? b * static_cast<std::size_t>(d.inputs) : 0) + j, taps);
      const auto part = expected(d.mode, xj.data(), d.data, hj.data(), d.kernel);
      for (std::size_t k = 0; k < outputs; ++k) {
        reference[k] += part[k];
      }
      tolerance += 3.0 * bound(xj, d.data, hj, d.kernel);
    }
    const auto array = std::vector<Value>(y.begin() + static_cast<std::ptrdiff_t>(b * outputs),
                                          y.begin() + static_cast<std::ptrdiff_t>((b + 1) * outputs));
    const double difference = greatest_difference(array, reference);
    report(difference <= tolerance,
           what + ", array " + std::to_string(b) + ": error " + std::to_string(difference / tolerance) + " of the bound");
    report(norm(array) > 0.5 * norm(reference), what + ": results are too small");
  }
  // ⟨y, A x⟩ = ⟨A* y, x⟩
  const auto v = random_values<Value>(static_cast<Index>(y.size()), 3);
  const DeviceVector<Value> result(v);
  const DeviceVector<Value> back(std::vector<Value>(x.size(), Value(77)));
  plan->apply_adjoint(in_device(result), out_device(back));
  const std::vector<Value> z = back.host();
  const double mismatch = static_cast<double>(std::abs(inner(v, y) - inner(z, x)));
  const double unit = 1e-13 * eps<Value> / eps<double>;
  report(mismatch <= unit * norm(x) * norm(v) * norm(h),
         what + ": adjoint, " + std::to_string(mismatch / (unit * norm(x) * norm(v) * norm(h))));
  report(norm(z) > 0.0, what + ": the adjoint is zero");
  // The same bits again.
  plan->apply(in_device(in), out_device(out));
  report(std::memcmp(out.host().data(), y.data(), y.size() * sizeof(Value)) == 0, what + ": bits of two runs differ");
}

bool covered(const Description& d) {
  bool data = true;
  bool kernel = true;
  for (std::size_t axis = 0; axis < d.data.size(); ++axis) {
    data = data && d.data[axis] >= d.kernel[axis];
    kernel = kernel && d.kernel[axis] >= d.data[axis];
  }
  return data || kernel;
}

/// cuFFT takes long to plan with callbacks: one mode for each description has them, another one each time.
template <class Value>
void check_methods(Description d) {
  static int next = 0;
  const int with_callbacks = next++ % 5;
  int number = 0;
  for (const Mode mode : {Mode::full, Mode::same, Mode::valid, Mode::causal, Mode::periodic}) {
    d.mode = mode;
    const bool callbacks = number++ == with_callbacks;
    if (mode == Mode::valid && !covered(d)) {
      continue;
    }
    check_against_definition<Value>(d, {.callbacks = callbacks});
    check_against_definition<Value>(d, {.method = DeviceMethod::library});
    if (callbacks) {
      check_against_definition<Value>(d, {.method = DeviceMethod::callbacks});
    }
    if (d.data.size() == 3 && mode != Mode::periodic && d.inputs == 1) {
      check_against_definition<Value>(d, {.method = DeviceMethod::planes, .callbacks = false});
    }
  }
}

template <class Value>
void check_type() {
  std::mt19937 generator(17);
  std::uniform_int_distribution<Index> length(1, 5000);
  check_methods<Value>({.data = {1}, .kernel = {1}, .batch = 2});
  check_methods<Value>({.data = {1021}, .kernel = {1021}, .batch = 3});
  check_methods<Value>({.data = {1025}, .kernel = {3}, .batch = 9});
  for (int k = 0; k < 4; ++k) {
    check_methods<Value>({.data = {length(generator)}, .kernel = {length(generator)}, .batch = 1 + k % 3});
  }
  check_methods<Value>({.data = {200}, .kernel = {64}, .batch = 5, .inputs = 3});
  check_methods<Value>({.data = {200}, .kernel = {301}, .batch = 11, .inputs = 2, .kernel_per_array = true});
  check_methods<Value>({.data = {31, 20}, .kernel = {9, 25}, .batch = 2});
  check_methods<Value>({.data = {12, 9, 21}, .kernel = {5, 17, 8}, .batch = 2});
  check_methods<Value>({.data = {8, 8, 8}, .kernel = {15, 15, 15}, .batch = 1});
}

/// Every result against plain cuFFT's, in larger arrays; even kernels; chunks.
template <class Value>
void check_against_library(const Description& d, bool even, const std::vector<DeviceOptions>& ways) {
  auto h = random_values<Value>(numbers(d.kernel), 5);
  if (even) {  // along every axis: a function of the distances from the centre
    const Extents k = three(d.kernel);
    for (Index t = 0; t < numbers(k); ++t) {
      const double a = static_cast<double>(t / (k[1] * k[2]) - k[0] / 2);
      const double b = static_cast<double>(t / k[2] % k[1] - k[1] / 2);
      const double c = static_cast<double>(t % k[2] - k[2] / 2);
      h[static_cast<std::size_t>(t)] = Value(static_cast<Real<Value>>(1.0 / (1.0 + a * a + 2.0 * b * b + 3.0 * c * c)));
    }
  }
  const auto x = random_values<Value>(d.batch * numbers(d.data), 4);
  const DeviceVector<Value> in(x);
  const auto outputs = static_cast<std::size_t>(d.batch * numbers(output_extents(d)));
  /// Results of the convolution, and of its adjoint applied to them.
  const auto results = [&](const DeviceOptions& options) {
    std::vector<Value> both;
    const auto plan = plan_of<Value>(d, options);
    if (plan != nullptr) {
      plan->set_kernel(h);
      const DeviceVector<Value> middle(std::vector<Value>(outputs, Value(77)));
      const DeviceVector<Value> back(std::vector<Value>(x.size(), Value(77)));
      plan->apply(in_device(in), out_device(middle));
      plan->apply_adjoint(in_device(middle), out_device(back));
      both = middle.host();
      const auto adjoint = back.host();
      both.insert(both.end(), adjoint.begin(), adjoint.end());
    }
    return both;
  };
  const auto reference = results({.method = DeviceMethod::library});
  for (const DeviceOptions& way : ways) {
    const auto got = results(way);
    double differences[2] = {0.0, 0.0};
    for (std::size_t k = 0; k < got.size(); ++k) {
      double& difference = differences[k < outputs ? 0 : 1];
      const auto here = static_cast<double>(std::abs(got[k] - reference[k]));
      difference = here <= difference ? difference : here;  // a NaN is kept
    }
    // Both within 3 eps log₂(N) of the exact ones, of which the norm of all bounds the greatest.
    const auto n = static_cast<double>(numbers(expected_extents(Mode::full, d.data, d.kernel)));
    const double bounds[2] = {norm(h), norm(h) * norm(h) * std::sqrt(n)};
    for (int adjoint = 0; adjoint < 2; ++adjoint) {
      report(differences[adjoint] <= 6.0 * eps<Value> * std::log2(n) * norm(x) * bounds[adjoint],
             text(d, way.method, type_name<Value>()) + (adjoint == 1 ? ", adjoint" : "") + ": differs from plain cuFFT by " +
                 std::to_string(differences[adjoint]));
    }
  }
}

void check_large() {
  const std::vector<DeviceOptions> ways = {{},
                                           {.method = DeviceMethod::callbacks},
                                           {.method = DeviceMethod::library, .padded_bytes = 3 << 20},
                                           {.method = DeviceMethod::callbacks, .padded_bytes = 3 << 20}};
  check_against_library<float>({.data = {10007}, .kernel = {4001}, .mode = Mode::causal, .batch = 100}, false, ways);
  check_against_library<double>({.data = {1 << 18}, .kernel = {(1 << 18) - 1}, .mode = Mode::same, .batch = 3}, true, ways);
  check_against_library<double>({.data = {500, 300}, .kernel = {101, 301}, .mode = Mode::same, .batch = 4}, true, ways);
  std::vector<DeviceOptions> grids = ways;
  grids.push_back({.method = DeviceMethod::planes});
  grids.push_back({.method = DeviceMethod::planes, .callbacks = false});
  check_against_library<double>({.data = {64, 48, 80}, .kernel = {127, 95, 159}, .mode = Mode::same, .batch = 1}, true, grids);
  check_against_library<float>({.data = {64, 48, 80}, .kernel = {127, 95, 159}, .mode = Mode::same, .batch = 2}, false, grids);
  check_against_library<std::complex<double>>({.data = {33, 40, 37}, .kernel = {20, 79, 11}, .mode = Mode::full, .batch = 1}, false, grids);
}

}  // namespace

int main() {
  if (!gpu_test::has_gpu()) {
    return refuses_without_gpu() ? gpu_test::skipped : 1;
  }
  check_type<float>();
  check_type<double>();
  check_type<std::complex<float>>();
  check_type<std::complex<double>>();
  check_large();
  return conclusion();
}

// Convolutions on the GPU against the sum of their definition: every method, mode and type, |y − ŷ| ≤ 3 eps log₂(N) ‖x‖ ‖h‖ in every
// number; adjoints to 1e-13 of ‖A‖ ‖x‖ ‖y‖ for doubles; callbacks and planes against plain cuFFT; strides, gates, chunks, workspaces,
// streams, graphs, arrays beyond 2^31 numbers; repeated runs to the bit. tests/kernels/test_fftconv_device_code.cpp carries out the same
// steps without a GPU.

#include <cmath>
#include <complex>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/convolution_plan_cuda.hpp>

#include "../kernels/fftconv_support.hpp"
#include "gpu_test.hpp"

namespace {

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::fftconv::test;
using gpu_test::check;
using gpu_test::DeviceVector;

int compared = 0;
int failed = 0;
int fallbacks = 0;  ///< plans with callbacks that were refused

void report(bool good, const std::string& what) {
  ++compared;
  if (!good && ++failed <= 20) {
    std::printf("FAILED: %s\n", what.c_str());
  }
}

template <class Value>
const char* type_name() {
  const bool single = sizeof(Real<Value>) == 4;
  return complex_value<Value> ? (single ? "complex<float>" : "complex<double>") : (single ? "float" : "double");
}

std::string text(const Description& d, DeviceMethod method, const char* type) {
  std::string extents;
  for (std::size_t axis = 0; axis < d.data.size(); ++axis) {
    extents += (axis == 0 ? "" : " x ") + std::to_string(d.data[axis]) + "*" + std::to_string(d.kernel[axis]);
  }
  return std::string(type) + ", " + name_of(method) + ", " + extents + ", mode " + std::to_string(static_cast<int>(d.mode)) + ", batch " +
         std::to_string(d.batch) + ", inputs " + std::to_string(d.inputs);
}

template <class Value>
std::span<const Value> in_device(const DeviceVector<Value>& values) {
  return {values.data(), values.size()};
}
template <class Value>
std::span<Value> out_device(const DeviceVector<Value>& values) {
  return {values.data(), values.size()};
}

/// Nothing if callbacks cannot be had here.
template <class Value>
std::unique_ptr<DeviceConvolutionPlan<Value>> plan_of(const Description& d, const DeviceOptions& options) {
  try {
    return std::make_unique<DeviceConvolutionPlan<Value>>(d, options);
  } catch (const InputError& error) {
    if (options.method != DeviceMethod::callbacks) {
      report(false, error.what());
    } else if (++fallbacks == 1) {
      std::printf("no callbacks: %s\n", error.what());
    }
    return nullptr;
  }
}

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

/// Strides of either sign, gates, alpha and beta, beside the same with dense arrays and the operation carried out here.
void check_operation() {
  Description d{.data = {50, 30}, .kernel = {21, 9}, .mode = Mode::same, .batch = 3};
  Description strided = d;
  strided.in = {.axes = {-71, 2}, .batch = 4000, .input = 0};
  strided.out = {.axes = {3, -160}, .batch = 5000, .input = 0};
  const Index in_reach = 2 * 4000 + 49 * 71 + 29 * 2 + 1;
  const Index out_reach = 2 * 5000 + 49 * 3 + 29 * 160 + 1;
  const auto in_at = [](Index b, Index i, Index j) { return static_cast<std::size_t>(b * 4000 + (49 - i) * 71 + j * 2); };
  const auto out_at = [](Index b, Index i, Index j) { return static_cast<std::size_t>(b * 5000 + i * 3 + (29 - j) * 160); };
  const auto x = random_values<double>(in_reach, 1);
  const auto y0 = random_values<double>(out_reach, 2);
  const auto pre = random_values<double>(in_reach, 3);
  const auto post = random_values<double>(out_reach, 4);
  const auto h = random_values<double>(21 * 9, 5);
  std::vector<double> expected_y = y0;
  for (Index b = 0; b < 3; ++b) {
    std::vector<double> dense;
    for (Index i = 0; i < 50; ++i) {
      for (Index j = 0; j < 30; ++j) {
        dense.push_back(x[in_at(b, i, j)] * pre[in_at(b, i, j)]);
      }
    }
    const auto y = expected(d.mode, dense.data(), d.data, h.data(), d.kernel);
    for (Index i = 0; i < 50; ++i) {
      for (Index j = 0; j < 30; ++j) {
        const std::size_t at = out_at(b, i, j);
        expected_y[at] = static_cast<double>(1.5L * post[at] * y[static_cast<std::size_t>(i * 30 + j)] - 0.25L * y0[at]);
      }
    }
  }
  const DeviceVector<double> in(x);
  const DeviceVector<double> gate_in(pre);
  const DeviceVector<double> gate_out(post);
  for (const DeviceMethod method : {DeviceMethod::library, DeviceMethod::callbacks}) {
    const auto plan = plan_of<double>(strided, {.method = method});
    if (plan == nullptr) {
      continue;
    }
    plan->set_kernel(h);
    const DeviceVector<double> out(y0);
    plan->apply(in_device(in), out_device(out), {1.5, -0.25, in_device(gate_in), in_device(gate_out)});
    const auto got = out.host();
    double difference = 0.0;
    for (std::size_t k = 0; k < got.size(); ++k) {
      const double here = std::abs(got[k] - expected_y[k]);
      difference = here <= difference ? difference : here;  // a NaN is kept
    }
    report(difference < 1e-11, text(strided, method, "double") + ": strides and gates, error " + std::to_string(difference));
  }
}

/// Streams, a workspace from outside, and a graph: the bits of a plain call.
void check_queues() {
  const Description d{.data = {3000}, .kernel = {500}, .mode = Mode::causal, .batch = 40};
  const auto x = random_values<float>(40 * 3000, 1);
  const auto h = random_values<float>(500, 2);
  const DeviceVector<float> in(x);
  for (const DeviceMethod method : {DeviceMethod::automatic, DeviceMethod::library, DeviceMethod::callbacks}) {
    const auto plan = plan_of<float>(d, {.method = method, .padded_bytes = 1 << 20});
    const auto borrower = plan_of<float>(d, {.method = method, .padded_bytes = 1 << 20, .own_workspace = false});
    if (plan == nullptr || borrower == nullptr) {
      continue;
    }
    plan->set_kernel(h);
    borrower->set_kernel(h);
    const DeviceVector<float> plain(std::vector<float>(x.size(), 77.0F));
    plan->apply(in_device(in), out_device(plain));
    const auto reference = plain.host();
    const auto same = [&](const DeviceVector<float>& out, const char* what) {
      report(std::memcmp(out.host().data(), reference.data(), reference.size() * sizeof(float)) == 0,
             text(d, method, "float") + ": " + what + " gives other bits");
    };
    cudaStream_t stream = nullptr;
    check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreate");
    const DeviceVector<float> streamed(std::vector<float>(x.size(), 77.0F));
    plan->apply(in_device(in), out_device(streamed), {}, stream);
    check(cudaStreamSynchronize(stream), "a convolution on a stream");
    same(streamed, "a stream");

    const DeviceVector<std::byte> workspace(std::max<std::size_t>(borrower->workspace_bytes(), 1));
    const DeviceVector<float> borrowed(std::vector<float>(x.size(), 77.0F));
    borrower->apply(in_device(in), out_device(borrowed), {}, stream, {workspace.data(), workspace.size()});
    check(cudaStreamSynchronize(stream), "a convolution in a given workspace");
    same(borrowed, "a given workspace");

    const DeviceVector<float> graphed(std::vector<float>(x.size(), 77.0F));
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t executable = nullptr;
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
    plan->apply(in_device(in), out_device(graphed), {}, stream);
    check(cudaStreamEndCapture(stream, &graph), "cudaStreamEndCapture");
    check(cudaGraphInstantiate(&executable, graph, 0), "cudaGraphInstantiate");
    check(cudaMemsetAsync(graphed.data(), 0, graphed.size() * sizeof(float), stream), "cudaMemset");
    check(cudaGraphLaunch(executable, stream), "cudaGraphLaunch");
    check(cudaStreamSynchronize(stream), "a graph");
    same(graphed, "a graph");
    cudaGraphExecDestroy(executable);
    cudaGraphDestroy(graph);
    check(cudaStreamDestroy(stream), "cudaStreamDestroy");
  }
}

/// A shift, given by its spectrum.
void check_spectrum() {
  const Index n = 60;
  std::vector<std::complex<double>> spectrum;
  for (Index k = 0; k <= n / 2; ++k) {
    const double angle = -2.0 * 3.14159265358979323846 * 7.0 * static_cast<double>(k) / static_cast<double>(n);
    spectrum.emplace_back(std::cos(angle), k == n / 2 ? 0.0 : std::sin(angle));
  }
  const auto x = random_values<double>(2 * n, 1);
  const DeviceVector<double> in(x);
  for (const DeviceMethod method : {DeviceMethod::automatic, DeviceMethod::library, DeviceMethod::callbacks}) {
    const auto plan = plan_of<double>({.data = {n}, .kernel = {n}, .mode = Mode::periodic, .batch = 2}, {.method = method});
    if (plan == nullptr) {
      continue;
    }
    plan->set_spectrum(spectrum);
    const DeviceVector<double> out(std::vector<double>(x.size(), 77.0));
    plan->apply(in_device(in), out_device(out));
    const auto y = out.host();
    double difference = 0.0;
    for (Index b = 0; b < 2; ++b) {
      for (Index k = 0; k < n; ++k) {
        const double here = std::abs(y[static_cast<std::size_t>(b * n + (k + 7) % n)] - x[static_cast<std::size_t>(b * n + k)]);
        difference = here <= difference ? difference : here;
      }
    }
    report(difference < 1e-13, std::string("a shift by its spectrum, ") + name_of(method) + ": error " + std::to_string(difference));
  }
}

/// A NaN stays in its array.
void check_nan() {
  const Description d{.data = {300}, .kernel = {50}, .mode = Mode::causal, .batch = 17};
  auto x = random_values<double>(17 * 300, 1);
  const auto h = random_values<double>(50, 2);
  for (const DeviceMethod method : {DeviceMethod::automatic, DeviceMethod::library, DeviceMethod::callbacks}) {
    const auto plan = plan_of<double>(d, {.method = method});
    if (plan == nullptr) {
      continue;
    }
    plan->set_kernel(h);
    const DeviceVector<double> out(x.size());
    x[8 * 300 + 5] = 1.0;
    plan->apply(in_device(DeviceVector<double>(x)), out_device(out));
    const auto good = out.host();
    x[8 * 300 + 5] = std::numeric_limits<double>::quiet_NaN();
    plan->apply(in_device(DeviceVector<double>(x)), out_device(out));
    const auto bad = out.host();
    bool inside = false;
    bool outside = true;
    for (std::size_t k = 0; k < bad.size(); ++k) {
      if (k / 300 == 8) {
        inside = inside || std::isnan(bad[k]);
      } else {
        outside = outside && bad[k] == good[k];
      }
    }
    report(inside && outside, std::string("a NaN does not stay in its array, ") + name_of(method));
  }
}

__global__ void fill(float* values, std::size_t size) {
  for (std::size_t k = std::size_t{blockIdx.x} * blockDim.x + threadIdx.x; k < size; k += std::size_t{gridDim.x} * blockDim.x) {
    values[k] = static_cast<float>(static_cast<int>((k * 2654435761U) >> 8U & 1023U) - 512);
  }
}

/// y_n = x_n + 2 x_{n−1}, whole numbers that floats hold: beyond 2^31 of them, where there is room.
void check_beyond_32_bits() {
  const Index length = 4096;
  const Index batch = (Index{1} << 31) / length + 3;
  const auto size = static_cast<std::size_t>(length * batch);
  std::size_t free = 0;
  std::size_t total = 0;
  check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  if (free < 2 * size * sizeof(float) + (std::size_t{6} << 30U)) {
    std::printf("arrays beyond 2^31 numbers: not enough memory here\n");
    return;
  }
  const DeviceVector<float> in(size);
  const DeviceVector<float> out(size);
  fill<<<4096, 256>>>(in.data(), size);
  for (const DeviceMethod method : {DeviceMethod::automatic, DeviceMethod::library, DeviceMethod::callbacks}) {
    const auto plan = plan_of<float>({.data = {length}, .kernel = {2}, .mode = Mode::causal, .batch = batch}, {.method = method});
    if (plan == nullptr) {
      continue;
    }
    const std::vector<float> taps = {1.0F, 2.0F};
    plan->set_kernel(taps);
    check(cudaMemset(out.data(), 0xff, size * sizeof(float)), "cudaMemset");
    plan->apply(in_device(in), out_device(out));
    double difference = 0.0;
    for (const Index array : {Index{0}, batch / 2, batch - 4, batch - 1}) {
      std::vector<float> x(static_cast<std::size_t>(length));
      std::vector<float> y(static_cast<std::size_t>(length));
      check(cudaMemcpy(x.data(), in.data() + array * length, x.size() * sizeof(float), cudaMemcpyDeviceToHost), "copy");
      check(cudaMemcpy(y.data(), out.data() + array * length, y.size() * sizeof(float), cudaMemcpyDeviceToHost), "copy");
      for (std::size_t k = 0; k < x.size(); ++k) {
        const double wrong = std::abs(y[k] - (x[k] + (k > 0 ? 2.0F * x[k - 1] : 0.0F)));
        difference = wrong <= difference ? difference : wrong;
      }
    }
    report(difference < 0.2, std::string("2^31 numbers, ") + name_of(method) + ": error " + std::to_string(difference));
  }
}

template <class Call>
void expect_refusal(const char* what, const Call& call) {
  try {
    call();
  } catch (const InputError&) {
    return;
  }
  report(false, std::string(what) + ", which is to be refused");
}

void check_refusals() {
  const Description d{.data = {100}, .kernel = {10}, .mode = Mode::causal, .batch = 2};
  const DeviceVector<double> in(std::size_t{200});
  const DeviceVector<double> out(std::size_t{200});
  expect_refusal("planes of one axis", [&] { DeviceConvolutionPlan<double>(d, {.method = DeviceMethod::planes}); });
  expect_refusal("a method of the processor",
                 [] { DeviceConvolutionPlan<double>({.data = {100}, .kernel = {10}, .method = Method::overlap_save}); });
  DeviceConvolutionPlan<double> plan(d, {.method = DeviceMethod::library, .own_workspace = false});
  expect_refusal("no kernel", [&] { plan.apply(in_device(in), out_device(out)); });
  const std::vector<double> h(10, 1.0);
  expect_refusal("too few taps", [&] { plan.set_kernel(std::span(h).first(9)); });
  expect_refusal("a spectrum of what is not periodic", [&] { plan.set_spectrum({}); });
  plan.set_kernel(h);
  expect_refusal("no workspace", [&] { plan.apply(in_device(in), out_device(out)); });
  const DeviceVector<std::byte> workspace(plan.workspace_bytes() + 256);
  expect_refusal("a workspace out of line", [&] {
    plan.apply(in_device(in), out_device(out), {}, nullptr, {workspace.data() + 8, plan.workspace_bytes()});
  });
  expect_refusal("a wrong size", [&] {
    plan.apply(in_device(in).first(199), out_device(out), {}, nullptr, {workspace.data(), workspace.size()});
  });
  expect_refusal("the same memory twice", [&] {
    plan.apply(in_device(in), out_device(in), {}, nullptr, {workspace.data(), workspace.size()});
  });
}

/// In words, before anything else.
bool refuses_without_gpu() {
  try {
    DeviceConvolutionPlan<double>({.data = {8}, .kernel = {3}}, {});
  } catch (const SolveError& error) {
    std::printf("%s\n", error.what());
    return true;
  }
  return false;
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
  check_operation();
  check_queues();
  check_spectrum();
  check_nan();
  check_beyond_32_bits();
  check_refusals();
  std::printf("%d comparisons, %d failed, %d plans with callbacks refused\n", compared, failed, fallbacks);
  return failed == 0 ? 0 : 1;
}

// What calls of convolutions on the GPU may bring: strides of either sign, gates, alpha and beta, streams, workspaces, graphs, spectra, a
// NaN, arrays beyond 2^31 numbers; and what they refuse.

#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "fftconv_plans.hpp"

namespace {

using namespace fftconv_gpu;

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

}  // namespace

int main() {
  if (!gpu_test::has_gpu()) {
    return refuses_without_gpu() ? gpu_test::skipped : 1;
  }
  check_operation();
  check_queues();
  check_spectrum();
  check_nan();
  check_beyond_32_bits();
  check_refusals();
  return conclusion();
}

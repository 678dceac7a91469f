// What a plan adds to its method: layouts, batches, sums of inputs, gates, alpha and beta, workspaces, threads; and what does not change a
// bit.

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <numbers>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/fftw_planner.hpp>
#include <kindred/kernels/qmc/aligned.hpp>

#include "fftconv_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::fftconv::test;

namespace {

using Values = boost::mpl::list<float, double, std::complex<float>, std::complex<double>>;
constexpr Method line_methods[] = {Method::direct, Method::overlap_save, Method::fft, Method::hybrid, Method::fftw};

bool available(Method method) { return method != Method::fftw || fftw_available(); }

template <class Value>
std::vector<Value> applied(const Description& description, const std::vector<Value>& taps, const std::vector<Value>& in,
                           const Operation<Value>& operation = {}) {
  ConvolutionPlan<Value> plan(description);
  plan.set_kernel(taps);
  std::vector<Value> out(static_cast<std::size_t>(description.batch * numbers(output_extents(description))));
  plan.apply(in, out, operation);
  return out;
}

template <class Value>
std::vector<Value> slice(const std::vector<Value>& values, Index begin, Index count) {
  return {values.begin() + begin, values.begin() + begin + count};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_plan)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_array_has_the_same_bits_alone_in_a_batch_and_with_threads, Value, Values) {
  for (const Method method : line_methods) {
    if (!available(method)) {
      continue;
    }
    const Description one = {.data = {3000}, .kernel = {200}, .mode = Mode::same, .method = method};
    const std::vector<Value> h = random_values<Value>(200, 1);
    const std::vector<Value> x = random_values<Value>(3000 * 5, 2);
    Description batch = one;
    batch.batch = 5;
    const std::vector<Value> y = applied(batch, h, x);
    for (Index b = 0; b < 5; ++b) {
      BOOST_TEST((applied(one, h, slice(x, 3000 * b, 3000)) == slice(y, 3000 * b, 3000)));
    }
    for (const int threads : {2, 3, 8}) {
      Description threaded = batch;
      threaded.threads = threads;
      BOOST_TEST((applied(threaded, h, x) == y));
      threaded.batch = 1;
      BOOST_TEST((applied(threaded, h, slice(x, 0, 3000)) == slice(y, 0, 3000)));
    }
  }
}

BOOST_AUTO_TEST_CASE(long_arrays_have_the_same_bits_with_threads) {
  const std::vector<double> h = random_values<double>(70'000, 1);
  const std::vector<double> x = random_values<double>(200'003, 2);
  for (const Method method : {Method::overlap_save, Method::hybrid}) {
    Description description = {.data = {200'003}, .kernel = {70'000}, .method = method};
    const std::vector<double> y = applied(description, h, x);
    description.threads = 3;
    BOOST_TEST((applied(description, h, x) == y));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_nan_stays_in_its_array, Value, Values) {
  for (const Method method : line_methods) {
    if (!available(method)) {
      continue;
    }
    const Description description = {.data = {500}, .kernel = {60}, .batch = 3, .method = method};
    const std::vector<Value> h = random_values<Value>(60, 1);
    std::vector<Value> x = random_values<Value>(1500, 2);
    const std::vector<Value> clean = applied(description, h, x);
    x[700] = std::numeric_limits<Real<Value>>::quiet_NaN();
    const std::vector<Value> y = applied(description, h, x);
    BOOST_TEST((slice(y, 0, 559) == slice(clean, 0, 559)));
    BOOST_TEST((slice(y, 1118, 559) == slice(clean, 1118, 559)));
    BOOST_TEST(std::isnan(std::abs(y[559 + 230])));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(strided_arrays_give_what_dense_ones_give, Value, Values) {
  // Numbers of a batch of 3 arrays of 5 × 40, interleaved, from the end to the beginning, at an odd address.
  constexpr Index batch = 3;
  const Description dense = {.data = {5, 40}, .kernel = {3, 7}, .mode = Mode::same, .batch = batch, .method = Method::direct};
  Description strided = dense;
  strided.in = {.axes = {-3 * 40 * 2, 2 * 3}, .batch = 2, .input = 0};
  strided.out = {.axes = {41, -1}, .batch = 5 * 41, .input = 0};
  const std::vector<Value> h = random_values<Value>(21, 1);
  const std::vector<Value> x = random_values<Value>(batch * 200, 2);
  const std::vector<Value> y = applied(dense, h, x);

  const Index reach = 4 * 240 + 39 * 6 + 2 * 2 + 1;
  std::vector<Value> memory(static_cast<std::size_t>(reach + 1));
  const std::span<Value> in(memory.data() + 1, static_cast<std::size_t>(reach));
  const auto place = [](Index b, Index i, Index j) { return static_cast<std::size_t>(4 * 240 - 240 * i + 6 * j + 2 * b); };
  for (Index k = 0; k < batch * 200; ++k) {
    in[place(k / 200, k / 40 % 5, k % 40)] = x[static_cast<std::size_t>(k)];
  }
  ConvolutionPlan<Value> plan(strided);
  plan.set_kernel(h);
  std::vector<Value> out(static_cast<std::size_t>(39 + 2 * 205 + 4 * 41 + 1), Value(99));
  plan.apply(in, out);
  Index different = 0;
  for (Index k = 0; k < batch * 200; ++k) {
    const Index at = 39 + k / 200 * 205 + k / 40 % 5 * 41 - k % 40;
    different += out[static_cast<std::size_t>(at)] == y[static_cast<std::size_t>(k)] ? 0 : 1;
  }
  BOOST_TEST(different == 0);
  BOOST_TEST((out[40] == Value(99)));  // between rows: left alone

  std::vector<Value> back(in.size(), Value(98));
  plan.apply_adjoint(out, back);
  BOOST_TEST((back[1] == Value(98)));
  std::vector<Value> dense_back(x.size());
  ConvolutionPlan<Value> dense_plan(dense);
  dense_plan.set_kernel(h);
  dense_plan.apply_adjoint(y, dense_back);
  for (Index k = 0; k < batch * 200; ++k) {
    different += back[place(k / 200, k / 40 % 5, k % 40)] == dense_back[static_cast<std::size_t>(k)] ? 0 : 1;
  }
  BOOST_TEST(different == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(inputs_are_summed_and_kernels_may_differ_from_array_to_array, Value, Values) {
  for (const Method method : line_methods) {
    if (!available(method)) {
      continue;
    }
    const Description description = {
        .data = {300}, .kernel = {41}, .mode = Mode::causal, .batch = 2, .inputs = 3, .kernel_per_array = true, .method = method};
    const std::vector<Value> h = random_values<Value>(6 * 41, 1);
    const std::vector<Value> x = random_values<Value>(6 * 300, 2);
    ConvolutionPlan<Value> plan(description);
    plan.set_kernel(h);
    std::vector<Value> y(600);
    plan.apply(x, y);
    std::vector<Value> v = random_values<Value>(600, 3);
    std::vector<Value> back(x.size());
    plan.apply_adjoint(v, back);
    for (Index b = 0; b < 2; ++b) {
      std::vector<Exact<Value>> reference(300);
      double tolerance = 0.0;
      for (Index j = 0; j < 3; ++j) {
        const std::vector<Value> xj = slice(x, (b * 3 + j) * 300, 300);
        const std::vector<Value> hj = slice(h, (b * 3 + j) * 41, 41);
        const auto part = expected(Mode::causal, xj.data(), {300}, hj.data(), {41});
        std::transform(part.begin(), part.end(), reference.begin(), reference.begin(), std::plus<>());
        tolerance += bound(xj, {300}, hj, {41});
      }
      BOOST_TEST(greatest_difference(slice(y, b * 300, 300), reference) <= tolerance);
    }
    BOOST_TEST(std::abs(inner(v, y) - inner(back, x)) <= 1e-13 * eps<Value> / eps<double> * norm(v) * norm(x) * norm(h));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gates_alpha_and_beta, Value, Values) {
  const Description description = {.data = {200}, .kernel = {90}, .batch = 3};
  const std::vector<Value> h = random_values<Value>(90, 1);
  const std::vector<Value> x = random_values<Value>(600, 2);
  const std::vector<Value> pre = random_values<Value>(600, 3);
  const std::vector<Value> post = random_values<Value>(3 * 289, 4);
  std::vector<Value> gated(x.size());
  std::transform(x.begin(), x.end(), pre.begin(), gated.begin(), std::multiplies<>());
  std::vector<Value> out = random_values<Value>(3 * 289, 5);
  const std::vector<Value> before = out;
  const Value alpha(2);
  const Value beta(-3);
  const std::vector<Value> plain = applied(description, h, gated);
  ConvolutionPlan<Value> plan(description);
  plan.set_kernel(h);
  plan.apply(x, out, {.alpha = alpha, .beta = beta, .pre = pre, .post = post});
  double greatest = 0.0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    greatest = std::max(greatest, static_cast<double>(std::abs(out[i] - (alpha * post[i] * plain[i] + beta * before[i]))));
  }
  BOOST_TEST(greatest <= 64.0 * eps<Value> * norm(plain));
  BOOST_TEST(norm(out) > 0.0);
  // beta = 0: what stood there does not matter, not even a NaN.
  std::vector<Value> nan(out.size(), std::numeric_limits<Real<Value>>::quiet_NaN());
  plan.apply(gated, nan);
  BOOST_TEST((nan == plain));
}

BOOST_AUTO_TEST_CASE(a_given_workspace_changes_no_bit) {
  for (const Method method : line_methods) {
    if (!available(method)) {
      continue;
    }
    const Description description = {.data = {700}, .kernel = {90}, .mode = Mode::periodic, .batch = 4, .method = method, .threads = 2};
    ConvolutionPlan<double> plan(description);
    const std::vector<double> h = random_values<double>(90, 1);
    const std::vector<double> x = random_values<double>(2800, 2);
    plan.set_kernel(h);
    std::vector<double> y(2800);
    qmc::LineVector<std::byte> workspace(plan.workspace_bytes(), std::byte{0xff});  // NaNs, if they were used
    plan.apply(x, y, {}, workspace);
    BOOST_TEST((applied(description, h, x) == y));
    if (!workspace.empty()) {
      BOOST_CHECK_THROW(plan.apply(x, y, {}, std::span(workspace).first(workspace.size() - 1)), InputError);
      BOOST_CHECK_THROW(plan.apply(x, y, {}, std::span(workspace).subspan(1)), InputError);
    }
  }
}

BOOST_AUTO_TEST_CASE(convolutions_are_linear_commute_and_keep_shifts) {
  const std::vector<double> x = random_values<double>(1021, 1);
  const std::vector<double> z = random_values<double>(1021, 2);
  const std::vector<double> h = random_values<double>(300, 3);
  const double tolerance = 3.0 * bound(x, {1021}, h, {300});
  for (const Method method : line_methods) {
    if (!available(method)) {
      continue;
    }
    const Description full = {.data = {1021}, .kernel = {300}, .method = method};
    const std::vector<double> y = applied(full, h, x);
    std::vector<double> sum(x.size());
    std::transform(x.begin(), x.end(), z.begin(), sum.begin(), [](double a, double b) { return 0.5 * a + b; });
    const std::vector<double> of_sum = applied(full, h, sum);
    const std::vector<double> of_z = applied(full, h, z);
    const std::vector<double> exchanged = applied<double>({.data = {300}, .kernel = {1021}, .method = method}, x, h);
    const Description periodic = {.data = {1021}, .kernel = {300}, .mode = Mode::periodic, .method = method};
    std::vector<double> turned = x;
    std::rotate(turned.begin(), turned.begin() + 1000, turned.end());
    std::vector<double> turned_result = applied(periodic, h, x);
    std::rotate(turned_result.begin(), turned_result.begin() + 1000, turned_result.end());
    const std::vector<double> of_turned = applied(periodic, h, turned);
    double linear = 0.0;
    double commuted = 0.0;
    double shifted = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      linear = std::max(linear, std::abs(of_sum[i] - (0.5 * y[i] + of_z[i])));
      commuted = std::max(commuted, std::abs(exchanged[i] - y[i]));
      shifted = i < x.size() ? std::max(shifted, std::abs(turned_result[i] - of_turned[i])) : shifted;
    }
    BOOST_TEST(linear <= tolerance);
    BOOST_TEST(commuted <= tolerance);
    BOOST_TEST(shifted <= tolerance);
    const std::vector<double> delta = {1.0};
    const std::vector<double> same = applied<double>({.data = {1021}, .kernel = {1}, .method = method}, delta, x);
    double differs = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      differs = std::max(differs, std::abs(same[i] - x[i]));
    }
    BOOST_TEST(differs <= bound(x, {1021}, delta, {1}));
  }
}

BOOST_AUTO_TEST_CASE(even_kernels_keep_half_a_spectrum_and_give_the_same) {
  std::vector<double> h = random_values<double>(999, 1);
  for (std::size_t k = 0; k < 499; ++k) {
    h[998 - k] = h[k];
  }
  const std::vector<double> x = random_values<double>(500, 2);
  ConvolutionPlan<double> plan({.data = {500}, .kernel = {999}, .mode = Mode::same, .method = Method::fft});
  plan.set_kernel(h);
  std::vector<double> y(500);
  plan.apply(x, y);
  BOOST_TEST(greatest_difference(y, expected(Mode::same, x.data(), {500}, h.data(), {999})) <= bound(x, {500}, h, {999}));
  const std::size_t half = plan.describe().spectrum_bytes;
  h[0] += 1.0;
  plan.set_kernel(h);
  plan.apply(x, y);
  BOOST_TEST(greatest_difference(y, expected(Mode::same, x.data(), {500}, h.data(), {999})) <= bound(x, {500}, h, {999}));
  BOOST_TEST(plan.describe().spectrum_bytes == 2 * half);
}

BOOST_AUTO_TEST_CASE(the_method_does_not_depend_on_batch_threads_or_strides) {
  for (const Index kernel : {3, 20, 24, 28, 32, 200, 3000}) {
    const Description one = {.data = {5000}, .kernel = {kernel}};
    const Report report = ConvolutionPlan<double>(one).describe();
    Description many = one;
    many.batch = 100;
    many.threads = 4;
    many.in.axes = {3};
    const Report other = ConvolutionPlan<double>(many).describe();
    BOOST_TEST((other.method == report.method));
    BOOST_TEST((other.padded == report.padded));
    BOOST_TEST(!report.reason.empty());
    BOOST_TEST(report.predicted_seconds > 0.0);
    BOOST_TEST(report.text().find(report.reason) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(wrong_calls_are_refused) {
  ConvolutionPlan<double> plan({.data = {10}, .kernel = {3}, .batch = 2});
  std::vector<double> in(20);
  std::vector<double> out(24);
  BOOST_CHECK_THROW(plan.apply(in, out), InputError);  // no kernel
  BOOST_CHECK_THROW(plan.set_kernel(std::vector<double>(2)), InputError);
  BOOST_CHECK_THROW(plan.set_kernel(std::vector<double>{1.0, std::numeric_limits<double>::infinity(), 0.0}), InputError);
  BOOST_CHECK_THROW(plan.set_spectrum(std::vector<std::complex<double>>(6)), InputError);  // not periodic
  plan.set_kernel(std::vector<double>{1.0, 2.0, 3.0});
  plan.apply(in, out);
  BOOST_CHECK_THROW(plan.apply(std::span(in).first(19), out), InputError);
  BOOST_CHECK_THROW(plan.apply(in, std::span(out).first(23)), InputError);
  BOOST_CHECK_THROW(plan.apply(in, out, {.pre = out}), InputError);
  BOOST_CHECK_THROW(plan.apply(in, out, {.post = in}), InputError);
  BOOST_CHECK_THROW(plan.apply(std::span(out).first(20), out), InputError);  // in place
  BOOST_CHECK_THROW(ConvolutionPlan<double>({.data = {4, 4}, .kernel = {2, 2}, .method = Method::overlap_save}), InputError);
  BOOST_CHECK_THROW(ConvolutionPlan<double>({.data = {4, 4}, .kernel = {2, 2}, .method = Method::fft}), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

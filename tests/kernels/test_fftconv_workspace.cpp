// workspace_bytes() is what a call takes of a workspace, to the byte: nothing before it and nothing behind it changes, what it held before
// does not matter, and the results are the bits of a call that takes its memory from the heap. A program built with the address sanitizer
// gets blocks of exactly that size, so that reads beyond them are found too.

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <thread>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/fftw_planner.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

#include "fftconv_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::fftconv::test;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t guard = 0;
#else
constexpr std::size_t guard = 4096;  ///< bytes on both sides
#endif
constexpr std::byte guarded{0xa5};

/// Bytes of a workspace, all `content`, between guards.
class Guarded {
 public:
  Guarded(std::size_t size, std::byte content) : bytes_(size + 2 * guard, guarded), size_(size) { std::ranges::fill(workspace(), content); }
  [[nodiscard]] std::span<std::byte> workspace() { return std::span(bytes_).subspan(guard, size_); }
  [[nodiscard]] bool intact() const {
    const auto kept = [](std::byte value) { return value == guarded; };
    return std::all_of(bytes_.begin(), bytes_.begin() + guard, kept) && std::all_of(bytes_.end() - guard, bytes_.end(), kept);
  }

 private:
  LineVector<std::byte> bytes_;
  std::size_t size_;
};

template <class Value>
bool same_bits(const std::vector<Value>& a, const std::vector<Value>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(Value)) == 0;
}

struct Shape {
  Extents data;
  Extents kernel;
};

constexpr Mode modes[] = {Mode::full, Mode::same, Mode::valid, Mode::causal, Mode::periodic};

std::vector<Method> methods_for(const Shape& shape) {
  std::vector<Method> methods = {Method::automatic, Method::direct, Method::hybrid};
  if (shape.data.size() == 1) {
    methods.insert(methods.end(), {Method::fft, Method::overlap_save});
  }
  if (fftw_available()) {
    methods.push_back(Method::fftw);
  }
  return methods;
}

/// Every other number of memory: arrays are copied into the workspace and out of it.
Strides every_other(const Extents& extents) {
  Strides strides;
  for (std::size_t d = 0; d < extents.size(); ++d) {
    strides.axes.push_back(2 * numbers({extents.begin() + static_cast<std::ptrdiff_t>(d) + 1, extents.end()}));
  }
  return strides;
}

Index reach(const Strides& strides, const Extents& extents, Index arrays) {
  const Index count = numbers(extents);
  return strides.axes.empty() ? arrays * count : arrays * (2 * count - 1);
}

template <class Value>
void check(const Description& description) {
  const Index kernels = description.inputs * (description.kernel_per_array ? description.batch : 1);
  const std::vector<Value> h = random_values<Value>(kernels * numbers(description.kernel), 1);
  const std::vector<Value> x = random_values<Value>(reach(description.in, description.data, description.batch * description.inputs), 2);
  const std::vector<Value> v = random_values<Value>(reach(description.out, output_extents(description), description.batch), 3);
  ConvolutionPlan<Value> plan(description);
  plan.set_kernel(h);
  const std::size_t bytes = plan.workspace_bytes();
  std::vector<Value> y(v.size());
  std::vector<Value> z(x.size());
  plan.apply(x, y);
  plan.apply_adjoint(v, z);
  for (const std::byte content : {std::byte{0xff}, std::byte{0}}) {  // NaNs, if they were used, and zeros
    Guarded memory(bytes, content);
    std::vector<Value> given(v.size());
    plan.apply(x, given, {}, memory.workspace());
    BOOST_TEST(same_bits(given, y));
    BOOST_TEST(memory.intact());
    given.assign(x.size(), Value(0));
    plan.apply_adjoint(v, given, {}, memory.workspace());
    BOOST_TEST(same_bits(given, z));
    BOOST_TEST(memory.intact());
  }
  Guarded less(bytes - 1, std::byte{0});
  BOOST_CHECK_THROW(plan.apply(x, y, {}, less.workspace()), InputError);
}

template <class Value>
void check_all(const std::vector<Shape>& shapes) {
  for (const Shape& shape : shapes) {
    for (const Mode mode : modes) {
      if (mode == Mode::valid && shape.data[0] < shape.kernel[0]) {
        continue;
      }
      for (const Method method : methods_for(shape)) {
        Description description = {.data = shape.data, .kernel = shape.kernel, .mode = mode, .method = method};
        for (const int threads : {1, 2, 3}) {
          description.threads = threads;
          description.inputs = 1;
          description.batch = 1;
          description.kernel_per_array = false;
          BOOST_TEST_CONTEXT("data " << shape.data[0] << " of " << shape.data.size() << " axes, mode " << static_cast<int>(mode)
                                     << ", method " << static_cast<int>(method) << ", threads " << threads) {
            description.in = description.out = {};
            check<Value>(description);
            description.inputs = 2;
            description.in = every_other(description.data);
            description.out = every_other(output_extents(description));
            check<Value>(description);
            description.batch = 3;  // with up to three threads, one array for each
            description.kernel_per_array = true;
            check<Value>(description);
          }
        }
      }
    }
  }
}

const std::vector<Shape> shapes = {{{1}, {1}},
                                   {{17}, {17}},
                                   {{257}, {30}},
                                   {{1021}, {1021}},
                                   {{4099}, {129}},
                                   {{40}, {301}},
                                   {{7, 9}, {3, 5}},
                                   {{40, 33}, {39, 31}},
                                   {{301, 5}, {4, 4}},
                                   {{5, 8}, {9, 15}},
                                   {{1, 1, 1}, {1, 1, 1}},
                                   {{5, 6, 7}, {3, 2, 7}},
                                   {{151, 3, 4}, {3, 2, 4}},
                                   {{4, 9, 5}, {7, 17, 9}}};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_workspace)

BOOST_AUTO_TEST_CASE(a_workspace_of_real_numbers_is_used_to_its_end_and_not_beyond) { check_all<float>(shapes); }

BOOST_AUTO_TEST_CASE(a_workspace_of_complex_numbers_is_used_to_its_end_and_not_beyond) { check_all<std::complex<double>>(shapes); }

BOOST_AUTO_TEST_CASE(a_plan_serves_several_threads_at_once_each_with_its_workspace) {
  for (const Shape& shape : {Shape{{1021}, {129}}, Shape{{40, 33}, {39, 31}}, Shape{{9, 10, 11}, {3, 4, 5}}}) {
    for (const Method method : methods_for(shape)) {
      ConvolutionPlan<double> plan(
          {.data = shape.data, .kernel = shape.kernel, .mode = Mode::same, .batch = 2, .method = method, .threads = 2});
      plan.set_kernel(random_values<double>(numbers(shape.kernel), 1));
      constexpr unsigned callers = 3;
      std::vector<std::vector<double>> x;
      std::vector<std::vector<double>> expected_y;
      std::vector<std::vector<double>> expected_z;
      for (unsigned c = 0; c < callers; ++c) {
        x.push_back(random_values<double>(2 * numbers(shape.data), 2 + c));
        plan.apply(x[c], expected_y.emplace_back(x[c].size()));
        plan.apply_adjoint(x[c], expected_z.emplace_back(x[c].size()));
      }
      std::vector<int> wrong(callers, 0);
      std::vector<std::jthread> threads;
      for (unsigned c = 0; c < callers; ++c) {
        threads.emplace_back([&, c] {
          Guarded memory(plan.workspace_bytes(), std::byte{0xff});
          std::vector<double> out(x[c].size());
          for (int i = 0; i < 3; ++i) {
            plan.apply(x[c], out, {}, memory.workspace());
            wrong[c] += same_bits(out, expected_y[c]) ? 0 : 1;
            plan.apply_adjoint(x[c], out, {}, memory.workspace());
            wrong[c] += same_bits(out, expected_z[c]) ? 0 : 1;
          }
        });
      }
      threads.clear();
      BOOST_TEST((wrong == std::vector<int>(callers, 0)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

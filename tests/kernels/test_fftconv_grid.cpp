// Convolutions over two and three axes that store no zeros, against the sum of their definition in long double, |y − ŷ| ≤ eps log2(N) ‖x‖
// ‖h‖ in every number, and the properties that they must have: adjoint, linearity, equivariance, bits that depend on nothing but the
// numbers.

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/grid/grid_convolver.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

#include "fftconv_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::fftconv::test;

namespace {

using Values = boost::mpl::list<float, double, std::complex<float>, std::complex<double>>;

constexpr Mode modes[] = {Mode::full, Mode::same, Mode::valid, Mode::causal, Mode::periodic};

const std::vector<std::pair<Extents, Extents>> shapes = {
    {{1, 1}, {1, 1}},         {{8, 16}, {3, 3}},         {{13, 17}, {5, 4}},        {{31, 7}, {31, 7}},       {{5, 40}, {9, 79}},
    {{37, 1}, {4, 3}},        {{1, 29}, {6, 2}},         {{16, 16}, {31, 31}},      {{23, 64}, {2, 150}},     {{4, 5, 6}, {3, 3, 3}},
    {{7, 11, 13}, {4, 2, 5}}, {{6, 6, 6}, {11, 11, 11}}, {{5, 4, 17}, {11, 9, 35}}, {{1, 9, 20}, {2, 1, 41}}, {{3, 19, 2}, {3, 19, 2}}};

template <class Value>
struct Problem {
  Description description;
  std::vector<Value> x, h;

  explicit Problem(Description d, unsigned seed = 1)
      : description(std::move(d)),
        x(random_values<Value>(description.inputs * numbers(description.data), seed)),
        h(random_values<Value>(description.inputs * numbers(description.kernel), seed + 1)) {}

  [[nodiscard]] Extents outputs() const { return expected_extents(description.mode, description.data, description.kernel); }

  [[nodiscard]] std::unique_ptr<Convolver<Value>> convolver() const {
    auto convolver = make_grid_convolver<Value>(description);
    convolver->set_kernel(h, description.inputs);
    return convolver;
  }

  /// Workspace and result begin as NaNs: nothing of them may be read.
  [[nodiscard]] std::vector<Value> apply(const Convolver<Value>& convolver, const std::vector<Value>& in, int threads = 1) const {
    std::vector<const Value*> arrays;
    for (Index j = 0; j < description.inputs; ++j) {
      arrays.push_back(in.data() + j * numbers(description.data));
    }
    std::vector<Value> y(static_cast<std::size_t>(numbers(outputs())), Value(std::nanf("")));
    convolver.apply(arrays, 0, y.data(), workspace(convolver, threads).data(), threads);
    return y;
  }
  [[nodiscard]] std::vector<Value> apply_adjoint(const Convolver<Value>& convolver, const std::vector<Value>& in, int threads = 1) const {
    std::vector<Value> y(x.size(), Value(std::nanf("")));
    std::vector<Value*> arrays;
    for (Index j = 0; j < description.inputs; ++j) {
      arrays.push_back(y.data() + j * numbers(description.data));
    }
    convolver.apply_adjoint(in.data(), 0, arrays, workspace(convolver, threads).data(), threads);
    return y;
  }

 private:
  static LineVector<std::byte> workspace(const Convolver<Value>& convolver, int threads) {
    return LineVector<std::byte>(convolver.workspace_bytes(threads), std::byte{0xff});
  }
};

/// Whether one operand covers the other along all axes, as the mode valid wants it.
bool valid_can(const Extents& data, const Extents& kernel) {
  bool covers = true;
  bool covered = true;
  for (std::size_t d = 0; d < data.size(); ++d) {
    covers = covers && data[d] >= kernel[d];
    covered = covered && data[d] <= kernel[d];
  }
  return covers || covered;
}

template <class Value>
void check(const Problem<Value>& problem) {
  const Description& d = problem.description;
  const auto y = problem.apply(*problem.convolver(), problem.x);
  std::vector<Exact<Value>> reference(y.size());
  for (Index j = 0; j < d.inputs; ++j) {
    const auto part = expected(d.mode, problem.x.data() + j * numbers(d.data), d.data, problem.h.data() + j * numbers(d.kernel), d.kernel);
    std::transform(part.begin(), part.end(), reference.begin(), reference.begin(), std::plus<>());
  }
  BOOST_TEST(greatest_difference(y, reference) <= bound(problem.x, d.data, problem.h, d.kernel));
  BOOST_TEST(norm(y) > 0.5 * norm(reference));  // the bound is no match for zeros
}

template <class Value>
void check_adjoint(const Problem<Value>& problem) {
  const auto convolver = problem.convolver();
  const auto y = random_values<Value>(numbers(problem.outputs()), 77);
  const auto forward = inner(problem.apply(*convolver, problem.x), y);
  const auto backward = inner(problem.x, problem.apply_adjoint(*convolver, y));
  // ‖A‖ ≤ Σ |h| ≤ √N ‖h‖
  const double scale = norm(problem.x) * norm(y) * norm(problem.h) * std::sqrt(static_cast<double>(problem.h.size()));
  BOOST_TEST(static_cast<double>(std::abs(forward - backward)) <= 900.0 * eps<Value> * scale);  // 1e-13 for doubles
}

template <class Number>
struct Centred {
  Extents extents;
  std::vector<Number>& taps;

  Number& at(Index i, Index j, Index k) { return taps[static_cast<std::size_t>((i * extents[1] + j) * extents[2] + k)]; }
  /// at(i, j, k) with the signs of some axes changed, made equal or conjugate.
  void mirror(bool x, bool y, bool z, bool conjugated) {
    for (Index i = 0; i < extents[0]; ++i) {
      for (Index j = 0; j < extents[1]; ++j) {
        for (Index k = 0; k < extents[2]; ++k) {
          const Number& value = at(x ? extents[0] - 1 - i : i, y ? extents[1] - 1 - j : j, z ? extents[2] - 1 - k : k);
          Number& place = at(i, j, k);
          const auto mirrored = conjugated ? conjugate(exact(value)) : exact(value);
          place = static_cast<Number>(&place == &value ? (mirrored + exact(value)) / 2.0L : mirrored);
        }
      }
    }
  }
};

template <class Value>
std::size_t spectrum_bytes(const Problem<Value>& problem) {
  return problem.convolver()->describe().spectrum_bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_grid)

BOOST_AUTO_TEST_CASE_TEMPLATE(equals_the_sum_of_the_definition, Value, Values) {
  unsigned seed = 1;
  for (const auto& [data, kernel] : shapes) {
    for (const Mode mode : modes) {
      if (mode != Mode::valid || valid_can(data, kernel)) {
        BOOST_TEST_CONTEXT("extent " << data.front() << " of " << data.size() << " axes, mode " << static_cast<int>(mode)) {
          check(Problem<Value>({.data = data, .kernel = kernel, .mode = mode}, seed += 2));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(adjoint_satisfies_its_definition, Value, Values) {
  unsigned seed = 1000;
  for (const auto& [data, kernel] : shapes) {
    for (const Mode mode : modes) {
      if (mode != Mode::valid || valid_can(data, kernel)) {
        BOOST_TEST_CONTEXT("extent " << data.front() << " of " << data.size() << " axes, mode " << static_cast<int>(mode)) {
          check_adjoint(Problem<Value>({.data = data, .kernel = kernel, .mode = mode}, seed += 2));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(several_inputs_are_summed, Value, Values) {
  for (const Mode mode : modes) {
    check(Problem<Value>({.data = {9, 6, 20}, .kernel = {3, 5, 11}, .mode = mode, .inputs = 3}));
    check(Problem<Value>({.data = {21, 20}, .kernel = {4, 11}, .mode = mode, .inputs = 2}));
    check_adjoint(Problem<Value>({.data = {9, 6, 20}, .kernel = {3, 5, 11}, .mode = mode, .inputs = 3}));
    check_adjoint(Problem<Value>({.data = {21, 20}, .kernel = {4, 11}, .mode = mode, .inputs = 2}));
  }
}

// Each symmetry by itself; it must be found, for the spectrum is the smaller for it, and give the same sums.
BOOST_AUTO_TEST_CASE_TEMPLATE(symmetric_kernels_have_smaller_spectra, Value, Values) {
  for (const Mode mode : {Mode::same, Mode::full, Mode::valid}) {
    const Problem<Value> plain({.data = {8, 10, 20}, .kernel = {7, 9, 17}, .mode = mode});
    const auto with = [&](std::initializer_list<std::array<bool, 4>> mirrors) {
      Problem<Value> problem = plain;
      Centred<Value> centred{problem.description.kernel, problem.h};
      for (const auto& [x, y, z, conjugated] : mirrors) {
        centred.mirror(x, y, z, conjugated);
      }
      check(problem);
      check_adjoint(problem);
      return static_cast<double>(spectrum_bytes(problem)) / static_cast<double>(spectrum_bytes(plain));
    };
    BOOST_TEST(with({{true, true, true, true}}) == 0.5);
    BOOST_TEST(with({{true, false, false, false}}) < 0.65);
    BOOST_TEST(with({{false, true, false, false}}) < 0.65);
    BOOST_TEST(with({{true, false, false, false}, {false, true, false, false}, {false, false, true, true}}) < 0.2);
  }
}

// Along an axis much longer than the kernel: blocks, of which the last is shorter, with the same sums.
BOOST_AUTO_TEST_CASE_TEMPLATE(short_kernels_take_blocks, Value, Values) {
  const Extents data = {4099, 40};
  const Extents kernel = {4, 5};
  for (const Mode mode : {Mode::full, Mode::same, Mode::valid, Mode::causal}) {
    const Problem<Value> problem({.data = data, .kernel = kernel, .mode = mode});
    BOOST_TEST(problem.convolver()->describe().padded.front() < 4096);
    check(problem);
    check_adjoint(problem);
  }
  const Problem<Value> solid({.data = {2001, 3, 40}, .kernel = {3, 2, 3}, .mode = Mode::same, .inputs = 2});
  BOOST_TEST(solid.convolver()->describe().padded.front() < 2000);
  check(solid);
  check_adjoint(solid);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(bits_do_not_depend_on_threads_or_workspace, Value, Values) {
  const std::vector<Description> descriptions = {{.data = {20, 18, 70}, .kernel = {39, 35, 139}, .mode = Mode::same},
                                                 {.data = {600, 50}, .kernel = {3, 3}, .mode = Mode::full, .inputs = 2},
                                                 {.data = {7, 9}, .kernel = {3, 3}, .mode = Mode::periodic}};
  for (const Description& description : descriptions) {
    const Problem<Value> problem(description);
    const auto convolver = problem.convolver();
    const auto y = random_values<Value>(numbers(problem.outputs()), 5);
    for (const int threads : {2, 3, 7, 100}) {
      BOOST_TEST((problem.apply(*convolver, problem.x) == problem.apply(*convolver, problem.x, threads)));
      BOOST_TEST((problem.apply_adjoint(*convolver, y) == problem.apply_adjoint(*convolver, y, threads)));
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(is_linear, Value, Values) {
  const Problem<Value> problem({.data = {15, 12, 21}, .kernel = {29, 23, 41}, .mode = Mode::same});
  const auto convolver = problem.convolver();
  const auto z = random_values<Value>(numbers(problem.description.data), 9);
  std::vector<Value> mixed = problem.x;
  std::transform(z.begin(), z.end(), mixed.begin(), mixed.begin(), [](Value b, Value a) { return a + Value(3) * b; });
  const auto of_mixed = problem.apply(*convolver, mixed);
  const auto of_x = problem.apply(*convolver, problem.x);
  const auto of_z = problem.apply(*convolver, z);
  std::vector<Exact<Value>> sums;
  std::transform(of_x.begin(), of_x.end(), of_z.begin(), std::back_inserter(sums),
                 [](Value a, Value b) { return exact(a) + Exact<Value>(3) * exact(b); });
  BOOST_TEST(greatest_difference(of_mixed, sums) <= 5.0 * bound(mixed, problem.description.data, problem.h, problem.description.kernel));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(periodic_axes_are_equivariant, Value, Values) {
  for (const Extents& data : {Extents{12, 10, 16}, Extents{11, 13, 17}}) {  // cyclic transforms, and none of that length
    const Problem<Value> problem({.data = data, .kernel = {4, 5, 6}, .mode = Mode::periodic});
    const auto convolver = problem.convolver();
    const auto shifted = [&](const std::vector<Value>& values) {
      std::vector<Value> result(values.size());
      for (Index i = 0; i < numbers(data); ++i) {
        const Index a = (i / (data[1] * data[2]) + 5) % data[0];
        const Index b = (i / data[2] % data[1] + 3) % data[1];
        const Index c = (i % data[2] + 1) % data[2];
        result[static_cast<std::size_t>((a * data[1] + b) * data[2] + c)] = values[static_cast<std::size_t>(i)];
      }
      return result;
    };
    const auto expected_values = shifted(problem.apply(*convolver, problem.x));
    const std::vector<Exact<Value>> reference(expected_values.begin(), expected_values.end());
    BOOST_TEST(greatest_difference(problem.apply(*convolver, shifted(problem.x)), reference) <=
               2.0 * bound(problem.x, data, problem.h, problem.description.kernel));
  }
}

// The Laplacian of a plane wave, for extents with and without cyclic transforms; a real even spectrum is stored as one.
BOOST_AUTO_TEST_CASE_TEMPLATE(spectra_multiply_waves, Value, Values) {
  for (const Extents& n : {Extents{12, 10, 16}, Extents{11, 13, 17}}) {
    const Problem<Value> problem({.data = n, .kernel = {3, 3, 3}, .mode = Mode::periodic});
    const auto convolver = make_grid_convolver<Value>(problem.description);
    const auto signed_number = [](Index k, Index extent) { return static_cast<double>(2 * k > extent ? k - extent : k); };
    const Index last = complex_value<Value> ? n[2] : n[2] / 2 + 1;
    std::vector<std::complex<Real<Value>>> spectrum;
    for (Index i = 0; i < n[0] * n[1] * last; ++i) {
      const double a = signed_number(i / (n[1] * last), n[0]);
      const double b = signed_number(i / last % n[1], n[1]);
      const double c = signed_number(i % last, n[2]);
      spectrum.emplace_back(static_cast<Real<Value>>(a * a + b * b + c * c));
    }
    convolver->set_spectrum(spectrum);
    std::vector<Value> wave;
    std::vector<Exact<Value>> reference;
    for (Index i = 0; i < numbers(n); ++i) {
      const double phase = 2.0 * std::acos(-1.0) *
                           (3.0 * static_cast<double>(i / (n[1] * n[2])) / static_cast<double>(n[0]) +
                            2.0 * static_cast<double>(i / n[2] % n[1]) / static_cast<double>(n[1]) -
                            4.0 * static_cast<double>(i % n[2]) / static_cast<double>(n[2]));
      if constexpr (complex_value<Value>) {
        wave.push_back(static_cast<Value>(std::polar(1.0, phase)));
      } else {
        wave.push_back(static_cast<Value>(std::cos(phase)));
      }
      reference.push_back(Exact<Value>(29) * exact(wave.back()));
    }
    // ‖x‖ ‖h‖ ≤ √N · the greatest of the spectrum
    const double greatest = 36.0 + 36.0 + 64.0;
    BOOST_TEST(greatest_difference(problem.apply(*convolver, wave), reference) <=
               2.0 * eps<Value> * std::log2(static_cast<double>(numbers(n))) * greatest * std::sqrt(static_cast<double>(numbers(n))));
    const double full = static_cast<double>(spectrum_bytes(problem));
    BOOST_TEST(static_cast<double>(convolver->describe().spectrum_bytes) < 0.25 * full);
  }
}

BOOST_AUTO_TEST_CASE(free_space_takes_little_memory) {
  const Index n = 64;
  Problem<double> problem({.data = {n, n, n}, .kernel = {2 * n - 1, 2 * n - 1, 2 * n - 1}, .mode = Mode::same});
  Index i = 0;
  for (double& tap : problem.h) {
    const auto square = [](Index k) { return static_cast<double>((k - n + 1) * (k - n + 1)); };
    tap = 1.0 / std::sqrt(1.0 + square(i / ((2 * n - 1) * (2 * n - 1))) + square(i / (2 * n - 1) % (2 * n - 1)) + square(i % (2 * n - 1)));
    ++i;
  }
  const auto convolver = problem.convolver();
  const double padded = static_cast<double>(sizeof(double) * 8 * n * n * n);  // of the data alone; its spectrum is as large
  BOOST_TEST(static_cast<double>(convolver->workspace_bytes(1)) <= 0.4 * padded);
  BOOST_TEST(static_cast<double>(convolver->workspace_bytes(1) + spectrum_bytes(problem)) <= 0.4 * 2.0 * padded);
}

BOOST_AUTO_TEST_CASE(other_numbers_of_axes_are_refused) {
  const Description line{.data = {8}, .kernel = {3}};
  BOOST_TEST(!grid_can(line));
  BOOST_CHECK_THROW(make_grid_convolver<double>(line), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

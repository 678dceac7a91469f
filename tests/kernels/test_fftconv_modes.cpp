// Convolutions of all modes, types and methods against the sum of their definition in long double, and the adjoint against the inner
// products that define it. Bounds: |y − ŷ| ≤ eps log2(N) ‖x‖ ‖h‖ in every number (constant 1), adjoints to 1e-13 of ‖A‖ ‖x‖ ‖y‖ for
// doubles.

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <kindred/kernels/fftconv/fftw_planner.hpp>

#include "fftconv_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::fftconv::test;

namespace {

using Values = boost::mpl::list<float, double, std::complex<float>, std::complex<double>>;

constexpr Mode modes[] = {Mode::full, Mode::same, Mode::valid, Mode::causal, Mode::periodic};

struct Case {
  Extents data;
  Extents kernel;
};

std::vector<Method> methods_for(std::size_t axes) {
  std::vector<Method> methods = {Method::automatic, Method::direct};
  if (fftw_available()) {
    methods.push_back(Method::fftw);
  }
  methods.push_back(Method::hybrid);
  if (axes == 1) {
    methods.insert(methods.end(), {Method::fft, Method::overlap_save});
  }
  return methods;
}

bool covered(const Case& c) {
  bool data = true;
  bool kernel = true;
  for (std::size_t d = 0; d < c.data.size(); ++d) {
    data = data && c.data[d] >= c.kernel[d];
    kernel = kernel && c.kernel[d] >= c.data[d];
  }
  return data || kernel;
}

template <class Value>
void check(const Case& c, Mode mode, Method method, unsigned seed) {
  BOOST_TEST_CONTEXT("data " << c.data.back() << " of " << c.data.size() << " axes, kernel " << c.kernel.back() << ", mode "
                             << static_cast<int>(mode) << ", method " << static_cast<int>(method)) {
    const std::vector<Value> x = random_values<Value>(numbers(c.data), seed);
    const std::vector<Value> h = random_values<Value>(numbers(c.kernel), seed + 1);
    ConvolutionPlan<Value> plan({.data = c.data, .kernel = c.kernel, .mode = mode, .method = method});
    plan.set_kernel(h);
    std::vector<Value> y(static_cast<std::size_t>(numbers(expected_extents(mode, c.data, c.kernel))), Value(77));
    plan.apply(x, y);
    const auto reference = expected(mode, x.data(), c.data, h.data(), c.kernel);
    BOOST_TEST(greatest_difference(y, reference) <= bound(x, c.data, h, c.kernel));
    BOOST_TEST(norm(y) > 0.5 * norm(reference));  // the bound is no match for zeros

    const std::vector<Value> v = random_values<Value>(static_cast<Index>(y.size()), seed + 2);
    std::vector<Value> adjoint(x.size(), Value(77));
    plan.apply_adjoint(v, adjoint);
    const double mismatch = static_cast<double>(std::abs(inner(v, y) - inner(adjoint, x)));
    const double tolerance = 1e-13 * eps<Value> / eps<double>;
    BOOST_TEST(mismatch <= tolerance * norm(x) * norm(v) * norm(h));
    BOOST_TEST(norm(adjoint) > 0.0);
  }
}

template <class Value>
void check_all(const std::vector<Case>& cases) {
  unsigned seed = 1;
  for (const Case& c : cases) {
    for (const Mode mode : modes) {
      if (mode == Mode::valid && !covered(c)) {
        continue;
      }
      for (const Method method : methods_for(c.data.size())) {
        check<Value>(c, mode, method, seed += 3);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_modes)

BOOST_AUTO_TEST_CASE_TEMPLATE(small_lengths, Value, Values) {
  std::vector<Case> cases;
  for (const Index l : {1, 2, 3, 5, 8, 16, 17}) {
    for (const Index k : {1, 2, 3, 4, 7, 16, 40}) {
      cases.push_back({{l}, {k}});
    }
  }
  check_all<Value>(cases);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(awkward_lengths, Value, Values) {
  check_all<Value>({{{1021}, {1}}, {{1021}, {129}}, {{1021}, {1021}}, {{255}, {257}}, {{256}, {1000}}, {{1023}, {513}}, {{1025}, {1024}}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_axes, Value, Values) {
  check_all<Value>({{{1, 1}, {1, 1}}, {{7, 9}, {3, 5}}, {{12, 16}, {12, 17}}, {{5, 40}, {8, 6}}, {{31, 1}, {4, 1}}, {{20, 18}, {39, 35}}});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(three_axes, Value, Values) {
  check_all<Value>(
      {{{1, 1, 1}, {1, 1, 1}}, {{4, 5, 6}, {3, 2, 3}}, {{6, 7, 8}, {11, 13, 15}}, {{9, 4, 10}, {2, 7, 3}}, {{3, 3, 17}, {4, 4, 20}}});
}

BOOST_AUTO_TEST_SUITE_END()

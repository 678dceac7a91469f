// evaluate(): what an array gives is what its elements give, whatever the array around them.

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>

#include "bessel_support.hpp"

using namespace bessel_test;
using kindred::Draws;
using kindred::kernels::BesselOptions;
using kindred::kernels::evaluate;

namespace {

/// All regions mixed, with edges among them.
template <typename Real>
struct Arguments {
  std::vector<Real> v;
  std::vector<Real> x;

  explicit Arguments(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const Draws draws(1, "bessel arrays", i);
      v.push_back(static_cast<Real>(std::pow(10.0, -3.0 + 7.0 * draws.uniform(0))));
      x.push_back(static_cast<Real>(std::pow(10.0, -4.0 + 8.0 * draws.uniform(1))));
      if (i % 97 == 96) {
        v.back() = i % 2 == 0 ? Real(0) : Real(-2.5);
        x.back() = i % 3 == 0 ? Real(0) : static_cast<Real>(infinity);
      }
    }
  }
};

template <typename Real>
bool same_bits(const std::vector<Real>& a, const std::vector<Real>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](Real p, Real q) { return p == q || (std::isnan(p) && std::isnan(q)); });
}

using Reals = std::tuple<double, float>;

}  // namespace

BOOST_AUTO_TEST_SUITE(test_log_bessel_arrays)

BOOST_AUTO_TEST_CASE_TEMPLATE(neighbours_do_not_matter, Real, Reals) {
  const Arguments<Real> all(4097);
  for (const auto f : all_functions) {
    for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
      const BesselOptions options{accuracy, 1};
      const auto whole = array(f, all.v, all.x, options);
      for (std::size_t size : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U, 16U, 17U, 4095U, 4096U}) {
        const auto start = static_cast<std::ptrdiff_t>(size < 100 ? 61 * size : 1);
        const auto end = start + static_cast<std::ptrdiff_t>(size);
        const std::vector<Real> v(all.v.begin() + start, all.v.begin() + end);
        const std::vector<Real> x(all.x.begin() + start, all.x.begin() + end);
        BOOST_TEST(same_bits(array(f, v, x, options), std::vector<Real>(whole.begin() + start, whole.begin() + end)), name(f) << size);
      }
      std::vector<Real> v(all.v.rbegin(), all.v.rend());
      std::vector<Real> x(all.x.rbegin(), all.x.rend());
      BOOST_TEST(same_bits(array(f, v, x, options), std::vector<Real>(whole.rbegin(), whole.rend())), name(f) << ", reversed");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_scalar_call_gives_the_bits_of_an_array) {
  const Arguments<double> all(4097);
  for (const auto f : all_functions) {
    for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
      std::vector<double> one_by_one;
      for (std::size_t i = 0; i < all.v.size(); ++i) {
        one_by_one.push_back(scalar(f, all.v[i], all.x[i], accuracy));
      }
      BOOST_TEST(same_bits(array(f, all.v, all.x, {accuracy, 1}), one_by_one), name(f));
    }
  }
}

BOOST_AUTO_TEST_CASE(scalar_and_array_agree_to_their_rounding_in_single_precision) {
  const Arguments<float> all(4097);
  for (const auto f : all_functions) {
    const auto values = array(f, all.v, all.x);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float single = scalar(f, all.v[i], all.x[i]);
      const bool agree = std::isfinite(single) ? std::abs(values[i] - single) <= 1.3e-7F * std::max(1.0F, std::abs(single))
                                               : values[i] == single || (std::isnan(values[i]) && std::isnan(single));
      BOOST_TEST(agree, name(f) << " at v = " << all.v[i] << ", x = " << all.x[i] << ": " << values[i] << ", " << single);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(output_in_place_of_an_argument, Real, Reals) {
  const Arguments<Real> all(5000);
  for (const auto f : all_functions) {
    const auto expected = array(f, all.v, all.x);
    auto v = all.v;
    evaluate(f, std::span<const Real>(v), std::span<const Real>(all.x), std::span<Real>(v));
    BOOST_TEST(same_bits(v, expected), name(f) << " over v");
    auto x = all.x;
    evaluate(f, std::span<const Real>(all.v), std::span<const Real>(x), std::span<Real>(x));
    BOOST_TEST(same_bits(x, expected), name(f) << " over x");
    auto both = all.x;
    evaluate(f, std::span<const Real>(both), std::span<const Real>(both), std::span<Real>(both));
    BOOST_TEST(same_bits(both, array(f, all.x, all.x)), name(f) << " over both");
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_element_for_all, Real, Reals) {
  const Arguments<Real> all(4500);
  for (const auto f : all_functions) {
    for (const Real one : {Real(0), Real(0.75), Real(3), Real(30), Real(2000)}) {
      const std::vector<Real> repeated(all.v.size(), one);
      BOOST_TEST(same_bits(array(f, {one}, all.x), array(f, repeated, all.x)), name(f) << ", v = " << one);
      BOOST_TEST(same_bits(array(f, all.v, {one}), array(f, all.v, repeated)), name(f) << ", x = " << one);
      std::vector<Real> out(37);
      evaluate(f, std::span<const Real>(&one, 1), std::span<const Real>(&one, 1), std::span<Real>(out));
      BOOST_TEST(same_bits(out, std::vector<Real>(37, array<Real>(f, {one}, {one})[0])), name(f) << ", both");
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(any_number_of_threads_gives_the_same_bits, Real, Reals) {
  const Arguments<Real> all(100'003);
  for (const auto f : all_functions) {
    for (const auto accuracy : {Accuracy::fast, Accuracy::accurate}) {
      const auto expected = array(f, all.v, all.x, {accuracy, 1});
      for (const int threads : {2, 3, 7, 0}) {
        BOOST_TEST(same_bits(array(f, all.v, all.x, {accuracy, threads}), expected), name(f) << ", " << threads << " threads");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sizes_that_do_not_fit_are_refused, Real, Reals) {
  const auto attempt = [](std::size_t v_size, std::size_t x_size, std::size_t size, int threads = 1) {
    const std::vector<Real> v(v_size, Real(1));
    const std::vector<Real> x(x_size, Real(1));
    std::vector<Real> out(size, Real(-7));
    evaluate(BesselFunction::log_iv, std::span<const Real>(v), std::span<const Real>(x), std::span<Real>(out), {Accuracy::fast, threads});
    return out;
  };
  for (const auto [v, x, size] : {std::array{2, 3, 3}, {3, 2, 3}, {0, 3, 3}, {3, 0, 3}, {3, 3, 2}, {3, 3, 4}, {3, 3, 1}, {3, 3, 0}}) {
    BOOST_CHECK_THROW(attempt(static_cast<std::size_t>(v), static_cast<std::size_t>(x), static_cast<std::size_t>(size)),
                      kindred::InputError);
  }
  BOOST_CHECK_THROW(attempt(3, 3, 3, -1), kindred::InputError);
  BOOST_TEST(attempt(0, 0, 0).empty());
  BOOST_TEST(attempt(1, 1, 0).empty());
  BOOST_TEST(attempt(1, 0, 0).empty());
}

BOOST_AUTO_TEST_SUITE_END()

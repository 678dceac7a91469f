// Descriptions: what is refused, and in which words; extents and periods against counting by hand.

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/description.hpp>

using namespace kindred;
using namespace kindred::fftconv;

namespace {

constexpr Mode modes[] = {Mode::full, Mode::same, Mode::valid, Mode::causal, Mode::periodic};

std::string refusal(const Description& description) {
  try {
    require(description);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

bool says(const Description& description, const char* word) { return refusal(description).find(word) != std::string::npos; }

/// Whether a period of n leaves every wanted number of the convolution of L and K numbers alone: by counting, for each place of the full
/// convolution, which wanted place it is congruent to.
bool enough(Mode mode, Index data, Index kernel, Index n) {
  const Index first = first_output(mode, data, kernel);
  const Index outputs = axis_of(mode, data, kernel).outputs;
  for (Index place = 0; place < data + kernel - 1; ++place) {
    for (Index wanted = first; wanted < first + outputs; ++wanted) {
      if (place != wanted && (place - wanted) % n == 0) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_description)

BOOST_AUTO_TEST_CASE(wrong_descriptions_are_refused_in_words) {
  BOOST_TEST(refusal({.data = {5}, .kernel = {3}}).empty());
  BOOST_TEST(says({.data = {}, .kernel = {3}}, "data has 0 axes"));
  BOOST_TEST(says({.data = {5}, .kernel = {}}, "kernel has 0 axes"));
  BOOST_TEST(says({.data = {2, 2, 2, 2}, .kernel = {1, 1, 1, 1}}, "1 to 3"));
  BOOST_TEST(says({.data = {5, 0}, .kernel = {3, 3}}, "at least 1"));
  BOOST_TEST(says({.data = {5}, .kernel = {-3}}, "at least 1"));
  BOOST_TEST(says({.data = {5, 5}, .kernel = {3}}, "extents of 1"));
  BOOST_TEST(says({.data = {5}, .kernel = {3}, .batch = 0}, "batch = 0"));
  BOOST_TEST(says({.data = {5}, .kernel = {3}, .inputs = -1}, "inputs = -1"));
  BOOST_TEST(says({.data = {5}, .kernel = {3}, .threads = -1}, "threads = -1"));
  BOOST_TEST(says({.data = {5, 3}, .kernel = {3, 5}, .mode = Mode::valid}, "mode valid"));
  BOOST_TEST(says({.data = {Index{1} << 40}, .kernel = {3}, .batch = Index{1} << 40}, "2^62"));
  BOOST_TEST(says({.data = {Index{1} << 62}, .kernel = {Index{1} << 62}}, "2^62"));
  BOOST_TEST(says({.data = {5}, .kernel = {3}, .in = {.axes = {1, 1}}}, "in.axes"));
  BOOST_TEST(says({.data = {5}, .kernel = {3}, .out = {.axes = {1, 1}}}, "out.axes"));
  BOOST_TEST(says({.data = {5}, .kernel = {3}, .in = {.axes = {Index{1} << 61}}}, "2^62"));
  BOOST_TEST(says({.data = {5}, .kernel = {3}, .out = {.axes = {0}}}, "share places"));
  BOOST_TEST(says({.data = {5}, .kernel = {3}, .batch = 2, .out = {.axes = {}, .batch = 3}}, "share places"));
  BOOST_TEST(says({.data = {5, 5}, .kernel = {3, 3}, .out = {.axes = {-6, 1}}}, "share places"));
  BOOST_TEST(refusal({.data = {5, 5}, .kernel = {3, 3}, .out = {.axes = {-7, 1}}}).empty());
  BOOST_TEST(refusal({.data = {5}, .kernel = {3}, .batch = 2, .in = {.axes = {}, .batch = 1}}).empty());  // inputs may overlap
}

BOOST_AUTO_TEST_CASE(least_periods_are_enough_and_least) {
  for (Index data = 1; data <= 14; ++data) {
    for (Index kernel = 1; kernel <= 14; ++kernel) {
      for (const Mode mode : modes) {
        if (mode == Mode::periodic) {
          BOOST_TEST(least_period(mode, data, kernel) == data);
          continue;
        }
        const Index least = least_period(mode, data, kernel);
        BOOST_TEST(enough(mode, data, kernel, least));
        // Less would do only if the data or the kernel did not fit.
        BOOST_TEST((least == std::max(data, kernel) || !enough(mode, data, kernel, least - 1)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(taps_that_do_not_take_part_are_left_out) {
  BOOST_TEST(axis_of(Mode::causal, 10, 1000).taps == 10);
  BOOST_TEST(axis_of(Mode::same, 10, 1001).taps == 19);
  BOOST_TEST(axis_of(Mode::same, 10, 1001).skipped == 500 - 9);
  BOOST_TEST(axis_of(Mode::full, 10, 1000).taps == 1000);
  BOOST_TEST(axis_of(Mode::valid, 10, 1000).taps == 1000);
  BOOST_TEST(axis_of(Mode::periodic, 10, 1000).taps == 10);
  BOOST_TEST(least_period(axis_of(Mode::causal, 10, 1000)) == 19);
}

BOOST_AUTO_TEST_SUITE_END()

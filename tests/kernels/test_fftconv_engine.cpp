// The transforms of sequences side by side against their definition, which is summed in extended precision.

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/engine/lane_transform.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>

#include "fftconv_engine_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::test;

namespace {

template <class Real>
std::vector<Long> lane_of(const LineVector<Real>& rows, Index n, Index lane) {
  std::vector<Long> values(static_cast<std::size_t>(n));
  for (Index j = 0; j < n; ++j) {
    const Real* const row = rows.data() + j * row_size<Real>;
    values[static_cast<std::size_t>(j)] = {row[lane], row[lanes<Real> + lane]};
  }
  return values;
}

const Index lane_lengths[] = {1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  12,  14,  15,  16,  20,  21,  24,  25,
                              27,  30,  32,  35,  36,  40,  42,  45,  48,  49,  50,  56,  60,  63,  64,  70,  72,  75,
                              80,  81,  96,  98,  100, 112, 120, 125, 126, 128, 144, 160, 189, 192, 210, 216, 224, 240,
                              256, 280, 300, 343, 384, 400, 448, 512, 600, 625, 640, 729, 768, 840, 1024};

template <class Real>
void check_lanes(Index n) {
  BOOST_TEST_CONTEXT("length " << n) {
    const LaneTransform<Real> transform(n);
    const auto in = random_reals<Real>(n * row_size<Real>, static_cast<std::uint64_t>(n));
    auto rows = in;
    transform.forward(rows.data());
    for (const Index lane : {Index{0}, lanes<Real> / 2 + 1, lanes<Real> - 1}) {
      const auto expected = fourier(lane_of(in, n, lane), 0.0L);
      auto got = lane_of(rows, n, lane);
      for (Index p = 0; p < n; ++p) {
        got[static_cast<std::size_t>(p)] -= expected[static_cast<std::size_t>(transform.frequency(p))];
      }
      BOOST_TEST(static_cast<double>(norm(got) / norm(expected)) < bound<Real>(n));
    }
    transform.backward(rows.data());
    std::vector<double> difference;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      difference.push_back(static_cast<double>(rows[i]) / static_cast<double>(n) - static_cast<double>(in[i]));
    }
    BOOST_TEST(static_cast<double>(norm(difference) / norm(in)) < 2.0 * bound<Real>(n));
  }
}

template <class Real>
void check_lane_products(Index n) {
  const LaneTransform<Real> transform(n);
  const auto in = random_reals<Real>(n * row_size<Real>, 1);
  const auto spectrum = random_reals<Real>(n * row_size<Real>, 2);
  for (const SpectrumForm form :
       {SpectrumForm::complex_lanes, SpectrumForm::real_lanes, SpectrumForm::complex_rows, SpectrumForm::real_rows}) {
    for (const bool conjugate : {false, true}) {
      // forward(), multiplication here, backward() for the number at a row and lane
      auto expected = in;
      transform.forward(expected.data());
      auto multiplied = expected;
      transform.multiply(multiplied.data(), spectrum.data(), form, conjugate);
      auto sums = in;
      transform.multiply(expected.data(), spectrum.data(), form, conjugate, sums.data());
      for (Index p = 0; p < n; ++p) {
        for (Index lane = 0; lane < lanes<Real>; ++lane) {
          std::complex<Real> h;
          switch (form) {
            case SpectrumForm::complex_lanes:
              h = {spectrum[static_cast<std::size_t>(p * row_size<Real> + lane)],
                   spectrum[static_cast<std::size_t>(p * row_size<Real> + lanes<Real> + lane)]};
              break;
            case SpectrumForm::real_lanes:
              h = spectrum[static_cast<std::size_t>(p * lanes<Real> + lane)];
              break;
            case SpectrumForm::complex_rows:
              h = {spectrum[static_cast<std::size_t>(2 * p)], spectrum[static_cast<std::size_t>(2 * p + 1)]};
              break;
            case SpectrumForm::real_rows:
              h = spectrum[static_cast<std::size_t>(p)];
              break;
          }
          Real* const row = expected.data() + p * row_size<Real> + lane;
          const std::complex<Real> z = std::complex<Real>(row[0], row[lanes<Real>]) * (conjugate ? std::conj(h) : h);
          row[0] = z.real();
          row[lanes<Real>] = z.imag();
        }
      }
      std::vector<Real> difference;
      for (std::size_t i = 0; i < in.size(); ++i) {
        difference.push_back(multiplied[i] - expected[i]);
        difference.push_back(sums[i] - (in[i] + expected[i]));
      }
      BOOST_TEST(static_cast<double>(norm(difference)) < 4.0 * std::numeric_limits<Real>::epsilon() * static_cast<double>(norm(expected)));
      transform.backward(multiplied.data());
      auto convolved = in;
      transform.convolve(convolved.data(), spectrum.data(), form, conjugate);
      BOOST_TEST(convolved == multiplied, boost::test_tools::per_element());
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_engine)

BOOST_AUTO_TEST_CASE(lanes_are_transformed_as_defined_and_back) {
  for (const Index n : lane_lengths) {
    check_lanes<double>(n);
    check_lanes<float>(n);
  }
}

BOOST_AUTO_TEST_CASE(frequencies_are_a_permutation) {
  for (const Index n : {Index{1}, Index{60}, Index{1024}, Index{2 * 3 * 5 * 7 * 8}}) {
    const LaneTransform<double> transform(n);
    std::vector<Index> frequencies;
    for (Index p = 0; p < n; ++p) {
      frequencies.push_back(transform.frequency(p));
    }
    std::sort(frequencies.begin(), frequencies.end());
    for (Index p = 0; p < n; ++p) {
      BOOST_TEST(frequencies[static_cast<std::size_t>(p)] == p);
    }
  }
}

BOOST_AUTO_TEST_CASE(convolve_is_forward_multiply_backward_bit_by_bit) {
  for (const Index n : {1, 2, 3, 8, 12, 35, 64, 105, 128, 240, 256, 1024, 1280, 4096}) {
    check_lane_products<double>(n);
    check_lane_products<float>(n);
  }
}

BOOST_AUTO_TEST_CASE(lengths_with_other_factors_are_refused) {
  BOOST_CHECK_THROW(LaneTransform<double>(0), InputError);
  BOOST_CHECK_THROW(LaneTransform<double>(-8), InputError);
  BOOST_CHECK_THROW(LaneTransform<float>(22), InputError);
  BOOST_CHECK_THROW(SequenceTransform<double>(12, 0.0), InputError);
  BOOST_CHECK_THROW(SequenceTransform<double>(88, 0.0), InputError);
  BOOST_CHECK_THROW(SequenceTransform<double>(64, 0.0, 3), InputError);
  BOOST_CHECK_THROW(SequenceTransform<double>(64 * 16, 0.0, 16), InputError);
  const SequenceTransform<double> transform(64, -0.25);
  std::vector<double> data(200);
  LineVector<double> rows(128);
  BOOST_CHECK_THROW(transform.forward(data.data(), {0, 129}, rows.data()), InputError);
  BOOST_CHECK_THROW(transform.forward(data.data(), {-1, 10}, rows.data()), InputError);
}

BOOST_AUTO_TEST_CASE(good_lengths_are_usable_and_near) {
  for (Index least = 1; least < 5000; least = least + 1 + least / 7) {
    const Index n = LaneTransform<double>::good_length(least);
    BOOST_TEST(n >= least);
    BOOST_TEST(static_cast<double>(n) <= 1.5 * static_cast<double>(least));
    BOOST_CHECK_NO_THROW(LaneTransform<double>{n});
    const Index m = SequenceTransform<float>::good_length(least);
    BOOST_TEST(m >= least);
    BOOST_CHECK_NO_THROW(SequenceTransform<float>(m, 0.0));
  }
}

BOOST_AUTO_TEST_SUITE_END()

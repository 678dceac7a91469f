// Frequency-sparse kernels in half precision: the same convolution with the kernel whose transform has zeros where the band leaves
// frequencies out, computed in double precision; whatever is left out, the kernel stays real.

#include <algorithm>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>

#include "fftconv_half_support.hpp"

using namespace half_test;

namespace {

/// Whether (k − 1/4)/M cycles a number are kept: by the digits' definition.
bool kept(const std::vector<int>& digits, const HalfBand& band, Index k) {
  Index length = 1;
  for (const int digit : digits) {
    length *= digit;
  }
  const Index last = k / (length / digits.back());
  const bool low = band.last == 0 || last < band.last / 2 || last >= digits.back() - band.last / 2;
  return low && (band.first.empty() || band.first[static_cast<std::size_t>(k % digits.front())]);
}

/// The kernel of the band alone, over the period: place j ≥ N stands for −1 times place j − N.
std::vector<double> masked(const Emulated& emulated, const HalfBand& band, const std::vector<float>& taps) {
  const half::Geometry& g = emulated.geometry();
  const SequenceTransform<double> transform(g.length(), -0.25);
  LineVector<double> rows(static_cast<std::size_t>(transform.row_numbers()));
  const std::vector<double> wide(taps.begin(), taps.end());
  transform.forward(wide.data(), {0, static_cast<Index>(wide.size())}, rows.data());
  const auto digits = g.digits();
  for (Index p = 0; p < g.length() / lanes<double>; ++p) {
    for (Index lane = 0; lane < lanes<double>; ++lane) {
      if (!kept(digits, band, transform.frequency(p, lane))) {
        rows[static_cast<std::size_t>(p * row_size<double> + lane)] = 0.0;
        rows[static_cast<std::size_t>(p * row_size<double> + lanes<double> + lane)] = 0.0;
      }
    }
  }
  std::vector<double> kernel(static_cast<std::size_t>(g.period));
  transform.backward(rows.data(), {0, g.period}, kernel.data());
  return kernel;
}

/// Of a sample of the outputs.
double relative_error(const std::vector<double>& kernel, HalfFormat format, const std::vector<std::uint16_t>& in,
                      const std::vector<std::uint16_t>& out, bool adjoint) {
  const auto period = static_cast<Index>(kernel.size());
  const auto length = static_cast<Index>(in.size());
  double error = 0.0;
  double norm = 0.0;
  for (Index i = 0; i < length; i += std::max<Index>(1, length / 700)) {
    double sum = 0.0;
    for (Index j = 0; j < length; ++j) {
      const Index at = adjoint ? j - i : i - j;
      const double tap = at >= 0 ? kernel[static_cast<std::size_t>(at)] : -kernel[static_cast<std::size_t>(at + period)];
      sum += tap * value_of(format, in[static_cast<std::size_t>(j)]);
    }
    const double difference = sum - value_of(format, out[static_cast<std::size_t>(i)]);
    error += difference * difference;
    norm += sum * sum;
  }
  BOOST_CHECK_GT(norm, 0.0);
  return std::sqrt(error / norm);
}

std::vector<bool> every(int digit, int step) {
  std::vector<bool> values;
  for (int k = 0; k < digit; ++k) {
    values.push_back(k % step == 0);
  }
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_half_bands)

BOOST_AUTO_TEST_CASE(masked_kernels) {
  Noise noise(21);
  for (const HalfFormat format : formats) {
    for (const Index period : {256, 512, 1024, 4096, 8192, 16384, 32768, 65536}) {
      const Index length = period / 2;
      const auto taps = noise.taps(1, length);
      const auto in = noise.numbers(format, length);
      HalfDescription d = description(format, length, length);
      d.period = period;
      const std::vector<int> digits = half::geometry_of(d).digits();
      for (const HalfBand& band : {HalfBand{digits.back() / 2, {}}, HalfBand{2, {}}, HalfBand{digits.back() - 2, {}},
                                   HalfBand{0, every(digits.front(), 2)}, HalfBand{4, every(digits.front(), 2)}}) {
        d.band = band;
        Case c(d, taps);
        const auto kernel = masked(c.emulated, band, taps);
        for (const bool adjoint : {false, true}) {
          c.adjoint = adjoint;
          const double error = relative_error(kernel, format, in, c.apply(in), adjoint);
          BOOST_TEST_CONTEXT(name_of(format) << ", period " << period << ", last " << band.last << ", of the first "
                                             << (band.first.empty() ? "all" : "every second")) {
            BOOST_CHECK_LE(error, bound(format));
          }
        }
      }
    }
  }
}

// A band that keeps everything changes nothing, and one that keeps nothing gives zeros.
BOOST_AUTO_TEST_CASE(extreme_bands) {
  Noise noise(22);
  for (const Index period : {256, 512, 8192, 65536}) {
    HalfDescription d = description(HalfFormat::fp16, period / 2, 30);
    d.period = period;
    const auto taps = noise.taps(1, 30);
    const auto in = noise.numbers(HalfFormat::fp16, period / 2);
    const auto out = Case(d, taps).apply(in);
    const std::vector<int> digits = half::geometry_of(d).digits();
    d.band = {digits.back(), std::vector<bool>(static_cast<std::size_t>(digits.front()), true)};
    BOOST_CHECK(Case(d, taps).apply(in) == out);
    d.band.first.assign(static_cast<std::size_t>(digits.front()), false);
    BOOST_CHECK(std::ranges::all_of(Case(d, taps).apply(in), [](auto word) { return (word & 0x7FFFU) == 0; }));
  }
}

// What is left out is not computed: the report counts it.
BOOST_AUTO_TEST_CASE(work_of_bands) {
  for (const Index period : {1024, 8192, 131072}) {
    HalfDescription d = description(HalfFormat::fp16, period / 2, period / 2, 10);
    d.period = period;
    const auto work = [&](const HalfBand& band) {
      d.band = band;
      return half::report_of(d, half::geometry_of(d)).tensor_operations;
    };
    const std::vector<int> digits = half::geometry_of(d).digits();
    const double all = work({});
    BOOST_CHECK_LT(work({8, {}}), 0.9 * all);
    BOOST_CHECK_LT(work({0, every(digits.front(), 2)}), 0.75 * all);
    BOOST_CHECK_LT(work({8, every(digits.front(), 2)}), 0.6 * all);
  }
}

BOOST_AUTO_TEST_SUITE_END()

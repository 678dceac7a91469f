// The convolution engine's transforms against their definitions, which are summed in extended precision.

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <numbers>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/engine/lane_transform.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/qmc/aligned.hpp>
#include <kindred/kernels/qmc/block_kernels.hpp>

using namespace kindred;
using namespace kindred::fftconv;
using kindred::qmc::LineVector;

namespace {

using Long = std::complex<long double>;

template <class Real>
LineVector<Real> random_reals(Index count, std::uint64_t sample) {
  const Draws draws(11, "engine", sample);
  LineVector<Real> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<Real>(2.0 * draws.uniform(i) - 1.0);
  }
  return values;
}

template <class Real>
LineVector<std::complex<Real>> random_values(Index count, std::uint64_t sample, std::complex<Real> /*type*/) {
  const auto parts = random_reals<Real>(2 * count, sample);
  LineVector<std::complex<Real>> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = {parts[2 * i], parts[2 * i + 1]};
  }
  return values;
}

LineVector<float> random_values(Index count, std::uint64_t sample, float /*type*/) { return random_reals<float>(count, sample); }
LineVector<double> random_values(Index count, std::uint64_t sample, double /*type*/) { return random_reals<double>(count, sample); }

/// exp(−2πi turns)
Long turn(long double turns) {
  const long double angle = -2.0L * std::numbers::pi_v<long double> * turns;
  return {std::cos(angle), std::sin(angle)};
}

/// Σ_j exp(−2πi j (k + shift) / n) x_j
std::vector<Long> fourier(const std::vector<Long>& x, long double shift) {
  const std::size_t n = x.size();
  std::vector<Long> roots(n);
  for (std::size_t j = 0; j < n; ++j) {
    roots[j] = turn(static_cast<long double>(j) / static_cast<long double>(n));
  }
  std::vector<Long> turned(n);
  for (std::size_t j = 0; j < n; ++j) {
    turned[j] = x[j] * turn(static_cast<long double>(j) * shift / static_cast<long double>(n));
  }
  std::vector<Long> y(n);
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t j = 0; j < n; ++j) {
      y[k] += turned[j] * roots[j * k % n];
    }
  }
  return y;
}

template <class Value>
long double norm(const Value& values) {
  long double sum = 0.0L;
  for (const auto& value : values) {
    sum += static_cast<long double>(std::norm(value));
  }
  return std::sqrt(sum);
}

/// eps (one plus the number of levels): a transform's error in norm, relative to the result's, is smaller (each level adds about 0.6 eps,
/// the roots' rounding included; N. Higham, Accuracy and Stability of Numerical Algorithms, section 24.1, with random instead of worst
/// errors).
template <class Real>
double bound(Index n) {
  return static_cast<double>(std::numeric_limits<Real>::epsilon()) * (1.0 + std::log2(static_cast<double>(n)));
}

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

template <class Value>
struct Period;
template <class Real>
struct Period<std::complex<Real>> {
  static constexpr Index factor = 1;
};
template <>
struct Period<float> {
  static constexpr Index factor = 2;
};
template <>
struct Period<double> {
  static constexpr Index factor = 2;
};
template <class Value>
using RealOfValue = decltype(std::abs(Value{}));

/// Numbers of a period as SequenceTransform's z.
template <class Value>
std::vector<Long> reduced(const LineVector<Value>& values, Window window, Index length) {
  std::vector<Long> z(static_cast<std::size_t>(length));
  for (Index i = 0; i < window.length; ++i) {
    const Index place = window.offset + i;
    const Value value = values[static_cast<std::size_t>(i)];
    const Long number = {static_cast<long double>(std::real(value)), static_cast<long double>(std::imag(value))};
    z[static_cast<std::size_t>(place % length)] += place < length ? number : number * Long(0.0L, 1.0L);
  }
  return z;
}

std::vector<Window> windows(Index period) {
  return {{0, period},     {0, period / 2}, {0, 0}, {period / 2, period / 2}, {period / 3, period / 2}, {1, period - 1},
          {period - 1, 1}, {0, 1},          {5, 9}, {period / 2 - 3, 7}};
}

template <class Value>
void check_sequence(Index length, double shift, Index residues = 1) {
  using Real = RealOfValue<Value>;
  const Index period = Period<Value>::factor * length;
  const SequenceTransform<Real> transform(length, shift, residues);
  BOOST_TEST(transform.length() == length);
  LineVector<Real> rows(static_cast<std::size_t>(transform.row_numbers()));
  for (const Window window : windows(period)) {
    if (window.offset + window.length > period || window.offset < 0) {
      continue;
    }
    BOOST_TEST_CONTEXT("length " << length << " residues " << residues << " shift " << shift << " places " << window.offset << " + "
                                 << window.length) {
      const auto in = random_values(window.length + 1, static_cast<std::uint64_t>(length), Value{});
      transform.forward(in.data(), window, rows.data());
      const auto expected = fourier(reduced(in, window, length), shift);
      std::vector<Long> difference;
      for (Index p = 0; p < length / lanes<Real>; ++p) {
        for (Index lane = 0; lane < lanes<Real>; ++lane) {
          const Real* const row = rows.data() + p * row_size<Real> + lane;
          difference.push_back(Long(row[0], row[lanes<Real>]) - expected[static_cast<std::size_t>(transform.frequency(p, lane))]);
        }
      }
      BOOST_TEST(static_cast<double>(norm(difference)) <= bound<Real>(length) * static_cast<double>(norm(expected)));

      // Back, other places than the window's left alone, and once more to what is there.
      auto spectrum = rows;
      LineVector<Value> out(static_cast<std::size_t>(window.length + 2), Value(7));
      transform.backward(rows.data(), window, out.data() + 1);
      BOOST_TEST((out.front() == Value(7) && out.back() == Value(7)));
      transform.backward(spectrum.data(), window, out.data() + 1, true);
      std::vector<Value> error;
      for (Index i = 0; i < window.length; ++i) {
        error.push_back(out[static_cast<std::size_t>(i + 1)] - Real(2) * in[static_cast<std::size_t>(i)]);
      }
      BOOST_TEST(static_cast<double>(norm(error)) <= 4.0 * bound<Real>(length) * static_cast<double>(norm(in)));
    }
  }
}

const Index multiples[] = {1, 2, 3, 5, 7, 8, 12, 15, 16, 24, 31 - 3, 32, 40, 64};

/// Σ_j h_j x_{i−j}, what wraps around multiplied by exp(−2πi shift) (real numbers: −1 and the period of 2 M).
template <class Value>
std::vector<Long> wrapped_convolution(const LineVector<Value>& x, Window at, const LineVector<Value>& h, Index taps, Index period,
                                      Long wrap) {
  std::vector<Long> y(static_cast<std::size_t>(period));
  for (Index i = 0; i < at.length; ++i) {
    for (Index j = 0; j < taps; ++j) {
      const Index place = at.offset + i + j;
      const Value a = x[static_cast<std::size_t>(i)];
      const Value b = h[static_cast<std::size_t>(j)];
      const Long product = Long(std::real(a), std::imag(a)) * Long(std::real(b), std::imag(b));
      y[static_cast<std::size_t>(place % period)] += place < period ? product : product * wrap;
    }
  }
  return y;
}

template <class Value>
void check_convolution(Index length, double shift, Index residues = 1) {
  using Real = RealOfValue<Value>;
  const Index period = Period<Value>::factor * length;
  const SequenceTransform<Real> transform(length, shift, residues);
  const Long wrap = Period<Value>::factor == 2 ? Long(-1.0L) : turn(static_cast<long double>(shift));
  LineVector<Real> rows(static_cast<std::size_t>(transform.row_numbers()));
  LineVector<Real> spectrum(rows.size());
  const Index taps = period / 3 + 1;
  const auto h = random_values(taps, 5, Value{});
  transform.forward(h.data(), {0, taps}, spectrum.data());
  const auto x = random_values(period, 6, Value{});
  for (const Window in : {Window{0, period}, Window{0, (period + 1) / 2}, Window{period / 5, period / 2}}) {
    const auto expected = wrapped_convolution(x, in, h, taps, period, wrap);
    for (const Window out : {Window{0, period}, Window{0, (period + 1) / 2}, Window{period / 4, period / 2}}) {
      BOOST_TEST_CONTEXT("length " << length << " residues " << residues << " shift " << shift << " in " << in.offset << " + " << in.length
                                   << " out " << out.offset << " + " << out.length) {
        LineVector<Value> y(static_cast<std::size_t>(out.length));
        transform.convolve(x.data(), in, spectrum.data(), false, false, y.data(), out, rows.data());
        std::vector<Long> difference;
        for (Index i = 0; i < out.length; ++i) {
          const Value value = y[static_cast<std::size_t>(i)];
          difference.push_back(Long(std::real(value), std::imag(value)) - expected[static_cast<std::size_t>(out.offset + i)]);
        }
        BOOST_TEST(static_cast<double>(norm(difference)) <= 4.0 * bound<Real>(length) * static_cast<double>(norm(expected)));

        // ⟨A x, v⟩ = ⟨x, A* v⟩
        const auto v = random_values(out.length, 8, Value{});
        LineVector<Value> w(static_cast<std::size_t>(in.length));
        transform.convolve(v.data(), out, spectrum.data(), false, true, w.data(), in, rows.data());
        std::complex<double> left = 0.0;
        std::complex<double> right = 0.0;
        for (std::size_t i = 0; i < y.size(); ++i) {
          left += std::complex<double>(y[i]) * std::conj(std::complex<double>(v[i]));
        }
        for (std::size_t i = 0; i < w.size(); ++i) {
          right += std::complex<double>(x[i]) * std::conj(std::complex<double>(w[i]));
        }
        BOOST_TEST(std::abs(left - right) <= 4.0 * bound<Real>(length) * static_cast<double>(norm(y) * norm(v)));
      }
    }
  }
}

template <class Real>
void check_long_convolution(Index length, Index residues) {
  const SequenceTransform<Real> transform(length, -0.25, residues);
  LineVector<Real> rows(static_cast<std::size_t>(transform.residue_numbers()));
  LineVector<Real> spectrum(static_cast<std::size_t>(transform.row_numbers()));
  const auto x = random_values(length - 1, 21, Real{});
  const auto h = random_values(length, 22, Real{});
  LineVector<Real> y(static_cast<std::size_t>(length));
  transform.forward(h.data(), {0, length}, spectrum.data());
  transform.convolve(x.data(), {0, length - 1}, spectrum.data(), false, false, y.data(), {0, length}, rows.data());
  for (Index i = 0; i < length; i += 97 * 31) {
    long double sum = 0.0L;
    for (Index j = std::max<Index>(0, i - length + 2); j <= i; ++j) {
      sum += static_cast<long double>(h[static_cast<std::size_t>(j)]) * static_cast<long double>(x[static_cast<std::size_t>(i - j)]);
    }
    BOOST_TEST(std::abs(static_cast<double>(y[static_cast<std::size_t>(i)] - sum)) <=
               0.5 * bound<Real>(2 * length) * static_cast<double>(norm(x) * norm(h)));
  }
}

/// What every instruction set makes of the same numbers.
template <class Value>
std::vector<std::vector<Value>> results(Index length, double shift, Index residues) {
  using Real = RealOfValue<Value>;
  const Index period = Period<Value>::factor * length;
  const SequenceTransform<Real> transform(length, shift, residues);
  const auto x = random_values(period, 3, Value{});
  LineVector<Real> rows(static_cast<std::size_t>(transform.row_numbers()));
  LineVector<Real> spectrum(rows.size());
  std::vector<std::vector<Value>> all;
  transform.forward(x.data(), {0, period}, rows.data());
  transform.forward(x.data(), {period / 3, period / 4}, spectrum.data());
  std::vector<Value> y(static_cast<std::size_t>(period));
  transform.backward(rows.data(), {0, period}, y.data());
  all.push_back(y);
  transform.convolve(x.data(), {0, period / 2}, spectrum.data(), false, true, y.data(), {0, period}, rows.data());
  all.push_back(y);
  transform.convolve(x.data(), {0, period / 2 - 1}, spectrum.data(), true, false, y.data(), {1, period / 2}, rows.data());
  all.push_back(y);
  return all;
}

template <class Value>
void check_instruction_sets(Index length, double shift, Index residues = 1) {
  std::vector<std::vector<std::vector<Value>>> sets;
  const auto list = qmc::runnable_block_kernels();
  for (int k = 0; k < list.count; ++k) {
    use_engine_kernels(list.sets[k]->instruction_set);
    sets.push_back(results<Value>(length, shift, residues));
  }
  for (const auto& set : sets) {
    for (std::size_t k = 0; k < set.size(); ++k) {
      BOOST_TEST((std::memcmp(set[k].data(), sets[0][k].data(), set[k].size() * sizeof(Value)) == 0));
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

BOOST_AUTO_TEST_CASE(sequences_are_transformed_as_defined_and_back) {
  for (const Index m : multiples) {
    check_sequence<double>(lanes<double> * m, -0.25);
    check_sequence<float>(lanes<float> * m, -0.25);
    check_sequence<std::complex<double>>(lanes<double> * m, 0.0);
    check_sequence<std::complex<float>>(lanes<float> * m, 0.0);
  }
  for (const double shift : {1.0 / 3.0, (2.0 - 0.25) / 3.0, 0.5, -0.25}) {
    check_sequence<std::complex<double>>(lanes<double> * 12, shift);
    check_sequence<std::complex<float>>(lanes<float> * 12, shift);
  }
}

// Against the direct sum of some outputs: the roots of long transforms are products.
BOOST_AUTO_TEST_CASE(long_convolutions_are_accurate) {
  for (const Index residues : {1, 2, 4, 8}) {
    check_long_convolution<double>(1 << 15, residues);
    check_long_convolution<float>(1 << 16, residues);
    check_long_convolution<double>(15 << 12, residues);
  }
}

BOOST_AUTO_TEST_CASE(residues_make_the_same_transform) {
  for (const Index residues : {2, 3, 4, 5, 8}) {
    for (const Index m : {1, 5, 8, 12, 16}) {
      check_sequence<double>(lanes<double> * m * residues, -0.25, residues);
      check_sequence<float>(lanes<float> * m * residues, -0.25, residues);
      check_sequence<std::complex<double>>(lanes<double> * m * residues, 0.0, residues);
      check_sequence<std::complex<float>>(lanes<float> * m * residues, 0.25, residues);
    }
    check_convolution<double>(lanes<double> * 8 * residues, -0.25, residues);
    check_convolution<float>(lanes<float> * 12 * residues, -0.25, residues);
    check_convolution<std::complex<double>>(lanes<double> * 16 * residues, 0.0, residues);
    check_convolution<std::complex<double>>(lanes<double> * 4 * residues, 1.0 / 3.0, residues);
    check_convolution<std::complex<float>>(lanes<float> * 10 * residues, 0.0, residues);
    check_instruction_sets<double>(lanes<double> * 16 * residues, -0.25, residues);
    check_instruction_sets<float>(lanes<float> * 24 * residues, -0.25, residues);
    check_instruction_sets<std::complex<double>>(lanes<double> * 16 * residues, 0.0, residues);
    check_instruction_sets<std::complex<float>>(lanes<float> * 20 * residues, 0.25, residues);
  }
}

BOOST_AUTO_TEST_CASE(convolutions_wrap_as_their_shift_says) {
  for (const Index m : {1, 3, 8, 16, 20}) {
    check_convolution<double>(lanes<double> * m, -0.25);
    check_convolution<float>(lanes<float> * m, -0.25);
    check_convolution<std::complex<double>>(lanes<double> * m, 0.0);
    check_convolution<std::complex<double>>(lanes<double> * m, 1.0 / 3.0);
    check_convolution<std::complex<float>>(lanes<float> * m, 0.0);
  }
}

BOOST_AUTO_TEST_CASE(every_instruction_set_gives_the_same_bits) {
  for (const Index m : {1, 8, 12, 35, 64, 256, 840, 4096}) {
    check_instruction_sets<double>(lanes<double> * m, -0.25);
    check_instruction_sets<float>(lanes<float> * m, -0.25);
    check_instruction_sets<std::complex<double>>(lanes<double> * m, 0.0);
    check_instruction_sets<std::complex<float>>(lanes<float> * m, 0.25);
  }
}

BOOST_AUTO_TEST_SUITE_END()

// The transforms of one sequence across the lanes, and convolutions by them, against their definitions, which are summed in extended
// precision.

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/qmc/block_kernels.hpp>

#include "fftconv_engine_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::test;

namespace {

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

BOOST_AUTO_TEST_SUITE(test_fftconv_engine_sequence)

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

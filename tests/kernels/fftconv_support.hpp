#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <random>
#include <vector>

#include <kindred/kernels/fftconv/plan.hpp>

/// Convolutions by their definition, for tests.
namespace kindred::fftconv::test {

using Extents = std::vector<Index>;

template <class Value>
constexpr bool complex_value = !std::is_same_v<Value, Real<Value>>;

/// The type in which references are summed.
template <class Value>
using Exact = std::conditional_t<complex_value<Value>, std::complex<long double>, long double>;

template <class Value>
Exact<Value> exact(const Value& value) {
  return Exact<Value>(value);
}

inline long double conjugate(long double value) { return value; }
inline std::complex<long double> conjugate(const std::complex<long double>& value) { return std::conj(value); }

/// Unit roundoff.
template <class Value>
constexpr double eps = static_cast<double>(std::numeric_limits<Real<Value>>::epsilon()) / 2.0;

inline Index numbers(const Extents& extents) {
  Index count = 1;
  for (const Index extent : extents) {
    count *= extent;
  }
  return count;
}

/// Normal numbers.
template <class Value>
std::vector<Value> random_values(Index count, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<Value> values(static_cast<std::size_t>(count));
  for (Value& value : values) {
    if constexpr (complex_value<Value>) {
      const double re = normal(generator);
      value = static_cast<Value>(std::complex<double>(re, normal(generator)));
    } else {
      value = static_cast<Value>(normal(generator));
    }
  }
  return values;
}

template <class Values>
double norm(const Values& values) {
  long double sum = 0.0L;
  for (const auto& value : values) {
    sum += std::norm(exact(value));
  }
  return static_cast<double>(std::sqrt(sum));
}

/// Extents with ones in front, up to three.
inline Extents three(const Extents& extents) {
  Extents result(3 - extents.size(), 1);
  result.insert(result.end(), extents.begin(), extents.end());
  return result;
}

/// Σ_k h_k x_{n − k} for all n, by the definition.
template <class Value>
std::vector<Exact<Value>> full_convolution(const Value* x, const Extents& data, const Value* h, const Extents& kernel) {
  const Extents l = three(data);
  const Extents k = three(kernel);
  const Extents n = {l[0] + k[0] - 1, l[1] + k[1] - 1, l[2] + k[2] - 1};
  std::vector<Exact<Value>> y(static_cast<std::size_t>(numbers(n)));
  for (Index i = 0; i < numbers(l); ++i) {
    const Index i0 = i / (l[1] * l[2]);
    const Index i1 = i / l[2] % l[1];
    for (Index t = 0; t < numbers(k); ++t) {
      const Index n0 = i0 + t / (k[1] * k[2]);
      const Index n1 = i1 + t / k[2] % k[1];
      y[static_cast<std::size_t>((n0 * n[1] + n1) * n[2] + i % l[2] + t % k[2])] += exact(x[i]) * exact(h[t]);
    }
  }
  return y;
}

/// Places of the full convolution that make up output i along an axis: one, or those that are congruent modulo L.
inline std::vector<Index> places(Mode mode, Index data, Index kernel, Index i) {
  switch (mode) {
    case Mode::full:
    case Mode::causal:
      return {i};
    case Mode::same:
      return {i + (kernel - 1) / 2};
    case Mode::valid:
      return {i + std::min(data, kernel) - 1};
    case Mode::periodic:
      break;
  }
  std::vector<Index> congruent;
  for (Index n = i; n < data + kernel - 1; n += data) {
    congruent.push_back(n);
  }
  return congruent;
}

inline Extents expected_extents(Mode mode, const Extents& data, const Extents& kernel) {
  Extents extents = data;
  for (std::size_t d = 0; d < data.size(); ++d) {
    if (mode == Mode::full) {
      extents[d] = data[d] + kernel[d] - 1;
    } else if (mode == Mode::valid) {
      extents[d] = std::abs(data[d] - kernel[d]) + 1;
    }
  }
  return extents;
}

template <class Value>
std::vector<Exact<Value>> expected(Mode mode, const Value* x, const Extents& data, const Value* h, const Extents& kernel) {
  const std::vector<Exact<Value>> full = full_convolution(x, data, h, kernel);
  const Extents l = three(data);
  const Extents k = three(kernel);
  const Extents out = three(expected_extents(mode, data, kernel));
  std::vector<Exact<Value>> y;
  for (Index i = 0; i < numbers(out); ++i) {
    Exact<Value> sum = 0;
    for (const Index a : places(mode, l[0], k[0], i / (out[1] * out[2]))) {
      for (const Index b : places(mode, l[1], k[1], i / out[2] % out[1])) {
        for (const Index c : places(mode, l[2], k[2], i % out[2])) {
          sum += full[static_cast<std::size_t>((a * (l[1] + k[1] - 1) + b) * (l[2] + k[2] - 1) + c)];
        }
      }
    }
    y.push_back(sum);
  }
  return y;
}

/// eps log2(N) ‖x‖ ‖h‖, N the numbers of the full convolution; of a few numbers 32, as the roundings of data's and spectra's products,
/// which do not grow with N, would not fit.
template <class Value>
double bound(const std::vector<Value>& x, const Extents& data, const std::vector<Value>& h, const Extents& kernel) {
  const Index n = numbers(expected_extents(Mode::full, data, kernel));
  return eps<Value> * std::log2(static_cast<double>(std::max<Index>(n, 32))) * norm(x) * norm(h);
}

template <class Value>
double greatest_difference(const std::vector<Value>& y, const std::vector<Exact<Value>>& reference) {
  if (y.size() != reference.size()) {
    return std::numeric_limits<double>::infinity();
  }
  double greatest = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const auto difference = static_cast<double>(std::abs(exact(y[i]) - reference[i]));
    greatest = difference <= greatest ? greatest : difference;  // a NaN is kept
  }
  return greatest;
}

/// Σ conj(a_i) b_i
template <class Value>
Exact<Value> inner(const std::vector<Value>& a, const std::vector<Value>& b) {
  Exact<Value> sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += conjugate(exact(a[i])) * exact(b[i]);
  }
  return sum;
}

}  // namespace kindred::fftconv::test

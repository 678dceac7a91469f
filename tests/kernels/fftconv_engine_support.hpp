#pragma once

#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <numbers>
#include <vector>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/aligned.hpp>

/// Random numbers, Fourier transforms in extended precision and error bounds for tests of the convolution engine.
namespace kindred::test {

using qmc::LineVector;

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

inline LineVector<float> random_values(Index count, std::uint64_t sample, float /*type*/) { return random_reals<float>(count, sample); }
inline LineVector<double> random_values(Index count, std::uint64_t sample, double /*type*/) { return random_reals<double>(count, sample); }

/// exp(−2πi turns)
inline Long turn(long double turns) {
  const long double angle = -2.0L * std::numbers::pi_v<long double> * turns;
  return {std::cos(angle), std::sin(angle)};
}

/// Σ_j exp(−2πi j (k + shift) / n) x_j
inline std::vector<Long> fourier(const std::vector<Long>& x, long double shift) {
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

}  // namespace kindred::test

#include <kindred/kernels/directional/unit_rows.hpp>

#include <algorithm>
#include <cmath>

#include <kindred/kernels/multiversion.hpp>

namespace kindred::kernels {
namespace {

/// Independent partial sums: two vectors of AVX-512, four of AVX. Their number fixes the order of summation.
constexpr std::int64_t lanes = 16;

template <class Term>
[[gnu::always_inline]] inline double sum(std::int64_t n, Term term) {
  double partial[lanes] = {};
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (std::int64_t l = 0; l < lanes; ++l) {
      partial[l] += term(i + l);
    }
  }
  for (; i < n; ++i) {
    partial[i % lanes] += term(i);
  }
  for (std::int64_t half = lanes / 2; half > 0; half /= 2) {
    for (std::int64_t l = 0; l < half; ++l) {
      partial[l] += partial[l + half];
    }
  }
  return partial[0];
}

template <class T>
[[gnu::always_inline]] inline double squared_norm(std::int64_t n, const T* x, double scale) {
  return sum(n, [=](std::int64_t i) {
    const double value = scale * static_cast<double>(x[i]);
    return value * value;
  });
}

template <class T>
double largest(std::int64_t n, const T* x) {
  double largest = 0.0;
  for (std::int64_t i = 0; i < n; ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(x[i])));
  }
  return largest;
}

template <class T>
[[gnu::always_inline]] inline void scale_rows(const T* rows, std::int64_t count, std::int64_t dimension, double* unit,
                                              unsigned char* valid) {
  for (std::int64_t row = 0; row < count; ++row) {
    const T* x = rows + row * dimension;
    double* u = unit + row * dimension;
    double scale = 1.0;
    double square = squared_norm(dimension, x, scale);
    if (!(square > 0x1p-960 && square < 0x1p1000)) {  // zero, not finite, or squares that left the range of doubles
      const double most = largest(dimension, x);
      const bool finite = std::all_of(x, x + dimension, [](T value) { return std::isfinite(value); });
      if (!finite || most == 0.0) {
        std::fill(u, u + dimension, 0.0);
        valid[row] = 0;
        continue;
      }
      scale = std::ldexp(1.0, -std::clamp(std::ilogb(most), -1021, 1022));
      square = squared_norm(dimension, x, scale);
    }
    const double inverse = 1.0 / std::sqrt(square);
    for (std::int64_t i = 0; i < dimension; ++i) {
      u[i] = scale * static_cast<double>(x[i]) * inverse;
    }
    valid[row] = 1;
  }
}

[[gnu::always_inline]] inline void two_sum(double term, double& sum, double& compensation) {
  const double total = sum + term;
  const double kept = total - sum;
  compensation += (sum - (total - kept)) + (term - kept);
  sum = total;
}

}  // namespace

KINDRED_MULTIVERSION void unit_rows(const double* rows, std::int64_t count, std::int64_t dimension, double* unit, unsigned char* valid) {
  scale_rows(rows, count, dimension, unit, valid);
}

KINDRED_MULTIVERSION void unit_rows(const float* rows, std::int64_t count, std::int64_t dimension, double* unit, unsigned char* valid) {
  scale_rows(rows, count, dimension, unit, valid);
}

KINDRED_MULTIVERSION double squared_distance(std::int64_t dimension, const double* x, const double* y) {
  return sum(dimension, [=](std::int64_t i) {
    const double difference = x[i] - y[i];
    return difference * difference;
  });
}

KINDRED_MULTIVERSION void add_compensated(std::int64_t n, const double* __restrict terms, double* __restrict sums,
                                          double* __restrict compensations) {
  for (std::int64_t i = 0; i < n; ++i) {
    two_sum(terms[i], sums[i], compensations[i]);
  }
}

KINDRED_MULTIVERSION void add_shifted(std::int64_t n, const double* __restrict x, const double* __restrict shift, double* __restrict sums,
                                      double* __restrict compensations) {
  for (std::int64_t i = 0; i < n; ++i) {
    two_sum(x[i] - shift[i], sums[i], compensations[i]);
  }
}

}  // namespace kindred::kernels

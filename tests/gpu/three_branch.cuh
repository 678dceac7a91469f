#pragma once

#include <kindred/apps/bench/bessel/seven_branch.hpp>

#include "gpu_test.hpp"

/// The published GPU method, for comparison: A. Plesner, H. H. B. Sørensen, S. Hauberg, "Accurate Computation of the Logarithm of Modified
/// Bessel Functions on GPUs" (ICS 2024, arXiv 2409.08729). One thread an element and three branches: the large-argument series with 20
/// terms, the uniform expansion with 13, else the ascending series (I) or Rothwell's integral (K).
namespace three_branch {

constexpr int degree = 13;
__constant__ double debye[degree + 1][degree + 1];

/// Once before the first launch.
inline void set_up() {
  double table[degree + 1][degree + 1];
  for (std::size_t k = 0; k <= degree; ++k) {
    for (std::size_t j = 0; j <= degree; ++j) {
      table[k][j] = bench::seven_branch::detail::q[k][j];
    }
  }
  gpu_test::check(cudaMemcpyToSymbol(debye, table, sizeof table), "cudaMemcpyToSymbol");
}

constexpr double log_pi = 1.1447298858494001741;
constexpr double log_two = 0.69314718055994530942;

/// Log of the sum of 20 terms, DLMF 10.40.1-2; sign -1 for I, +1 for K.
__device__ inline double log_large_argument_sum(double v, double x, double sign) {
  const double m = 4.0 * v * v;
  const double step = sign / (8.0 * x);
  double term = 1.0;
  double sum = 1.0;
#pragma unroll
  for (int k = 1; k <= 20; ++k) {
    const double odd = 2.0 * k - 1.0;
    term *= (m - odd * odd) * step * (1.0 / k);
    sum += term;
  }
  return log(fabs(sum));
}

/// DLMF 10.41.3-4.
template <bool second_kind>
__device__ double uniform(double v, double x) {
  const double z = x / v;
  const double root = sqrt(1.0 + z * z);
  const double t = 1.0 / root;
  const double eta = v * (root + log(z / (1.0 + root)));
  const double p = t * t;
  const double s = (second_kind ? -t : t) / v;
  double sum = 0.0;
#pragma unroll
  for (int k = degree; k > 0; --k) {
    double value = debye[k][k];
#pragma unroll
    for (int j = k - 1; j >= 0; --j) {
      value = value * p + debye[k][j];
    }
    sum = (sum + value) * s;
  }
  const double quarter_log = 0.25 * log1p(z * z);
  const double log_sum = log(fabs(1.0 + sum));
  return second_kind ? 0.5 * (log_pi - log(2.0 * v)) - eta - quarter_log + log_sum
                     : eta - 0.5 * (log_two + log_pi + log(v)) - quarter_log + log_sum;
}

/// 43 terms on a logarithmic scale about the largest one: a loop to find it and one to sum.
__device__ inline double series(double v, double x) {
  constexpr int terms = 43;
  const double factor = 4.0 / (x * x);
  const double peak = fmin(floor(0.5 * (sqrt(v * v + x * x) - v)), terms - 1.0);
  const double first = -lgamma(v + 1.0);
  double largest = first;
  for (int k = 1; k <= peak; ++k) {
    largest -= log(k * (k * factor + v * factor));
  }
  double term = first;
  double sum = exp(term - largest);
  for (int k = 1; k < terms; ++k) {
    term -= log(k * (k * factor + v * factor));
    sum += exp(term - largest);
  }
  return v * (log(x) - log_two) + largest + log(sum);
}

/// Rothwell's integral, n = 8, Simpson's rule with 600 intervals on a logarithmic scale with a running maximum.
__device__ inline double integral(double v, double x) {
  constexpr int intervals = 600;
  constexpr double n = 8.0;
  const double beta = 2.0 * n / (2.0 * v + 1.0);
  const double log_beta = log(beta);
  double largest = -INFINITY;
  double sum = 0.0;
  for (int j = 1; j <= intervals; ++j) {
    const double u = j * (1.0 / intervals);
    const double log_u = log(u);
    const double power = exp(beta * log_u);
    const double g = log_beta - power + (v - 0.5) * log(2.0 * x + power) + (n - 1.0) * log_u;
    const double h = -1.0 / u - (2.0 * v + 1.0) * log_u + (v - 0.5) * log(2.0 * x * u + 1.0);
    const double larger = fmax(g, h);
    if (larger > largest) {
      sum *= exp(largest - larger);
      largest = larger;
    }
    const double weight = j == intervals ? 1.0 : j % 2 == 1 ? 4.0 : 2.0;
    sum += weight * (exp(g - largest) + exp(h - largest));
  }
  return 0.5 * log_pi - x - lgamma(v + 0.5) - v * log(2.0 * x) + largest + log(sum / (3.0 * intervals));
}

/// For v >= 0 and x > 0.
template <bool second_kind>
__device__ double value(double v, double x) {
  const double log_v = v > 0.0 ? log(v) : -1000.0;
  const double log_x = log(x);
  if ((x > 30.0 && v < 15.3919) || (x > 59.6925 && log_v < 0.5113 * log_x + 0.7939)) {
    return second_kind ? -x + 0.5 * (log_pi - log_two - log_x) + log_large_argument_sum(v, x, 1.0)
                       : x - 0.5 * (log_two + log_pi + log_x) + log_large_argument_sum(v, x, -1.0);
  }
  if ((x > 19.6931 && v > 0.7) || v > 12.6964) {
    return uniform<second_kind>(v, x);
  }
  return second_kind ? integral(v, x) : series(v, x);
}

template <bool second_kind>
__global__ void evaluate(const double* v, const double* x, double* out, std::int64_t size) {
  const std::int64_t threads = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; i < size; i += threads) {
    out[i] = value<second_kind>(v[i], x[i]);
  }
}

}  // namespace three_branch

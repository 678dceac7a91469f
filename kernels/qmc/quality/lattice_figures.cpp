#include <kindred/kernels/qmc/quality/lattice_figures.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/bits.hpp>
#include <kindred/kernels/qmc/spectral/fourier.hpp>

namespace kindred::qmc {
namespace {

constexpr int max_log2_points = 30;  // scalar products of dual vectors fit 64 bits

void check_m(const Lattice& lattice, int m) {
  const int high = std::min(max_log2_points, lattice.log2_points);
  if (m < 1 || m > high) {
    throw InputError("lattice: log2 of the number of points = " + std::to_string(m) + " is not in 1 … " + std::to_string(high));
  }
}

/// Of an odd number modulo 2^64, by Newton's iteration: each step doubles the digits that are right.
std::uint64_t inverse(std::uint64_t z) {
  std::uint64_t x = z;  // three digits
  for (int step = 0; step < 5; ++step) {
    x *= 2 - z * x;
  }
  return x;
}

using Vector = std::pair<std::int64_t, std::int64_t>;
std::int64_t dot(const Vector& u, const Vector& v) { return u.first * v.first + u.second * v.second; }

/// Squared length of the shortest vector of the lattice that u and v span (Gauss, Disquisitiones arithmeticae, 171).
std::int64_t shortest(Vector u, Vector v) {
  while (true) {
    const auto q = std::llround(static_cast<double>(dot(u, v)) / static_cast<double>(dot(v, v)));
    u = {u.first - q * v.first, u.second - q * v.second};
    if (dot(u, u) >= dot(v, v)) {
      return dot(v, v);
    }
    std::swap(u, v);
  }
}

}  // namespace

SpectralValues spectral_values(const Lattice& lattice, int m) {
  check_m(lattice, m);
  if (lattice.dimensions() < 2) {
    throw InputError("lattice: the spectral test of pairs needs two dimensions");
  }
  const auto n = std::int64_t{1} << static_cast<unsigned>(m);
  const double bound = std::sqrt(2.0 / std::numbers::sqrt3 * static_cast<double>(n));
  SpectralValues values{2.0, 0.0, {}};
  double count = 0.0;
  for (std::size_t j = 0; j + 1 < lattice.z.size(); ++j) {
    const std::uint64_t z_inverse = inverse(lattice.z[j]);
    for (std::size_t k = j + 1; k < lattice.z.size(); ++k) {
      // h_j z_j + h_k z_k = 0 mod n
      const auto a = static_cast<std::int64_t>((0 - lattice.z[k] * z_inverse) & static_cast<std::uint64_t>(n - 1));
      const double value = std::sqrt(static_cast<double>(shortest({n, 0}, {a, 1}))) / bound;
      values.mean += value;
      count += 1.0;
      if (value < values.worst) {
        values.worst = value;
        values.worst_projection = {static_cast<int>(j), static_cast<int>(k)};
      }
    }
  }
  values.mean /= count;
  return values;
}

double r_value(const Lattice& lattice, int m, int alpha, const std::vector<double>& weights) {
  check_m(lattice, m);
  if (alpha < 1 || weights.size() < lattice.z.size()) {
    throw InputError("lattice: R needs alpha ≥ 1, not " + std::to_string(alpha) + ", and " + std::to_string(lattice.z.size()) +
                     " weights, not " + std::to_string(weights.size()));
  }
  const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(m);
  std::vector<std::complex<double>> omega(n);
  for (std::uint64_t i = 1; i < n; ++i) {
    const std::uint64_t h = reverse_bits(i) >> static_cast<unsigned>(64 - m);
    omega[i] = std::pow(static_cast<double>(std::min(h, n - h)), -alpha);
  }
  bit_reversed_fourier(omega);
  const double scale = std::sqrt(static_cast<double>(n));
  double sum = 0.0;
  for (std::uint64_t i = 0; i < n; ++i) {
    double product = 0.0;  // less one
    for (std::size_t j = 0; j < lattice.z.size(); ++j) {
      product += weights[j] * scale * omega[(i * lattice.z[j]) & (n - 1)].real() * (1.0 + product);
    }
    sum += product;
  }
  return sum / static_cast<double>(n);
}

}  // namespace kindred::qmc

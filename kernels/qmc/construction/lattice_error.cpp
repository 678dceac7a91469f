#include <kindred/kernels/qmc/construction/lattice_error.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/construction/lattice_weights.hpp>
#include <kindred/kernels/qmc/cubature/sum.hpp>

namespace kindred::qmc {
namespace {

/// B_2α(x) as a polynomial of t = x (1 − x): even Bernoulli polynomials are symmetric about ½.
double bernoulli(int alpha, double t) {
  switch (alpha) {
    case 1:
      return 1.0 / 6.0 - t;
    case 2:
      return t * t - 1.0 / 30.0;
    case 3:
      return 1.0 / 42.0 - t * t * (0.5 + t);
    default:
      return t * t * (2.0 / 3.0 + t * (4.0 / 3.0 + t)) - 1.0 / 30.0;
  }
}

/// (−1)^(α+1) (2π)^2α / (2α)!
double korobov_factor(int alpha) {
  double factor = -1.0;
  for (int k = 1; k <= alpha; ++k) {
    factor *= -4.0 * std::numbers::pi * std::numbers::pi / static_cast<double>(2 * k * (2 * k - 1));
  }
  return factor;
}

}  // namespace

void check_space(const LatticeSpace& space) {
  const int high = space.kind == LatticeSpace::Kind::sobolev ? 1 : 4;
  if (space.alpha < 1 || space.alpha > high) {
    throw InputError("lattice: smoothness alpha = " + std::to_string(space.alpha) + " is not in 1 … " + std::to_string(high) +
                     (high == 1 ? ", in the Sobolev space of first derivatives" : ""));
  }
}

void check_weights(const LatticeWeights& weights, int dimensions) {
  if (weights.product.size() < static_cast<std::size_t>(dimensions)) {
    throw InputError("lattice: " + std::to_string(weights.product.size()) + " weights for " + std::to_string(dimensions) +
                     " dimensions; each needs its own");
  }
  const auto check = [](const std::vector<double>& values, const char* what) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (!(values[k] > 0.0 && std::isfinite(values[k]))) {
        throw InputError("lattice: " + std::string(what) + " weight " + std::to_string(k + 1) + " is not positive and finite");
      }
    }
  };
  check(weights.product, "product");
  check(weights.order_ratios, "order");
}

std::vector<double> kernel_values(const LatticeSpace& space, int m) {
  check_space(space);
  if (m < 1 || m > 62) {
    throw InputError("lattice: log2 of the number of points = " + std::to_string(m) + " is not in 1 … 62");
  }
  const double factor = space.kind == LatticeSpace::Kind::korobov ? korobov_factor(space.alpha) : 1.0;
  const std::uint64_t half = std::uint64_t{1} << static_cast<unsigned>(m - 1);
  std::vector<double> values(half + 1);
  for (std::uint64_t k = 0; k <= half; ++k) {
    const double x = std::ldexp(static_cast<double>(k), -m);
    values[k] = factor * bernoulli(space.alpha, x * (1.0 - x));
  }
  return values;
}

double squared_lattice_error(const Lattice& lattice, int m, const LatticeSpace& space, const LatticeWeights& weights) {
  if (m > lattice.log2_points) {
    throw InputError("lattice: its vector is for up to 2^" + std::to_string(lattice.log2_points) + " points, not 2^" + std::to_string(m));
  }
  check_weights(weights, lattice.dimensions());
  const std::vector<double> omega = kernel_values(space, m);
  const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(m);
  const std::size_t d = lattice.z.size();
  const std::size_t orders = std::min(d, weights.order_ratios.size());
  // Σ over the sets of each size among the coordinates so far; product weights need only their sum.
  std::vector<double> sums(std::max<std::size_t>(orders, 1) + 1);
  Sum error;
  for (std::uint64_t i = 0; i <= n / 2; ++i) {  // i and n − i give the same
    std::ranges::fill(sums, 0.0);
    sums[0] = 1.0;
    for (std::size_t j = 0; j < d; ++j) {
      const std::uint64_t k = (i * lattice.z[j]) & (n - 1);
      const double term = weights.product[j] * omega[std::min(k, n - k)];
      if (orders == 0) {
        sums[1] += term * (1.0 + sums[1]);
      }
      for (std::size_t l = std::min(orders, j + 1); l >= 1; --l) {
        sums[l] += weights.order_ratios[l - 1] * term * sums[l - 1];
      }
    }
    const double multiplicity = i == 0 || i == n / 2 ? 1.0 : 2.0;
    for (std::size_t l = 1; l < sums.size(); ++l) {
      error.add(multiplicity * sums[l]);
    }
  }
  return error.value() / static_cast<double>(n);
}

}  // namespace kindred::qmc

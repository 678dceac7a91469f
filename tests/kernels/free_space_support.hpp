#pragma once

#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include <kindred/kernels/fftconv/free_space/potential.hpp>

// Boxes of cells, functions at the cells' centres, and densities whose potentials are known in closed form.

namespace kindred::test {

using Point = std::array<double, 3>;

inline double distance(const Point& x) { return std::hypot(x[0], x[1], x[2]); }

/// Values at the centres of a box whose middle is the origin; z is zero in two dimensions.
template <class Value = double, class Function>
std::vector<Value> at_centres(const fftconv::FreeSpaceDescription& box, Function f) {
  const bool flat = box.cells.size() == 2;
  const auto centre = [&](std::size_t axis, Index i) {
    return (static_cast<double>(i) + 0.5 - 0.5 * static_cast<double>(box.cells[axis])) * box.spacings[axis];
  };
  std::vector<Value> values;
  for (Index i = 0; i < box.cells[0]; ++i) {
    for (Index j = 0; j < box.cells[1]; ++j) {
      for (Index k = 0; k < (flat ? 1 : box.cells[2]); ++k) {
        values.push_back(f(Point{centre(0, i), centre(1, j), flat ? 0.0 : centre(2, k)}));
      }
    }
  }
  return values;
}

/// A cube or square of side 1 with n cells along every axis.
inline fftconv::FreeSpaceDescription unit_box(int dimension, Index n) {
  fftconv::FreeSpaceDescription box;
  box.function.dimension = dimension;
  box.cells.assign(static_cast<std::size_t>(dimension), n);
  box.spacings.assign(static_cast<std::size_t>(dimension), 1.0 / static_cast<double>(n));
  return box;
}

/// A charge of one with the density of a normal distribution, and its potential, both of which depend on the distance alone.
struct GaussianCharge {
  int dimension = 3;
  double width = 0.0625;  ///< e^{−32} = 1e-14 of its largest value at a distance of 1/2

  [[nodiscard]] double density(double r) const {
    return std::exp(-0.5 * r * r / (width * width)) / std::pow(2.0 * std::numbers::pi * width * width, 0.5 * dimension);
  }
  /// erf(r/(√2 s))/(4πr); in two dimensions −(log r + E₁(r²/(2s²))/2)/(2π)
  [[nodiscard]] double potential(double r) const {
    const double t = r / (std::numbers::sqrt2 * width);
    return dimension == 3 ? std::erf(t) / (4.0 * std::numbers::pi * r)
                          : -(std::log(r) - 0.5 * std::expint(-t * t)) / (2.0 * std::numbers::pi);
  }
  [[nodiscard]] double slope(double r) const {
    const double t = r / (std::numbers::sqrt2 * width);
    return dimension == 3 ? (std::numbers::inv_sqrtpi * std::numbers::sqrt2 / width * std::exp(-t * t) - std::erf(t) / r) /
                                (4.0 * std::numbers::pi * r)
                          : std::expm1(-t * t) / (2.0 * std::numbers::pi * r);
  }
};

template <class Value>
double largest(const std::vector<Value>& values) {
  double most = 0.0;
  for (const Value& v : values) {
    most = std::max(most, std::abs(v));
  }
  return most;
}

/// max |a − b| / max |b|
template <class Value>
double relative_error(std::vector<Value> a, const std::vector<Value>& b) {
  for (std::size_t i = 0; i < b.size(); ++i) {
    a[i] -= b[i];
  }
  return largest(a) / largest(b);
}

template <class Value>
std::vector<Value> potential_of(const fftconv::FreeSpaceDescription& box, const std::vector<Value>& density) {
  std::vector<Value> potential(density.size());
  fftconv::FreeSpacePotential<Value>(box).apply(density, potential);
  return potential;
}

}  // namespace kindred::test

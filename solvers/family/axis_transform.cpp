#include <kindred/solvers/family/axis_transform.hpp>

#include <cmath>
#include <numbers>

#include <kindred/core/base/error.hpp>

namespace kindred {
namespace {

using std::numbers::pi;
using Complex = std::complex<double>;

Complex unit(double angle) { return {std::cos(angle), std::sin(angle)}; }

/// 2 − 2 cos(angle) without cancellation.
double second_difference(double angle) {
  const double half = std::sin(0.5 * angle);
  return 4.0 * half * half;
}

/// Fills both combinations from ω and the squared norms: direct = ω/2, mirror = conj(ω)/2. A zero norm marks an unused mode.
void set_combinations(AxisTransform& t, const std::vector<Complex>& omega, const std::vector<double>& squared_norm) {
  const auto modes = static_cast<std::size_t>(t.length);
  for (auto* c : {&t.forward, &t.backward}) {
    for (auto* part : {&c->direct_re, &c->direct_im, &c->mirror_re, &c->mirror_im}) {
      part->assign(modes, 0.0);
    }
  }
  for (std::size_t k = 0; k < modes; ++k) {
    if (squared_norm[k] == 0.0) {
      continue;
    }
    const Complex direct = 0.5 * omega[k];
    const double scale = 1.0 / squared_norm[k];
    t.forward.direct_re[k] = scale * direct.real();
    t.forward.direct_im[k] = scale * direct.imag();
    t.forward.mirror_re[k] = scale * direct.real();
    t.forward.mirror_im[k] = -scale * direct.imag();
    t.backward.direct_re[k] = direct.real();
    t.backward.direct_im[k] = direct.imag();
    const auto p = static_cast<std::size_t>(t.partner(static_cast<Index>(k)));
    t.backward.mirror_re[p] = direct.real();
    t.backward.mirror_im[p] = -direct.imag();
  }
}

/// Hartley's transform: cos + sin of 2π j k / n.
void set_periodic(AxisTransform& t) {
  const auto n = static_cast<std::size_t>(t.cells);
  for (Index j = 0; j < t.cells; ++j) {
    t.position.push_back(j);
    t.eigenvalues.push_back(second_difference(2.0 * pi * static_cast<double>(j) / static_cast<double>(n)));
  }
  t.weight.assign(n, 1.0);
  set_combinations(t, std::vector<Complex>(n, Complex(1.0, 1.0)), std::vector<double>(n, static_cast<double>(n)));
}

/// DST-I: sin(π j k / N), N = cells + 1, by a transform of length 2 N padded with zeros.
void set_nodes(AxisTransform& t) {
  const Index n = t.cells + 1;
  t.length = 2 * n;
  const auto modes = static_cast<std::size_t>(t.length);
  for (Index j = 1; j < n; ++j) {
    t.position.push_back(j);
  }
  t.weight.assign(static_cast<std::size_t>(t.cells), 1.0);
  t.eigenvalues.assign(modes, 1.0);
  std::vector<double> squared_norm(modes, 0.0);
  for (Index k = 1; k < n; ++k) {
    t.eigenvalues[static_cast<std::size_t>(k)] = second_difference(pi * static_cast<double>(k) / static_cast<double>(n));
    squared_norm[static_cast<std::size_t>(k)] = 0.5 * static_cast<double>(n);
  }
  set_combinations(t, std::vector<Complex>(modes, Complex(0.0, 1.0)), squared_norm);
}

/// Cosines cos(π k (j + 1/2) / n), k whole if both sides are alike, half-odd if not, over cells reordered as 0, 2, 4, …, 5, 3, 1. With a
/// Dirichlet low side: the sine of k equals (−1)^j times the cosine of n − k, so that signs alternate and modes run backwards.
void set_cells(AxisTransform& t, bool low_dirichlet, bool high_dirichlet) {
  const auto n = static_cast<double>(t.cells);
  const bool mixed = low_dirichlet != high_dirichlet;
  t.mirror_about_zero = !mixed;
  std::vector<Complex> omega;
  for (Index j = 0; j < t.cells; ++j) {
    const bool odd = j % 2 != 0;
    const Index m = odd ? t.cells - 1 - j / 2 : j / 2;
    const bool negative = odd && (low_dirichlet != mixed);
    const Complex twiddle = mixed ? unit(-pi * static_cast<double>(m) / n) : Complex(1.0);
    t.position.push_back(m);
    t.weight.push_back(negative ? -twiddle : twiddle);
    const double k = static_cast<double>(j) + (mixed ? 0.5 : 0.0);
    omega.push_back(unit(-0.5 * pi * k / n));
    t.eigenvalues.push_back(second_difference(pi * (low_dirichlet ? n - k : k) / n));
  }
  std::vector<double> squared_norm(static_cast<std::size_t>(t.cells), 0.5 * n);
  if (!mixed) {
    squared_norm.front() = n;
  }
  set_combinations(t, omega, squared_norm);
}

}  // namespace

std::array<double, 2> transformable_sides(const ConstantAxis& axis) {
  if (axis.side[0] == 1.0 && axis.side[1] == 1.0) {
    return axis.side;
  }
  return {axis.side[0] < 1.0 ? 0.0 : 2.0, axis.side[1] < 1.0 ? 0.0 : 2.0};
}

AxisTransform axis_transform(const ConstantAxis& axis) {
  if (axis.cells < 1) {
    throw InputError("an axis without cells has no transform: give every axis at least one cell");
  }
  AxisTransform t;
  t.cells = t.length = axis.cells;
  const auto side = transformable_sides(axis);
  if (axis.periodic) {
    set_periodic(t);
  } else if (side[0] == 1.0) {
    set_nodes(t);
  } else {
    set_cells(t, side[0] == 2.0, side[1] == 2.0);
  }
  return t;
}

}  // namespace kindred

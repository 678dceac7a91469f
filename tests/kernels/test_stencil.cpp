// The stencil kernel against the defining sum over a cell's neighbours, written with multi-indices.

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/stencil/stencil.hpp>

using kindred::Draws;
using kindred::kernels::stencil_apply;
using kindred::kernels::StencilCoefficients;
using kindred::kernels::StencilShape;

namespace {

struct Case {
  StencilShape shape;
  std::vector<double> center, x;
  std::array<std::vector<double>, 3> lower, upper;

  explicit Case(const StencilShape& s) : shape(s) {
    std::size_t size = 1;
    for (int axis = 0; axis < s.dimension; ++axis) {
      size *= static_cast<std::size_t>(s.cells[axis]);
    }
    const Draws draws(7, "stencil", 0);
    std::uint64_t draw = 0;
    const auto fill = [&](std::vector<double>& v) {
      for (std::size_t k = 0; k < size; ++k) {
        v.push_back(draws.normal(draw++));
      }
    };
    fill(center);
    fill(x);
    for (int axis = 0; axis < s.dimension; ++axis) {
      fill(lower[static_cast<std::size_t>(axis)]);
      fill(upper[static_cast<std::size_t>(axis)]);
    }
  }

  [[nodiscard]] StencilCoefficients coefficients() const {
    StencilCoefficients c;
    c.center = center.data();
    for (std::size_t axis = 0; axis < 3; ++axis) {
      c.lower[axis] = lower[axis].data();
      c.upper[axis] = upper[axis].data();
    }
    return c;
  }

  [[nodiscard]] std::vector<double> apply() const {
    std::vector<double> y(x.size(), std::nan(""));
    stencil_apply(shape, coefficients(), x.data(), y.data());
    return y;
  }

  /// The definition, one cell at a time, axes from the fastest to the slowest.
  [[nodiscard]] double reference(std::size_t cell) const {
    std::int64_t index[3] = {};
    auto rest = static_cast<std::int64_t>(cell);
    for (int axis = shape.dimension - 1; axis >= 0; --axis) {
      index[axis] = rest % shape.cells[axis];
      rest /= shape.cells[axis];
    }
    const auto neighbour = [&](int axis, std::int64_t step) {
      std::int64_t moved[3] = {index[0], index[1], index[2]};
      moved[axis] += step;
      if (moved[axis] < 0 || moved[axis] >= shape.cells[axis]) {
        if (!shape.periodic[axis]) {
          return 0.0;
        }
        moved[axis] = (moved[axis] + shape.cells[axis]) % shape.cells[axis];
      }
      std::int64_t number = 0;
      for (int k = 0; k < shape.dimension; ++k) {
        number = number * shape.cells[k] + moved[k];
      }
      return x[static_cast<std::size_t>(number)];
    };
    double sum = center[cell] * x[cell];
    for (int axis = shape.dimension - 1; axis >= 0; --axis) {
      sum += lower[static_cast<std::size_t>(axis)][cell] * neighbour(axis, -1);
      sum += upper[static_cast<std::size_t>(axis)][cell] * neighbour(axis, +1);
    }
    return sum;
  }
};

std::vector<StencilShape> all_shapes() {
  std::vector<StencilShape> shapes;
  const std::vector<std::vector<std::int64_t>> sizes = {{1},    {2},     {3},        {17},      {64},      {1, 5},   {5, 1},
                                                        {2, 2}, {9, 33}, {4, 3, 19}, {2, 2, 2}, {3, 1, 8}, {6, 5, 1}};
  for (const auto& n : sizes) {
    for (int periodic = 0; periodic < (1 << n.size()); ++periodic) {
      StencilShape shape;
      shape.dimension = static_cast<int>(n.size());
      for (std::size_t axis = 0; axis < n.size(); ++axis) {
        shape.cells[axis] = n[axis];
        shape.periodic[axis] = ((periodic >> axis) & 1) != 0;
      }
      shapes.push_back(shape);
    }
  }
  return shapes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_stencil)

// Not merely close: without contraction and with a fixed order of summation, the vectorised versions must give the bits of
// the scalar definition, which is what makes data sets equal on all processors.
BOOST_AUTO_TEST_CASE(equals_the_definition_bit_for_bit) {
  for (const StencilShape& shape : all_shapes()) {
    const Case c(shape);
    const auto y = c.apply();
    for (std::size_t cell = 0; cell < y.size(); ++cell) {
      const double expected = c.reference(cell);
      BOOST_TEST_CONTEXT("dimension " << shape.dimension << ", cells " << shape.cells[0] << " " << shape.cells[1] << " " << shape.cells[2]
                                      << ", cell " << cell) {
        BOOST_TEST(std::memcmp(&y[cell], &expected, sizeof expected) == 0);
      }
    }
  }
}

// <A x, z> = <x, A^T z>, where the transpose swaps each coefficient with its neighbour's: lower^T_{c+1} = upper_c.
// Both sides are sums of 5 n products of numbers of order one: they agree to n epsilon times a small factor.
BOOST_AUTO_TEST_CASE(transpose_swaps_lower_and_upper) {
  StencilShape shape;
  shape.dimension = 2;
  shape.cells[0] = 12;
  shape.cells[1] = 21;
  shape.periodic[1] = true;
  const Case a(shape);
  Case t(shape);
  const auto n0 = static_cast<std::size_t>(shape.cells[0]);
  const auto n1 = static_cast<std::size_t>(shape.cells[1]);
  for (std::size_t i = 0; i < n0; ++i) {
    for (std::size_t j = 0; j < n1; ++j) {
      const std::size_t c = i * n1 + j;
      if (i + 1 < n0) {
        t.lower[0][c + n1] = a.upper[0][c];
        t.upper[0][c] = a.lower[0][c + n1];
      }
      const std::size_t right = i * n1 + (j + 1) % n1;
      t.lower[1][right] = a.upper[1][c];
      t.upper[1][c] = a.lower[1][right];
    }
  }
  for (std::size_t k = 0; k < t.x.size(); ++k) {
    t.x[k] = std::cos(static_cast<double>(k));
  }
  const auto ax = a.apply();
  const auto tz = t.apply();
  double left = 0.0;
  double right = 0.0;
  for (std::size_t k = 0; k < ax.size(); ++k) {
    left += ax[k] * t.x[k];
    right += a.x[k] * tz[k];
  }
  BOOST_TEST(std::abs(left - right) < 1e-12 * static_cast<double>(ax.size()));
}

BOOST_AUTO_TEST_SUITE_END()

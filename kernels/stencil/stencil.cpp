#include <kindred/kernels/stencil/stencil.hpp>

#include <vector>

#include <kindred/kernels/multiversion.hpp>

namespace kindred::kernels {
namespace {

/// A neighbouring row of cells with its coefficients.
struct Neighbour {
  const double* coefficient;
  const double* x;
};

/// One row of cells along the fastest axis: the centre, its two neighbours within the row, then `Rows` cells of other rows,
/// all in one pass.
template <int Rows>
[[gnu::always_inline]] inline void apply_row(std::int64_t n, bool periodic, const double* center, const double* lower, const double* upper,
                                             const Neighbour (&rows)[4], const double* x, double* __restrict y) {
  const auto cell = [&](std::int64_t k, double below, double above) {
    double sum = center[k] * x[k] + lower[k] * below + upper[k] * above;
    for (int r = 0; r < Rows; ++r) {
      sum += rows[r].coefficient[k] * rows[r].x[k];
    }
    return sum;
  };
  const double before_first = periodic ? x[n - 1] : 0.0;
  const double after_last = periodic ? x[0] : 0.0;
  if (n == 1) {
    y[0] = cell(0, before_first, after_last);
    return;
  }
  y[0] = cell(0, before_first, x[1]);
  for (std::int64_t k = 1; k < n - 1; ++k) {
    y[k] = cell(k, x[k - 1], x[k + 1]);
  }
  y[n - 1] = cell(n - 1, x[n - 2], after_last);
}

KINDRED_MULTIVERSION void apply_1d(std::int64_t n, bool periodic, const double* center, const double* lower, const double* upper,
                                   const Neighbour (&rows)[4], const double* x, double* y) {
  apply_row<0>(n, periodic, center, lower, upper, rows, x, y);
}

KINDRED_MULTIVERSION void apply_2d(std::int64_t n, bool periodic, const double* center, const double* lower, const double* upper,
                                   const Neighbour (&rows)[4], const double* x, double* y) {
  apply_row<2>(n, periodic, center, lower, upper, rows, x, y);
}

KINDRED_MULTIVERSION void apply_3d(std::int64_t n, bool periodic, const double* center, const double* lower, const double* upper,
                                   const Neighbour (&rows)[4], const double* x, double* y) {
  apply_row<4>(n, periodic, center, lower, upper, rows, x, y);
}

/// Walks over the rows, finding each row's neighbours along the other axes.
template <int Dimension, class ApplyRow>
void apply_rows(const StencilShape& shape, const StencilCoefficients& coefficients, const double* x, double* y, ApplyRow apply) {
  constexpr int fast = Dimension - 1;
  const std::int64_t n = shape.cells[fast];
  std::int64_t rows = 1;
  for (int axis = 0; axis < fast; ++axis) {
    rows *= shape.cells[axis];
  }
  const std::vector<double> zeros(fast > 0 ? static_cast<std::size_t>(n) : 0);  // stands for rows beyond a side

  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t start = row * n;
    Neighbour neighbours[4] = {};
    std::int64_t stride = n;  // of the axis looked at, in cells
    std::int64_t rest = row;
    for (int k = 0; k < fast; ++k) {
      const int axis = fast - 1 - k;
      const std::int64_t count = shape.cells[axis];
      const std::int64_t position = rest % count;
      rest /= count;
      const double* const here = x + start;
      const double* const beyond_low = shape.periodic[axis] ? here + (count - 1) * stride : zeros.data();
      const double* const beyond_high = shape.periodic[axis] ? here - (count - 1) * stride : zeros.data();
      neighbours[2 * k] = {coefficients.lower[axis] + start, position > 0 ? here - stride : beyond_low};
      neighbours[2 * k + 1] = {coefficients.upper[axis] + start, position < count - 1 ? here + stride : beyond_high};
      stride *= count;
    }
    apply(n, shape.periodic[fast], coefficients.center + start, coefficients.lower[fast] + start, coefficients.upper[fast] + start,
          neighbours, x + start, y + start);
  }
}

}  // namespace

void stencil_apply(const StencilShape& shape, const StencilCoefficients& coefficients, const double* x, double* y) {
  switch (shape.dimension) {
    case 1:
      apply_rows<1>(shape, coefficients, x, y, apply_1d);
      break;
    case 2:
      apply_rows<2>(shape, coefficients, x, y, apply_2d);
      break;
    default:
      apply_rows<3>(shape, coefficients, x, y, apply_3d);
      break;
  }
}

}  // namespace kindred::kernels

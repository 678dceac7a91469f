#include <kindred/operators/problems/convection.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <kindred/operators/grid/axis_layout.hpp>

namespace kindred {
namespace {

/// Values on a lattice of up to three axes, in C order; an axis that is absent has one layer.
struct Lattice {
  std::array<Index, 3> shape{1, 1, 1};
  std::vector<double> values;

  [[nodiscard]] Index outer(std::size_t axis) const {
    Index product = 1;
    for (std::size_t k = 0; k < axis; ++k) {
      product *= shape[k];
    }
    return product;
  }
  [[nodiscard]] Index stride(std::size_t axis) const {
    Index product = 1;
    for (std::size_t k = axis + 1; k < 3; ++k) {
      product *= shape[k];
    }
    return product;
  }
  /// Another number of layers along one axis; zero.
  [[nodiscard]] Lattice resized(std::size_t axis, Index layers) const {
    Lattice other;
    other.shape = shape;
    other.shape[axis] = layers;
    other.values.assign(static_cast<std::size_t>(other.shape[0] * other.shape[1] * other.shape[2]), 0.0);
    return other;
  }
};

/// Mean of an end value and the one half a cell outside, extrapolated by a parabola (by a line through two cells). Its error is that
/// of an inner mean, h²/8 times the second derivative, so that differences along the axis stay second order up to the side.
double end_value(const double* first, Index step, Index cells) {
  return cells > 2 ? 0.5 * (4.0 * first[0] - 3.0 * first[step] + first[2 * step]) : 0.5 * (3.0 * first[0] - first[step]);
}

/// From n cells along an axis to its n + 1 faces.
Lattice to_faces(const Lattice& cells, std::size_t axis, bool periodic, bool closed) {
  const Index n = cells.shape[axis];
  const Index stride = cells.stride(axis);
  Lattice faces = cells.resized(axis, n + 1);
  for (Index block = 0; block < cells.outer(axis); ++block) {
    for (Index k = 0; k < stride; ++k) {
      const double* from = cells.values.data() + block * n * stride + k;
      double* to = faces.values.data() + block * (n + 1) * stride + k;
      for (Index i = 1; i < n; ++i) {
        to[i * stride] = 0.5 * (from[(i - 1) * stride] + from[i * stride]);
      }
      const double* last = from + (n - 1) * stride;
      if (periodic) {
        to[0] = to[n * stride] = 0.5 * (*last + from[0]);
      } else if (!closed) {
        to[0] = end_value(from, stride, n);
        to[n * stride] = end_value(last, -stride, n);
      }
    }
  }
  return faces;
}

/// target += factor × the difference of neighbouring layers along the axis.
void add_difference(std::vector<double>& target, const Lattice& faces, std::size_t axis, double factor) {
  const Index n = faces.shape[axis] - 1;
  const Index stride = faces.stride(axis);
  for (Index block = 0; block < faces.outer(axis); ++block) {
    for (Index j = 0; j < n * stride; ++j) {
      const double* lower = faces.values.data() + block * (n + 1) * stride + j;
      target[static_cast<std::size_t>(block * n * stride + j)] += factor * (lower[stride] - lower[0]);
    }
  }
}

/// Face number i along the axis of the layout, for the cell layer `block` and the position `k` within a layer.
std::size_t face(const AxisLayout& layout, Index block, Index i, Index k) {
  return static_cast<std::size_t>((block * (layout.cells + 1) + i) * layout.stride + k);
}

/// Calls visit(cell, low face, high face) for every cell.
template <class Visit>
void for_each_cell(const AxisLayout& layout, Visit visit) {
  for (Index block = 0; block < layout.outer; ++block) {
    for (Index i = 0; i < layout.cells; ++i) {
      for (Index k = 0; k < layout.stride; ++k) {
        visit(static_cast<std::size_t>((block * layout.cells + i) * layout.stride + k), face(layout, block, i, k),
              face(layout, block, i + 1, k));
      }
    }
  }
}

/// What is carried across a face of velocity v, as weights of the cell below and of the cell above it.
std::pair<double, double> weights(ConvectionScheme scheme, double v) {
  if (scheme == ConvectionScheme::central) {
    return {0.5 * v, 0.5 * v};
  }
  return {std::max(v, 0.0), std::min(v, 0.0)};
}

void add_interior(StencilOperator& a, const AxisLayout& layout, bool periodic, std::span<const double> v, ConvectionScheme scheme) {
  double* const upper = a.upper[layout.axis].data();
  double* const lower = a.lower[layout.axis].data();
  for (Index block = 0; block < layout.outer; ++block) {
    for (Index i = periodic ? 0 : 1; i < layout.cells; ++i) {
      for (Index k = 0; k < layout.stride; ++k) {
        const Index below = i == 0 ? layout.cells - 1 : i - 1;
        const auto p = static_cast<std::size_t>((block * layout.cells + below) * layout.stride + k);
        const auto q = static_cast<std::size_t>((block * layout.cells + i) * layout.stride + k);
        const auto [from_p, from_q] = weights(scheme, v[face(layout, block, i, k)] / layout.spacing);
        a.center[p] += from_p;
        upper[p] += from_q;
        a.center[q] -= from_q;
        lower[q] -= from_p;
      }
    }
  }
}

/// The value on a side's face, slope × (the cell's value) + offset, with the half cell's transmissibility t.
struct FaceValue {
  double slope = 1.0;
  double offset = 0.0;
};

FaceValue face_value(const SideCondition& side, double t, double g) {
  switch (side.kind) {
    case BoundaryKind::dirichlet:
      return {0.0, g};
    case BoundaryKind::neumann:
      return {1.0, g / t};
    case BoundaryKind::robin:
      return {t / (t + side.kappa), g / (t + side.kappa)};
    case BoundaryKind::periodic:
      break;
  }
  return {};
}

void add_side(DiscreteEquation& equation, const AxisLayout& layout, bool high, const SideCondition& side, std::span<const double> v,
              ConvectionScheme scheme, double diffusion, std::span<const double> value) {
  const double t = 2.0 * diffusion / layout.spacing;
  for (Index block = 0; block < layout.outer; ++block) {
    const Index layer = block * layout.cells + (high ? layout.cells - 1 : 0);
    for (Index k = 0; k < layout.stride; ++k) {
      const double outward = (high ? 1.0 : -1.0) * v[face(layout, block, high ? layout.cells : 0, k)] / layout.spacing;
      const bool from_cell = scheme == ConvectionScheme::upwind && outward > 0.0;
      const FaceValue carried = from_cell ? FaceValue{} : face_value(side, t, value[static_cast<std::size_t>(block * layout.stride + k)]);
      const auto p = static_cast<std::size_t>(layer * layout.stride + k);
      equation.matrix->center[p] += outward * carried.slope;
      equation.rhs[p] -= outward * carried.offset;
    }
  }
}

/// |v|² in each cell: along each axis the mean square of its two faces.
std::vector<double> squared_speeds(const Grid& grid, const FaceVelocity& velocity) {
  std::vector<double> squares(static_cast<std::size_t>(grid.size()));
  for (std::size_t axis = 0; axis < grid.axes.size(); ++axis) {
    const auto& v = velocity.normal[axis];
    for_each_cell(AxisLayout(grid, axis), [&](std::size_t cell, std::size_t low, std::size_t high) {
      squares[cell] += 0.5 * (v[low] * v[low] + v[high] * v[high]);
    });
  }
  return squares;
}

}  // namespace

FaceVelocity curl(const Grid& grid, std::span<const std::span<const double>> potentials, bool closed) {
  const auto dimension = static_cast<std::size_t>(grid.dimension());
  if (dimension < 2 || potentials.size() != (dimension == 2 ? 1U : 3U)) {
    throw InputError(fmt::format("a curl needs one potential in two dimensions or three in three; here are {} in {}", potentials.size(),
                                 grid.dimension()));
  }
  FaceVelocity velocity;
  Lattice cells;
  for (std::size_t axis = 0; axis < dimension; ++axis) {
    cells.shape[axis] = grid.axes[axis].cells;
    velocity.normal[axis].assign(static_cast<std::size_t>(grid.size() / grid.axes[axis].cells * (grid.axes[axis].cells + 1)), 0.0);
  }
  for (std::size_t k = 0; k < potentials.size(); ++k) {
    const std::size_t component = dimension == 2 ? 2 : k;
    const std::size_t a = (component + 1) % 3;
    const std::size_t b = (component + 2) % 3;
    cells.values.assign(potentials[k].begin(), potentials[k].end());
    const Lattice edges = to_faces(to_faces(cells, a, grid.axes[a].periodic, closed), b, grid.axes[b].periodic, closed);
    add_difference(velocity.normal[a], edges, b, 1.0 / grid.axes[b].spacing());
    add_difference(velocity.normal[b], edges, a, -1.0 / grid.axes[a].spacing());
  }
  return velocity;
}

std::vector<double> divergence(const Grid& grid, const FaceVelocity& velocity) {
  std::vector<double> sum(static_cast<std::size_t>(grid.size()), 0.0);
  for (std::size_t axis = 0; axis < grid.axes.size(); ++axis) {
    const AxisLayout layout(grid, axis);
    const auto& v = velocity.normal[axis];
    for_each_cell(layout, [&](std::size_t cell, std::size_t low, std::size_t high) { sum[cell] += (v[high] - v[low]) / layout.spacing; });
  }
  return sum;
}

double root_mean_square(const Grid& grid, const FaceVelocity& velocity) {
  const std::vector<double> squares = squared_speeds(grid, velocity);
  return std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0) / static_cast<double>(grid.size()));
}

double largest_speed(const Grid& grid, const FaceVelocity& velocity) {
  double largest = 0.0;
  for (const double square : squared_speeds(grid, velocity)) {
    largest = square <= largest ? largest : square;  // a NaN is kept
  }
  return std::sqrt(largest);
}

std::vector<double> at_centers(const Grid& grid, const FaceVelocity& velocity, int axis) {
  std::vector<double> mean(static_cast<std::size_t>(grid.size()));
  const auto& v = velocity.normal[static_cast<std::size_t>(axis)];
  for_each_cell(AxisLayout(grid, static_cast<std::size_t>(axis)),
                [&](std::size_t cell, std::size_t low, std::size_t high) { mean[cell] = 0.5 * (v[low] + v[high]); });
  return mean;
}

void add_convection(DiscreteEquation& equation, const Domain& domain, const FaceVelocity& velocity, ConvectionScheme scheme,
                    double diffusion, const std::array<std::span<const double>, 6>& side_values) {
  for (int axis = 0; axis < domain.grid.dimension(); ++axis) {
    const AxisLayout layout(domain.grid, static_cast<std::size_t>(axis));
    const auto& v = velocity.normal[layout.axis];
    const bool periodic = domain.boundary.side(axis, false).kind == BoundaryKind::periodic;
    add_interior(*equation.matrix, layout, periodic, v, scheme);
    if (periodic) {
      continue;
    }
    for (const bool high : {false, true}) {
      add_side(equation, layout, high, domain.boundary.side(axis, high), v, scheme, diffusion, side_values[Boundary::index(axis, high)]);
    }
  }
}

}  // namespace kindred

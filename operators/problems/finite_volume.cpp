#include <kindred/operators/problems/finite_volume.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include <kindred/operators/stencil_operator.hpp>

namespace kindred {
namespace {

std::string place(const Grid& grid, std::size_t cell) {
  const auto position = grid.center(static_cast<Index>(cell));
  std::string text = fmt::format("cell {} at (", cell);
  for (std::size_t k = 0; k < grid.axes.size(); ++k) {
    text +=
        fmt::format("{}{} = {:.6g}", k == 0 ? "" : ", ", grid.axes[k].name, position[static_cast<std::size_t>(grid.axes[k].name - 'x')]);
  }
  return text + ")";
}

/// Throws at the first value that `good` refuses.
template <class Good>
void require(std::string_view what, std::span<const double> values, const Grid& grid, Good good, std::string_view rule) {
  const auto bad = std::find_if_not(values.begin(), values.end(), good);
  if (bad == values.end()) {
    return;
  }
  throw SolveError(
      fmt::format("{} is {} in {}, but it must be {}", what, *bad, place(grid, static_cast<std::size_t>(bad - values.begin())), rule));
}

void check(const Domain& domain, const DiffusionData& data) {
  const auto finite = [](double v) { return std::isfinite(v); };
  require(
      "the coefficient a", data.coefficient, domain.grid, [&](double v) { return finite(v) && v > 0.0; },
      "positive and finite: use a positive random field such as \"lognormal\" or \"grf_threshold\"");
  require(
      "the reaction c", data.reaction, domain.grid, [&](double v) { return finite(v) && v >= 0.0; }, "finite and not negative");
  require("the forcing f", data.forcing, domain.grid, finite, "finite");
  for (int axis = 0; axis < domain.grid.dimension(); ++axis) {
    for (const bool high : {false, true}) {
      if (domain.boundary.side(axis, high).kind == BoundaryKind::periodic) {
        continue;
      }
      const auto values = data.side_values[Boundary::index(axis, high)];
      require("the value of boundary " + Boundary::side_name(axis, high), values, domain.grid.side(axis, high), finite, "finite");
    }
  }
}

/// One axis of the grid seen as `outer` blocks of `cells` slices of `stride` cells each.
struct AxisLayout {
  std::size_t axis = 0;
  Index outer = 1;
  Index cells = 1;
  Index stride = 1;
  double spacing = 1.0;

  AxisLayout(const Grid& grid, std::size_t which) : axis(which), cells(grid.axes[which].cells), spacing(grid.axes[which].spacing()) {
    for (std::size_t k = 0; k < which; ++k) {
      outer *= grid.axes[k].cells;
    }
    for (std::size_t k = which + 1; k < grid.axes.size(); ++k) {
      stride *= grid.axes[k].cells;
    }
  }
};

/// Couples the cells [first, first + stride) with [second, second + stride) across the faces between them.
void couple(StencilOperator& a, const AxisLayout& layout, std::span<const double> coefficient, Index first, Index second) {
  const double scale = 1.0 / (layout.spacing * layout.spacing);
  double* const upper = a.upper[layout.axis].data();
  double* const lower = a.lower[layout.axis].data();
  for (Index k = 0; k < layout.stride; ++k) {
    const auto p = static_cast<std::size_t>(first + k);
    const auto q = static_cast<std::size_t>(second + k);
    const double average = coefficient.empty() ? 1.0 : 2.0 * coefficient[p] * (coefficient[q] / (coefficient[p] + coefficient[q]));
    const double transmissibility = average * scale;
    upper[p] = -transmissibility;
    lower[q] = -transmissibility;
    a.center[p] += transmissibility;
    a.center[q] += transmissibility;
  }
}

void add_interior(StencilOperator& a, const AxisLayout& layout, bool periodic, std::span<const double> coefficient) {
  for (Index block = 0; block < layout.outer; ++block) {
    const Index start = block * layout.cells * layout.stride;
    for (Index i = 0; i + 1 < layout.cells; ++i) {
      couple(a, layout, coefficient, start + i * layout.stride, start + (i + 1) * layout.stride);
    }
    if (periodic) {
      couple(a, layout, coefficient, start + (layout.cells - 1) * layout.stride, start);
    }
  }
}

void add_side(StencilOperator& a, std::span<double> rhs, const AxisLayout& layout, bool high, const SideCondition& side,
              std::span<const double> coefficient, std::span<const double> value) {
  const double h = layout.spacing;
  for (Index block = 0; block < layout.outer; ++block) {
    const Index start = (block * layout.cells + (high ? layout.cells - 1 : 0)) * layout.stride;
    for (Index k = 0; k < layout.stride; ++k) {
      const auto p = static_cast<std::size_t>(start + k);
      const double g = value[static_cast<std::size_t>(block * layout.stride + k)];
      const double t = 2.0 * (coefficient.empty() ? 1.0 : coefficient[p]) / h;
      switch (side.kind) {
        case BoundaryKind::dirichlet:
          a.center[p] += t / h;
          rhs[p] += t / h * g;
          break;
        case BoundaryKind::neumann:
          rhs[p] += g / h;
          break;
        case BoundaryKind::robin:
          a.center[p] += t / (t + side.kappa) * side.kappa / h;
          rhs[p] += t / (t + side.kappa) * g / h;
          break;
        case BoundaryKind::periodic:
          break;
      }
    }
  }
}

bool leaves_constant_free(const Domain& domain, std::span<const double> reaction) {
  const auto free = [](const SideCondition& side) { return side.kind == BoundaryKind::neumann || side.kind == BoundaryKind::periodic; };
  return std::all_of(domain.boundary.sides.begin(), domain.boundary.sides.end(), free) &&
         std::all_of(reaction.begin(), reaction.end(), [](double c) { return c == 0.0; });
}

}  // namespace

LinearSystem discretize(const Domain& domain, const DiffusionData& data) {
  check(domain, data);
  auto a = std::make_shared<StencilOperator>(domain.grid);
  LinearSystem system;
  system.rhs.assign(data.forcing.begin(), data.forcing.end());
  std::copy(data.reaction.begin(), data.reaction.end(), a->center.begin());
  for (int axis = 0; axis < domain.grid.dimension(); ++axis) {
    const AxisLayout layout(domain.grid, static_cast<std::size_t>(axis));
    const bool periodic = domain.boundary.side(axis, false).kind == BoundaryKind::periodic;
    add_interior(*a, layout, periodic, data.coefficient);
    if (periodic) {
      continue;
    }
    for (const bool high : {false, true}) {
      add_side(*a, system.rhs, layout, high, domain.boundary.side(axis, high), data.coefficient,
               data.side_values[Boundary::index(axis, high)]);
    }
  }
  system.symmetric = true;
  system.positive_definite = true;
  system.constant_null_space = leaves_constant_free(domain, data.reaction);
  if (system.constant_null_space) {  // equal volumes: the plain mean is the volume-weighted one
    const double mean = std::accumulate(system.rhs.begin(), system.rhs.end(), 0.0) / static_cast<double>(system.rhs.size());
    for (double& b : system.rhs) {
      b -= mean;
    }
  }
  system.matrix = std::move(a);
  return system;
}

}  // namespace kindred

#include <kindred/operators/problems/finite_volume.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <kindred/operators/grid/axis_layout.hpp>
#include <kindred/operators/grid/require_values.hpp>

namespace kindred {
namespace {

void check(const Domain& domain, const DiffusionData& data) {
  const auto finite = [](double v) { return std::isfinite(v); };
  require_values(
      "the coefficient a", data.coefficient, domain.grid, [&](double v) { return finite(v) && v > 0.0; },
      "positive and finite: use a positive random field such as \"lognormal\" or \"grf_threshold\"");
  require_values(
      "the reaction c", data.reaction, domain.grid, [&](double v) { return finite(v) && v >= 0.0; }, "finite and not negative");
  require_values("the forcing f", data.forcing, domain.grid, finite, "finite");
  for (int axis = 0; axis < domain.grid.dimension(); ++axis) {
    for (const bool high : {false, true}) {
      if (domain.boundary.side(axis, high).kind == BoundaryKind::periodic) {
        continue;
      }
      const auto values = data.side_values[Boundary::index(axis, high)];
      require_values("the value of boundary " + Boundary::side_name(axis, high), values, domain.grid.side(axis, high), finite, "finite");
    }
  }
}

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

}  // namespace

bool prescribes_fluxes_only(const Boundary& boundary) {
  return std::all_of(boundary.sides.begin(), boundary.sides.end(),
                     [](const SideCondition& side) { return side.kind == BoundaryKind::neumann || side.kind == BoundaryKind::periodic; });
}

void remove_mean(std::span<double> values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (double& v : values) {
    v -= mean;
  }
}

DiscreteEquation assemble_balances(const Domain& domain, const DiffusionData& data) {
  check(domain, data);
  DiscreteEquation equation{std::make_shared<StencilOperator>(domain.grid), {data.forcing.begin(), data.forcing.end()}};
  std::copy(data.reaction.begin(), data.reaction.end(), equation.matrix->center.begin());
  for (int axis = 0; axis < domain.grid.dimension(); ++axis) {
    const AxisLayout layout(domain.grid, static_cast<std::size_t>(axis));
    const bool periodic = domain.boundary.side(axis, false).kind == BoundaryKind::periodic;
    add_interior(*equation.matrix, layout, periodic, data.coefficient);
    if (periodic) {
      continue;
    }
    for (const bool high : {false, true}) {
      add_side(*equation.matrix, equation.rhs, layout, high, domain.boundary.side(axis, high), data.coefficient,
               data.side_values[Boundary::index(axis, high)]);
    }
  }
  return equation;
}

LinearSystem discretize(const Domain& domain, const DiffusionData& data) {
  DiscreteEquation equation = assemble_balances(domain, data);
  LinearSystem system;
  system.matrix = std::move(equation.matrix);
  system.rhs = std::move(equation.rhs);
  system.symmetric = true;
  system.positive_definite = true;
  system.constant_null_space =
      prescribes_fluxes_only(domain.boundary) && std::all_of(data.reaction.begin(), data.reaction.end(), [](double c) { return c == 0.0; });
  if (system.constant_null_space) {
    remove_mean(system.rhs);  // equal volumes: the plain mean is the volume-weighted one
  }
  return system;
}

}  // namespace kindred

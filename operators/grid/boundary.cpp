#include <kindred/operators/grid/boundary.hpp>

#include <fmt/format.h>

namespace kindred {
namespace {

constexpr const char* axis_names = "xyz";
constexpr int maximum_dimension = 3;

struct GridParameters {
  std::vector<std::int64_t> n;
  std::vector<double> extent;
  std::vector<double> origin;

  static Schema<GridParameters> schema() {
    return {
        parameter("n", &GridParameters::n)
            .required()
            .length(1, maximum_dimension)
            .at_least(2)
            .doc("Cells along x, y, z; the length of this list is the dimension of the problem."),
        parameter("extent", &GridParameters::extent)
            .length(0, maximum_dimension)
            .above(0.0)
            .unit("m")
            .doc("Lengths of the axes; empty: 1 each."),
        parameter("origin", &GridParameters::origin)
            .length(0, maximum_dimension)
            .unit("m")
            .doc("Coordinates of the low corner; empty: 0 each."),
    };
  }

  void check(const Value& table, Diagnostics& diagnostics) const {
    const auto same_length = [&](const char* key, std::size_t length) {
      if (length == 0 || length == n.size()) {
        return;
      }
      const Value* list = table.find(key);
      diagnostics.error(list != nullptr ? list->location : table.location,
                        fmt::format("[grid] {} has {} numbers, but n has {}", key, length, n.size()), "give one number per axis");
    };
    same_length("extent", extent.size());
    same_length("origin", origin.size());
  }
};

struct BoundaryParameters {
  Value x_lo, x_hi, y_lo, y_hi, z_lo, z_hi;

  static Schema<BoundaryParameters> schema() {
    const auto side = [](const char* name, Value BoundaryParameters::*member, const char* where) {
      return parameter(name, member)
          .plugin("condition")
          .doc(fmt::format("Condition on the side of {}; absent: homogeneous Dirichlet.", where));
    };
    return {side("x_lo", &BoundaryParameters::x_lo, "smallest x"), side("x_hi", &BoundaryParameters::x_hi, "largest x"),
            side("y_lo", &BoundaryParameters::y_lo, "smallest y"), side("y_hi", &BoundaryParameters::y_hi, "largest y"),
            side("z_lo", &BoundaryParameters::z_lo, "smallest z"), side("z_hi", &BoundaryParameters::z_hi, "largest z")};
  }
};

/// Looks at no more than the type, so that it may be asked of tables that failed other checks.
bool is_periodic(const Value* side) {
  const Value* type = side != nullptr && side->is_table() ? side->find("type") : side;
  return type != nullptr && type->is_string() && type->as_string() == "periodic";
}

/// An axis is periodic on both sides or on neither.
void check_periodic_pairs(const Value& table, Diagnostics& diagnostics) {
  for (int axis = 0; axis < maximum_dimension; ++axis) {
    const Value* low = table.find(Boundary::side_name(axis, false));
    const Value* high = table.find(Boundary::side_name(axis, true));
    if (is_periodic(low) == is_periodic(high)) {
      continue;
    }
    const bool other = is_periodic(low);
    diagnostics.error(
        (other ? low : high)->location,
        fmt::format("[boundary] {} is periodic, but {} is not", Boundary::side_name(axis, !other), Boundary::side_name(axis, other)),
        fmt::format("make {} periodic too", Boundary::side_name(axis, other)));
  }
}

class FixedCondition final : public BoundaryCondition {
 public:
  explicit FixedCondition(SideCondition side) : side_(std::move(side)) {}
  [[nodiscard]] SideCondition side() const override { return side_; }

 private:
  SideCondition side_;
};

struct DirichletParameters {
  Value value = Value(0.0);
  static Schema<DirichletParameters> schema() {
    return {parameter("value", &DirichletParameters::value).plugin("field").doc("g: the solution's value on the side.")};
  }
};

struct NeumannParameters {
  Value value = Value(0.0);
  static Schema<NeumannParameters> schema() {
    return {parameter("value", &NeumannParameters::value).plugin("field").doc("g: the flux into the domain, a du/dn.")};
  }
};

struct RobinParameters {
  Value value = Value(0.0);
  double kappa = 1.0;
  static Schema<RobinParameters> schema() {
    return {parameter("value", &RobinParameters::value).plugin("field").doc("g: the right-hand side of the condition."),
            parameter("kappa", &RobinParameters::kappa).above(0.0).doc("kappa: the transfer coefficient.")};
  }
};

struct PeriodicParameters {
  static Schema<PeriodicParameters> schema() { return {}; }
};

template <class P>
std::unique_ptr<BoundaryCondition> make_condition(BoundaryKind kind, const P& p) {
  SideCondition side;
  side.kind = kind;
  if constexpr (requires { p.value; }) {
    side.value = p.value;
  }
  if constexpr (requires { p.kappa; }) {
    side.kappa = p.kappa;
  }
  return std::make_unique<FixedCondition>(std::move(side));
}

const Registration dirichlet = plugin<BoundaryCondition, DirichletParameters>("dirichlet")
                                   .summary("Prescribed value: u = g")
                                   .doc(R"($$u = g$$ on the side. The value sits on the face, half a cell from the nearest cell centre.)")
                                   .example("[boundary]\nx_lo = { type = \"dirichlet\", value = 1.0 }\n")
                                   .factory([](const DirichletParameters& p) { return make_condition(BoundaryKind::dirichlet, p); });

const Registration neumann =
    plugin<BoundaryCondition, NeumannParameters>("neumann")
        .summary("Prescribed flux: a du/dn = g")
        .doc(R"($$a\,\partial u/\partial n = g$$ with the outward normal $n$ and the problem's diffusion coefficient $a$ (1 for `poisson`).
With this condition or `periodic` on every side and no reaction, the solution is unique up to a constant: the mean of the
right-hand side is removed and the solution of mean zero is computed.)")
        .example("[boundary]\nx_lo = { type = \"neumann\", value = 0.0 }\n")
        .factory([](const NeumannParameters& p) { return make_condition(BoundaryKind::neumann, p); });

const Registration robin =
    plugin<BoundaryCondition, RobinParameters>("robin")
        .summary("Transfer to the outside: a du/dn + kappa u = g")
        .doc(R"($$a\,\partial u/\partial n + \kappa u = g,\qquad \kappa > 0,$$ with the outward normal $n$. For an outside at $u_\infty$ set
$g = \kappa u_\infty$.)")
        .example("[boundary]\nx_lo = { type = \"robin\", kappa = 10.0, value = 0.0 }\n")
        .factory([](const RobinParameters& p) { return make_condition(BoundaryKind::robin, p); });

const Registration periodic =
    plugin<BoundaryCondition, PeriodicParameters>("periodic")
        .summary("Periodic: this side and the opposite one are neighbours")
        .doc("The first and the last cell of the axis are neighbours. Both sides of an axis are periodic, or neither.")
        .example("[boundary]\nx_lo = { type = \"periodic\" }\nx_hi = { type = \"periodic\" }\n")
        .factory([](const PeriodicParameters& p) { return make_condition(BoundaryKind::periodic, p); });

const Registration grid_section = section<GridParameters>("grid")
                                      .summary("The uniform grid of cells, in 1 to 3 dimensions")
                                      .doc("Unknowns live at cell centres. The first axis (x) varies slowest in memory and on disk.")
                                      .example("[grid]\nn = [128, 128]\nextent = [1.0, 1.0]\n");

const Registration boundary_section =
    section<BoundaryParameters>("boundary")
        .summary("Boundary conditions, one per side; sides left out are homogeneous Dirichlet")
        .doc(
            "Each side names a plugin of kind `condition`. A random field as `value` becomes an input field of the data set, "
            "`boundary_x_lo` and so on.")
        .example("[boundary]\nx_lo = { type = \"dirichlet\", value = 1.0 }\nx_hi = { type = \"neumann\" }\n")
        .check(check_periodic_pairs);

Grid make_grid(const Value& table) {
  const auto p = make_parameters<GridParameters>(table);
  Diagnostics diagnostics;
  if (p.n.empty() || p.n.size() > maximum_dimension) {
    diagnostics.error(table.location, fmt::format("[grid] n has {} numbers", p.n.size()),
                      "give one number of cells per axis: 1 to 3 of them");
  }
  p.check(table, diagnostics);
  diagnostics.raise_if_errors();
  Grid grid;
  for (std::size_t k = 0; k < p.n.size(); ++k) {
    Axis axis;
    axis.name = axis_names[k];
    axis.cells = p.n[k];
    if (!p.extent.empty()) {
      axis.extent = p.extent[k];
    }
    if (!p.origin.empty()) {
      axis.origin = p.origin[k];
    }
    grid.axes.push_back(axis);
  }
  return grid;
}

}  // namespace

const char* to_string(BoundaryKind kind) {
  switch (kind) {
    case BoundaryKind::dirichlet:
      return "dirichlet";
    case BoundaryKind::neumann:
      return "neumann";
    case BoundaryKind::robin:
      return "robin";
    case BoundaryKind::periodic:
      return "periodic";
  }
  return "unknown";
}

std::string Boundary::side_name(int axis, bool high) { return std::string(1, axis_names[axis]) + (high ? "_hi" : "_lo"); }

Domain make_domain(const Value& grid_section_table, const Value& boundary_section_table) {
  Domain domain;
  domain.grid = make_grid(grid_section_table);
  Diagnostics diagnostics;
  check_periodic_pairs(boundary_section_table, diagnostics);
  for (int axis = 0; axis < maximum_dimension; ++axis) {
    for (const bool high : {false, true}) {
      const std::string name = Boundary::side_name(axis, high);
      const Value* given = boundary_section_table.find(name);
      const bool present = given != nullptr && !given->empty();
      if (axis < domain.grid.dimension()) {
        domain.boundary.sides.push_back(present ? create<BoundaryCondition>(*given)->side() : SideCondition{});
      } else if (present) {
        diagnostics.error(given->location,
                          fmt::format("[boundary] {} is a side that a {}-dimensional grid does not have", name, domain.grid.dimension()),
                          "remove it, or add a number to [grid] n");
      }
    }
  }
  diagnostics.raise_if_errors();
  for (int axis = 0; axis < domain.grid.dimension(); ++axis) {
    domain.grid.axes[static_cast<std::size_t>(axis)].periodic = domain.boundary.side(axis, false).kind == BoundaryKind::periodic;
  }
  return domain;
}

}  // namespace kindred

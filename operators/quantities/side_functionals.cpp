// Functionals over one side of the domain.

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/operators/fields/random_field.hpp>
#include <kindred/operators/grid/axis_layout.hpp>
#include <kindred/operators/problems/diffusion_problem.hpp>
#include <kindred/operators/quantities/functional.hpp>

namespace kindred {
namespace {

struct Side {
  int axis = 0;
  bool high = false;
};

Side side_argument(const FunctionalArguments::Argument& argument, const Grid& grid) {
  std::vector<std::string> names;
  for (int axis = 0; axis < grid.dimension(); ++axis) {
    for (const bool high : {false, true}) {
      names.push_back(Boundary::side_name(axis, high));
      if (names.back() == argument.text) {
        return {axis, high};
      }
    }
  }
  throw ExpressionError(
      {argument.offset, fmt::format("\"{}\" is no side of this grid", argument.text), suggest_name(argument.text, names)});
}

/// Calls action(cell at the side, the cell behind it, face) for every face.
template <class Action>
void for_faces(const Grid& grid, Side side, Action action) {
  const AxisLayout layout(grid, static_cast<std::size_t>(side.axis));
  const Index inward = layout.cells == 1 ? 0 : side.high ? -layout.stride : layout.stride;
  for (Index block = 0; block < layout.outer; ++block) {
    const Index start = (block * layout.cells + (side.high ? layout.cells - 1 : 0)) * layout.stride;
    for (Index k = 0; k < layout.stride; ++k) {
      action(static_cast<std::size_t>(start + k), static_cast<std::size_t>(start + k + inward),
             static_cast<std::size_t>(block * layout.stride + k));
    }
  }
}

/// The mean or the integral over a side of a function on the cells, continued linearly to the faces.
class SideSum final : public Functional {
 public:
  SideSum(const FunctionalArguments& arguments, const SampleSymbols& symbols, bool mean)
      : expression_(field(arguments), symbols), side_(side_argument(arguments.list[1], symbols.domain.grid)) {
    if (expression_.grid().dimension() != symbols.domain.grid.dimension()) {
      throw ExpressionError({arguments.list[0].offset, fmt::format("\"{}\" lives on a side already", arguments.list[0].text),
                             fmt::format("write {}({})", mean ? "mean" : "integral", arguments.list[0].text)});
    }
    const Grid faces = expression_.grid().side(side_.axis, side_.high);
    factor_ = mean ? 1.0 / static_cast<double>(faces.size()) : faces.cell_volume();
  }

  double operator()(std::span<const Field> fields) override {
    const auto values = expression_.evaluate(fields);
    double sum = 0.0;
    for_faces(expression_.grid(), side_,
              [&](std::size_t cell, std::size_t behind, std::size_t /*face*/) { sum += 1.5 * values[cell] - 0.5 * values[behind]; });
    return factor_ * sum;
  }

 private:
  static const FunctionalArguments::Argument& field(const FunctionalArguments& arguments) {
    arguments.require_count(2, 2, fmt::format("{}(u, x_hi)", arguments.name));
    return arguments.list.front();
  }

  CellExpression expression_;
  Side side_;
  double factor_ = 1.0;
};

/// The flux through a side as the finite volumes balance it; see discretize().
class Flux final : public Functional {
 public:
  Flux(const FunctionalArguments& arguments, const SampleSymbols& symbols) : grid_(symbols.domain.grid) {
    arguments.require_count(1, 1, "flux(x_hi)");
    if (dynamic_cast<const DiffusionProblem*>(symbols.problem.get()) == nullptr) {
      throw ExpressionError({arguments.offset, "flux is known for the problems darcy, poisson, diffusion_reaction and thermal",
                             "for others, write a formula of mean, value and side_integral"});
    }
    side_ = side_argument(arguments.list[0], grid_);
    condition_ = symbols.domain.boundary.side(side_.axis, side_.high);
    if (condition_.kind == BoundaryKind::periodic) {
      throw ExpressionError({arguments.list[0].offset, fmt::format("the side {} is periodic", arguments.list[0].text), ""});
    }
    solution_ = find(symbols, "u");
    coefficient_ = find(symbols, "coefficient");
    given_ = find(symbols, "boundary_" + arguments.list[0].text);
    if (given_ == absent) {
      const Grid faces = grid_.side(side_.axis, side_.high);
      fixed_.resize(static_cast<std::size_t>(faces.size()));
      create<RandomField>(condition_.value)->draw(faces, Sample{}, "boundary." + arguments.list[0].text, fixed_);
    }
  }

  double operator()(std::span<const Field> fields) override {
    const double h = grid_.axes[static_cast<std::size_t>(side_.axis)].spacing();
    const std::span<const double> g = given_ == absent ? std::span<const double>(fixed_) : fields[given_].values;
    const auto& u = fields[solution_].values;
    double sum = 0.0;
    for_faces(grid_, side_, [&](std::size_t cell, std::size_t /*behind*/, std::size_t face) {
      const double t = 2.0 * (coefficient_ == absent ? 1.0 : fields[coefficient_].values[cell]) / h;
      switch (condition_.kind) {
        case BoundaryKind::dirichlet:
          sum += t * (g[face] - u[cell]);
          break;
        case BoundaryKind::robin:
          sum += t / (t + condition_.kappa) * (g[face] - condition_.kappa * u[cell]);
          break;
        default:
          sum += g[face];
          break;
      }
    });
    return sum * grid_.side(side_.axis, side_.high).cell_volume();
  }

 private:
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  static std::size_t find(const SampleSymbols& symbols, const std::string& name) {
    const auto at = std::find_if(symbols.fields.begin(), symbols.fields.end(), [&](const FieldInfo& f) { return f.name == name; });
    return at == symbols.fields.end() ? absent : static_cast<std::size_t>(at - symbols.fields.begin());
  }

  Grid grid_;
  Side side_;
  SideCondition condition_;
  std::size_t solution_ = absent;
  std::size_t coefficient_ = absent;
  std::size_t given_ = absent;  ///< the field of random side values
  std::vector<double> fixed_;   ///< side values that are the same in all samples
};

auto side_sum(bool mean) {
  return [mean](const NoParameters& /*none*/, const FunctionalArguments& arguments, const SampleSymbols& symbols) {
    return std::make_unique<SideSum>(arguments, symbols, mean);
  };
}

const Registration side_mean_entry =
    plugin<Functional, NoParameters>("side_mean")
        .summary("Mean over one side")
        .doc(
            "`side_mean(f, x_hi)`: the mean over the faces of a side, $f$ continued linearly from the two cells behind each; second "
            "order. Sides: x_lo, x_hi, y_lo, …")
        .example("[integrate.quantities]\npressure = \"side_mean(u, x_lo)\"\n")
        .factory(side_sum(true));
const Registration side_integral_entry = plugin<Functional, NoParameters>("side_integral")
                                             .summary("Integral over one side")
                                             .doc("`side_integral(f, x_hi)`: as `side_mean`, times the side's area.")
                                             .example("[integrate.quantities]\nforce = \"side_integral(u, x_lo)\"\n")
                                             .factory(side_sum(false));
const Registration flux_entry =
    plugin<Functional, NoParameters>("flux")
        .summary("Flux through one side")
        .doc(
            R"(`flux(x_hi)`: $\int a\,\partial u/\partial n\,dS$ over a side, $n$ the outward normal, $a$ the field `coefficient` (1 where there is
none): the finite volumes' own flux, so that the fluxes through all sides and $\int (f - c u)\,dx$ balance to the last digits. What flows out
by $-a\nabla u$ is its negative. For the problems `darcy`, `poisson`, `diffusion_reaction` and `thermal`.)")
        .source("R. Eymard, T. Gallouët, R. Herbin, Finite volume methods, Handbook of Numerical Analysis VII, 2000, chapter 3")
        .example("[integrate.quantities]\noutflow = \"-flux(x_hi)\"\n")
        .factory([](const NoParameters& /*none*/, const FunctionalArguments& arguments, const SampleSymbols& symbols) {
          return std::make_unique<Flux>(arguments, symbols);
        });

}  // namespace
}  // namespace kindred

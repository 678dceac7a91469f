// Functionals of a function on the cells: over all of them, or at a point.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include <kindred/operators/quantities/functional.hpp>

namespace kindred {
namespace {

/// One that reduces all cells' values to a number.
class Reduction final : public Functional {
 public:
  using Reduce = double (*)(std::span<const double> values, const Grid& grid);
  Reduction(const FunctionalArguments& arguments, const SampleSymbols& symbols, Reduce reduce)
      : expression_(one(arguments), symbols), reduce_(reduce) {}
  double operator()(std::span<const Field> fields) override { return reduce_(expression_.evaluate(fields), expression_.grid()); }

 private:
  static const FunctionalArguments::Argument& one(const FunctionalArguments& arguments) {
    arguments.require_count(1, 1, fmt::format("{}(u), or a formula of the fields and x, y, z in place of u", arguments.name));
    return arguments.list.front();
  }

  CellExpression expression_;
  Reduce reduce_;
};

double sum(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

double mean(std::span<const double> values, const Grid& /*grid*/) { return sum(values) / static_cast<double>(values.size()); }

double integral(std::span<const double> values, const Grid& grid) { return sum(values) * grid.cell_volume(); }

double largest(std::span<const double> values, const Grid& /*grid*/) { return *std::max_element(values.begin(), values.end()); }

double smallest(std::span<const double> values, const Grid& /*grid*/) { return *std::min_element(values.begin(), values.end()); }

double norm(std::span<const double> values, const Grid& grid) {
  double squares = 0.0;
  for (const double v : values) {
    squares += v * v;
  }
  return std::sqrt(squares * grid.cell_volume());
}

/// Multilinear interpolation between the centres of the cells, extrapolation in the half cells at the sides: second order.
class PointValue final : public Functional {
 public:
  PointValue(const FunctionalArguments& arguments, const SampleSymbols& symbols) : expression_(first(arguments, symbols), symbols) {
    weights_ = {{0, 1.0}};
    const Grid& grid = expression_.grid();
    for (std::size_t k = 0; k < grid.axes.size(); ++k) {
      add_axis(grid.axes[k], arguments, k + 1);
    }
  }

  double operator()(std::span<const Field> fields) override {
    const auto values = expression_.evaluate(fields);
    double result = 0.0;
    for (const auto& [cell, weight] : weights_) {
      result += weight * values[static_cast<std::size_t>(cell)];
    }
    return result;
  }

 private:
  struct Weight {
    Index cell;
    double weight;
  };

  static const FunctionalArguments::Argument& first(const FunctionalArguments& arguments, const SampleSymbols& symbols) {
    const std::size_t dimension = symbols.domain.grid.axes.size();
    arguments.require_count(dimension + 1, dimension + 1,
                            dimension == 1   ? "value(u, 0.5)"
                            : dimension == 2 ? "value(u, 0.5, 0.5)"
                                             : "value(u, 0.5, 0.5, 0.5)");
    return arguments.list.front();
  }

  /// Joins the two cells beside the point along one more axis, the slowest first.
  void add_axis(const Axis& axis, const FunctionalArguments& arguments, std::size_t argument) {
    const double at = arguments.number(argument);
    if (!(at >= axis.origin && at <= axis.origin + axis.extent)) {
      throw ExpressionError({arguments.list[argument].offset, fmt::format("{} = {} lies outside of the domain", axis.name, at),
                             fmt::format("it reaches from {} to {}", axis.origin, axis.origin + axis.extent)});
    }
    const double position = (at - axis.origin) / axis.spacing() - 0.5;  // in cells, from the first centre
    const Index below = std::clamp<Index>(static_cast<Index>(std::floor(position)), 0, std::max<Index>(axis.cells - 2, 0));
    const double fraction = axis.cells > 1 ? position - static_cast<double>(below) : 0.0;
    std::vector<Weight> joined;
    for (const auto& [cell, weight] : weights_) {
      joined.push_back({cell * axis.cells + below, weight * (1.0 - fraction)});
      if (fraction != 0.0) {
        joined.push_back({cell * axis.cells + below + 1, weight * fraction});
      }
    }
    weights_ = std::move(joined);
  }

  CellExpression expression_;
  std::vector<Weight> weights_;
};

auto reduction(Reduction::Reduce reduce) {
  return [reduce](const NoParameters& /*none*/, const FunctionalArguments& arguments, const SampleSymbols& symbols) {
    return std::make_unique<Reduction>(arguments, symbols, reduce);
  };
}

const Registration mean_entry =
    plugin<Functional, NoParameters>("mean")
        .summary("Mean over the domain")
        .doc("`mean(f)`: $|D|^{-1}\\int_D f\\,dx$ by the cells' midpoints, $f$ a field or a formula of the fields and x, y, z.")
        .example("[integrate.quantities]\naverage = \"mean(u)\"\nenergy = \"mean(u * forcing)\"\n")
        .factory(reduction(mean));
const Registration integral_entry =
    plugin<Functional, NoParameters>("integral")
        .summary("Integral over the domain")
        .doc(
            "`integral(f)`: $\\int_D f\\,dx$ by the cells' midpoints; over the side for fields that live on one, such as "
            "`boundary_x_lo`.")
        .example("[integrate.quantities]\nmass = \"integral(u)\"\n")
        .factory(reduction(integral));
const Registration max_entry =
    plugin<Functional, NoParameters>("max")
        .summary("Largest value in the domain")
        .doc("`max(f)`: the largest value at the cells' centres. With two or more arguments `max` is the largest of these numbers.")
        .example("[integrate.quantities]\npeak = \"max(u)\"\n")
        .factory(reduction(largest));
const Registration min_entry =
    plugin<Functional, NoParameters>("min")
        .summary("Least value in the domain")
        .doc("`min(f)`: the least value at the cells' centres. With two or more arguments `min` is the least of these numbers.")
        .example("[integrate.quantities]\nleast_permeability = \"min(coefficient)\"\n")
        .factory(reduction(smallest));
const Registration norm_entry = plugin<Functional, NoParameters>("norm")
                                    .summary("L2 norm over the domain")
                                    .doc("`norm(f)`: $(\\int_D f^2\\,dx)^{1/2}$ by the cells' midpoints.")
                                    .example("[integrate.quantities]\nsize = \"norm(u)\"\n")
                                    .factory(reduction(norm));
const Registration value_entry =
    plugin<Functional, NoParameters>("value")
        .summary("Value at a point")
        .doc(
            "`value(f, x)`, `value(f, x, y)`, `value(f, x, y, z)`: multilinear interpolation between the centres of the cells around the "
            "point, linear extrapolation within half a cell of a side; second order.")
        .example("[integrate.quantities]\ncentre = \"value(u, 0.5, 0.5)\"\n")
        .factory([](const NoParameters& /*none*/, const FunctionalArguments& arguments, const SampleSymbols& symbols) {
          return std::make_unique<PointValue>(arguments, symbols);
        });

}  // namespace
}  // namespace kindred

#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/operators/designs/sweep_design.hpp>

namespace kindred {
namespace {

struct GridParameters {
  std::vector<std::int64_t> levels;

  static Schema<GridParameters> schema() {
    return {parameter("levels", &GridParameters::levels)
                .at_least(1)
                .doc("Numbers of levels of the continuous axes, in the order of their paths; one number serves all. Axes of choice, list, "
                     "linspace and "
                     "logspace bring their own.")};
  }
};

/// Levels of every axis. @throws InputError if `levels` does not fit the axes
std::vector<Index> axis_levels(const GridParameters& p, const DesignContext& context) {
  std::vector<std::string> continuous;
  for (const auto& axis : context.axes) {
    if (axis.distribution.levels() == 0) {
      continuous.push_back(axis.path);
    }
  }
  if (p.levels.size() != continuous.size() && !(p.levels.size() == 1 && !continuous.empty())) {
    throw InputError(
        fmt::format("the design \"grid\" has {} continuous axes{}{}, but levels has {} numbers: {}", continuous.size(),
                    continuous.empty() ? "" : ": ", fmt::join(continuous, ", "), p.levels.size(),
                    continuous.empty() ? "leave levels out" : "give one number for all, or one for each, such as levels = [5]"));
  }
  std::vector<Index> levels;
  std::size_t next = 0;
  for (const auto& axis : context.axes) {
    if (axis.distribution.levels() > 0) {
      levels.push_back(static_cast<Index>(axis.distribution.levels()));
    } else {
      levels.push_back(p.levels.size() == 1 ? p.levels.front() : p.levels[next++]);
    }
  }
  return levels;
}

Index product(const std::vector<Index>& levels) {
  Index total = 1;
  for (const Index n : levels) {
    if (total > std::numeric_limits<Index>::max() / n) {
      throw InputError(fmt::format("a grid of {} points is too large", fmt::join(levels, " x ")));
    }
    total *= n;
  }
  return total;
}

class FullFactorial final : public SweepDesign {
 public:
  FullFactorial(const DesignContext& context, std::vector<Index> levels)
      : SweepDesign(context, fixed_count(context, product(levels),
                                         fmt::format("the grid has {} = {} points", fmt::join(levels, " x "), product(levels)))),
        levels_(std::move(levels)) {}

 private:
  [[nodiscard]] Value value(std::size_t axis, Index index, std::uint32_t /*attempt*/) const override {
    for (std::size_t faster = axis + 1; faster < levels_.size(); ++faster) {
      index /= levels_[faster];
    }
    const Index level = index % levels_[axis];
    const Distribution& d = context().axes[axis].distribution;
    return d.levels() > 0 ? d.values[static_cast<std::size_t>(level)]
                          : d.quantile((static_cast<double>(level) + 0.5) / static_cast<double>(levels_[axis]));
  }

  std::vector<Index> levels_;
};

const Registration grid =
    plugin<Design, GridParameters>("grid")
        .summary("Every combination of the axes' levels (full factorial)")
        .doc(R"($$p_{ij} = v_{i, l_i(j)}, \qquad v_{il} = F_i^{-1}\!\left(\frac{l + 1/2}{n_i}\right) \text{ on continuous axes}$$

All $\prod_i n_i$ combinations, axes in the order of their paths, the last one changing fastest. Axes of `choice`, `list`, `linspace` and
`logspace` take their own values; continuous distributions are cut into `levels` equally probable parts and take their midpoints.
`count` may be left out.)")
        .source("R. A. Fisher, The Design of Experiments, Oliver and Boyd 1935")
        .example(R"([sweep]
design = { type = "grid", levels = [5] }
"problem.coefficient.tau" = { uniform = [2.0, 6.0] }
"problem.coefficient.alpha" = { choice = [1.5, 2.0, 3.0] }
)")
        .aliases({"factorial"})
        .capabilities({"deterministic"})
        .factory([](const GridParameters& p, const DesignContext& context) {
          return std::make_unique<FullFactorial>(context, axis_levels(p, context));
        });

}  // namespace
}  // namespace kindred

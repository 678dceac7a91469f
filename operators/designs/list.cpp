#include <fmt/format.h>

#include <kindred/operators/designs/sweep_design.hpp>

namespace kindred {
namespace {

struct ListParameters {
  static Schema<ListParameters> schema() { return {}; }
};

/// Common length of the axes. @throws InputError if an axis is continuous, or two lengths differ
Index common_length(const DesignContext& context) {
  if (context.axes.empty()) {
    throw InputError("the design \"list\" needs at least one axis: write { choice = [...] } for a parameter in [sweep]");
  }
  const SweepAxis& first = context.axes.front();
  for (const auto& axis : context.axes) {
    if (axis.distribution.levels() == 0) {
      throw InputError(
          fmt::format("{}: the design \"list\" needs listed values, but {} is continuous: write {{ choice = [...] }} or linspace, or use "
                      "the design \"mc\"",
                      axis.location.text(), axis.path));
    }
    if (axis.distribution.levels() != first.distribution.levels()) {
      throw InputError(fmt::format(
          "{}: the design \"list\" takes value i of every axis, but {} has {} values and {} has {}: make them equally long, or use "
          "the design \"grid\" for all combinations",
          axis.location.text(), first.path, first.distribution.levels(), axis.path, axis.distribution.levels()));
    }
  }
  return static_cast<Index>(first.distribution.levels());
}

class ListDesign final : public SweepDesign {
 public:
  ListDesign(const DesignContext& context, Index length)
      : SweepDesign(context, fixed_count(context, length, fmt::format("every axis lists {} values", length))) {}

 private:
  [[nodiscard]] Value value(std::size_t axis, Index index, std::uint32_t /*attempt*/) const override {
    return context().axes[axis].distribution.values[static_cast<std::size_t>(index)];
  }
};

const Registration list = plugin<Design, ListParameters>("list")
                              .summary("The axes' listed values side by side: sample i takes value i of each (zip)")
                              .doc(R"($$p_{ij} = v_{ij}$$

Axes are given as `choice`, `list`, `linspace` or `logspace` and must have equally many values. `count` may be left out. For points that
are many, or come from elsewhere, see `csv`.)")
                              .source("-")
                              .example(R"([sweep]
design = "list"
"problem.coefficient.tau" = { list = [2.0, 3.0, 4.0] }
"problem.coefficient.alpha" = { list = [3.0, 2.0, 1.5] }
)")
                              .aliases({"zip"})
                              .capabilities({"deterministic"})
                              .factory([](const ListParameters& /*p*/, const DesignContext& context) {
                                return std::make_unique<ListDesign>(context, common_length(context));
                              });

}  // namespace
}  // namespace kindred

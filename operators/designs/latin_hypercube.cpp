#include <algorithm>

#include <fmt/format.h>

#include <kindred/operators/designs/assignment.hpp>
#include <kindred/operators/designs/permutation.hpp>
#include <kindred/operators/designs/sweep_design.hpp>

namespace kindred {
namespace {

struct LatinHypercubeParameters {
  std::int64_t field_dimensions = 0;

  static Schema<LatinHypercubeParameters> schema() {
    return {parameter("field_dimensions", &LatinHypercubeParameters::field_dimensions)
                .at_least(0)
                .doc("Most variables of each random field that are spread evenly as the axes are, the most important ones first. 0: the "
                     "fields are drawn independently of the design.")};
  }
};

class LatinHypercube final : public SweepDesign {
 public:
  LatinHypercube(const DesignContext& context, Index field_dimensions)
      : SweepDesign(context, required_count(context, "latin_hypercube")),
        assignment_(context.axes.size(), context.streams, field_dimensions) {
    for (const auto& axis : context.axes) {
      names_.push_back(axis.path);
    }
    for (const auto& variable : assignment_.variables()) {
      names_.push_back(fmt::format("{} #{}", variable.stream, variable.variable + 1));
    }
    for (const auto& name : names_) {
      strata_.emplace_back(count(), context.seed, "design:strata:" + name);
    }
  }

  [[nodiscard]] std::vector<Sample::Leading> leading(Index index, std::uint32_t attempt) const override {
    return assignment_.leading([&](int j) { return coordinate(static_cast<std::size_t>(j), index, attempt); });
  }

 private:
  [[nodiscard]] Value value(std::size_t axis, Index index, std::uint32_t attempt) const override {
    return context().axes[axis].distribution.quantile(coordinate(axis, index, attempt));
  }

  /// A redraw stays in its stratum, so that the strata stay covered.
  [[nodiscard]] double coordinate(std::size_t j, Index index, std::uint32_t attempt) const {
    const double inside = axis_draws(context(), names_[j], index, attempt).uniform(0);
    const double u = (static_cast<double>(strata_[j](index)) + inside) / static_cast<double>(count());
    return std::min(u, 1.0 - 0x1.0p-53);
  }

  CoordinateAssignment assignment_;
  std::vector<std::string> names_;
  std::vector<Permutation> strata_;
};

const Registration latin_hypercube =
    plugin<Design, LatinHypercubeParameters>("latin_hypercube")
        .summary("Random parameters, evenly spread along every axis (Latin hypercube)")
        .doc(R"($$p_{ij} = F_i^{-1}\!\left(\frac{\pi_i(j) + u_{ij}}{n}\right)$$

with a random permutation $\pi_i$ of $0 \ldots n-1$ for every axis and $u_{ij}$ uniform on $(0, 1)$: each of the $n$ equally probable
strata of every axis holds exactly one sample. Functions that are nearly sums of functions of one parameter are averaged far better than by
`mc`, others not worse in the limit. Every sample changes with the number of samples. A redrawn sample stays in its strata. With `field_dimensions` above 0 the leading
variables of the random fields are spread in the same way. Needs `count`.)")
        .source(
            "M. D. McKay, R. J. Beckman, W. J. Conover, A comparison of three methods for selecting values of input variables in the "
            "analysis of output "
            "from a computer code, Technometrics 21 (1979) 239-245; M. Stein, Technometrics 29 (1987) 143-151")
        .example(R"([sweep]
design = "latin_hypercube"
count = 200
seed = 7
"problem.coefficient.tau" = { uniform = [2.0, 6.0] }
)")
        .aliases({"lhs"})
        .capabilities({"random", "fields"})
        .factory([](const LatinHypercubeParameters& p, const DesignContext& context) {
          return std::make_unique<LatinHypercube>(context, p.field_dimensions);
        });

}  // namespace
}  // namespace kindred

#include <algorithm>

#include <kindred/operators/designs/permutation.hpp>
#include <kindred/operators/designs/sweep_design.hpp>

namespace kindred {
namespace {

struct LatinHypercubeParameters {
  static Schema<LatinHypercubeParameters> schema() { return {}; }
};

class LatinHypercube final : public SweepDesign {
 public:
  explicit LatinHypercube(const DesignContext& context) : SweepDesign(context, required_count(context, "latin_hypercube")) {
    for (const auto& axis : context.axes) {
      strata_.emplace_back(count(), context.seed, "design:strata:" + axis.path);
    }
  }

 private:
  /// A redraw stays in its stratum, so that the strata stay covered.
  [[nodiscard]] Value value(std::size_t axis, Index index, std::uint32_t attempt) const override {
    const SweepAxis& a = context().axes[axis];
    const double inside = axis_draws(context(), a.path, index, attempt).uniform(0);
    const double u = (static_cast<double>(strata_[axis](index)) + inside) / static_cast<double>(count());
    return a.distribution.quantile(std::min(u, 1.0 - 0x1.0p-53));
  }

  std::vector<Permutation> strata_;
};

const Registration latin_hypercube =
    plugin<Design, LatinHypercubeParameters>("latin_hypercube")
        .summary("Random parameters, evenly spread along every axis (Latin hypercube)")
        .doc(R"($$p_{ij} = F_i^{-1}\!\left(\frac{\pi_i(j) + u_{ij}}{n}\right)$$

with a random permutation $\pi_i$ of $0 \ldots n-1$ for every axis and $u_{ij}$ uniform on $(0, 1)$: each of the $n$ equally probable
strata of every axis holds exactly one sample. Functions that are nearly sums of functions of one parameter are averaged far better than by
`mc`, others not worse in the limit. Every sample changes with the number of samples. A redrawn sample stays in its strata. Needs `count`.)")
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
        .capabilities({"random"})
        .factory(
            [](const LatinHypercubeParameters& /*p*/, const DesignContext& context) { return std::make_unique<LatinHypercube>(context); });

}  // namespace
}  // namespace kindred

#include <kindred/operators/designs/sweep_design.hpp>

namespace kindred {
namespace {

struct MonteCarloParameters {
  static Schema<MonteCarloParameters> schema() { return {}; }
};

class MonteCarlo final : public SweepDesign {
 public:
  explicit MonteCarlo(const DesignContext& context) : SweepDesign(context, required_count(context, "mc")) {}

  [[nodiscard]] bool extensible() const override { return true; }

 private:
  [[nodiscard]] Value value(std::size_t axis, Index index, std::uint32_t attempt) const override {
    const SweepAxis& a = context().axes[axis];
    return a.distribution.quantile(axis_draws(context(), a.path, index, attempt).uniform(0));
  }
};

const Registration mc =
    plugin<Design, MonteCarloParameters>("mc")
        .summary("Independent random parameters (Monte Carlo)")
        .doc(R"($$p_{ij} = F_i^{-1}(u_{ij}), \qquad u_{ij} \sim U(0, 1) \text{ independent}$$

for axis $i$ with distribution function $F_i$ and sample $j$. $u_{ij}$ depends on the seed, the axis' path, $j$ and the number of redraws
alone: the first samples of a longer sweep are those of a shorter one, and an axis keeps its values when others come or go. The error of
an average falls like $n^{-1/2}$. Needs `count`.)")
        .source("J. M. Hammersley, D. C. Handscomb, Monte Carlo Methods, Methuen 1964")
        .example(R"([sweep]
design = "mc"
count = 1000
seed = 7
"problem.coefficient.tau" = { uniform = [2.0, 6.0] }
)")
        .aliases({"monte_carlo"})
        .capabilities({"random", "extensible"})
        .factory([](const MonteCarloParameters& /*p*/, const DesignContext& context) { return std::make_unique<MonteCarlo>(context); });

}  // namespace
}  // namespace kindred

#include <kindred/operators/problems/diffusion_problem.hpp>

namespace kindred {
namespace {

struct DiffusionReactionParameters {
  Value coefficient = Value("lognormal");
  Value reaction = Value(1.0);
  Value forcing = Value("grf");

  static Schema<DiffusionReactionParameters> schema() {
    return {
        parameter("coefficient", &DiffusionReactionParameters::coefficient)
            .plugin("field")
            .doc("a: the diffusion coefficient, positive everywhere."),
        parameter("reaction", &DiffusionReactionParameters::reaction)
            .plugin("field")
            .doc("c: the reaction rate, nowhere negative; a number or a field."),
        parameter("forcing", &DiffusionReactionParameters::forcing).plugin("field").doc("f: the source."),
    };
  }
};

const Registration diffusion_reaction =
    plugin<Problem, DiffusionReactionParameters>("diffusion_reaction")
        .summary("Steady diffusion with linear reaction: -div(a grad u) + c u = f")
        .doc(R"($$-\nabla\cdot(a\,\nabla u) + c\,u = f,\qquad c \ge 0$$

Steady concentration of a substance that diffuses, decays at the rate $c$ and is produced at the rate $f$; also one implicit time
step of the heat equation ($c = 1/\Delta t$), and the screened Poisson equation.

Cell-centred finite volumes with harmonic face averages of $a$, second order in $L_2$ for smooth $a$; sides may be `dirichlet`,
`neumann`, `robin` or `periodic`. The solution is unique for every combination as soon as $c$ is positive somewhere.

Fields: `coefficient`, `reaction`, `forcing`, random side values `boundary_x_lo` and so on; output `u`.)")
        .source("R. Eymard, T. Gallouët, R. Herbin, Finite volume methods, Handbook of Numerical Analysis VII, 2000")
        .example(R"([problem]
type = "diffusion_reaction"
coefficient = { type = "lognormal" }
reaction = 10.0
forcing = { type = "grf" }
)")
        .capabilities({"1d", "2d", "3d", "dirichlet", "neumann", "robin", "periodic", "symmetric"})
        .factory([](const DiffusionReactionParameters& p, const Domain& domain) {
          DiffusionInputs inputs;
          inputs.coefficient = create<RandomField>(p.coefficient);
          inputs.reaction = create<RandomField>(p.reaction);
          inputs.forcing = create<RandomField>(p.forcing);
          return std::make_unique<DiffusionProblem>(domain, std::move(inputs));
        });

}  // namespace
}  // namespace kindred

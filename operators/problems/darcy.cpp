#include <kindred/operators/problems/diffusion_problem.hpp>

namespace kindred {
namespace {

struct DarcyParameters {
  Value coefficient = Value("grf_threshold");
  Value forcing = Value(1.0);

  static Schema<DarcyParameters> schema() {
    return {
        parameter("coefficient", &DarcyParameters::coefficient).plugin("field").doc("a: the permeability, positive everywhere."),
        parameter("forcing", &DarcyParameters::forcing).plugin("field").doc("f: the source."),
    };
  }
};

const Registration darcy = plugin<Problem, DarcyParameters>("darcy")
                               .summary("Flow through a random porous medium: -div(a grad u) = f")
                               .doc(R"($$-\nabla\cdot(a\,\nabla u) = f$$

The pressure $u$ of steady flow through a medium of permeability $a$. The defaults are the data set of the Fourier neural
operator's paper: $a$ takes the values 12 and 3 where a Gaussian random field is positive and negative, $f = 1$, and $u = 0$ on
the boundary of the unit square.

Cell-centred finite volumes with harmonic face averages of $a$, second order in $L_2$ for smooth $a$; sides may be `dirichlet`,
`neumann`, `robin` or `periodic`. With Neumann or periodic conditions alone, the mean of the right-hand side is removed and the
solution of mean zero is computed.

Fields: `coefficient`, `forcing`, random side values `boundary_x_lo` and so on; output `u`.)")
                               .source(
                                   "Z. Li et al., Fourier neural operator for parametric partial differential equations, ICLR 2021; "
                                   "R. Eymard, T. Gallouët, R. Herbin, Finite volume methods, Handbook of Numerical Analysis VII, 2000")
                               .example(R"([problem]
type = "darcy"
coefficient = { type = "grf_threshold", alpha = 2.0, tau = 3.0, values = [3.0, 12.0] }
forcing = 1.0
)")
                               .capabilities({"1d", "2d", "3d", "dirichlet", "neumann", "robin", "periodic", "symmetric"})
                               .factory([](const DarcyParameters& p, const Domain& domain) {
                                 DiffusionInputs inputs;
                                 inputs.coefficient = create<RandomField>(p.coefficient);
                                 inputs.forcing = create<RandomField>(p.forcing);
                                 return std::make_unique<DiffusionProblem>(domain, std::move(inputs));
                               });

}  // namespace
}  // namespace kindred

#include <kindred/operators/problems/diffusion_problem.hpp>

namespace kindred {
namespace {

struct PoissonParameters {
  Value forcing = Value("grf");

  static Schema<PoissonParameters> schema() {
    return {parameter("forcing", &PoissonParameters::forcing).plugin("field").doc("f: the source.")};
  }
};

const Registration poisson =
    plugin<Problem, PoissonParameters>("poisson")
        .summary("Poisson's equation with random source and boundary data: -Laplace u = f")
        .doc(R"($$-\Delta u = f$$

The source is a random field; boundary data may be random too: give a side a random field as its value, and it becomes an input
field of the data set (`boundary_x_lo` and so on). The matrix is the same for all samples.

Cell-centred finite volumes, second order in $L_2$; sides may be `dirichlet`, `neumann`, `robin` or `periodic`. With Neumann or
periodic conditions alone, the mean of the right-hand side is removed and the solution of mean zero is computed.

Fields: `forcing`, random side values; output `u`.)")
        .source("R. Eymard, T. Gallouët, R. Herbin, Finite volume methods, Handbook of Numerical Analysis VII, 2000")
        .example(R"([problem]
type = "poisson"
forcing = { type = "grf", alpha = 2.0, tau = 3.0 }

[boundary]
x_lo = { type = "dirichlet", value = { type = "grf", alpha = 2.0, tau = 3.0 } }
)")
        .capabilities({"1d", "2d", "3d", "dirichlet", "neumann", "robin", "periodic", "symmetric"})
        .factory([](const PoissonParameters& p, const Domain& domain) {
          DiffusionInputs inputs;
          inputs.forcing = create<RandomField>(p.forcing);
          return std::make_unique<DiffusionProblem>(domain, std::move(inputs));
        });

}  // namespace
}  // namespace kindred

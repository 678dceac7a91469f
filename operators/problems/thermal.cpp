#include <kindred/operators/problems/diffusion_problem.hpp>

namespace kindred {
namespace {

struct ThermalParameters {
  Value coefficient = Value(1.0);
  Value forcing = Value(0.0);

  static Schema<ThermalParameters> schema() {
    return {
        parameter("coefficient", &ThermalParameters::coefficient)
            .plugin("field")
            .doc("k: the conductivity, positive, the same for every sample: a number, an expression, or one field from a file."),
        parameter("forcing", &ThermalParameters::forcing).plugin("field").doc("Heat produced; none by default."),
    };
  }
};

const Registration thermal =
    plugin<Problem, ThermalParameters>("thermal")
        .summary("Steady heat conduction driven from the boundary: -div(k grad T) = 0")
        .doc(R"($$-\nabla\cdot(k\,\nabla T) = 0$$

The temperature in a body of given conductivity whose boundary temperatures (`dirichlet`) or heat flows (`neumann`) differ from sample
to sample: give a side the field `uniform` for one random number per sample, or a random field for a random profile. The conductivity
is the same for all samples, and so is the matrix: a solver that keeps its factorisation, or superposition, is hard to beat here.

Cell-centred finite volumes on the box, as for `darcy`. (The published family this follows has a slot cut out of the rectangle and
finite elements; here a slot can be a poor conductor, as in the deck `thermal.toml`.)

Fields: `coefficient` ($k$), `forcing` (the heat source), random side values; output `u` (the temperature).)")
        .source(
            "H. Wang et al., Accelerating data generation for neural operators via Krylov subspace recycling, ICLR 2024 (thermal problem, "
            "simplified to a box)")
        .example(R"([problem]
type = "thermal"

[boundary]
x_lo = { type = "dirichlet", value = { type = "uniform", low = -100.0, high = 0.0 } }
x_hi = { type = "dirichlet", value = { type = "uniform", low = 0.0, high = 100.0 } }
y_lo = { type = "neumann" }
y_hi = { type = "neumann" }
)")
        .capabilities({"1d", "2d", "3d", "dirichlet", "neumann", "robin", "periodic", "symmetric", "constant_operator"})
        .factory([](const ThermalParameters& p, const Domain& domain) {
          DiffusionInputs inputs;
          inputs.coefficient = create<RandomField>(p.coefficient);
          if (!inputs.coefficient->deterministic()) {
            throw InputError(
                "the conductivity of \"thermal\" must be the same for every sample: use a number or an expression, or the problem "
                "\"darcy\" for a random one");
          }
          inputs.forcing = create<RandomField>(p.forcing);
          return std::make_unique<DiffusionProblem>(domain, std::move(inputs));
        });

}  // namespace
}  // namespace kindred

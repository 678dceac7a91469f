#include <fmt/format.h>

#include <kindred/operators/matrix_free_operator.hpp>
#include <kindred/solvers/linear/petsc_solver.hpp>

namespace kindred {
namespace {

struct AutoParameters {
  double rtol = 1e-8;
  int max_iterations = 10'000;
  std::int64_t direct_below = -1;

  static Schema<AutoParameters> schema() {
    using P = AutoParameters;
    return {
        parameter("rtol", &P::rtol).above(0.0).below(1.0).doc("Relative residual to reach: ‖b − A x‖ ≤ rtol ‖b‖, the true one."),
        parameter("max_iterations", &P::max_iterations)
            .range(1, 1e8)
            .doc("Iterations of the iterative solver after which a solve counts as failed."),
        parameter("direct_below", &P::direct_below)
            .range(-1, 1e9)
            .doc("Systems with fewer unknowns are factored; -1: the sizes measured in docs/solvers.md."),
    };
  }
};

/// Unknowns below which a factorisation with kept symbolic work beats conjugate gradients with BoomerAMG, on Darcy problems; the
/// table is in docs/solvers.md.
constexpr Index direct_below_in_two_dimensions = 100'000;
constexpr Index direct_below_in_three_dimensions = 2'500;

class AutoSolver final : public Solver {
 public:
  explicit AutoSolver(const AutoParameters& p) : parameters_(p) {}

  SolveReport solve(const LinearSystem& system, std::span<double> solution, SequenceState& /*state*/) override {
    return engine_.solve(system, solution, [this](const LinearSystem& s, double entries) { return settings(s, entries); });
  }
  [[nodiscard]] double tolerance() const override { return parameters_.rtol; }
  [[nodiscard]] std::string describe() const override { return fmt::format("{}, rtol {:g}", engine_.describe(), parameters_.rtol); }

 private:
  [[nodiscard]] KspSettings settings(const LinearSystem& system, double entries_per_row) const {
    Index threshold = parameters_.direct_below;
    if (threshold < 0) {
      threshold = fills_like_three_dimensions(entries_per_row) ? direct_below_in_three_dimensions : direct_below_in_two_dimensions;
    }
    if (system.matrix->size() < threshold && has_entries(*system.matrix)) {
      DirectParameters direct;
      direct.rtol = parameters_.rtol;
      return direct_settings(direct, system);
    }
    PetscParameters krylov;
    krylov.rtol = parameters_.rtol;
    krylov.max_iterations = parameters_.max_iterations;
    return krylov_settings(krylov, system, entries_per_row);
  }

  AutoParameters parameters_;
  KspEngine engine_;
};

const Registration automatic =
    plugin<Solver, AutoParameters>("auto")
        .summary("Factorisation for small systems, conjugate gradients with BoomerAMG for large ones (the default)")
        .doc(R"($$n < n_0: \; A = L L^T, \qquad n \ge n_0: \; \text{CG} + \text{BoomerAMG}$$

Takes the solver `direct` or `petsc`, each with its defaults, by the number of unknowns. The break-even points were measured on Darcy
problems: 100 000 unknowns for matrices with up to 5 entries a row (one and two dimensions), 2 500 for more. Matrices that are known by
their action alone are never factored.)")
        .source("docs/solvers.md (measured)")
        .example("[solver]\ntype = \"auto\"\nrtol = 1.0e-10\n")
        .capabilities({"symmetric", "nonsymmetric", "singular"})
        .factory([](const AutoParameters& p) { return std::make_unique<AutoSolver>(p); });

}  // namespace
}  // namespace kindred

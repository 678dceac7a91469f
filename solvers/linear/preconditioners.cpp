#include <kindred/solvers/linear/preconditioner.hpp>

#include <utility>

#include <kindred/operators/matrix_free_operator.hpp>
#include <kindred/operators/toeplitz/toeplitz_operator.hpp>
#include <kindred/solvers/linear/petsc_solver.hpp>
#include <kindred/solvers/linear/petsc_types.hpp>

namespace kindred {

PreconditionerChoice suitable_preconditioner(const LinearSystem& system, double entries_per_row) {
  const bool definite = system.symmetric && system.positive_definite;
  const char* multigrid = has_preconditioner("hypre") ? "hypre" : "gamg";
  if (dynamic_cast<const ToeplitzOperator*>(system.matrix.get()) != nullptr) {
    return {"circulant", {}};
  }
  const bool only_action = !has_entries(*system.matrix);
  const std::string pc_type = only_action ? "jacobi" : definite ? multigrid : system.symmetric ? "jacobi" : "ilu";
  // Methods for symmetric systems need a positive definite preconditioner.
  return {pc_type, preconditioner_defaults(pc_type, system.symmetric ? "minres" : "gmres", entries_per_row)};
}

PetscOptions preconditioner_defaults(const std::string& pc_type, const std::string& ksp_type, double entries_per_row) {
  PetscOptions defaults;
  if (pc_type == "hypre") {
    defaults = {{"pc_hypre_type", "boomeramg"}};
    if (fills_like_three_dimensions(entries_per_row)) {
      defaults["pc_hypre_boomeramg_coarsen_type"] = "HMIS";  // half the set-up of Falgout's; measured in docs/solvers.md
    }
  } else if (pc_type == "gamg") {
    defaults = {{"pc_gamg_reuse_interpolation", "0"}};  // or a solution would depend on the first system of the chain
  } else if (pc_type == "jacobi" && (ksp_type == "minres" || ksp_type == "rminres")) {
    defaults = {{"pc_jacobi_abs", "1"}};  // MINRES needs a positive definite preconditioner
  } else if ((pc_type == "dst" || pc_type == "scaled_dst") && ksp_type == "cg") {
    defaults = {{"pc_dst_precision", "auto"}};  // the rounding of the preconditioner does not enter CG's residuals
  }
  return defaults;
}

namespace {

struct NoParameters {
  static Schema<NoParameters> schema() { return {}; }
};

class SuitablePreconditioner final : public Preconditioner {
 public:
  [[nodiscard]] PreconditionerChoice choose(const LinearSystem& system, double entries_per_row) const override {
    return suitable_preconditioner(system, entries_per_row);
  }
};

const Registration suitable = plugin<Preconditioner, NoParameters>("auto")
                                  .summary("Multigrid for symmetric definite systems, Jacobi for other symmetric ones, else ILU(0)")
                                  .doc(R"($$M^{-1} \approx A^{-1}$$

hypre's BoomerAMG (GAMG in a PETSc without hypre) where the matrix is symmetric positive definite; the moduli of the diagonal where it
is symmetric only, because MINRES and its relatives need a definite preconditioner; incomplete LU factors without fill otherwise. For
Toeplitz matrices `circulant`, for others that are known by their action alone Jacobi.)")
                                  .source("V. Henson, U. Yang, BoomerAMG, Applied Numerical Mathematics 41 (2002) 155-177")
                                  .example("[solver]\ntype = \"gcrodr\"\npreconditioner = \"auto\"\n")
                                  .factory([](const NoParameters& /*p*/) { return std::make_unique<SuitablePreconditioner>(); });

struct PetscPreconditionerParameters {
  std::string pc_type = "none";
  PetscOptions petsc;

  static Schema<PetscPreconditionerParameters> schema() {
    using P = PetscPreconditionerParameters;
    return {
        parameter("pc_type", &P::pc_type).doc("PETSc's preconditioner: none, jacobi, sor, ilu, icc, hypre, gamg, …"),
        parameter("petsc", &P::petsc).doc("Further PETSc options, word for word but without the leading dash, such as pc_factor_levels."),
    };
  }
};

class PetscPreconditioner final : public Preconditioner {
 public:
  explicit PetscPreconditioner(PetscPreconditionerParameters p) : parameters_(std::move(p)) {}

  [[nodiscard]] PreconditionerChoice choose(const LinearSystem& system, double entries_per_row) const override {
    PetscOptions options = parameters_.petsc;
    options.merge(preconditioner_defaults(parameters_.pc_type, system.symmetric ? "minres" : "gmres", entries_per_row));
    if (parameters_.pc_type == "sor" && system.symmetric) {
      options.emplace("pc_sor_symmetric", "1");  // a forward sweep alone is no symmetric preconditioner
    }
    return {parameters_.pc_type, options};
  }

 private:
  PetscPreconditionerParameters parameters_;
};

const Registration petsc = plugin<Preconditioner, PetscPreconditionerParameters>("petsc")
                               .summary("Any preconditioner of PETSc")
                               .doc(R"($$M^{-1} \approx A^{-1}$$

PETSc's PC by name, with options of its own. For symmetric systems `sor` becomes the symmetric one and `jacobi` takes moduli, so that the
preconditioner is symmetric and definite.)")
                               .source("S. Balay et al., PETSc users manual, ANL-21/39")
                               .example("[solver]\ntype = \"defcg\"\npreconditioner = { type = \"petsc\", pc_type = \"sor\" }\n")
                               .factory([](const PetscPreconditionerParameters& p) { return std::make_unique<PetscPreconditioner>(p); });

}  // namespace
}  // namespace kindred

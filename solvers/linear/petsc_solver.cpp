#include <kindred/solvers/linear/petsc_solver.hpp>

#include <set>

#include <fmt/format.h>

#include <kindred/solvers/linear/petsc_types.hpp>
#include <kindred/solvers/linear/preconditioner.hpp>

namespace kindred {
namespace {

const std::set<std::string> restarted_methods{"gmres",  "fgmres",     "lgmres", "dgmres", "pgmres",
                                              "agmres", "pipefgmres", "gcr",    "gcrodr", "gmresdr"};

/// The option that says how often a method restarts.
std::string restart_option(const std::string& ksp_type) {
  const bool own = ksp_type == "gcr" || ksp_type == "gcrodr" || ksp_type == "gmresdr";
  return fmt::format("ksp_{}_restart", own ? ksp_type : "gmres");
}

/// A type may be named in [solver] or among the verbatim options.
std::string named_type(const std::string& parameter, const PetscOptions& options, const char* key) {
  const auto found = options.find(key);
  return !parameter.empty() || found == options.end() ? parameter : found->second;
}

Location location_of(const Value& table, std::string_view key) {
  const Member* member = table.find_member(key);
  return member != nullptr ? member->key_location : table.location;
}

}  // namespace

Schema<PetscParameters> PetscParameters::schema() {
  using P = PetscParameters;
  return {
      parameter("ksp_type", &P::ksp_type)
          .doc("PETSc's Krylov method; empty: cg for symmetric definite systems, minres for other symmetric ones, else gmres."),
      parameter("pc_type", &P::pc_type)
          .doc("PETSc's preconditioner; empty: hypre (BoomerAMG), or gamg in a PETSc without hypre, for symmetric definite systems, jacobi "
               "for other symmetric ones and for matrices known by their action alone (circulant if they are Toeplitz), else ilu."),
      parameter("rtol", &P::rtol).above(0.0).below(1.0).doc("Relative residual to reach: ‖b − A x‖ ≤ rtol ‖b‖, the true one."),
      parameter("atol", &P::atol).at_least(0.0).doc("Absolute residual ‖b − A x‖ that is small enough in any case."),
      parameter("max_iterations", &P::max_iterations).range(1, 1e8).doc("Iterations after which a solve counts as failed."),
      parameter("restart", &P::restart)
          .range(1, 10'000)
          .doc("Iterations between restarts of gmres and its relatives (PETSc's default: 30); an error with methods that do not restart."),
      parameter("petsc", &P::petsc)
          .doc("Further PETSc options, word for word but without the leading dash; one that no PETSc object reads is an error."),
  };
}

void PetscParameters::check(const Value& table, Diagnostics& diagnostics) const {
  const Value* options = table.find("petsc");
  const auto option_location = [&](const std::string& name) { return options != nullptr ? location_of(*options, name) : table.location; };
  for (const auto& [name, value] : petsc) {
    if (name.starts_with('-')) {
      diagnostics.error(
          option_location(name), fmt::format("PETSc option \"{}\" is written without the dash", name),
          fmt::format("write \"{}\"", name.substr(name.find_first_not_of('-') == std::string::npos ? 0 : name.find_first_not_of('-'))));
    }
  }
  const auto refuse = [&](const char* option, const char* key) {
    if (petsc.contains(option)) {
      diagnostics.error(option_location(option), fmt::format("\"{}\" is the parameter \"{}\" of [solver]", option, key),
                        fmt::format("set {} in [solver] instead", key));
    }
  };
  refuse("ksp_rtol", "rtol");
  refuse("ksp_atol", "atol");
  refuse("ksp_max_it", "max_iterations");
  for (const char* option : {"ksp_gmres_restart", "ksp_gcr_restart", "ksp_gcrodr_restart", "ksp_gmresdr_restart"}) {
    refuse(option, "restart");
  }
  for (const auto& [key, given] : {std::pair{"ksp_type", &ksp_type}, std::pair{"pc_type", &pc_type}}) {
    if (!given->empty() && petsc.contains(key)) {
      diagnostics.error(option_location(key), fmt::format("\"{}\" is given twice, in [solver] and in [solver.petsc]", key),
                        "remove one of them");
    }
  }
  const std::string method = named_type(ksp_type, petsc, "ksp_type");
  if (restart && !restarted_methods.contains(method)) {
    diagnostics.error(location_of(table, "restart"),
                      method.empty()
                          ? "\"restart\" needs a ksp_type that restarts: the method is chosen to suit the system, and is cg as a rule"
                          : fmt::format("\"restart\" has no meaning for ksp_type \"{}\", which does not restart", method),
                      "remove it, or set ksp_type to gmres, fgmres, lgmres, dgmres, pgmres, gcr, gcrodr or gmresdr");
  }
}

KspSettings krylov_settings(const PetscParameters& p, const LinearSystem& system, double entries_per_row) {
  KspSettings settings;
  const bool definite = system.symmetric && system.positive_definite;
  settings.ksp_type = named_type(p.ksp_type, p.petsc, "ksp_type");
  if (settings.ksp_type.empty()) {
    settings.ksp_type = definite ? "cg" : system.symmetric ? "minres" : "gmres";
  }
  settings.pc_type = named_type(p.pc_type, p.petsc, "pc_type");
  if (settings.pc_type.empty()) {
    settings.pc_type = suitable_preconditioner(system, entries_per_row).pc_type;
  }
  settings.rtol = p.rtol;
  settings.atol = p.atol;
  settings.max_iterations = p.max_iterations;
  settings.options = p.petsc;
  settings.defaults = preconditioner_defaults(settings.pc_type, settings.ksp_type, entries_per_row);
  if (p.restart) {
    settings.defaults[restart_option(settings.ksp_type)] = std::to_string(*p.restart);
  }
  return settings;
}

namespace {

class PetscSolver final : public Solver {
 public:
  explicit PetscSolver(PetscParameters p) : parameters_(std::move(p)) {}

  SolveReport solve(const LinearSystem& system, std::span<double> solution, SequenceState& /*state*/) override {
    return engine_.solve(system, solution,
                         [this](const LinearSystem& s, double entries) { return krylov_settings(parameters_, s, entries); });
  }
  [[nodiscard]] std::vector<std::string> unused_options() const override { return engine_.unused_options(); }
  [[nodiscard]] double tolerance() const override { return parameters_.rtol; }
  [[nodiscard]] double absolute_tolerance() const override { return parameters_.atol; }
  [[nodiscard]] std::string describe() const override { return fmt::format("{}, rtol {:g}", engine_.describe(), parameters_.rtol); }

 private:
  PetscParameters parameters_;
  KspEngine engine_;
};

const Registration petsc_solver =
    plugin<Solver, PetscParameters>("petsc")
        .summary("Any Krylov method and preconditioner of PETSc")
        .doc(R"($$\|b - A x\|_2 \le \max(\mathrm{rtol}\,\|b\|_2, \mathrm{atol})$$

PETSc's KSP and PC by name, and every option of theirs through `[solver.petsc]`. The residual is the true one, relative to $b$
whatever the initial guess; where a method tests another norm, it is continued until the true one is small enough. Default for
symmetric definite systems: conjugate gradients with one V-cycle of hypre's BoomerAMG, which with its symmetric smoother is a symmetric
definite preconditioner.

The matrix, its pattern and the solver objects are kept from one system to the next; the preconditioner is set up anew unless the
matrix is the same. With Neumann or periodic conditions alone the constants are handed to PETSc as the null space, and the
solution has mean zero.)")
        .source(
            "S. Balay et al., PETSc users manual, ANL-21/39; V. Henson, U. Yang, BoomerAMG, Applied Numerical Mathematics 41 (2002) "
            "155-177")
        .example(
            "[solver]\ntype = \"petsc\"\nksp_type = \"cg\"\npc_type = \"gamg\"\nrtol = 1.0e-8\n[solver.petsc]\npc_gamg_threshold = 0.02\n")
        .capabilities({"symmetric", "nonsymmetric", "singular"})
        .factory([](const PetscParameters& p) { return std::make_unique<PetscSolver>(p); });

}  // namespace
}  // namespace kindred

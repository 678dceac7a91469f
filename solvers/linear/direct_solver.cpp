#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <kindred/operators/matrix_free_operator.hpp>
#include <kindred/solvers/linear/petsc_solver.hpp>

namespace kindred {
namespace {

/// Packages that this PETSc was built with.
std::vector<std::string> packages() {
  return {
    "auto", "petsc",
#if defined(PETSC_HAVE_SUITESPARSE)
        "cholmod", "umfpack", "klu",
#endif
#if defined(PETSC_HAVE_MUMPS)
        "mumps",
#endif
#if defined(PETSC_HAVE_SUPERLU)
        "superlu",
#endif
  };
}

bool available(const std::string& package) {
  const auto all = packages();
  return std::find(all.begin(), all.end(), package) != all.end();
}

/// PETSc's own Cholesky was the fastest on Darcy problems (docs/solvers.md), and as it calls no BLAS, its bits do not depend on the
/// machine's BLAS or its threads. For systems that are not definite the packages that pivot come first.
std::string suitable_package(bool definite) {
  if (!definite) {
    for (const char* pivoting : {"umfpack", "mumps", "superlu"}) {
      if (available(pivoting)) {
        return pivoting;
      }
    }
  }
  return "petsc";
}

}  // namespace

Schema<DirectParameters> DirectParameters::schema() {
  using P = DirectParameters;
  return {
      parameter("package", &P::package)
          .choices(packages())
          .doc("Factorisation package. `auto`: PETSc's own Cholesky for symmetric definite systems, LU by umfpack for others. With a fast "
               "BLAS, cholmod may win on large three-dimensional grids."),
      parameter("ordering", &P::ordering)
          .choices({"auto", "nd", "qmd", "amd", "rcm", "natural"})
          .doc(
              "Fill-reducing ordering, for packages petsc and cholmod; `auto`: nested dissection for petsc, approximate minimum degree for "
              "cholmod. The other packages choose theirs."),
      parameter("rtol", &P::rtol)
          .above(0.0)
          .below(1.0)
          .doc("Relative residual ‖b − A x‖ ≤ rtol ‖b‖ that is accepted; a solution with a larger one is refined, then counts as failed."),
  };
}

void DirectParameters::check(const Value& table, Diagnostics& diagnostics) const {
  if (ordering != "auto" && package != "petsc" && package != "cholmod") {
    const Member* member = table.find_member("ordering");
    diagnostics.error(member != nullptr ? member->key_location : table.location,
                      fmt::format("\"ordering\" has no meaning for package \"{}\", which chooses its own", package),
                      "remove it, or set package to petsc or cholmod");
  }
}

KspSettings direct_settings(const DirectParameters& p, const LinearSystem& system) {
  if (!has_entries(*system.matrix)) {
    throw InputError(
        "[solver] type = \"direct\" factors a matrix, and this one is known by its action alone: use type = \"petsc\" or \"auto\", which "
        "iterate");
  }
  const bool definite = system.symmetric && system.positive_definite;
  if (p.package == "cholmod" && !definite) {
    throw InputError(
        "[solver] package = \"cholmod\" factors symmetric definite systems only, and this one is not: choose umfpack, mumps or auto");
  }
  const std::string package = p.package == "auto" ? suitable_package(definite) : p.package;
  static const std::set<std::string> with_cholesky{"petsc", "cholmod", "mumps"};
  KspSettings settings;
  settings.ksp_type = "preonly";
  settings.pc_type = definite && with_cholesky.contains(package) ? "cholesky" : "lu";
  settings.rtol = p.rtol;
  settings.defaults = {{"pc_factor_mat_solver_type", package}};
  if (p.ordering != "auto") {
    settings.defaults["pc_factor_mat_ordering_type"] = p.ordering;
  }
  return settings;
}

namespace {

class DirectSolver final : public Solver {
 public:
  explicit DirectSolver(DirectParameters p) : parameters_(std::move(p)) {}

  SolveReport solve(const LinearSystem& system, std::span<double> solution, SequenceState& /*state*/) override {
    return engine_.solve(system, solution, [this](const LinearSystem& s, double /*entries*/) { return direct_settings(parameters_, s); });
  }
  [[nodiscard]] double tolerance() const override { return parameters_.rtol; }
  [[nodiscard]] std::string describe() const override { return fmt::format("sparse factorisation, {}", engine_.describe()); }

 private:
  DirectParameters parameters_;
  KspEngine engine_;
};

const Registration direct =
    plugin<Solver, DirectParameters>("direct")
        .summary("Sparse Cholesky or LU factorisation")
        .doc(R"($$P A P^T = L L^T \quad\text{or}\quad P A Q = L U$$

Ordering and symbolic factorisation are done once and kept while the sparsity pattern stays the same; the factor itself is kept while
the matrix stays the same. With constants in the null space one diagonal entry is doubled, which fixes that unknown at zero without
changing the other equations, and the mean is removed afterwards. Iterations in the report are steps of iterative refinement, as a
rule none. Memory grows like $n \log n$ in two dimensions and like $n^{4/3}$ in three.)")
        .source(
            "A. George, Nested dissection of a regular finite element mesh, SIAM J. Numer. Anal. 10 (1973) 345-363; "
            "Y. Chen, T. Davis, W. Hager, S. Rajamanickam, Algorithm 887: CHOLMOD, ACM TOMS 35 (2008)")
        .example("[solver]\ntype = \"direct\"\n")
        .capabilities({"symmetric", "nonsymmetric", "singular"})
        .factory([](const DirectParameters& p) { return std::make_unique<DirectSolver>(p); });

}  // namespace
}  // namespace kindred

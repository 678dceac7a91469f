#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/linear_system.hpp>
#include <kindred/solvers/report.hpp>

namespace kindred {

using PetscOptions = std::map<std::string, std::string>;

/// How a KSP is to be set up; PETSc's names. `defaults` are options that the user's own options overrule.
struct KspSettings {
  std::string ksp_type;
  std::string pc_type;
  double rtol = 1e-8;
  double atol = 0.0;
  int max_iterations = 10'000;
  PetscOptions defaults;
  PetscOptions options;
};

/// One PETSc KSP with its matrix and vectors, kept from one system to the next: while the sparsity pattern stays, so do the
/// matrix, the ordering and the symbolic factor; only values are replaced and the preconditioner is set up anew. A matrix that
/// equals the last one keeps its preconditioner or factor too. Nothing else is kept, except by methods and preconditioners that are
/// made for it (gcrodr, defcg, rminres; cluster_cholesky, amg_reuse): with guess zero, a solution is a function of its system alone,
/// bit for bit.
///
/// A solve succeeds when the true residual is small: ‖b − A x‖ ≤ max(rtol ‖b‖, atol), whatever norm the method tests and
/// whatever the guess. If the method stops short of that (it tested another norm, or its recurrence drifted), it is continued
/// from where it stopped; a factorisation (ksp_type preonly) is refined.
class KspEngine {
 public:
  /// Called when the pattern or the kind of system is new. @param entries_per_row stored entries per row of the matrix, 0 if it is
  /// known by its action alone
  using Choose = std::function<KspSettings(const LinearSystem& system, double entries_per_row)>;

  KspEngine();

  /// @throws InputError for a type or value of an option that PETSc refuses; SolveError if PETSc fails
  SolveReport solve(const LinearSystem& system, std::span<double> solution, const Choose& choose);
  /// The user's options (KspSettings::options) that PETSc has not read.
  [[nodiscard]] std::vector<std::string> unused_options() const;
  /// `cg + hypre boomeramg`, once it has solved.
  [[nodiscard]] const std::string& describe() const { return description_; }

 private:
  void prepare(const LinearSystem& system, const Choose& choose);
  void configure(const LinearSystem& system);
  void describe_matrix(const LinearSystem& system);
  [[nodiscard]] std::string describe_solver() const;
  void count_applications(SolveReport& report, int iterations, bool from_guess) const;
  void run_krylov(SolveReport& report, bool zero_guess);
  void run_factor(SolveReport& report);
  KSPConvergedReason solve_once(SolveReport& report);
  double residual_norm();

  std::string prefix_;
  std::string description_ = "not used yet";
  KspSettings settings_;
  std::optional<petsc::PrefixedOptions> defaults_;
  std::optional<petsc::PrefixedOptions> options_;
  petsc::Matrix matrix_;
  petsc::Vector rhs_;
  petsc::Vector solution_;
  petsc::Vector residual_;
  petsc::LinearSolver ksp_;
  std::uint64_t kind_ = 0;                    ///< pattern and facts of the systems that ksp_ was configured for
  std::optional<std::uint64_t> fingerprint_;  ///< of the matrix that the preconditioner was set up for
  double target_ = 0.0;                       ///< true residual to reach
  bool direct_ = false;
};

}  // namespace kindred

#include <kindred/solvers/linear/ksp_engine.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <kindred/core/base/clock.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/operators/matrix_free_operator.hpp>
#include <kindred/solvers/linear/petsc_types.hpp>
#include <kindred/solvers/recycling/recycle_interface.hpp>

namespace kindred {
namespace {

constexpr int maximum_continuations = 3;
constexpr double default_divergence = 1e5;  // PETSc's: growth of the residual that counts as divergence

double entries_per_row(const LinearSystem& system, Mat matrix) {
  if (!has_entries(*system.matrix)) {
    return 0.0;
  }
  MatInfo info;
  KINDRED_PETSC(MatGetInfo(matrix, MAT_LOCAL, &info));
  return info.nz_used / static_cast<double>(system.matrix->size());
}

/// PETSc's names of its options must differ between solvers that live at the same time.
std::string next_prefix() {
  static int made = 0;
  ++made;
  return made == 1 ? "kindred_" : fmt::format("kindred{}_", made);
}

std::uint64_t kind_of(const LinearSystem& system) {
  const std::uint64_t facts = (system.symmetric ? 1U : 0U) | (system.positive_definite ? 2U : 0U) | (system.constant_null_space ? 4U : 0U);
  return mix_bits(system.matrix->pattern()) ^ mix_bits(facts + 1);
}

/// (A + a_00 e_0 e_0ᵀ) x = b has, for b orthogonal to the constants, the solution of A x = b with x_0 = 0: the sum of all
/// rows reads a_00 x_0 = 0. Unlike A it is positive definite, and it has the same pattern.
void pin_first_unknown(Mat matrix) {
  PetscInt count = 0;
  const PetscInt* columns = nullptr;
  const PetscScalar* values = nullptr;
  KINDRED_PETSC(MatGetRow(matrix, 0, &count, &columns, &values));
  double diagonal = 0.0;
  for (PetscInt c = 0; c < count; ++c) {
    diagonal += columns[c] == 0 ? values[c] : 0.0;
  }
  KINDRED_PETSC(MatRestoreRow(matrix, 0, &count, &columns, &values));
  KINDRED_PETSC(MatSetValue(matrix, 0, 0, diagonal != 0.0 ? diagonal : 1.0, ADD_VALUES));
  KINDRED_PETSC(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  KINDRED_PETSC(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
}

void remove_mean(Vec vector) {
  PetscScalar sum = 0.0;
  PetscInt size = 0;
  KINDRED_PETSC(VecSum(vector, &sum));
  KINDRED_PETSC(VecGetSize(vector, &size));
  KINDRED_PETSC(VecShift(vector, -sum / static_cast<double>(size)));
}

void copy_in(std::span<const double> values, Vec vector) {
  PetscScalar* target = nullptr;
  KINDRED_PETSC(VecGetArrayWrite(vector, &target));
  std::ranges::copy(values, target);
  KINDRED_PETSC(VecRestoreArrayWrite(vector, &target));
}

void copy_out(Vec vector, std::span<double> values) {
  const PetscScalar* source = nullptr;
  KINDRED_PETSC(VecGetArrayRead(vector, &source));
  std::copy_n(source, values.size(), values.begin());
  KINDRED_PETSC(VecRestoreArrayRead(vector, &source));
}

std::string text_of(KSP ksp, KSPConvergedReason reason) {
  std::string text = KSPConvergedReasons[reason];
  if (reason == KSP_DIVERGED_PC_FAILED) {
    PC pc = nullptr;
    PCFailedReason failure = PC_NOERROR;
    KINDRED_PETSC(KSPGetPC(ksp, &pc));
    KINDRED_PETSC(PCGetFailedReason(pc, &failure));
    text += fmt::format(" ({})", PCFailedReasons[failure]);
  }
  return text;
}

}  // namespace

KspEngine::KspEngine() : prefix_(next_prefix()) {}

void KspEngine::configure(const LinearSystem& system) {
  require_krylov_method(settings_.ksp_type);
  require_preconditioner(settings_.pc_type);
  if (!has_entries(*system.matrix)) {
    require_free_of_entries(settings_.pc_type);
  }
  direct_ = settings_.ksp_type == KSPPREONLY;
  options_.reset();
  defaults_.reset();
  PetscOptions defaults = settings_.defaults;
  for (const auto& [name, value] : settings_.options) {
    defaults.erase(name);
  }
  defaults_.emplace(prefix_, defaults);
  options_.emplace(prefix_, settings_.options);

  KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, ksp_.slot()));
  KINDRED_PETSC(KSPSetOptionsPrefix(ksp_, prefix_.c_str()));
  KINDRED_PETSC(KSPSetType(ksp_, settings_.ksp_type.c_str()));
  PC pc = nullptr;
  KINDRED_PETSC(KSPGetPC(ksp_, &pc));
  KINDRED_PETSC(PCSetType(pc, settings_.pc_type.c_str()));
  if (const ResidualMeasure measure = residual_measure(settings_.ksp_type); measure.true_residual && !direct_) {
    KINDRED_PETSC(KSPSetPCSide(ksp_, measure.side));
    KINDRED_PETSC(KSPSetNormType(ksp_, KSP_NORM_UNPRECONDITIONED));
  }
  describe_matrix(system);
  KINDRED_PETSC(KSPSetOperators(ksp_, matrix_, matrix_));
  try {
    KINDRED_PETSC(KSPSetFromOptions(ksp_));
  } catch (const SolveError& error) {
    throw InputError(fmt::format("[solver.petsc]: {}", error.what()));
  }
  const auto n = static_cast<PetscInt>(system.matrix->size());
  KINDRED_PETSC(VecCreateSeq(PETSC_COMM_SELF, n, rhs_.slot()));
  KINDRED_PETSC(VecDuplicate(rhs_, solution_.slot()));
  KINDRED_PETSC(VecDuplicate(rhs_, residual_.slot()));
}

/// Tells PETSc what is known about the matrix; to be repeated after every change of its values.
void KspEngine::describe_matrix(const LinearSystem& system) {
  const bool pinned = direct_ && system.constant_null_space && has_entries(*system.matrix);
  if (pinned) {
    pin_first_unknown(matrix_);
  }
  KINDRED_PETSC(MatSetOption(matrix_, MAT_SYMMETRIC, system.symmetric ? PETSC_TRUE : PETSC_FALSE));
  const bool definite = system.symmetric && system.positive_definite && (!system.constant_null_space || pinned);
  KINDRED_PETSC(MatSetOption(matrix_, MAT_SPD, definite ? PETSC_TRUE : PETSC_FALSE));
  if (system.constant_null_space && !pinned) {
    petsc::NullSpace constants;
    KINDRED_PETSC(MatNullSpaceCreate(PETSC_COMM_SELF, PETSC_TRUE, 0, nullptr, constants.slot()));
    KINDRED_PETSC(MatSetNullSpace(matrix_, constants));
    KINDRED_PETSC(MatSetTransposeNullSpace(matrix_, constants));
  }
}

/// Brings the matrix and the preconditioner up to date.
void KspEngine::prepare(const LinearSystem& system, const Choose& choose) {
  const std::uint64_t kind = kind_of(system);
  const std::uint64_t fingerprint = system.matrix->fingerprint();
  const bool same_kind = ksp_ && kind == kind_;
  if (same_kind && fingerprint_ == fingerprint) {
    return;
  }
  fingerprint_.reset();
  if (same_kind) {
    system.matrix->assemble(matrix_);
    describe_matrix(system);
    KINDRED_PETSC(KSPSetOperators(ksp_, matrix_, matrix_));
  } else {
    ksp_.reset();
    matrix_.reset();
    system.matrix->assemble(matrix_);
    settings_ = choose(system, entries_per_row(system, matrix_));
    configure(system);
    kind_ = kind;
  }
  KINDRED_PETSC(KSPSetUp(ksp_));
  fingerprint_ = fingerprint;
  if (!same_kind) {
    description_ = describe_solver();
  }
}

SolveReport KspEngine::solve(const LinearSystem& system, std::span<double> solution, const Choose& choose) {
  SolveReport report;
  if (!std::ranges::all_of(system.rhs, [](double b) { return std::isfinite(b); })) {
    report.reason = KSP_DIVERGED_NANORINF;
    report.reason_text = "DIVERGED_NANORINF (the right-hand side is not finite)";
    return report;
  }
  try {
    const auto setup_start = Clock::now();
    prepare(system, choose);
    report.seconds_setup = seconds_since(setup_start);

    const auto solve_start = Clock::now();
    copy_in(system.rhs, rhs_);
    PetscReal rhs_norm = 0.0;
    KINDRED_PETSC(VecNorm(rhs_, NORM_2, &rhs_norm));
    target_ = std::max(settings_.rtol * rhs_norm, settings_.atol);
    // A zero right-hand side has the solution zero, and no residual that is small compared with it.
    const bool zero_guess = direct_ || rhs_norm == 0.0 || std::ranges::all_of(solution, [](double x) { return x == 0.0; });
    if (zero_guess) {
      KINDRED_PETSC(VecSet(solution_, 0.0));
    } else {
      copy_in(solution, solution_);
    }
    if (direct_) {
      run_factor(report);
    } else {
      run_krylov(report, zero_guess);
    }
    if (system.constant_null_space) {
      remove_mean(solution_);
    }
    copy_out(solution_, solution);
    report.seconds_solve = seconds_since(solve_start);
  } catch (...) {
    ksp_.reset();
    throw;
  }
  if (!report.converged) {
    ksp_.reset();  // nothing of a failed solve is used again: a preconditioner may hold NaNs
  }
  return report;
}

KSPConvergedReason KspEngine::solve_once(SolveReport& report) {
  KINDRED_PETSC(KSPSolve(ksp_, rhs_, solution_));
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  PetscInt iterations = 0;
  KINDRED_PETSC(KSPGetConvergedReason(ksp_, &reason));
  KINDRED_PETSC(KSPGetIterationNumber(ksp_, &iterations));
  report.iterations += static_cast<int>(iterations);
  report.reason = static_cast<int>(reason);
  report.reason_text = text_of(ksp_, reason);
  return reason;
}

double KspEngine::residual_norm() {
  PetscReal norm = 0.0;
  KINDRED_PETSC(MatMult(matrix_, solution_, residual_));
  KINDRED_PETSC(VecAYPX(residual_, -1.0, rhs_));
  KINDRED_PETSC(VecNorm(residual_, NORM_2, &norm));
  return norm;
}

/// Of the solve that has just ended, and of the check that follows it.
void KspEngine::count_applications(SolveReport& report, int iterations, bool from_guess) const {
  PetscBool counted = PETSC_FALSE;
  KINDRED_PETSC(KSPRecycleIsSupported(ksp_, &counted));
  if (counted) {
    PetscInt operators = 0;
    PetscInt preconditioners = 0;
    KINDRED_PETSC(KSPRecycleGetApplications(ksp_, &operators, &preconditioners));
    report.operator_applications += operators + 1;
    report.preconditioner_applications += preconditioners;
    return;
  }
  const auto in_iterations = static_cast<Index>(applications_per_iteration(settings_.ksp_type)) * iterations;
  // The start takes one application of the preconditioner, and one of the operator if the guess is not zero; the check one more.
  report.operator_applications += in_iterations + (from_guess ? 2 : 1);
  report.preconditioner_applications += in_iterations + 1;
}

void KspEngine::run_krylov(SolveReport& report, bool zero_guess) {
  double rtol = settings_.rtol;
  double norm = 0.0;
  for (int round = 0; round <= maximum_continuations; ++round) {
    const int left = settings_.max_iterations - report.iterations;
    const bool from_guess = round > 0 || !zero_guess;
    const int before = report.iterations;
    // PETSc measures divergence by b, too: a guess far off is no divergence.
    KINDRED_PETSC(KSPSetTolerances(ksp_, rtol, settings_.atol, from_guess ? PETSC_MAX_REAL : default_divergence, left));
    KINDRED_PETSC(KSPSetInitialGuessNonzero(ksp_, from_guess ? PETSC_TRUE : PETSC_FALSE));
    const KSPConvergedReason reason = solve_once(report);
    count_applications(report, report.iterations - before, from_guess);
    norm = residual_norm();
    report.converged = reason > 0 && norm <= target_;
    if (reason < 0 || norm <= target_ || !std::isfinite(norm) || report.iterations >= settings_.max_iterations) {
      break;
    }
    KSPNormType measured = KSP_NORM_DEFAULT;
    KINDRED_PETSC(KSPGetNormType(ksp_, &measured));
    if (measured != KSP_NORM_UNPRECONDITIONED) {
      rtol *= 0.5 * target_ / norm;
    }
  }
  report.residual_norm = norm;
  if (!report.converged && report.reason > 0) {
    report.reason_text += fmt::format(", but the true residual {:.3g} is above the {:.3g} asked for", norm, target_);
    report.reason = -1;
  }
}

void KspEngine::run_factor(SolveReport& report) {
  KSPConvergedReason reason = solve_once(report);
  report.iterations = 0;
  report.preconditioner_applications = 1;
  report.operator_applications = 1;
  double norm = residual_norm();
  petsc::Vector correction;
  for (int step = 0; step < maximum_continuations && reason > 0 && std::isfinite(norm) && norm > target_; ++step) {
    if (!correction) {
      KINDRED_PETSC(VecDuplicate(rhs_, correction.slot()));
    }
    KINDRED_PETSC(KSPSolve(ksp_, residual_, correction));
    KINDRED_PETSC(VecAXPY(solution_, 1.0, correction));
    norm = residual_norm();
    report.preconditioner_applications += 1;
    report.operator_applications += 1;
    report.iterations += 1;
  }
  report.residual_norm = norm;
  report.converged = reason > 0 && norm <= target_;
  if (!report.converged && report.reason > 0) {
    report.reason_text = fmt::format("the factorisation leaves a residual of {:.3g}, above the {:.3g} asked for", norm, target_);
    report.reason = -1;
  } else if (report.converged) {
    report.reason_text = "CONVERGED_RTOL";
    report.reason = KSP_CONVERGED_RTOL;
  }
}

std::vector<std::string> KspEngine::unused_options() const { return options_ ? options_->unused() : std::vector<std::string>{}; }

std::string KspEngine::describe_solver() const {
  KSPType ksp_type = nullptr;
  PCType pc_type = nullptr;
  PC pc = nullptr;
  KINDRED_PETSC(KSPGetType(ksp_, &ksp_type));
  KINDRED_PETSC(KSPGetPC(ksp_, &pc));
  KINDRED_PETSC(PCGetType(pc, &pc_type));
  std::string preconditioner = pc_type;
#if defined(PETSC_HAVE_HYPRE)
  if (preconditioner == PCHYPRE) {
    const char* kind = nullptr;
    KINDRED_PETSC(PCHYPREGetType(pc, &kind));
    preconditioner += std::string(" ") + (kind != nullptr ? kind : "");
  }
#endif
  if (direct_) {
    MatSolverType package = nullptr;
    KINDRED_PETSC(PCFactorGetMatSolverType(pc, &package));
    return fmt::format("{}{}{}", preconditioner, package != nullptr ? " by " : "", package != nullptr ? package : "");
  }
  return fmt::format("{} + {}", ksp_type, preconditioner);
}

}  // namespace kindred

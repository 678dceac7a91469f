#include <kindred/solvers/recycling/gcrodr.hpp>

#include <limits>
#include <new>

#include <kindred/core/petsc/callback.hpp>
#include <kindred/solvers/recycling/gcrodr_context.hpp>
#include <kindred/solvers/recycling/recycle_access.hpp>

namespace kindred::recycling::gcrodr {
namespace {

constexpr PetscInt cycles_per_true_residual = 10;
constexpr double drift = 10.0;             // true residual over estimate, above which A U = C is in doubt
constexpr double least_progress = 0.5;     // between two refuted estimates, below which the solve gives up
constexpr double rounding = 1e-15;         // of the right-hand side's norm: no residual norm below this is believed
constexpr double doubtful_rounding = 0.1;  // of the residual norm: rounding errors above this make a correction worthless
constexpr double stagnation = 0.99;        // residual norm after over before a cycle that has brought no progress
constexpr PetscInt patience = 3;           // such cycles in a row before a carried space is dropped
constexpr double good_enough = 1.1;        // times the fewest steps: the space needs no refresh

bool failed(KSP ksp) { return ksp->reason == KSP_DIVERGED_NANORINF || ksp->reason == KSP_DIVERGED_PC_FAILED; }

/// Replaces the residual by b - A x; where the estimate was far too small, C is to be computed anew.
PetscErrorCode replace_residual(KSP ksp, Vec residual, double& norm) {
  Context& context = context_of(ksp);
  PetscFunctionBegin;
  PetscCall(true_residual(ksp, residual, norm));
  if (norm > drift * context.estimate) {
    context.image_valid = false;
  }
  context.estimate = norm;
  KSPCheckNorm(ksp, norm);
  PetscFunctionReturn(success);
}

/// Back to the x from before the cycle.
PetscErrorCode take_back(KSP ksp, Vec residual) {
  double norm = 0.0;
  PetscFunctionBegin;
  PetscCall(VecCopy(ksp->work[3], ksp->vec_sol));
  PetscCall(true_residual(ksp, residual, norm));
  ksp->rnorm = ksp->normtype == KSP_NORM_NONE ? 0.0 : norm;
  PetscFunctionReturn(success);
}

/// Convergence is declared for the true residual only.
PetscErrorCode verify(KSP ksp, Vec residual, double before) {
  Context& context = context_of(ksp);
  const double estimate = context.estimate;
  double norm = 0.0;
  PetscFunctionBegin;
  PetscCall(replace_residual(ksp, residual, norm));
  if (failed(ksp)) {
    PetscFunctionReturn(success);
  }
  // Iteration 0 would make this norm the one that the tolerance is relative to.
  PetscCall((*ksp->converged)(ksp, std::max<PetscInt>(ksp->its, 1), norm, &ksp->reason, ksp->cnvP));
  ksp->rnorm = norm;
  if (!ksp->reason) {
    PetscCall(
        PetscInfo(ksp, "Estimated residual norm %g converged or vanished, the true one %g did not: restarting from it\n", estimate, norm));
    if (norm > least_progress * context.refuted) {
      PetscCall(PetscInfo(ksp, "The true residual does not decrease any more: the tolerance is below what rounding errors allow\n"));
      ksp->reason = KSP_DIVERGED_BREAKDOWN;
      PetscCall(norm > before ? take_back(ksp, residual) : success);
    }
    context.refuted = norm;
  }
  PetscFunctionReturn(success);
}

/// Rounding errors in the cycle's correction are smaller than the residual.
bool trusted(const Context& context, double residual_norm) { return context.problem.rounding_error() <= doubtful_rounding * residual_norm; }

bool refresh_due(const KSP ksp) {
  const Context& context = context_of(ksp);
  const bool finished = ksp->reason != KSP_CONVERGED_ITERATING;
  if (context.problem.columns() == 0 || context.capacity == 0 || (context.size > 0 && !context.image_valid) ||
      (finished && !context.settings.carry)) {
    return false;
  }
  switch (context.settings.refresh) {
    case KSPGCRODR_REFRESH_EVERY:
      return true;
    case KSPGCRODR_REFRESH_ONCE:
      return finished || context.size == 0;
    case KSPGCRODR_REFRESH_ADAPTIVE:
      return !finished || context.size == 0 || context.counts.cycles > 1 || context.fewest_steps == unknown_steps ||
             static_cast<double>(ksp->its) > good_enough * static_cast<double>(context.fewest_steps);
    case KSPGCRODR_REFRESH_NEVER:
      return false;
  }
  return false;
}

/// What the basis being complete means for a solve that has not converged.
void judge_breakdown(KSP ksp) {
  const Context& context = context_of(ksp);
  if (!ksp->reason && context.invariant) {
    ksp->reason = context.estimate == 0.0 ? KSP_CONVERGED_HAPPY_BREAKDOWN : KSP_DIVERGED_BREAKDOWN;
  }
}

/// Drops the last directions until rounding errors in the correction no longer exceed the residual, and adds it again.
PetscErrorCode correct_with_fewer(KSP ksp, double before) {
  Context& context = context_of(ksp);
  PetscFunctionBegin;
  do {
    context.problem.drop_last();
  } while (context.problem.columns() > 0 && !trusted(context, before));
  context.invariant = false;
  PetscCall(VecCopy(ksp->work[4], ksp->vec_sol));
  PetscCall(add_correction(ksp, ksp->vec_sol));
  PetscFunctionReturn(success);
}

/// x += the cycle's correction. Where H̄ is nearly singular, rounding errors blown up in it can make the residual larger than it was before
/// the cycle; then directions are left out, or the whole correction.
/// @param measured  whether `residual` is now the true one
PetscErrorCode correct(KSP ksp, Vec residual, double before, bool& measured) {
  Context& context = context_of(ksp);
  double norm = 0.0;
  PetscFunctionBegin;
  measured = context.problem.columns() > 0 && (ksp->reason == KSP_DIVERGED_BREAKDOWN || !trusted(context, before));
  PetscCall(measured ? VecCopy(ksp->vec_sol, ksp->work[4]) : success);
  PetscCall(add_correction(ksp, ksp->vec_sol));
  context.pending = false;
  if (!measured) {
    PetscFunctionReturn(success);
  }
  PetscCall(true_residual(ksp, residual, norm));
  if (!(norm <= before)) {
    PetscCall(correct_with_fewer(ksp, before));
    PetscCall(true_residual(ksp, residual, norm));
  }
  context.estimate = norm;
  ksp->rnorm = ksp->normtype == KSP_NORM_NONE ? 0.0 : norm;
  if (!(norm <= before)) {
    PetscCall(take_back(ksp, residual));
  }
  if (!ksp->reason && !(norm <= stagnation * before)) {
    ksp->reason = KSP_DIVERGED_BREAKDOWN;
  }
  PetscFunctionReturn(success);
}

/// A space from other systems can hold back a solve that would converge from nothing.
/// @param before  residual norm before the cycle that has just ended
PetscErrorCode drop_stalling_space(KSP ksp, double before) {
  Context& context = context_of(ksp);
  PetscFunctionBegin;
  context.stalled = context.estimate > stagnation * before ? context.stalled + 1 : 0;
  if (ksp->reason || !context.carried || context.settings.refresh == KSPGCRODR_REFRESH_NEVER || context.stalled < patience) {
    PetscFunctionReturn(success);
  }
  PetscCall(PetscInfo(ksp, "No progress in %d cycles with a carried recycle space: it is dropped\n", static_cast<int>(patience)));
  forget_space(context);
  context.projects_on_images = true;
  context.carried = false;
  PetscFunctionReturn(success);
}

PetscErrorCode run_cycle(KSP ksp, Vec residual) {
  Context& context = context_of(ksp);
  const double before = context.estimate;
  double norm = 0.0;
  bool measured = false;
  PetscFunctionBegin;
  PetscCall(VecCopy(ksp->vec_sol, ksp->work[3]));
  PetscCall(start_space(ksp));
  if (!failed(ksp) && ksp->its == 0) {
    PetscCall(begin_from_last(ksp, residual));
  }
  if (!failed(ksp)) {
    PetscCall(begin_cycle(ksp, residual, norm));
  }
  if (failed(ksp)) {
    PetscFunctionReturn(success);
  }
  if (ksp->its == 0 && context.size > 0 && ksp->normtype != KSP_NORM_NONE) {
    PetscCall((*ksp->converged)(ksp, 1, norm, &ksp->reason, ksp->cnvP));
  }
  if (!ksp->reason && norm == 0.0) {
    ksp->reason = KSP_CONVERGED_HAPPY_BREAKDOWN;
  }
  if (!ksp->reason) {
    PetscCall(arnoldi(ksp));
    if (failed(ksp)) {
      PetscFunctionReturn(success);
    }
    judge_breakdown(ksp);
    PetscCall(correct(ksp, residual, before, measured));
  }
  if ((ksp->reason > 0 && ksp->normtype != KSP_NORM_NONE) || (!ksp->reason && exhausted(ksp))) {
    PetscCall(verify(ksp, residual, before));
  } else if (!ksp->reason && !measured && context.counts.cycles % cycles_per_true_residual == 0) {
    PetscCall(replace_residual(ksp, residual, norm));
  } else if (!ksp->reason && !measured) {
    PetscCall(estimated_residual(ksp, residual));
  }
  if (!failed(ksp) && refresh_due(ksp)) {
    PetscCall(refresh_space(ksp));
  }
  PetscCall(drop_stalling_space(ksp, before));
  PetscFunctionReturn(success);
}

PetscErrorCode first_residual(KSP ksp, Vec residual) {
  Context& context = context_of(ksp);
  double norm = 0.0;
  double scale = 0.0;
  PetscFunctionBegin;
  if (ksp->guess_zero) {
    PetscCall(VecCopy(ksp->vec_rhs, residual));
    PetscCall(VecNorm(residual, NORM_2, &norm));
    scale = norm;
  } else {
    PetscCall(true_residual(ksp, residual, norm));
    PetscCall(VecNorm(ksp->vec_rhs, NORM_2, &scale));
  }
  context.estimate = norm;
  context.rounding = rounding * scale;
  KSPCheckNorm(ksp, norm);
  PetscCall(report_norm(ksp, norm));
  PetscFunctionReturn(success);
}

PetscErrorCode finish_last(KSP ksp, Vec residual) {
  LastCorrection& last = context_of(ksp).last;
  PetscFunctionBegin;
  if (ksp->reason > 0 && ksp->normtype != KSP_NORM_NONE) {  // only then is the residual the true one
    PetscCall(last.finish(ksp->vec_sol, residual));
  } else {
    last.forget();
  }
  PetscFunctionReturn(success);
}

PetscErrorCode solve(KSP ksp) {
  Context& context = context_of(ksp);
  Vec residual = ksp->work[0];
  PetscFunctionBegin;
  PetscCall(prepare_storage(ksp));
  PetscCall(load_if_pending(ksp));
  if (!context.settings.carry) {
    forget_space(context);
  }
  context.carried = context.size > 0;
  context.stalled = 0;
  context.counts = {};
  context.problem.start(0.0, 0);
  context.pending = false;
  context.refuted = std::numeric_limits<double>::infinity();
  ksp->its = 0;
  ksp->reason = KSP_CONVERGED_ITERATING;
  PetscCall(first_residual(ksp, residual));
  while (!ksp->reason) {
    PetscCall(run_cycle(ksp, residual));
  }
  PetscCall(finish_last(ksp, residual));
  if (ksp->reason > 0 && context.carried && ksp->its > 0) {
    context.fewest_steps = std::min(context.fewest_steps, ksp->its);
  }
  PetscFunctionReturn(success);
}

PetscErrorCode guarded_solve(KSP ksp) {
  return petsc::guarded(
      communicator_of(ksp), "KSPSolve_GCRODR", [ksp] { return solve(ksp); }, too_many_columns);
}

PetscErrorCode set_up(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(KSPSetWorkVecs(ksp, 5));
  PetscCall(prepare_storage(ksp));
  PetscFunctionReturn(success);
}

/// x, with the correction of a cycle that is under way.
PetscErrorCode build_solution(KSP ksp, Vec given, Vec* result) {
  Context& context = context_of(ksp);
  PetscFunctionBegin;
  if (given == nullptr) {
    if (context.current == nullptr) {
      PetscCall(VecDuplicate(ksp->vec_sol, &context.current));
    }
    given = context.current;
  }
  PetscCall(VecCopy(ksp->vec_sol, given));
  if (context.pending && context.problem.columns() > 0) {
    PetscCall(petsc::guarded(communicator_of(ksp), "KSPBuildSolution_GCRODR", [ksp, given] { return add_correction(ksp, given); }));
  }
  if (result != nullptr) {
    *result = given;
  }
  PetscFunctionReturn(success);
}

PetscErrorCode reset(KSP ksp) {
  Context& context = context_of(ksp);
  PetscFunctionBegin;
  if (!context.settings.save.empty() && context.size > 0) {
    PetscCall(KSPGCRODRSaveRecycleSpace(ksp, context.settings.save.c_str()));
  }
  forget_space(context);
  context.projects_on_images = false;
  context.images = {};
  context.solutions = {};
  context.capacity = 0;
  PetscCall(VecDestroy(&context.lent_input));
  PetscCall(VecDestroy(&context.lent_output));
  PetscCall(VecDestroy(&context.current));
  PetscFunctionReturn(success);
}

PetscErrorCode destroy(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(reset(ksp));
  PetscCall(withdraw_access(ksp));
  delete &context_of(ksp);
  ksp->data = nullptr;
  PetscFunctionReturn(success);
}

PetscErrorCode create(KSP ksp, bool carry) {
  PetscFunctionBegin;
  auto* context = new (std::nothrow) Context;
  PetscCheck(context != nullptr, communicator_of(ksp), PETSC_ERR_MEM, "not enough memory to create the KSP");
  context->settings.carry = carry;
  ksp->data = context;
  ksp->ops->setup = set_up;
  ksp->ops->solve = guarded_solve;
  ksp->ops->reset = reset;
  ksp->ops->destroy = destroy;
  ksp->ops->view = view;
  ksp->ops->setfromoptions = set_from_options;
  ksp->ops->buildsolution = build_solution;
  ksp->ops->buildresidual = KSPBuildResidualDefault;
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_UNPRECONDITIONED, PC_RIGHT, 3));
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_NONE, PC_RIGHT, 1));
  PetscCall(make_accessible(ksp));
  PetscFunctionReturn(success);
}

}  // namespace
}  // namespace kindred::recycling::gcrodr

PetscErrorCode KSPCreate_GCRODR(KSP ksp) { return kindred::recycling::gcrodr::create(ksp, true); }
PetscErrorCode KSPCreate_GMRESDR(KSP ksp) { return kindred::recycling::gcrodr::create(ksp, false); }

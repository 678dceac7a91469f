#include <cmath>
#include <utility>

#include <kindred/solvers/recycling/rminres_lanczos.hpp>

namespace kindred::recycling::rminres {
namespace {

/// Between two contradicted norms: a solve that makes less has reached what rounding errors allow.
constexpr double least_progress = 0.5;

/// r = A u - C b - α v - β v_old and z = M⁻¹r; α and b in one reduction, then β.
PetscErrorCode lanczos_step(Solve& s) {
  PetscFunctionBegin;
  const RMINRES& method = s.method;
  const Eigen::Index k = method.vectors.cols();
  PetscCall(apply_operator(s.ksp, s.a, s.u, s.r));
  Eigen::VectorXd sums(k + 1);
  PetscCall(local_dots(method.preconditioned_images, s.r, sums.data()));
  PetscCall(local_dot(s.u, s.r, &sums(k)));
  PetscCall(sum_over_processes(s.comm(), sums.data(), sums.size()));
  s.b = sums.head(k);
  s.alpha = sums(k);
  PetscCall(check_number(s.ksp, s.alpha));
  if (s.done()) {
    PetscFunctionReturn(success);
  }
  PetscCall(apply_preconditioner(s.ksp, s.r, s.z));
  PetscCall(add_combination(method.images, s.b, -1.0, s.r));
  PetscCall(add_combination(method.preconditioned_images, s.b, -1.0, s.z));
  PetscCall(VecAXPY(s.r, -s.alpha, s.v));
  PetscCall(VecAXPY(s.z, -s.alpha, s.u));
  PetscCall(VecAXPY(s.r, -s.beta, s.v_old));
  PetscCall(VecAXPY(s.z, -s.beta, s.u_old));
  s.beta_before = s.beta;
  PetscCall(VecDot(s.r, s.z, &s.product));
  PetscCall(check_number(s.ksp, s.product));
  const double scale = s.alpha * s.alpha + s.beta * s.beta;
  if (!s.done() && s.product < -1e-10 * scale) {
    PetscCall(fail_preconditioner(s));
  }
  s.beta = PetscSqrtReal(PetscAbsReal(s.product));
  PetscFunctionReturn(success);
}

/// w = (u - R_{j-1,j} w_old - R_{j-2,j} w_older) / R_jj and the same for e, then x += c η w and s += c η e.
PetscErrorCode update_solution(Solve& s) {
  PetscFunctionBegin;
  const Rotations& rotation = s.rotation;
  std::swap(s.w_older, s.w_old);
  std::swap(s.w_old, s.w);
  PetscCall(VecCopy(s.u, s.w));
  PetscCall(VecAXPY(s.w, -rotation.above, s.w_old));
  PetscCall(VecAXPY(s.w, -rotation.far_above, s.w_older));
  PetscCall(VecScale(s.w, 1.0 / rotation.diagonal));
  s.e_older.swap(s.e_old);
  s.e_old.swap(s.e);
  s.e = (s.b - rotation.above * s.e_old - rotation.far_above * s.e_older) / rotation.diagonal;
  const double step = rotation.c * rotation.eta;
  PetscCall(VecAXPY(s.x, step, s.w));
  s.method.pending += step * s.e;
  PetscFunctionReturn(success);
}

/// The residual norm after the step: recurred, or, where the Lanczos process has ended, computed.
PetscErrorCode measure(Solve& s) {
  PetscFunctionBegin;
  const Rotations& rotation = s.rotation;
  if (s.product < breakdown) {
    PetscCall(PetscInfo(s.ksp, "The Lanczos process has ended, r'M^-1 r = %g\n", s.product));
    PetscCall(true_residual(s, s.v_old));
    PetscCall(VecNorm(s.v_old, NORM_2, &s.norm));
    PetscCall(check_number(s.ksp, s.norm));
  } else if (s.true_norm()) {
    // r_j = s² r_{j-1} - s c η v_{j+1}
    PetscCall(VecAXPBY(s.residual, -rotation.s * rotation.c * rotation.eta / s.beta, rotation.s * rotation.s, s.r));
    PetscCall(VecNorm(s.residual, NORM_2, &s.norm));
    PetscCall(check_number(s.ksp, s.norm));
  } else {
    s.norm *= PetscAbsReal(rotation.s);
  }
  PetscFunctionReturn(success);
}

/// The recurred residual can drift from b - A x. Where it claims convergence, or has come to its accuracy, the true one is tested; if it
/// does not satisfy the test, a new Lanczos process starts from it.
PetscErrorCode verify(Solve& s, PetscInt iteration) {
  PetscFunctionBegin;
  const bool claimed = s.ksp->reason == KSP_CONVERGED_RTOL || s.ksp->reason == KSP_CONVERGED_ATOL ||
                       s.ksp->reason == KSP_CONVERGED_RTOL_NORMAL || s.ksp->reason == KSP_CONVERGED_ATOL_NORMAL;
  if (!(claimed || s.exhausted()) || !s.true_norm() || s.product < breakdown) {
    PetscFunctionReturn(success);
  }
  PetscCall(true_residual(s, s.residual));
  PetscCall(VecNorm(s.residual, NORM_2, &s.norm));
  s.ksp->rnorm = s.norm;
  s.ksp->reason = KSP_CONVERGED_ITERATING;
  PetscCall((*s.ksp->converged)(s.ksp, iteration, s.norm, &s.ksp->reason, s.ksp->cnvP));
  if (s.done()) {
    PetscFunctionReturn(success);
  }
  if (s.norm > least_progress * s.refuted) {
    PetscCall(PetscInfo(s.ksp, "The true residual does not decrease any more: the tolerance is below what rounding errors allow\n"));
    s.ksp->reason = KSP_DIVERGED_BREAKDOWN;
    PetscFunctionReturn(success);
  }
  s.refuted = s.norm;
  PetscCall(PetscInfo(s.ksp, "The recurred residual had drifted from the true one, %g: restarting from it\n", s.norm));
  PetscCall(s.method.harvest.close_window(s.comm()));
  PetscCall(VecCopy(s.residual, s.r));
  PetscCall(apply_preconditioner(s.ksp, s.r, s.z));
  PetscCall(project(s));
  PetscCall(measure_start(s));
  PetscCall(check_product(s, s.first_norm));
  if (!s.done()) {
    PetscCall(start_lanczos(s));
  }
  PetscFunctionReturn(success);
}

/// Next Lanczos vectors, and the step's place in the harvest.
PetscErrorCode next_vectors(Solve& s) {
  PetscFunctionBegin;
  s.rotation.eta *= -s.rotation.s;
  PetscCall(shift_lanczos(s));
  if (s.method.harvest.collecting()) {
    PetscCall(s.method.harvest.store_step(s.first ? 0.0 : s.beta_before, s.alpha, s.beta, s.b, s.v, s.u));
  }
  s.first = false;
  PetscFunctionReturn(success);
}

PetscErrorCode step(Solve& s, PetscInt iteration) {
  PetscFunctionBegin;
  PetscCall(lanczos_step(s));
  if (s.done()) {
    PetscFunctionReturn(success);
  }
  s.rotation.append(s.alpha, s.beta_before, s.beta);
  PetscCall(update_solution(s));
  PetscCall(measure(s));
  if (s.done()) {
    PetscFunctionReturn(success);
  }
  PetscCall(report(s, iteration));
  const bool ended = s.product < breakdown;
  if (ended && !s.done()) {
    PetscCheck(!s.ksp->errorifnotconverged, s.comm(), PETSC_ERR_NOT_CONVERGED,
               "rminres: the Lanczos process ended before the tolerance was met; the system is singular or the preconditioner indefinite");
    s.ksp->reason = KSP_DIVERGED_BREAKDOWN;
  }
  const bool doubted = s.done() || s.exhausted();
  if (!ended) {
    PetscCall(doubted ? verify(s, iteration) : success);
    // After a restart the vectors are those of the new process already.
    if (!doubted || s.done()) {
      PetscCall(next_vectors(s));
    }
  }
  PetscFunctionReturn(success);
}

PetscErrorCode finish(Solve& s) {
  bool taken = false;
  PetscFunctionBegin;
  PetscCall(add_pending(s.ksp));
  PetscCall(finish_harvest(s.ksp, s.a, s.method, taken));
  PetscCall(finish_last(s.ksp, s.x, nullptr));
  s.method.preconditioned_ready = s.method.preconditioned_ready && !taken;
  PetscFunctionReturn(success);
}

}  // namespace
}  // namespace kindred::recycling::rminres

namespace kindred::recycling {

PetscErrorCode add_pending(KSP ksp) {
  PetscFunctionBegin;
  auto& method = *static_cast<RMINRES*>(ksp->data);
  if (method.pending.size() > 0) {
    PetscCall(add_combination(method.vectors, method.pending, -1.0, ksp->vec_sol));
    method.pending.setZero();
  }
  PetscFunctionReturn(success);
}

PetscErrorCode solve_rminres(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(refuse_diagonal_scaling(ksp, "rminres"));
  PetscCall(prepare_space(ksp));
  Mat a = nullptr;
  PetscCall(PCGetOperators(ksp->pc, &a, nullptr));
  Vec* work = ksp->work;
  rminres::Solve s{ksp,
                   *static_cast<RMINRES*>(ksp->data),
                   a,
                   ksp->vec_sol,
                   ksp->vec_rhs,
                   work[0],
                   work[1],
                   work[2],
                   work[3],
                   work[4],
                   work[5],
                   work[6],
                   work[7],
                   work[8],
                   work[9]};
  PetscCall(rminres::start(s));
  for (PetscInt iteration = 1; !s.done(); ++iteration) {
    if (iteration > ksp->max_it) {
      ksp->reason = KSP_DIVERGED_ITS;
      break;
    }
    ksp->its = iteration;
    PetscCall(rminres::step(s, iteration));
  }
  PetscCall(rminres::finish(s));
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling

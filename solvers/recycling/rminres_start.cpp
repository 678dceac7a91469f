#include <array>

#include <kindred/solvers/recycling/rminres_lanczos.hpp>

namespace kindred::recycling::rminres {
namespace {

/// Of the residual norm before a projection: what the projection leaves below this is rounding, and its product with M⁻¹ may be negative.
constexpr double projection_accuracy = 1e-12;

PetscErrorCode start_harvest(Solve& s) {
  PetscFunctionBegin;
  RMINRES& method = s.method;
  method.harvest.stop();
  if (method.options.recycle > 0 && method.options.harvest != Harvest::none && method.refresh.harvest()) {
    if (!s.deflating()) {
      method.preconditioned_images.resize(method.vectors.rows(), 0);
    }
    PetscCall(method.harvest.begin(s.comm(), {&method.vectors, &method.images, &method.preconditioned_images}, method.options.recycle,
                                   method.options.window, method.options.harvest == Harvest::first));
  }
  PetscFunctionReturn(success);
}

/// Begins from the correction of the last solve, its image made orthogonal to C in the inner product of M⁻¹, if the operator is the same.
PetscErrorCode begin_from_last(Solve& s) {
  RMINRES& method = s.method;
  Vec dual_vector = s.w;
  const auto apply = [&](Vec last, Vec image) { return apply_operator(s.ksp, s.a, last, image); };
  const auto deflate = [&](Vec last, Vec image) {
    Eigen::VectorXd h;
    PetscFunctionBegin;
    PetscCall(dots(method.preconditioned_images, image, &h));
    PetscCall(add_combination(method.vectors, h, -1.0, last));
    PetscCall(add_combination(method.images, h, -1.0, image));
    PetscFunctionReturn(success);
  };
  const auto dual = [&](Vec /*last*/, Vec image, Vec* t) {
    *t = dual_vector;
    return apply_preconditioner(s.ksp, image, dual_vector);
  };
  PetscFunctionBegin;
  if (method.options.recycle > 0) {
    PetscCall(method.last.begin(method.unchanged && s.deflating(), s.x, s.r, {apply, deflate, dual}));
    if (method.last.factor() != 0.0) {
      PetscCall(VecAXPY(s.z, -method.last.factor(), dual_vector));
    }
  }
  PetscFunctionReturn(success);
}

/// Deflates the initial residual. Tolerances stay relative to the residual before it, so the test of iteration 0 is repeated here only
/// for PETSc's own test, whose threshold is known.
PetscErrorCode start_deflation(Solve& s) {
  PetscFunctionBegin;
  Mat preconditioning_matrix = nullptr;
  PetscCall(PCGetOperators(s.ksp->pc, nullptr, &preconditioning_matrix));
  PetscCall(orthonormalise_images(s.ksp, s.a, preconditioning_matrix));
  if (!s.done()) {
    PetscCall(begin_from_last(s));
  }
  if (s.done() || !s.deflating()) {
    PetscFunctionReturn(success);
  }
  const double before = s.norm;
  PetscCall(project(s));
  PetscCall(measure_start(s));
  if (s.done()) {
    PetscFunctionReturn(success);
  }
  if (s.tests_by_default() && s.norm <= s.ksp->ttol) {
    s.ksp->rnorm = s.norm;
    s.ksp->reason = s.norm <= s.ksp->abstol ? KSP_CONVERGED_ATOL : KSP_CONVERGED_RTOL;
  }
  PetscCall(check_product(s, before));
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode fail_preconditioner(const Solve& s) {
  PetscFunctionBegin;
  PetscCheck(!s.ksp->errorifnotconverged, s.comm(), PETSC_ERR_NOT_CONVERGED,
             "rminres stopped in iteration %" PetscInt_FMT ": the preconditioner is not positive definite (r'M^-1 r = %g)", s.ksp->its,
             s.product);
  PetscCall(PetscInfo(s.ksp, "The preconditioner is not positive definite\n"));
  s.ksp->reason = KSP_DIVERGED_INDEFINITE_PC;
  PetscFunctionReturn(success);
}

PetscErrorCode true_residual(Solve& s, Vec target) {
  PetscFunctionBegin;
  PetscCall(add_pending(s.ksp));
  PetscCall(apply_operator(s.ksp, s.a, s.x, target));
  PetscCall(VecAYPX(target, -1.0, s.right_hand_side));
  PetscFunctionReturn(success);
}

PetscErrorCode measure_start(Solve& s) {
  PetscFunctionBegin;
  std::array<double, 2> sums{};
  Vec measured = s.true_norm() ? s.r : s.z;
  PetscCall(local_dot(measured, measured, sums.data()));
  PetscCall(local_dot(s.r, s.z, &sums[1]));
  PetscCall(sum_over_processes(s.comm(), sums.data(), 2));
  s.norm = PetscSqrtReal(sums[0]);
  s.product = sums[1];
  PetscCall(check_number(s.ksp, s.norm));
  if (!s.done()) {
    PetscCall(check_number(s.ksp, s.product));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode check_product(Solve& s, double before) {
  PetscFunctionBegin;
  if (s.done() || s.product >= breakdown || s.norm <= breakdown) {
    PetscFunctionReturn(success);
  }
  if (s.norm > projection_accuracy * before) {
    PetscCall(fail_preconditioner(s));
    PetscFunctionReturn(success);
  }
  PetscCall(PetscInfo(s.ksp, "The recycle space holds the solution up to rounding errors, residual norm %g\n", s.norm));
  s.ksp->rnorm = s.ksp->normtype == KSP_NORM_NONE ? 0.0 : s.norm;
  s.ksp->reason = s.tests_by_default() ? KSP_DIVERGED_BREAKDOWN : KSP_CONVERGED_HAPPY_BREAKDOWN;
  PetscFunctionReturn(success);
}

PetscErrorCode report(Solve& s, PetscInt iteration) {
  PetscFunctionBegin;
  s.ksp->rnorm = s.ksp->normtype == KSP_NORM_NONE ? 0.0 : s.norm;
  PetscCall(KSPLogResidualHistory(s.ksp, s.ksp->rnorm));
  PetscCall(KSPMonitor(s.ksp, iteration, s.ksp->rnorm));
  PetscCall((*s.ksp->converged)(s.ksp, iteration, s.ksp->rnorm, &s.ksp->reason, s.ksp->cnvP));
  PetscFunctionReturn(success);
}

PetscErrorCode project(Solve& s) {
  PetscFunctionBegin;
  for (int pass = 0; pass < 2; ++pass) {
    Eigen::VectorXd c;
    PetscCall(dots(s.method.preconditioned_images, s.r, &c));
    PetscCall(add_combination(s.method.vectors, c, 1.0, s.x));
    PetscCall(add_combination(s.method.images, c, -1.0, s.r));
    PetscCall(add_combination(s.method.preconditioned_images, c, -1.0, s.z));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode shift_lanczos(Solve& s) {
  PetscFunctionBegin;
  std::swap(s.v_old, s.v);
  std::swap(s.u_old, s.u);
  std::swap(s.v, s.r);
  std::swap(s.u, s.z);
  PetscCall(VecScale(s.v, 1.0 / s.beta));
  PetscCall(VecScale(s.u, 1.0 / s.beta));
  PetscFunctionReturn(success);
}

PetscErrorCode start_lanczos(Solve& s) {
  PetscFunctionBegin;
  if (s.product == 0.0) {
    s.ksp->reason = KSP_CONVERGED_ATOL;
    PetscFunctionReturn(success);
  }
  s.rotation = {};
  s.beta = PetscSqrtReal(PetscAbsReal(s.product));
  s.rotation.eta = s.beta;
  s.first_norm = s.norm;
  s.first = true;
  if (s.true_norm()) {
    PetscCall(VecCopy(s.r, s.residual));
  }
  PetscCall(shift_lanczos(s));
  for (Vec zero : {s.u_old, s.v_old, s.w, s.w_old}) {
    PetscCall(VecSet(zero, 0.0));
  }
  s.b = s.e = s.e_old = s.e_older = Eigen::VectorXd::Zero(s.method.vectors.cols());
  s.method.pending = s.e;
  if (s.method.harvest.collecting()) {
    PetscCall(s.method.harvest.start_window(s.v, s.u));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode start(Solve& s) {
  PetscFunctionBegin;
  s.ksp->its = 0;
  s.method.pending.resize(0);
  if (s.ksp->guess_zero) {
    PetscCall(VecCopy(s.right_hand_side, s.r));
  } else {
    PetscCall(true_residual(s, s.r));
  }
  if (s.ksp->reason == KSP_DIVERGED_PC_FAILED) {
    PetscCall(VecSetInf(s.r));
  }
  PetscCall(apply_preconditioner(s.ksp, s.r, s.z));
  PetscCall(measure_start(s));
  PetscCall(check_product(s, 0.0));
  if (!s.done()) {
    PetscCall(report(s, 0));
  }
  if (!s.done()) {
    PetscCall(s.deflating() ? start_deflation(s) : begin_from_last(s));
  }
  if (!s.done()) {
    PetscCall(start_harvest(s));
    PetscCall(start_lanczos(s));
  }
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling::rminres

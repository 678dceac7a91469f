#include <array>
#include <cmath>
#include <utility>

#include <kindred/solvers/recycling/rminres_data.hpp>

namespace kindred::recycling {
namespace {

/// Below this β², as in PETSc's minres, the Lanczos process has ended.
constexpr double breakdown = 1e-50;
/// Of the residual norm at the start of a Lanczos process: what its recurrence says below this is rounding.
constexpr double recurrence_accuracy = 1e-14;

/// The QR factorisation of the tridiagonal matrix by Givens rotations, the last two of which are remembered.
struct Rotations {
  double c = 1.0, c_old = 1.0;
  double s = 0.0, s_old = 0.0;
  double diagonal = 0.0, above = 0.0, far_above = 0.0;  ///< the new column of R from the diagonal upwards
  double eta = 0.0;                                     ///< last entry of the rotated right-hand side

  void append(double alpha, double beta_before, double beta) {
    const double c_older = std::exchange(c_old, c);
    const double s_older = std::exchange(s_old, s);
    const double rotated = c_old * alpha - c_older * s_old * beta_before;
    diagonal = std::sqrt(rotated * rotated + beta * beta);
    above = s_old * alpha + c_older * c_old * beta_before;
    far_above = s_older * beta_before;
    c = rotated / diagonal;
    s = beta / diagonal;
  }
};

/// What one solve works with: Lanczos vectors v and u = M⁻¹v, the next ones in r and z, directions w, and the k-vectors b = CᵀM⁻¹A u and e,
/// which are to U what u and w are to the Krylov space.
struct Solve {
  KSP ksp;
  RMINRES& method;
  Mat a;
  Vec x, right_hand_side, r, z, u, v, w, u_old, v_old, w_old, w_older, residual;
  Rotations rotation = {};
  double alpha = 0.0, beta = 0.0, beta_before = 0.0;
  double product = 0.0;  ///< rᵀz of the vectors r and z
  double norm = 0.0;
  double first_norm = 0.0;  ///< when the Lanczos process began
  bool first = true;        ///< no step since the Lanczos process began
  Eigen::VectorXd b = {}, e = {}, e_old = {}, e_older = {};

  [[nodiscard]] MPI_Comm comm() const { return PetscObjectComm(reinterpret_cast<PetscObject>(ksp)); }
  [[nodiscard]] bool deflating() const { return method.vectors.cols() > 0; }
  [[nodiscard]] bool done() const { return ksp->reason != KSP_CONVERGED_ITERATING; }
  [[nodiscard]] bool exhausted() const { return true_norm() && !done() && norm <= recurrence_accuracy * first_norm; }
  [[nodiscard]] bool true_norm() const { return ksp->normtype == KSP_NORM_UNPRECONDITIONED; }
};

PetscErrorCode check_number(KSP ksp, double value) {
  PetscFunctionBegin;
  KSPCheckDot(ksp, value);
  PetscFunctionReturn(success);
}

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

/// The norm of a first residual r with z = M⁻¹r, and rᵀz, in one reduction.
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
  if (!s.done() && s.product < breakdown && s.norm > breakdown) {
    PetscCall(fail_preconditioner(s));
  }
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

/// x += U c, r -= C c, z -= M⁻¹C c with c = CᵀM⁻¹r: the residual of least norm over the recycle space. Twice, because the Lanczos process
/// never touches what rounding leaves in the space of C, and that is relative to the residual before.
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

/// r and z, scaled, become the next v and u; the old ones are kept.
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

/// Begins the Lanczos process from r and z, whose product is known.
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

/// Deflates the initial residual. Tolerances stay relative to the residual before it, so the test of iteration 0 is repeated here only
/// for PETSc's own test, whose threshold is known.
PetscErrorCode start_deflation(Solve& s) {
  PetscFunctionBegin;
  Mat preconditioning_matrix = nullptr;
  PetscCall(PCGetOperators(s.ksp->pc, nullptr, &preconditioning_matrix));
  PetscCall(orthonormalise_images(s.ksp, s.a, preconditioning_matrix));
  if (s.done() || !s.deflating()) {
    PetscFunctionReturn(success);
  }
  PetscCall(project(s));
  PetscCall(measure_start(s));
  if (s.done()) {
    PetscFunctionReturn(success);
  }
  const bool tested = s.ksp->normtype != KSP_NORM_NONE && s.ksp->converged == KSPConvergedDefault && s.ksp->chknorm < 0;
  if (tested && s.norm <= s.ksp->ttol) {
    s.ksp->rnorm = s.norm;
    s.ksp->reason = s.norm <= s.ksp->abstol ? KSP_CONVERGED_ATOL : KSP_CONVERGED_RTOL;
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
  if (!s.done()) {
    PetscCall(report(s, 0));
  }
  if (!s.done() && s.deflating()) {
    PetscCall(start_deflation(s));
  }
  if (!s.done()) {
    PetscCall(start_harvest(s));
    PetscCall(start_lanczos(s));
  }
  PetscFunctionReturn(success);
}

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
  PetscCall(PetscInfo(s.ksp, "The recurred residual had drifted from the true one, %g: restarting from it\n", s.norm));
  PetscCall(s.method.harvest.close_window(s.comm()));
  PetscCall(VecCopy(s.residual, s.r));
  PetscCall(apply_preconditioner(s.ksp, s.r, s.z));
  PetscCall(project(s));
  PetscCall(measure_start(s));
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
  PetscFunctionBegin;
  RMINRES& method = s.method;
  PetscCall(add_pending(s.ksp));
  const bool usable = s.ksp->reason > 0 || s.ksp->reason == KSP_DIVERGED_ITS;
  const bool deflated = s.deflating();
  if (usable) {
    PetscCall(method.harvest.close_window(s.comm()));
    if (method.harvest.take(&method.vectors, &method.images)) {
      PetscCall(stamp_of(s.a, &method.operator_stamp));
      method.ready = true;
      method.preconditioned_ready = false;
      method.unsaved = true;
    }
  }
  method.harvest.stop();
  if (s.ksp->reason > 0 && deflated) {
    method.refresh.record(s.ksp->its);
  }
  PetscFunctionReturn(success);
}

}  // namespace

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
  PetscBool scaled = PETSC_FALSE;
  PetscCall(PCGetDiagonalScale(ksp->pc, &scaled));
  PetscCheck(!scaled, PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), PETSC_ERR_SUP,
             "Krylov method rminres does not support diagonal scaling; use a Jacobi preconditioner instead");
  PetscCall(prepare_space(ksp));
  Mat a = nullptr;
  PetscCall(PCGetOperators(ksp->pc, &a, nullptr));
  Vec* work = ksp->work;
  Solve s{ksp,
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
  PetscCall(start(s));
  for (PetscInt iteration = 1; !s.done(); ++iteration) {
    if (iteration > ksp->max_it) {
      ksp->reason = KSP_DIVERGED_ITS;
      break;
    }
    ksp->its = iteration;
    PetscCall(step(s, iteration));
  }
  PetscCall(finish(s));
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling

#include <algorithm>

#include <kindred/solvers/recycling/defcg_data.hpp>

namespace kindred::recycling {
namespace {

/// What one solve works with, under the names of the textbook: x, r, z = M⁻¹r, direction p, q = A p, ρ = rᵀz, μ = (AW)ᵀz.
struct Solve {
  KSP ksp;
  DefCG& method;
  Mat a;
  Vec x, b, r, z, p, q;
  double rho = 0.0, previous_rho = 1.0;
  double curvature = 0.0;  ///< pᵀA p
  double alpha = 0.0;
  double norm = 0.0;
  Eigen::VectorXd mu = {};
  bool restart = true;            ///< the next direction begins anew
  bool has_z = false;             ///< z, ρ and μ belong to r
  PetscInt since_projection = 0;  ///< steps since Wᵀr = 0 was enforced

  [[nodiscard]] MPI_Comm comm() const { return PetscObjectComm(reinterpret_cast<PetscObject>(ksp)); }
  [[nodiscard]] bool deflating() const { return method.vectors.cols() > 0; }
  [[nodiscard]] bool done() const { return ksp->reason != KSP_CONVERGED_ITERATING; }
};

PetscErrorCode fail(const Solve& s, KSPConvergedReason reason, const char* what) {
  PetscFunctionBegin;
  PetscCheck(!s.ksp->errorifnotconverged, s.comm(), PETSC_ERR_NOT_CONVERGED, "defcg stopped in iteration %" PetscInt_FMT ": %s", s.ksp->its,
             what);
  PetscCall(PetscInfo(s.ksp, "%s\n", what));
  s.ksp->reason = reason;
  PetscFunctionReturn(success);
}

PetscErrorCode residual(Solve& s) {
  PetscFunctionBegin;
  PetscCall(apply_operator(s.ksp, s.a, s.x, s.r));
  PetscCall(VecAYPX(s.r, -1.0, s.b));
  PetscFunctionReturn(success);
}

/// z, ρ, μ and the norms that come from z, in one reduction.
PetscErrorCode precondition(Solve& s, bool measure) {
  PetscFunctionBegin;
  PetscCall(apply_preconditioner(s.ksp, s.r, s.z));
  const bool own_norm = measure && s.ksp->normtype == KSP_NORM_PRECONDITIONED;
  const Eigen::Index k = s.method.vectors.cols();
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(k + 2);
  PetscCall(local_dots(s.method.images, s.z, sums.data()));
  PetscCall(local_dot(s.z, s.r, &sums(k)));
  if (own_norm) {
    PetscCall(local_dot(s.z, s.z, &sums(k + 1)));
  }
  PetscCall(sum_over_processes(s.comm(), sums.data(), sums.size()));
  s.mu = sums.head(k);
  s.previous_rho = s.rho;
  s.rho = sums(k);
  s.has_z = true;
  PetscCall(check_number(s.ksp, own_norm ? sums(k + 1) : s.rho));
  if (own_norm) {
    s.norm = PetscSqrtReal(sums(k + 1));
  } else if (measure && s.ksp->normtype == KSP_NORM_NATURAL) {
    s.norm = PetscSqrtReal(PetscAbsReal(s.rho));
  }
  PetscFunctionReturn(success);
}

/// The norm of the residual in the chosen sense; iterations up to KSPSetCheckNormIteration() go unmeasured, as in PETSc's cg.
PetscErrorCode measure(Solve& s, PetscInt iteration) {
  PetscFunctionBegin;
  s.has_z = false;
  const bool wanted = s.ksp->chknorm <= iteration || iteration == 0;
  s.norm = 0.0;
  switch (s.ksp->normtype) {
    case KSP_NORM_PRECONDITIONED:
      if (wanted) {
        PetscCall(precondition(s, true));
      }
      break;
    case KSP_NORM_NATURAL:
      PetscCall(precondition(s, true));
      break;
    case KSP_NORM_UNPRECONDITIONED:
      if (wanted) {
        PetscCall(VecNorm(s.r, NORM_2, &s.norm));
        PetscCall(check_number(s.ksp, s.norm));
      }
      break;
    default:
      break;
  }
  PetscFunctionReturn(success);
}

PetscErrorCode report(Solve& s, PetscInt iteration) {
  PetscFunctionBegin;
  s.ksp->rnorm = s.norm;
  PetscCall(KSPLogResidualHistory(s.ksp, s.norm));
  PetscCall(KSPMonitor(s.ksp, iteration, s.norm));
  PetscCall((*s.ksp->converged)(s.ksp, iteration, s.norm, &s.ksp->reason, s.ksp->cnvP));
  PetscFunctionReturn(success);
}

/// x += W Wᵀr, r -= AW Wᵀr, after which Wᵀr = 0.
PetscErrorCode project(Solve& s) {
  PetscFunctionBegin;
  Eigen::VectorXd g;
  PetscCall(dots(s.method.vectors, s.r, &g));
  PetscCall(add_combination(s.method.vectors, g, 1.0, s.x));
  PetscCall(add_combination(s.method.images, g, -1.0, s.r));
  s.since_projection = 0;
  PetscFunctionReturn(success);
}

PetscErrorCode start_harvest(Solve& s) {
  PetscFunctionBegin;
  DefCG& method = s.method;
  method.harvest.stop();
  if (method.options.recycle == 0 || method.options.harvest == Harvest::none || !method.refresh.harvest()) {
    PetscFunctionReturn(success);
  }
  Eigen::MatrixXd gram;
  PetscCall(preconditioned_gram(s.ksp, &gram));
  if (gram.allFinite()) {
    PetscCall(method.harvest.begin(&method.vectors, &method.images, gram, method.options.recycle, method.options.window,
                                   method.options.harvest == Harvest::first));
  }
  PetscFunctionReturn(success);
}

/// Begins from the correction of the last solve, made A-orthogonal to W, if the operator is the same.
PetscErrorCode begin_from_last(Solve& s) {
  DefCG& method = s.method;
  const auto apply = [&](Vec last, Vec image) { return apply_operator(s.ksp, s.a, last, image); };
  const auto deflate = [&](Vec last, Vec image) {
    Eigen::VectorXd h;
    PetscFunctionBegin;
    PetscCall(dots(method.images, last, &h));
    PetscCall(add_combination(method.vectors, h, -1.0, last));
    PetscCall(add_combination(method.images, h, -1.0, image));
    PetscFunctionReturn(success);
  };
  const auto dual = [](Vec last, Vec /*image*/, Vec* t) {
    *t = last;
    return success;
  };
  PetscFunctionBegin;
  if (method.options.recycle > 0) {
    PetscCall(method.last.begin(method.unchanged, s.x, s.r, {apply, deflate, dual}));
  }
  PetscFunctionReturn(success);
}

/// Deflates the initial residual. Tolerances stay relative to the residual before it, so the test of iteration 0 is repeated here only
/// for PETSc's own test, whose threshold is known.
PetscErrorCode start_deflation(Solve& s) {
  PetscFunctionBegin;
  if (s.deflating()) {
    PetscCall(scale_space_for_operator(s.ksp, s.a));
    if (s.done()) {
      PetscFunctionReturn(success);
    }
    PetscCall(begin_from_last(s));
    PetscCall(project(s));
    PetscCall(measure(s, 0));
    if (s.done()) {
      PetscFunctionReturn(success);
    }
    const bool tested = s.ksp->normtype != KSP_NORM_NONE && s.ksp->converged == KSPConvergedDefault && s.ksp->chknorm < 0;
    if (tested && s.norm <= s.ksp->ttol) {
      s.ksp->rnorm = s.norm;
      s.ksp->reason = s.norm <= s.ksp->abstol ? KSP_CONVERGED_ATOL : KSP_CONVERGED_RTOL;
      PetscFunctionReturn(success);
    }
  } else {
    PetscCall(begin_from_last(s));
  }
  PetscCall(start_harvest(s));
  PetscFunctionReturn(success);
}

PetscErrorCode start(Solve& s) {
  PetscFunctionBegin;
  s.ksp->its = 0;
  if (s.ksp->guess_zero) {
    PetscCall(VecCopy(s.b, s.r));
  } else {
    PetscCall(residual(s));
  }
  if (s.ksp->reason == KSP_DIVERGED_PC_FAILED) {
    PetscCall(VecSetInf(s.r));
  }
  PetscCall(measure(s, 0));
  if (!s.done()) {
    PetscCall(report(s, 0));
  }
  if (!s.done()) {
    PetscCall(start_deflation(s));
  }
  if (!s.done() && !s.has_z) {
    PetscCall(precondition(s, false));
  }
  if (!s.done() && s.method.harvest.collecting()) {
    PetscCall(s.method.harvest.start_window(s.z, s.rho, s.mu));
  }
  PetscFunctionReturn(success);
}

/// p ← z - W μ + (ρ/ρ_previous) p.
PetscErrorCode next_direction(Solve& s) {
  PetscFunctionBegin;
  if (s.rho == 0.0) {
    PetscCall(PetscInfo(s.ksp, "Converged: the preconditioned residual is zero\n"));
    s.ksp->reason = KSP_CONVERGED_ATOL;
    PetscFunctionReturn(success);
  }
  if (s.rho < 0.0) {
    PetscCall(fail(s, KSP_DIVERGED_INDEFINITE_PC, "the preconditioner is not positive definite (r'M^-1 r < 0)"));
    PetscFunctionReturn(success);
  }
  if (s.restart) {
    PetscCall(VecCopy(s.z, s.p));
  } else {
    PetscCall(VecAYPX(s.p, s.rho / s.previous_rho, s.z));
  }
  s.restart = false;
  PetscCall(add_combination(s.method.vectors, s.mu, -1.0, s.p));
  PetscFunctionReturn(success);
}

PetscErrorCode advance(Solve& s) {
  PetscFunctionBegin;
  PetscCall(apply_operator(s.ksp, s.a, s.p, s.q));
  PetscCall(VecDot(s.p, s.q, &s.curvature));
  PetscCall(check_number(s.ksp, s.curvature));
  if (s.done()) {
    PetscFunctionReturn(success);
  }
  if (s.curvature <= 0.0) {
    PetscCall(fail(s, KSP_DIVERGED_INDEFINITE_MAT, "the operator is not positive definite (p'Ap <= 0)"));
    PetscFunctionReturn(success);
  }
  if (s.method.harvest.collecting()) {
    PetscCall(s.method.harvest.store_direction(s.p, s.q));
  }
  s.alpha = s.rho / s.curvature;
  PetscCall(VecAXPY(s.x, s.alpha, s.p));
  PetscCall(VecAXPY(s.r, -s.alpha, s.q));
  ++s.since_projection;
  if (s.deflating() && s.method.stabilize > 0 && s.since_projection >= s.method.stabilize) {
    PetscCall(project(s));
  }
  PetscFunctionReturn(success);
}

/// The recurred residual can drift from b - A x. Where the true one does not satisfy the test, the iteration goes on from it.
PetscErrorCode verify(Solve& s, PetscInt iteration) {
  PetscFunctionBegin;
  const bool claimed = s.ksp->reason == KSP_CONVERGED_RTOL || s.ksp->reason == KSP_CONVERGED_ATOL ||
                       s.ksp->reason == KSP_CONVERGED_RTOL_NORMAL || s.ksp->reason == KSP_CONVERGED_ATOL_NORMAL;
  if (!claimed || s.ksp->normtype != KSP_NORM_UNPRECONDITIONED || iteration == 0) {
    PetscFunctionReturn(success);
  }
  PetscCall(residual(s));
  PetscCall(VecNorm(s.r, NORM_2, &s.norm));
  s.ksp->rnorm = s.norm;
  s.ksp->reason = KSP_CONVERGED_ITERATING;
  PetscCall((*s.ksp->converged)(s.ksp, iteration, s.norm, &s.ksp->reason, s.ksp->cnvP));
  if (!s.done()) {
    PetscCall(PetscInfo(s.ksp, "The recurred residual had drifted from the true one, %g: restarting from it\n", s.norm));
    s.restart = true;
    if (s.deflating()) {
      PetscCall(project(s));
    }
  }
  PetscFunctionReturn(success);
}

PetscErrorCode harvest_step(Solve& s) {
  PetscFunctionBegin;
  CgHarvest& harvest = s.method.harvest;
  if (!harvest.collecting() || !s.has_z) {
    PetscFunctionReturn(success);
  }
  if (s.restart) {
    PetscCall(harvest.close_window(s.comm()));
    if (harvest.collecting()) {
      PetscCall(harvest.start_window(s.z, s.rho, s.mu));
    }
  } else {
    PetscCall(harvest.store_step(s.alpha, s.curvature, s.z, s.rho, s.mu));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode iterate(Solve& s) {
  PetscFunctionBegin;
  for (PetscInt iteration = 1; !s.done(); ++iteration) {
    if (iteration > s.ksp->max_it) {
      s.ksp->reason = KSP_DIVERGED_ITS;
      break;
    }
    s.ksp->its = iteration;
    PetscCall(next_direction(s));
    if (!s.done()) {
      PetscCall(advance(s));
    }
    if (!s.done()) {
      PetscCall(measure(s, iteration));
    }
    if (s.done()) {
      break;
    }
    PetscCall(report(s, iteration));
    PetscCall(verify(s, iteration));
    if (!s.done() && !s.has_z) {
      PetscCall(precondition(s, false));
    }
    PetscCall(harvest_step(s));
  }
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode solve_defcg(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(refuse_diagonal_scaling(ksp, "defcg"));
  PetscCall(prepare_space(ksp));
  Mat a = nullptr;
  PetscCall(PCGetOperators(ksp->pc, &a, nullptr));
  Solve s{ksp, *static_cast<DefCG*>(ksp->data), a, ksp->vec_sol, ksp->vec_rhs, ksp->work[0], ksp->work[1], ksp->work[2], ksp->work[3]};
  PetscCall(start(s));
  PetscCall(iterate(s));
  bool taken = false;
  PetscCall(finish_harvest(ksp, a, s.method, taken));
  PetscCall(finish_last(ksp, s.x, s.r));
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling

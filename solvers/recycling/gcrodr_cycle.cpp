#include <cmath>

#include <kindred/solvers/recycling/block_vectors.hpp>
#include <kindred/solvers/recycling/gcrodr_context.hpp>
#include <kindred/solvers/recycling/orthogonalization.hpp>

namespace kindred::recycling::gcrodr {
namespace {

using Eigen::VectorXd;

/// images(:, size + j + 1) = A z_j with z_j = M⁻¹ v_j.
PetscErrorCode apply_to_direction(KSP ksp, Index j) {
  Context& context = context_of(ksp);
  const Index position = context.size + j;
  PetscFunctionBegin;
  if (context.preconditioned) {
    const Lent v(context.lent_input, context.images.column(position));
    if (context.stores_directions) {
      const Lent z(context.lent_output, context.solutions.column(position));
      PetscCall(apply_preconditioner(ksp, v, z));
    } else {
      PetscCall(apply_preconditioner(ksp, v, ksp->work[2]));
    }
  }
  const Lent image(context.lent_output, context.images.column(position + 1));
  if (context.preconditioned && !context.stores_directions) {
    PetscCall(apply_operator(ksp, ksp->work[2], image));
  } else {
    const Lent z(context.lent_input, (context.preconditioned ? context.solutions : context.images).column(position));
    PetscCall(apply_operator(ksp, z, image));
  }
  PetscFunctionReturn(success);
}

/// One step; `estimate` becomes the residual norm of the recurrence.
PetscErrorCode arnoldi_step(KSP ksp, Projection& projection, double& estimate) {
  Context& context = context_of(ksp);
  const Index k = context.size;
  const Index j = context.problem.columns();
  PetscFunctionBegin;
  PetscCall(apply_to_direction(ksp, j));
  PetscCall(orthogonalize(communicator_of(ksp), context.settings.orthogonalization, context.images, k + j + 1, projection));
  KSPCheckNorm(ksp, projection.original_norm);
  context.invariant = projection.norm == 0.0;
  context.couplings.col(j) = projection.coefficients.head(k);
  VectorXd column(j + 2);
  column << projection.coefficients.tail(j + 1), projection.norm;
  estimate = context.problem.append(column);
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode report_norm(KSP ksp, double norm) {
  PetscFunctionBegin;
  ksp->rnorm = ksp->normtype == KSP_NORM_NONE ? 0.0 : norm;
  PetscCall(KSPLogResidualHistory(ksp, ksp->rnorm));
  PetscCall(KSPLogErrorHistory(ksp));
  PetscCall(KSPMonitor(ksp, ksp->its, ksp->rnorm));
  PetscCall((*ksp->converged)(ksp, ksp->its, ksp->rnorm, &ksp->reason, ksp->cnvP));
  PetscFunctionReturn(success);
}

PetscErrorCode begin_cycle(KSP ksp, Vec residual, double& norm) {
  Context& context = context_of(ksp);
  const Index k = context.size;
  PetscScalar* r = nullptr;
  PetscScalar* x = nullptr;
  VectorXd sums;
  PetscFunctionBegin;
  PetscCall(VecGetArray(residual, &r));
  project(context.images, k, r, sums);
  PetscCall(sum_over_processes(communicator_of(ksp), sums.data(), k + 1));
  if (k > 0) {
    const VectorXd c = sums.head(k);
    subtract_and_project(context.images, c, r, sums);
    PetscCall(sum_over_processes(communicator_of(ksp), sums.data(), k + 1));
    PetscCall(VecGetArray(ksp->vec_sol, &x));
    accumulate(context.solutions, 0, c, x);
    PetscCall(VecRestoreArray(ksp->vec_sol, &x));
  }
  norm = std::sqrt(sums(k));
  if (std::isfinite(norm) && norm > 0.0) {
    context.images.view(k, 1).col(0) = Eigen::Map<const VectorXd>(r, context.images.rows()) / norm;
  }
  PetscCall(VecRestoreArray(residual, &r));
  KSPCheckNorm(ksp, norm);
  const Index capacity = context.settings.restart - k;
  context.problem.start(norm, capacity);
  context.couplings.resize(k, capacity);
  context.invariant = false;
  context.estimate = norm;
  PetscFunctionReturn(success);
}

PetscErrorCode arnoldi(KSP ksp) {
  Context& context = context_of(ksp);
  const Index steps = context.settings.restart - context.size;
  Projection projection;
  PetscFunctionBegin;
  ++context.counts.cycles;
  context.pending = true;
  while (!ksp->reason && !context.invariant && !exhausted(ksp) && context.problem.columns() < steps) {
    if (ksp->its >= ksp->max_it) {
      ksp->reason = KSP_DIVERGED_ITS;
      break;
    }
    PetscCall(arnoldi_step(ksp, projection, context.estimate));
    if (ksp->reason) {
      break;
    }
    ++ksp->its;
    ++context.counts.arnoldi_steps;
    PetscCall(report_norm(ksp, context.estimate));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode add_correction(KSP ksp, Vec target) {
  Context& context = context_of(ksp);
  const Index k = context.size;
  PetscScalar* x = nullptr;
  PetscFunctionBegin;
  const VectorXd y = context.problem.solve();
  const VectorXd from_space = -(context.couplings.leftCols(y.size()) * y);
  if (context.preconditioned && !context.stores_directions) {
    PetscCall(sum_directions(ksp, y, ksp->work[1]));
    PetscCall(apply_preconditioner(ksp, ksp->work[1], ksp->work[2]));
    PetscCall(VecAXPY(target, 1.0, ksp->work[2]));
  }
  PetscCall(VecGetArray(target, &x));
  if (!context.preconditioned) {
    accumulate(context.images, k, y, x);
  } else if (context.stores_directions) {
    accumulate(context.solutions, k, y, x);
  }
  accumulate(context.solutions, 0, from_space, x);
  PetscCall(VecRestoreArray(target, &x));
  PetscFunctionReturn(success);
}

PetscErrorCode estimated_residual(KSP ksp, Vec residual) {
  const Context& context = context_of(ksp);
  PetscFunctionBegin;
  const VectorXd t = context.problem.residual();
  PetscCall(sum_directions(ksp, t.head(t.size() - (context.invariant ? 1 : 0)), residual));
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling::gcrodr

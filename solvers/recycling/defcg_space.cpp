#include <kindred/solvers/recycling/defcg_data.hpp>
#include <kindred/solvers/recycling/symmetric_ritz.hpp>

namespace kindred::recycling {
namespace {

/// W ← W T and AW ← AW T with T from E = WᵀAW; twice if E was nearly singular.
PetscErrorCode orthonormalise(KSP ksp, DefCG& method) {
  PetscFunctionBegin;
  constexpr double needs_second_pass = 1e-3;
  for (int pass = 0; pass < 2; ++pass) {
    Eigen::MatrixXd energy;
    PetscCall(gram(PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), method.vectors, method.images, &energy));
    const GramTransform basis = orthonormalising_transform(energy);
    if (!energy.allFinite()) {
      PetscCall(check_number(ksp, energy.sum() - energy.sum()));
      PetscFunctionReturn(success);
    }
    if (basis.indefinite) {
      PetscCall(PetscInfo(ksp, "The operator is indefinite on the recycle space\n"));
      PetscCheck(!ksp->errorifnotconverged, PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), PETSC_ERR_NOT_CONVERGED,
                 "The operator is indefinite on the recycle space; use rminres or gcrodr");
      ksp->reason = KSP_DIVERGED_INDEFINITE_MAT;
      PetscFunctionReturn(success);
    }
    method.vectors.combine(basis.transform);
    method.images.combine(basis.transform);
    if (basis.smallest_kept > needs_second_pass) {
      break;
    }
  }
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode scale_space_for_operator(KSP ksp, Mat a) {
  PetscFunctionBegin;
  auto& method = *static_cast<DefCG*>(ksp->data);
  const auto apply = [&](Vec x, Vec y) { return apply_operator(ksp, a, x, y); };
  bool same = false;
  PetscCall(images_are_current(ksp, a, &same));
  if (!same) {
    method.ready = false;
    PetscCall(apply_to_columns(ksp->vec_rhs, method.vectors, &method.images, apply));
  }
  PetscCall(orthonormalise(ksp, method));
  PetscCall(stamp_of(a, &method.operator_stamp));
  method.ready = ksp->reason == KSP_CONVERGED_ITERATING;
  PetscFunctionReturn(success);
}

PetscErrorCode preconditioned_gram(KSP ksp, Eigen::MatrixXd* gram) {
  PetscFunctionBegin;
  auto& method = *static_cast<DefCG*>(ksp->data);
  gram->setZero(method.vectors.cols(), method.vectors.cols());
  Eigen::Index column = 0;
  Block unused;
  PetscCall(apply_to_columns(ksp->vec_rhs, method.images, &unused, [&](Vec x, Vec y) {
    PetscFunctionBegin;
    PetscCall(apply_preconditioner(ksp, x, y));
    PetscCall(local_dots(method.images, y, gram->col(column++).data()));
    PetscFunctionReturn(success);
  }));
  PetscCall(sum_over_processes(PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), gram->data(), gram->size()));
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling

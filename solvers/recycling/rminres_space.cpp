#include <utility>

#include <kindred/solvers/recycling/rminres_data.hpp>
#include <kindred/solvers/recycling/symmetric_ritz.hpp>

namespace kindred::recycling {
namespace {

/// U, C and M⁻¹C ← their products with T from CᵀM⁻¹C; twice if that was nearly singular.
PetscErrorCode orthonormalise(KSP ksp, RMINRES& method) {
  PetscFunctionBegin;
  const MPI_Comm comm = PetscObjectComm(reinterpret_cast<PetscObject>(ksp));
  constexpr double needs_second_pass = 1e-3;
  for (int pass = 0; pass < 2; ++pass) {
    Eigen::MatrixXd products;
    PetscCall(gram(comm, method.images, method.preconditioned_images, &products));
    if (!products.allFinite()) {
      PetscCheck(!ksp->errorifnotconverged, comm, PETSC_ERR_NOT_CONVERGED,
                 "The operator or the preconditioner gives NaN or Inf on the recycle space");
      PetscCall(check_number(ksp, products.sum() - products.sum()));
      PetscFunctionReturn(success);
    }
    const GramTransform basis = orthonormalising_transform(products);
    if (basis.indefinite) {
      PetscCheck(!ksp->errorifnotconverged, comm, PETSC_ERR_NOT_CONVERGED,
                 "The preconditioner is indefinite; rminres needs a positive definite one");
      ksp->reason = KSP_DIVERGED_INDEFINITE_PC;
      PetscFunctionReturn(success);
    }
    method.vectors.combine(basis.transform);
    method.images.combine(basis.transform);
    method.preconditioned_images.combine(basis.transform);
    if (basis.smallest_kept > needs_second_pass) {
      break;
    }
  }
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode orthonormalise_images(KSP ksp, Mat a, Mat p) {
  PetscFunctionBegin;
  auto& method = *static_cast<RMINRES*>(ksp->data);
  const auto apply = [&](Vec x, Vec y) { return apply_operator(ksp, a, x, y); };
  const auto precondition = [&](Vec x, Vec y) { return apply_preconditioner(ksp, x, y); };
  bool same = false;
  PetscCall(images_are_current(ksp, a, &same));
  if (!same) {
    method.ready = false;
    method.preconditioned_ready = false;
    PetscCall(apply_to_columns(ksp->vec_rhs, method.vectors, &method.images, apply));
  }
  ObjectStamp preconditioner;
  PetscCall(stamp_of(p, &preconditioner));
  same = method.preconditioned_ready && preconditioner == method.preconditioner_stamp;
  if (same) {
    // A preconditioner's options can change without a trace, and C would no longer be orthonormal.
    PetscCall(still_maps(ksp->vec_rhs, std::as_const(method.images).view(), std::as_const(method.preconditioned_images).view(),
                         precondition, &same));
  }
  if (!same) {
    PetscCall(apply_to_columns(ksp->vec_rhs, method.images, &method.preconditioned_images, precondition));
    PetscCall(orthonormalise(ksp, method));
  }
  PetscCall(stamp_of(a, &method.operator_stamp));
  method.preconditioner_stamp = preconditioner;
  method.ready = method.preconditioned_ready = ksp->reason == KSP_CONVERGED_ITERATING;
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling

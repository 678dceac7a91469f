#include <kindred/solvers/recycling/rminres.hpp>

#include <new>

#include <kindred/core/petsc/callback.hpp>
#include <kindred/solvers/recycling/recycle_access.hpp>
#include <kindred/solvers/recycling/rminres_data.hpp>

namespace kindred::recycling {
namespace {

PetscErrorCode set_up(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(KSPSetWorkVecs(ksp, 10));
  PetscFunctionReturn(success);
}

PetscErrorCode solve(KSP ksp) {
  return petsc::guarded(
      PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), "KSPSolve_RMINRES", [ksp] { return solve_rminres(ksp); }, too_many_columns);
}

PetscErrorCode set_from_options(KSP ksp, OptionItems PetscOptionsObject) {
  PetscFunctionBegin;
  PetscOptionsHeadBegin(PetscOptionsObject, "KSP rminres options (MINRES with recycling)");
  PetscCall(read_recycle_options(PetscOptionsObject, "rminres", "KSPCreate_RMINRES", recycle_data(ksp)));
  PetscOptionsHeadEnd();
  PetscFunctionReturn(success);
}

PetscErrorCode build_solution(KSP ksp, Vec v, Vec* solution) {
  PetscFunctionBegin;
  PetscCall(add_pending(ksp));
  *solution = ksp->vec_sol;
  if (v != nullptr) {
    PetscCall(VecCopy(ksp->vec_sol, v));
    *solution = v;
  }
  PetscFunctionReturn(success);
}

PetscErrorCode forget_blocks(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(release_space(ksp));
  auto& method = *static_cast<RMINRES*>(ksp->data);
  method.preconditioned_images = Block();
  method.preconditioned_ready = false;
  method.harvest = LanczosHarvest();
  method.pending.resize(0);
  PetscFunctionReturn(success);
}

PetscErrorCode destroy(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(release_space(ksp));
  PetscCall(withdraw_access(ksp));
  delete static_cast<RMINRES*>(ksp->data);
  ksp->data = nullptr;
  PetscFunctionReturn(success);
}

}  // namespace
}  // namespace kindred::recycling

PetscErrorCode KSPCreate_RMINRES(KSP ksp) {
  using namespace kindred::recycling;
  PetscFunctionBegin;
  auto* method = new (std::nothrow) RMINRES;
  PetscCheck(method != nullptr, PETSC_COMM_SELF, PETSC_ERR_MEM, "Not enough memory for a KSP of type rminres");
  ksp->data = method;
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_PRECONDITIONED, PC_LEFT, 3));
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_UNPRECONDITIONED, PC_LEFT, 2));
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_NONE, PC_LEFT, 1));
  ksp->ops->setup = set_up;
  ksp->ops->solve = solve;
  ksp->ops->reset = forget_blocks;
  ksp->ops->destroy = destroy;
  ksp->ops->view = view_recycling;
  ksp->ops->setfromoptions = set_from_options;
  ksp->ops->buildsolution = build_solution;
  ksp->ops->buildresidual = KSPBuildResidualDefault;
  PetscCall(compose_interface(ksp));
  PetscFunctionReturn(success);
}

#include <kindred/solvers/recycling/defcg.hpp>

#include <new>

#include <kindred/core/petsc/callback.hpp>
#include <kindred/solvers/recycling/defcg_data.hpp>
#include <kindred/solvers/recycling/recycle_access.hpp>

namespace kindred::recycling {
namespace {

PetscErrorCode set_up(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(KSPSetWorkVecs(ksp, 4));
  PetscFunctionReturn(success);
}

PetscErrorCode solve(KSP ksp) {
  return petsc::guarded(
      PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), "KSPSolve_DefCG", [ksp] { return solve_defcg(ksp); }, too_many_columns);
}

PetscErrorCode set_from_options(KSP ksp, OptionItems PetscOptionsObject) {
  PetscFunctionBegin;
  auto* method = static_cast<DefCG*>(ksp->data);
  PetscOptionsHeadBegin(PetscOptionsObject, "KSP defcg options (deflated conjugate gradients with recycling)");
  PetscCall(read_recycle_options(PetscOptionsObject, "defcg", "KSPCreate_DefCG", method));
  PetscCall(PetscOptionsBoundedInt("-ksp_defcg_stabilize", "steps between two projections of the residual (0: none)", "KSPCreate_DefCG",
                                   method->stabilize, &method->stabilize, nullptr, 0));
  PetscOptionsHeadEnd();
  PetscFunctionReturn(success);
}

PetscErrorCode view(KSP ksp, PetscViewer viewer) {
  PetscFunctionBegin;
  PetscCall(view_recycling(ksp, viewer));
  PetscFunctionReturn(success);
}

PetscErrorCode reset(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(release_space(ksp));
  static_cast<DefCG*>(ksp->data)->harvest = CgHarvest();
  PetscFunctionReturn(success);
}

PetscErrorCode destroy(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(release_space(ksp));
  PetscCall(withdraw_access(ksp));
  delete static_cast<DefCG*>(ksp->data);
  ksp->data = nullptr;
  PetscFunctionReturn(success);
}

}  // namespace
}  // namespace kindred::recycling

PetscErrorCode KSPCreate_DefCG(KSP ksp) {
  using namespace kindred::recycling;
  PetscFunctionBegin;
  auto* method = new (std::nothrow) DefCG;
  PetscCheck(method != nullptr, PETSC_COMM_SELF, PETSC_ERR_MEM, "Not enough memory for a KSP of type defcg");
  // What the operations take from ksp->data; the interface is that of RecycleData, the base.
  ksp->data = method;
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_PRECONDITIONED, PC_LEFT, 3));
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_UNPRECONDITIONED, PC_LEFT, 2));
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_NATURAL, PC_LEFT, 2));
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_NONE, PC_LEFT, 1));
  ksp->ops->setup = set_up;
  ksp->ops->solve = solve;
  ksp->ops->reset = reset;
  ksp->ops->destroy = destroy;
  ksp->ops->view = view;
  ksp->ops->setfromoptions = set_from_options;
  ksp->ops->buildsolution = KSPBuildSolutionDefault;
  ksp->ops->buildresidual = KSPBuildResidualDefault;
  PetscCall(compose_interface(ksp));
  PetscFunctionReturn(success);
}

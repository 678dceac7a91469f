#include <memory>
#include <string>

#include <fmt/format.h>
#include <petsc/private/pcimpl.h>

#include <kindred/core/base/clock.hpp>
#include <kindred/solvers/family/petsc_callback.hpp>
#include <kindred/solvers/family/petsc_preconditioners.hpp>
#include <kindred/solvers/family/reuse_policy.hpp>

namespace kindred {
namespace {

using Preconditioner = petsc::Handle<PC, PCDestroy>;

struct ReuseContext {
  Preconditioner inner;
  petsc::Matrix matrix;  ///< the one that the hierarchy was made for
  ReusePolicy policy;
  PetscReal setup_cost = default_setup_cost;
  PetscBool measure = PETSC_FALSE;
  PetscInt setups = 0;
  PetscInt rows = 0;
  double setup_seconds = 0.0;
  double apply_seconds = 0.0;     ///< since the last set-up
  PetscInt applications = 0;      ///< for the present matrix
  PetscInt all_applications = 0;  ///< since the last set-up
  static constexpr PetscReal default_setup_cost = 10.0;
};

ReuseContext& context(PC pc) { return *static_cast<ReuseContext*>(pc->data); }
MPI_Comm communicator_of(PC pc) { return PetscObjectComm(reinterpret_cast<PetscObject>(pc)); }

/// The inner preconditioner's options carry the prefix amg_reuse_.
void make_inner(PC pc) {
  ReuseContext& reuse = context(pc);
  const char* prefix = nullptr;
  KINDRED_PETSC(PCGetOptionsPrefix(pc, &prefix));
  KINDRED_PETSC(PCCreate(communicator_of(pc), reuse.inner.slot()));
  KINDRED_PETSC(PCSetOptionsPrefix(reuse.inner, prefix));
  KINDRED_PETSC(PCAppendOptionsPrefix(reuse.inner, "amg_reuse_"));
#if defined(PETSC_HAVE_HYPRE)
  KINDRED_PETSC(PCSetType(reuse.inner, PCHYPRE));
  KINDRED_PETSC(PCHYPRESetType(reuse.inner, "boomeramg"));
#else
  KINDRED_PETSC(PCSetType(reuse.inner, PCGAMG));
#endif
  KINDRED_PETSC(PCSetFromOptions(reuse.inner));
}

void build(PC pc) {
  ReuseContext& reuse = context(pc);
  const auto start = Clock::now();
  make_inner(pc);
  // A copy: the caller may put the next matrix' values into the same object, and smoothers would see them.
  KINDRED_PETSC(MatDuplicate(pc->pmat, MAT_COPY_VALUES, reuse.matrix.slot()));
  MatNullSpace null_space = nullptr;
  KINDRED_PETSC(MatGetNullSpace(pc->pmat, &null_space));
  KINDRED_PETSC(MatSetNullSpace(reuse.matrix, null_space));
  KINDRED_PETSC(PCSetOperators(reuse.inner, reuse.matrix, reuse.matrix));
  KINDRED_PETSC(PCSetUp(reuse.inner));
  KINDRED_PETSC(MatGetSize(pc->pmat, &reuse.rows, nullptr));
  reuse.setup_seconds = seconds_since(start);
  reuse.apply_seconds = 0.0;
  reuse.all_applications = 0;
  reuse.policy.restart();
  ++reuse.setups;
}

/// Set-up in units of one application: measured, or the number that was given, so that results do not depend on the clock.
double setup_cost(const ReuseContext& reuse) {
  const bool known = reuse.measure && reuse.all_applications > 0 && reuse.apply_seconds > 0.0;
  return known ? reuse.setup_seconds / (reuse.apply_seconds / static_cast<double>(reuse.all_applications)) : reuse.setup_cost;
}

void set_up(PC pc) {
  ReuseContext& reuse = context(pc);
  PetscInt rows = 0;
  petsc::require_entries(pc->pmat, "amg_reuse");
  KINDRED_PETSC(MatGetSize(pc->pmat, &rows, nullptr));
  reuse.policy.record(reuse.applications, setup_cost(reuse));
  reuse.applications = 0;
  if (!reuse.inner || rows != reuse.rows || reuse.policy.rebuild_due()) {
    build(pc);
  }
}

PetscErrorCode set_up_callback(PC pc) {
  return petsc::guarded(communicator_of(pc), "PCSetUp_AMGReuse", [pc] { set_up(pc); });
}

template <PetscErrorCode (*inner_apply)(PC, Vec, Vec)>
PetscErrorCode apply(PC pc, Vec b, Vec x) {
  ReuseContext& reuse = context(pc);
  PetscFunctionBegin;
  const auto start = Clock::now();
  PetscCall(inner_apply(reuse.inner, b, x));
  reuse.apply_seconds += seconds_since(start);
  ++reuse.applications;
  ++reuse.all_applications;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode set_from_options(PC pc, PetscOptionItems* PetscOptionsObject) {
  ReuseContext& reuse = context(pc);
  PetscFunctionBegin;
  PetscOptionsHeadBegin(PetscOptionsObject, "algebraic multigrid kept from one matrix to the next");
  PetscCall(PetscOptionsReal("-pc_amg_reuse_setup_cost", "cost of a set-up in applications", "PCAMGReuseGetSetups", reuse.setup_cost,
                             &reuse.setup_cost, nullptr));
  PetscCheck(reuse.setup_cost >= 0.0, communicator_of(pc), PETSC_ERR_ARG_OUTOFRANGE, "-pc_amg_reuse_setup_cost %g is negative",
             reuse.setup_cost);
  PetscCall(PetscOptionsBool("-pc_amg_reuse_measure", "measure that cost; results then depend on the clock", "PCAMGReuseGetSetups",
                             reuse.measure, &reuse.measure, nullptr));
  PetscOptionsHeadEnd();
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode view(PC pc, PetscViewer viewer) {
  const ReuseContext& reuse = context(pc);
  PetscFunctionBegin;
  PetscCall(reuse.setups == 0 ? PetscViewerASCIIPrintf(viewer, "  hierarchy not built yet\n")
                              : PetscViewerASCIIPrintf(viewer, "  hierarchy built %" PetscInt_FMT " time%s\n", reuse.setups,
                                                       reuse.setups == 1 ? "" : "s"));
  if (reuse.inner) {
    PetscCall(PetscViewerASCIIPushTab(viewer));
    PetscCall(PCView(reuse.inner, viewer));
    PetscCall(PetscViewerASCIIPopTab(viewer));
  }
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode reset(PC pc) {
  ReuseContext& reuse = context(pc);
  PetscFunctionBegin;
  reuse.inner.reset();
  reuse.matrix.reset();
  reuse.applications = 0;
  reuse.policy.restart();
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode destroy(PC pc) {
  PetscFunctionBegin;
  delete static_cast<ReuseContext*>(pc->data);
  pc->data = nullptr;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace

PetscErrorCode PCAMGReuseGetSetups(PC pc, PetscInt* setups) {
  PetscBool right = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(pc), "amg_reuse", &right));
  PetscCheck(right, communicator_of(pc), PETSC_ERR_ARG_WRONG, "the preconditioner is not of type amg_reuse: PCSetType first");
  *setups = context(pc).setups;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace kindred

/// -pc_type amg_reuse: algebraic multigrid (BoomerAMG; any type with -amg_reuse_pc_type) whose hierarchy is kept for the following
/// matrices until it has cost more than a new one, see ReusePolicy.
PetscErrorCode PCCreate_AMGReuse(PC pc) {
  PetscFunctionBegin;
  pc->data = new kindred::ReuseContext;
  pc->ops->setup = kindred::set_up_callback;
  pc->ops->apply = kindred::apply<PCApply>;
  pc->ops->applytranspose = kindred::apply<PCApplyTranspose>;
  pc->ops->setfromoptions = kindred::set_from_options;
  pc->ops->view = kindred::view;
  pc->ops->reset = kindred::reset;
  pc->ops->destroy = kindred::destroy;
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

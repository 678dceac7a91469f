#include <kindred/solvers/recycling/gcrodr_context.hpp>

using kindred::recycling::success;
using kindred::recycling::gcrodr::context_of;
using kindred::recycling::gcrodr::require_type;
using kindred::recycling::gcrodr::Settings;

namespace {

template <class Value>
PetscErrorCode set(KSP ksp, Value Settings::*member, Value value) {
  PetscFunctionBegin;
  PetscCall(require_type(ksp));
  context_of(ksp).settings.*member = value;
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode KSPGCRODRSetRestart(KSP ksp, PetscInt restart) {
  PetscFunctionBegin;
  PetscCheck(restart >= 1, PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), PETSC_ERR_ARG_OUTOFRANGE,
             "the restart is %" PetscInt_FMT "; it must be at least 1", restart);
  PetscCall(set(ksp, &Settings::restart, restart));
  PetscFunctionReturn(success);
}

PetscErrorCode KSPGCRODRSetRecycle(KSP ksp, PetscInt recycle) {
  PetscFunctionBegin;
  PetscCheck(recycle >= 0 || recycle == PETSC_DECIDE, PetscObjectComm(reinterpret_cast<PetscObject>(ksp)), PETSC_ERR_ARG_OUTOFRANGE,
             "the dimension of the recycle space is %" PetscInt_FMT "; it must be at least 0, or PETSC_DECIDE", recycle);
  PetscCall(set(ksp, &Settings::recycle, recycle));
  PetscFunctionReturn(success);
}

PetscErrorCode KSPGCRODRGetRestart(KSP ksp, PetscInt* restart) {
  PetscFunctionBegin;
  PetscCall(require_type(ksp));
  *restart = context_of(ksp).settings.restart;
  PetscFunctionReturn(success);
}

PetscErrorCode KSPGCRODRGetRecycle(KSP ksp, PetscInt* recycle) {
  PetscFunctionBegin;
  PetscCall(require_type(ksp));
  *recycle = context_of(ksp).settings.most_recycled();
  PetscFunctionReturn(success);
}

PetscErrorCode KSPGCRODRSetRefresh(KSP ksp, KSPGCRODRRefresh refresh) { return set(ksp, &Settings::refresh, refresh); }

PetscErrorCode KSPGCRODRSetOrthogonalization(KSP ksp, KSPGCRODROrthogonalization orthogonalization) {
  return set(ksp, &Settings::orthogonalization, orthogonalization);
}

PetscErrorCode KSPGCRODRSetFlexible(KSP ksp, PetscBool flexible) { return set(ksp, &Settings::flexible, flexible == PETSC_TRUE); }

PetscErrorCode KSPGCRODRSetAdaptiveRecycle(KSP ksp, PetscBool adaptive) {
  return set(ksp, &Settings::adaptive_recycle, adaptive == PETSC_TRUE);
}

PetscErrorCode KSPGCRODRGetCounts(KSP ksp, KSPGCRODRCounts* counts) {
  PetscFunctionBegin;
  PetscCall(require_type(ksp));
  *counts = context_of(ksp).counts;
  PetscFunctionReturn(success);
}

#include <kindred/core/petsc/callback.hpp>
#include <kindred/solvers/recycling/gcrodr_context.hpp>
#include <kindred/solvers/recycling/recycle_access.hpp>
#include <kindred/solvers/recycling/recycle_file.hpp>

namespace kindred::recycling::gcrodr {
namespace {

PetscErrorCode require_storage(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(require_type(ksp));
  PetscCheck(context_of(ksp).lent_input != nullptr, communicator_of(ksp), PETSC_ERR_ORDER,
             "the size of the recycle space is not known yet; call KSPSetUp() first");
  PetscFunctionReturn(success);
}

/// The first columns of a block, as many as U has.
PetscErrorCode copy_columns(KSP ksp, const ColumnBlock& block, Mat* dense) {
  const Context& context = context_of(ksp);
  PetscInt global_rows = 0;
  PetscFunctionBegin;
  PetscCall(VecGetSize(context.lent_input, &global_rows));
  PetscCall(copy_to_dense(ksp, block.view(0, context.size), global_rows, dense));
  PetscFunctionReturn(success);
}

PetscErrorCode get_applications(KSP ksp, PetscInt* operators, PetscInt* preconditioners) {
  const KSPGCRODRCounts& counts = context_of(ksp).counts;
  if (operators != nullptr) {
    *operators = counts.operator_applications;
  }
  if (preconditioners != nullptr) {
    *preconditioners = counts.preconditioner_applications;
  }
  return success;
}

/// True on every process if it is true on all.
PetscErrorCode everywhere(KSP ksp, bool here, bool& all) {
  PetscMPIInt local = here ? 1 : 0;
  PetscMPIInt least = 0;
  PetscFunctionBegin;
  PetscCallMPI(MPI_Allreduce(&local, &least, 1, MPI_INT, MPI_MIN, communicator_of(ksp)));
  all = least == 1;
  PetscFunctionReturn(success);
}

PetscErrorCode check_shape(KSP ksp, Mat space) {
  const Context& context = context_of(ksp);
  PetscBool dense = PETSC_FALSE;
  PetscInt rows = 0;
  PetscInt columns = 0;
  bool fits = false;
  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompareAny(reinterpret_cast<PetscObject>(space), &dense, MATSEQDENSE, MATMPIDENSE, ""));
  PetscCheck(dense, communicator_of(ksp), PETSC_ERR_ARG_WRONG, "the recycle space is given as a matrix of type %s; convert it to dense",
             reinterpret_cast<PetscObject>(space)->type_name);
  PetscCall(MatGetLocalSize(space, &rows, nullptr));
  PetscCall(everywhere(ksp, rows == context.images.rows(), fits));
  PetscCheck(
      fits, communicator_of(ksp), PETSC_ERR_ARG_SIZ,
      "the rows of the recycle space are not distributed like the unknowns of the system; a space from another mesh is to be interpolated");
  PetscCall(MatGetSize(space, nullptr, &columns));
  PetscCheck(columns <= context.capacity, communicator_of(ksp), PETSC_ERR_ARG_SIZ,
             "the recycle space has %" PetscInt_FMT " columns, more than the %" PetscInt_FMT " that KSPGCRODRSetRecycle() allows", columns,
             static_cast<PetscInt>(context.capacity));
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode require_type(KSP ksp) {
  PetscBool ours = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompareAny(reinterpret_cast<PetscObject>(ksp), &ours, "gcrodr", "gmresdr", ""));
  const char* type = reinterpret_cast<PetscObject>(ksp)->type_name;
  PetscCheck(ours, communicator_of(ksp), PETSC_ERR_ARG_WRONG, "the KSP is of type %s, not gcrodr or gmresdr; call KSPSetType() first",
             type != nullptr ? type : "(none)");
  PetscFunctionReturn(success);
}

PetscErrorCode make_accessible(KSP ksp) {
  return compose_access(ksp, {KSPGCRODRGetRecycleSpace, KSPGCRODRSetRecycleSpace, get_applications});
}

PetscErrorCode load_if_pending(KSP ksp) {
  Context& context = context_of(ksp);
  PetscFunctionBegin;
  if (context.load_pending) {
    context.load_pending = false;
    PetscCall(KSPGCRODRLoadRecycleSpace(ksp, context.settings.load.c_str()));
  }
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling::gcrodr

using namespace kindred::recycling;
using namespace kindred::recycling::gcrodr;

PetscErrorCode KSPGCRODRGetRecycleSpace(KSP ksp, Mat* space) {
  PetscFunctionBegin;
  PetscCall(require_storage(ksp));
  PetscCall(copy_columns(ksp, context_of(ksp).solutions, space));
  PetscFunctionReturn(success);
}

PetscErrorCode KSPGCRODRGetRecycleImage(KSP ksp, Mat* image) {
  PetscFunctionBegin;
  PetscCall(require_storage(ksp));
  PetscCheck(context_of(ksp).image_valid || context_of(ksp).size == 0, communicator_of(ksp), PETSC_ERR_ORDER,
             "A U has not been computed for this recycle space yet; call KSPSolve() first");
  PetscCall(copy_columns(ksp, context_of(ksp).images, image));
  PetscFunctionReturn(success);
}

PetscErrorCode KSPGCRODRSetRecycleSpace(KSP ksp, Mat space) {
  PetscInt columns = 0;
  PetscInt stride = 0;
  const PetscScalar* values = nullptr;
  bool finite = false;
  PetscFunctionBegin;
  PetscCall(require_storage(ksp));
  PetscCall(prepare_storage(ksp));
  PetscCall(check_shape(ksp, space));
  Context& context = context_of(ksp);
  PetscCall(MatGetSize(space, nullptr, &columns));
  PetscCall(MatDenseGetLDA(space, &stride));
  PetscCall(MatDenseGetArrayRead(space, &values));
  const ColumnBlock::ConstMap given(values, context.solutions.rows(), columns, Eigen::OuterStride<>(stride));
  PetscCall(everywhere(ksp, given.allFinite(), finite));
  if (finite) {
    forget_space(context);
    context.solutions.view(0, columns) = given;
    context.size = columns;
    context.load_pending = false;
  }
  PetscCall(MatDenseRestoreArrayRead(space, &values));
  PetscCheck(finite, communicator_of(ksp), PETSC_ERR_FP, "the recycle space holds a NaN or an infinity; it was not taken over");
  PetscFunctionReturn(success);
}

PetscErrorCode KSPGCRODRResetRecycleSpace(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(require_type(ksp));
  forget_space(context_of(ksp));
  PetscFunctionReturn(success);
}

PetscErrorCode KSPGCRODRSaveRecycleSpace(KSP ksp, const char* path) {
  PetscFunctionBegin;
  PetscCall(require_storage(ksp));
  const Context& context = context_of(ksp);
  PetscCall(kindred::petsc::guarded(communicator_of(ksp), "KSPGCRODRSaveRecycleSpace",
                                    [&] { return save_columns(communicator_of(ksp), context.solutions, context.size, path); }));
  PetscFunctionReturn(success);
}

PetscErrorCode KSPGCRODRLoadRecycleSpace(KSP ksp, const char* path) {
  PetscFunctionBegin;
  PetscCall(require_storage(ksp));
  PetscCall(prepare_storage(ksp));
  Context& context = context_of(ksp);
  Index columns = 0;
  forget_space(context);
  PetscCall(kindred::petsc::guarded(communicator_of(ksp), "KSPGCRODRLoadRecycleSpace", [&] {
    return load_columns(communicator_of(ksp), path, context.capacity, context.solutions, columns);
  }));
  context.size = columns;
  PetscFunctionReturn(success);
}

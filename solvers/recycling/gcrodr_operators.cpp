#include <utility>

#include <kindred/core/petsc/callback.hpp>
#include <kindred/solvers/recycling/block_vectors.hpp>
#include <kindred/solvers/recycling/gcrodr_context.hpp>
#include <kindred/solvers/recycling/operator_state.hpp>

namespace kindred::recycling::gcrodr {
namespace {

/// A vector with the layout of `like` and no storage.
PetscErrorCode create_hollow(Vec like, Vec* vector) {
  MPI_Comm communicator = PetscObjectComm(reinterpret_cast<PetscObject>(like));
  PetscInt rows = 0;
  PetscInt global_rows = 0;
  PetscMPIInt processes = 1;
  PetscFunctionBegin;
  PetscCall(VecGetLocalSize(like, &rows));
  PetscCall(VecGetSize(like, &global_rows));
  PetscCallMPI(MPI_Comm_size(communicator, &processes));
  PetscCall(VecDestroy(vector));
  if (processes == 1) {
    PetscCall(VecCreateSeqWithArray(communicator, 1, rows, nullptr, vector));
  } else {
    PetscCall(VecCreateMPIWithArray(communicator, 1, rows, global_rows, nullptr, vector));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode allocate(KSP ksp) {
  Context& context = context_of(ksp);
  const Settings& settings = context.settings;
  PetscBool unpreconditioned = PETSC_FALSE;
  MatNullSpace null_space = nullptr;
  PetscInt rows = 0;
  PetscFunctionBegin;
  PetscCall(check_settings(ksp));
  PetscCall(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(ksp->pc), PCNONE, &unpreconditioned));
  PetscCall(null_space_of(ksp, &null_space));
  // M⁻¹ includes the projection off the null space, so that then Z ≠ V even without a preconditioner.
  context.preconditioned = !unpreconditioned || null_space != nullptr;
  context.stores_directions = context.preconditioned && settings.flexible;
  const Index capacity = settings.most_recycled();
  const Index solution_columns = context.stores_directions ? settings.restart : capacity;
  PetscCall(VecGetLocalSize(ksp->work[0], &rows));
  const bool same_rows = context.lent_input != nullptr && context.images.rows() == rows;
  const bool same_shape = same_rows && context.images.columns() == settings.restart + 1 &&
                          context.solutions.columns() == solution_columns && context.capacity == capacity;
  if (same_shape) {
    PetscFunctionReturn(success);
  }
  ColumnBlock solutions(rows, solution_columns);
  ColumnBlock images(rows, settings.restart + 1);
  if (same_rows) {
    context.size = std::min(context.size, capacity);
    solutions.view(0, context.size) = context.solutions.view(0, context.size);
    context.image_valid = false;
  } else {
    forget_space(context);
    PetscCall(create_hollow(ksp->work[0], &context.lent_input));
    PetscCall(create_hollow(ksp->work[0], &context.lent_output));
  }
  context.solutions = std::move(solutions);
  context.images = std::move(images);
  context.capacity = capacity;
  PetscFunctionReturn(success);
}

}  // namespace

void forget_space(Context& context) {
  context.size = 0;
  context.image_valid = false;
  context.fewest_steps = unknown_steps;
  context.last.forget();
}

PetscErrorCode null_space_of(KSP ksp, MatNullSpace* null_space) {
  Mat a = nullptr;
  PetscFunctionBegin;
  PetscCall(PCGetOperators(ksp->pc, &a, nullptr));
  if (ksp->transpose_solve) {
    PetscCall(MatGetTransposeNullSpace(a, null_space));
  } else {
    PetscCall(MatGetNullSpace(a, null_space));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode prepare_storage(KSP ksp) {
  return petsc::guarded(
      communicator_of(ksp), "KSPSetUp_GCRODR", [ksp] { return allocate(ksp); }, too_many_columns);
}

PetscErrorCode check_image(KSP ksp, bool& current) {
  Context& context = context_of(ksp);
  Mat a = nullptr;
  OperatorStamp stamp;
  bool state_suffices = false;
  PetscFunctionBegin;
  PetscCall(PCGetOperators(ksp->pc, &a, nullptr));
  PetscCall(stamp_of(a, &stamp.object));
  stamp.transposed = ksp->transpose_solve;
  current = context.image_valid && context.stamp == stamp;
  context.stamp = stamp;
  PetscCall(state_follows_action(a, &state_suffices));
  // Within a solve the operator stays: only its first cycle asks.
  if (current && !state_suffices && context.size > 0 && ksp->its == 0) {
    const Index k = context.size;
    const auto apply = [ksp](Vec in, Vec out) { return apply_at_start(ksp, in, out); };
    PetscCall(
        still_maps(ksp->work[1], std::as_const(context.solutions).view(0, k), std::as_const(context.images).view(0, k), apply, &current));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode apply_operator(KSP ksp, Vec input, Vec output) {
  Mat a = nullptr;
  PetscFunctionBegin;
  PetscCall(PCGetOperators(ksp->pc, &a, nullptr));
  PetscCall(KSP_MatMult(ksp, a, input, output));
  ++context_of(ksp).counts.operator_applications;
  PetscFunctionReturn(success);
}

PetscErrorCode apply_at_start(KSP ksp, Vec input, Vec output) {
  ++context_of(ksp).counts.start_applications;
  return apply_operator(ksp, input, output);
}

PetscErrorCode apply_preconditioner(KSP ksp, Vec input, Vec output) {
  MatNullSpace null_space = nullptr;
  PetscBool identity = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(KSP_PCApply(ksp, input, output));
  PetscCall(null_space_of(ksp, &null_space));
  if (null_space != nullptr) {
    PetscCall(MatNullSpaceRemove(null_space, output));
  }
  PetscCall(PetscObjectTypeCompare(reinterpret_cast<PetscObject>(ksp->pc), PCNONE, &identity));
  context_of(ksp).counts.preconditioner_applications += identity ? 0 : 1;
  PetscFunctionReturn(success);
}

PetscErrorCode true_residual(KSP ksp, Vec residual, double& norm) {
  PetscFunctionBegin;
  PetscCall(apply_operator(ksp, ksp->vec_sol, residual));
  ++context_of(ksp).counts.residual_applications;
  PetscCall(VecAYPX(residual, -1.0, ksp->vec_rhs));
  PetscCall(VecNorm(residual, NORM_2, &norm));
  PetscFunctionReturn(success);
}

PetscErrorCode sum_directions(KSP ksp, const Eigen::VectorXd& y, Vec sum) {
  Context& context = context_of(ksp);
  PetscScalar* values = nullptr;
  PetscFunctionBegin;
  PetscCall(VecSet(sum, 0.0));
  PetscCall(VecGetArray(sum, &values));
  accumulate(context.images, context.size, y, values);
  PetscCall(VecRestoreArray(sum, &values));
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling::gcrodr

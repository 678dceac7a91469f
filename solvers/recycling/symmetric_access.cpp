#include <algorithm>
#include <utility>

#include <kindred/solvers/recycling/recycle_access.hpp>
#include <kindred/solvers/recycling/recycle_space.hpp>

// The space of defcg and rminres as others see it.

namespace kindred::recycling {
namespace {

PetscErrorCode get_space(KSP ksp, Mat* space) {
  PetscFunctionBegin;
  const RecycleData& data = *recycle_data(ksp);
  *space = nullptr;
  if (data.vectors.cols() == 0) {
    PetscFunctionReturn(success);
  }
  PetscCall(copy_to_dense(ksp, std::as_const(data.vectors).view(), data.global_size, space));
  PetscFunctionReturn(success);
}

PetscErrorCode set_space(KSP ksp, Mat space) {
  PetscFunctionBegin;
  RecycleData& data = *recycle_data(ksp);
  PetscInt local = 0;
  PetscInt columns = 0;
  PetscInt stride = 0;
  const PetscScalar* values = nullptr;
  PetscCall(MatGetLocalSize(space, &local, nullptr));
  PetscCall(MatGetSize(space, &data.global_size, &columns));
  PetscCall(MatDenseGetLDA(space, &stride));
  PetscCall(MatDenseGetArrayRead(space, &values));
  data.vectors.resize(local, columns);
  data.vectors.view() = ColumnBlock::ConstMap(values, local, columns, Eigen::OuterStride<>(std::max<PetscInt>(stride, 1)));
  PetscCall(MatDenseRestoreArrayRead(space, &values));
  data.ready = false;
  data.load_pending = false;
  data.unsaved = true;
  data.refresh.forget();
  data.last.forget();
  PetscFunctionReturn(success);
}

PetscErrorCode get_applications(KSP ksp, PetscInt* operators, PetscInt* preconditioners) {
  PetscFunctionBegin;
  const Applications& applications = recycle_data(ksp)->applications;
  if (operators != nullptr) {
    *operators = applications.operators;
  }
  if (preconditioners != nullptr) {
    *preconditioners = applications.preconditioners;
  }
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode compose_interface(KSP ksp) { return compose_access(ksp, {get_space, set_space, get_applications}); }

}  // namespace kindred::recycling

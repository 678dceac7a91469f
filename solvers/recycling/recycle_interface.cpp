#include <kindred/solvers/recycling/recycle_interface.hpp>

#include <algorithm>

#include <kindred/solvers/recycling/recycle_space.hpp>

namespace kindred::recycling {
namespace {

constexpr const char* get_space_name = "KSPRecycleGetSpace_C";
constexpr const char* set_space_name = "KSPRecycleSetSpace_C";
constexpr const char* get_applications_name = "KSPRecycleGetApplications_C";

PetscObject object(KSP ksp) { return reinterpret_cast<PetscObject>(ksp); }

PetscErrorCode get_space(KSP ksp, Mat* space) {
  PetscFunctionBegin;
  const RecycleData& data = *recycle_data(ksp);
  *space = nullptr;
  if (data.vectors.cols() == 0) {
    PetscFunctionReturn(success);
  }
  PetscCall(MatCreateDense(PetscObjectComm(object(ksp)), static_cast<PetscInt>(data.vectors.rows()), PETSC_DECIDE, data.global_size,
                           static_cast<PetscInt>(data.vectors.cols()), nullptr, space));
  PetscScalar* values = nullptr;
  PetscInt stride = 0;
  PetscCall(MatDenseGetLDA(*space, &stride));
  PetscCall(MatDenseGetArrayWrite(*space, &values));
  ColumnBlock::Map(values, data.vectors.rows(), data.vectors.cols(), Eigen::OuterStride<>(std::max<PetscInt>(stride, 1))) =
      data.vectors.view();
  PetscCall(MatDenseRestoreArrayWrite(*space, &values));
  PetscCall(MatAssemblyBegin(*space, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*space, MAT_FINAL_ASSEMBLY));
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

template <class Function>
PetscErrorCode find(KSP ksp, const char* name, Function** function) {
  PetscFunctionBegin;
  PetscCall(PetscObjectQueryFunction(object(ksp), name, function));
  KSPType type = nullptr;
  PetscCall(KSPGetType(ksp, &type));
  PetscCheck(*function != nullptr, PetscObjectComm(object(ksp)), PETSC_ERR_SUP,
             "A KSP of type %s keeps no recycle space that could be asked for here. Use a type that recycles, such as defcg",
             type != nullptr ? type : "not set");
  PetscFunctionReturn(success);
}

}  // namespace

PetscErrorCode compose_interface(KSP ksp) {
  PetscFunctionBegin;
  PetscCall(PetscObjectComposeFunction(object(ksp), get_space_name, get_space));
  PetscCall(PetscObjectComposeFunction(object(ksp), set_space_name, set_space));
  PetscCall(PetscObjectComposeFunction(object(ksp), get_applications_name, get_applications));
  PetscFunctionReturn(success);
}

PetscErrorCode withdraw_interface(KSP ksp) {
  PetscFunctionBegin;
  for (const char* name : {get_space_name, set_space_name, get_applications_name}) {
    PetscCall(PetscObjectComposeFunction(object(ksp), name, nullptr));
  }
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling

using namespace kindred::recycling;

PetscErrorCode KSPRecycleIsSupported(KSP ksp, PetscBool* supported) {
  PetscFunctionBegin;
  PetscErrorCode (*function)(KSP, Mat*) = nullptr;
  PetscCall(PetscObjectQueryFunction(object(ksp), get_space_name, &function));
  *supported = function != nullptr ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(success);
}

PetscErrorCode KSPRecycleGetSpace(KSP ksp, Mat* space) {
  PetscFunctionBegin;
  PetscErrorCode (*function)(KSP, Mat*) = nullptr;
  PetscCall(find(ksp, get_space_name, &function));
  PetscCall(function(ksp, space));
  PetscFunctionReturn(success);
}

PetscErrorCode KSPRecycleSetSpace(KSP ksp, Mat space) {
  PetscFunctionBegin;
  PetscErrorCode (*function)(KSP, Mat) = nullptr;
  PetscCall(find(ksp, set_space_name, &function));
  PetscCall(function(ksp, space));
  PetscFunctionReturn(success);
}

PetscErrorCode KSPRecycleGetApplications(KSP ksp, PetscInt* operators, PetscInt* preconditioners) {
  PetscFunctionBegin;
  PetscErrorCode (*function)(KSP, PetscInt*, PetscInt*) = nullptr;
  PetscCall(find(ksp, get_applications_name, &function));
  PetscCall(function(ksp, operators, preconditioners));
  PetscFunctionReturn(success);
}

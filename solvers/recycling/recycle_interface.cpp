#include <kindred/solvers/recycling/recycle_interface.hpp>

#include <algorithm>

#include <kindred/solvers/recycling/petsc_compat.hpp>
#include <kindred/solvers/recycling/recycle_access.hpp>

namespace kindred::recycling {
namespace {

constexpr const char* get_space_name = "KSPRecycleGetSpace_C";
constexpr const char* set_space_name = "KSPRecycleSetSpace_C";
constexpr const char* get_applications_name = "KSPRecycleGetApplications_C";

PetscObject object(KSP ksp) { return reinterpret_cast<PetscObject>(ksp); }

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

PetscErrorCode compose_access(KSP ksp, const RecycleAccess& access) {
  PetscFunctionBegin;
  PetscCall(PetscObjectComposeFunction(object(ksp), get_space_name, access.get_space));
  PetscCall(PetscObjectComposeFunction(object(ksp), set_space_name, access.set_space));
  PetscCall(PetscObjectComposeFunction(object(ksp), get_applications_name, access.get_applications));
  PetscFunctionReturn(success);
}

PetscErrorCode withdraw_access(KSP ksp) {
  PetscFunctionBegin;
  for (const char* name : {get_space_name, set_space_name, get_applications_name}) {
    PetscCall(PetscObjectComposeFunction(object(ksp), name, nullptr));
  }
  PetscFunctionReturn(success);
}

PetscErrorCode copy_to_dense(KSP ksp, const ColumnBlock::ConstMap& columns, PetscInt global_rows, Mat* dense) {
  PetscFunctionBegin;
  PetscScalar* values = nullptr;
  PetscInt stride = 0;
  PetscCall(MatCreateDense(PetscObjectComm(object(ksp)), static_cast<PetscInt>(columns.rows()), PETSC_DECIDE, global_rows,
                           static_cast<PetscInt>(columns.cols()), nullptr, dense));
  PetscCall(MatDenseGetLDA(*dense, &stride));
  PetscCall(MatDenseGetArrayWrite(*dense, &values));
  ColumnBlock::Map(values, columns.rows(), columns.cols(), Eigen::OuterStride<>(std::max<PetscInt>(stride, 1))) = columns;
  PetscCall(MatDenseRestoreArrayWrite(*dense, &values));
  PetscCall(MatAssemblyBegin(*dense, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*dense, MAT_FINAL_ASSEMBLY));
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

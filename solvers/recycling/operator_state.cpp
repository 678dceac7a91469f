#include <kindred/solvers/recycling/operator_state.hpp>

#include <kindred/solvers/recycling/petsc_compat.hpp>

namespace kindred::recycling {

PetscErrorCode stamp_of(Mat matrix, ObjectStamp* stamp) {
  PetscFunctionBegin;
  PetscCall(PetscObjectGetId(reinterpret_cast<PetscObject>(matrix), &stamp->id));
  PetscCall(PetscObjectStateGet(reinterpret_cast<PetscObject>(matrix), &stamp->state));
  PetscFunctionReturn(success);
}

PetscErrorCode state_follows_action(Mat matrix, bool* follows) {
  PetscBool assembled = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompareAny(reinterpret_cast<PetscObject>(matrix), &assembled, MATSEQAIJ, MATMPIAIJ, MATSEQBAIJ, MATMPIBAIJ,
                                      MATSEQSBAIJ, MATMPISBAIJ, MATSEQDENSE, MATMPIDENSE, ""));
  *follows = assembled == PETSC_TRUE;
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling

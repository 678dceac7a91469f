#include <kindred/solvers/recycling/operator_state.hpp>

#include <kindred/solvers/recycling/petsc_compat.hpp>

namespace kindred::recycling {

PetscErrorCode state_follows_action(Mat matrix, bool* follows) {
  PetscBool assembled = PETSC_FALSE;
  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompareAny(reinterpret_cast<PetscObject>(matrix), &assembled, MATSEQAIJ, MATMPIAIJ, MATSEQBAIJ, MATMPIBAIJ,
                                      MATSEQSBAIJ, MATMPISBAIJ, MATSEQDENSE, MATMPIDENSE, ""));
  *follows = assembled == PETSC_TRUE;
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling

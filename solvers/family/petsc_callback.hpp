#pragma once

#include <string>

#include <fmt/format.h>
#include <petsc/private/pcimpl.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/petsc/callback.hpp>
#include <kindred/core/petsc/petsc.hpp>

namespace kindred::petsc {

/// A matrix whose numbers a preconditioner cannot be made from. The PC then fails without an error, and a caller such as a time loop can
/// step back.
class UnsuitableMatrix : public InputError {
 public:
  UnsuitableMatrix(PCFailedReason reason, const std::string& message) : InputError(message), reason_(reason) {}
  [[nodiscard]] PCFailedReason reason() const { return reason_; }

 private:
  PCFailedReason reason_;
};

/// The call-back of PCSetUp: exceptions become errors, but an UnsuitableMatrix the PC's failed reason, with which KSPSolve() gives up as
/// KSP_DIVERGED_PC_FAILED; with PCSetErrorIfFailure() that is an error, too.
template <class Body>
PetscErrorCode guarded_set_up(PC pc, const char* function, Body body) {
  return guarded(PetscObjectComm(reinterpret_cast<PetscObject>(pc)), function, [&] {
    KINDRED_PETSC(PCSetFailedReason(pc, PC_NOERROR));
    try {
      body();
    } catch (const UnsuitableMatrix& failure) {
      if (pc->erroriffailure == PETSC_TRUE) {
        throw;
      }
      KINDRED_PETSC(PetscInfo(pc, "%s\n", failure.what()));
      KINDRED_PETSC(PCSetFailedReason(pc, failure.reason()));
    }
  });
}

/// @throws InputError if the matrix is a shell or the like, of which no entries can be had
inline void require_entries(Mat matrix, const char* pc_type) {
  PetscBool rows = PETSC_FALSE;
  PetscBool of_blocks = PETSC_FALSE;
  KINDRED_PETSC(MatHasOperation(matrix, MATOP_GET_ROW, &rows));
  KINDRED_PETSC(PetscObjectTypeCompareAny(reinterpret_cast<PetscObject>(matrix), &of_blocks, MATNEST, MATIS, ""));
  if (rows == PETSC_FALSE && of_blocks == PETSC_FALSE) {
    throw InputError(
        fmt::format("pc_type {} reads the entries of a matrix, and one of type {} has none: give an assembled preconditioning "
                    "matrix (the second matrix of KSPSetOperators)",
                    pc_type, reinterpret_cast<PetscObject>(matrix)->type_name));
  }
}

}  // namespace kindred::petsc

#pragma once

#include <string>

#include <kindred/core/petsc/petsc.hpp>

namespace kindred {

/// True if this PETSc has the preconditioner.
bool has_preconditioner(const std::string& pc_type);

/// @throws InputError listing PETSc's types, nearest first, if it has no such KSP or PC
void require_krylov_method(const std::string& ksp_type);
void require_preconditioner(const std::string& pc_type);
/// For matrices known by their action alone. @throws InputError if the preconditioner is known to read entries
void require_free_of_entries(const std::string& pc_type);

/// How a Krylov method measures its residual, if it can measure the true one: CG can on either side, GMRES with the
/// preconditioner on the right, MINRES not at all (it reports the norm that the preconditioner defines).
struct ResidualMeasure {
  bool true_residual = false;
  PCSide side = PC_LEFT;
};
/// Asked of PETSc itself with a system of one unknown, so that methods registered by plugins are judged too.
ResidualMeasure residual_measure(const std::string& ksp_type);

/// Applications of the operator, and of the preconditioner, in one iteration of this method: 2 for BiCGStab and its relatives.
int applications_per_iteration(const std::string& ksp_type);

}  // namespace kindred

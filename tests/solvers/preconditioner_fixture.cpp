#include "preconditioner_fixture.hpp"

#include <kindred/solvers/family/petsc_preconditioners.hpp>

namespace kindred::test {

PreconditionerFixture::PreconditionerFixture() { KINDRED_PETSC(register_preconditioners()); }

Chain::Chain(const char* pc_type, const std::map<std::string, std::string>& settings) {
  options.emplace("chain_", settings);
  KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, ksp.slot()));
  KINDRED_PETSC(KSPSetOptionsPrefix(ksp, "chain_"));
  KINDRED_PETSC(KSPSetType(ksp, KSPCG));
  KINDRED_PETSC(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED));
  KINDRED_PETSC(KSPSetTolerances(ksp, 1e-8, 0.0, PETSC_DEFAULT, 500));
  KINDRED_PETSC(KSPGetPC(ksp, &pc));
  KINDRED_PETSC(PCSetType(pc, pc_type));
  KINDRED_PETSC(KSPSetFromOptions(ksp));
}

Solved Chain::solve(const LinearSystem& system) {
  system.matrix->assemble(matrix);
  if (system.constant_null_space) {
    petsc::NullSpace constants;
    KINDRED_PETSC(MatNullSpaceCreate(PETSC_COMM_SELF, PETSC_TRUE, 0, nullptr, constants.slot()));
    KINDRED_PETSC(MatSetNullSpace(matrix, constants));
  }
  KINDRED_PETSC(KSPSetOperators(ksp, matrix, matrix));
  petsc::Vector b;
  petsc::Vector x;
  KINDRED_PETSC(MatCreateVecs(matrix, x.slot(), b.slot()));
  for (std::size_t i = 0; i < system.rhs.size(); ++i) {
    KINDRED_PETSC(VecSetValue(b, static_cast<PetscInt>(i), system.rhs[i], INSERT_VALUES));
  }
  KINDRED_PETSC(KSPSolve(ksp, b, x));
  Solved solved;
  KINDRED_PETSC(KSPGetIterationNumber(ksp, &solved.iterations));
  KINDRED_PETSC(KSPGetConvergedReason(ksp, &solved.reason));
  return solved;
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace kindred::test

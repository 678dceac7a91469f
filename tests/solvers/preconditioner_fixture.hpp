#pragma once

#include <map>
#include <optional>
#include <string>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/linear_system.hpp>

// What the tests of PETSc preconditioners for families share.

namespace kindred::test {

using Preconditioner = petsc::Handle<PC, PCDestroy>;

/// PETSc with Kindred's preconditioners.
struct PreconditionerFixture {
  petsc::Session session;
  PreconditionerFixture();
};

struct Solved {
  PetscInt iterations = 0;
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
};

/// Conjugate gradients to 1e-8 whose PC is kept from one matrix to the next.
struct Chain {
  petsc::LinearSolver ksp;
  petsc::Matrix matrix;
  PC pc = nullptr;
  std::optional<petsc::PrefixedOptions> options;

  /// @param settings PETSc options of KSP and PC, without a prefix
  explicit Chain(const char* pc_type, const std::map<std::string, std::string>& settings = {});
  Solved solve(const LinearSystem& system);
};

bool mentions(const std::string& text, const std::string& part);

}  // namespace kindred::test

#pragma once

#include <memory>
#include <string>

#include <kindred/core/registry/registry.hpp>
#include <kindred/operators/linear_system.hpp>
#include <kindred/solvers/linear/ksp_engine.hpp>

namespace kindred {

/// A PETSc preconditioner by name, with the options that go with it.
struct PreconditionerChoice {
  std::string pc_type;
  PetscOptions options;
};

/// Plugin kind `preconditioner`: a PETSc PC, set up for a Krylov solver. The PC itself is PETSc's or registered with PETSc.
class Preconditioner {
 public:
  virtual ~Preconditioner() = default;
  /// @param entries_per_row of the matrix. @throws InputError if this kind of system is not for it
  [[nodiscard]] virtual PreconditionerChoice choose(const LinearSystem& system, double entries_per_row) const = 0;
};

template <>
struct PluginTraits<Preconditioner> {
  static constexpr const char* kind = "preconditioner";
  using Arguments = void();
};

/// What suits a system of which only the facts are known: BoomerAMG (or GAMG) for symmetric definite ones, Jacobi for other symmetric
/// ones, else ILU(0); for Toeplitz matrices a circulant one, for others known by their action alone Jacobi.
PreconditionerChoice suitable_preconditioner(const LinearSystem& system, double entries_per_row);
/// Options that a PETSc preconditioner gets here unless the user says otherwise.
PetscOptions preconditioner_defaults(const std::string& pc_type, const std::string& ksp_type, double entries_per_row);

}  // namespace kindred

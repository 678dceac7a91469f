#pragma once

#include <optional>
#include <string>

#include <kindred/solvers/linear/ksp_engine.hpp>
#include <kindred/solvers/solver.hpp>

namespace kindred {

/// Parameters of the solver `petsc`.
struct PetscParameters {
  std::string ksp_type;
  std::string pc_type;
  double rtol = 1e-8;
  double atol = 0.0;
  int max_iterations = 10'000;
  std::optional<int> restart;
  PetscOptions petsc;

  static Schema<PetscParameters> schema();
  void check(const Value& table, Diagnostics& diagnostics) const;
};

/// Parameters of the solver `direct`.
struct DirectParameters {
  std::string package = "auto";
  std::string ordering = "auto";
  double rtol = 1e-8;

  static Schema<DirectParameters> schema();
  void check(const Value& table, Diagnostics& diagnostics) const;
};

/// Settings for one system: the deck's choices, completed by what suits the system.
/// @param entries_per_row of the matrix: above 5.5 it is taken for a grid in three dimensions
KspSettings krylov_settings(const PetscParameters& parameters, const LinearSystem& system, double entries_per_row);
/// @throws InputError if the package cannot factor this kind of system, or the matrix is known by its action alone
KspSettings direct_settings(const DirectParameters& parameters, const LinearSystem& system);

/// A stencil in one or two dimensions has at most 5 entries a row, in three nearly 7.
constexpr bool fills_like_three_dimensions(double entries_per_row) { return entries_per_row > 5.5; }

}  // namespace kindred

#include <kindred/apps/bench/recycling/pfmg.hpp>

#include <algorithm>
#include <array>
#include <memory>

#include <petscdmda.h>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/stencil_operator.hpp>

namespace kindred::bench {
namespace {

using StructuredGrid = petsc::Handle<DM, DMDestroy>;

void copy_in(std::span<const double> values, Vec vector) {
  PetscScalar* target = nullptr;
  KINDRED_PETSC(VecGetArrayWrite(vector, &target));
  std::ranges::copy(values, target);
  KINDRED_PETSC(VecRestoreArrayWrite(vector, &target));
}

class PfmgSolver {
 public:
  explicit PfmgSolver(double rtol) : rtol_(rtol) {}

  SolveReport solve(const LinearSystem& system, std::span<double> solution) {
    const auto* stencil = dynamic_cast<const StencilOperator*>(system.matrix.get());
    if (stencil == nullptr || stencil->grid().dimension() != 2) {
      throw InputError("PFMG solves stencils on a two-dimensional grid, and this system is not one: leave it out for this family");
    }
    if (!ksp_) {
      create(stencil->grid());
    }
    fill(*stencil);
    copy_in(system.rhs, rhs_);
    KINDRED_PETSC(KSPSetOperators(ksp_, matrix_, matrix_));
    KINDRED_PETSC(KSPSolve(ksp_, rhs_, x_));
    return report(solution);
  }

 private:
  /// PETSc numbers the first axis of a DMDA fastest, a grid of the library its last one; and it hands hypre grids of three dimensions only,
  /// so that the third has one node.
  void create(const Grid& grid) {
    const auto fast = static_cast<PetscInt>(grid.axes[1].cells);
    const auto slow = static_cast<PetscInt>(grid.axes[0].cells);
    KINDRED_PETSC(DMDACreate3d(PETSC_COMM_SELF, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DM_BOUNDARY_NONE, DMDA_STENCIL_STAR, fast, slow, 1, 1,
                               1, 1, 1, 1, nullptr, nullptr, nullptr, nodes_.slot()));
    KINDRED_PETSC(DMSetMatType(nodes_, MATHYPRESTRUCT));
    KINDRED_PETSC(DMSetUp(nodes_));
    KINDRED_PETSC(DMCreateMatrix(nodes_, matrix_.slot()));
    KINDRED_PETSC(DMCreateGlobalVector(nodes_, rhs_.slot()));
    KINDRED_PETSC(VecDuplicate(rhs_, x_.slot()));
    KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, ksp_.slot()));
    KINDRED_PETSC(KSPSetType(ksp_, KSPCG));
    KINDRED_PETSC(KSPSetNormType(ksp_, KSP_NORM_UNPRECONDITIONED));
    KINDRED_PETSC(KSPSetTolerances(ksp_, rtol_, 0.0, PETSC_DEFAULT, PETSC_DEFAULT));
    PC pc = nullptr;
    KINDRED_PETSC(KSPGetPC(ksp_, &pc));
    KINDRED_PETSC(PCSetType(pc, PCPFMG));
  }

  void fill(const StencilOperator& a) {
    const Index rows = a.grid().axes[0].cells;
    const Index columns = a.grid().axes[1].cells;
    for (Index i = 0; i < rows; ++i) {
      for (Index j = 0; j < columns; ++j) {
        const auto cell = static_cast<std::size_t>(i * columns + j);
        const std::array<std::array<Index, 2>, 5> places{{{i, j}, {i - 1, j}, {i + 1, j}, {i, j - 1}, {i, j + 1}}};
        const std::array<double, 5> values{a.center[cell], a.lower[0][cell], a.upper[0][cell], a.lower[1][cell], a.upper[1][cell]};
        std::array<MatStencil, 5> targets{};
        std::array<PetscScalar, 5> entries{};
        PetscInt count = 0;
        for (std::size_t k = 0; k < places.size(); ++k) {
          const auto [row, column] = places[k];
          if (row >= 0 && row < rows && column >= 0 && column < columns) {
            targets[static_cast<std::size_t>(count)] = stencil_at(row, column);
            entries[static_cast<std::size_t>(count)] = values[k];
            ++count;
          }
        }
        const MatStencil here = stencil_at(i, j);
        KINDRED_PETSC(MatSetValuesStencil(matrix_, 1, &here, count, targets.data(), entries.data(), INSERT_VALUES));
      }
    }
    KINDRED_PETSC(MatAssemblyBegin(matrix_, MAT_FINAL_ASSEMBLY));
    KINDRED_PETSC(MatAssemblyEnd(matrix_, MAT_FINAL_ASSEMBLY));
  }

  static MatStencil stencil_at(Index row, Index column) {
    MatStencil place{};
    place.i = static_cast<PetscInt>(column);
    place.j = static_cast<PetscInt>(row);
    return place;
  }

  SolveReport report(std::span<double> solution) {
    KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
    PetscInt iterations = 0;
    KINDRED_PETSC(KSPGetConvergedReason(ksp_, &reason));
    KINDRED_PETSC(KSPGetIterationNumber(ksp_, &iterations));
    const PetscScalar* values = nullptr;
    KINDRED_PETSC(VecGetArrayRead(x_, &values));
    std::copy_n(values, solution.size(), solution.begin());
    KINDRED_PETSC(VecRestoreArrayRead(x_, &values));
    SolveReport report;
    report.converged = reason > 0;
    report.reason = reason;
    report.reason_text = KSPConvergedReasons[reason];
    report.iterations = static_cast<int>(iterations);
    report.operator_applications = iterations + 1;
    report.preconditioner_applications = iterations + 1;
    return report;
  }

  double rtol_;
  StructuredGrid nodes_;
  petsc::Matrix matrix_;
  petsc::Vector rhs_;
  petsc::Vector x_;
  petsc::LinearSolver ksp_;
};

}  // namespace

Contender pfmg_contender(const std::string& name, double rtol) {
  const auto solver = std::make_shared<PfmgSolver>(rtol);
  return {name, [solver](const LinearSystem& system, std::span<double> solution) { return solver->solve(system, solution); }};
}

}  // namespace kindred::bench

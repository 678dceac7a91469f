#pragma once

#include <functional>
#include <string>
#include <vector>

#include <eigen3/Eigen/Core>
#include <eigen3/Eigen/SparseCore>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/recycling/gcrodr.hpp>

// Sequences of systems for the recycling Krylov methods, with Eigen's matrices as the reference.

namespace kindred::test {

using SparseMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// -∇·(a ∇u) + wind · ∂u/∂x on cells × cells interior nodes of the unit square, times h², with a smooth coefficient that moves with
/// `sample`.
SparseMatrix diffusion(Eigen::Index cells, double sample, double wind = 0.0);
/// Block diagonal: rotations by `angle` times 1 + growth · i for block i.
SparseMatrix rotations(Eigen::Index blocks, double angle, double growth);
/// -∇·(a ∇u) on cells × cells squares with zero boundary values, a = contrast in a disc around the centre and 1 outside, times h².
SparseMatrix disc(Eigen::Index cells, double contrast, double squared_radius);
/// -∂²u/∂x² with insulated ends: constants are its null space.
SparseMatrix insulated_rod(Eigen::Index nodes);

Eigen::VectorXd random_vector(Eigen::Index size, unsigned seed);

/// One KSP with its matrix and vectors, solving one system after another.
class Sequence {
 public:
  explicit Sequence(const std::string& ksp_type, const std::string& pc_type = PCNONE, double rtol = 1e-8);

  void set_matrix(const SparseMatrix& matrix);
  /// Solves; x holds the guess before if KSPSetInitialGuessNonzero() was called, and the solution afterwards.
  KSPConvergedReason solve(const Eigen::VectorXd& rhs);
  KSPConvergedReason solve(const SparseMatrix& matrix, const Eigen::VectorXd& rhs);

  [[nodiscard]] KSP ksp() const { return ksp_; }
  [[nodiscard]] Mat matrix() const { return matrix_; }
  [[nodiscard]] PetscInt iterations() const;
  [[nodiscard]] double relative_residual(const Eigen::VectorXd& rhs) const;
  /// Dense copies of U and C.
  [[nodiscard]] Eigen::MatrixXd space() const;
  [[nodiscard]] Eigen::MatrixXd image() const;
  void set_space(const Eigen::MatrixXd& space);
  /// Called at every iteration with the residual norm that the KSP reports.
  void watch(std::function<void(PetscInt, double)> watcher);

  SparseMatrix a;
  Eigen::VectorXd x;

 private:
  petsc::LinearSolver ksp_;
  petsc::Matrix matrix_;
  petsc::Vector solution_;
  petsc::Vector rhs_;
  std::function<void(PetscInt, double)> watcher_;
};

/// A copy of the recycle space; no columns if there is none.
Eigen::MatrixXd recycle_space(KSP ksp);
void set_recycle_space(KSP ksp, const Eigen::MatrixXd& space);

/// PETSc with Kindred's types.
struct RecyclingFixture {
  petsc::Session session;
  RecyclingFixture();
};

void configure(const Sequence& s, PetscInt restart, PetscInt recycle, KSPGCRODRRefresh refresh = KSPGCRODR_REFRESH_EVERY);
KSPGCRODRCounts counts_of(const Sequence& s);
/// Residual norms that the KSP logs while `solve` runs.
std::vector<double> history(const Sequence& s, const std::function<void()>& solve);

/// Checks A U = C, CᵀC = I.
void check_invariants(const Sequence& s);
/// A⁻¹ b by dense elimination.
Eigen::VectorXd dense_solution(const SparseMatrix& a, const Eigen::VectorXd& rhs);
/// ‖x - A⁻¹ b‖ / ‖A⁻¹ b‖
double error_of(const Sequence& s, const Eigen::VectorXd& rhs);

}  // namespace kindred::test

#pragma once

#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/problems/problem.hpp>

#include "function_field.hpp"

// A manufactured solution with data of every kind, and what solves the discretised problem.

namespace kindred::test {

/// u = product of sin(2 pi x_k + 0.4 + 0.7 k), a = 1.5 + (0.4 / d) sum of sin(2 pi x_k + 0.3 + k), over the d axes. Both have
/// period 1 along every axis, no symmetry, and values and slopes that vanish on no side.
struct Manufactured {
  int dimension;

  static constexpr double wave = 2.0 * std::numbers::pi;
  static double angle(int k, double x) { return wave * x + 0.4 + 0.7 * k; }
  static double coefficient_angle(int k, double x) { return wave * x + 0.3 + k; }
  using Point = std::array<double, 3>;

  [[nodiscard]] double u(const Point& x) const {
    double product = 1.0;
    for (int k = 0; k < dimension; ++k) {
      product *= std::sin(angle(k, x[static_cast<std::size_t>(k)]));
    }
    return product;
  }
  [[nodiscard]] double du(const Point& x, int axis) const {
    double product = wave;
    for (int k = 0; k < dimension; ++k) {
      const double t = angle(k, x[static_cast<std::size_t>(k)]);
      product *= k == axis ? std::cos(t) : std::sin(t);
    }
    return product;
  }
  [[nodiscard]] double a(const Point& x) const {
    double sum = 1.5;
    for (int k = 0; k < dimension; ++k) {
      sum += 0.4 / dimension * std::sin(coefficient_angle(k, x[static_cast<std::size_t>(k)]));
    }
    return sum;
  }
  /// −∇·(a ∇u) = −∇a·∇u + a d (2 pi)² u
  [[nodiscard]] double diffusion(const Point& x) const {
    double sum = a(x) * dimension * wave * wave * u(x);
    for (int k = 0; k < dimension; ++k) {
      sum -= 0.4 / dimension * wave * std::cos(coefficient_angle(k, x[static_cast<std::size_t>(k)])) * du(x, k);
    }
    return sum;
  }
};

/// The solution of a system by conjugate gradients, to a relative residual of 1e-8.
inline std::vector<double> solve(const LinearSystem& system, PCType preconditioner_type) {
  petsc::Matrix matrix;
  system.matrix->assemble(matrix);
  if (system.constant_null_space) {
    petsc::NullSpace constants;
    KINDRED_PETSC(MatNullSpaceCreate(PETSC_COMM_SELF, PETSC_TRUE, 0, nullptr, constants.slot()));
    KINDRED_PETSC(MatSetNullSpace(matrix, constants));
  }
  KINDRED_PETSC(MatSetOption(matrix, MAT_SYMMETRIC, PETSC_TRUE));
  petsc::LinearSolver solver;
  KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, solver.slot()));
  KINDRED_PETSC(KSPSetOperators(solver, matrix, matrix));
  KINDRED_PETSC(KSPSetType(solver, KSPCG));
  PC preconditioner = nullptr;
  KINDRED_PETSC(KSPGetPC(solver, &preconditioner));
  KINDRED_PETSC(PCSetType(preconditioner, preconditioner_type));
  KINDRED_PETSC(KSPSetTolerances(solver, 1e-8, PETSC_DEFAULT, PETSC_DEFAULT, 5000));
  std::vector<double> b = system.rhs;
  std::vector<double> x(b.size());
  petsc::Vector pb;
  petsc::Vector px;
  KINDRED_PETSC(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, static_cast<PetscInt>(b.size()), b.data(), pb.slot()));
  KINDRED_PETSC(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, static_cast<PetscInt>(x.size()), x.data(), px.slot()));
  KINDRED_PETSC(KSPSolve(solver, pb, px));
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  KINDRED_PETSC(KSPGetConvergedReason(solver, &reason));
  if (reason < 0) {
    throw SolveError(std::string("the reference solve failed: ") + KSPConvergedReasons[reason]);
  }
  return x;
}

}  // namespace kindred::test

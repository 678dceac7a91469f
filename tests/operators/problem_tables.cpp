#include "problem_tables.hpp"

#include <cmath>
#include <complex>

#include <eigen3/Eigen/Sparse>
#include <eigen3/Eigen/SparseLU>

namespace kindred::test {
namespace {

Eigen::SparseMatrix<double> sparse(const LinearOperator& a) {
  petsc::Matrix matrix;
  a.assemble(matrix);
  std::vector<Eigen::Triplet<double>> entries;
  for (PetscInt row = 0; row < static_cast<PetscInt>(a.size()); ++row) {
    PetscInt count = 0;
    const PetscInt* columns = nullptr;
    const PetscScalar* values = nullptr;
    KINDRED_PETSC(MatGetRow(matrix, row, &count, &columns, &values));
    for (PetscInt k = 0; k < count; ++k) {
      entries.emplace_back(row, columns[k], values[k]);
    }
    KINDRED_PETSC(MatRestoreRow(matrix, row, &count, &columns, &values));
  }
  Eigen::SparseMatrix<double> result(a.size(), a.size());
  result.setFromTriplets(entries.begin(), entries.end());
  return result;
}

}  // namespace

Eigen::MatrixXd dense(const LinearOperator& a) {
  Eigen::MatrixXd matrix(a.size(), a.size());
  std::vector<double> unit(static_cast<std::size_t>(a.size()));
  for (Index k = 0; k < a.size(); ++k) {
    unit[static_cast<std::size_t>(k)] = 1.0;
    a.apply(unit, {matrix.col(k).data(), unit.size()});
    unit[static_cast<std::size_t>(k)] = 0.0;
  }
  return matrix;
}

Eigen::MatrixXd dense_by_petsc(const LinearOperator& a) { return Eigen::MatrixXd(sparse(a)); }

Eigen::VectorXd rhs_of(const LinearSystem& system) {
  return Eigen::Map<const Eigen::VectorXd>(system.rhs.data(), static_cast<Index>(system.rhs.size()));
}

Eigen::VectorXd solve_by_lu(const LinearSystem& system) {
  Eigen::SparseMatrix<double> a = sparse(*system.matrix);
  if (system.constant_null_space) {
    a.coeffRef(0, 0) *= 2.0;
  }
  Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> lu(a);
  if (lu.info() != Eigen::Success) {
    throw SolveError("the reference factorisation failed");
  }
  Eigen::VectorXd u = lu.solve(rhs_of(system));
  if (system.constant_null_space) {
    u.array() -= u.mean();
  }
  return u;
}

Eigen::VectorXcd eigenvalues_near_zero(const LinearOperator& a, Index steps) {
  const Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::COLAMDOrdering<int>> inverse(sparse(a));
  Eigen::MatrixXd basis(a.size(), steps + 1);
  Eigen::MatrixXd hessenberg = Eigen::MatrixXd::Zero(steps + 1, steps);
  for (Index k = 0; k < a.size(); ++k) {
    basis(k, 0) = std::sin(1.0 + 3.7 * static_cast<double>(k));  // no symmetry
  }
  basis.col(0).normalize();
  for (Index j = 0; j < steps; ++j) {
    Eigen::VectorXd w = inverse.solve(basis.col(j));
    for (int pass = 0; pass < 2; ++pass) {
      const Eigen::VectorXd h = basis.leftCols(j + 1).transpose() * w;
      w -= basis.leftCols(j + 1) * h;
      hessenberg.col(j).head(j + 1) += h;
    }
    hessenberg(j + 1, j) = w.norm();
    basis.col(j + 1) = w / w.norm();
  }
  const Eigen::EigenSolver<Eigen::MatrixXd> ritz(hessenberg.topRows(steps));
  std::vector<std::complex<double>> converged;
  for (Index k = 0; k < steps; ++k) {
    const std::complex<double> mu = ritz.eigenvalues()[k];
    const Eigen::VectorXcd y = ritz.eigenvectors().col(k);
    if (hessenberg(steps, steps - 1) * std::abs(y[steps - 1]) < 1e-8 * std::abs(mu) * y.norm()) {
      converged.push_back(1.0 / mu);
    }
  }
  return Eigen::Map<const Eigen::VectorXcd>(converged.data(), static_cast<Index>(converged.size()));
}

}  // namespace kindred::test

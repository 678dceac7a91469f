#include "recycling_fixture.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/solvers/recycling/recycle_interface.hpp>
#include <kindred/solvers/recycling/register_types.hpp>

namespace kindred::test {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

SparseMatrix from_entries(Index size, const std::vector<Eigen::Triplet<double>>& entries) {
  SparseMatrix matrix(size, size);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

MatrixXd take_dense(Mat dense) {
  const petsc::Matrix owner(dense);
  PetscInt rows = 0;
  PetscInt columns = 0;
  PetscInt stride = 0;
  const PetscScalar* values = nullptr;
  KINDRED_PETSC(MatGetSize(dense, &rows, &columns));
  KINDRED_PETSC(MatDenseGetLDA(dense, &stride));
  KINDRED_PETSC(MatDenseGetArrayRead(dense, &values));
  const MatrixXd copy = Eigen::Map<const MatrixXd, 0, Eigen::OuterStride<>>(values, rows, columns, Eigen::OuterStride<>(stride));
  KINDRED_PETSC(MatDenseRestoreArrayRead(dense, &values));
  return copy;
}

}  // namespace

SparseMatrix diffusion(Index cells, double sample, double wind) {
  const double h = 1.0 / static_cast<double>(cells + 1);
  const auto a = [&](Index i, Index j) {
    const double x = static_cast<double>(i + 1) * h;
    const double y = static_cast<double>(j + 1) * h;
    return std::exp(0.6 * std::sin(5.0 * x + 0.3 * sample) * std::cos(4.0 * y - 0.2 * sample) + 0.3 * std::cos(9.0 * x * y + sample));
  };
  std::vector<Eigen::Triplet<double>> entries;
  for (Index i = 0; i < cells; ++i) {
    for (Index j = 0; j < cells; ++j) {
      const Index row = i * cells + j;
      double diagonal = 0.0;
      for (const auto& [di, dj] : {std::pair<Index, Index>{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
        const double face = 0.5 * (a(i, j) + a(i + di, j + dj));
        const double value = -face + 0.5 * wind * h * static_cast<double>(di);
        diagonal += face;
        if (i + di >= 0 && i + di < cells && j + dj >= 0 && j + dj < cells) {
          entries.emplace_back(row, (i + di) * cells + j + dj, value);
        }
      }
      entries.emplace_back(row, row, diagonal);
    }
  }
  return from_entries(cells * cells, entries);
}

SparseMatrix disc(Index cells, double contrast, double squared_radius) {
  std::vector<Eigen::Triplet<double>> entries;
  for (Index i = 0; i < cells; ++i) {
    for (Index j = 0; j < cells; ++j) {
      const Index row = i * cells + j;
      for (const auto& [di, dj] : {std::pair<Index, Index>{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
        const double x = (static_cast<double>(j) + 0.5 + 0.5 * static_cast<double>(dj)) / static_cast<double>(cells) - 0.5;
        const double y = (static_cast<double>(i) + 0.5 + 0.5 * static_cast<double>(di)) / static_cast<double>(cells) - 0.5;
        const double face = x * x + y * y < squared_radius ? contrast : 1.0;
        const bool inside = i + di >= 0 && i + di < cells && j + dj >= 0 && j + dj < cells;
        entries.emplace_back(row, row, inside ? face : 2.0 * face);
        if (inside) {
          entries.emplace_back(row, (i + di) * cells + j + dj, -face);
        }
      }
    }
  }
  return from_entries(cells * cells, entries);
}

SparseMatrix rotations(Index blocks, double angle, double growth) {
  std::vector<Eigen::Triplet<double>> entries;
  for (Index i = 0; i < blocks; ++i) {
    const double modulus = 1.0 + growth * static_cast<double>(i);
    entries.emplace_back(2 * i, 2 * i, modulus * std::cos(angle));
    entries.emplace_back(2 * i, 2 * i + 1, -modulus * std::sin(angle));
    entries.emplace_back(2 * i + 1, 2 * i, modulus * std::sin(angle));
    entries.emplace_back(2 * i + 1, 2 * i + 1, modulus * std::cos(angle));
  }
  return from_entries(2 * blocks, entries);
}

SparseMatrix insulated_rod(Index nodes) {
  std::vector<Eigen::Triplet<double>> entries;
  for (Index i = 0; i + 1 < nodes; ++i) {
    entries.emplace_back(i, i, 1.0);
    entries.emplace_back(i + 1, i + 1, 1.0);
    entries.emplace_back(i, i + 1, -1.0);
    entries.emplace_back(i + 1, i, -1.0);
  }
  return from_entries(nodes, entries);
}

VectorXd random_vector(Index size, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  return VectorXd::NullaryExpr(size, [&] { return normal(generator); });
}

Sequence::Sequence(const std::string& ksp_type, const std::string& pc_type, double rtol) {
  KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, ksp_.slot()));
  KINDRED_PETSC(KSPSetType(ksp_, ksp_type.c_str()));
  KINDRED_PETSC(KSPSetTolerances(ksp_, rtol, 0.0, PETSC_DEFAULT, 3000));
  PC pc = nullptr;
  KINDRED_PETSC(KSPGetPC(ksp_, &pc));
  KINDRED_PETSC(PCSetType(pc, pc_type.c_str()));
}

void Sequence::set_matrix(const SparseMatrix& matrix) {
  a = matrix;
  const auto n = static_cast<PetscInt>(a.rows());
  if (!matrix_) {
    KINDRED_PETSC(MatCreateSeqAIJ(PETSC_COMM_SELF, n, n, 8, nullptr, matrix_.slot()));
    KINDRED_PETSC(VecCreateSeq(PETSC_COMM_SELF, n, solution_.slot()));
    KINDRED_PETSC(VecDuplicate(solution_, rhs_.slot()));
    x = VectorXd::Zero(n);
  }
  for (Index row = 0; row < a.outerSize(); ++row) {
    for (SparseMatrix::InnerIterator entry(a, row); entry; ++entry) {
      KINDRED_PETSC(MatSetValue(matrix_, static_cast<PetscInt>(row), static_cast<PetscInt>(entry.col()), entry.value(), INSERT_VALUES));
    }
  }
  KINDRED_PETSC(MatAssemblyBegin(matrix_, MAT_FINAL_ASSEMBLY));
  KINDRED_PETSC(MatAssemblyEnd(matrix_, MAT_FINAL_ASSEMBLY));
  KINDRED_PETSC(KSPSetOperators(ksp_, matrix_, matrix_));
}

KSPConvergedReason Sequence::solve(const VectorXd& rhs) {
  PetscScalar* values = nullptr;
  KINDRED_PETSC(VecGetArray(rhs_, &values));
  VectorXd::Map(values, rhs.size()) = rhs;
  KINDRED_PETSC(VecRestoreArray(rhs_, &values));
  KINDRED_PETSC(VecGetArray(solution_, &values));
  VectorXd::Map(values, x.size()) = x;
  KINDRED_PETSC(VecRestoreArray(solution_, &values));
  KINDRED_PETSC(KSPSolve(ksp_, rhs_, solution_));
  const PetscScalar* result = nullptr;
  KINDRED_PETSC(VecGetArrayRead(solution_, &result));
  x = VectorXd::Map(result, x.size());
  KINDRED_PETSC(VecRestoreArrayRead(solution_, &result));
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  KINDRED_PETSC(KSPGetConvergedReason(ksp_, &reason));
  return reason;
}

KSPConvergedReason Sequence::solve(const SparseMatrix& matrix, const VectorXd& rhs) {
  set_matrix(matrix);
  return solve(rhs);
}

PetscInt Sequence::iterations() const {
  PetscInt count = 0;
  KINDRED_PETSC(KSPGetIterationNumber(ksp_, &count));
  return count;
}

double Sequence::relative_residual(const VectorXd& rhs) const { return (rhs - a * x).norm() / rhs.norm(); }

MatrixXd Sequence::space() const { return recycle_space(ksp_); }

MatrixXd Sequence::image() const {
  Mat dense = nullptr;
  KINDRED_PETSC(KSPGCRODRGetRecycleImage(ksp_, &dense));
  return take_dense(dense);
}

void Sequence::set_space(const MatrixXd& space) {
  KINDRED_PETSC(KSPSetUp(ksp_));
  set_recycle_space(ksp_, space);
}

void Sequence::watch(std::function<void(PetscInt, double)> watcher) {
  watcher_ = std::move(watcher);
  const auto call = [](KSP, PetscInt iteration, PetscReal norm, void* context) {
    (*static_cast<std::function<void(PetscInt, double)>*>(context))(iteration, norm);
    return static_cast<PetscErrorCode>(0);
  };
  KINDRED_PETSC(KSPMonitorSet(ksp_, call, &watcher_, nullptr));
}

MatrixXd recycle_space(KSP ksp) {
  Mat dense = nullptr;
  KINDRED_PETSC(KSPRecycleGetSpace(ksp, &dense));
  return dense != nullptr ? take_dense(dense) : MatrixXd();
}

void set_recycle_space(KSP ksp, const MatrixXd& space) {
  petsc::Matrix dense;
  MatrixXd copy = space;
  KINDRED_PETSC(MatCreateSeqDense(PETSC_COMM_SELF, static_cast<PetscInt>(space.rows()), static_cast<PetscInt>(space.cols()), copy.data(),
                                  dense.slot()));
  KINDRED_PETSC(KSPRecycleSetSpace(ksp, dense));
}

RecyclingFixture::RecyclingFixture() { KINDRED_PETSC(register_krylov_methods()); }

void configure(const Sequence& s, PetscInt restart, PetscInt recycle, KSPGCRODRRefresh refresh) {
  KINDRED_PETSC(KSPGCRODRSetRestart(s.ksp(), restart));
  KINDRED_PETSC(KSPGCRODRSetRecycle(s.ksp(), recycle));
  KINDRED_PETSC(KSPGCRODRSetRefresh(s.ksp(), refresh));
}

KSPGCRODRCounts counts_of(const Sequence& s) {
  KSPGCRODRCounts counts{};
  KINDRED_PETSC(KSPGCRODRGetCounts(s.ksp(), &counts));
  return counts;
}

std::vector<double> history(const Sequence& s, const std::function<void()>& solve) {
  std::vector<double> values(5000);
  KINDRED_PETSC(KSPSetResidualHistory(s.ksp(), values.data(), static_cast<PetscInt>(values.size()), PETSC_TRUE));
  solve();
  PetscInt length = 0;
  KINDRED_PETSC(KSPGetResidualHistory(s.ksp(), nullptr, &length));
  values.resize(static_cast<std::size_t>(length));
  return values;
}

void check_invariants(const Sequence& s) {
  const MatrixXd u = s.space();
  const MatrixXd c = s.image();
  BOOST_REQUIRE(u.cols() == c.cols());
  BOOST_REQUIRE(u.cols() > 0);
  BOOST_TEST((c.transpose() * c - MatrixXd::Identity(c.cols(), c.cols())).cwiseAbs().maxCoeff() <= 1e-12);
  BOOST_TEST((s.a * u - c).norm() <= 1e-10 * std::max(1.0, c.norm()));
}

VectorXd dense_solution(const SparseMatrix& a, const VectorXd& rhs) { return MatrixXd(a).partialPivLu().solve(rhs); }

double error_of(const Sequence& s, const VectorXd& rhs) {
  const VectorXd exact = dense_solution(s.a, rhs);
  return (s.x - exact).norm() / exact.norm();
}

}  // namespace kindred::test

// StencilOperator against PETSc's product and dense algebra.

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/core/base/random.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/stencil_operator.hpp>

#include "petsc_session.hpp"

using namespace kindred;

namespace {

Grid make_grid(const std::vector<Index>& cells, unsigned periodic) {
  Grid grid;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    grid.axes.push_back(Axis{static_cast<char>('x' + k), cells[k], 0.0, 1.0, ((periodic >> k) & 1U) != 0});
  }
  return grid;
}

/// Random coefficients, zero where there is no neighbour.
StencilOperator random_operator(const Grid& grid, std::uint64_t seed) {
  StencilOperator a(grid);
  const Draws draws(seed, "coefficients", 0);
  std::uint64_t draw = 0;
  for (Index cell = 0; cell < grid.size(); ++cell) {
    const auto c = static_cast<std::size_t>(cell);
    a.center[c] = draws.normal(draw++);
    Index rest = cell;
    for (std::size_t axis = grid.axes.size(); axis-- > 0;) {
      const Index position = rest % grid.axes[axis].cells;
      rest /= grid.axes[axis].cells;
      const bool periodic = grid.axes[axis].periodic;
      const double below = draws.normal(draw++);
      const double above = draws.normal(draw++);
      a.lower[axis][c] = position > 0 || periodic ? below : 0.0;
      a.upper[axis][c] = position + 1 < grid.axes[axis].cells || periodic ? above : 0.0;
    }
  }
  return a;
}

std::vector<double> random_vector(Index size) {
  const Draws draws(3, "vector", 0);
  std::vector<double> x;
  for (Index k = 0; k < size; ++k) {
    x.push_back(draws.normal(static_cast<std::uint64_t>(k)));
  }
  return x;
}

/// The dense matrix, column by column: A e_k.
Eigen::MatrixXd dense(const StencilOperator& a) {
  Eigen::MatrixXd matrix(a.size(), a.size());
  std::vector<double> unit(static_cast<std::size_t>(a.size()));
  for (Index k = 0; k < a.size(); ++k) {
    unit[static_cast<std::size_t>(k)] = 1.0;
    a.apply(unit, {matrix.col(k).data(), unit.size()});
    unit[static_cast<std::size_t>(k)] = 0.0;
  }
  return matrix;
}

Eigen::MatrixXd dense(const petsc::Matrix& a) {
  PetscInt rows = 0;
  KINDRED_PETSC(MatGetSize(a, &rows, nullptr));
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(rows, rows);
  for (PetscInt row = 0; row < rows; ++row) {
    PetscInt count = 0;
    const PetscInt* columns = nullptr;
    const PetscScalar* values = nullptr;
    KINDRED_PETSC(MatGetRow(a, row, &count, &columns, &values));
    for (PetscInt k = 0; k < count; ++k) {
      if (k > 0) {
        BOOST_TEST(columns[k - 1] < columns[k]);
      }
      matrix(row, columns[k]) = values[k];
    }
    KINDRED_PETSC(MatRestoreRow(a, row, &count, &columns, &values));
  }
  return matrix;
}

const std::vector<std::vector<Index>> sizes = {{2}, {3}, {9}, {2, 2}, {5, 7}, {2, 6}, {3, 2, 4}, {2, 2, 2}, {4, 5, 3}};

template <class Visit>
void for_all_grids(Visit visit) {
  for (const auto& n : sizes) {
    for (unsigned periodic = 0; periodic < (1U << n.size()); ++periodic) {
      visit(make_grid(n, periodic));
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_stencil_operator)

// Sums of at most seven products of numbers of order one in different orders: a few units in the last place of the largest.
BOOST_AUTO_TEST_CASE(apply_petsc_and_dense_algebra_agree) {
  test::start_petsc();
  for_all_grids([](const Grid& grid) {
    const StencilOperator a = random_operator(grid, 11);
    petsc::Matrix matrix;
    a.assemble(matrix);
    const Eigen::MatrixXd reference = dense(a);
    BOOST_TEST((reference - dense(matrix)).cwiseAbs().maxCoeff() == 0.0, boost::test_tools::tolerance(1e-14));

    const std::vector<double> x = random_vector(a.size());
    std::vector<double> y(x.size());
    a.apply(x, y);
    const Eigen::VectorXd expected = reference * Eigen::Map<const Eigen::VectorXd>(x.data(), a.size());
    petsc::Vector px;
    petsc::Vector py;
    KINDRED_PETSC(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, static_cast<PetscInt>(x.size()), x.data(), px.slot()));
    KINDRED_PETSC(VecDuplicate(px, py.slot()));
    KINDRED_PETSC(MatMult(matrix, px, py));
    const PetscScalar* product = nullptr;
    KINDRED_PETSC(VecGetArrayRead(py, &product));
    for (std::size_t k = 0; k < y.size(); ++k) {
      BOOST_TEST(std::abs(y[k] - expected[static_cast<Index>(k)]) < 1e-13);
      BOOST_TEST(std::abs(y[k] - product[k]) < 1e-13);
    }
    KINDRED_PETSC(VecRestoreArrayRead(py, &product));
  });
}

BOOST_AUTO_TEST_CASE(same_pattern_replaces_values_in_place) {
  test::start_petsc();
  for_all_grids([](const Grid& grid) {
    const StencilOperator first = random_operator(grid, 1);
    const StencilOperator second = random_operator(grid, 2);
    petsc::Matrix matrix;
    first.assemble(matrix);
    const Mat before = matrix.get();
    PetscObjectState pattern_before = 0;
    PetscObjectState pattern_after = 0;
    KINDRED_PETSC(MatGetNonzeroState(matrix, &pattern_before));
    second.assemble(matrix);
    KINDRED_PETSC(MatGetNonzeroState(matrix, &pattern_after));
    BOOST_TEST(matrix.get() == before);
    BOOST_TEST(pattern_before == pattern_after);
    BOOST_TEST((dense(second) - dense(matrix)).cwiseAbs().maxCoeff() < 1e-14);
    MatInfo info;
    KINDRED_PETSC(MatGetInfo(matrix, MAT_LOCAL, &info));
    BOOST_TEST(info.mallocs == 0.0);
    BOOST_TEST(info.nz_allocated == info.nz_used);
  });
}

// A factorisation must notice that the values were replaced: with exact LU the residual is rounding, with the old factors it
// would be of order one.
BOOST_AUTO_TEST_CASE(a_solver_sees_the_new_values) {
  test::start_petsc();
  const Grid grid = make_grid({5, 6}, 0);
  petsc::Matrix matrix;
  petsc::LinearSolver solver;
  KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, solver.slot()));
  KINDRED_PETSC(KSPSetType(solver, KSPPREONLY));
  PC factorisation = nullptr;
  KINDRED_PETSC(KSPGetPC(solver, &factorisation));
  KINDRED_PETSC(PCSetType(factorisation, PCLU));
  for (const std::uint64_t seed : {1, 2, 3}) {
    StencilOperator a = random_operator(grid, seed);
    for (double& center : a.center) {
      center += 10.0;
    }
    a.assemble(matrix);
    KINDRED_PETSC(KSPSetOperators(solver, matrix, matrix));
    std::vector<double> b(static_cast<std::size_t>(grid.size()), 1.0);
    std::vector<double> x(b.size());
    petsc::Vector pb;
    petsc::Vector px;
    KINDRED_PETSC(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, static_cast<PetscInt>(b.size()), b.data(), pb.slot()));
    KINDRED_PETSC(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, static_cast<PetscInt>(x.size()), x.data(), px.slot()));
    KINDRED_PETSC(KSPSolve(solver, pb, px));
    std::vector<double> product(b.size());
    a.apply(x, product);
    for (std::size_t k = 0; k < b.size(); ++k) {
      BOOST_TEST(std::abs(product[k] - b[k]) < 1e-12);
    }
  }
}

BOOST_AUTO_TEST_CASE(another_pattern_makes_another_matrix) {
  test::start_petsc();
  petsc::Matrix matrix;
  random_operator(make_grid({4, 6}, 0), 1).assemble(matrix);
  for (const Grid& grid : {make_grid({6, 4}, 0), make_grid({6, 4}, 1), make_grid({24}, 0), make_grid({3, 3, 3}, 0)}) {
    const StencilOperator a = random_operator(grid, 5);
    a.assemble(matrix);
    BOOST_TEST((dense(a) - dense(matrix)).cwiseAbs().maxCoeff() < 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(a_foreign_matrix_is_replaced) {
  test::start_petsc();
  petsc::Matrix matrix;
  KINDRED_PETSC(MatCreateSeqAIJ(PETSC_COMM_SELF, 6, 6, 1, nullptr, matrix.slot()));
  const StencilOperator a = random_operator(make_grid({6}, 0), 1);
  a.assemble(matrix);
  BOOST_TEST((dense(a) - dense(matrix)).cwiseAbs().maxCoeff() < 1e-14);
}

BOOST_AUTO_TEST_CASE(patterns_differ_when_shapes_do) {
  std::vector<std::uint64_t> patterns;
  for_all_grids([&](const Grid& grid) {
    BOOST_TEST(random_operator(grid, 1).pattern() == random_operator(grid, 2).pattern());
    patterns.push_back(StencilOperator(grid).pattern());
  });
  std::sort(patterns.begin(), patterns.end());
  BOOST_TEST((std::adjacent_find(patterns.begin(), patterns.end()) == patterns.end()));
}

BOOST_AUTO_TEST_CASE(every_coefficient_counts_in_the_fingerprint) {
  const Grid grid = make_grid({4, 5}, 2);
  const StencilOperator a = random_operator(grid, 1);
  StencilOperator b = a;
  BOOST_TEST(a.fingerprint() == b.fingerprint());
  std::vector<std::uint64_t> seen{a.fingerprint()};
  const auto touch = [&](std::vector<double>& values) {
    for (double& v : values) {
      const double kept = v;
      v = std::nextafter(kept, 1e300);
      seen.push_back(b.fingerprint());
      v = kept;
    }
  };
  touch(b.center);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    touch(b.lower[axis]);
    touch(b.upper[axis]);
  }
  std::swap(b.center[0], b.center[4]);  // the same numbers in other places
  seen.push_back(b.fingerprint());
  std::sort(seen.begin(), seen.end());
  BOOST_TEST((std::adjacent_find(seen.begin(), seen.end()) == seen.end()));
}

BOOST_AUTO_TEST_CASE(bytes_count_the_coefficients) {
  const StencilOperator a(make_grid({10, 20, 30}, 0));
  BOOST_TEST(a.bytes() == 7U * 6000U * sizeof(double));
}

BOOST_AUTO_TEST_CASE(grids_without_an_axis_are_refused) { BOOST_CHECK_THROW(StencilOperator{Grid{}}, InputError); }

BOOST_AUTO_TEST_SUITE_END()

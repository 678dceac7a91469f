// Circulant preconditioners: their inverses against dense algebra, what they do to iteration counts, and recycling beside them.

#include <cmath>
#include <numeric>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/operators/toeplitz/circulant_operator.hpp>
#include <kindred/solvers/family/petsc_preconditioners.hpp>
#include <kindred/solvers/solver.hpp>

#include "preconditioner_fixture.hpp"
#include "systems.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

using Lag = ToeplitzOperator::Lag;

Value table(const std::vector<std::pair<std::string, Value>>& members) {
  Value t{Table{}};
  for (const auto& [key, value] : members) {
    t.set(key, value);
  }
  return t;
}

/// Diagonally dominant, even or not, with numbers of its own for every lag.
std::shared_ptr<ToeplitzOperator> random_toeplitz(const std::vector<Index>& extents, bool symmetric) {
  const Draws draws(3, "test_circulant", 0);
  Index entries = 1;
  for (const Index n : extents) {
    entries *= 2 * n - 1;
  }
  return std::make_shared<ToeplitzOperator>(
      extents, toeplitz_taps(extents, [&](Lag lag) {
        if (lag == Lag{}) {
          return static_cast<double>(entries);
        }
        if (symmetric && lag < Lag{}) {
          lag = {-lag[0], -lag[1], -lag[2]};
        }
        return draws.uniform(static_cast<std::uint64_t>(lag[0] + 50 + 100 * (lag[1] + 50 + 100 * (lag[2] + 50))));
      }));
}

Eigen::MatrixXd dense(const LinearOperator& a) {
  LinearSystem system;
  system.matrix = std::shared_ptr<const LinearOperator>(std::shared_ptr<void>(), &a);
  return test::dense(system);
}

/// M⁻¹, or its transpose, column by column.
Eigen::MatrixXd applied(const ToeplitzOperator& a, CirculantType type, bool transposed) {
  petsc::Matrix matrix;
  a.assemble(matrix);
  test::Preconditioner pc;
  KINDRED_PETSC(PCCreate(PETSC_COMM_SELF, pc.slot()));
  KINDRED_PETSC(PCSetType(pc.get(), "circulant"));
  KINDRED_PETSC(PCCirculantSetType(pc, type));
  KINDRED_PETSC(PCSetOperators(pc, matrix, matrix));
  petsc::Vector b;
  petsc::Vector x;
  KINDRED_PETSC(MatCreateVecs(matrix, b.slot(), x.slot()));
  const auto n = static_cast<PetscInt>(a.size());
  Eigen::MatrixXd result(n, n);
  for (PetscInt j = 0; j < n; ++j) {
    KINDRED_PETSC(VecSet(b, 0.0));
    KINDRED_PETSC(VecSetValue(b, j, 1.0, INSERT_VALUES));
    KINDRED_PETSC(transposed ? PCApplyTranspose(pc, b, x) : PCApply(pc, b, x));
    const PetscScalar* values = nullptr;
    KINDRED_PETSC(VecGetArrayRead(x, &values));
    result.col(j) = Eigen::Map<const Eigen::VectorXd>(values, n);
    KINDRED_PETSC(VecRestoreArrayRead(x, &values));
  }
  return result;
}

/// 1D or 2D systems with t_k = 1/(1 + |k|)^1.1: positive definite, of a generating function in the Wiener class.
LinearSystem decaying(const std::vector<Index>& extents) {
  LinearSystem system;
  const auto taps = toeplitz_taps(extents, [](const Lag& lag) {
    return std::pow(1.0 + std::abs(static_cast<double>(lag[0])), -1.1) * std::pow(1.0 + std::abs(static_cast<double>(lag[1])), -1.1);
  });
  system.matrix = std::make_shared<ToeplitzOperator>(extents, taps);
  system.symmetric = system.positive_definite = true;
  const Draws draws(4, "test_circulant_rhs", 0);
  for (Index i = 0; i < system.matrix->size(); ++i) {
    system.rhs.push_back(draws.normal(static_cast<std::uint64_t>(i)));
  }
  return system;
}

SolveReport solve(Solver& solver, const LinearSystem& system, std::vector<double>& x) {
  SequenceState state;
  x.assign(system.rhs.size(), 0.0);
  return solver.solve(system, x, state);
}

int iterations(const LinearSystem& system, const char* pc_type) {
  const auto solver = create<Solver>(table({{"type", "petsc"}, {"ksp_type", "cg"}, {"pc_type", pc_type}}));
  std::vector<double> x;
  const SolveReport report = solve(*solver, system, x);
  BOOST_TEST(report.converged, report.reason_text);
  return report.iterations;
}

/// Kriging with a correlation length of `length` on a grid.
LinearSystem kriging(const std::vector<Value>& cells, double length, Index sample = 0) {
  const auto problem = create<Problem>(
      table({{"type", "covariance_system"}, {"length", length}, {"noise", 0.1}, {"observations", table({{"type", "matern"}})}}),
      make_domain(table({{"n", Value(Array(cells))}}), Value{Table{}}));
  Sample s;
  s.index = sample;
  s.seed = 1;
  return problem->assemble(problem->draw(s));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_circulant, PreconditionerFixture)

// M⁻¹ C = I with the dense circulant matrix; condition numbers here are below 10.
BOOST_AUTO_TEST_CASE(the_preconditioner_is_the_inverse_of_the_circulant_matrix) {
  for (const bool symmetric : {true, false}) {
    for (const std::vector<Index>& extents : {std::vector<Index>{9}, {12}, {4, 6}, {3, 5, 2}}) {
      const auto a = random_toeplitz(extents, symmetric);
      const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(a->size(), a->size());
      for (const CirculantType type : {CirculantType::optimal, CirculantType::strang}) {
        const auto column = type == CirculantType::optimal ? optimal_circulant(*a) : strang_circulant(*a);
        const Eigen::MatrixXd c = dense(CirculantOperator(extents, column));
        BOOST_TEST((applied(*a, type, false) * c - identity).norm() <= 1e-12);
        BOOST_TEST((applied(*a, type, true) * c.transpose() - identity).norm() <= 1e-12);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_embeddings_inverse_is_cut_down_to_the_matrix) {
  for (const bool symmetric : {true, false}) {
    for (const std::vector<Index>& extents : {std::vector<Index>{9}, {4, 6}, {3, 2, 4}}) {
      const auto a = random_toeplitz(extents, symmetric);
      std::vector<Index> around;
      for (const Index n : extents) {
        around.push_back(2 * n - 1);
      }
      const Eigen::MatrixXd inverse = dense(CirculantOperator(around, embedding_circulant(*a))).inverse();
      Eigen::MatrixXd block(a->size(), a->size());
      const auto place = [&](Index row) {
        Index result = 0;
        Index stride = 1;
        for (std::size_t level = extents.size(); level-- > 0;) {
          result += row % extents[level] * stride;
          row /= extents[level];
          stride *= around[level];
        }
        return result;
      };
      for (Index i = 0; i < a->size(); ++i) {
        for (Index j = 0; j < a->size(); ++j) {
          block(i, j) = inverse(place(i), place(j));
        }
      }
      BOOST_TEST((applied(*a, CirculantType::embedding, false) - block).norm() <= 1e-12 * block.norm());
      BOOST_TEST((applied(*a, CirculantType::embedding, true) - block.transpose()).norm() <= 1e-12 * block.norm());
    }
  }
}

// Superlinear convergence: with a circulant preconditioner the iterations stay the same for eight times the unknowns; without, the
// condition number grows. R. Chan, SIAM J. Matrix Anal. Appl. 10 (1989) 542-550.
BOOST_AUTO_TEST_CASE(iterations_do_not_grow_with_the_order) {
  const int small = iterations(decaying({128}), "circulant");
  const int large = iterations(decaying({1024}), "circulant");
  BOOST_TEST(large <= small + 1);
  BOOST_TEST(iterations(decaying({1024}), "none") > 2 * large);
  BOOST_TEST(2 * iterations(decaying({40, 40}), "circulant") < iterations(decaying({40, 40}), "none"));
}

// Relative residual 1e-10: the relative error is below cond(A) · 1e-10.
BOOST_AUTO_TEST_CASE(kriging_weights_are_those_of_dense_cholesky) {
  for (const auto& cells : {std::vector<Value>{60}, {12, 11}, {5, 6, 4}}) {
    const LinearSystem system = kriging(cells, 0.2);
    const DenseSolution exact = dense_solution(system);
    for (const char* circulant : {"optimal", "strang", "embedding"}) {
      const Value pc = table({{"type", "circulant"}, {"circulant", circulant}});
      for (const char* type : {"defcg", "rminres", "gcrodr"}) {
        const auto solver = create<Solver>(table({{"type", type}, {"preconditioner", pc}, {"rtol", 1e-10}}));
        std::vector<double> x;
        const SolveReport report = solve(*solver, system, x);
        BOOST_TEST(report.converged, type << " " << circulant << " " << report.reason_text);
        BOOST_TEST(relative_error(x, exact.x) <= exact.condition * 1e-10);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(toeplitz_systems_get_a_circulant_preconditioner_by_themselves) {
  const auto solver = create<Solver>(table({{"type", "auto"}}));
  std::vector<double> x;
  BOOST_TEST(solve(*solver, decaying({100}), x).converged);
  BOOST_TEST(solver->describe().find("circulant") != std::string::npos, solver->describe());
}

// A sequence of correlation lengths, with a space carried from one to the next: every solution is that of dense algebra, as above.
BOOST_AUTO_TEST_CASE(recycling_goes_together_with_the_preconditioner) {
  for (const char* type : {"defcg", "rminres", "gcrodr"}) {
    const auto solver = create<Solver>(table({{"type", type}, {"recycle", 10}, {"preconditioner", "circulant"}, {"rtol", 1e-10}}));
    for (Index k = 0; k < 5; ++k) {
      const LinearSystem system = kriging({12, 12}, 0.2 + 0.005 * static_cast<double>(k), k);
      const DenseSolution exact = dense_solution(system);
      std::vector<double> x;
      const SolveReport report = solve(*solver, system, x);
      BOOST_TEST(report.converged, report.reason_text);
      BOOST_TEST(relative_error(x, exact.x) <= exact.condition * 1e-10);
    }
  }
}

BOOST_AUTO_TEST_CASE(other_matrices_and_singular_ones_are_refused_in_words) {
  const auto message = [](const LinearSystem& system) {
    const auto solver = create<Solver>(table({{"type", "defcg"}, {"preconditioner", "circulant"}}));
    std::vector<double> x;
    try {
      return solve(*solver, system, x).reason_text;
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  BOOST_TEST(mentions(message(make_system({.cells = {5, 5}})), "approximates Toeplitz matrices"));
  // t_0 = 0, t_1 = 1, t_{−1} = −1 with three rows: both the matrix and its circulant are singular.
  LinearSystem singular = decaying({3});
  singular.matrix = std::make_shared<ToeplitzOperator>(std::vector<Index>{3}, std::vector<double>{0.0, -1.0, 0.0, 1.0, 0.0});
  singular.symmetric = singular.positive_definite = false;
  const auto solver = create<Solver>(table({{"type", "petsc"}, {"ksp_type", "gmres"}, {"pc_type", "circulant"}}));
  std::vector<double> x;
  const SolveReport report = solve(*solver, singular, x);
  BOOST_TEST(!report.converged);
  BOOST_TEST(mentions(report.reason_text, "PC"), report.reason_text);
}

BOOST_AUTO_TEST_SUITE_END()

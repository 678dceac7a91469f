#include <cmath>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <eigen3/Eigen/Dense>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/operators/problems/finite_volume.hpp>
#include <kindred/solvers/family/fast_poisson.hpp>

#include "systems.hpp"

using namespace kindred;

namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// Second difference along one axis, row by row from the definition of
/// ConstantAxis.
Eigen::MatrixXd second_difference(const ConstantAxis& axis) {
  const auto n = static_cast<Eigen::Index>(axis.cells);
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (const Eigen::Index step : {Eigen::Index{-1}, Eigen::Index{1}}) {
      const Eigen::Index j = i + step;
      const bool inside = j >= 0 && j < n;
      if (inside || axis.periodic) {
        matrix(i, i) += 1.0;
        matrix(i, (j + n) % n) -= 1.0;
      } else {
        matrix(i, i) += axis.side[step < 0 ? 0 : 1];
      }
    }
  }
  return axis.coupling * matrix;
}

Eigen::MatrixXd kronecker(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd product(a.rows() * b.rows(), a.cols() * b.cols());
  for (Eigen::Index i = 0; i < a.rows(); ++i) {
    for (Eigen::Index j = 0; j < a.cols(); ++j) {
      product.block(i * b.rows(), j * b.cols(), b.rows(), b.cols()) = a(i, j) * b;
    }
  }
  return product;
}

Eigen::MatrixXd dense(const ConstantOperator& model) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Constant(1, 1, model.reaction);
  for (const ConstantAxis& axis : model.axes) {
    const auto n = static_cast<Eigen::Index>(axis.cells);
    matrix = kronecker(matrix, Eigen::MatrixXd::Identity(n, n)) +
             kronecker(Eigen::MatrixXd::Identity(matrix.rows(), matrix.rows()), second_difference(axis));
  }
  return matrix;
}

/// The inverse; of a singular operator, whose null space are the constants, the
/// pseudo-inverse.
Eigen::MatrixXd dense_inverse(const Eigen::MatrixXd& matrix, bool singular) {
  const double mean = singular ? 1.0 / static_cast<double>(matrix.rows()) : 0.0;
  return (matrix.array() + mean).matrix().inverse() - Eigen::MatrixXd::Constant(matrix.rows(), matrix.rows(), mean);
}

Eigen::MatrixXd columns(FastPoisson& solver, const double* weights = nullptr) {
  const auto n = static_cast<Eigen::Index>(solver.size());
  Eigen::MatrixXd matrix(n, n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const Eigen::VectorXd unit = Eigen::VectorXd::Unit(n, j);
    solver.solve(unit.data(), matrix.col(j).data(), weights);
  }
  return matrix;
}

/// Rounding of a transform is proportional to log n units in the last place,
/// amplified by the condition number at most.
double tolerance(const Eigen::MatrixXd& inverse, const Eigen::MatrixXd& matrix) {
  return 30.0 * epsilon * matrix.norm() * inverse.norm() * inverse.norm();
}

void check_exact(const ConstantOperator& model) {
  FastPoisson solver(model);
  const Eigen::MatrixXd matrix = dense(model);
  const Eigen::MatrixXd inverse = dense_inverse(matrix, model.singular());
  const double error = (columns(solver) - inverse).norm();
  BOOST_TEST(error <= tolerance(inverse, matrix));
}

ConstantAxis axis(Index cells, double low, double high, double coupling = 1.0) { return {cells, coupling, false, {low, high}}; }
ConstantAxis periodic(Index cells, double coupling = 1.0) { return {cells, coupling, true, {0.0, 0.0}}; }

/// Every way to close an axis that the transforms know.
std::vector<ConstantAxis> closures(Index cells, double coupling) {
  return {axis(cells, 2.0, 2.0, coupling), axis(cells, 0.0, 0.0, coupling), axis(cells, 2.0, 0.0, coupling),
          axis(cells, 0.0, 2.0, coupling), axis(cells, 1.0, 1.0, coupling), periodic(cells, coupling)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fast_poisson)

BOOST_AUTO_TEST_CASE(one_dimension_equals_the_dense_inverse) {
  for (const Index cells : {1, 2, 3, 8, 13}) {
    for (const ConstantAxis& a : closures(cells, 3.0)) {
      for (const double reaction : {0.0, 0.7}) {
        if (cells > 1 || reaction > 0.0) {
          BOOST_TEST_CONTEXT(cells << " cells, sides " << a.side[0] << ' ' << a.side[1] << (a.periodic ? " periodic" : "")) {
            check_exact({{a}, reaction});
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(two_dimensions_equal_the_dense_inverse_for_every_pair_of_sides) {
  for (const auto& [nx, ny] : {std::pair<Index, Index>{5, 8}, {8, 5}, {2, 3}, {7, 7}, {1, 6}, {6, 1}}) {
    for (const ConstantAxis& a : closures(nx, 2.0)) {
      for (const ConstantAxis& b : closures(ny, 5.0)) {
        for (const double reaction : {0.0, 1.5}) {
          BOOST_TEST_CONTEXT(nx << 'x' << ny << ", sides " << a.side[0] << ' ' << a.side[1] << (a.periodic ? "p; " : "; ") << b.side[0]
                                << ' ' << b.side[1] << (b.periodic ? "p" : "") << ", reaction " << reaction) {
            check_exact({{a, b}, reaction});
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(three_dimensions_equal_the_dense_inverse_for_every_triple_of_sides) {
  for (const ConstantAxis& a : closures(3, 1.0)) {
    for (const ConstantAxis& b : closures(4, 2.0)) {
      for (const ConstantAxis& c : closures(5, 0.5)) {
        BOOST_TEST_CONTEXT("sides " << a.side[0] << ' ' << a.side[1] << (a.periodic ? "p; " : "; ") << b.side[0] << ' ' << b.side[1]
                                    << (b.periodic ? "p; " : "; ") << c.side[0] << ' ' << c.side[1] << (c.periodic ? "p" : "")) {
          check_exact({{a, b, c}, 0.0});
        }
      }
    }
  }
}

// More slices than one batch of transforms holds, and a last batch that is not
// full.
BOOST_AUTO_TEST_CASE(batches_and_their_remainders_are_exact) {
  check_exact({{axis(37, 2.0, 2.0), axis(6, 2.0, 2.0)}, 0.0});
  check_exact({{axis(16, 2.0, 0.0), axis(6, 0.0, 2.0)}, 0.0});
  check_exact({{periodic(33), axis(5, 0.0, 0.0)}, 0.0});
}

BOOST_AUTO_TEST_CASE(robin_sides_of_the_first_axis_are_exact) {
  check_exact({{axis(6, 0.3, 1.7), axis(5, 2.0, 2.0)}, 0.0});
  check_exact({{axis(9, 0.25, 0.0), axis(4, 0.0, 0.0)}, 0.0});
  // On the others the nearer of Dirichlet and Neumann is taken, and said.
  FastPoisson solver({{axis(4, 2.0, 2.0), axis(5, 0.9, 1.2)}, 0.0});
  BOOST_TEST(solver.inverted().axes[1].side[0] == 0.0);
  BOOST_TEST(solver.inverted().axes[1].side[1] == 2.0);
}

// The finite-volume discretisation of the constant operator is the one that is
// inverted: residual of rounding size.
BOOST_AUTO_TEST_CASE(the_discretised_constant_problem_is_solved_exactly) {
  const std::vector<std::array<BoundaryKind, 2>> pairs{{BoundaryKind::dirichlet, BoundaryKind::dirichlet},
                                                       {BoundaryKind::neumann, BoundaryKind::neumann},
                                                       {BoundaryKind::dirichlet, BoundaryKind::neumann},
                                                       {BoundaryKind::neumann, BoundaryKind::dirichlet},
                                                       {BoundaryKind::periodic, BoundaryKind::periodic}};
  const auto share = [](BoundaryKind kind) { return kind == BoundaryKind::dirichlet ? 2.0 : 0.0; };
  for (const auto& x : pairs) {
    for (const auto& y : pairs) {
      Domain domain;
      domain.grid.axes = {{'x', 12, 0.0, 1.5, x[0] == BoundaryKind::periodic}, {'y', 9, 0.0, 1.0, y[0] == BoundaryKind::periodic}};
      ConstantOperator model;
      for (const auto& kinds : {x, y}) {
        for (const BoundaryKind kind : kinds) {
          domain.boundary.sides.push_back({kind, Value(0.0), 1.0});
        }
        const Axis& a = domain.grid.axes[model.axes.size()];
        model.axes.push_back({a.cells, 1.0 / (a.spacing() * a.spacing()), a.periodic, {share(kinds[0]), share(kinds[1])}});
      }
      std::vector<double> forcing;
      const Draws draws(3, "forcing", 0);
      for (std::size_t i = 0; i < 108; ++i) {
        forcing.push_back(draws.normal(i));
      }
      DiffusionData data;
      data.forcing = forcing;
      const std::vector<double> zero(12, 0.0);
      data.side_values.fill(zero);
      const LinearSystem system = discretize(domain, data);
      BOOST_TEST(system.constant_null_space == model.singular());
      FastPoisson solver(model);
      std::vector<double> solution(108);
      std::vector<double> product(108);
      solver.solve(system.rhs.data(), solution.data());
      system.matrix->apply(solution, product);
      double squared = 0.0;
      for (std::size_t i = 0; i < product.size(); ++i) {
        squared += std::pow(product[i] - system.rhs[i], 2);
      }
      BOOST_TEST(std::sqrt(squared) <= 1e-12);  // ‖b‖ is about 10; the condition number below 600
    }
  }
}

BOOST_AUTO_TEST_CASE(weights_act_on_both_sides_and_b_may_be_overwritten) {
  const ConstantOperator model{{axis(5, 2.0, 0.0), axis(6, 2.0, 2.0)}, 0.0};
  FastPoisson solver(model);
  const Draws draws(1, "weights", 0);
  Eigen::VectorXd weights(30);
  for (Eigen::Index i = 0; i < 30; ++i) {
    weights(i) = 0.5 + draws.uniform(static_cast<std::size_t>(i));
  }
  const Eigen::MatrixXd weighted = columns(solver, weights.data());
  const Eigen::MatrixXd reference = weights.asDiagonal() * dense(model).inverse() * weights.asDiagonal();
  BOOST_TEST((weighted - reference).norm() <= 1e-13 * reference.norm());
  Eigen::VectorXd in_place = Eigen::VectorXd::Unit(30, 7);
  solver.solve(in_place.data(), in_place.data(), weights.data());
  BOOST_TEST((in_place - reference.col(7)).norm() <= 1e-13 * reference.norm());
}

BOOST_AUTO_TEST_CASE(the_solve_is_a_symmetric_positive_definite_operator) {
  FastPoisson solver({{axis(6, 2.0, 0.0), axis(7, 0.0, 2.0), periodic(3)}, 0.0});
  const Eigen::MatrixXd inverse = columns(solver);
  BOOST_TEST((inverse - inverse.transpose()).norm() <= 1e-14 * inverse.norm());
  BOOST_TEST(inverse.selfadjointView<Eigen::Lower>().eigenvalues().minCoeff() > 0.0);
}

BOOST_AUTO_TEST_CASE(updates_equal_a_new_solver) {
  ConstantOperator model{{axis(5, 2.0, 2.0), axis(6, 2.0, 2.0)}, 0.0};
  FastPoisson solver(model);
  const Eigen::MatrixXd first = columns(solver);
  model.axes[0].coupling = model.axes[1].coupling = 4.0;  // proportional: the factor is kept
  BOOST_TEST(solver.update(model));
  BOOST_TEST((columns(solver) - first / 4.0).norm() <= 1e-15 * first.norm());
  model.reaction = 2.0;
  model.axes[0].side = {0.5, 2.0};
  BOOST_TEST(solver.update(model));
  FastPoisson fresh(model);
  BOOST_TEST((columns(solver) - columns(fresh)).norm() == 0.0);
  model.axes[1].side = {2.0, 0.0};  // another transform
  BOOST_TEST(!solver.update(model));
  model.axes[1] = axis(7, 2.0, 2.0);
  BOOST_TEST(!solver.update(model));
}

BOOST_AUTO_TEST_CASE(operators_that_cannot_be_inverted_are_refused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  BOOST_CHECK_THROW(FastPoisson({{}, 1.0}), InputError);
  BOOST_CHECK_THROW(FastPoisson({std::vector<ConstantAxis>(4, axis(2, 2.0, 2.0)), 0.0}), InputError);
  BOOST_CHECK_THROW(FastPoisson({{axis(0, 2.0, 2.0)}, 0.0}), InputError);
  BOOST_CHECK_THROW(FastPoisson({{axis(4, 2.0, 2.0, -1.0)}, 0.0}), InputError);
  BOOST_CHECK_THROW(FastPoisson({{axis(4, 2.0, 2.0, nan)}, 0.0}), InputError);
  BOOST_CHECK_THROW(FastPoisson({{axis(4, 2.0, 2.0)}, -1.0}), InputError);
  BOOST_CHECK_THROW(FastPoisson({{axis(4, -0.5, 2.0)}, 0.0}), InputError);
}

// Dense stages of a prime length, and Bluestein's algorithm.
BOOST_AUTO_TEST_CASE(prime_lengths_are_exact) {
  check_exact({{axis(3, 2.0, 2.0), axis(101, 2.0, 0.0)}, 0.0});
  check_exact({{axis(3, 2.0, 2.0), axis(211, 2.0, 2.0)}, 0.0});
  check_exact({{axis(2, 2.0, 2.0), periodic(17), axis(19, 0.0, 2.0)}, 0.0});
}

// Rounding to 24 bits in some ten steps of the transforms, amplified by the condition number at most: below 80 here.
BOOST_AUTO_TEST_CASE(single_precision_is_right_to_its_rounding) {
  for (const ConstantAxis& a : closures(18, 2.0)) {
    for (const ConstantAxis& b : closures(9, 5.0)) {
      for (const double reaction : {0.0, 1.5}) {
        const ConstantOperator model{{a, b}, reaction};
        FastPoisson single(model, Precision::single);
        FastPoisson full(model);
        BOOST_TEST((single.precision() == Precision::single && full.precision() == Precision::full));
        BOOST_TEST(single.bytes() < full.bytes());
        const Eigen::MatrixXd reference = columns(full);
        const double error = (columns(single) - reference).norm() / reference.norm();
        BOOST_TEST_CONTEXT("sides " << a.side[0] << ' ' << a.side[1] << (a.periodic ? "p; " : "; ") << b.side[0] << ' ' << b.side[1]
                                    << (b.periodic ? "p" : "") << ", reaction " << reaction) {
          BOOST_TEST(error <= 80.0 * 10.0 * static_cast<double>(std::numeric_limits<float>::epsilon()));
          BOOST_TEST(error > 0.0);
        }
      }
    }
  }
}

// Numbers that no float can hold: scaled by a power of two beforehand.
BOOST_AUTO_TEST_CASE(single_precision_takes_right_hand_sides_of_any_size) {
  FastPoisson solver({{axis(7, 2.0, 2.0), axis(9, 2.0, 0.0)}, 0.0}, Precision::single);
  const Draws draws(2, "b", 0);
  Eigen::VectorXd b(63);
  for (Eigen::Index i = 0; i < 63; ++i) {
    b(i) = draws.normal(static_cast<std::size_t>(i));
  }
  Eigen::VectorXd x(63);
  solver.solve(b.data(), x.data());
  for (const int exponent : {-600, 600}) {
    const Eigen::VectorXd scaled = std::ldexp(1.0, exponent) * b;
    Eigen::VectorXd y(63);
    solver.solve(scaled.data(), y.data());
    BOOST_TEST((y == std::ldexp(1.0, exponent) * x));
  }
  b.setZero();
  solver.solve(b.data(), x.data());
  BOOST_TEST(x.norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(lengths_that_are_slow_are_named) {
  BOOST_TEST(FastPoisson({{axis(127, 2.0, 2.0), axis(128, 2.0, 2.0)}, 0.0}).slow_lengths().empty());
  const auto slow = FastPoisson({{axis(4, 2.0, 2.0), axis(127, 2.0, 2.0)}, 0.0}).slow_lengths();
  BOOST_TEST(slow == std::vector<Index>{127}, boost::test_tools::per_element());
  // 126 nodes: 2 · 127.
  BOOST_TEST(FastPoisson({{axis(4, 2.0, 2.0), axis(126, 1.0, 1.0)}, 0.0}).slow_lengths().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

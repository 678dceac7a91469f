#include <algorithm>
#include <complex>
#include <limits>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/solvers/recycling/harmonic_ritz.hpp>
#include <kindred/solvers/recycling/hessenberg.hpp>

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXcd;
using Eigen::VectorXd;
using kindred::recycling::CycleRelation;
using kindred::recycling::harmonic_ritz;
using kindred::recycling::HessenbergLeastSquares;
using kindred::recycling::RecycleUpdate;

namespace {

MatrixXd random_matrix(Index rows, Index columns, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  return MatrixXd::NullaryExpr(rows, columns, [&] { return normal(generator); });
}

MatrixXd random_basis(Index rows, Index columns, unsigned seed) {
  return random_matrix(rows, columns, seed).householderQr().householderQ() * MatrixXd::Identity(rows, columns);
}

/// A matrix, a search space and the orthonormal basis of a space that holds its image.
struct Problem {
  MatrixXd a;
  MatrixXd search;  // V̂
  MatrixXd basis;   // Ŵ
  [[nodiscard]] CycleRelation relation() const { return {basis.transpose() * a * search, basis.transpose() * search}; }
};

Problem make_problem(const MatrixXd& a, const MatrixXd& search) {
  const MatrixXd image = a * search;
  return {a, search, image.householderQr().householderQ() * MatrixXd::Identity(image.rows(), image.cols())};
}

void check_invariants(const Problem& p, const RecycleUpdate& update) {
  const MatrixXd u = p.search * update.solution;
  const MatrixXd c = p.basis * update.image;
  BOOST_TEST((c.transpose() * c - MatrixXd::Identity(c.cols(), c.cols())).norm() <= 1e-13);
  BOOST_TEST((p.a * u - c).norm() <= 1e-11);
}

/// Distance of each column of `vectors` from the span of `space`.
double distance_from_span(const MatrixXd& vectors, const MatrixXd& space) {
  const MatrixXd q = space.householderQr().householderQ() * MatrixXd::Identity(space.rows(), space.cols());
  return (vectors - q * (q.transpose() * vectors)).norm() / vectors.norm();
}

/// diag(2×2 rotations scaled to modulus r_i): eigenvalues r_i exp(± i angle).
MatrixXd rotations(const std::vector<double>& moduli, double angle) {
  const auto n = static_cast<Index>(2 * moduli.size());
  MatrixXd a = MatrixXd::Zero(n, n);
  for (std::size_t i = 0; i < moduli.size(); ++i) {
    a.block<2, 2>(static_cast<Index>(2 * i), static_cast<Index>(2 * i)) << std::cos(angle), -std::sin(angle), std::sin(angle),
        std::cos(angle);
    a.block<2, 2>(static_cast<Index>(2 * i), static_cast<Index>(2 * i)) *= moduli[i];
  }
  return a;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_harmonic_ritz)

BOOST_AUTO_TEST_CASE(values_solve_the_definition) {
  // (A V)ᵀ(A V z - θ V z) = 0 for the θ of the whole search space: compared with the generalised eigenvalues, computed from the inverse.
  const Problem p = make_problem(random_matrix(30, 30, 1) + 6.0 * MatrixXd::Identity(30, 30), random_basis(30, 8, 2));
  const auto update = harmonic_ritz(p.relation(), 8);
  BOOST_REQUIRE(update.has_value());
  const MatrixXd image = p.a * p.search;
  const MatrixXd left = image.transpose() * image;
  const MatrixXd right = image.transpose() * p.search;
  for (Index i = 0; i < update->ritz_values.size(); ++i) {
    const Eigen::MatrixXcd singular = left.cast<std::complex<double>>() - update->ritz_values(i) * right;
    const VectorXd values = singular.jacobiSvd().singularValues();
    BOOST_TEST(values(7) <= 1e-11 * values(0));
  }
  check_invariants(p, *update);
}

BOOST_AUTO_TEST_CASE(an_invariant_search_space_gives_its_smallest_eigenvectors) {
  // A = S Λ S⁻¹ with eigenvalues 1..20; the search space is the span of eigenvectors 4..15.
  const MatrixXd s = MatrixXd::Identity(20, 20) + 0.1 * random_matrix(20, 20, 3);
  const MatrixXd a = s * VectorXd::LinSpaced(20, 1.0, 20.0).asDiagonal() * s.inverse();
  const Problem p = make_problem(a, s.middleCols(3, 12) * random_matrix(12, 12, 4));
  const auto update = harmonic_ritz(p.relation(), 5);
  BOOST_REQUIRE(update.has_value());
  BOOST_REQUIRE(update->solution.cols() == 5);
  for (Index i = 0; i < 5; ++i) {
    BOOST_TEST(std::abs(update->ritz_values(i) - std::complex<double>(4.0 + static_cast<double>(i), 0.0)) <= 1e-9);
  }
  BOOST_TEST(distance_from_span(s.middleCols(3, 5), p.search * update->solution) <= 1e-9);
  check_invariants(p, *update);
}

BOOST_AUTO_TEST_CASE(conjugate_pairs_stay_whole) {
  // Pairs of moduli 1, 2, 3, 4. With three places the second pair does not fit, and there is no real value to take instead.
  const MatrixXd a = rotations({1.0, 2.0, 3.0, 4.0}, 1.0);
  const Problem p = make_problem(a, MatrixXd::Identity(8, 8));
  const auto three = harmonic_ritz(p.relation(), 3);
  BOOST_REQUIRE(three.has_value());
  BOOST_TEST(three->solution.cols() == 2);
  const auto four = harmonic_ritz(p.relation(), 4);
  BOOST_REQUIRE(four.has_value());
  BOOST_TEST(four->solution.cols() == 4);
  BOOST_TEST(distance_from_span(MatrixXd::Identity(8, 4), p.search * four->solution) <= 1e-13);
  check_invariants(p, *four);
  BOOST_TEST(std::abs(four->ritz_values(0) - std::conj(four->ritz_values(1))) <= 1e-13);
}

BOOST_AUTO_TEST_CASE(the_next_real_value_takes_a_place_that_is_too_small_for_a_pair) {
  MatrixXd a = MatrixXd::Zero(5, 5);
  a.topLeftCorner(4, 4) = rotations({1.0, 2.0}, 1.2);
  a(4, 4) = 7.0;
  const auto update = harmonic_ritz(make_problem(a, MatrixXd::Identity(5, 5)).relation(), 3);
  BOOST_REQUIRE(update.has_value());
  BOOST_REQUIRE(update->solution.cols() == 3);
  BOOST_TEST(std::abs(update->ritz_values(2) - std::complex<double>(7.0, 0.0)) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(dependent_columns_leave_the_search_space) {
  const MatrixXd a = random_matrix(25, 25, 5) + 5.0 * MatrixXd::Identity(25, 25);
  const MatrixXd clean = random_basis(25, 6, 6);
  Problem p = make_problem(a, clean);
  const auto expected = harmonic_ritz(p.relation(), 3);
  MatrixXd doubled(25, 8);
  doubled << clean, clean.col(0), (clean.col(1) + clean.col(2)).normalized();
  p.search = doubled;
  const auto update = harmonic_ritz(p.relation(), 3);
  BOOST_REQUIRE(expected.has_value());
  BOOST_REQUIRE(update.has_value());
  BOOST_TEST(update->solution.cols() == expected->solution.cols());
  BOOST_TEST(distance_from_span(clean * expected->solution, doubled * update->solution) <= 1e-8);
  check_invariants(p, *update);
}

BOOST_AUTO_TEST_CASE(the_normal_equations_are_not_formed) {
  // Condition number 10¹¹: its square has no digit left, yet the four smallest values are there to 10⁻⁴.
  const MatrixXd q = random_basis(12, 12, 7);
  VectorXd values(12);
  for (Index i = 0; i < 12; ++i) {
    values(i) = std::pow(10.0, static_cast<double>(i) - 11.0);
  }
  const auto update = harmonic_ritz(make_problem(q * values.asDiagonal() * q.transpose(), random_basis(12, 12, 8)).relation(), 4);
  BOOST_REQUIRE(update.has_value());
  BOOST_REQUIRE(update->solution.cols() == 4);
  for (Index i = 0; i < 4; ++i) {
    BOOST_TEST(std::abs(update->ritz_values(i).real() / values(i) - 1.0) <= 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(large_values_can_be_dropped) {
  VectorXd values = VectorXd::LinSpaced(20, 10.0, 12.0);
  values(0) = 0.1;
  values(1) = 0.2;
  const Problem p = make_problem(values.asDiagonal(), MatrixXd::Identity(20, 20));
  const auto all = harmonic_ritz(p.relation(), 6);
  const auto useful = harmonic_ritz(p.relation(), 6, true);
  BOOST_REQUIRE(all.has_value());
  BOOST_REQUIRE(useful.has_value());
  BOOST_TEST(all->solution.cols() == 6);
  BOOST_TEST(useful->solution.cols() == 2);
  const auto one =
      harmonic_ritz(make_problem(VectorXd::LinSpaced(20, 10.0, 12.0).asDiagonal(), MatrixXd::Identity(20, 20)).relation(), 6, true);
  BOOST_REQUIRE(one.has_value());
  BOOST_TEST(one->solution.cols() == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_computed_is_refused) {
  const Problem p = make_problem(MatrixXd::Identity(6, 6), random_basis(6, 3, 9));
  CycleRelation relation = p.relation();
  BOOST_TEST(!harmonic_ritz(relation, 0).has_value());
  BOOST_TEST(!harmonic_ritz({MatrixXd(3, 0), MatrixXd(3, 0)}, 2).has_value());
  BOOST_TEST(!harmonic_ritz({MatrixXd::Zero(4, 3), MatrixXd::Identity(4, 3)}, 2).has_value());
  BOOST_TEST(!harmonic_ritz({relation.image, MatrixXd::Zero(3, 3)}, 2).has_value());  // every θ is infinite
  relation.image(1, 1) = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(!harmonic_ritz(relation, 2).has_value());
}

BOOST_AUTO_TEST_CASE(hessenberg_least_squares_agree_with_a_dense_solver) {
  const MatrixXd h = random_matrix(9, 8, 10).triangularView<Eigen::Upper>().toDenseMatrix() + [] {
    MatrixXd sub = MatrixXd::Zero(9, 8);
    sub.diagonal(-1).setConstant(0.7);
    return sub;
  }();
  HessenbergLeastSquares problem;
  problem.start(3.0, 8);
  for (Index p = 1; p <= 8; ++p) {
    const double estimate = problem.append(h.col(p - 1).head(p + 1));
    const VectorXd rhs = 3.0 * VectorXd::Unit(p + 1, 0);
    const VectorXd y = h.topLeftCorner(p + 1, p).colPivHouseholderQr().solve(rhs);
    const VectorXd residual = rhs - h.topLeftCorner(p + 1, p) * y;
    BOOST_TEST((problem.solve() - y).norm() <= 1e-11 * y.norm());
    BOOST_TEST(std::abs(estimate - residual.norm()) <= 1e-12);
    BOOST_TEST((problem.residual() - residual).norm() <= 1e-12);
    BOOST_TEST((problem.matrix() - h.topLeftCorner(p + 1, p)).norm() == 0.0);
  }
}

BOOST_AUTO_TEST_CASE(a_last_column_that_adds_nothing_gets_no_weight) {
  HessenbergLeastSquares problem;
  problem.start(1.0, 2);
  problem.append(Eigen::Vector2d(0.0, 1.0));                           // A v₁ = v₂
  const double left = problem.append(Eigen::Vector3d(0.0, 0.0, 0.0));  // A v₂ = 0
  BOOST_TEST(left == 1.0);
  BOOST_TEST(problem.solve().allFinite());
  BOOST_TEST(problem.solve()(1) == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

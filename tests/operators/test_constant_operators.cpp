// Families whose right-hand side alone is random: thermal, and Poisson with Chebyshev data; and the fields `uniform` and `chebyshev`.

#include <cmath>
#include <set>

#include <boost/test/unit_test.hpp>

#include "petsc_session.hpp"
#include "problem_tables.hpp"
#include "random_sample.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

Value uniform(double low, double high) { return typed("uniform", {{"low", low}, {"high", high}}); }

Domain chebyshev_square(Index n) {
  const Value side = side_table("dirichlet", typed("chebyshev"));
  return make_domain(grid_table({n, n}), table_of({{"x_lo", side}, {"x_hi", side}, {"y_lo", side}, {"y_hi", side}}));
}

Index rank(const Eigen::MatrixXd& columns) {
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(columns);
  qr.setThreshold(1e-10);
  return qr.rank();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_constant_operators)

// Insulated at y, k = 2 and random temperatures on the left and on the right: linear in x between them.
BOOST_AUTO_TEST_CASE(thermal_between_two_random_temperatures) {
  start_petsc();
  const Domain domain = make_domain(grid_table({10, 6}), table_of({{"x_lo", side_table("dirichlet", uniform(-100.0, 0.0))},
                                                                   {"x_hi", side_table("dirichlet", uniform(0.0, 100.0))},
                                                                   {"y_lo", side_table("neumann")},
                                                                   {"y_hi", side_table("neumann")}}));
  const auto problem = create<Problem>(typed("thermal", {{"coefficient", constant(2.0)}}), domain);
  std::set<std::uint64_t> fingerprints;
  Eigen::MatrixXd rhs(60, 8);
  for (Index index = 0; index < 8; ++index) {
    const auto inputs = problem->draw(sample_number(index));
    BOOST_REQUIRE(inputs.size() == 4U);
    const double left = inputs[2].values[0];
    const double right = inputs[3].values[0];
    BOOST_TEST((left > -100.0 && left < 0.0));
    BOOST_TEST((right > 0.0 && right < 100.0));
    BOOST_TEST(inputs[2].values[5] == left);
    const LinearSystem system = problem->assemble(inputs);
    fingerprints.insert(system.matrix->fingerprint());
    rhs.col(index) = rhs_of(system);
    const Eigen::VectorXd u = solve_by_lu(system);
    for (Index c = 0; c < u.size(); ++c) {
      const double x = domain.grid.center(c)[0];
      BOOST_TEST(std::abs(u[c] - (left + (right - left) * x)) < 1e-11);
    }
  }
  BOOST_TEST(fingerprints.size() == 1U);
  BOOST_TEST(rank(rhs) == 2);
}

BOOST_AUTO_TEST_CASE(a_random_conductivity_is_refused) {
  const Domain domain = make_domain(grid_table({4, 4}), Value(Table{}));
  BOOST_TEST(contains(refusal([&] {
                        create<Problem>(typed("thermal", {{"coefficient", typed("lognormal")}}), domain);
                      }),
                      "the same for every sample"));
  const auto negative = create<Problem>(typed("thermal", {{"coefficient", typed("constant", {{"value", -1.0}})}}), domain);
  BOOST_REQUIRE(negative->complaints(1).size() == 1U);
  BOOST_TEST(negative->complaints(1)[0].path == "problem.coefficient");
}

// Thirty numbers; those of the sides x_lo and x_hi only count by their sums, so that the right-hand sides span 6 + 6 + 6 + 1 + 1
// dimensions at most.
BOOST_AUTO_TEST_CASE(poisson_with_chebyshev_data) {
  const auto problem = create<Problem>(typed("poisson", {{"forcing", typed("chebyshev")}}), chebyshev_square(12));
  std::set<std::uint64_t> fingerprints;
  Eigen::MatrixXd rhs(144, 40);
  for (Index index = 0; index < 40; ++index) {
    const LinearSystem system = problem->assemble(problem->draw(sample_number(index)));
    fingerprints.insert(system.matrix->fingerprint());
    rhs.col(index) = rhs_of(system);
  }
  BOOST_TEST(fingerprints.size() == 1U);
  BOOST_TEST(rank(rhs) == 20);
  BOOST_TEST(problem->complaints(40).empty());
}

// T_k(cos t) = cos(k t), by fitting the coefficients and looking at what they are.
BOOST_AUTO_TEST_CASE(chebyshev_fields_are_chebyshev_sums) {
  const Grid grid = box({40, 3});
  const auto field = create<RandomField>(typed("chebyshev", {{"terms", 5}, {"low", 2.0}, {"high", 3.0}}));
  Eigen::MatrixXd basis(40, 5);
  for (Index i = 0; i < 40; ++i) {
    for (int k = 0; k < 5; ++k) {
      basis(i, k) = std::cos(k * std::acos(grid.axes[0].center(i)));
    }
  }
  for (Index index = 0; index < 10; ++index) {
    const auto values = draw_field(*field, grid, index);
    Eigen::VectorXd along_x(40);
    for (Index i = 0; i < 40; ++i) {
      along_x[i] = values[static_cast<std::size_t>(3 * i)];
      BOOST_TEST(values[static_cast<std::size_t>(3 * i + 2)] == along_x[i]);
    }
    const Eigen::VectorXd c = basis.colPivHouseholderQr().solve(along_x);
    BOOST_TEST((basis * c - along_x).norm() < 1e-12 * along_x.norm());
    for (Index k = 0; k < 5; ++k) {
      BOOST_TEST((c[k] > 2.0 - 1e-9 && c[k] < 3.0 + 1e-9));
      BOOST_TEST(std::abs(c[k] - (2.0 + sample_number(index).draws("test").uniform(static_cast<std::uint64_t>(k)))) < 1e-8);
    }
  }
}

BOOST_AUTO_TEST_CASE(chebyshev_of_another_axis_and_on_a_side) {
  const Grid grid = box({4, 30}, {1.0, 2.0});
  const auto field = create<RandomField>(typed("chebyshev", {{"axis", "y"}, {"center", 1.0}, {"half_width", 1.0}, {"terms", 2}}));
  const auto values = draw_field(*field, grid);
  const auto on_side = draw_field(*field, grid.side(1, true));
  const auto c = [](std::uint64_t k) { return 2.0 * sample_number(0).draws("test").uniform(k) - 1.0; };
  for (Index j = 0; j < 30; ++j) {
    BOOST_TEST(std::abs(values[static_cast<std::size_t>(j)] - (c(0) + c(1) * (grid.axes[1].center(j) - 1.0))) < 1e-14);
  }
  for (const double v : on_side) {
    BOOST_TEST(std::abs(v - (c(0) + c(1))) < 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(uniform_fields) {
  const auto field = create<RandomField>(uniform(-3.0, 5.0));
  double sum = 0.0;
  std::set<double> seen;
  for (Index index = 0; index < 500; ++index) {
    const auto values = draw_field(*field, box({7}), index);
    BOOST_TEST(values.front() == values.back());
    BOOST_TEST((values.front() > -3.0 && values.front() < 5.0));
    sum += values.front();
    seen.insert(values.front());
  }
  BOOST_TEST(seen.size() == 500U);
  BOOST_TEST(std::abs(sum / 500.0 - 1.0) < 4.0 * 8.0 / std::sqrt(12.0 * 500.0));  // four standard deviations
  BOOST_TEST(draw_field(*field, Grid{}, 3).front() == draw_field(*field, box({2, 2}), 3).front());
  for (const auto* type : {"uniform", "chebyshev"}) {
    Diagnostics diagnostics;
    Registry::instance().get("field", type).check(typed(type, {{"low", 1.0}, {"high", 1.0}}), diagnostics);
    BOOST_TEST(contains(diagnostics.text(), "make low smaller than high"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

// Exact solutions, properties of the matrices, and what the problems offer to the data set.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/operators/stencil_operator.hpp>

#include "../support/text.hpp"
#include "function_field.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

Value boundary_table(const std::vector<std::pair<std::string, Value>>& sides) {
  Value table{Table{}};
  for (const auto& [name, side] : sides) {
    table.set(name, side);
  }
  return table;
}

Value problem_table(const std::string& type, const std::vector<std::pair<std::string, Value>>& parameters) {
  Value table{Table{}};
  table.set("type", type);
  for (const auto& [name, value] : parameters) {
    table.set(name, value);
  }
  return table;
}

Value constant(double v) {
  return function_field([v](double, double, double) { return v; });
}

/// A rough positive coefficient: a different power of ten in every cell.
Value rough_coefficient() {
  return function_field([](double x, double y, double z) {
    const Draws draws(5, "rough", static_cast<std::uint64_t>(1e6 * x + 3e8 * y + 7e10 * z));
    return std::exp(draws.normal(0));
  });
}

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

LinearSystem assemble(const Value& problem, const Domain& domain) {
  const auto p = create<Problem>(problem, domain);
  return p->assemble(p->draw(Sample{}));
}

Eigen::VectorXd solve(const LinearSystem& system) {
  const Eigen::Map<const Eigen::VectorXd> b(system.rhs.data(), static_cast<Index>(system.rhs.size()));
  return dense(*system.matrix).ldlt().solve(b);
}

/// Two layers on (0, 1), a = a1 below `interface` and a2 above, f = 0, u(0) = 0, u(1) = 1: u is linear in each layer, with
/// the flux q = 1 / (interface / a1 + (1 - interface) / a2).
void check_layers(Index n, double interface, double a1, double a2) {
  const Domain domain = make_domain(grid_table({n}), boundary_table({{"x_hi", side_table("dirichlet", constant(1.0))}}));
  const Value layers = function_field([=](double x, double, double) { return x < interface ? a1 : a2; });
  const Eigen::VectorXd u = solve(assemble(problem_table("darcy", {{"coefficient", layers}, {"forcing", constant(0.0)}}), domain));
  const double q = 1.0 / (interface / a1 + (1.0 - interface) / a2);
  for (Index c = 0; c < n; ++c) {
    const double x = domain.grid.center(c)[0];
    const double expected = x < interface ? q * x / a1 : 1.0 - q * (1.0 - x) / a2;
    BOOST_TEST(std::abs(u[c] - expected) < 1e-12);
  }
}

const std::vector<std::pair<std::string, std::vector<std::string>>>& boundaries() {
  static const std::vector<std::pair<std::string, std::vector<std::string>>> all = {
      {"dirichlet", {"dirichlet", "dirichlet", "dirichlet", "dirichlet", "dirichlet", "dirichlet"}},
      {"neumann", {"neumann", "neumann", "neumann", "neumann", "neumann", "neumann"}},
      {"robin", {"robin", "robin", "robin", "robin", "robin", "robin"}},
      {"periodic", {"periodic", "periodic", "periodic", "periodic", "periodic", "periodic"}},
      {"mixed", {"robin", "neumann", "periodic", "periodic", "dirichlet", "robin"}}};
  return all;
}

Domain domain_with(const std::vector<Index>& n, const std::vector<std::string>& kinds) {
  Value table{Table{}};
  for (std::size_t side = 0; side < 2 * n.size(); ++side) {
    table.set(Boundary::side_name(static_cast<int>(side / 2), side % 2 == 1),
              side_table(kinds[side], kinds[side] == "periodic" ? Value() : constant(0.3)));
  }
  return make_domain(grid_table(n), table);
}

std::string refusal(const Value& problem, const Domain& domain) {
  try {
    assemble(problem, domain);
  } catch (const SolveError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_problems)

// A harmonic average makes the discrete flux exact across a jump at a face; what is left is the rounding of a solve of
// condition number about n² a2 / a1.
BOOST_AUTO_TEST_CASE(two_layers_are_exact) {
  check_layers(64, 0.5, 1.0, 10.0);
  check_layers(48, 0.25, 12.0, 3.0);
  check_layers(8, 0.875, 1.0, 0.01);
}

// With f = 0 and a Robin condition a u' + kappa u = kappa u_out at x = 1: resistances 1 / a and 1 / kappa in series.
BOOST_AUTO_TEST_CASE(robin_and_neumann_are_exact_for_linear_solutions) {
  const double a = 2.0;
  const double kappa = 5.0;
  const double q = 1.0 / (1.0 / a + 1.0 / kappa);
  const Value problem = problem_table("darcy", {{"coefficient", constant(a)}, {"forcing", constant(0.0)}});
  const Domain robin = make_domain(grid_table({16}), boundary_table({{"x_hi", side_table("robin", constant(kappa), kappa)}}));
  const Domain neumann = make_domain(grid_table({16}), boundary_table({{"x_hi", side_table("neumann", constant(q))}}));
  for (const Domain& domain : {robin, neumann}) {
    const Eigen::VectorXd u = solve(assemble(problem, domain));
    for (Index c = 0; c < 16; ++c) {
      BOOST_TEST(std::abs(u[c] - q / a * domain.grid.center(c)[0]) < 1e-13);
    }
  }
}

// The cells' balances add up to the exact integral balance: 1ᵀ(A u − b) h^d = outflow − ∫f = 0.
BOOST_AUTO_TEST_CASE(matrices_are_symmetric_with_the_right_row_sums) {
  for (const std::vector<Index>& n : {std::vector<Index>{7}, {5, 6}, {3, 4, 5}}) {
    for (const auto& [name, kinds] : boundaries()) {
      BOOST_TEST_CONTEXT(name << " in " << n.size() << " dimensions") {
        const Domain domain = domain_with(n, kinds);
        const LinearSystem system =
            assemble(problem_table("darcy", {{"coefficient", rough_coefficient()}, {"forcing", constant(1.0)}}), domain);
        const Eigen::MatrixXd a = dense(*system.matrix);
        const double scale = a.cwiseAbs().maxCoeff();
        BOOST_TEST(system.symmetric);
        BOOST_TEST((a - a.transpose()).cwiseAbs().maxCoeff() == 0.0);
        const Eigen::VectorXd sums = a.rowwise().sum();
        const bool singular = name == "neumann" || name == "periodic";
        BOOST_TEST(system.constant_null_space == singular);
        BOOST_TEST(system.positive_definite);
        for (Index c = 0; c < sums.size(); ++c) {
          BOOST_TEST(sums[c] > -1e-14 * scale);  // an M-matrix: diagonal outweighs the rest, but for rounding
          if (singular) {
            BOOST_TEST(std::abs(sums[c]) < 1e-14 * scale);
          }
        }
        const Eigen::VectorXd eigenvalues = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(a).eigenvalues();
        if (singular) {
          BOOST_TEST(std::abs(eigenvalues[0]) < 1e-13 * scale);
          BOOST_TEST(eigenvalues[1] > 1e-6 * scale);
          const double total = std::accumulate(system.rhs.begin(), system.rhs.end(), 0.0);
          const double largest = *std::max_element(system.rhs.begin(), system.rhs.end());
          BOOST_TEST(std::abs(total) < 1e-14 * static_cast<double>(system.rhs.size()) * largest + 1e-300);
        } else {
          BOOST_TEST(eigenvalues[0] > 1e-6 * scale);
        }
      }
    }
  }
}

// u = 1 solves −∇·(a∇u) + c u = c with du/dn = 0, whatever a is.
BOOST_AUTO_TEST_CASE(reaction_makes_pure_neumann_and_periodic_regular) {
  for (const char* kind : {"neumann", "periodic"}) {
    const std::vector<std::string> kinds(6, kind);
    Value table{Table{}};
    for (const char* side : {"x_lo", "x_hi", "y_lo", "y_hi"}) {
      table.set(side, side_table(kind));
    }
    const Domain domain =
        make_domain(grid_table({6, 7}), std::string(kind) == "periodic" ? table
                                                                        : boundary_table({{"x_lo", side_table(kind, constant(0.0))},
                                                                                          {"x_hi", side_table(kind, constant(0.0))},
                                                                                          {"y_lo", side_table(kind, constant(0.0))},
                                                                                          {"y_hi", side_table(kind, constant(0.0))}}));
    const LinearSystem system =
        assemble(problem_table("diffusion_reaction",
                               {{"coefficient", rough_coefficient()}, {"reaction", constant(3.0)}, {"forcing", constant(3.0)}}),
                 domain);
    BOOST_TEST(!system.constant_null_space);
    const Eigen::VectorXd u = solve(system);
    for (Index c = 0; c < u.size(); ++c) {
      BOOST_TEST(std::abs(u[c] - 1.0) < 1e-11);
    }
  }
}

// Every interior row of poisson on a unit spacing is the textbook stencil.
BOOST_AUTO_TEST_CASE(poisson_is_the_textbook_stencil) {
  const Domain domain = make_domain(grid_table({5, 5}, {5.0, 5.0}), Value(Table{}));
  const LinearSystem system = assemble(problem_table("poisson", {{"forcing", constant(1.0)}}), domain);
  const auto& a = dynamic_cast<const StencilOperator&>(*system.matrix);
  BOOST_TEST(a.center[12] == 4.0);
  BOOST_TEST(a.lower[0][12] == -1.0);
  BOOST_TEST(a.upper[1][12] == -1.0);
  BOOST_TEST(a.center[2] == 5.0);  // next to one Dirichlet side: three neighbours and a half cell of weight two
  BOOST_TEST(a.center[0] == 6.0);
}

BOOST_AUTO_TEST_CASE(fields_are_described) {
  const Domain domain =
      make_domain(grid_table({4, 6}),
                  boundary_table({{"x_lo", side_table("dirichlet", function_field([](double, double y, double) { return y; }, true))},
                                  {"y_hi", side_table("neumann", constant(2.0))}}));
  const Value random = function_field([](double, double, double) { return 2.0; }, true);
  const auto problem = create<Problem>(
      problem_table("diffusion_reaction", {{"coefficient", random}, {"reaction", constant(1.0)}, {"forcing", constant(4.0)}}), domain);
  const auto infos = problem->fields();
  BOOST_REQUIRE(infos.size() == 5U);
  const std::vector<std::string> names = {"coefficient", "reaction", "forcing", "boundary_x_lo", "u"};
  for (std::size_t k = 0; k < names.size(); ++k) {
    BOOST_TEST(infos[k].name == names[k]);
  }
  BOOST_TEST(!infos[0].constant);
  BOOST_TEST(infos[1].constant);
  BOOST_TEST(infos[2].constant);
  BOOST_TEST(!infos[3].constant);
  BOOST_TEST(infos[3].grid.size() == 6);
  BOOST_TEST(infos[4].output);
  BOOST_TEST(!infos[4].constant);

  Sample sample;
  sample.index = 3;
  const auto inputs = problem->draw(sample);
  BOOST_REQUIRE(inputs.size() == 4U);
  BOOST_TEST(inputs[0].values[7] == 5.0);
  BOOST_TEST(inputs[1].values[7] == 1.0);
  BOOST_TEST(inputs[3].values[2] == domain.grid.center(2)[1] + 3.0);
  // A random side value enters the right-hand side as a fixed one does: t g / h with t = 2 a / h.
  const LinearSystem system = problem->assemble(inputs);
  const double h = 0.25;
  BOOST_TEST(system.rhs[2] == 4.0 + 2.0 * 5.0 / (h * h) * inputs[3].values[2], boost::test_tools::tolerance(1e-14));
  const std::vector<double> solution(24, 1.5);
  const auto outputs = problem->outputs(inputs, solution);
  BOOST_REQUIRE(outputs.size() == 1U);
  BOOST_TEST(outputs[0].values == solution, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(impossible_values_are_refused_with_their_place) {
  const Domain domain = make_domain(grid_table({4, 4}), Value(Table{}));
  const auto spike = [](double value) {
    return function_field([value](double x, double y, double) { return x > 0.5 && x < 0.75 && y < 0.25 ? value : 1.0; });
  };
  const std::string negative = refusal(problem_table("darcy", {{"coefficient", spike(-2.5)}, {"forcing", constant(1.0)}}), domain);
  BOOST_TEST(contains(negative, "coefficient a is -2.5"));
  BOOST_TEST(contains(negative, "cell 8 at (x = 0.625, y = 0.125)"));
  BOOST_TEST(contains(refusal(problem_table("darcy", {{"coefficient", spike(0.0)}, {"forcing", constant(1.0)}}), domain), "cell 8"));
  BOOST_TEST(
      contains(refusal(problem_table("darcy", {{"coefficient", spike(std::nan(""))}, {"forcing", constant(1.0)}}), domain), "cell 8"));
  BOOST_TEST(contains(refusal(problem_table("darcy", {{"coefficient", spike(INFINITY)}, {"forcing", constant(1.0)}}), domain), "cell 8"));
  BOOST_TEST(contains(refusal(problem_table("poisson", {{"forcing", spike(std::nan(""))}}), domain), "forcing f"));
  BOOST_TEST(contains(
      refusal(problem_table("diffusion_reaction", {{"coefficient", constant(1.0)}, {"reaction", spike(-1.0)}, {"forcing", constant(1.0)}}),
              domain),
      "reaction c is -1"));
  const Domain bad_side = make_domain(grid_table({4, 4}), boundary_table({{"y_hi", side_table("dirichlet", constant(std::nan("")))}}));
  BOOST_TEST(contains(refusal(problem_table("poisson", {{"forcing", constant(1.0)}}), bad_side), "y_hi"));
}

// The pattern depends on the grid alone, the fingerprint on the coefficient.
BOOST_AUTO_TEST_CASE(samples_share_the_pattern) {
  const Domain domain = make_domain(grid_table({6, 5}), Value(Table{}));
  const auto problem = create<Problem>(
      problem_table("darcy",
                    {{"coefficient", function_field([](double x, double, double) { return 1.0 + x; }, true)}, {"forcing", constant(1.0)}}),
      domain);
  Sample first;
  Sample second;
  second.index = 1;
  const auto a = problem->assemble(problem->draw(first)).matrix;
  const auto b = problem->assemble(problem->draw(second)).matrix;
  const auto again = problem->assemble(problem->draw(first)).matrix;
  BOOST_TEST(a->pattern() == b->pattern());
  BOOST_TEST(a->fingerprint() != b->fingerprint());
  BOOST_TEST(a->fingerprint() == again->fingerprint());
}

BOOST_AUTO_TEST_SUITE_END()

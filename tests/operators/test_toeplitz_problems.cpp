// The problems with Toeplitz matrices against dense algebra with independently written entries.

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Cholesky>

#include <kindred/operators/toeplitz/toeplitz_operator.hpp>

#include "manufactured.hpp"
#include "petsc_session.hpp"
#include "problem_tables.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

Domain plain(const std::vector<Index>& cells) { return make_domain(grid_table(cells), Value{Table{}}); }

/// 2^(1−nu)/Gamma(nu) z^nu K_nu(z), z = sqrt(2 nu) r.
double matern(double nu, double r) {
  const double z = std::sqrt(2.0 * nu) * r;
  return z == 0.0 ? 1.0 : std::exp((1.0 - nu) * std::log(2.0) - std::lgamma(nu) + nu * std::log(z)) * std::cyl_bessel_k(nu, z);
}

/// k(x_i − x_j) for all pairs of cells.
template <class Kernel>
Eigen::MatrixXd pairs(const Grid& grid, Kernel kernel) {
  return Eigen::MatrixXd::NullaryExpr(grid.size(), grid.size(), [&](Index i, Index j) {
    const auto x = grid.center(i);
    const auto y = grid.center(j);
    return kernel(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
  });
}

Value observations() {
  return function_field([](double x, double y, double z) { return std::sin(7.0 * x) + std::cos(5.0 * y) * z + 0.3; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_toeplitz_problems)

// Entries to 1e-14 of the largest: the correlation to 16 units of rounding, distances of centres to a few, and the columns by FFT.
BOOST_AUTO_TEST_CASE(covariance_systems_have_the_covariances_of_all_pairs) {
  start_petsc();
  struct Case {
    std::vector<std::pair<std::string, Value>> entries;
    std::function<double(double, double, double)> c;
  };
  const std::vector<Case> cases{
      {{{"covariance", "matern"}, {"smoothness", 0.8}, {"length", 0.3}},
       [](double x, double y, double z) { return matern(0.8, std::sqrt(x * x + y * y + z * z) / 0.3); }},
      {{{"covariance", "exponential"}, {"lengths", Value(Array{Value(0.2), Value(0.5), Value(1.0)})}},
       [](double x, double y, double z) { return std::exp(-std::sqrt(25.0 * x * x + 4.0 * y * y + z * z)); }},
      {{{"covariance", "gaussian"}, {"length", 0.4}},
       [](double x, double y, double z) { return std::exp(-0.5 * (x * x + y * y + z * z) / 0.16); }},
      {{{"covariance", "formula"}, {"formula", "exp(-3*(x^2 + x*y + y^2) - abs(z))"}},  // not even along every axis
       [](double x, double y, double z) { return std::exp(-3.0 * (x * x + x * y + y * y) - std::abs(z)); }},
  };
  for (const auto& [entries, c] : cases) {
    for (const std::vector<Index>& cells : {std::vector<Index>{17}, {6, 5}, {3, 4, 5}}) {
      Entries table = entries;
      table.insert(table.end(), {{"sigma", 2.0}, {"noise", 0.5}, {"observations", observations()}});
      const auto problem = create<Problem>(typed("covariance_system", table), plain(cells));
      const LinearSystem system = assemble_sample(*problem);
      BOOST_TEST(system.symmetric);
      BOOST_TEST(system.positive_definite);
      const Grid grid = plain(cells).grid;
      const Eigen::MatrixXd covariance = 4.0 * pairs(grid, c);
      const Eigen::MatrixXd expected = covariance + 0.25 * Eigen::MatrixXd::Identity(grid.size(), grid.size());
      const double rounding = 1e-14 * 4.0 * std::sqrt(static_cast<double>(grid.size()));  // normwise in a column
      BOOST_TEST((dense(*system.matrix) - expected).cwiseAbs().maxCoeff() <= rounding);

      const auto inputs = problem->draw(Sample{});
      const Eigen::VectorXd x = expected.llt().solve(rhs_of(system));
      const auto outputs = problem->outputs(inputs, {x.data(), static_cast<std::size_t>(x.size())});
      BOOST_REQUIRE(outputs.size() == 2U);
      const Eigen::VectorXd prediction = covariance * x;
      BOOST_TEST((Eigen::Map<const Eigen::VectorXd>(outputs[1].values.data(), x.size()) - prediction).norm() <= rounding * x.norm() * 4.0);
    }
  }
}

// λ u + ∫ e^(x−y) u(y) dy = f has the solution u = (f − e^x c)/λ, c = ∫ e^(−y) f dy/(λ + 1). The midpoint rule's error falls by 4 when h
// halves.
BOOST_AUTO_TEST_CASE(convolution_equations_converge_with_second_order) {
  start_petsc();
  constexpr double lambda = 0.5;
  const auto f = [](double x) { return std::exp(x) * std::cos(3.0 * x); };
  const double c = std::sin(3.0) / 3.0 / (lambda + 1.0);  // ∫₀¹ cos 3y dy
  double previous = 0.0;
  for (const Index n : {20, 40, 80, 160}) {
    const auto problem = create<Problem>(
        typed("convolution_equation",
              {{"kernel", "exp(x)"}, {"coefficient", lambda}, {"forcing", function_field([&](double x, double, double) { return f(x); })}}),
        plain({n}));
    const LinearSystem system = assemble_sample(*problem);
    BOOST_TEST(!system.symmetric);
    const Eigen::VectorXd u = dense(*system.matrix).partialPivLu().solve(rhs_of(system));
    double error = 0.0;
    for (Index i = 0; i < n; ++i) {
      const double x = (static_cast<double>(i) + 0.5) / static_cast<double>(n);
      error = std::max(error, std::abs(u[i] - (f(x) - std::exp(x) * c) / lambda));
    }
    BOOST_TEST((previous == 0.0 || (previous / error > 3.8 && previous / error < 4.2)));
    previous = error;
  }
}

BOOST_AUTO_TEST_CASE(kernels_in_three_components_are_those_of_all_pairs) {
  start_petsc();
  const Domain domain = plain({4, 3, 5});
  const auto problem = create<Problem>(
      typed("convolution_equation", {{"kernel", "exp(x - 2*y)*(1 + z^2)"}, {"coefficient", 3.0}, {"forcing", observations()}}), domain);
  const Eigen::MatrixXd expected =
      3.0 * Eigen::MatrixXd::Identity(60, 60) +
      domain.grid.cell_volume() * pairs(domain.grid, [](double x, double y, double z) { return std::exp(x - 2.0 * y) * (1.0 + z * z); });
  const Eigen::MatrixXd entries = dense(*assemble_sample(*problem).matrix);
  BOOST_TEST((entries - expected).cwiseAbs().maxCoeff() <= 1e-14 * expected.norm());
}

BOOST_AUTO_TEST_CASE(even_kernels_are_found_symmetric) {
  start_petsc();
  const auto symmetric = [](const char* kernel) {
    return assemble_sample(
               *create<Problem>(typed("convolution_equation", {{"kernel", kernel}, {"forcing", observations()}}), plain({5, 4})))
        .symmetric;
  };
  BOOST_TEST(symmetric("exp(-abs(x) - y^2)"));
  BOOST_TEST(!symmetric("exp(-abs(x) + y)"));
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused_with_what_to_do) {
  start_petsc();
  const auto covariance = [](Entries entries, const Domain& domain) {
    entries.emplace_back("observations", observations());
    return refusal([&] { create<Problem>(typed("covariance_system", entries), domain); });
  };
  const auto contains = [](const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; };
  Value periodic{Table{}};
  periodic.set("x_lo", side_table("periodic", Value(), 0.0));
  periodic.set("x_hi", side_table("periodic", Value(), 0.0));
  BOOST_TEST(contains(covariance({}, make_domain(grid_table({8}), periodic)), "nothing can be prescribed on x_lo"));
  BOOST_TEST(
      contains(covariance({{"covariance", "formula"}, {"formula", "exp(-x)"}}, plain({8})), "difference of two points and its negative"));
  BOOST_TEST(contains(covariance({{"covariance", "formula"}, {"formula", "2*exp(-x^2)"}}, plain({8})), "a correlation is 1 there"));
  BOOST_TEST(contains(covariance({{"lengths", Value(Array{Value(0.2)})}}, plain({4, 4})), "end before the axis y"));
  const auto deck = [](const char* problem, const Entries& entries) {
    Diagnostics diagnostics;
    const Value table = typed(problem, entries);
    Registry::instance().get("problem", problem).check(table, diagnostics);
    return diagnostics.all().empty() ? std::string("accepted") : diagnostics.text();
  };
  BOOST_TEST(deck("covariance_system", {{"covariance", "formula"}, {"formula", "exp(-abs(x))"}}) == "accepted");
  BOOST_TEST(contains(deck("covariance_system", {{"covariance", "formula"}}), "needs a formula"));
  BOOST_TEST(contains(deck("covariance_system", {{"formula", "exp(-x)"}}), "set covariance = \"formula\""));
  BOOST_TEST(contains(deck("covariance_system", {{"covariance", "formula"}, {"formula", "exp(-xx)"}}), "unknown symbol \"xx\""));
  BOOST_TEST(contains(deck("covariance_system", {{"covariance", "formula"}, {"formula", "exp(-x)"}, {"length", 0.3}}),
                      "a formula has no correlation"));
  BOOST_TEST(contains(deck("covariance_system", {{"covariance", "gaussian"}, {"smoothness", 2.0}}), "smoothness is that of a Matérn"));
  BOOST_TEST(contains(deck("covariance_system", {{"length", 0.3}, {"lengths", Value(Array{Value(0.2)})}}), "give one of them"));
  BOOST_TEST(contains(deck("convolution_equation", {{"kernel", "exp(xx)"}}), "unknown symbol \"xx\""));
  const auto convolution = [](const char* kernel) {
    return refusal([&] { create<Problem>(typed("convolution_equation", {{"kernel", kernel}, {"positive_definite", true}}), plain({8})); });
  };
  BOOST_TEST(contains(convolution("1/x"), "must be finite"));
  BOOST_TEST(contains(convolution("exp(x)"), "difference of two points and its negative"));
}

BOOST_AUTO_TEST_SUITE_END()

// Darcy flow through random media in three dimensions: conservation plane by plane, and bounds of the effective permeability.

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "manufactured.hpp"
#include "petsc_session.hpp"
#include "problem_tables.hpp"
#include "random_sample.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

/// From x = 0 (u = 1) to x = 1 (u = 0), impermeable elsewhere.
Domain column(Index n) {
  const Value wall = side_table("neumann");
  return make_domain(grid_table({n, n, n}),
                     table_of({{"x_lo", side_table("dirichlet", 1.0)}, {"y_lo", wall}, {"y_hi", wall}, {"z_lo", wall}, {"z_hi", wall}}));
}

/// Flow through the plane between the layers i − 1 and i, from the fields alone; i = 0 and n are the sides.
double flow(Index n, Index i, const std::vector<double>& a, const std::vector<double>& u) {
  const double h = 1.0 / static_cast<double>(n);
  double sum = 0.0;
  for (Index k = 0; k < n * n; ++k) {
    const auto below = static_cast<std::size_t>((i - 1) * n * n + k);
    const auto above = static_cast<std::size_t>(i * n * n + k);
    if (i == 0) {
      sum += a[above] * (1.0 - u[above]) / (0.5 * h);
    } else if (i == n) {
      sum += a[below] * u[below] / (0.5 * h);
    } else {
      sum += (u[below] - u[above]) / (0.5 * h / a[below] + 0.5 * h / a[above]);  // two half cells in series
    }
  }
  return sum * h * h;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_darcy_3d)

// The same flow through every plane, to the solver's residual of 1e-8; Wiener: the effective permeability lies between the harmonic
// and the arithmetic mean. (The discrete conductor network obeys the bounds by the same variational principles: a linear u as trial
// function has the energy of face-harmonic means, at most the arithmetic one; uniform flow as trial flux has the harmonic mean.)
BOOST_AUTO_TEST_CASE(flow_is_conserved_and_bounded) {
  start_petsc();
  for (const Index n : {16, 32}) {
    const auto problem = create<Problem>(
        typed("darcy", {{"coefficient", typed("lognormal", {{"alpha", 2.5}, {"tau", 4.0}, {"sigma", 1.0}})}, {"forcing", 0.0}}), column(n));
    const auto inputs = problem->draw(sample_number(n));
    const std::vector<double>& a = inputs[0].values;
    const std::vector<double> u = problem->outputs(inputs, solve(problem->assemble(inputs), PCICC)).front().values;
    const double through = flow(n, 0, a, u);
    for (Index i = 1; i <= n; ++i) {
      BOOST_TEST(std::abs(flow(n, i, a, u) - through) < 1e-5 * through);
    }
    double arithmetic = 0.0;
    double harmonic = 0.0;
    for (const double v : a) {
      arithmetic += v / static_cast<double>(a.size());
      harmonic += 1.0 / v / static_cast<double>(a.size());
    }
    BOOST_TEST_MESSAGE(n << "³: harmonic " << 1.0 / harmonic << ", effective " << through << ", arithmetic " << arithmetic);
    BOOST_TEST(through > 1.0 / harmonic);
    BOOST_TEST(through < arithmetic);
    for (const double v : u) {  // maximum principle
      BOOST_TEST((v > 0.0 && v < 1.0));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

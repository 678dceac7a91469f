// Observed order of the discretisation on manufactured solutions, for every kind of boundary condition.
//
// The scheme is second order in L2 for smooth data (Eymard, Gallouët, Herbin 2000, section 3.1), so that the observed order
// log2(e_coarse / e_fine) per refinement tends to 2. Over three (two in 3-D) refinements it must be 1.9 at least: the rest is
// the coarsest grid's distance from the asymptotic range. The solver's residual of 1e-8 is far below every error.

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "manufactured.hpp"
#include "petsc_session.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

/// Kinds for the sides x_lo, x_hi, y_lo, y_hi, z_lo, z_hi.
using Kinds = std::vector<std::string>;

const std::map<std::string, Kinds>& boundaries() {
  static const std::map<std::string, Kinds> all = {
      {"dirichlet", {"dirichlet", "dirichlet", "dirichlet", "dirichlet", "dirichlet", "dirichlet"}},
      {"neumann, one dirichlet side", {"dirichlet", "neumann", "neumann", "neumann", "neumann", "neumann"}},
      {"pure neumann", {"neumann", "neumann", "neumann", "neumann", "neumann", "neumann"}},
      {"robin", {"robin", "robin", "robin", "robin", "robin", "robin"}},
      {"periodic", {"periodic", "periodic", "periodic", "periodic", "periodic", "periodic"}},
      {"mixed", {"robin", "neumann", "periodic", "periodic", "dirichlet", "robin"}},
  };
  return all;
}

constexpr double kappa = 2.5;

/// [boundary] with the manufactured data; `a` is the coefficient that the problem uses.
Value boundary_table(const Manufactured& exact, const Kinds& kinds, const std::function<double(const Manufactured::Point&)>& a) {
  Value table{Table{}};
  for (int side = 0; side < 2 * exact.dimension; ++side) {
    const int axis = side / 2;
    const double outward = side % 2 == 0 ? -1.0 : 1.0;
    const std::string& kind = kinds[static_cast<std::size_t>(side)];
    const std::string name = Boundary::side_name(axis, side % 2 == 1);
    if (kind == "periodic") {
      table.set(name, side_table(kind));
    } else if (kind == "dirichlet") {
      table.set(name, side_table(kind, function_field([=](double x, double y, double z) { return exact.u({x, y, z}); })));
    } else {
      const double k = kind == "robin" ? kappa : 0.0;
      const auto data = [=](double x, double y, double z) {
        return outward * a({x, y, z}) * exact.du({x, y, z}, axis) + k * exact.u({x, y, z});
      };
      table.set(name, side_table(kind, function_field(data), k));
    }
  }
  return table;
}

/// A problem with reaction c (0: none) and variable or unit coefficient.
Value problem_table(const Manufactured& exact, const std::string& type, double reaction) {
  Value table{Table{}};
  table.set("type", type);
  if (type != "poisson") {
    table.set("coefficient", function_field([=](double x, double y, double z) { return exact.a({x, y, z}); }));
  }
  if (type == "diffusion_reaction") {
    table.set("reaction", function_field([=](double, double, double) { return reaction; }));
  }
  table.set("forcing", function_field([=](double x, double y, double z) {
              const double diffusion = type == "poisson" ? exact.dimension * Manufactured::wave * Manufactured::wave * exact.u({x, y, z})
                                                         : exact.diffusion({x, y, z});
              return diffusion + reaction * exact.u({x, y, z});
            }));
  return table;
}

/// Relative discrete L2 error at the cell centres with n cells per axis; the axes have different extents.
double error(int dimension, Index n, const std::string& type, double reaction, const Kinds& kinds) {
  const Manufactured exact{dimension};
  const auto a = [=](const Manufactured::Point& x) { return type == "poisson" ? 1.0 : exact.a(x); };
  const std::vector<Index> cells(static_cast<std::size_t>(dimension), n);
  // y is shifted, so that its sides do not repeat those of x.
  const std::vector<double> origin{0.0, -0.3, 0.55};
  const Domain domain = make_domain(grid_table(cells, {}, {origin.begin(), origin.begin() + dimension}), boundary_table(exact, kinds, a));
  const auto problem = create<Problem>(problem_table(exact, type, reaction), domain);
  const Sample sample;
  const auto inputs = problem->draw(sample);
  const LinearSystem system = problem->assemble(inputs);
  // Multigrid pays in two dimensions; in three, on grids of this size, incomplete Cholesky is quicker.
  const auto solution = problem->outputs(inputs, solve(system, dimension == 2 ? PCHYPRE : PCICC));
  const std::vector<double>& u = solution.front().values;

  std::vector<double> reference(u.size());
  for (std::size_t c = 0; c < u.size(); ++c) {
    reference[c] = exact.u(domain.grid.center(static_cast<Index>(c)));
  }
  double shift = 0.0;
  if (system.constant_null_space) {
    shift = std::accumulate(reference.begin(), reference.end(), 0.0) / static_cast<double>(reference.size());
  }
  double difference = 0.0;
  double norm = 0.0;
  for (std::size_t c = 0; c < u.size(); ++c) {
    difference += (u[c] - (reference[c] - shift)) * (u[c] - (reference[c] - shift));
    norm += reference[c] * reference[c];
  }
  return std::sqrt(difference / norm);
}

/// Order over the whole range of grids, each twice as fine as the one before.
double observed_order(int dimension, const std::vector<Index>& cells, const std::string& type, double reaction,
                      const std::string& boundary) {
  std::vector<double> errors;
  std::string line = type + ", " + std::to_string(dimension) + "-D, " + boundary + ":";
  for (const Index n : cells) {
    errors.push_back(error(dimension, n, type, reaction, boundaries().at(boundary)));
    char text[64];
    std::snprintf(text, sizeof text, " %ld: %.3e", static_cast<long>(n), errors.back());
    line += text;
  }
  const double order = std::log2(errors.front() / errors.back()) / static_cast<double>(cells.size() - 1);
  BOOST_TEST_MESSAGE(line << "  order " << order);
  return order;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_order)

BOOST_AUTO_TEST_CASE(darcy_1d) {
  start_petsc();
  for (const auto& [name, kinds] : boundaries()) {
    BOOST_TEST(observed_order(1, {32, 64, 128, 256}, "darcy", 0.0, name) >= 1.9, name);
  }
}

BOOST_AUTO_TEST_CASE(darcy_2d) {
  start_petsc();
  for (const auto& [name, kinds] : boundaries()) {
    BOOST_TEST(observed_order(2, {32, 64, 128, 256}, "darcy", 0.0, name) >= 1.9, name);
  }
}

BOOST_AUTO_TEST_CASE(darcy_3d) {
  start_petsc();
  for (const auto& [name, kinds] : boundaries()) {
    BOOST_TEST(observed_order(3, {12, 24, 48}, "darcy", 0.0, name) >= 1.9, name);
  }
}

BOOST_AUTO_TEST_CASE(poisson_2d) {
  start_petsc();
  for (const auto* name : {"dirichlet", "pure neumann", "mixed"}) {
    BOOST_TEST(observed_order(2, {32, 64, 128}, "poisson", 0.0, name) >= 1.9, name);
  }
}

BOOST_AUTO_TEST_CASE(diffusion_reaction_2d) {
  start_petsc();
  for (const auto* name : {"pure neumann", "periodic", "mixed"}) {
    BOOST_TEST(observed_order(2, {32, 64, 128}, "diffusion_reaction", 7.0, name) >= 1.9, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

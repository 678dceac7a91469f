#include <cmath>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/solvers/family/fitted_operator.hpp>
#include <kindred/solvers/family/poisson_cg.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

#include "systems.hpp"

using namespace kindred;
using kindred::test::Sides;

namespace {

struct Fixture {
  petsc::Session session;
};

const StencilOperator& stencil_of(const LinearSystem& system) { return static_cast<const StencilOperator&>(*system.matrix); }

struct Solved {
  SolveReport report;
  std::vector<double> x;
};

Solved solve(PoissonCg& solver, const LinearSystem& system, const PoissonCg::Settings& settings, std::vector<double> guess = {}) {
  guess.resize(system.rhs.size(), 0.0);
  Solved solved{{}, std::move(guess)};
  solved.report = solver.solve(system, stencil_of(system), solved.x, settings);
  return solved;
}

const std::vector<PoissonCg::Settings> all_settings{{.scaled = false, .precision = Precision::single},
                                                    {.scaled = true, .precision = Precision::single},
                                                    {.scaled = false, .precision = Precision::full},
                                                    {.scaled = true, .precision = Precision::full}};

std::vector<test::SystemOptions> grids() {
  std::vector<test::SystemOptions> all;
  for (const std::vector<Index>& cells : {std::vector<Index>{23}, {12, 10}, {1, 9}, {17, 3}, {5, 4, 6}}) {
    for (const Sides sides : {Sides::dirichlet, Sides::neumann, Sides::periodic, Sides::robin}) {
      const bool closed = sides == Sides::neumann || sides == Sides::periodic;
      if (sides != Sides::periodic || cells[0] > 2) {
        all.push_back({.cells = cells, .sides = sides});
        if (closed) {
          all.push_back({.cells = cells, .sides = sides, .shift = 0.3});
        }
      }
    }
  }
  return all;
}

LinearSystem two_valued_darcy(std::int64_t cells) {
  Value grid{Table{}};
  grid.set("n", Value(Array{Value(cells), Value(cells)}));
  Value darcy{Table{}};
  darcy.set("type", "darcy");
  const auto problem = create<Problem>(darcy, make_domain(grid, Value(Table{})));
  Sample sample;
  sample.seed = 1;
  return problem->assemble(problem->draw(sample));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_poisson_cg, Fixture)

// The error is at most the condition number times the residual.
BOOST_AUTO_TEST_CASE(solutions_are_those_of_a_dense_factorisation) {
  for (const test::SystemOptions& options : grids()) {
    const LinearSystem system = test::make_system(options);
    const auto reference = test::dense_solution(system);
    BOOST_TEST(PoissonCg::knows(stencil_of(system)));
    for (const PoissonCg::Settings& settings : all_settings) {
      PoissonCg solver;
      const Solved solved = solve(solver, system, settings);
      BOOST_TEST_CONTEXT(options.cells.size() << " axes, sides " << static_cast<int>(options.sides)) {
        BOOST_TEST(solved.report.converged, solved.report.reason_text);
        BOOST_TEST(test::relative_error(solved.x, reference.x) <= reference.condition * settings.rtol);
      }
    }
  }
}

// What is read off the stencil and off its sparse matrix is the same, but for the order of sums.
BOOST_AUTO_TEST_CASE(the_fit_to_a_stencil_is_the_fit_to_its_matrix) {
  for (const test::SystemOptions& options : grids()) {
    const LinearSystem system = test::make_system(options);
    petsc::Matrix matrix;
    system.matrix->assemble(matrix);
    GridChoice choice;
    for (const Axis& axis : stencil_of(system).grid().axes) {
      const SideChoice side = axis.periodic ? SideChoice::periodic : SideChoice::automatic;
      choice.cells.push_back(axis.cells);
      choice.spacing.push_back(axis.spacing());
      choice.sides.push_back({side, side});
    }
    const FittedOperator a = fit_constant_operator(matrix, choice);
    const FittedOperator b = fit_constant_operator(stencil_of(system));
    const auto tolerance = boost::test_tools::tolerance(1e-13);
    BOOST_TEST_CONTEXT(options.cells.size() << " axes, sides " << static_cast<int>(options.sides)) {
      BOOST_TEST(std::abs(a.model.reaction - b.model.reaction) <= 1e-13 * a.model.axes[0].coupling);
      for (std::size_t k = 0; k < a.model.axes.size(); ++k) {
        BOOST_TEST(a.model.axes[k].coupling == b.model.axes[k].coupling, tolerance);
        BOOST_TEST(a.model.axes[k].side[0] == b.model.axes[k].side[0], tolerance);
        BOOST_TEST(a.model.axes[k].side[1] == b.model.axes[k].side[1], tolerance);
      }
      BOOST_TEST(a.ratio == b.ratio, boost::test_tools::tolerance(1e-12) << boost::test_tools::per_element());
    }
  }
}

// One step more or less where a residual falls just on the tolerance.
BOOST_AUTO_TEST_CASE(iterations_are_those_of_cg_with_the_preconditioner_in_either_precision) {
  const LinearSystem system = two_valued_darcy(60);
  Value cg{Table{}};
  for (const auto& [key, value] : {std::pair{"type", "petsc"}, {"ksp_type", "cg"}, {"pc_type", "dst"}}) {
    cg.set(key, value);
  }
  SequenceState state;
  std::vector<double> x(system.rhs.size(), 0.0);
  const int expected = create<Solver>(cg)->solve(system, x, state).iterations;
  for (const Precision precision : {Precision::single, Precision::full}) {
    PoissonCg solver;
    const Solved solved = solve(solver, system, {.precision = precision});
    BOOST_TEST(std::abs(solved.report.iterations - expected) <= 1);
    BOOST_TEST(solved.report.preconditioner_applications == solved.report.iterations);
    BOOST_TEST(residual_norm(system, solved.x) <= 1.0000001e-8 * 60.0);  // ‖b‖ = 60
  }
}

// Far below what a float can hold.
BOOST_AUTO_TEST_CASE(the_size_of_the_right_hand_side_changes_no_bit_and_no_iteration) {
  LinearSystem system = test::make_system({.cells = {12, 10}});
  for (const PoissonCg::Settings& settings : all_settings) {
    PoissonCg solver;
    const Solved first = solve(solver, system, settings);
    const double scale = std::ldexp(1.0, -300);
    LinearSystem small = system;
    for (double& b : small.rhs) {
      b *= scale;
    }
    Solved second = solve(solver, small, settings);
    for (double& v : second.x) {
      v /= scale;
    }
    BOOST_TEST((first.x == second.x));
    BOOST_TEST(first.report.iterations == second.report.iterations);
  }
}

BOOST_AUTO_TEST_CASE(solutions_do_not_depend_on_history) {
  const LinearSystem a = test::make_system({.cells = {13, 12}, .seed = 1});
  const LinearSystem b = test::make_system({.cells = {13, 12}, .seed = 2});
  const LinearSystem other = test::make_system({.cells = {9, 12}, .sides = Sides::robin, .seed = 3});
  for (const PoissonCg::Settings& settings : all_settings) {
    PoissonCg fresh;
    PoissonCg used;
    solve(used, b, settings);
    solve(used, other, settings);
    solve(used, b, settings);
    BOOST_TEST((solve(fresh, a, settings).x == solve(used, a, settings).x));
  }
}

BOOST_AUTO_TEST_CASE(a_guess_is_used_and_a_zero_side_has_the_solution_zero) {
  LinearSystem system = test::make_system({.cells = {12, 10}});
  PoissonCg solver;
  const Solved first = solve(solver, system, {});
  BOOST_TEST(solve(solver, system, {}, first.x).report.iterations == 0);
  const Solved coarse = solve(solver, system, {.rtol = 1e-4});
  BOOST_TEST(solve(solver, system, {}, coarse.x).report.iterations < first.report.iterations);
  std::ranges::fill(system.rhs, 0.0);
  const Solved zero = solve(solver, system, {}, first.x);
  BOOST_TEST(zero.report.converged);
  BOOST_TEST((zero.x == std::vector<double>(system.rhs.size(), 0.0)));
}

BOOST_AUTO_TEST_CASE(what_does_not_converge_says_why) {
  const LinearSystem system = test::make_system({.cells = {12, 10}});
  PoissonCg solver;
  const Solved stopped = solve(solver, system, {.max_iterations = 3});
  BOOST_TEST(!stopped.report.converged);
  BOOST_TEST(stopped.report.iterations == 3);
  BOOST_TEST(stopped.report.reason_text.find("true residual") != std::string::npos);
  const LinearSystem indefinite = test::make_system({.cells = {12, 10}, .shift = -3.0});
  const Solved broken = solve(solver, indefinite, {});
  BOOST_TEST(!broken.report.converged);
  BOOST_TEST(broken.report.reason_text.find("not positive definite") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(periodic_axes_of_two_cells_are_not_known) {
  BOOST_TEST(!PoissonCg::knows(stencil_of(test::make_system({.cells = {2, 9}, .sides = Sides::periodic}))));
  BOOST_TEST(PoissonCg::knows(stencil_of(test::make_system({.cells = {2, 9}}))));
}

BOOST_AUTO_TEST_SUITE_END()

#include <algorithm>
#include <cstring>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

#include "systems.hpp"

using namespace kindred;
using kindred::test::Sides;
using kindred::test::SystemOptions;

namespace {

/// A [solver] table.
Value solver_table(const std::string& type, const std::vector<std::pair<std::string, Value>>& parameters = {},
                   const std::vector<std::pair<std::string, Value>>& options = {}) {
  Value table{Table{}};
  table.set("type", type);
  for (const auto& [key, value] : parameters) {
    table.set(key, value);
  }
  if (!options.empty()) {
    Value petsc{Table{}};
    for (const auto& [key, value] : options) {
      petsc.set(key, value);
    }
    table.set("petsc", petsc);
  }
  return table;
}

Value krylov(const std::string& ksp_type, const std::string& pc_type, double rtol = 1e-8) {
  return solver_table("petsc", {{"ksp_type", ksp_type}, {"pc_type", pc_type}, {"rtol", rtol}});
}

std::vector<double> zeros(const LinearSystem& system) { return std::vector<double>(system.rhs.size(), 0.0); }

struct Solved {
  SolveReport report;
  std::vector<double> x;
};

Solved solve(Solver& solver, const LinearSystem& system, std::vector<double> guess = {}) {
  Solved solved{{}, guess.empty() ? zeros(system) : std::move(guess)};
  SequenceState state;
  solved.report = solver.solve(system, solved.x, state);
  return solved;
}

bool same_bytes(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

double norm(const std::vector<double>& v) {
  return Eigen::Map<const Eigen::VectorXd>(v.data(), static_cast<Eigen::Index>(v.size())).norm();
}

/// The solution's error against dense algebra is bounded by the condition number times the residual (and the dense solver's own
/// rounding, n units in the last place).
void check_against_dense(const Value& table, const SystemOptions& options) {
  const LinearSystem system = test::make_system(options);
  auto solver = create<Solver>(table);
  const Solved solved = solve(*solver, system);
  BOOST_TEST_CONTEXT(table.to_toml() << ", sides " << static_cast<int>(options.sides) << ": " << solved.report.reason_text) {
    BOOST_TEST(solved.report.converged);
    const auto reference = test::dense_solution(system);
    const double rounding = 4.0 * static_cast<double>(system.rhs.size()) * std::numeric_limits<double>::epsilon();
    BOOST_TEST(residual_norm(system, solved.x) <= solver->tolerance() * norm(system.rhs) * (1.0 + 1e-6));
    BOOST_TEST(test::relative_error(solved.x, reference.x) <= reference.condition * (solver->tolerance() + rounding));
  }
}

std::string complaints(const Value& table) {
  Diagnostics diagnostics;
  const Entry& entry = Registry::instance().get("solver", plugin_choice(table, "solver").name);
  entry.check(table, diagnostics);
  return diagnostics.has_errors() ? diagnostics.text() : "";
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Fixture {
  petsc::Session session;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_linear_solvers, Fixture)

BOOST_AUTO_TEST_CASE(symmetric_definite_systems_agree_with_dense_algebra) {
  const std::vector<Value> solvers{
      solver_table("auto"),
      solver_table("auto", {{"direct_below", 0}}),
      solver_table("direct"),
      solver_table("direct", {{"package", "petsc"}, {"ordering", "rcm"}}),
      solver_table("direct", {{"package", "cholmod"}}),
      solver_table("direct", {{"package", "umfpack"}}),
      solver_table("direct", {{"package", "mumps"}}),
      solver_table("direct", {{"package", "superlu"}}),
      solver_table("petsc"),
      krylov("cg", "gamg"),
      krylov("cg", "icc"),
      krylov("cg", "jacobi"),
      krylov("gmres", "sor"),
  };
  for (const Value& table : solvers) {
    for (const Sides sides : {Sides::dirichlet, Sides::robin}) {
      check_against_dense(table, {.cells = {12, 10}, .sides = sides});
    }
    check_against_dense(table, {.cells = {40}, .sides = Sides::dirichlet});
    check_against_dense(table, {.cells = {6, 5, 7}, .sides = Sides::robin});
  }
}

BOOST_AUTO_TEST_CASE(with_constants_in_the_null_space_the_solution_has_mean_zero) {
  const std::vector<Value> solvers{solver_table("auto"),
                                   solver_table("auto", {{"direct_below", 0}}),
                                   solver_table("direct", {{"package", "cholmod"}}),
                                   solver_table("direct", {{"package", "umfpack"}}),
                                   krylov("cg", "gamg"),
                                   krylov("cg", "jacobi"),
                                   krylov("minres", "jacobi")};
  for (const Value& table : solvers) {
    for (const Sides sides : {Sides::neumann, Sides::periodic}) {
      check_against_dense(table, {.cells = {12, 10}, .sides = sides});
      check_against_dense(table, {.cells = {5, 6, 5}, .sides = sides});
      const LinearSystem system = test::make_system({.cells = {12, 10}, .sides = sides, .seed = 5});
      auto solver = create<Solver>(table);
      const Solved solved = solve(*solver, system);
      double sum = 0.0;
      for (const double x : solved.x) {
        sum += x;
      }
      // The mean is subtracted in floating point: n roundings of entries no larger than the norm remain.
      BOOST_TEST(std::abs(sum) <= 1e-14 * static_cast<double>(solved.x.size()) * norm(solved.x));
    }
  }
}

BOOST_AUTO_TEST_CASE(other_systems_agree_with_dense_algebra) {
  // Neither symmetric nor, in the second system, definite: the shift lies inside the spectrum [0, 96] of the diffusion part.
  for (const Value& table :
       {solver_table("auto"), solver_table("direct", {{"package", "mumps"}}), solver_table("auto", {{"direct_below", 0}}),
        krylov("bcgs", "ilu"), krylov("fgmres", "jacobi"), krylov("tfqmr", "ilu")}) {
    check_against_dense(table, {.cells = {12, 10}, .advection = 7.0});
  }
  for (const Value& table : {solver_table("auto"), solver_table("direct", {{"package", "superlu"}}),
                             solver_table("auto", {{"direct_below", 0}}), krylov("minres", "none")}) {
    check_against_dense(table, {.cells = {12, 10}, .shift = -2.5});
  }
}

BOOST_AUTO_TEST_CASE(the_tolerance_is_relative_to_the_right_hand_side_whatever_the_guess) {
  const LinearSystem system = test::make_system({.cells = {24, 24}});
  const double b = norm(system.rhs);
  for (const Value& table : {solver_table("petsc"), krylov("cg", "jacobi"), krylov("gmres", "ilu"), krylov("minres", "jacobi")}) {
    auto solver = create<Solver>(table);
    const Solved from_zero = solve(*solver, system);
    BOOST_TEST(from_zero.report.converged);
    const Solved again = solve(*solver, system, from_zero.x);
    BOOST_TEST(again.report.converged);
    BOOST_TEST(again.report.iterations == 0);
    BOOST_TEST(again.report.operator_applications >= 1);
    // A guess 10⁶ times too large: a test relative to its residual would stop at 10⁻² of b.
    std::vector<double> far = from_zero.x;
    for (double& x : far) {
      x *= 1e6;
    }
    const Solved from_far = solve(*solver, system, far);
    BOOST_TEST(from_far.report.converged);
    BOOST_TEST(residual_norm(system, from_far.x) <= 1e-8 * b * (1.0 + 1e-6));
  }
}

BOOST_AUTO_TEST_CASE(methods_that_test_another_norm_are_continued_to_the_true_one) {
  // Rows scaled by up to 10⁶: the preconditioned residual is small long before the true one.
  LinearSystem system = test::make_system({.cells = {16, 16}});
  auto scaled = std::make_shared<StencilOperator>(static_cast<const StencilOperator&>(*system.matrix));
  for (std::size_t i = 0; i < scaled->center.size(); ++i) {
    const double factor = std::pow(10.0, static_cast<double>(i % 7));
    scaled->center[i] *= factor;
    for (std::size_t axis = 0; axis < 2; ++axis) {
      scaled->lower[axis][i] *= factor;
      scaled->upper[axis][i] *= factor;
    }
  }
  system.matrix = scaled;
  system.symmetric = system.positive_definite = false;
  auto solver = create<Solver>(solver_table("petsc", {{"ksp_type", "gmres"}, {"pc_type", "jacobi"}},
                                            {{"ksp_pc_side", "left"}, {"ksp_norm_type", "preconditioned"}}));
  const Solved solved = solve(*solver, system);
  BOOST_TEST(solved.report.converged, solved.report.reason_text);
  BOOST_TEST(residual_norm(system, solved.x) <= 1e-8 * norm(system.rhs) * (1.0 + 1e-6));
  BOOST_TEST(solver->unused_options().empty());
}

BOOST_AUTO_TEST_CASE(a_zero_right_hand_side_has_the_solution_zero) {
  LinearSystem system = test::make_system({.cells = {8, 8}});
  std::ranges::fill(system.rhs, 0.0);
  for (const Value& table :
       {solver_table("auto"), solver_table("petsc"), krylov("gmres", "ilu"), krylov("bcgs", "jacobi"), krylov("minres", "jacobi")}) {
    auto solver = create<Solver>(table);
    const Solved solved = solve(*solver, system, std::vector<double>(system.rhs.size(), 1.0));
    BOOST_TEST_CONTEXT(table.to_toml()) {
      BOOST_TEST(solved.report.converged);
      BOOST_TEST(norm(solved.x) == 0.0);
    }
  }
}

// With guess zero, the solution's bytes depend on the system alone: not on what was solved before, not on the solver object.
BOOST_AUTO_TEST_CASE(solutions_do_not_depend_on_history) {
  const std::vector<Value> solvers{solver_table("auto"),
                                   solver_table("direct", {{"package", "cholmod"}}),
                                   solver_table("direct", {{"package", "umfpack"}}),
                                   solver_table("petsc"),
                                   krylov("cg", "gamg"),
                                   krylov("cg", "icc"),
                                   krylov("cg", "jacobi"),
                                   krylov("gmres", "ilu"),
                                   krylov("cg", "asm"),
                                   krylov("chebyshev", "sor", 1e-2)};
  for (const bool three : {false, true}) {
    const std::vector<Index> cells = three ? std::vector<Index>{9, 8, 10} : std::vector<Index>{26, 24};
    const LinearSystem a = test::make_system({.cells = cells, .seed = 1});
    const LinearSystem b = test::make_system({.cells = cells, .seed = 2});
    const LinearSystem singular = test::make_system({.cells = cells, .sides = Sides::neumann, .seed = 3});
    const LinearSystem small = test::make_system({.cells = {5, 6}, .seed = 4});
    for (const Value& table : solvers) {
      auto fresh = create<Solver>(table);
      const Solved alone = solve(*fresh, a);
      auto used = create<Solver>(table);
      solve(*used, b);
      const Solved after_b = solve(*used, a);
      solve(*used, a);
      solve(*used, singular);
      solve(*used, b);
      solve(*used, small);
      const Solved after_all = solve(*used, a);
      const Solved same_matrix = solve(*used, a);
      BOOST_TEST_CONTEXT(table.to_toml() << (three ? ", 3-D" : ", 2-D")) {
        BOOST_TEST(alone.report.converged, alone.report.reason_text);
        BOOST_TEST(same_bytes(alone.x, after_b.x));
        BOOST_TEST(same_bytes(alone.x, after_all.x));
        BOOST_TEST(same_bytes(alone.x, same_matrix.x));
        BOOST_TEST(alone.report.iterations == after_all.report.iterations);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_solve_that_does_not_converge_is_reported) {
  const LinearSystem system = test::make_system({.cells = {32, 32}});
  auto solver = create<Solver>(solver_table("petsc", {{"pc_type", "none"}, {"max_iterations", 3}}));
  const Solved solved = solve(*solver, system);
  BOOST_TEST(!solved.report.converged);
  BOOST_TEST(solved.report.reason == KSP_DIVERGED_ITS);
  BOOST_TEST(solved.report.reason_text == "DIVERGED_ITS");
  BOOST_TEST(solved.report.iterations == 3);
  // CG detects that a matrix said to be definite is not.
  LinearSystem indefinite = test::make_system({.cells = {8, 8}, .shift = -2.5});
  indefinite.positive_definite = true;
  auto cg = create<Solver>(krylov("cg", "none"));
  const Solved failed = solve(*cg, indefinite);
  BOOST_TEST(!failed.report.converged);
  BOOST_TEST(failed.report.reason == KSP_DIVERGED_INDEFINITE_MAT);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_fail_and_leave_the_solver_usable) {
  const LinearSystem good = test::make_system({.cells = {10, 10}});
  LinearSystem bad_rhs = good;
  bad_rhs.rhs[17] = std::numeric_limits<double>::quiet_NaN();
  LinearSystem bad_matrix = good;
  auto poisoned = std::make_shared<StencilOperator>(static_cast<const StencilOperator&>(*good.matrix));
  poisoned->center[17] = std::numeric_limits<double>::quiet_NaN();
  bad_matrix.matrix = poisoned;
  for (const Value& table :
       {solver_table("auto"), solver_table("direct", {{"package", "cholmod"}}), solver_table("direct", {{"package", "umfpack"}}),
        solver_table("petsc"), krylov("cg", "gamg"), krylov("cg", "icc"), krylov("gmres", "ilu")}) {
    BOOST_TEST_CONTEXT(table.to_toml()) {
      auto solver = create<Solver>(table);
      const Solved rhs = solve(*solver, bad_rhs);
      BOOST_TEST(!rhs.report.converged);
      BOOST_TEST(mentions(rhs.report.reason_text, "right-hand side is not finite"));
      try {
        BOOST_TEST(!solve(*solver, bad_matrix).report.converged);
      } catch (const SolveError&) {
        // A package may refuse such a matrix outright.
      }
      BOOST_TEST(solve(*solver, good).report.converged);
    }
  }
}

BOOST_AUTO_TEST_CASE(options_that_nothing_reads_are_named) {
  const LinearSystem system = test::make_system({.cells = {10, 10}});
  auto solver =
      create<Solver>(solver_table("petsc", {{"ksp_type", "cg"}}, {{"pc_type", "gamg"}, {"pc_gamg_treshold", 0.02}, {"ksp_monitr", ""}}));
  BOOST_TEST(solve(*solver, system).report.converged);
  const auto unused = solver->unused_options();
  BOOST_REQUIRE_EQUAL(unused.size(), 2U);
  BOOST_TEST(unused[0] == "ksp_monitr");
  BOOST_TEST(unused[1] == "pc_gamg_treshold");
  BOOST_TEST(mentions(solver->describe(), "cg + gamg"));
  // Defaults that Kindred sets for a preconditioner are nobody's typo.
  auto euclid = create<Solver>(solver_table("petsc", {{"pc_type", "hypre"}}, {{"pc_hypre_type", "euclid"}}));
  BOOST_TEST(solve(*euclid, test::make_system({.cells = {5, 5, 5}})).report.converged);
  BOOST_TEST(euclid->unused_options().empty());
}

BOOST_AUTO_TEST_CASE(two_solvers_do_not_share_options) {
  const LinearSystem system = test::make_system({.cells = {20, 20}});
  auto strict = create<Solver>(solver_table("petsc", {{"pc_type", "jacobi"}}, {{"ksp_type", "gmres"}}));
  auto loose = create<Solver>(krylov("cg", "jacobi"));
  solve(*strict, system);
  solve(*loose, system);
  BOOST_TEST(mentions(strict->describe(), "gmres + jacobi"));
  BOOST_TEST(mentions(loose->describe(), "cg + jacobi"));
}

BOOST_AUTO_TEST_CASE(unknown_types_are_refused_with_the_nearest_first) {
  const LinearSystem system = test::make_system({.cells = {4, 4}});
  const auto message = [&](const Value& table) -> std::string {
    auto solver = create<Solver>(table);
    try {
      solve(*solver, system);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  BOOST_TEST(mentions(message(krylov("gmress", "jacobi")), "no type \"gmress\"; it has, nearest first: gmres, "));
  BOOST_TEST(mentions(message(krylov("cg", "jaccobi")), "nearest first: jacobi, "));
  BOOST_TEST(mentions(message(solver_table("petsc", {{"pc_type", "hypre"}}, {{"pc_hypre_boomeramg_coarsen_type", "bogus"}})), "bogus"));
  LinearSystem nonsymmetric = test::make_system({.cells = {4, 4}, .advection = 1.0});
  auto cholmod = create<Solver>(solver_table("direct", {{"package", "cholmod"}}));
  BOOST_CHECK_THROW(solve(*cholmod, nonsymmetric), InputError);
}

BOOST_AUTO_TEST_CASE(parameters_without_meaning_are_refused_with_the_reason) {
  const Value restart(50);
  BOOST_TEST(mentions(complaints(solver_table("petsc", {{"ksp_type", "cg"}, {"restart", restart}})),
                      "\"restart\" has no meaning for ksp_type \"cg\""));
  BOOST_TEST(mentions(complaints(solver_table("petsc", {{"restart", restart}})), "\"restart\" needs a ksp_type that restarts"));
  BOOST_TEST(complaints(solver_table("petsc", {{"ksp_type", "fgmres"}, {"restart", restart}})).empty());
  BOOST_TEST(complaints(solver_table("petsc", {{"restart", restart}}, {{"ksp_type", "gmres"}})).empty());
  BOOST_TEST(mentions(complaints(solver_table("petsc", {}, {{"ksp_rtol", 1e-4}})), "set rtol in [solver] instead"));
  BOOST_TEST(mentions(complaints(solver_table("petsc", {}, {{"-pc_type", "gamg"}})), "write \"pc_type\""));
  BOOST_TEST(mentions(complaints(solver_table("petsc", {{"pc_type", "icc"}}, {{"pc_type", "gamg"}})), "given twice"));
  BOOST_TEST(mentions(complaints(solver_table("direct", {{"package", "mumps"}, {"ordering", "nd"}})),
                      "\"ordering\" has no meaning for package \"mumps\""));
  BOOST_TEST(complaints(solver_table("direct", {{"package", "petsc"}, {"ordering", "nd"}})).empty());
}

BOOST_AUTO_TEST_CASE(restart_reaches_the_method) {
  // GMRES restarted every 2 iterations needs more of them than with its whole basis kept.
  const LinearSystem system = test::make_system({.cells = {16, 16}, .advection = 3.0});
  const auto iterations = [&](int restart) {
    auto solver = create<Solver>(solver_table("petsc", {{"ksp_type", "gmres"}, {"pc_type", "jacobi"}, {"restart", restart}}));
    const Solved solved = solve(*solver, system);
    BOOST_TEST(solved.report.converged);
    return solved.report.iterations;
  };
  BOOST_TEST(iterations(2) > iterations(200));
}

// CG applies the operator and the preconditioner once an iteration; from zero, the first residual is b itself.
BOOST_AUTO_TEST_CASE(applications_are_counted) {
  const LinearSystem system = test::make_system({.cells = {16, 16}});
  auto cg = create<Solver>(krylov("cg", "jacobi"));
  const SolveReport report = solve(*cg, system).report;
  BOOST_TEST(report.operator_applications == report.iterations + 1);  // the last one checks the residual
  BOOST_TEST(report.preconditioner_applications == report.iterations + 1);
  auto bcgs = create<Solver>(krylov("bcgs", "jacobi"));
  const SolveReport twice = solve(*bcgs, system).report;
  BOOST_TEST(twice.operator_applications == 2 * twice.iterations + 1);
  auto direct = create<Solver>(solver_table("direct"));
  const SolveReport factor = solve(*direct, system).report;
  BOOST_TEST(factor.iterations == 0);
  BOOST_TEST(factor.preconditioner_applications == 1);
}

BOOST_AUTO_TEST_SUITE_END()

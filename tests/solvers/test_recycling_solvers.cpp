#include <algorithm>
#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

#include "../support/process.hpp"
#include "systems.hpp"

// The recycling methods and the preconditioners as decks name them.

using namespace kindred;
using kindred::test::Sides;
using kindred::test::SystemOptions;
using kindred::test::TemporaryFolder;

namespace {

struct Fixture {
  petsc::Session session;
};

Value table_of(const std::string& type, const std::vector<std::pair<std::string, Value>>& parameters) {
  Value table{Table{}};
  table.set("type", type);
  for (const auto& [key, value] : parameters) {
    table.set(key, value);
  }
  return table;
}

struct Chain {
  std::unique_ptr<Solver> solver;
  SequenceState state;
  std::vector<double> x;

  explicit Chain(const Value& table) : solver(create<Solver>(table)) {}

  SolveReport solve(const LinearSystem& system) {
    x.assign(system.rhs.size(), 0.0);
    return solver->solve(system, x, state);
  }
};

/// Neighbours in a family: one coefficient, shifts and right-hand sides that differ.
LinearSystem member(int number, double advection = 0.0, double shift = 0.0) {
  SystemOptions options{.cells = {24, 20}, .sides = Sides::dirichlet, .shift = shift + 0.002 * number, .advection = advection, .seed = 3};
  LinearSystem system = test::make_system(options);
  for (std::size_t i = 0; i < system.rhs.size(); ++i) {
    system.rhs[i] += 0.1 * static_cast<double>((i * 7 + static_cast<std::size_t>(number)) % 5);
  }
  return system;
}

double relative_residual(const LinearSystem& system, std::span<const double> x) {
  return residual_norm(system, x) /
         Eigen::Map<const Eigen::VectorXd>(system.rhs.data(), static_cast<Eigen::Index>(system.rhs.size())).norm();
}

std::string failure_of(const Value& table, const LinearSystem& system) {
  try {
    Chain(table).solve(system);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_recycling_solvers, Fixture)

BOOST_AUTO_TEST_CASE(every_method_solves_its_systems) {
  struct Case {
    const char* solver;
    double advection;
    double shift;
  };
  // A shift of -3 makes the systems indefinite (the smallest eigenvalues are below it).
  for (const auto& [name, advection, shift] :
       {Case{"gcrodr", 0.5, 0.0}, Case{"gmresdr", 0.5, 0.0}, Case{"defcg", 0.0, 0.0}, Case{"rminres", 0.0, -3.0}}) {
    Chain chain(table_of(name, {{"rtol", 1e-9}, {"recycle", 8}, {"preconditioner", table_of("petsc", {{"pc_type", "jacobi"}})}}));
    for (int number = 0; number < 3; ++number) {
      LinearSystem system = member(number, advection, shift);
      system.positive_definite = system.positive_definite && shift == 0.0;
      const SolveReport report = chain.solve(system);
      BOOST_TEST_CONTEXT(name << " " << number << ": " << report.reason_text) {
        BOOST_TEST(report.converged);
        BOOST_TEST(relative_residual(system, chain.x) <= 1e-9 * (1.0 + 1e-6));
        const auto reference = test::dense_solution(system);
        BOOST_TEST(test::relative_error(chain.x, reference.x) <= reference.condition * 2e-9);
        BOOST_TEST(report.operator_applications > report.iterations);
      }
    }
    BOOST_TEST(mentions(chain.solver->describe(), std::string(name) + " + jacobi"));
  }
}

BOOST_AUTO_TEST_CASE(what_is_carried_over_saves_iterations_and_its_price_is_counted) {
  for (const char* name : {"gcrodr", "defcg"}) {
    Chain chain(table_of(name, {{"recycle", 10}, {"preconditioner", table_of("petsc", {{"pc_type", "none"}})}}));
    const SolveReport first = chain.solve(member(0));
    const SolveReport second = chain.solve(member(1));
    BOOST_TEST_CONTEXT(name << ": " << first.iterations << ", then " << second.iterations) {
      BOOST_TEST(second.iterations < 0.8 * first.iterations);
      BOOST_TEST(second.operator_applications >= second.iterations + 10);  // A U of a new matrix
    }
  }
}

BOOST_AUTO_TEST_CASE(without_a_space_the_methods_are_the_plain_ones) {
  const LinearSystem system = member(0, 0.5);
  Chain recycled(table_of("gcrodr", {{"recycle", 0}, {"restart", 12}, {"preconditioner", "auto"}}));
  Chain plain(table_of("petsc", {{"ksp_type", "gmres"}, {"restart", 12}, {"pc_type", "ilu"}}));
  BOOST_TEST(std::abs(recycled.solve(system).iterations - plain.solve(system).iterations) <= 1);
}

BOOST_AUTO_TEST_CASE(a_method_refuses_systems_that_it_cannot_solve) {
  const LinearSystem nonsymmetric = member(0, 0.5);
  BOOST_TEST(mentions(failure_of(Value("defcg"), nonsymmetric), "symmetric positive definite"));
  BOOST_TEST(mentions(failure_of(Value("rminres"), nonsymmetric), "gcrodr"));
  BOOST_TEST(mentions(failure_of(table_of("gcrodr", {{"preconditioner", "cluster_cholesky"}}), nonsymmetric), "cluster_cholesky"));
}

BOOST_AUTO_TEST_CASE(a_space_as_large_as_the_restart_is_a_mistake_in_the_deck) {
  Diagnostics diagnostics;
  const Value table = table_of("gcrodr", {{"restart", 10}, {"recycle", 10}});
  Registry::instance().get("solver", "gcrodr").check(table, diagnostics);
  BOOST_TEST(mentions(diagnostics.text(), "less than restart"));
}

BOOST_AUTO_TEST_CASE(a_space_is_saved_and_loaded) {
  const TemporaryFolder folder;
  const auto table = [&](const char* key) {
    return table_of("gcrodr", {{key, folder / "space.h5"}, {"preconditioner", table_of("petsc", {{"pc_type", "none"}})}});
  };
  int cold = 0;
  {
    Chain chain(table("save"));
    cold = chain.solve(member(0)).iterations;
    chain.solve(member(1));
  }
  const SequenceState state = SequenceState::load(folder / "space.h5");
  BOOST_TEST(state.arrays.at("recycle_space").shape.at(1) == 480);
  Chain warm(table("load"));
  BOOST_TEST(warm.solve(member(0)).iterations < 0.8 * cold);
  LinearSystem other = test::make_system({.cells = {9, 9}});
  Chain wrong(table("load"));
  BOOST_CHECK_EXCEPTION(wrong.solve(other), Error,
                        [](const Error& error) { return mentions(error.what(), "480 unknowns, the system has 81"); });
}

BOOST_AUTO_TEST_CASE(every_preconditioner_works_in_every_method_that_it_suits) {
  for (const char* preconditioner : {"auto", "petsc", "dst", "scaled_dst", "cluster_cholesky", "amg_reuse"}) {
    for (const char* method : {"gcrodr", "defcg"}) {
      Chain chain(table_of(method, {{"preconditioner", preconditioner}, {"rtol", 1e-9}}));
      for (int number = 0; number < 3; ++number) {
        const LinearSystem system = member(number);
        const SolveReport report = chain.solve(system);
        BOOST_TEST_CONTEXT(method << " + " << preconditioner << ": " << report.reason_text) {
          BOOST_TEST(report.converged);
          BOOST_TEST(relative_residual(system, chain.x) <= 1e-9 * (1.0 + 1e-6));
        }
      }
      BOOST_TEST(chain.solver->unused_options().empty(),
                 method << " + " << preconditioner << ": " << chain.solver->unused_options().size());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include <cmath>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <eigen3/Eigen/Dense>

#include <kindred/core/base/random.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/operators/linear_system.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/solvers/family/classify.hpp>
#include <kindred/solvers/family/superposition.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

#include "systems.hpp"

using namespace kindred;
using kindred::test::Sides;

namespace {

struct Fixture {
  petsc::Session session;
};

Value table(const std::vector<std::pair<std::string, Value>>& members) {
  Value t{Table{}};
  for (const auto& [key, value] : members) {
    t.set(key, value);
  }
  return t;
}

std::vector<double> random_vector(std::size_t size, std::uint64_t seed) {
  const Draws draws(seed, "vector", 0);
  std::vector<double> v;
  for (std::size_t i = 0; i < size; ++i) {
    v.push_back(draws.normal(i));
  }
  return v;
}

LinearSystem darcy(const Value& coefficient, std::int64_t cells, Index index = 0) {
  const Value grid = table({{"n", Value(Array{Value(cells), Value(cells)})}});
  const auto problem = create<Problem>(table({{"type", "darcy"}, {"coefficient", coefficient}}), make_domain(grid, Value(Table{})));
  Sample sample;
  sample.index = index;
  sample.seed = 1;
  return problem->assemble(problem->draw(sample));
}

StencilFacts facts_of(const LinearSystem& system) { return stencil_facts(static_cast<const StencilOperator&>(*system.matrix)); }

struct Solved {
  SolveReport report;
  std::vector<double> x;
};

Solved solve(Solver& solver, const LinearSystem& system) {
  Solved solved{{}, std::vector<double>(system.rhs.size(), 0.0)};
  SequenceState state;
  solved.report = solver.solve(system, solved.x, state);
  return solved;
}

Value lognormal(double sigma) { return table({{"type", "lognormal"}, {"alpha", 2.5}, {"tau", 7.0}, {"sigma", sigma}}); }
const char* two_valued = "grf_threshold";

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_classify, Fixture)

BOOST_AUTO_TEST_CASE(coefficients_are_told_apart) {
  const StencilFacts constant = facts_of(darcy(Value(3.0), 32));
  BOOST_TEST(constant.constant);
  BOOST_TEST(constant.negative_couplings);
  const StencilFacts smooth = facts_of(darcy(lognormal(0.7), 64));
  BOOST_TEST(!smooth.constant);
  BOOST_TEST(!smooth.jumps());
  const StencilFacts jumping = facts_of(darcy(table({{"type", two_valued}}), 64));
  BOOST_TEST(jumping.contrast == 4.0, boost::test_tools::tolerance(1e-12));
  // Harmonic average of 3 and 12: 4.8, so that the largest step is 12 / 4.8.
  BOOST_TEST(jumping.largest_step == 2.5, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(jumping.jumps());
  LinearSystem odd = darcy(Value(3.0), 8);
  auto a = std::make_shared<StencilOperator>(static_cast<const StencilOperator&>(*odd.matrix));
  a->upper[0][9] = 0.5;
  odd.matrix = a;
  BOOST_TEST(!facts_of(odd).negative_couplings);
  BOOST_TEST(!facts_of(odd).constant);
}

BOOST_AUTO_TEST_CASE(superposition_is_exact) {
  LinearSystem system = test::make_system({.cells = {9, 8}});
  const auto inverse = test::dense(system).inverse().eval();
  Superposition superposition(3);
  std::vector<std::vector<double>> rhs;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    rhs.push_back(random_vector(72, seed));
    const Eigen::VectorXd x = inverse * Eigen::Map<const Eigen::VectorXd>(rhs.back().data(), 72);
    BOOST_TEST(superposition.add(rhs.back(), {x.data(), 72}));
  }
  BOOST_TEST(superposition.full());
  Eigen::VectorXd b = Eigen::VectorXd::Zero(72);
  for (std::size_t k = 0; k < 3; ++k) {
    b += (1.0 + static_cast<double>(k)) * Eigen::Map<const Eigen::VectorXd>(rhs[k].data(), 72);
  }
  std::vector<double> x(72, 7.0);
  BOOST_TEST(superposition.solve({b.data(), 72}, x));
  BOOST_TEST(test::relative_error(x, inverse * b) <= 1e-10);
  const auto outside = random_vector(72, 9);
  x.assign(72, 7.0);
  BOOST_TEST(!superposition.solve(outside, x));
  BOOST_TEST(x == std::vector<double>(72, 7.0), boost::test_tools::per_element());
  BOOST_TEST(!superposition.add(outside, x));  // full
  const std::vector<double> zero(72, 0.0);
  BOOST_TEST(superposition.solve(zero, x));
  BOOST_TEST(x == zero, boost::test_tools::per_element());
  BOOST_CHECK_THROW(superposition.add({b.data(), 72}, {b.data(), 71}), InputError);
}

BOOST_AUTO_TEST_CASE(nearly_dependent_sides_add_no_dimension) {
  Superposition superposition(4);
  auto b = random_vector(50, 1);
  BOOST_TEST(superposition.add(b, b));
  b[3] += 1e-14;
  BOOST_TEST(!superposition.add(b, b));
  BOOST_TEST(superposition.dimensions() == 1);
}

// The same matrix: factored at its second appearance; then everything in the span is superposed.
BOOST_AUTO_TEST_CASE(an_unchanged_matrix_is_factored_and_then_superposed) {
  LinearSystem system = test::make_system({.cells = {12, 10}});
  const auto b1 = random_vector(120, 1);
  const auto b2 = random_vector(120, 2);
  auto solver = create<Solver>(table({{"type", "family"}}));
  std::vector<std::string> methods;
  for (int k = 0; k < 6; ++k) {
    for (std::size_t i = 0; i < 120; ++i) {
      system.rhs[i] = std::cos(k) * b1[i] + std::sin(k) * b2[i];
    }
    const Solved solved = solve(*solver, system);
    BOOST_TEST(solved.report.converged);
    const auto reference = test::dense_solution(system);
    BOOST_TEST(test::relative_error(solved.x, reference.x) <= (k > 0 ? 1e-10 : 1e-8 * reference.condition));
    methods.push_back(solver->describe());
  }
  BOOST_TEST(mentions(methods[0], "dst"));
  BOOST_TEST(mentions(methods[1], "factor kept"));
  BOOST_TEST(mentions(methods[2], "factor kept"));
  for (std::size_t k = 3; k < 6; ++k) {
    BOOST_TEST(mentions(methods[k], "superposition"));
  }
}

/// Its applications are counted.
class Counted final : public LinearOperator {
 public:
  explicit Counted(std::shared_ptr<const LinearOperator> matrix) : matrix_(std::move(matrix)) {}
  [[nodiscard]] Index size() const override { return matrix_->size(); }
  void apply(std::span<const double> x, std::span<double> y) const override {
    ++applications;
    matrix_->apply(x, y);
  }
  void assemble(petsc::Matrix& matrix) const override { matrix_->assemble(matrix); }
  [[nodiscard]] std::uint64_t pattern() const override { return matrix_->pattern(); }
  [[nodiscard]] std::uint64_t fingerprint() const override { return matrix_->fingerprint(); }
  [[nodiscard]] std::size_t bytes() const override { return matrix_->bytes(); }

  mutable int applications = 0;

 private:
  std::shared_ptr<const LinearOperator> matrix_;
};

// The solvers below have computed b − A x with PETSc's matrix; only a superposed solution needs another application.
BOOST_AUTO_TEST_CASE(residuals_are_computed_once) {
  LinearSystem system = test::make_system({.cells = {12, 10}});
  const auto matrix = std::make_shared<Counted>(system.matrix);
  system.matrix = matrix;
  auto solver = create<Solver>(table({{"type", "family"}}));
  for (int k = 0; k < 5; ++k) {
    system.rhs = random_vector(120, static_cast<std::uint64_t>(k % 2));
    matrix->applications = 0;
    BOOST_TEST(solve(*solver, system).report.converged);
    BOOST_TEST(matrix->applications == (mentions(solver->describe(), "superposition") ? 1 : 0));
  }
  BOOST_TEST(mentions(solver->describe(), "superposition"));
}

BOOST_AUTO_TEST_CASE(transforms_are_not_replaced_by_superposition_in_many_dimensions) {
  for (const int dimensions : {3, 8, 9, 12}) {
    LinearSystem system = darcy(Value(2.0), 16);
    auto solver = create<Solver>(table({{"type", "family"}}));
    for (int k = 0; k < 3 * dimensions; ++k) {
      const auto seed = static_cast<std::uint64_t>(1 + k % dimensions);
      system.rhs = random_vector(256, seed);
      const Solved solved = solve(*solver, system);
      BOOST_TEST(solved.report.converged);
      BOOST_TEST(residual_norm(system, solved.x) <= 1e-11 * 16.0);
      const bool superposed = mentions(solver->describe(), "superposition");
      BOOST_TEST(superposed == (dimensions <= 8 && k >= dimensions), dimensions << " dimensions, system " << k);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_pilot_chooses_the_preconditioner_with_fewer_iterations) {
  const auto chosen = [](const Value& coefficient, const std::vector<std::pair<std::string, Value>>& more) {
    std::vector<std::pair<std::string, Value>> members{{"type", "family"}, {"pilot", 2}};
    members.insert(members.end(), more.begin(), more.end());
    auto solver = create<Solver>(table(members));
    for (Index index = 0; index < 4; ++index) {
      const LinearSystem system = darcy(coefficient, 64, index);
      const Solved solved = solve(*solver, system);
      BOOST_TEST(solved.report.converged);
      BOOST_TEST(residual_norm(system, solved.x) <= 1.0000001e-8 * 64.0);  // ‖b‖ = 64
    }
    return solver->describe();
  };
  const Value jumps = table({{"type", two_valued}});
  BOOST_TEST(mentions(chosen(lognormal(0.5), {}), "cg + scaled_dst"));
  BOOST_TEST(mentions(chosen(jumps, {}), "cg + dst"));
  BOOST_TEST(!mentions(chosen(jumps, {{"most_iterations", 5}}), "dst"));
  BOOST_TEST(mentions(chosen(lognormal(0.5), {{"deterministic", true}}), "cg + scaled_dst"));
  BOOST_TEST(mentions(chosen(jumps, {{"deterministic", true}}), "cg + dst"));
}

BOOST_AUTO_TEST_CASE(deterministic_solutions_do_not_depend_on_history) {
  const Value deterministic = table({{"type", "family"}, {"deterministic", true}});
  const std::vector<LinearSystem> systems{darcy(lognormal(0.5), 24), darcy(table({{"type", two_valued}}), 24), darcy(Value(2.0), 24),
                                          test::make_system({.cells = {9, 8}, .advection = 2.0}),
                                          test::make_system({.cells = {9, 8}, .sides = Sides::neumann})};
  auto used = create<Solver>(deterministic);
  for (int round = 0; round < 2; ++round) {
    for (const LinearSystem& system : systems) {
      auto fresh = create<Solver>(deterministic);
      const Solved alone = solve(*fresh, system);
      BOOST_TEST(alone.report.converged);
      BOOST_TEST((solve(*used, system).x == alone.x));
      BOOST_TEST((solve(*used, system).x == alone.x));
    }
  }
}

BOOST_AUTO_TEST_CASE(other_systems_are_left_to_the_automatic_solver) {
  for (const bool deterministic : {false, true}) {
    auto solver = create<Solver>(table({{"type", "family"}, {"deterministic", deterministic}}));
    for (const LinearSystem& system :
         {test::make_system({.cells = {9, 8}, .advection = 2.0}), test::make_system({.cells = {9, 8}, .shift = -2.5})}) {
      const Solved solved = solve(*solver, system);
      BOOST_TEST(solved.report.converged);
      const auto reference = test::dense_solution(system);
      BOOST_TEST(test::relative_error(solved.x, reference.x) <= reference.condition * 1e-8);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include <kindred/operators/matrix_free_operator.hpp>
#include <kindred/solvers/recycling/operator_state.hpp>
#include <kindred/solvers/solver.hpp>

#include "systems.hpp"

using namespace kindred;
using kindred::test::SystemOptions;

namespace {

/// A matrix that is known by its action alone: that of a dense one, which the tests compare with.
class Hidden final : public MatrixFreeOperator {
 public:
  explicit Hidden(Eigen::MatrixXd entries) : entries_(std::move(entries)) {}

  [[nodiscard]] Index size() const override { return entries_.rows(); }
  void apply(std::span<const double> x, std::span<double> y) const override { vector(y) = entries_ * vector(x); }
  void apply_transpose(std::span<const double> x, std::span<double> y) const override { vector(y) = entries_.transpose() * vector(x); }
  void diagonal(std::span<double> entries) const override { vector(entries) = entries_.diagonal(); }
  [[nodiscard]] std::uint64_t pattern() const override { return static_cast<std::uint64_t>(entries_.rows()); }
  [[nodiscard]] std::uint64_t fingerprint() const override { return std::hash<double>{}(entries_.sum()); }
  [[nodiscard]] std::size_t bytes() const override { return static_cast<std::size_t>(entries_.size()) * sizeof(double); }

 private:
  static Eigen::Map<const Eigen::VectorXd> vector(std::span<const double> v) { return {v.data(), static_cast<Eigen::Index>(v.size())}; }
  static Eigen::Map<Eigen::VectorXd> vector(std::span<double> v) { return {v.data(), static_cast<Eigen::Index>(v.size())}; }
  Eigen::MatrixXd entries_;
};

/// The same system without its entries.
LinearSystem hidden(const LinearSystem& system) {
  LinearSystem result = system;
  result.matrix = std::make_shared<Hidden>(test::dense(system));
  return result;
}

LinearSystem definite(std::uint64_t seed = 1) { return test::make_system({.cells = {6, 7}, .shift = 0.01, .seed = seed}); }
LinearSystem indefinite() {
  LinearSystem system = test::make_system({.cells = {6, 7}, .shift = -2.0});
  system.positive_definite = false;
  return system;
}
LinearSystem unsymmetric() { return test::make_system({.cells = {6, 7}, .advection = 1.5}); }

Value table(const std::string& type, const std::vector<std::pair<std::string, Value>>& parameters = {}) {
  Value result{Table{}};
  result.set("type", type);
  for (const auto& [key, value] : parameters) {
    result.set(key, value);
  }
  return result;
}

SolveReport solve(Solver& solver, const LinearSystem& system, std::vector<double>& x) {
  SequenceState state;
  x.assign(system.rhs.size(), 0.0);
  return solver.solve(system, x, state);
}

std::string refusal(const Value& solver, const LinearSystem& system) {
  std::vector<double> x;
  try {
    solve(*create<Solver>(solver), system, x);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

Eigen::VectorXd multiplied(Mat matrix, const Eigen::VectorXd& x, bool transposed) {
  petsc::Vector from;
  petsc::Vector to;
  KINDRED_PETSC(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, static_cast<PetscInt>(x.size()), x.data(), from.slot()));
  KINDRED_PETSC(VecDuplicate(from, to.slot()));
  KINDRED_PETSC(transposed ? MatMultTranspose(matrix, from, to) : MatMult(matrix, from, to));
  const PetscScalar* values = nullptr;
  KINDRED_PETSC(VecGetArrayRead(to, &values));
  Eigen::VectorXd result = Eigen::Map<const Eigen::VectorXd>(values, x.size());
  KINDRED_PETSC(VecRestoreArrayRead(to, &values));
  return result;
}

struct Fixture {
  petsc::Session session;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_matrix_free, Fixture)

// The shell calls the operator itself: the same numbers bit for bit.
BOOST_AUTO_TEST_CASE(the_shell_multiplies_as_the_operator_does) {
  const Eigen::MatrixXd a = Eigen::MatrixXd::Random(9, 9);
  const auto matrix = std::make_shared<Hidden>(a);
  petsc::Matrix shell;
  matrix->assemble(shell);
  const Eigen::VectorXd x = Eigen::VectorXd::Random(9);
  BOOST_TEST((multiplied(shell, x, false) - a * x).norm() == 0.0);
  BOOST_TEST((multiplied(shell, x, true) - a.transpose() * x).norm() == 0.0);
  petsc::Vector diagonal;
  KINDRED_PETSC(MatCreateVecs(shell, nullptr, diagonal.slot()));
  KINDRED_PETSC(MatGetDiagonal(shell, diagonal));
  for (PetscInt i = 0; i < 9; ++i) {
    PetscScalar value = 0.0;
    KINDRED_PETSC(VecGetValues(diagonal, 1, &i, &value));
    BOOST_TEST(value == a(i, i));
  }
}

BOOST_AUTO_TEST_CASE(a_shell_is_found_again_and_keeps_its_identity) {
  const Eigen::MatrixXd a = Eigen::MatrixXd::Random(5, 5);
  const Eigen::MatrixXd b = Eigen::MatrixXd::Random(5, 5);
  const auto first = std::make_shared<Hidden>(a);
  const auto second = std::make_shared<Hidden>(b);
  petsc::Matrix shell;
  first->assemble(shell);
  Mat before = shell.get();
  petsc::Matrix copy;
  KINDRED_PETSC(MatDuplicate(shell, MAT_COPY_VALUES, copy.slot()));
  recycling::ObjectStamp old_stamp;
  recycling::ObjectStamp new_stamp;
  KINDRED_PETSC(recycling::stamp_of(before, &old_stamp));
  second->assemble(shell);
  KINDRED_PETSC(recycling::stamp_of(before, &new_stamp));
  BOOST_TEST(shell.get() == before);
  BOOST_TEST(new_stamp.state > old_stamp.state);  // what PETSc's preconditioners go by
  BOOST_TEST(matrix_free_operator(shell) == second);
  const Eigen::VectorXd x = Eigen::VectorXd::Random(5);
  BOOST_TEST((multiplied(shell, x, false) - b * x).norm() == 0.0);
  BOOST_TEST((multiplied(copy, x, false) - a * x).norm() == 0.0);
  BOOST_TEST(first.use_count() == 2);  // the copy's
  copy.reset();
  BOOST_TEST(first.use_count() == 1);

  std::make_shared<Hidden>(Eigen::MatrixXd::Random(6, 6))->assemble(shell);  // another pattern
  BOOST_TEST(second.use_count() == 1);
  PetscInt rows = 0;
  KINDRED_PETSC(MatGetSize(shell, &rows, nullptr));
  BOOST_TEST(rows == 6);

  petsc::Matrix stored;
  definite().matrix->assemble(stored);
  BOOST_TEST(!matrix_free_operator(stored));
  BOOST_CHECK_THROW(Hidden(a).assemble(shell), InputError);  // nobody shares it
}

// A call-back's exception becomes PETSc's error with the same message.
BOOST_AUTO_TEST_CASE(exceptions_do_not_cross_petsc) {
  class Failing final : public MatrixFreeOperator {
   public:
    [[nodiscard]] Index size() const override { return 3; }
    void apply(std::span<const double> /*x*/, std::span<double> /*y*/) const override { throw InputError("no such product"); }
    void apply_transpose(std::span<const double> /*x*/, std::span<double> /*y*/) const override {}
    void diagonal(std::span<double> /*entries*/) const override {}
    [[nodiscard]] std::uint64_t pattern() const override { return 0; }
    [[nodiscard]] std::uint64_t fingerprint() const override { return 0; }
    [[nodiscard]] std::size_t bytes() const override { return 0; }
  };
  petsc::Matrix shell;
  std::make_shared<Failing>()->assemble(shell);
  BOOST_CHECK_EXCEPTION(multiplied(shell, Eigen::VectorXd::Ones(3), false), SolveError,
                        [](const SolveError& error) { return std::string(error.what()).find("no such product") != std::string::npos; });
}

// Every solver that needs no entries gives the solution of dense algebra. Residual r ≤ 1e-10 ‖b‖ bounds the relative error by
// cond(A) · 1e-10, whatever the method.
BOOST_AUTO_TEST_CASE(iterative_solvers_agree_with_dense_algebra) {
  const std::vector<std::pair<std::string, LinearSystem>> cases{
      {"auto", definite()},      {"auto", indefinite()}, {"auto", unsymmetric()},   {"petsc", definite()}, {"petsc", indefinite()},
      {"petsc", unsymmetric()},  {"gcrodr", definite()}, {"gcrodr", unsymmetric()}, {"defcg", definite()}, {"gmresdr", unsymmetric()},
      {"rminres", indefinite()}, {"family", definite()}, {"family", unsymmetric()},
  };
  for (const auto& [type, system] : cases) {
    BOOST_TEST_CONTEXT(type) {
      const LinearSystem free = hidden(system);
      const auto solver = create<Solver>(table(type, {{"rtol", 1e-10}}));
      std::vector<double> x;
      const SolveReport report = solve(*solver, free, x);
      BOOST_TEST(report.converged);
      const test::DenseSolution exact = test::dense_solution(system);
      BOOST_TEST(test::relative_error(x, exact.x) <= exact.condition * 1e-10);
      // The same matrix again, and another right-hand side: nothing is factored.
      LinearSystem again = free;
      std::ranges::reverse(again.rhs);
      BOOST_TEST(solve(*solver, again, x).converged);
    }
  }
}

// With a recycle space, the later systems of a family take fewer iterations than the first.
BOOST_AUTO_TEST_CASE(recycling_works_on_matrix_free_families) {
  const auto solver = create<Solver>(table("defcg", {{"recycle", 8}, {"window", 20}}));
  std::vector<int> iterations;
  std::vector<double> x;
  LinearSystem system = definite();
  for (int k = 0; k < 4; ++k) {
    LinearSystem next = system;
    next.matrix = std::make_shared<Hidden>(test::dense(system) + 0.001 * k * Eigen::MatrixXd::Identity(42, 42));
    const SolveReport report = solve(*solver, next, x);
    BOOST_TEST(report.converged);
    iterations.push_back(report.iterations);
  }
  BOOST_TEST(iterations.back() < iterations.front());
}

BOOST_AUTO_TEST_CASE(what_needs_entries_is_refused_with_what_to_use) {
  const LinearSystem system = hidden(definite());
  for (const char* pc_type :
       {"ilu", "icc", "cholesky", "sor", "bjacobi", "hypre", "gamg", "dst", "kaczmarz", "cluster_cholesky", "amg_reuse"}) {
    BOOST_TEST_CONTEXT(pc_type) {
      const std::string message = refusal(table("petsc", {{"pc_type", pc_type}}), system);
      BOOST_TEST(message.find("known by its action alone: use jacobi, none") != std::string::npos, message);
    }
  }
  const std::string direct = refusal(table("direct"), system);
  BOOST_TEST(direct.find("use type = \"petsc\"") != std::string::npos, direct);
  const std::string recycling = refusal(table("defcg", {{"preconditioner", "dst"}}), system);
  BOOST_TEST(recycling.find("use jacobi, none") != std::string::npos, recycling);
}

BOOST_AUTO_TEST_SUITE_END()

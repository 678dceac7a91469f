#include <unistd.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include <boost/test/unit_test.hpp>

#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/sequence/sequence.hpp>
#include <kindred/solvers/sequence/sequence_section.hpp>

#include "systems.hpp"

using namespace kindred;
using kindred::test::Sides;

namespace {

/// Says that it converged, and returns the exact solution times a factor.
class ScaledSolver final : public Solver {
 public:
  explicit ScaledSolver(double factor, double tolerance = 1e-8, double absolute = 0.0)
      : factor_(factor), tolerance_(tolerance), absolute_(absolute) {}
  SolveReport solve(const LinearSystem& system, std::span<double> solution, SequenceState& /*state*/) override {
    guesses.emplace_back(solution.begin(), solution.end());
    const Eigen::VectorXd x = factor_ * test::dense_solution(system).x;
    std::copy(x.begin(), x.end(), solution.begin());
    SolveReport report;
    report.converged = true;
    report.reason = 1;
    report.reason_text = "so it says";
    return report;
  }
  [[nodiscard]] double tolerance() const override { return tolerance_; }
  [[nodiscard]] double absolute_tolerance() const override { return absolute_; }
  [[nodiscard]] std::string describe() const override { return "scaled"; }

  std::vector<std::vector<double>> guesses;

 private:
  double factor_;
  double tolerance_;
  double absolute_;
};

SolveReport solve_scaled(double factor, double tolerance, double absolute = 0.0) {
  const LinearSystem system = test::make_system({.cells = {6, 6}});
  Sequence sequence(std::make_unique<ScaledSolver>(factor, tolerance, absolute), create<Guess>(Value("zero")));
  std::vector<double> x(system.rhs.size(), 7.0);
  return sequence.solve(system, x);
}

struct Folder {
  Folder() : path(std::filesystem::temp_directory_path() / ("kindred_state_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

struct Fixture {
  petsc::Session session;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(test_sequence, Fixture)

// x scaled by 1 + d leaves the residual d ‖b‖.
BOOST_AUTO_TEST_CASE(the_true_residual_decides) {
  BOOST_TEST(solve_scaled(1.0, 1e-8).converged);
  const SolveReport near = solve_scaled(1.0 + 0.9e-3, 1e-4);
  BOOST_TEST(near.converged);
  BOOST_TEST(near.residual_relative == 0.9e-3, boost::test_tools::tolerance(1e-9));
  const SolveReport far = solve_scaled(1.0 + 1.1e-3, 1e-4);
  BOOST_TEST(!far.converged);
  BOOST_TEST(far.reason == -1);
  BOOST_TEST(far.reason_text == "so it says, but the true residual 0.0011 exceeds 10 times the tolerance 0.0001");
  BOOST_TEST(!solve_scaled(std::numeric_limits<double>::quiet_NaN(), 1e-4).converged);
  BOOST_TEST(!solve_scaled(std::numeric_limits<double>::infinity(), 1e-4).converged);
  BOOST_TEST(solve_scaled(1.0 + 1.1e-3, 1e-4, 1.0).converged);  // the absolute tolerance counts too
}

BOOST_AUTO_TEST_CASE(only_converged_solutions_become_guesses) {
  const LinearSystem system = test::make_system({.cells = {6, 6}});
  const LinearSystem other_size = test::make_system({.cells = {5, 6}});
  auto owned = std::make_unique<ScaledSolver>(1.0);
  ScaledSolver& solver = *owned;
  Sequence sequence(std::move(owned), create<Guess>(Value("previous")));
  std::vector<double> x(36, 7.0);
  sequence.solve(system, x);
  const std::vector<double> solution = x;
  LinearSystem broken = system;
  broken.rhs[0] = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(!sequence.solve(broken, x).converged);
  sequence.solve(system, x);
  std::vector<double> smaller(30, 7.0);
  sequence.solve(other_size, smaller);
  BOOST_TEST(solver.guesses[0] == std::vector<double>(36, 0.0), boost::test_tools::per_element());
  BOOST_TEST(solver.guesses[1] == solution, boost::test_tools::per_element());
  BOOST_TEST(solver.guesses[2] == solution, boost::test_tools::per_element());
  BOOST_TEST(solver.guesses[3] == std::vector<double>(30, 0.0), boost::test_tools::per_element());
  BOOST_TEST(sequence.state().solved == 4);
}

BOOST_AUTO_TEST_CASE(a_chain_with_previous_saves_iterations_on_equal_systems) {
  const LinearSystem system = test::make_system({.cells = {24, 24}});
  Value table{Table{}};
  table.set("type", "petsc");
  Sequence sequence(create<Solver>(table), create<Guess>(Value("previous")));
  std::vector<double> x(system.rhs.size());
  BOOST_TEST(sequence.solve(system, x).iterations > 0);
  const SolveReport again = sequence.solve(system, x);
  BOOST_TEST(again.converged);
  BOOST_TEST(again.iterations == 0);
}

BOOST_AUTO_TEST_CASE(the_state_survives_its_file_bit_for_bit) {
  const Folder folder;
  SequenceState state;
  state.solved = 12;
  state.arrays["recycle/U, 1"] = {{2, 3}, {0.1, -0.0, 1e-320, std::numeric_limits<double>::infinity(), std::nan("7"), 1.0 / 3.0}};
  state.arrays["empty"] = {{0, 4}, {}};
  state.arrays["scalar"] = {{}, {42.0}};
  state.texts["tuner"] = "{\"ω\": 1.7}\nline two";
  state.texts[""] = "";
  const auto file = folder.path / "state.h5";
  state.save(file);
  state.save(file);  // replaces the first
  const SequenceState loaded = SequenceState::load(file);
  BOOST_TEST(loaded.solved == 12);
  BOOST_TEST((loaded.texts == state.texts));
  BOOST_REQUIRE_EQUAL(loaded.arrays.size(), state.arrays.size());
  for (const auto& [name, array] : state.arrays) {
    const auto& other = loaded.arrays.at(name);
    BOOST_TEST((other.shape == array.shape));
    BOOST_REQUIRE_EQUAL(other.values.size(), array.values.size());
    BOOST_TEST(std::equal(array.values.begin(), array.values.end(), other.values.begin(),
                          [](double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }));
  }
  BOOST_TEST(loaded.bytes() == state.bytes());
  // Nothing but the file is left in the folder.
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
  state.clear();
  BOOST_TEST(state.bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_state_that_cannot_be_read_or_written_is_an_error_and_leaves_the_old_file) {
  const Folder folder;
  SequenceState state;
  state.solved = 3;
  BOOST_CHECK_THROW(state.save(folder.path / "missing" / "state.h5"), IoError);
  BOOST_CHECK_THROW(SequenceState::load(folder.path / "missing.h5"), IoError);
  std::ofstream(folder.path / "text.h5") << "not HDF5";
  BOOST_CHECK_THROW(SequenceState::load(folder.path / "text.h5"), IoError);
  const auto file = folder.path / "state.h5";
  state.save(file);
  state.arrays["wrong"] = {{5}, {1.0}};  // the shape says 5
  BOOST_CHECK_THROW(state.save(file), InputError);
  BOOST_TEST(SequenceState::load(file).solved == 3);
  std::filesystem::create_directories(folder.path / "taken" / "inside");
  BOOST_CHECK_THROW(SequenceState().save(folder.path / "taken"), IoError);
}

BOOST_AUTO_TEST_CASE(sizes_that_differ_are_refused) {
  LinearSystem system = test::make_system({.cells = {4, 4}});
  Sequence sequence(create<Solver>(Value("auto")), create<Guess>(Value("zero")));
  std::vector<double> x(15);
  BOOST_CHECK_THROW(sequence.solve(system, x), InputError);
  x.resize(16);
  system.rhs.pop_back();
  BOOST_CHECK_THROW(sequence.solve(system, x), InputError);
  BOOST_CHECK_THROW(Sequence(nullptr, create<Guess>(Value("zero"))), InputError);
}

BOOST_AUTO_TEST_CASE(without_an_ordering_samples_come_by_number) {
  const auto ordering = create<Ordering>(Value("none"));
  BOOST_TEST((ordering->features().kind == FeatureRequest::Kind::none));
  BOOST_TEST(ordering->order({{}, 3, 0}) == (std::vector<Index>{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(ordering->order({}).empty());
}

BOOST_AUTO_TEST_CASE(the_section_names_guess_and_ordering) {
  const Entry& section = Registry::instance().get("section", "sequence");
  BOOST_TEST(section.find_parameter("guess")->plugin_kind == "guess");
  BOOST_TEST(section.find_parameter("ordering")->plugin_kind == "ordering");
  const auto defaults = make_parameters<SequenceParameters>(Value(Table{}));
  BOOST_TEST(defaults.guess.as_string() == "zero");
  BOOST_TEST(defaults.ordering.as_string() == "none");
}

BOOST_AUTO_TEST_SUITE_END()

#include <unistd.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Cholesky>
#include <eigen3/Eigen/QR>
#include <eigen3/Eigen/SVD>

#include <kindred/core/base/random.hpp>
#include <kindred/solvers/sequence/dense_views.hpp>
#include <kindred/solvers/sequence/reduced_basis.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

#include "systems.hpp"

using namespace kindred;
using kindred::test::Sides;

namespace {

Value guess_table(const char* type, std::int64_t size, const char* projection = nullptr) {
  Value table{Table{}};
  table.set("type", type);
  table.set("size", size);
  if (projection != nullptr) {
    table.set("projection", projection);
  }
  return table;
}

/// A₀ + μ₁ A₁ + μ₂ A₂ …: diffusion operators of different coefficients, all definite; b is the same for all.
LinearSystem affine(const std::vector<double>& mu) {
  const test::SystemOptions options{.cells = {16, 16}, .seed = 50};
  LinearSystem system = test::make_system(options);
  auto sum = std::make_shared<StencilOperator>(dynamic_cast<const StencilOperator&>(*system.matrix));
  for (std::size_t q = 0; q < mu.size(); ++q) {
    test::SystemOptions part = options;
    part.seed = 51 + q;
    const LinearSystem other = test::make_system(part);
    const auto& a = dynamic_cast<const StencilOperator&>(*other.matrix);
    for (std::size_t i = 0; i < a.center.size(); ++i) {
      sum->center[i] += mu[q] * a.center[i];
      for (std::size_t axis = 0; axis < 2; ++axis) {
        sum->lower[axis][i] += mu[q] * a.lower[axis][i];
        sum->upper[axis][i] += mu[q] * a.upper[axis][i];
      }
    }
  }
  system.matrix = sum;
  return system;
}

std::vector<double> parameters(std::size_t count, std::uint64_t sample) {
  const Draws draws(3, "test_mu", sample);
  std::vector<double> mu;
  for (std::size_t q = 0; q < count; ++q) {
    mu.push_back(2.0 * draws.uniform(q));
  }
  return mu;
}

std::vector<double> exact(const LinearSystem& system) {
  const Eigen::Map<const Eigen::VectorXd> b(system.rhs.data(), static_cast<Eigen::Index>(system.rhs.size()));
  Eigen::MatrixXd a = test::dense(system);
  if (system.constant_null_space) {
    a.array() += 1.0 / static_cast<double>(a.rows());
  }
  const Eigen::VectorXd x = a.householderQr().solve(b);
  return {x.begin(), x.end()};
}

double relative_residual(const LinearSystem& system, std::span<const double> x) {
  const std::vector<double> zero(x.size(), 0.0);
  return residual_norm(system, x) / residual_norm(system, zero);
}

std::vector<double> guess_for(Guess& guess, const LinearSystem& system, SequenceState& state) {
  std::vector<double> x(system.rhs.size(), 7.0);
  guess.fill(system, x, state);
  return x;
}

bool all_zero(const std::vector<double>& x) {
  return std::ranges::all_of(x, [](double v) { return v == 0.0; });
}

/// Largest relative residual of guesses for ten further members, after `snapshots` members were seen.
double worst_after(Guess& guess, std::size_t dimension, std::uint64_t snapshots) {
  SequenceState state;
  for (std::uint64_t i = 0; i < snapshots; ++i) {
    const LinearSystem system = affine(parameters(dimension, i));
    guess.observe(system, exact(system), state);
  }
  double worst = 0.0;
  for (std::uint64_t i = 1000; i < 1010; ++i) {
    const LinearSystem system = affine(parameters(dimension, i));
    worst = std::max(worst, relative_residual(system, guess_for(guess, system, state)));
  }
  return worst;
}

const std::vector<const char*> projections{"auto", "galerkin", "least_squares", "sampled"};
const std::vector<const char*> learning{"nearest", "reduced_basis"};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_guesses)

BOOST_AUTO_TEST_CASE(a_solution_in_the_span_is_found_exactly) {
  for (const Sides sides : {Sides::dirichlet, Sides::neumann, Sides::periodic}) {
    for (const double advection : {0.0, 0.7}) {
      if (advection > 0.0 && sides == Sides::neumann) {
        continue;  // advection leaves through the sides: neither the constants nor the mean are what they were
      }
      const LinearSystem system = test::make_system({.cells = {9, 7}, .sides = sides, .advection = advection});
      const std::vector<double> x = exact(system);
      for (const char* projection : projections) {
        SequenceState state;
        const auto guess = create<Guess>(guess_table("reduced_basis", 20, projection));
        const Draws draws(4, "test_span", 0);
        for (std::uint64_t s = 0; s < 6; ++s) {  // x is hidden in the span of six vectors
          std::vector<double> snapshot(x.size());
          for (std::size_t i = 0; i < x.size(); ++i) {
            const double noise = draws.normal(i) + (system.constant_null_space ? 0.0 : 0.5);
            snapshot[i] = std::pow(2.0, static_cast<double>(s)) * (x[i] * static_cast<double>(s + 1) + (s == 0 ? noise : draws.normal(i)));
            snapshot[i] += s > 1 ? draws.normal(s * x.size() + i) - draws.normal((s - 1) * x.size() + i) : 0.0;
          }
          guess->observe(system, snapshot, state);
        }
        guess->observe(system, x, state);
        BOOST_TEST_CONTEXT(projection << ", advection " << advection << ", sides " << static_cast<int>(sides)) {
          BOOST_TEST(relative_residual(system, guess_for(*guess, system, state)) < 1e-10);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(galerkin_and_least_squares_are_the_optimal_ones) {
  const LinearSystem system = test::make_system({.cells = {8, 8}});
  const Eigen::MatrixXd a = test::dense(system);
  const Eigen::VectorXd x = test::dense_solution(system).x;
  const Eigen::VectorXd b = a * x;
  Eigen::MatrixXd span(64, 5);
  const Draws draws(8, "test_span", 0);
  for (Eigen::Index i = 0; i < span.size(); ++i) {
    span.data()[i] = draws.normal(static_cast<std::uint64_t>(i));
  }
  const Eigen::MatrixXd q = Eigen::HouseholderQR<Eigen::MatrixXd>(span).householderQ() * Eigen::MatrixXd::Identity(64, 5);
  const Eigen::MatrixXd images = apply_to_columns(*system.matrix, q);
  BOOST_TEST((images - a * q).norm() < 1e-13 * images.norm());
  // The error is A-orthogonal to the span; the least residual is orthogonal to its image.
  const Eigen::VectorXd energy_error = x - q * *galerkin(q, images, system.rhs);
  BOOST_TEST((q.transpose() * a * energy_error).norm() < 1e-12 * b.norm());
  const Eigen::VectorXd residual = b - images * *least_squares(images, system.rhs);
  BOOST_TEST((images.transpose() * residual).norm() < 1e-12 * images.norm() * b.norm());
  BOOST_TEST(!galerkin(q, -images, system.rhs).has_value());  // negative definite
}

BOOST_AUTO_TEST_CASE(single_rows_are_those_of_the_whole_product) {
  for (const Sides sides : {Sides::dirichlet, Sides::periodic}) {
    for (const std::vector<Index>& cells : {std::vector<Index>{13}, {5, 7}, {3, 4, 5}, {1, 6}, {2, 2}}) {
      const LinearSystem system = test::make_system({.cells = cells, .sides = sides, .advection = 0.3});
      const Index n = system.matrix->size();
      Eigen::MatrixXd x(n, 3);
      const Draws draws(2, "test_rows", 0);
      for (Eigen::Index i = 0; i < x.size(); ++i) {
        x.data()[i] = draws.normal(static_cast<std::uint64_t>(i));
      }
      const auto rows = scattered_rows(n, n);
      BOOST_REQUIRE_EQUAL(std::ssize(rows), n);
      const auto images = apply_rows(*system.matrix, x, rows);
      BOOST_REQUIRE(images.has_value());
      BOOST_TEST((*images - test::dense(system) * x).norm() < 1e-13 * images->norm());
    }
  }
  const auto rows = scattered_rows(1000, 30);
  BOOST_REQUIRE_EQUAL(rows.size(), 30U);
  for (Index i = 0; i < 30; ++i) {
    BOOST_TEST((rows[static_cast<std::size_t>(i)] * 30 / 1000 == i || rows[static_cast<std::size_t>(i)] * 30 >= 1000 * i - 30));
  }
  BOOST_TEST(std::ranges::is_sorted(rows));
}

// The width of an affine family of definite matrices falls exponentially with the number of snapshots.
BOOST_AUTO_TEST_CASE(few_parameters_need_few_snapshots) {
  for (const char* projection : projections) {
    BOOST_TEST_CONTEXT(projection) {
      const auto guess = create<Guess>(guess_table("reduced_basis", 60, projection));
      BOOST_TEST(worst_after(*guess, 1, 20) < 1e-10);
      BOOST_TEST(worst_after(*guess, 2, 50) < 1e-8);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_guess_is_worse_than_zero) {
  for (const char* name : {"nearest", "reduced_basis"}) {
    for (const double shift : {0.0, -3.0}) {  // −3 makes the operator indefinite
      const auto guess = create<Guess>(Value(name));
      SequenceState state;
      for (std::uint64_t seed = 1; seed < 12; ++seed) {
        LinearSystem system = test::make_system({.cells = {7, 8}, .shift = shift, .seed = seed});
        const auto x = guess_for(*guess, system, state);
        BOOST_TEST(relative_residual(system, x) <= 1.0 + 1e-14);
        std::vector<double> wrong = exact(system);
        wrong[0] += 1e6;
        guess->observe(system, wrong, state);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_or_zero_leads_to_zero) {
  for (const char* name : learning) {
    const auto guess = create<Guess>(Value(name));
    SequenceState state;
    const LinearSystem system = test::make_system({.cells = {6, 6}});
    BOOST_TEST(all_zero(guess_for(*guess, system, state)));  // nothing seen yet
    guess->observe(system, exact(system), state);
    BOOST_TEST(relative_residual(system, guess_for(*guess, system, state)) < 1e-12);
    LinearSystem broken = system;
    broken.rhs[5] = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(all_zero(guess_for(*guess, broken, state)));
    broken.rhs.assign(36, 0.0);
    BOOST_TEST(all_zero(guess_for(*guess, broken, state)));
    guess->observe(broken, std::vector<double>(36, 0.0), state);
    BOOST_TEST(relative_residual(system, guess_for(*guess, system, state)) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(another_size_starts_anew) {
  for (const char* name : learning) {
    const auto guess = create<Guess>(Value(name));
    SequenceState state;
    const LinearSystem first = test::make_system({.cells = {6, 6}});
    const LinearSystem second = test::make_system({.cells = {5, 6}});
    guess->observe(first, exact(first), state);
    BOOST_TEST(all_zero(guess_for(*guess, second, state)));
    guess->observe(second, exact(second), state);
    BOOST_TEST(relative_residual(second, guess_for(*guess, second, state)) < 1e-12);
    BOOST_TEST(all_zero(guess_for(*guess, first, state)));
  }
}

BOOST_AUTO_TEST_CASE(a_chain_goes_on_from_its_file_bit_for_bit) {
  const auto file = std::filesystem::temp_directory_path() / ("kindred_guess_" + std::to_string(::getpid()) + ".h5");
  for (const char* name : learning) {
    const auto guess = create<Guess>(guess_table(name, 5));
    SequenceState state;
    for (std::uint64_t i = 0; i < 8; ++i) {
      const LinearSystem system = affine(parameters(2, i));
      guess->observe(system, exact(system), state);
    }
    state.save(file);
    SequenceState loaded = SequenceState::load(file);
    std::filesystem::remove(file);
    const auto other = create<Guess>(guess_table(name, 5));
    for (std::uint64_t i = 20; i < 24; ++i) {
      const LinearSystem system = affine(parameters(2, i));
      const auto x = guess_for(*guess, system, state);
      const auto y = guess_for(*other, system, loaded);
      BOOST_TEST(!all_zero(x));
      BOOST_TEST(std::equal(x.begin(), x.end(), y.begin(),
                            [](double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }));
      guess->observe(system, exact(system), state);
      other->observe(system, exact(system), loaded);
    }
  }
}

// A solution that teaches nothing leaves a state that can be saved.
BOOST_AUTO_TEST_CASE(a_state_without_solutions_survives_its_file) {
  const auto file = std::filesystem::temp_directory_path() / ("kindred_guess_" + std::to_string(::getpid()) + ".h5");
  for (const char* name : learning) {
    const auto guess = create<Guess>(Value(name));
    LinearSystem system = affine({1.0});
    const std::vector<double> x = exact(system);
    const LinearSystem regular = system;
    system.rhs.assign(system.rhs.size(), 0.0);
    SequenceState state;
    guess->observe(system, std::vector<double>(x.size(), 0.0), state);
    state.save(file);
    SequenceState loaded = SequenceState::load(file);
    std::filesystem::remove(file);
    guess->observe(regular, x, loaded);
    BOOST_TEST(relative_residual(regular, guess_for(*guess, regular, loaded)) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(memory_stays_within_the_size) {
  constexpr std::size_t n = 256;
  for (const auto& [name, per_column] : {std::pair{"nearest", 129U}, std::pair{"reduced_basis", 6U}}) {
    const auto guess = create<Guess>(guess_table(name, 6));
    SequenceState state;
    for (std::uint64_t i = 0; i < 20; ++i) {
      const LinearSystem system = affine(parameters(2, i));
      guess->observe(system, exact(system), state);
      BOOST_TEST(state.bytes() <= 6 * (n + per_column) * sizeof(double) + 200);
    }
    BOOST_TEST(state.bytes() >= 6 * n * sizeof(double));
  }
}

// Truncation keeps the dominant directions of all snapshots: those of the snapshot matrix' singular value decomposition.
BOOST_AUTO_TEST_CASE(a_full_basis_holds_the_dominant_directions) {
  constexpr Eigen::Index n = 80;
  constexpr Eigen::Index count = 300;
  constexpr Index capacity = 8;
  const Draws draws(6, "test_pod", 0);
  Eigen::MatrixXd snapshots(n, count);
  for (Eigen::Index j = 0; j < count; ++j) {
    for (Eigen::Index i = 0; i < n; ++i) {  // coordinates of quickly falling size: truncation loses next to nothing
      snapshots(i, j) = std::pow(0.05, static_cast<double>(i)) * draws.normal(static_cast<std::uint64_t>(j * n + i));
    }
  }
  hdf5::RealArray vectors;
  hdf5::RealArray factor;
  for (Eigen::Index j = 0; j < count; ++j) {
    add_snapshot(vectors, factor, {snapshots.col(j).data(), static_cast<std::size_t>(n)}, capacity, 0.0);
    snapshots.col(j).normalize();
  }
  const Eigen::BDCSVD<Eigen::MatrixXd> held(as_columns(factor), Eigen::ComputeThinU);
  const Eigen::MatrixXd x = as_columns(vectors) * held.matrixU();
  BOOST_REQUIRE_EQUAL(x.cols(), capacity);
  BOOST_TEST((x.transpose() * x - Eigen::MatrixXd::Identity(capacity, capacity)).norm() < 1e-12);
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(snapshots, Eigen::ComputeThinU);
  const Eigen::VectorXd sigma = held.singularValues();
  for (Eigen::Index k = 0; k < 5; ++k) {
    BOOST_TEST(sigma(k) == svd.singularValues()(k), boost::test_tools::tolerance(1e-6));
    BOOST_TEST(std::abs(x.col(k).dot(svd.matrixU().col(k))) > 1.0 - 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(nothing_new_is_not_taken_in) {
  hdf5::RealArray vectors;
  hdf5::RealArray factor;
  const std::vector<double> x{3.0, 4.0, 0.0};
  const std::vector<double> near{3.0, 4.0, 1e-5};
  BOOST_TEST(add_snapshot(vectors, factor, x, 3, 1e-5));
  BOOST_TEST(!add_snapshot(vectors, factor, std::vector<double>{-6.0, -8.0, 0.0}, 3, 1e-5));
  BOOST_TEST(!add_snapshot(vectors, factor, near, 3, 1e-5));  // 2·10⁻⁶ away
  BOOST_TEST(!add_snapshot(vectors, factor, std::vector<double>(3, 0.0), 3, 1e-5));
  BOOST_TEST(!add_snapshot(vectors, factor, std::vector<double>(3, std::nan("")), 3, 1e-5));
  BOOST_TEST(vectors.shape[0] == 1);
  BOOST_TEST(add_snapshot(vectors, factor, near, 3, 1e-6));
  BOOST_TEST(vectors.shape[0] == 2);
}

BOOST_AUTO_TEST_CASE(the_nearest_system_is_found_among_the_latest) {
  const auto guess = create<Guess>(guess_table("nearest", 10));
  SequenceState state;
  std::vector<std::vector<double>> solutions;
  for (int i = 0; i < 15; ++i) {
    const LinearSystem system = affine({0.2 * i});
    solutions.push_back(exact(system));
    guess->observe(system, solutions.back(), state);
  }
  const auto is_multiple = [](const std::vector<double>& x, const std::vector<double>& y) {
    return std::abs(as_vector(std::span(x)).normalized().dot(as_vector(std::span(y)).normalized())) > 1.0 - 1e-14;
  };
  for (const int i : {5, 9, 14}) {
    BOOST_TEST(is_multiple(guess_for(*guess, affine({0.2 * i + 0.03}), state), solutions[static_cast<std::size_t>(i)]));
  }
  BOOST_TEST(is_multiple(guess_for(*guess, affine({0.0}), state), solutions[5]));  // the first five were dropped
  // Twice the right-hand side: the factor takes it up.
  LinearSystem twice = affine({1.0});
  for (double& b : twice.rhs) {
    b *= 2.0;
  }
  BOOST_TEST(relative_residual(twice, guess_for(*guess, twice, state)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(right_hand_sides_are_told_apart) {
  const auto guess = create<Guess>(Value("nearest"));
  SequenceState state;
  LinearSystem system = affine({0.5});
  const LinearSystem original = system;
  for (int i = 0; i < 5; ++i) {
    std::ranges::rotate(system.rhs, system.rhs.begin() + 11);
    guess->observe(system, exact(system), state);
  }
  guess->observe(original, exact(original), state);
  BOOST_TEST(relative_residual(system, guess_for(*guess, system, state)) < 1e-12);
  BOOST_TEST(relative_residual(original, guess_for(*guess, original, state)) < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()

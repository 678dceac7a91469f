// Free-space problems: closed forms, solutions chosen beforehand, and the matrix entry by entry.

#include <cmath>
#include <numbers>

#include <boost/test/unit_test.hpp>

#include <kindred/kernels/fftconv/free_space/kernel.hpp>
#include <kindred/operators/matrix_free_operator.hpp>
#include <kindred/operators/problems/free_space_operator.hpp>

#include "petsc_session.hpp"
#include "problem_tables.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

Domain box(const std::vector<Index>& n, const std::vector<double>& extent = {}) {
  return make_domain(grid_table(n, extent), Value(Table{}));
}

/// Distance from (0.5, 0.5, 0.5), in two dimensions from (0.5, 0.5).
double radius(int dimension, double x, double y, double z) { return std::hypot(x - 0.5, y - 0.5, dimension == 3 ? z - 0.5 : 0.0); }

/// u = exp(−r²/(2s²)) in a well of half its width: −Δu + λVu with V = −exp(−2r²/s²).
struct Bound {
  int dimension = 3;
  double width = 0.06;
  double coupling = 40.0;

  [[nodiscard]] double u(double r) const { return std::exp(-0.5 * r * r / (width * width)); }
  [[nodiscard]] double slope(double r) const { return -r / (width * width) * u(r); }
  [[nodiscard]] double well(double r) const { return -std::exp(-2.0 * r * r / (width * width)); }
  [[nodiscard]] double source(double r) const {
    const double square = width * width;
    return (dimension / square - r * r / (square * square) + coupling * well(r)) * u(r);
  }
  [[nodiscard]] Value field(double (Bound::*function)(double) const) const {
    return function_field([*this, function](double x, double y, double z) { return (this->*function)(radius(dimension, x, y, z)); });
  }
  [[nodiscard]] std::vector<double> values(const Grid& grid) const {
    std::vector<double> all;
    for (Index cell = 0; cell < grid.size(); ++cell) {
      const auto [x, y, z] = grid.center(cell);
      all.push_back(u(radius(dimension, x, y, z)));
    }
    return all;
  }
};

double relative_difference(std::span<const double> a, std::span<const double> b) {
  double difference = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference = std::max(difference, std::abs(a[i] - b[i]));
    size = std::max(size, std::abs(b[i]));
  }
  return difference / size;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

Value flag(bool v) { return Value(v); }

}  // namespace

BOOST_AUTO_TEST_SUITE(test_free_space)

BOOST_AUTO_TEST_CASE(a_gaussian_charge) {
  constexpr double s = 0.0625;
  const Domain domain = box({40, 40, 40});
  const auto density = function_field([](double x, double y, double z) {
    const double r = radius(3, x, y, z);
    return std::exp(-0.5 * r * r / (s * s)) / std::pow(2.0 * std::numbers::pi * s * s, 1.5);
  });
  std::vector<double> exact;
  for (Index cell = 0; cell < domain.grid.size(); ++cell) {
    const auto [x, y, z] = domain.grid.center(cell);
    const double r = radius(3, x, y, z);
    exact.push_back(std::erf(r / (std::numbers::sqrt2 * s)) / (4.0 * std::numbers::pi * r));
  }
  for (const auto& [kernel, bound] : {std::pair{"truncated", 1e-12}, {"hockney", 1e-2}, {"integrated", 1e-2}}) {
    const auto problem = create<Problem>(typed("free_space_poisson", {{"forcing", density}, {"kernel", kernel}}), domain);
    const LinearSystem system = assemble_sample(*problem);
    BOOST_TEST(relative_difference(system.rhs, exact) <= bound, kernel);
    BOOST_TEST(system.symmetric);
    std::vector<double> image(exact.size());
    system.matrix->apply(exact, image);
    BOOST_TEST((image == exact));  // no potential: the identity
  }
}

BOOST_AUTO_TEST_CASE(a_solution_chosen_beforehand_solves_the_system) {
  for (const int dimension : {2, 3}) {
    const Bound bound{dimension};
    const Domain domain = box(std::vector<Index>(static_cast<std::size_t>(dimension), dimension == 2 ? 96 : 48));
    const auto problem = create<Problem>(typed("free_space_poisson", {{"forcing", bound.field(&Bound::source)},
                                                                      {"potential", bound.field(&Bound::well)},
                                                                      {"coupling", bound.coupling},
                                                                      {"gradient", flag(true)}}),
                                         domain);
    const auto inputs = problem->draw(Sample{});
    const LinearSystem system = problem->assemble(inputs);
    BOOST_TEST(!system.symmetric);
    const auto u = bound.values(domain.grid);
    std::vector<double> image(u.size());
    system.matrix->apply(u, image);
    // ‖λGV‖ is about one: the residual is as small as the error of the convolutions.
    BOOST_TEST(relative_difference(image, system.rhs) <= 1e-12);

    const auto outputs = problem->outputs(inputs, u);
    const auto infos = problem->fields();
    BOOST_TEST_REQUIRE(outputs.size() == 1U + static_cast<std::size_t>(dimension));
    BOOST_TEST(infos.size() == outputs.size() + 2);
    for (int axis = 0; axis < dimension; ++axis) {
      std::vector<double> exact;
      for (Index cell = 0; cell < domain.grid.size(); ++cell) {
        const auto x = domain.grid.center(cell);
        const double r = radius(dimension, x[0], x[1], x[2]);
        exact.push_back(bound.slope(r) * (x[static_cast<std::size_t>(axis)] - 0.5) / r);
      }
      const auto number = static_cast<std::size_t>(axis) + 1;
      BOOST_TEST(relative_difference(outputs[number].values, exact) <= 1e-12);
      BOOST_TEST(infos[number + 2].name == std::string("u_") + "xyz"[axis]);
    }
  }
}

// A = I + λGV with the entries of G from the kernel's taps.
BOOST_AUTO_TEST_CASE(the_matrix_entry_by_entry) {
  const std::vector<Index> n{4, 6};
  const Domain domain = box(n, {1.0, 0.9});
  const auto well = [](double x, double y, double) { return 3.0 + x - 2.0 * y; };
  fftconv::FreeSpaceDescription description;
  description.function.dimension = 2;
  description.cells = n;
  description.spacings = {domain.grid.axes[0].spacing(), domain.grid.axes[1].spacing()};
  const auto taps = fftconv::free_space_kernel<double>(description);
  const auto problem = create<Problem>(
      typed("free_space_poisson", {{"forcing", constant(1.0)}, {"potential", function_field(well)}, {"coupling", 5.0}}), domain);
  const LinearSystem system = assemble_sample(*problem);
  const auto* matrix = dynamic_cast<const MatrixFreeOperator*>(system.matrix.get());
  BOOST_TEST_REQUIRE(matrix != nullptr);
  const Index size = domain.grid.size();
  Eigen::MatrixXd entries = Eigen::MatrixXd::Identity(size, size);
  for (Index row = 0; row < size; ++row) {
    for (Index column = 0; column < size; ++column) {
      const Index offset = (row / 6 - column / 6 + 3) * 11 + row % 6 - column % 6 + 5;
      const auto x = domain.grid.center(column);
      entries(row, column) += 5.0 * taps[static_cast<std::size_t>(offset)] * well(x[0], x[1], 0.0);
    }
  }
  const double rounding = 1e-14 * entries.cwiseAbs().maxCoeff();
  BOOST_TEST((dense(*matrix) - entries).cwiseAbs().maxCoeff() <= rounding);
  Eigen::MatrixXd transposed(size, size);
  for (Index k = 0; k < size; ++k) {
    const Eigen::VectorXd unit = Eigen::VectorXd::Unit(size, k);
    matrix->apply_transpose({unit.data(), static_cast<std::size_t>(size)}, {transposed.col(k).data(), static_cast<std::size_t>(size)});
  }
  BOOST_TEST((transposed - entries.transpose()).cwiseAbs().maxCoeff() <= rounding);
  Eigen::VectorXd diagonal(size);
  matrix->diagonal({diagonal.data(), static_cast<std::size_t>(size)});
  BOOST_TEST((diagonal - entries.diagonal()).cwiseAbs().maxCoeff() <= rounding);
}

// −Δu + λVu = f at every resolution: the same function, as exactly as the grid shows it.
BOOST_AUTO_TEST_CASE(solutions_do_not_depend_on_the_grid) {
  const auto well =
      function_field([](double x, double y, double) { return -std::exp(-90.0 * (std::pow(x - 0.45, 2) + std::pow(y - 0.5, 2))); });
  const auto source =
      function_field([](double x, double y, double) { return std::exp(-100.0 * (std::pow(x - 0.6, 2) + std::pow(y - 0.5, 2))); });
  std::vector<double> middles;
  for (const Index n : {25, 35}) {  // odd: both have a cell in the middle
    const auto problem =
        create<Problem>(typed("free_space_poisson", {{"forcing", source}, {"potential", well}, {"coupling", 60.0}}), box({n, n}));
    const LinearSystem system = assemble_sample(*problem);
    const Eigen::VectorXd u = Eigen::PartialPivLU<Eigen::MatrixXd>(dense(*system.matrix)).solve(rhs_of(system));
    middles.push_back(u[(n * n) / 2]);
  }
  BOOST_TEST(std::abs(middles[0] - middles[1]) <= 1e-6 * std::abs(middles[1]));
}

BOOST_AUTO_TEST_CASE(windows_multiply_source_and_potential) {
  const Domain domain = box({4, 4});
  const auto window = [](double x, double, double) { return x; };
  const auto problem = create<Problem>(
      typed("free_space_poisson", {{"forcing", constant(2.0)}, {"potential", constant(3.0)}, {"window", function_field(window)}}), domain);
  const auto inputs = problem->draw(Sample{});
  for (Index cell = 0; cell < 16; ++cell) {
    const double x = domain.grid.center(cell)[0];
    BOOST_TEST(inputs[0].values[static_cast<std::size_t>(cell)] == 2.0 * x);
    BOOST_TEST(inputs[1].values[static_cast<std::size_t>(cell)] == 3.0 * x);
  }
}

BOOST_AUTO_TEST_CASE(kernels_are_kept_for_the_next_problem) {
  fftconv::FreeSpaceDescription description;
  description.function.dimension = 2;
  description.cells = {8, 9};
  description.spacings = {0.1, 0.1};
  const auto first = FreeSpaceField::shared(description, false);
  BOOST_TEST(FreeSpaceField::shared(description, false) == first);
  BOOST_TEST(FreeSpaceField::shared(description, true)->gradient().size() == 2U);
  BOOST_TEST(FreeSpaceField::shared(description, true) != first);
  description.spacings[1] = 0.2;
  const auto other = FreeSpaceField::shared(description, false);
  BOOST_TEST(other->fingerprint() != first->fingerprint());
}

BOOST_AUTO_TEST_CASE(fingerprints_tell_matrices_apart) {
  const Domain domain = box({6, 6});
  const auto matrix = [&](double depth, const char* kernel) {
    const auto problem = create<Problem>(
        typed("free_space_poisson", {{"forcing", constant(1.0)}, {"potential", constant(depth)}, {"kernel", kernel}}), domain);
    return assemble_sample(*problem).matrix;
  };
  BOOST_TEST(matrix(1.0, "truncated")->fingerprint() == matrix(1.0, "truncated")->fingerprint());
  BOOST_TEST(matrix(1.0, "truncated")->fingerprint() != matrix(2.0, "truncated")->fingerprint());
  BOOST_TEST(matrix(1.0, "truncated")->fingerprint() != matrix(1.0, "hockney")->fingerprint());
  BOOST_TEST(matrix(1.0, "truncated")->pattern() == matrix(2.0, "hockney")->pattern());
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  const auto refused = [](const Entries& entries, const Domain& domain) {
    return refusal([&] { assemble_sample(*create<Problem>(typed("free_space_poisson", entries), domain)); });
  };
  const Domain square = box({4, 4});
  BOOST_TEST(refused({{"forcing", constant(1.0)}}, square) == "accepted");
  BOOST_TEST(contains(refused({}, box({8})), "two or three axes"));
  Value sides{Table{}};
  sides.set("y_hi", side_table("neumann"));
  BOOST_TEST(contains(refused({}, make_domain(grid_table({4, 4}), sides)), "nothing can be prescribed on y_hi"));
  BOOST_TEST(contains(refused({{"kernel", "hockney"}, {"gradient", flag(true)}}, square), "gradient = true needs kernel"));
  const auto random = function_field([](double, double, double) { return 1.0; }, true);
  BOOST_TEST(contains(refused({{"window", random}}, square), "same for every sample"));
  BOOST_TEST(contains(refused({{"forcing", constant(std::nan(""))}}, square), "the source f is nan"));
  BOOST_TEST(
      contains(refused({{"forcing", constant(1.0)}, {"potential", constant(std::nan(""))}}, square), "the potential energy V is nan"));
}

BOOST_AUTO_TEST_SUITE_END()

// Helmholtz problems: observed order, an independently assembled matrix, inertia, and the real form of the damped equation.

#include <cmath>
#include <complex>
#include <map>
#include <numbers>

#include <boost/test/unit_test.hpp>

#include <kindred/operators/stencil_operator.hpp>

#include "manufactured.hpp"
#include "petsc_session.hpp"
#include "problem_tables.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

/// k² = 30 lies between 2 pi² and 4 pi², eigenvalues of −Δ on the unit square: far from a resonance, whose factor in the error would
/// hide the order on coarse grids.
constexpr double wavenumber = 5.5;
constexpr double kappa = 2.5;

double index_of_refraction(const Manufactured::Point& x) { return 1.0 + 0.2 * std::sin(3.0 * x[0] + 0.5) * std::cos(2.0 * x[1]); }

Value sides(const Manufactured& exact, const std::vector<std::string>& kinds) {
  Value table{Table{}};
  for (int side = 0; side < 2 * exact.dimension; ++side) {
    const int axis = side / 2;
    const double outward = side % 2 == 0 ? -1.0 : 1.0;
    const std::string& kind = kinds[static_cast<std::size_t>(side)];
    const double k = kind == "robin" ? kappa : 0.0;
    const auto data = [=](double x, double y, double z) {
      const Manufactured::Point p{x, y, z};
      return kind == "dirichlet" ? exact.u(p) : outward * exact.du(p, axis) + k * exact.u(p);
    };
    table.set(Boundary::side_name(axis, side % 2 == 1), side_table(kind, kind == "periodic" ? Value() : function_field(data), k));
  }
  return table;
}

/// Relative error with n cells per axis; −Δu = d (2 pi)² u for the manufactured u.
double error(int dimension, Index n, const std::vector<std::string>& kinds) {
  const Manufactured exact{dimension};
  const std::vector<Index> cells(static_cast<std::size_t>(dimension), n);
  const Domain domain = make_domain(grid_table(cells), sides(exact, kinds));
  const auto problem = create<Problem>(
      typed("helmholtz", {{"wavenumber", wavenumber},
                          {"refractive_index", function_field([](double x, double y, double z) {
                             return index_of_refraction({x, y, z});
                           })},
                          {"forcing", function_field([=](double x, double y, double z) {
                             const Manufactured::Point p{x, y, z};
                             const double c = index_of_refraction(p);
                             return (dimension * Manufactured::wave * Manufactured::wave - wavenumber * wavenumber * c * c) * exact.u(p);
                           })}}),
      domain);
  const Eigen::VectorXd u = solve_by_lu(assemble_sample(*problem));
  Eigen::VectorXd reference(u.size());
  for (Index c = 0; c < u.size(); ++c) {
    reference[c] = exact.u(domain.grid.center(c));
  }
  return (u - reference).norm() / reference.norm();
}

/// −Δ with u = 0 on every side of a grid of cells, entry by entry from the formula: the matrix of one axis is tridiagonal, with 3 in
/// place of 2 next to a side.
Eigen::MatrixXd dirichlet_laplacian(Index nx, Index ny, double hx, double hy) {
  const auto one_axis = [](Index n, double h) {
    Eigen::MatrixXd t = Eigen::MatrixXd::Zero(n, n);
    for (Index i = 0; i < n; ++i) {
      t(i, i) = (i == 0 ? 1.0 : 0.0) + (i == n - 1 ? 1.0 : 0.0) + 2.0;
      if (i > 0) {
        t(i, i - 1) = t(i - 1, i) = -1.0;
      }
    }
    return Eigen::MatrixXd(t / (h * h));
  };
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(nx * ny, nx * ny);
  const Eigen::MatrixXd x = one_axis(nx, hx);
  const Eigen::MatrixXd y = one_axis(ny, hy);
  for (Index i = 0; i < nx; ++i) {
    sum.block(i * ny, i * ny, ny, ny) += y;
    for (Index j = 0; j < nx; ++j) {
      sum.block(i * ny, j * ny, ny, ny) += x(i, j) * Eigen::MatrixXd::Identity(ny, ny);
    }
  }
  return sum;
}

const Index nx = 7;
const Index ny = 9;

Domain small_domain() { return make_domain(grid_table({nx, ny}, {1.0, 1.5}), Value(Table{})); }

Eigen::VectorXd squared_index(const Domain& domain) {
  Eigen::VectorXd c(domain.grid.size());
  for (Index cell = 0; cell < c.size(); ++cell) {
    c[cell] = std::pow(index_of_refraction(domain.grid.center(cell)), 2);
  }
  return c;
}

Value variable_index() {
  return function_field([](double x, double y, double z) { return index_of_refraction({x, y, z}); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_helmholtz)

BOOST_AUTO_TEST_CASE(second_order) {
  start_petsc();
  const std::map<std::string, std::vector<std::string>> boundaries = {
      {"dirichlet", {"dirichlet", "dirichlet", "dirichlet", "dirichlet", "dirichlet", "dirichlet"}},
      {"neumann", {"neumann", "neumann", "neumann", "neumann", "neumann", "neumann"}},
      {"mixed", {"robin", "neumann", "dirichlet", "robin", "neumann", "dirichlet"}}};
  for (const auto& [name, kinds] : boundaries) {
    const double coarse = error(2, 24, kinds);
    const double fine = error(2, 96, kinds);
    BOOST_TEST_MESSAGE("helmholtz 2-D, " << name << ": 24: " << coarse << " 96: " << fine << " order " << std::log2(coarse / fine) / 2.0);
    BOOST_TEST(std::log2(coarse / fine) / 2.0 >= 1.9, name);
  }
  const double coarse = error(1, 32, boundaries.at("mixed"));
  const double fine = error(1, 256, boundaries.at("mixed"));
  BOOST_TEST(std::log2(coarse / fine) / 3.0 >= 1.9);
  const double coarse_3d = error(3, 8, boundaries.at("dirichlet"));
  const double fine_3d = error(3, 16, boundaries.at("dirichlet"));
  BOOST_TEST_MESSAGE("helmholtz 3-D, dirichlet: 8: " << coarse_3d << " 16: " << fine_3d);
  BOOST_TEST(std::log2(coarse_3d / fine_3d) >= 1.8);  // one refinement only, from a coarse grid
}

BOOST_AUTO_TEST_CASE(the_matrix_is_the_formula) {
  const Domain domain = small_domain();
  const auto problem = create<Problem>(
      typed("helmholtz", {{"wavenumber", wavenumber}, {"refractive_index", variable_index()}, {"forcing", constant(2.0)}}), domain);
  const LinearSystem system = assemble_sample(*problem);
  Eigen::MatrixXd expected = dirichlet_laplacian(nx, ny, 1.0 / nx, 1.5 / ny);
  expected.diagonal() -= wavenumber * wavenumber * squared_index(domain);
  const Eigen::MatrixXd a = dense(*system.matrix);
  BOOST_TEST((a - expected).cwiseAbs().maxCoeff() < 1e-12);
  BOOST_TEST((a - a.transpose()).cwiseAbs().maxCoeff() == 0.0);
  BOOST_TEST(system.symmetric);
  BOOST_TEST(!system.positive_definite);
  BOOST_TEST(!system.constant_null_space);
  BOOST_TEST(system.rhs[5] == 2.0);
}

// Sylvester: for c = 1 the negative eigenvalues are those of the discrete Laplacian below k², known in closed form:
// 4/h² sin²(pi m h / 2) per axis, m = 1 … n.
BOOST_AUTO_TEST_CASE(negative_eigenvalues_are_counted_by_the_spectrum) {
  const Index n = 12;
  const double h = 1.0 / static_cast<double>(n);
  const Domain domain = make_domain(grid_table({n, n}), Value(Table{}));
  for (const double k : {3.0, 10.0, 16.0}) {
    const auto problem =
        create<Problem>(typed("helmholtz", {{"wavenumber", k}, {"refractive_index", constant(1.0)}, {"forcing", constant(1.0)}}), domain);
    const Eigen::VectorXd eigenvalues =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(dense(*assemble_sample(*problem).matrix)).eigenvalues();
    Index expected = 0;
    for (Index i = 1; i <= n; ++i) {
      for (Index j = 1; j <= n; ++j) {
        const auto one = [&](Index m) {
          return 4.0 / (h * h) * std::pow(std::sin(0.5 * std::numbers::pi * static_cast<double>(m) * h), 2);
        };
        expected += one(i) + one(j) < k * k ? 1 : 0;
      }
    }
    BOOST_TEST((eigenvalues.array() < 0.0).count() == expected);
  }
}

BOOST_AUTO_TEST_CASE(the_real_form_solves_the_complex_equation) {
  start_petsc();
  const Domain domain = make_domain(grid_table({nx, ny}, {1.0, 1.5}), table_of({{"x_lo", side_table("dirichlet", constant(0.7))}}));
  const double damping = 0.3;
  const auto problem = create<Problem>(
      typed("helmholtz_damped",
            {{"wavenumber", wavenumber}, {"damping", damping}, {"refractive_index", variable_index()}, {"forcing", constant(2.0)}}),
      domain);
  const LinearSystem system = assemble_sample(*problem);
  BOOST_TEST(system.matrix->size() == 2 * domain.grid.size());
  BOOST_TEST(system.symmetric);
  const Eigen::MatrixXd a = dense(*system.matrix);
  BOOST_TEST((a - a.transpose()).cwiseAbs().maxCoeff() == 0.0);

  const Eigen::VectorXd u = solve_by_lu(system);
  const auto parts = problem->outputs({}, {u.data(), static_cast<std::size_t>(u.size())});
  BOOST_REQUIRE(parts.size() == 2U);

  const Eigen::VectorXd c = squared_index(domain);
  Eigen::MatrixXcd complex = dirichlet_laplacian(nx, ny, 1.0 / nx, 1.5 / ny).cast<std::complex<double>>();
  complex.diagonal() -= (wavenumber * wavenumber * std::complex<double>(1.0, damping)) * c.cast<std::complex<double>>();
  Eigen::VectorXcd b = Eigen::VectorXcd::Constant(domain.grid.size(), 2.0);
  b.head(ny).array() += 0.7 * 2.0 * static_cast<double>(nx * nx);  // 2 g / h² next to the side x_lo
  const Eigen::VectorXcd expected = complex.partialPivLu().solve(b);
  for (Index cell = 0; cell < expected.size(); ++cell) {
    BOOST_TEST(std::abs(parts[0].values[static_cast<std::size_t>(cell)] - expected[cell].real()) < 1e-11 * expected.norm());
    BOOST_TEST(std::abs(parts[1].values[static_cast<std::size_t>(cell)] - expected[cell].imag()) < 1e-11 * expected.norm());
  }
  // |lambda| >= min gamma k² c², in pairs of opposite sign
  const Eigen::VectorXd eigenvalues = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(a).eigenvalues();
  BOOST_TEST(eigenvalues.cwiseAbs().minCoeff() >= damping * wavenumber * wavenumber * c.minCoeff() * (1.0 - 1e-12));
  BOOST_TEST((eigenvalues + eigenvalues.reverse()).cwiseAbs().maxCoeff() < 1e-12 * eigenvalues.cwiseAbs().maxCoeff());
}

BOOST_AUTO_TEST_CASE(fields_and_fingerprints) {
  const Domain domain = small_domain();
  const auto uniform = create<Problem>(typed("helmholtz", {{"refractive_index", constant(1.0)}, {"forcing", typed("grf")}}), domain);
  BOOST_TEST(assemble_sample(*uniform, 0).matrix->fingerprint() == assemble_sample(*uniform, 1).matrix->fingerprint());
  BOOST_TEST((assemble_sample(*uniform, 0).rhs != assemble_sample(*uniform, 1).rhs));
  const auto random =
      create<Problem>(typed("helmholtz_damped", {{"refractive_index", typed("lognormal")}, {"forcing", constant(1.0)}}), domain);
  BOOST_TEST(assemble_sample(*random, 0).matrix->fingerprint() != assemble_sample(*random, 1).matrix->fingerprint());
  BOOST_TEST(assemble_sample(*random, 0).matrix->pattern() == assemble_sample(*random, 1).matrix->pattern());
  std::vector<std::string> names;
  for (const auto& info : random->fields()) {
    names.push_back(info.name);
  }
  BOOST_TEST(names == (std::vector<std::string>{"refractive_index", "forcing", "u", "u_imaginary"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(impossible_values_are_refused) {
  const Domain domain = small_domain();
  const auto bad = create<Problem>(typed("helmholtz", {{"refractive_index", constant(std::nan(""))}, {"forcing", constant(1.0)}}), domain);
  BOOST_TEST(contains(refusal([&] { assemble_sample(*bad); }), "index of refraction c is nan in cell 0"));
  const auto rough = create<Problem>(
      typed("helmholtz",
            {{"refractive_index", typed("grf", {{"alpha", 0.5}, {"normalise", "unit_variance"}})}, {"forcing", constant(1.0)}}),
      domain);
  const auto complaints = rough->complaints(3);
  BOOST_REQUIRE(complaints.size() == 1U);  // a series without a finite variance
  BOOST_TEST(complaints[0].path == "problem.refractive_index");
}

BOOST_AUTO_TEST_SUITE_END()

// Convection by divergence-free velocities: observed order, conservation, and an independently assembled matrix.

#include <cmath>
#include <map>
#include <numbers>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/problems/convection.hpp>

#include "manufactured.hpp"
#include "petsc_session.hpp"
#include "problem_tables.hpp"

using namespace kindred;
using namespace kindred::test;

namespace {

using Kinds = std::vector<std::string>;
constexpr double peclet = 20.0;
constexpr double kappa = 0.4;

/// psi = sin X cos Y with X = 2 pi x + 0.2, Y = 2 pi y + 0.5: |∇psi|² has the mean (2 pi)²/2 over the unit square, so the scaled
/// velocity is (∂psi/∂y, −∂psi/∂x) √2 / (2 pi).
struct Flow {
  static double psi(double x, double y) { return std::sin(Manufactured::wave * x + 0.2) * std::cos(Manufactured::wave * y + 0.5); }
  static std::array<double, 2> velocity(double x, double y) {
    const double a = Manufactured::wave * x + 0.2;
    const double b = Manufactured::wave * y + 0.5;
    return {-std::numbers::sqrt2 * std::sin(a) * std::sin(b), -std::numbers::sqrt2 * std::cos(a) * std::cos(b)};
  }
};

Value sides(const Manufactured& exact, const Kinds& kinds, double diffusion) {
  Value table{Table{}};
  for (int side = 0; side < 2 * exact.dimension; ++side) {
    const int axis = side / 2;
    const double outward = side % 2 == 0 ? -1.0 : 1.0;
    const std::string& kind = kinds[static_cast<std::size_t>(side)];
    const double k = kind == "robin" ? kappa : 0.0;
    const auto data = [=](double x, double y, double z) {
      const Manufactured::Point p{x, y, z};
      return kind == "dirichlet" ? exact.u(p) : outward * diffusion * exact.du(p, axis) + k * exact.u(p);
    };
    table.set(Boundary::side_name(axis, side % 2 == 1), side_table(kind, kind == "periodic" ? Value() : function_field(data), k));
  }
  return table;
}

double error(Index n, const Kinds& kinds, const std::string& scheme) {
  const Manufactured exact{2};
  const double diffusion = 1.0 / peclet;
  const Domain domain = make_domain(grid_table({n, n}), sides(exact, kinds, diffusion));
  const auto problem = create<Problem>(
      typed("convection_diffusion", {{"peclet", peclet},
                                     {"scheme", scheme},
                                     {"stream_function", function_field([](double x, double y, double) { return Flow::psi(x, y); })},
                                     {"forcing", function_field([=](double x, double y, double z) {
                                        const Manufactured::Point p{x, y, z};
                                        const auto v = Flow::velocity(x, y);
                                        return diffusion * 2.0 * Manufactured::wave * Manufactured::wave * exact.u(p) +
                                               v[0] * exact.du(p, 0) + v[1] * exact.du(p, 1);
                                      })}}),
      domain);
  const Eigen::VectorXd u = solve_by_lu(assemble_sample(*problem));
  Eigen::VectorXd reference(u.size());
  for (Index c = 0; c < u.size(); ++c) {
    reference[c] = exact.u(domain.grid.center(c));
  }
  return (u - reference).norm() / reference.norm();
}

const std::map<std::string, Kinds>& boundaries() {
  static const std::map<std::string, Kinds> all = {{"dirichlet", {"dirichlet", "dirichlet", "dirichlet", "dirichlet"}},
                                                   {"periodic", {"periodic", "periodic", "periodic", "periodic"}},
                                                   {"mixed", {"robin", "neumann", "dirichlet", "robin"}},
                                                   {"half periodic", {"periodic", "periodic", "dirichlet", "neumann"}}};
  return all;
}

std::vector<double> rough(Index size, const char* name) {
  const Draws draws(9, name, 0);
  std::vector<double> values;
  for (Index k = 0; k < size; ++k) {
    values.push_back(draws.normal(static_cast<std::uint64_t>(k)));
  }
  return values;
}

Value rough_field(const char* name) {
  return function_field(
      [name](double x, double y, double z) { return Draws(5, name, static_cast<std::uint64_t>(1e6 * x + 3e8 * y + 7e10 * z)).normal(0); });
}

Domain all_sides(const std::vector<Index>& n, const std::string& kind) {
  Value table{Table{}};
  for (int axis = 0; axis < static_cast<int>(n.size()); ++axis) {
    for (const bool high : {false, true}) {
      table.set(Boundary::side_name(axis, high), side_table(kind, kind == "periodic" ? Value() : constant(0.3)));
    }
  }
  return make_domain(grid_table(n), table);
}

double largest(const std::vector<double>& values) {
  double most = 0.0;
  for (const double v : values) {
    most = std::max(most, std::abs(v));
  }
  return most;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_convection_diffusion)

BOOST_AUTO_TEST_CASE(central_is_second_order) {
  start_petsc();
  for (const auto& [name, kinds] : boundaries()) {
    const double coarse = error(24, kinds, "central");
    const double fine = error(96, kinds, "central");
    const double order = std::log2(coarse / fine) / 2.0;
    BOOST_TEST_MESSAGE("central, " << name << ": 24: " << coarse << " 96: " << fine << " order " << order);
    BOOST_TEST(order >= 1.9, name);
  }
}

// First order tends to 1 from below: the leading error has the sign of a diffusion v h / 2.
BOOST_AUTO_TEST_CASE(upwind_is_first_order) {
  start_petsc();
  for (const auto* name : {"dirichlet", "periodic"}) {
    const double coarse = error(48, boundaries().at(name), "upwind");
    const double fine = error(96, boundaries().at(name), "upwind");
    BOOST_TEST_MESSAGE("upwind, " << name << ": 48: " << coarse << " 96: " << fine << " order " << std::log2(coarse / fine));
    BOOST_TEST(std::log2(coarse / fine) > 0.8);
    BOOST_TEST(std::log2(coarse / fine) < 1.3);
  }
}

// Each corner (edge) value enters a cell's balance twice, with opposite signs: what is left is the rounding of the differences.
BOOST_AUTO_TEST_CASE(the_discrete_divergence_is_zero) {
  for (const std::vector<Index>& n : {std::vector<Index>{3, 2}, {5, 7}, {16, 3}, {3, 4, 5}, {2, 6, 2}}) {
    for (const char* kind : {"dirichlet", "periodic"}) {
      for (const bool closed : {false, true}) {
        const Grid grid = all_sides(n, kind).grid;
        std::vector<std::vector<double>> fields;
        std::vector<std::span<const double>> potentials;
        for (std::size_t k = 0; k < (n.size() == 2 ? 1U : 3U); ++k) {
          fields.push_back(rough(grid.size(), k == 0 ? "a" : (k == 1 ? "b" : "c")));
        }
        for (const auto& field : fields) {
          potentials.emplace_back(field);
        }
        const FaceVelocity velocity = curl(grid, potentials, closed);
        double scale = 0.0;
        for (std::size_t axis = 0; axis < n.size(); ++axis) {
          scale = std::max(scale, largest(velocity.normal[axis]) * static_cast<double>(n[axis]));
        }
        BOOST_TEST(scale > 0.0);
        BOOST_TEST(largest(divergence(grid, velocity)) < 1e-14 * scale);
        if (closed && std::string(kind) == "dirichlet") {  // nothing flows through the side x_lo
          const auto faces = static_cast<std::size_t>(grid.side(0, false).size());
          BOOST_TEST(largest({velocity.normal[0].begin(), velocity.normal[0].begin() + static_cast<std::ptrdiff_t>(faces)}) == 0.0);
        }
      }
    }
  }
}

// v = curl A for A = (sin z, sin x, sin y)-like potentials with known derivatives, at the cells' centres.
BOOST_AUTO_TEST_CASE(the_curl_in_three_dimensions_is_second_order) {
  const auto worst = [](Index n) {
    const Grid grid = all_sides({n, n, n}, "dirichlet").grid;
    std::array<std::vector<double>, 3> a;
    for (Index c = 0; c < grid.size(); ++c) {
      const auto p = grid.center(c);
      a[0].push_back(std::sin(p[1] + 2.0 * p[2]));
      a[1].push_back(std::cos(p[0] - p[2]));
      a[2].push_back(std::exp(0.5 * p[0]) * p[1]);
    }
    const std::array<std::span<const double>, 3> potentials{a[0], a[1], a[2]};
    const FaceVelocity v = curl(grid, potentials, false);
    double most = 0.0;
    for (int axis = 0; axis < 3; ++axis) {
      const auto centers = at_centers(grid, v, axis);
      for (Index c = 0; c < grid.size(); ++c) {
        const auto p = grid.center(c);
        const std::array<double, 3> exact{std::exp(0.5 * p[0]) - std::sin(p[0] - p[2]),                           // ∂y Az − ∂z Ay
                                          2.0 * std::cos(p[1] + 2.0 * p[2]) - 0.5 * std::exp(0.5 * p[0]) * p[1],  // ∂z Ax − ∂x Az
                                          -std::sin(p[0] - p[2]) - std::cos(p[1] + 2.0 * p[2])};                  // ∂x Ay − ∂y Ax
        most = std::max(most, std::abs(centers[static_cast<std::size_t>(c)] - exact[static_cast<std::size_t>(axis)]));
      }
    }
    return most;
  };
  const double coarse = worst(8);
  const double fine = worst(32);
  BOOST_TEST_MESSAGE("curl 3-D, largest error: 8: " << coarse << " 32: " << fine);
  BOOST_TEST(std::log2(coarse / fine) / 2.0 >= 1.8);  // in the maximum norm, sides included
}

// The problem's matrix against the formulas, face by face, from the corners' stream function of a periodic grid.
BOOST_AUTO_TEST_CASE(the_matrix_is_the_formula) {
  const Index n = 6;
  const Index m = 5;
  const Domain domain = all_sides({n, m}, "periodic");
  for (const bool upwind : {false, true}) {
    const auto problem = create<Problem>(typed("convection_diffusion", {{"peclet", 8.0},
                                                                        {"scheme", upwind ? "upwind" : "central"},
                                                                        {"stream_function", rough_field("psi")},
                                                                        {"forcing", constant(1.0)}}),
                                         domain);
    const auto inputs = problem->draw(Sample{});
    const auto& psi = inputs[0].values;
    const auto cell = [&](Index i, Index j) { return ((i + n) % n) * m + (j + m) % m; };
    const auto corner = [&](Index i, Index j) {  // between the cells i − 1, i and j − 1, j
      double sum = 0.0;
      for (const Index a : {i - 1, i}) {
        for (const Index b : {j - 1, j}) {
          sum += psi[static_cast<std::size_t>(cell(a, b))];
        }
      }
      return 0.25 * sum;
    };
    const double hx = 1.0 / n;
    const double hy = 1.0 / m;
    const auto vx = [&](Index i, Index j) { return (corner(i, j + 1) - corner(i, j)) / hy; };   // face below cell i
    const auto vy = [&](Index i, Index j) { return -(corner(i + 1, j) - corner(i, j)) / hx; };  // face below cell j
    double squares = 0.0;
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < m; ++j) {
        squares += vx(i, j) * vx(i, j) + vy(i, j) * vy(i, j);
      }
    }
    const double speed = std::sqrt(squares / static_cast<double>(n * m));
    Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(n * m, n * m);
    const auto face = [&](Index p, Index q, double v, double h) {  // from p to q
      const double from_p = upwind ? std::max(v, 0.0) : 0.5 * v;
      const double from_q = upwind ? std::min(v, 0.0) : 0.5 * v;
      const double d = 1.0 / 8.0 / h;
      expected(p, p) += (d + from_p) / h;
      expected(p, q) += (from_q - d) / h;
      expected(q, p) -= (d + from_p) / h;
      expected(q, q) -= (from_q - d) / h;
    };
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < m; ++j) {
        face(cell(i - 1, j), cell(i, j), vx(i, j) / speed, hx);
        face(cell(i, j - 1), cell(i, j), vy(i, j) / speed, hy);
      }
    }
    const LinearSystem system = problem->assemble(inputs);
    BOOST_TEST((dense(*system.matrix) - expected).cwiseAbs().maxCoeff() < 1e-12);
    BOOST_TEST(!system.symmetric);
    BOOST_TEST(system.constant_null_space);
  }
}

// The flow's largest speed is √2 times its root mean square, so that the Péclet number √2 P by the one is P by the other, with all
// terms of the equation divided by √2; on the grid up to h².
BOOST_AUTO_TEST_CASE(peclet_by_the_largest_speed) {
  const Domain domain = all_sides({32, 32}, "periodic");
  const auto matrix = [&](const char* speed, double peclet_number) {
    const auto problem = create<Problem>(
        typed("convection_diffusion", {{"peclet", peclet_number},
                                       {"speed", speed},
                                       {"stream_function", function_field([](double x, double y, double) { return Flow::psi(x, y); })},
                                       {"forcing", constant(1.0)}}),
        domain);
    return dense(*assemble_sample(*problem).matrix);
  };
  const Eigen::MatrixXd by_mean = matrix("root_mean_square", peclet);
  const Eigen::MatrixXd by_largest = matrix("largest", std::numbers::sqrt2 * peclet);
  BOOST_TEST((by_mean - std::numbers::sqrt2 * by_largest).cwiseAbs().maxCoeff() < 0.01 * by_mean.cwiseAbs().maxCoeff());
  BOOST_TEST((by_mean - by_largest).cwiseAbs().maxCoeff() > 0.1 * by_mean.cwiseAbs().maxCoeff());
}

// Constants are annihilated (divergence-free) and the balances add up to zero (conservative); upwind gives an M-matrix.
BOOST_AUTO_TEST_CASE(conservation) {
  for (const std::vector<Index>& n : {std::vector<Index>{6, 7}, {3, 4, 5}}) {
    for (const char* kind : {"periodic", "neumann"}) {
      for (const char* scheme : {"central", "upwind"}) {
        const Domain domain = all_sides(n, kind);
        const auto problem = create<Problem>(
            typed("convection_diffusion", {{"peclet", 300.0}, {"scheme", scheme}, {"closed", true}, {"forcing", constant(1.0)}}), domain);
        const LinearSystem system = assemble_sample(*problem);
        const Eigen::MatrixXd a = dense(*system.matrix);
        const double scale = a.cwiseAbs().maxCoeff();
        BOOST_TEST((a - a.transpose()).cwiseAbs().maxCoeff() > 0.01 * scale);
        BOOST_TEST(a.rowwise().sum().cwiseAbs().maxCoeff() < 1e-13 * scale);
        BOOST_TEST(a.colwise().sum().cwiseAbs().maxCoeff() < 1e-13 * scale);
        BOOST_TEST(system.constant_null_space);
        BOOST_TEST(std::abs(rhs_of(system).sum()) < 1e-12 * rhs_of(system).cwiseAbs().sum() + 1e-300);
        if (std::string(scheme) == "upwind") {
          const Eigen::MatrixXd diagonal = a.diagonal().asDiagonal();
          BOOST_TEST((a - diagonal).maxCoeff() <= 0.0);
          BOOST_TEST(a.diagonal().minCoeff() > 0.0);
        }
      }
    }
  }
}

// u = 3 solves the equation without a source for every flow, if the sides say 3.
BOOST_AUTO_TEST_CASE(constants_are_solutions_with_through_flow) {
  start_petsc();
  for (const std::vector<Index>& n : {std::vector<Index>{8, 6}, {4, 5, 3}}) {
    for (const char* scheme : {"central", "upwind"}) {
      Value table{Table{}};
      for (int axis = 0; axis < static_cast<int>(n.size()); ++axis) {
        table.set(Boundary::side_name(axis, false), side_table("dirichlet", constant(3.0)));
        table.set(Boundary::side_name(axis, true),
                  axis == 0 ? side_table("neumann", constant(0.0)) : side_table("robin", constant(3.0 * kappa), kappa));
      }
      const auto problem =
          create<Problem>(typed("convection_diffusion", {{"peclet", 50.0}, {"scheme", scheme}, {"forcing", constant(0.0)}}),
                          make_domain(grid_table(n), table));
      const Eigen::VectorXd u = solve_by_lu(assemble_sample(*problem));
      BOOST_TEST((u.array() - 3.0).abs().maxCoeff() < 1e-10);
    }
  }
}

BOOST_AUTO_TEST_CASE(velocity_fields_have_unit_speed) {
  const Domain domain = all_sides({24, 20}, "periodic");
  const auto problem = create<Problem>(typed("convection_diffusion", {{"forcing", constant(1.0)}}), domain);
  std::vector<std::string> names;
  for (const auto& info : problem->fields()) {
    names.push_back(info.name);
  }
  BOOST_TEST(names == (std::vector<std::string>{"stream_function", "forcing", "velocity_x", "velocity_y", "u"}),
             boost::test_tools::per_element());
  const auto inputs = problem->draw(Sample{});
  double squares = 0.0;
  for (std::size_t c = 0; c < inputs[2].values.size(); ++c) {
    squares += inputs[2].values[c] * inputs[2].values[c] + inputs[3].values[c] * inputs[3].values[c];
  }
  // Means of two faces are a little smaller than the faces, which have the root mean square 1.
  const double speed = std::sqrt(squares / static_cast<double>(inputs[2].values.size()));
  BOOST_TEST(speed > 0.9);
  BOOST_TEST(speed <= 1.0);
  BOOST_TEST(assemble_sample(*problem, 0).matrix->fingerprint() != assemble_sample(*problem, 1).matrix->fingerprint());
}

BOOST_AUTO_TEST_CASE(impossible_problems_are_refused) {
  const Value plain = typed("convection_diffusion");
  BOOST_TEST(contains(refusal([&] { create<Problem>(plain, make_domain(grid_table({8}), Value(Table{}))); }), "two or three axes"));
  BOOST_TEST(contains(refusal([&] { create<Problem>(plain, all_sides({8, 8}, "neumann")); }), "closed = true"));
  const auto still = create<Problem>(typed("convection_diffusion", {{"stream_function", constant(2.0)}}), all_sides({8, 8}, "periodic"));
  BOOST_TEST(contains(refusal([&] { assemble_sample(*still); }), "must not be constant"));
  const auto broken =
      create<Problem>(typed("convection_diffusion", {{"stream_function", constant(std::nan(""))}}), all_sides({8, 8}, "periodic"));
  BOOST_TEST(contains(refusal([&] { assemble_sample(*broken); }), "the stream function is nan in cell 0"));
}

BOOST_AUTO_TEST_SUITE_END()

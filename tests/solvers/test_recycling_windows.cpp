#include <cmath>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <eigen3/Eigen/Dense>

#include <kindred/solvers/recycling/cg_window.hpp>
#include <kindred/solvers/recycling/lanczos_window.hpp>
#include <kindred/solvers/recycling/symmetric_ritz.hpp>

// The projected matrices that the recurrences give, and the dense eigenproblems, against the same computed from whole vectors.

using namespace kindred::recycling;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd noise(Index rows, Index columns, double phase) {
  return MatrixXd::NullaryExpr(rows, columns, [&](Index i, Index j) {
    const double x = 12.9898 * static_cast<double>(i + 1) + 78.233 * static_cast<double>(j + 1) + phase;
    return 2.0 * (std::sin(x) * 43758.5453 - std::floor(std::sin(x) * 43758.5453)) - 1.0;
  });
}

MatrixXd orthogonal(Index size, double phase) { return Eigen::HouseholderQR<MatrixXd>(noise(size, size, phase)).householderQ(); }

/// Symmetric with the given spectrum.
MatrixXd with_spectrum(const VectorXd& values, double phase) {
  const MatrixXd q = orthogonal(values.size(), phase);
  return q * values.asDiagonal() * q.transpose();
}

double largest(const MatrixXd& m) { return m.cwiseAbs().maxCoeff(); }

/// W with WᵀAW = I.
MatrixXd energy_normal(const MatrixXd& a, Index columns) {
  MatrixXd w = noise(a.rows(), columns, 0.3);
  const MatrixXd gram = w.transpose() * a * w;
  w = gram.llt().matrixL().solve(w.transpose()).transpose();
  return w;
}

struct CgRun {
  CgWindow window;
  MatrixXd directions;
  MatrixXd projections;
};

/// Deflated CG with whole matrices, as the textbook has it.
CgRun deflated_cg(const MatrixXd& a, const VectorXd& inverse, const MatrixXd& w, Index steps) {
  const MatrixXd aw = a * w;
  VectorXd r = noise(a.rows(), 1, 2.0);
  r -= aw * (w.transpose() * r);
  VectorXd z = inverse.cwiseProduct(r);
  VectorXd p = z - w * (aw.transpose() * z);
  double rho = r.dot(z);
  CgRun run{{}, MatrixXd(a.rows(), steps), MatrixXd(w.cols(), steps + 1)};
  run.window.start(steps, rho);
  run.projections.col(0) = aw.transpose() * z;
  for (Index j = 0; j < steps; ++j) {
    const VectorXd q = a * p;
    const double curvature = p.dot(q);
    const double alpha = rho / curvature;
    run.directions.col(j) = p;
    r -= alpha * q;
    z = inverse.cwiseProduct(r);
    const double next = r.dot(z);
    run.window.record(alpha, curvature, next);
    run.projections.col(j + 1) = aw.transpose() * z;
    p = z - w * run.projections.col(j + 1) + (next / rho) * p;
    rho = next;
  }
  return run;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_recycling_windows)

BOOST_AUTO_TEST_CASE(recurrences_of_cg_give_the_projected_matrices) {
  constexpr Index size = 60;
  constexpr Index steps = 12;
  const MatrixXd a = with_spectrum(VectorXd::LinSpaced(size, 1.0, 40.0), 0.0);
  const VectorXd inverse = VectorXd::LinSpaced(size, 0.5, 1.5);
  const MatrixXd w = energy_normal(a, 5);
  const CgRun run = deflated_cg(a, inverse, w, steps);
  MatrixXd z(size, 5 + steps);
  z << w, run.directions * run.window.scaling().asDiagonal();
  const MatrixXd az = a * z;
  const MatrixXd f = z.transpose() * az;
  const MatrixXd g = az.transpose() * inverse.asDiagonal() * az;
  const MatrixXd within = (a * w).transpose() * inverse.asDiagonal() * (a * w);
  BOOST_TEST(largest(run.window.energy_gram(MatrixXd::Zero(5, steps)) - f) <= 1e-12);
  BOOST_TEST(largest(run.window.preconditioned_gram(within, run.projections) - g) <= 1e-12 * largest(g));
}

BOOST_AUTO_TEST_CASE(lost_conjugacy_enters_the_energy_gram) {
  CgWindow window;
  window.start(2, 1.0);
  window.record(0.5, 4.0, 0.2);
  window.record(0.7, 0.25, 0.1);
  MatrixXd conjugacy(1, 2);
  conjugacy << 0.02, 0.03;
  MatrixXd expected = MatrixXd::Identity(3, 3);
  expected(0, 1) = expected(1, 0) = 0.02 / 2.0;
  expected(0, 2) = expected(2, 0) = 0.03 / 0.5;
  BOOST_TEST(largest(window.energy_gram(conjugacy) - expected) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(pencil_gives_the_smallest_ritz_values) {
  const MatrixXd g = with_spectrum(VectorXd::LinSpaced(15, 1.0, 50.0), 1.0);
  const MatrixXd f = with_spectrum(VectorXd::LinSpaced(15, 0.1, 3.0), 2.0);
  const Selection best = smallest_of_pencil(g, f, 6);
  const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXd> reference(g, f);
  BOOST_REQUIRE(best.values.size() == 6);
  BOOST_TEST((best.values - reference.eigenvalues().head(6)).norm() <= 1e-11 * reference.eigenvalues()(5));
  BOOST_TEST(largest(best.coefficients.transpose() * f * best.coefficients - MatrixXd::Identity(6, 6)) <= 1e-12);
  BOOST_TEST(largest(g * best.coefficients - f * best.coefficients * best.values.asDiagonal()) <= 1e-11 * largest(g));
}

BOOST_AUTO_TEST_CASE(dependent_directions_leave_the_pencil) {
  MatrixXd basis = noise(20, 8, 0.0);
  basis.col(7) = basis.col(0) - 2.0 * basis.col(3);
  const MatrixXd a = with_spectrum(VectorXd::LinSpaced(20, 1.0, 30.0), 3.0);
  const Selection best = smallest_of_pencil((a * basis).transpose() * (a * basis), basis.transpose() * a * basis, 8);
  const MatrixXd independent = basis.leftCols(7);
  const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXd> reference((a * independent).transpose() * (a * independent),
                                                                     independent.transpose() * a * independent);
  BOOST_REQUIRE(best.values.size() == 7);
  BOOST_TEST((best.values - reference.eigenvalues()).norm() <= 1e-9 * reference.eigenvalues()(6));
}

BOOST_AUTO_TEST_CASE(gram_transform_normalises_drops_and_detects) {
  VectorXd lengths(6);
  lengths << 1e-4, 1.0, 10.0, 1e3, 1.0, 0.0;
  MatrixXd basis = noise(30, 6, 5.0);
  basis.col(4) = basis.col(1) + basis.col(2);
  basis = basis * lengths.asDiagonal();
  const GramTransform result = orthonormalising_transform(basis.transpose() * basis, 1e-15);
  BOOST_REQUIRE(result.transform.cols() == 4);
  const MatrixXd q = basis * result.transform;
  BOOST_TEST(largest(q.transpose() * q - MatrixXd::Identity(4, 4)) <= 1e-12);
  BOOST_TEST(!result.indefinite);

  MatrixXd indefinite = MatrixXd::Identity(3, 3);
  indefinite(0, 1) = indefinite(1, 0) = 1.5;
  BOOST_TEST(orthonormalising_transform(indefinite).indefinite);
  indefinite(2, 2) = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(orthonormalising_transform(indefinite).transform.cols() == 0);
  BOOST_TEST(orthonormalising_transform(MatrixXd(0, 0)).transform.cols() == 0);
}

BOOST_AUTO_TEST_CASE(symmetric_harmonic_values_of_an_indefinite_operator) {
  VectorXd spectrum = VectorXd::LinSpaced(30, -8.0, 20.0);
  const MatrixXd a = with_spectrum(spectrum, 4.0);
  const MatrixXd basis = noise(30, 9, 6.0) * VectorXd::LinSpaced(9, 1e-3, 1e3).asDiagonal();
  const MatrixXd image = a * basis;
  const Selection best = smallest_of_symmetric_harmonic(image, basis.transpose() * image, 4);
  const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXd> reference(basis.transpose() * image, image.transpose() * image);
  VectorXd magnitudes = reference.eigenvalues().cwiseAbs();
  std::sort(magnitudes.data(), magnitudes.data() + magnitudes.size(), std::greater<>());
  BOOST_REQUIRE(best.values.size() == 4);
  BOOST_TEST((best.values.cwiseAbs() - magnitudes.head(4)).norm() <= 1e-8 * magnitudes(0));
  const MatrixXd chosen = image * best.coefficients;
  BOOST_TEST(largest(chosen.transpose() * chosen - MatrixXd::Identity(4, 4)) <= 1e-11);
}

/// Two windows of deflated Lanczos with a preconditioner: the values that the recurrences select are those of the whole problem.
BOOST_AUTO_TEST_CASE(recurrences_of_lanczos_select_the_harmonic_ritz_vectors) {
  constexpr Index size = 60;
  constexpr Index steps = 8;
  constexpr Index k = 5;
  const MatrixXd a = with_spectrum(VectorXd::LinSpaced(size, -10.0, 31.0), 7.0);
  const VectorXd inverse = VectorXd::LinSpaced(size, 0.5, 1.5);
  MatrixXd u = noise(size, k, 8.0);
  const MatrixXd gram = (a * u).transpose() * inverse.asDiagonal() * (a * u);
  u = gram.llt().matrixL().solve(u.transpose()).transpose();
  const MatrixXd c = a * u;
  const MatrixXd mc = inverse.asDiagonal() * c;

  VectorXd v = noise(size, 1, 9.0);
  v -= c * (mc.transpose() * v);
  v /= std::sqrt(v.dot(inverse.cwiseProduct(v)));
  VectorXd v_old = VectorXd::Zero(size);
  double beta_before = 0.0;
  MatrixXd y = u;
  VectorXd inverse_values;
  for (int number = 0; number < 2; ++number) {
    LanczosWindow window;
    window.start(steps, k);
    MatrixXd extended(size, steps + 2);
    extended.col(0) = v_old;
    for (Index j = 0; j < steps; ++j) {
      extended.col(j + 1) = v;
      const VectorXd image = a * inverse.cwiseProduct(v);
      const VectorXd b = mc.transpose() * image;
      const double alpha = v.dot(inverse.cwiseProduct(image));
      VectorXd next = image - c * b - alpha * v - beta_before * v_old;
      const double beta = std::sqrt(next.dot(inverse.cwiseProduct(next)));
      window.record(beta_before, alpha, beta, b);
      v_old = v;
      v = next / beta;
      beta_before = beta;
    }
    extended.col(steps + 1) = v;
    const MatrixXd ay = a * y;
    const MatrixXd lanczos = inverse.asDiagonal() * extended;
    MatrixXd z(size, k + steps);
    z << y, lanczos.middleCols(1, steps);
    const Selection best = number == 0 ? window.select_first(u.transpose() * c, k)
                                       : window.select(inverse_values, mc.transpose() * ay, lanczos.transpose() * ay, k);
    const MatrixXd az = a * z;
    const Eigen::GeneralizedSelfAdjointEigenSolver<MatrixXd> reference(z.transpose() * az, az.transpose() * inverse.asDiagonal() * az);
    VectorXd magnitudes = reference.eigenvalues().cwiseAbs();
    std::sort(magnitudes.data(), magnitudes.data() + magnitudes.size(), std::greater<>());
    BOOST_REQUIRE(best.values.size() == k);
    BOOST_TEST((best.values.cwiseAbs() - magnitudes.head(k)).norm() <= 1e-10 * magnitudes(0));
    y = z * best.coefficients;
    inverse_values = best.values;
    const MatrixXd image = a * y;
    BOOST_TEST(largest(image.transpose() * inverse.asDiagonal() * image - MatrixXd::Identity(k, k)) <= 1e-10);
    BOOST_TEST(largest(y.transpose() * image - MatrixXd(inverse_values.asDiagonal())) <= 1e-10);
    const MatrixXd from_window = az.rightCols(steps);
    BOOST_TEST(largest(c * window.deflated() + extended * window.tridiagonal() - from_window) <= 1e-11);
  }
}

BOOST_AUTO_TEST_SUITE_END()

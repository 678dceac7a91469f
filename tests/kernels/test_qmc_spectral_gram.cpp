// Fast kernel matrices against dense ones.

#include <cmath>
#include <numbers>
#include <vector>

#include <eigen3/Eigen/Dense>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/spectral/gram.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

struct Case {
  const char* name;
  Sampler points;
  ProductKernel kernel;
  Order order;
};

std::vector<Case> cases() {
  const ProductKernel periodic{Invariance::shift, {0.3, 0.2, 0.1}, {1, 2, 1}, 1.3};
  const ProductKernel digital{Invariance::digital_shift, {0.9, 0.6, 0.4}, {1, 2, 1}, 0.7};
  const ProductKernel smooth{Invariance::digital_shift, {0.9, 0.6, 0.4}, {3, 4, 2}, 0.7};
  return {{"lattice", Sampler(lattice_table(3), {Scramble::none}), periodic, Order::natural},
          {"lattice, shifted", Sampler(lattice_table(3), {Scramble::shift, 11}), periodic, Order::natural},
          {"net", Sampler(sobol(3)), digital, Order::natural},
          {"net, scrambled", Sampler(sobol(3), {Scramble::lms_digital_shift, 12}), digital, Order::natural},
          {"net, Gray", Sampler(sobol(3), {Scramble::lms_digital_shift, 12}), digital, Order::gray},
          {"net of order 2, Gray", Sampler(sobol(3, 32, 2), {Scramble::digital_shift, 13}), smooth, Order::gray}};
}

/// Column l is the kernel's at point l: by the definition, without a use of the group.
Eigen::MatrixXd dense(const Case& of, std::uint64_t n) {
  Eigen::MatrixXd matrix(n, n);
  std::vector<double> column(n);
  std::vector<std::uint64_t> z(3);
  for (std::uint64_t l = 0; l < n; ++l) {
    for (int j = 0; j < 3; ++j) {
      z[static_cast<std::size_t>(j)] = of.points.word(l, j, 0, of.order);
    }
    kernel_minus_scale(of.kernel, of.points, of.order, 0, n, z, column);
    for (std::uint64_t i = 0; i < n; ++i) {
      matrix(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(l)) = column[i] + of.kernel.scale;
    }
  }
  return matrix;
}

std::vector<double> random_values(std::size_t n) {
  const Draws draws(3, "gram", 0);
  std::vector<double> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    values[i] = draws.uniform(i) - 0.4;
  }
  return values;
}

double relative_difference(std::span<const double> values, const Eigen::VectorXd& expected) {
  return (Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())) - expected).norm() / expected.norm();
}

constexpr double noise = 1e-3;

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_spectral_gram)

// Eigenvalues range from 10^-3 (the noise) to 2000, so that solutions lose six digits of sixteen at most: a relative 10^-10.
BOOST_AUTO_TEST_CASE(products_solutions_and_determinants_are_the_dense_ones) {
  for (const Case& of : cases()) {
    for (const std::uint64_t n : {1U, 2U, 8U, 64U, 1024U}) {
      const Gram gram(of.points, n, of.kernel, of.order);
      const auto size = static_cast<Eigen::Index>(n);
      const Eigen::MatrixXd plain = dense(of, n);
      const Eigen::MatrixXd noisy = plain + noise * Eigen::MatrixXd::Identity(size, size);
      const Eigen::LLT<Eigen::MatrixXd> factor(noisy);
      const auto y = random_values(2 * n);
      const Eigen::MatrixXd rows = Eigen::Map<const Eigen::MatrixXd>(y.data(), size, 2);

      auto product = y;
      gram.multiply(product);
      auto noisy_product = y;
      gram.multiply(noisy_product, noise);
      auto solution = y;
      gram.solve(solution, noise);
      for (Eigen::Index row = 0; row < 2; ++row) {
        const auto part = [&](const std::vector<double>& all) { return std::span(all).subspan(static_cast<std::size_t>(row) * n, n); };
        BOOST_TEST(relative_difference(part(product), plain * rows.col(row)) <= 1e-10, of.name << ", n = " << n);
        BOOST_TEST(relative_difference(part(noisy_product), noisy * rows.col(row)) <= 1e-10, of.name << ", n = " << n);
        BOOST_TEST(relative_difference(part(solution), factor.solve(rows.col(row))) <= 1e-10, of.name << ", n = " << n);
      }
      const double log_determinant = 2.0 * factor.matrixLLT().diagonal().array().log().sum();
      BOOST_TEST(std::abs(gram.log_determinant(noise) - log_determinant) <= 1e-10 * (1.0 + std::abs(log_determinant)),
                 of.name << ", n = " << n);
      const double likelihood =
          0.5 * (rows.col(0).dot(factor.solve(rows.col(0))) + log_determinant + static_cast<double>(n) * std::log(2.0 * std::numbers::pi));
      BOOST_TEST(std::abs(gram.negative_log_likelihood(std::span(y).first(n), noise) - likelihood) <= 1e-10 * (1.0 + std::abs(likelihood)),
                 of.name << ", n = " << n);
    }
  }
}

// Both are those of one matrix to the rounding of an eigensolver.
BOOST_AUTO_TEST_CASE(eigenvalues_are_the_dense_ones_and_not_negative) {
  for (const Case& of : cases()) {
    const std::uint64_t n = 256;
    auto values = Gram(of.points, n, of.kernel, of.order).eigenvalues();
    BOOST_REQUIRE(values.size() == n);
    BOOST_TEST(std::ranges::all_of(values, [](double value) { return value >= 0.0; }));
    std::ranges::sort(values);
    const Eigen::VectorXd expected = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(dense(of, n), Eigen::EigenvaluesOnly).eigenvalues();
    for (std::size_t k = 0; k < n; ++k) {
      BOOST_TEST(std::abs(values[k] - expected[static_cast<Eigen::Index>(k)]) <= 1e-12 * expected.maxCoeff(), of.name);
    }
  }
  // Smooth kernels have eigenvalues far below rounding.
  const ProductKernel smooth{Invariance::shift, {1.0, 1.0}, {4}, 1.0};
  for (std::uint64_t n = 1; n <= 1U << 16U; n *= 2) {
    const auto values = Gram(Sampler(lattice_table(2)), n, smooth).eigenvalues();
    BOOST_TEST(std::ranges::all_of(values, [](double value) { return value >= 0.0; }));
  }
}

// To 10^-14 of the largest.
BOOST_AUTO_TEST_CASE(extension_is_the_matrix_of_twice_the_points) {
  for (const Case& of : cases()) {
    Gram growing(of.points, 1, of.kernel, of.order);
    for (std::uint64_t n = 2; n <= 4096; n *= 2) {
      growing.extend();
      const auto expected = Gram(of.points, n, of.kernel, of.order).eigenvalues();
      const auto found = growing.eigenvalues();
      BOOST_REQUIRE(found.size() == n);
      double largest = 0.0;
      for (std::size_t k = 0; k < n; ++k) {
        largest = std::max(largest, std::abs(found[k] - expected[k]));
      }
      BOOST_TEST(largest <= 1e-14 * expected[0], of.name << ", n = " << n);
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused) {
  using enum Invariance;
  const ProductKernel periodic{shift, {1.0, 1.0}, {1}, 1.0};
  const ProductKernel digital{digital_shift, {1.0, 1.0}, {1}, 1.0};
  const Sampler lattice(lattice_table(2));
  const Sampler net(sobol(2));
  BOOST_CHECK_THROW(Gram(lattice, 12, periodic), InputError);
  BOOST_CHECK_THROW(Gram(lattice, 1U << 21U, periodic), InputError);
  BOOST_CHECK_THROW(Gram(lattice, 16, periodic, Order::gray), InputError);
  BOOST_CHECK_THROW(Gram(lattice, 16, digital), InputError);
  BOOST_CHECK_THROW(Gram(net, 16, periodic), InputError);
  BOOST_CHECK_THROW(Gram(Sampler(richtmyer(2)), 16, periodic), InputError);
  BOOST_CHECK_THROW(Gram(Sampler(Halton{2}), 16, digital), InputError);
  BOOST_CHECK_THROW(Gram(Sampler(sobol(2), {Scramble::nested_uniform, 1}), 16, digital), InputError);
  BOOST_CHECK_THROW(Gram(Sampler(sobol(2), {Scramble::owen_hash, 1}), 16, digital), InputError);
  BOOST_CHECK_THROW(Gram(Sampler(sobol(2), {Scramble::lms, 1, 2}), 16, digital), InputError);
  BOOST_CHECK_THROW(Gram(Sampler(sobol(3)), 16, digital), InputError);

  Gram gram(lattice, 1U << 20U, periodic);
  BOOST_CHECK_THROW(gram.extend(), InputError);
  Gram small(net, 16, digital);
  std::vector<double> values(17);
  BOOST_CHECK_THROW(small.multiply(values), InputError);
  BOOST_CHECK_THROW(small.solve(std::span(values).first(16), -1.0), InputError);
  BOOST_CHECK_THROW(static_cast<void>(small.negative_log_likelihood(values)), InputError);
  // Weights of zero leave the constants alone.
  const Gram constant(net, 16, {digital_shift, {0.0, 0.0}, {1}, 1.0});
  BOOST_CHECK_THROW(constant.solve(std::span(values).first(16)), SolveError);
  BOOST_CHECK_THROW(static_cast<void>(constant.log_determinant()), SolveError);
  constant.multiply(std::span(values).first(16));
}

BOOST_AUTO_TEST_SUITE_END()

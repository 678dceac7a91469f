// Gaussian-process surrogates on lattices and nets.

#include <cmath>
#include <numbers>
#include <vector>

#include <eigen3/Eigen/Dense>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/qmc/spectral/fit_kernel.hpp>
#include <kindred/kernels/qmc/spectral/surrogate.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

constexpr double two_pi = 2.0 * std::numbers::pi;

/// exp(sin 2πx_0) + ½ cos 2πx_1: periodic and smooth; ∫ = I_0(1).
double periodic(std::span<const double> x) { return std::exp(std::sin(two_pi * x[0])) + 0.5 * std::cos(two_pi * x[1]); }
constexpr double bessel_i0 = 1.2660658777520083356;

/// x_0 exp(x_1): not periodic; ∫ = (e − 1)/2.
double smooth(std::span<const double> x) { return x[0] * std::exp(x[1]); }

std::vector<double> values_at(const Sampler& points, std::uint64_t n, double (*f)(std::span<const double>)) {
  const auto d = static_cast<std::size_t>(points.dimensions());
  std::vector<double> x(n * d);
  points.fill<double>(x, 0, n);
  std::vector<double> y(n);
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = f(std::span(x).subspan(i * d, d));
  }
  return y;
}

std::vector<double> new_points(std::size_t count) {
  const Draws draws(5, "new points", 0);
  std::vector<double> x(2 * count);
  for (std::size_t k = 0; k < x.size(); ++k) {
    x[k] = draws.uniform(k);
  }
  return x;
}

const Sampler lattice2(lattice_table(2), {Scramble::shift, 21});
const Sampler net2(sobol(2), {Scramble::lms_digital_shift, 22});
const ProductKernel shift_kernel{Invariance::shift, {0.3, 0.2}, {2}, 1.5};
const ProductKernel digital_kernel{Invariance::digital_shift, {1.0, 1.0}, {2}, 1.5};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_spectral_surrogate)

// The textbook's formulas with dense matrices; 10^-9 of the prior's size, with noise 10^-4 of eigenvalues up to some 10^2.
BOOST_AUTO_TEST_CASE(posterior_is_the_dense_one) {
  const std::uint64_t n = 128;
  const auto at = new_points(7);
  const double noise = 1e-4;
  for (const auto& [points, kernel] : {std::pair{&lattice2, &shift_kernel}, std::pair{&net2, &digital_kernel}}) {
    const auto y = values_at(*points, n, periodic);
    const Surrogate surrogate(Gram(*points, n, *kernel), y, noise);
    const auto means = surrogate.mean(at);
    const auto variances = surrogate.variance(at);
    Eigen::MatrixXd dense(n, n);
    std::vector<double> column(n);
    for (std::uint64_t l = 0; l < n; ++l) {
      const std::vector<std::uint64_t> z = {points->word(l, 0), points->word(l, 1)};
      kernel_minus_scale(*kernel, *points, Order::natural, 0, n, z, column);
      for (std::uint64_t i = 0; i < n; ++i) {
        dense(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(l)) = column[i] + kernel->scale + (i == l ? noise : 0.0);
      }
    }
    const Eigen::LLT<Eigen::MatrixXd> factor(dense);
    const Eigen::VectorXd c = factor.solve(Eigen::Map<const Eigen::VectorXd>(y.data(), n));
    for (std::size_t k = 0; k < means.size(); ++k) {
      kernel_minus_scale(*kernel, *points, Order::natural, 0, n, words_of(std::span(at).subspan(2 * k, 2)), column);
      const Eigen::VectorXd at_z = Eigen::Map<const Eigen::VectorXd>(column.data(), n).array() + kernel->scale;
      BOOST_TEST(std::abs(means[k] - at_z.dot(c)) <= 1e-9);
      BOOST_TEST(std::abs(variances[k] - (dense(0, 0) - noise - at_z.dot(factor.solve(at_z)))) <= 1e-9);
      BOOST_TEST(variances[k] >= -1e-9);
    }
    const Eigen::VectorXd ones = Eigen::VectorXd::Constant(n, kernel->scale);
    BOOST_TEST(std::abs(surrogate.integral() - ones.dot(c)) <= 1e-9);
    BOOST_TEST(std::abs(surrogate.integral_variance() - (kernel->scale - ones.dot(factor.solve(ones)))) <= 1e-9);
  }
}

// At its points, without noise.
BOOST_AUTO_TEST_CASE(values_are_interpolated) {
  const std::uint64_t n = 64;
  const auto y = values_at(lattice2, n, periodic);
  const Surrogate surrogate(Gram(lattice2, n, shift_kernel), y, 0.0);
  std::vector<double> x(2 * n);
  lattice2.fill<double>(x, 0, n);
  const auto means = surrogate.mean(x);
  for (std::size_t i = 0; i < n; ++i) {
    BOOST_TEST(std::abs(means[i] - y[i]) <= 1e-10);
  }
}

// A periodic function with all derivatives: the kernel of order 2 interpolates it at 2^10 points to better than 10^-4, its gradient to
// 10^-2. The errors fall about as n^-2 and n^-1, and the bounds leave a factor ten and more. On a group of points the integral is the
// average of the values, drawn towards the prior's mean of zero by the posterior variance over the prior's; the average itself is exact on
// the lattice and within 2 · 10^-6 on the net.
BOOST_AUTO_TEST_CASE(functions_are_approximated) {
  const std::uint64_t n = 1024;
  const auto at = new_points(50);
  const Surrogate surrogate(Gram(lattice2, n, shift_kernel), values_at(lattice2, n, periodic), 0.0);
  const auto means = surrogate.mean(at);
  for (std::size_t k = 0; k < means.size(); ++k) {
    const auto x = std::span(at).subspan(2 * k, 2);
    BOOST_TEST(std::abs(means[k] - periodic(x)) <= 1e-4);
    const auto slopes = surrogate.gradient(x);
    BOOST_TEST(std::abs(slopes[0] - two_pi * std::cos(two_pi * x[0]) * std::exp(std::sin(two_pi * x[0]))) <= 1e-2);
    BOOST_TEST(std::abs(slopes[1] + 0.5 * two_pi * std::sin(two_pi * x[1])) <= 1e-2);
  }
  const double drawn = surrogate.integral_variance() / shift_kernel.scale;
  BOOST_TEST(drawn <= 1e-9);
  BOOST_TEST(std::abs(surrogate.integral() - bessel_i0 * (1.0 - drawn)) <= 1e-13);

  const Surrogate on_net(Gram(net2, n, digital_kernel), values_at(net2, n, smooth), 0.0);
  const auto net_means = on_net.mean(at);
  for (std::size_t k = 0; k < net_means.size(); ++k) {
    BOOST_TEST(std::abs(net_means[k] - smooth(std::span(at).subspan(2 * k, 2))) <= 0.05);
  }
  const double net_drawn = on_net.integral_variance() / digital_kernel.scale;
  BOOST_TEST(net_drawn <= 2e-4);
  BOOST_TEST(std::abs(on_net.integral() - 0.5 * (std::numbers::e - 1.0) * (1.0 - net_drawn)) <= 2e-6);
}

// The reported value is that of the matrix with the fitted parameters; it is no worse than at the beginning, nor than at neighbours within
// the tolerance's reach, where it is flat.
BOOST_AUTO_TEST_CASE(fits_are_local_optima_of_the_likelihood) {
  const std::uint64_t n = 256;
  for (const bool digital : {false, true}) {
    const Sampler& points = digital ? net2 : lattice2;
    ProductKernel start = digital ? digital_kernel : shift_kernel;
    auto y = values_at(points, n, periodic);
    const Draws draws(9, "noise", 0);
    for (std::size_t i = 0; i < n; ++i) {
      y[i] += 0.01 * draws.normal(i);
    }
    const auto likelihood = [&](const ProductKernel& kernel, double noise) {
      return Gram(points, n, kernel).negative_log_likelihood(y, noise);
    };
    const Fit fit = fit_kernel(points, y, start, 1e-3, {.sweeps = 30, .tolerance = 1e-3});
    const double best = fit.negative_log_likelihood;
    BOOST_TEST(std::abs(best - likelihood(fit.kernel, fit.noise)) <= 1e-8 * std::abs(best));
    BOOST_TEST(best < likelihood(start, 1e-3 * start.scale));
    for (const double factor : {0.7, 1.4}) {
      for (std::size_t j = 0; j < 2; ++j) {
        ProductKernel changed = fit.kernel;
        changed.weights[j] *= factor;
        BOOST_TEST(likelihood(changed, fit.noise) > best);
      }
      ProductKernel scaled = fit.kernel;
      scaled.scale *= factor;
      BOOST_TEST(likelihood(scaled, factor * fit.noise) > best);
      // The functions of the net's space are rough enough to take the noise for their own: its ratio ends at the bound.
      BOOST_TEST((digital || likelihood(fit.kernel, factor * fit.noise) > best));
    }
    if (digital) {
      BOOST_TEST(fit.noise <= 1.01e-10 * fit.kernel.scale);
    } else {
      BOOST_TEST(std::sqrt(fit.noise) > 0.008);
      BOOST_TEST(std::sqrt(fit.noise) < 0.0125);
    }
  }
}

BOOST_AUTO_TEST_CASE(one_factor_keeps_the_ratios_of_weights) {
  const auto y = values_at(lattice2, 128, periodic);
  const Fit fit = fit_kernel(lattice2, y, shift_kernel, 1e-6, {.fit_noise = false, .weight_for_each = false});
  BOOST_TEST(std::abs(fit.kernel.weights[0] / fit.kernel.weights[1] - 1.5) <= 1e-14);
  BOOST_TEST(std::abs(fit.noise / fit.kernel.scale - 1e-6) <= 1e-20);
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused) {
  const auto y = values_at(lattice2, 16, periodic);
  BOOST_CHECK_THROW(Surrogate(Gram(lattice2, 32, shift_kernel), y, 0.0), InputError);
  const Surrogate surrogate(Gram(lattice2, 16, shift_kernel), y, 0.0);
  BOOST_CHECK_THROW(static_cast<void>(surrogate.mean(std::vector{0.5, 0.5, 0.5})), InputError);
  BOOST_CHECK_THROW(static_cast<void>(surrogate.mean(std::vector{0.5, 1.0})), InputError);
  BOOST_CHECK_THROW(static_cast<void>(surrogate.gradient(std::vector{0.5, 0.5, 0.5, 0.5})), InputError);
  BOOST_TEST(surrogate.mean({}).empty());
  BOOST_CHECK_THROW(fit_kernel(lattice2, y, shift_kernel, 0.0), InputError);
  BOOST_CHECK_THROW(fit_kernel(lattice2, std::vector<double>(16), shift_kernel, 1e-3), InputError);
  BOOST_CHECK_THROW(fit_kernel(lattice2, y, shift_kernel, 1e-3, {.least_weight = 2.0, .largest_weight = 1.0}), InputError);
  BOOST_CHECK_THROW(fit_kernel(lattice2, std::span(y).first(12), shift_kernel, 1e-3), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

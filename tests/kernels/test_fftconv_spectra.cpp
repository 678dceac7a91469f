// Periodic convolutions given by their spectrum: derivatives and solutions that are known in closed form, and what is no spectrum of a
// real kernel.

#include <boost/test/unit_test.hpp>

#include <numbers>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/fftw_planner.hpp>

#include "fftconv_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::fftconv::test;

namespace {

constexpr double pi = std::numbers::pi;

std::vector<Method> methods(std::size_t axes) {
  std::vector<Method> all = {Method::automatic, Method::hybrid, Method::direct};
  if (axes == 1) {
    all.insert(all.end(), {Method::fft, Method::overlap_save});
  }
  if (fftw_available()) {
    all.push_back(Method::fftw);
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_spectra)

BOOST_AUTO_TEST_CASE(derivative_of_a_wave) {
  // d/dx sin(2π m x / L): exact at all wave numbers below L/2. Error: eps log2(L) times the greatest factor, 2π/L · L/2 = π, times ‖x‖.
  for (const Index length : {1, 16, 64, 101, 96, 360}) {
    for (const Method method : methods(1)) {
      const Index waves = (length - 1) / 3;
      std::vector<double> x(static_cast<std::size_t>(length));
      std::vector<double> exact(x.size());
      for (Index j = 0; j < length; ++j) {
        const double angle = 2.0 * pi * static_cast<double>(waves * j % length) / static_cast<double>(length);
        x[static_cast<std::size_t>(j)] = std::sin(angle);
        exact[static_cast<std::size_t>(j)] = 2.0 * pi * static_cast<double>(waves) / static_cast<double>(length) * std::cos(angle);
      }
      ConvolutionPlan<double> plan({.data = {length}, .kernel = {1}, .mode = Mode::periodic, .method = method});
      plan.set_multiplier([length](const std::array<Index, 3>& k) {
        return 2 * k[0] == length ? std::complex<double>(0.0)
                                  : std::complex<double>(0.0, 2.0 * pi * static_cast<double>(k[0]) / static_cast<double>(length));
      });
      std::vector<double> y(x.size());
      plan.apply(x, y);
      double greatest = 0.0;
      for (std::size_t j = 0; j < y.size(); ++j) {
        greatest = std::max(greatest, std::abs(y[j] - exact[j]));
      }
      BOOST_TEST(greatest <= 4.0 * pi * eps<double> * std::log2(static_cast<double>(length) + 32.0) * (norm(x) + 1.0));
    }
  }
}

BOOST_AUTO_TEST_CASE(screened_poisson_on_a_torus_inverts_its_operator) {
  // (1 − Δ_h) u = f by the symbol of the second differences, then the differences themselves.
  const Extents data = {6, 15, 16};
  const std::vector<double> f = random_values<double>(numbers(data), 1);
  const auto symbol = [&](Index k, Index n) { return 2.0 - 2.0 * std::cos(2.0 * pi * static_cast<double>(k) / static_cast<double>(n)); };
  for (const Method method : methods(3)) {
    ConvolutionPlan<double> plan({.data = data, .kernel = {1, 1, 1}, .mode = Mode::periodic, .method = method});
    plan.set_multiplier([&](const std::array<Index, 3>& k) {
      return std::complex<double>(1.0 / (1.0 + symbol(k[0], data[0]) + symbol(k[1], data[1]) + symbol(k[2], data[2])));
    });
    std::vector<double> u(f.size());
    plan.apply(f, u);
    const auto at = [&](Index i, Index j, Index k) {
      return u[static_cast<std::size_t>((((i + data[0]) % data[0]) * data[1] + (j + data[1]) % data[1]) * data[2] +
                                        (k + data[2]) % data[2])];
    };
    double greatest = 0.0;
    for (Index n = 0; n < numbers(data); ++n) {
      const Index i = n / (data[1] * data[2]);
      const Index j = n / data[2] % data[1];
      const Index k = n % data[2];
      const double back =
          7.0 * at(i, j, k) - at(i - 1, j, k) - at(i + 1, j, k) - at(i, j - 1, k) - at(i, j + 1, k) - at(i, j, k - 1) - at(i, j, k + 1);
      greatest = std::max(greatest, std::abs(back - f[static_cast<std::size_t>(n)]));
    }
    BOOST_TEST(greatest <= 13.0 * eps<double> * std::log2(static_cast<double>(numbers(data))) * norm(f));
  }
}

BOOST_AUTO_TEST_CASE(complex_multipliers_shift) {
  // exp(−2πi k s / L) moves by s places.
  for (const Index length : {24, 37}) {
    ConvolutionPlan<std::complex<double>> plan({.data = {length}, .kernel = {length}, .mode = Mode::periodic});
    plan.set_multiplier([length](const std::array<Index, 3>& k) {
      return std::polar(1.0, -2.0 * pi * static_cast<double>(5 * k[0] % length) / static_cast<double>(length));
    });
    const auto x = random_values<std::complex<double>>(length, 1);
    std::vector<std::complex<double>> y(x.size());
    plan.apply(x, y);
    double greatest = 0.0;
    for (Index j = 0; j < length; ++j) {
      greatest = std::max(greatest, std::abs(y[static_cast<std::size_t>((j + 5) % length)] - x[static_cast<std::size_t>(j)]));
    }
    BOOST_TEST(greatest <= 4.0 * eps<double> * std::log2(static_cast<double>(length)) * norm(x));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_spectrum_of_a_real_kernel_is_refused) {
  ConvolutionPlan<double> plan({.data = {8}, .kernel = {8}, .mode = Mode::periodic});
  std::vector<std::complex<double>> spectrum(5, 1.0);
  plan.set_spectrum(spectrum);
  BOOST_CHECK_THROW(plan.set_spectrum(std::vector<std::complex<double>>(8, 1.0)), InputError);
  spectrum[4] = {0.0, 1.0};  // i k at L/2
  BOOST_CHECK_THROW(plan.set_spectrum(spectrum), InputError);
  spectrum[4] = std::nan("");
  BOOST_CHECK_THROW(plan.set_spectrum(spectrum), InputError);
  ConvolutionPlan<double> full({.data = {8}, .kernel = {8}});
  BOOST_CHECK_THROW(full.set_spectrum(std::vector<std::complex<double>>(5, 1.0)), InputError);
  ConvolutionPlan<double> two({.data = {8}, .kernel = {8}, .mode = Mode::periodic, .inputs = 2});
  BOOST_CHECK_THROW(two.set_spectrum(std::vector<std::complex<double>>(5, 1.0)), InputError);
}

BOOST_AUTO_TEST_SUITE_END()

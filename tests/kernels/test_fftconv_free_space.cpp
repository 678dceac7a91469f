// Free-space potentials against closed forms: Gaussian charges, solutions chosen beforehand; their kernels against integrals.

#include <algorithm>
#include <limits>
#include <string>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/fftconv/free_space/cell_mean.hpp>
#include <kindred/kernels/fftconv/free_space/symmetric_transform.hpp>

#include "free_space_support.hpp"

using namespace kindred;
using namespace kindred::fftconv;
using namespace kindred::test;
using std::numbers::pi;
using Complex = std::complex<double>;

namespace {

constexpr double eps = 0x1p-53;
using enum FreeSpaceEquation;

/// ∫ G(r) e^{−iξ·x} over the ball, as an integral over r, and the same of |G|.
template <class Value>
std::pair<Value, double> ball_integral(const GreensFunction& g, double radius, double s) {
  boost::math::quadrature::tanh_sinh<double> rule(12);
  const auto wave = [&](double r) {
    return g.dimension == 2 ? 2.0 * pi * r * std::cyl_bessel_j(0.0, s * r) : 4.0 * pi * r * (s == 0.0 ? r : std::sin(s * r) / s);
  };
  const auto integral = [&](auto f) { return rule.integrate(f, 0.0, radius, 1e-14); };
  const double real = integral([&](double r) { return wave(r) * std::real(g.at<Complex>(r)); });
  const double size = integral([&](double r) { return 2.0 * pi * std::pow(2.0 * r, g.dimension - 2) * r * std::abs(g.at<Complex>(r)); });
  if constexpr (std::is_same_v<Value, double>) {
    return {real, size};
  } else {
    return {Complex(real, integral([&](double r) { return wave(r) * std::imag(g.at<Complex>(r)); })), size};
  }
}

template <class Value>
void compare_with_integrals(const GreensFunction& g, double radius) {
  const TruncatedTransform<Value> transform(g, radius);
  std::vector<double> frequencies{0.0, 1.0 / radius, 3.6 / radius, 10.0 / radius, 40.0 / radius};
  if (g.equation == helmholtz && g.wave_number * radius > 1.0) {
    const double k = g.wave_number;
    frequencies.insert(frequencies.end(), {k, k * (1.0 + 1e-12), k * (1.0 - 1e-6), 1.01 * k});
  }
  for (const double s : frequencies) {
    const auto [reference, size] = ball_integral<Value>(g, radius, s);
    // 1e-13: what the reference's Bessel functions are good to
    BOOST_TEST(std::abs(transform(s) - reference) <= 1e-13 * size, "s = " << s << ": " << transform(s) << " is not " << reference);
  }
}

std::vector<double> random_numbers(Index count, std::string_view stream) {
  const Draws draws(7, stream, 0);
  std::vector<double> numbers(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = 2.0 * draws.uniform(i) - 1.0;
  }
  return numbers;
}

/// G of 1/r or log r over the halves of a cell along an axis.
template <class Value>
Value mean_of_halves(const GreensFunction& g, const std::array<double, 3>& h, const std::array<double, 3>& centre, std::size_t axis) {
  auto half = h;
  half[axis] *= 0.5;
  auto low = centre;
  auto high = centre;
  low[axis] -= 0.25 * h[axis];
  high[axis] += 0.25 * h[axis];
  const CellMean<Value> mean(g, half);
  return 0.5 * (mean(low) + mean(high));
}

std::string refusal(const FreeSpaceDescription& description) {
  try {
    const FreeSpacePotential<double> accepted(description);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(test_fftconv_free_space)

BOOST_AUTO_TEST_CASE(transforms_of_truncated_functions_are_integrals_over_the_ball) {
  for (const double radius : {0.3, 1.7, 20.0}) {
    for (const int dimension : {2, 3}) {
      compare_with_integrals<double>({poisson, dimension, 0.0}, radius);
      for (const double phase : {1e-3, 0.9, 30.0}) {
        compare_with_integrals<double>({screened, dimension, phase / radius}, radius);
      }
    }
    for (const double phase : {1e-3, 0.9, 12.0}) {
      compare_with_integrals<Complex>({helmholtz, 3, phase / radius}, radius);
    }
  }
}

BOOST_AUTO_TEST_CASE(symmetric_transforms_are_sums_of_cosines_and_sines) {
  using Parity = SymmetricTransform::Parity;
  for (const Index period : {1, 2, 9, 30, 42}) {
    for (const Parity parity : {Parity::even, Parity::odd}) {
      const Index kept = period / 2 + (period > 2 ? 0 : 1);
      const SymmetricTransform transform(period, kept, parity);
      for (const auto& [outer, inner] : {std::pair<Index, Index>{1, 1}, {3, 1}, {1, 19}, {5, 7}}) {
        const auto data = random_numbers(outer * inner * transform.inputs(), "pencils");
        auto result = data;
        transform.apply(result.data(), outer, inner);
        double worst = 0.0;
        for (Index place = 0; place < outer * kept * inner; ++place) {
          const Index block = place / (kept * inner);
          const Index j = place / inner % kept;
          long double sum = 0.0L;
          for (Index k = 0; k < period; ++k) {
            const Index source = std::min(k, period - k);
            const long double f = data[static_cast<std::size_t>((block * transform.inputs() + source) * inner + place % inner)];
            const long double angle = 2.0L * std::numbers::pi_v<long double> * static_cast<long double>(j * k % period) / period;
            // An odd function vanishes at k = 0 and N/2; i f_k e^{iθ} and its mirror image add up to −2 f_k sin θ.
            sum += parity == Parity::even ? f * std::cos(angle) : (k < period - k ? -1.0L : 1.0L) * f * std::sin(angle);
          }
          worst = std::max(worst, static_cast<double>(std::abs(sum - result[static_cast<std::size_t>(place)])));
        }
        // Two pencils share a transform: eps log2 N ‖(a, b)‖ with numbers up to one.
        BOOST_TEST(worst <= eps * (1.0 + std::log2(static_cast<double>(period))) * std::sqrt(2.0 * static_cast<double>(period)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(means_over_the_cell_around_the_source) {
  // ∫ 1/r over a cube of side one: 3 log((√3 + 1)/(√3 − 1)) − π/2; ∫ log r over a square: (π − 6 − 2 log 2)/4.
  const double cube = 3.0 * std::log((std::numbers::sqrt3 + 1.0) / (std::numbers::sqrt3 - 1.0)) - 0.5 * pi;
  const CellMean<double> in_space({poisson, 3, 0.0}, {1.0, 1.0, 1.0});
  BOOST_TEST(std::abs(in_space({0.0, 0.0, 0.0}) - cube / (4.0 * pi)) <= 8 * eps);
  const CellMean<double> in_the_plane({poisson, 2, 0.0}, {1.0, 1.0, 1.0});
  BOOST_TEST(std::abs(in_the_plane({0.0, 0.0, 0.0}) + (pi - 6.0 - 2.0 * std::numbers::ln2) / (8.0 * pi)) <= 8 * eps);
}

BOOST_AUTO_TEST_CASE(means_over_cells_are_those_of_their_halves) {
  const std::array<double, 3> h{0.5, 1.0, 0.7};
  for (const double r : {0.0, 0.4, 1.0, 2.0, 3.7, 3.99, 4.3, 7.0, 31.0, 400.0}) {
    const std::array<double, 3> centre{0.6 * r, 0.64 * r, 0.48 * r};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      for (const int dimension : {2, 3}) {
        const GreensFunction g{poisson, dimension, 0.0};
        const double mean = CellMean<double>(g, h)(centre);
        // Corners' values cancel as (r/h)³, up to four cells away: 1e-13 after division by what is left.
        BOOST_TEST(std::abs(mean - mean_of_halves<double>(g, h, centre, axis)) <= 1e-13 * std::max(std::abs(mean), 0.1 * (3 - dimension)));
        const GreensFunction decaying{screened, dimension, 0.8};
        const double screened_mean = CellMean<double>(decaying, h)(centre);
        // The kink of e^{−κr}/r − 1/r is integrated by Gauss' rule.
        BOOST_TEST(std::abs(screened_mean - mean_of_halves<double>(decaying, h, centre, axis)) <= 2e-3 * std::abs(screened_mean) + 1e-16);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(kernels_are_even_and_derivatives_odd_along_their_axis) {
  FreeSpaceDescription box = unit_box(3, 5);
  box.cells = {5, 4, 6};
  box.spacings = {0.2, 0.3, 0.25};
  for (const int derivative : {-1, 0, 1, 2}) {
    box.derivative = derivative;
    const auto taps = free_space_kernel<double>(box);
    BOOST_TEST_REQUIRE(taps.size() == 9 * 7 * 11);
    const auto at = [&](Index i, Index j, Index k) { return taps[static_cast<std::size_t>(((i + 4) * 7 + j + 3) * 11 + k + 5)]; };
    for (int axis = 0; axis < 3; ++axis) {
      const double sign = axis == derivative ? -1.0 : 1.0;
      const auto mirrored = [&](int other, Index i) { return axis == other ? -i : i; };
      BOOST_TEST(at(3, -2, 4) == sign * at(mirrored(0, 3), mirrored(1, -2), mirrored(2, 4)));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_plan_sums_over_all_pairs_of_cells) {
  FreeSpaceDescription box = unit_box(3, 4);
  box.cells = {3, 7, 4};
  box.spacings = {0.3, 0.1, 0.2};
  const auto density = random_numbers(3 * 7 * 4, "density");
  for (const auto kernel : {FreeSpaceKernel::truncated, FreeSpaceKernel::hockney, FreeSpaceKernel::integrated}) {
    box.kernel = kernel;
    const auto taps = free_space_kernel<double>(box);
    const FreeSpacePotential<double> potential(box);
    BOOST_TEST(potential.self() == taps[taps.size() / 2]);
    std::vector<double> u(density.size());
    potential.apply(density, u);
    double worst = 0.0;
    for (Index to = 0; to < 84; ++to) {
      double sum = 0.0;
      for (Index from = 0; from < 84; ++from) {
        const Index i = to / 28 - from / 28 + 2;
        const Index j = to / 4 % 7 - from / 4 % 7 + 6;
        sum += taps[static_cast<std::size_t>((i * 13 + j) * 7 + to % 4 - from % 4 + 3)] * density[static_cast<std::size_t>(from)];
      }
      worst = std::max(worst, std::abs(sum - u[static_cast<std::size_t>(to)]));
    }
    BOOST_TEST(worst <= 1e-14 * largest(u));
  }
}

BOOST_AUTO_TEST_CASE(potential_of_a_gaussian_charge) {
  for (const auto& [dimension, n] : {std::pair<int, Index>{3, 64}, {3, 50}, {2, 64}, {2, 128}}) {
    const auto box = unit_box(dimension, n);
    const GaussianCharge charge{dimension};
    const auto u = potential_of(box, at_centres(box, [&](const Point& x) { return charge.density(distance(x)); }));
    const auto exact = at_centres(box, [&](const Point& x) { return charge.potential(distance(x)); });
    BOOST_TEST(relative_error(u, exact) <= 1e-12, dimension << "-D, n = " << n << ": " << relative_error(u, exact));
  }
}

// The charge is where it pleases in a box with three lengths and three spacings.
BOOST_AUTO_TEST_CASE(boxes_and_cells_of_unequal_sides) {
  FreeSpaceDescription box = unit_box(3, 1);
  box.cells = {48, 100, 60};
  box.spacings = {0.021, 0.025, 0.017};
  const GaussianCharge charge{3, 0.06};
  const auto from_charge = [](const Point& x) { return distance({x[0] - 0.01, x[1] + 0.6, x[2] - 0.02}); };
  const auto u = potential_of(box, at_centres(box, [&](const Point& x) { return charge.density(from_charge(x)); }));
  BOOST_TEST(relative_error(u, at_centres(box, [&](const Point& x) { return charge.potential(from_charge(x)); })) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(gradient_of_a_gaussian_charge) {
  for (const int dimension : {2, 3}) {
    auto box = unit_box(dimension, dimension == 2 ? 96 : 48);
    const GaussianCharge charge{dimension};
    const auto density = at_centres(box, [&](const Point& x) { return charge.density(distance(x)); });
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(dimension); ++axis) {
      box.derivative = static_cast<int>(axis);
      const auto exact = at_centres(box, [&](const Point& x) { return charge.slope(distance(x)) * x[axis] / distance(x); });
      BOOST_TEST(relative_error(potential_of(box, density), exact) <= 1e-12);
    }
  }
}

// With u = exp(−r²/(2 s²)), f = −Δu + κ²u = (d/s² − r²/s⁴ + κ²) u: the only solution that decays (or, with κ² = −k², that is outgoing).
BOOST_AUTO_TEST_CASE(solutions_chosen_beforehand) {
  const double s = 0.06;
  const auto u = [&](const Point& x) { return std::exp(-0.5 * std::pow(distance(x) / s, 2)); };
  const auto source = [&](int dimension, double square) {
    return [=](const Point& x) { return (dimension / (s * s) - std::pow(distance(x) / (s * s), 2) + square) * u(x); };
  };
  for (const int dimension : {2, 3}) {
    for (const double kappa : {0.0, 0.01, 3.0, 40.0}) {
      auto box = unit_box(dimension, 56);
      box.function.equation = kappa == 0.0 ? poisson : screened;
      box.function.wave_number = kappa;
      const auto solution = potential_of(box, at_centres(box, source(dimension, kappa * kappa)));
      BOOST_TEST(relative_error(solution, at_centres(box, u)) <= 1e-12,
                 dimension << "-D, kappa = " << kappa << ": " << relative_error(solution, at_centres(box, u)));
    }
  }
  auto box = unit_box(3, 48);
  box.function = {helmholtz, 3, 20.0};
  const auto solution = potential_of(box, at_centres<Complex>(box, source(3, -400.0)));
  BOOST_TEST(relative_error(solution, at_centres<Complex>(box, u)) <= 1e-12);
}

// By Poisson's summation formula, for smooth f: with means over cells the transform of the kernel is that of G times Π sinc(ξh/2), so that
// u_h − u = (h²/24) Δu = −(h²/24) f on cubes, to leading order. Hockney's kernel has the same order and another number.
BOOST_AUTO_TEST_CASE(second_order_of_sampled_kernels) {
  for (const int dimension : {2, 3}) {
    const GaussianCharge charge{dimension, 0.08};
    for (const auto kernel : {FreeSpaceKernel::hockney, FreeSpaceKernel::integrated}) {
      std::vector<double> errors;
      for (const Index n : dimension == 2 ? std::vector<Index>{128, 256} : std::vector<Index>{32, 64}) {
        auto box = unit_box(dimension, n);
        box.kernel = kernel;
        const auto density = at_centres(box, [&](const Point& x) { return charge.density(distance(x)); });
        auto error = potential_of(box, density);
        const auto exact = at_centres(box, [&](const Point& x) { return charge.potential(distance(x)); });
        std::transform(error.begin(), error.end(), exact.begin(), error.begin(), std::minus<>());
        errors.push_back(largest(error) * static_cast<double>(n * n) / largest(density));
      }
      const double order = 2.0 + std::log2(errors[0] / errors[1]);
      BOOST_TEST(order > 1.9);
      BOOST_TEST(order < 2.1);
      if (kernel == FreeSpaceKernel::integrated) {
        BOOST_TEST(std::abs(24.0 * errors[1] - 1.0) < 0.05);
      }
      BOOST_TEST_MESSAGE(dimension << "-D, kernel " << static_cast<int>(kernel) << ": error = " << errors[1] << " h^2 f, order " << order);
    }
  }
}

// What is so good about cells' means: long thin cells.
BOOST_AUTO_TEST_CASE(integrated_kernels_bear_long_thin_cells) {
  const GaussianCharge charge{2, 0.1};
  std::array<double, 2> errors{};
  for (const auto kernel : {FreeSpaceKernel::hockney, FreeSpaceKernel::integrated}) {
    auto box = unit_box(2, 16);
    box.cells = {24, 480};
    box.spacings = {1.0 / 24, 1.0 / 480};
    box.kernel = kernel;
    const auto u = potential_of(box, at_centres(box, [&](const Point& x) { return charge.density(distance(x)); }));
    errors[kernel == FreeSpaceKernel::hockney ? 0 : 1] =
        relative_error(u, at_centres(box, [&](const Point& x) { return charge.potential(distance(x)); }));
  }
  BOOST_TEST(errors[1] < 0.5 * errors[0]);
}

BOOST_AUTO_TEST_CASE(periods_are_the_box_and_its_diagonal) {
  const auto cube = truncated_periods(unit_box(3, 128));
  BOOST_TEST(cube[0] >= 350);  // (1 + √3) 128 = 349.7
  BOOST_TEST(cube[0] <= 384);
  auto slab = unit_box(2, 32);
  slab.spacings = {1.0 / 32, 4.0 / 32};
  const auto periods = truncated_periods(slab);
  BOOST_TEST(periods[0] >= 164);  // (1 + √17) 32 = 163.9
  BOOST_TEST(periods[1] >= 65);   // (1 + √17/4) 32 = 65.0
  BOOST_TEST(periods[1] <= 81);
}

BOOST_AUTO_TEST_CASE(threads_leave_no_trace) {
  auto box = unit_box(3, 12);
  for (const auto kernel : {FreeSpaceKernel::truncated, FreeSpaceKernel::integrated}) {
    box.kernel = kernel;
    box.threads = 1;
    const auto alone = free_space_kernel<double>(box);
    box.threads = 3;
    BOOST_TEST((free_space_kernel<double>(box) == alone));
  }
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  const auto changed = [](auto change) {
    auto box = unit_box(3, 4);
    change(box);
    return refusal(box);
  };
  BOOST_TEST(changed([](auto&) {}) == "accepted");
  BOOST_TEST(contains(changed([](auto& b) { b.function.dimension = 1; }), "2 or 3 dimensions"));
  BOOST_TEST(contains(changed([](auto& b) { b.cells = {4, 4}; }), "one of each for every axis"));
  BOOST_TEST(contains(changed([](auto& b) { b.cells[1] = 0; }), "axis 1"));
  BOOST_TEST(contains(changed([](auto& b) { b.spacings[2] = -0.1; }), "axis 2"));
  BOOST_TEST(contains(changed([](auto& b) { b.function.wave_number = 1.0; }), "Poisson"));
  BOOST_TEST(contains(changed([](auto& b) { b.function.equation = screened; }), "must be positive"));
  BOOST_TEST(contains(changed([](auto& b) { b.function = {helmholtz, 3, 1.0}; }), "std::complex<double>"));
  BOOST_TEST(contains(changed([](auto& b) { b.derivative = 3; }), "axes 0 to 2"));
  BOOST_TEST(contains(changed([](auto& b) {
                        b.derivative = 0;
                        b.kernel = FreeSpaceKernel::hockney;
                      }),
                      "truncated kernel only"));
  BOOST_TEST(contains(changed([](auto& b) { b.threads = -1; }), "threads"));
  for (const double spacing : {1e-300, 1e200}) {
    BOOST_TEST(contains(changed([&](auto& b) { b.spacings[0] = spacing; }), "between 1e-90 and 1e90"));
  }
  // Periods of 1 + R/L times the cells: what grows with the square of the aspect ratio is refused, the other kernels are not.
  for (const double spacing : {1e-60, 1e-12, 300.0, 1e40}) {
    BOOST_TEST(contains(changed([&](auto& b) { b.spacings[2] = spacing; }), "take the kernel integrated or hockney"));
    BOOST_TEST(changed([&](auto& b) {
                 b.spacings[2] = spacing;
                 b.kernel = FreeSpaceKernel::hockney;
               }) == "accepted");
  }
  BOOST_TEST(contains(changed([](auto& b) {
                        b.cells[0] = std::numeric_limits<Index>::max();
                        b.kernel = FreeSpaceKernel::hockney;
                      }),
                      "fewer cells"));
}

BOOST_AUTO_TEST_SUITE_END()

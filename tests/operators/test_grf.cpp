// Gaussian random fields against the series summed term by term, closed-form lattice sums, and their analytic moments.

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/operators/fields/gaussian_field.hpp>
#include <kindred/operators/fields/spectral_sum.hpp>

#include "random_sample.hpp"

using namespace kindred;
using namespace kindred::test;
using std::numbers::pi;

namespace {

/// The textbook's eigenfunctions along one axis, numbered as the normals are.
struct Mode {
  std::uint64_t number;
  double eigenvalue;
  std::function<double(double)> function;  ///< orthonormal on (0, L)
};

/// All modes that `cells` cells carry, at most the first `limit` wave numbers if that is not 0.
std::vector<Mode> modes_along(const std::string& boundary, Index cells, double length, Index limit) {
  const double amplitude = std::sqrt(2.0 / length);
  const Mode constant{0, 0.0, [length](double) { return 1.0 / std::sqrt(length); }};
  std::vector<Mode> modes;
  const Index first = boundary == "dirichlet" ? 1 : 0;
  for (Index k = first; boundary == "periodic" ? 2 * k < std::max<Index>(cells, 1) : k < cells + first; ++k) {
    if (limit > 0 && k >= limit + first) {
      break;
    }
    const double frequency = (boundary == "periodic" ? 2.0 : 1.0) * pi * static_cast<double>(k) / length;
    const auto cosine = [=](double x) { return amplitude * std::cos(frequency * x); };
    const auto sine = [=](double x) { return amplitude * std::sin(frequency * x); };
    const auto number = static_cast<std::uint64_t>(k);
    if (k == 0) {
      modes.push_back(constant);
    } else if (boundary == "neumann") {
      modes.push_back({number, frequency * frequency, cosine});
    } else if (boundary == "dirichlet") {
      modes.push_back({number, frequency * frequency, sine});
    } else {
      modes.push_back({2 * number - 1, frequency * frequency, cosine});
      modes.push_back({2 * number, frequency * frequency, sine});
    }
  }
  return modes;
}

struct Box {
  std::vector<std::string> boundary;  ///< per axis
  std::vector<Index> cells;
  std::vector<double> extent;
};

/// Calls `visit(mode number, eigenvalue, product function)` for every mode of a box.
template <class Visit>
void for_each_mode(const Box& b, Index limit, Visit visit) {
  std::vector<std::vector<Mode>> axes;
  for (std::size_t a = 0; a < 3; ++a) {
    axes.push_back(a < b.cells.size() ? modes_along(b.boundary[a], b.cells[a], b.extent[a], limit)
                                      : std::vector<Mode>{{0, 0.0, [](double) { return 1.0; }}});
  }
  for (const auto& x : axes[0]) {
    for (const auto& y : axes[1]) {
      for (const auto& z : axes[2]) {
        visit(x.number | (y.number << 21U) | (z.number << 42U), x.eigenvalue + y.eigenvalue + z.eigenvalue,
              [&](const std::array<double, 3>& p) { return x.function(p[0]) * y.function(p[1]) * z.function(p[2]); });
      }
    }
  }
}

double deviation(const GaussianParameters& p, double eigenvalue) {
  return eigenvalue == 0.0 && p.zero_mean ? 0.0 : p.sigma * std::pow(eigenvalue + p.tau * p.tau, -0.5 * p.alpha);
}

/// The series at the cells' centres, term by term; modes are those that `carried` cells carry. O(size²).
std::vector<double> direct_sum(const Box& b, const Grid& grid, const GaussianParameters& p, Index index) {
  const Draws draws = sample_number(index).draws("test");
  std::vector<double> values(static_cast<std::size_t>(grid.size()), p.mean);
  for_each_mode(b, p.modes, [&](std::uint64_t number, double eigenvalue, const auto& function) {
    const double coefficient = deviation(p, eigenvalue) * draws.normal(number);
    for (Index cell = 0; cell < grid.size(); ++cell) {
      values[static_cast<std::size_t>(cell)] += coefficient * function(grid.center(cell));
    }
  });
  return values;
}

/// At most 125 terms below 1 each, every one with a relative error of a few roundings (1e-15): 1e-13 leaves room for both sides.
constexpr double series_tolerance = 1e-13;

void check_against_direct_sum(const std::string& boundary, const Box& b, bool periodic_grid = false) {
  GaussianParameters p;
  p.boundary = boundary;
  p.alpha = 1.7;
  p.tau = 2.0;
  p.sigma = 1.3;
  p.mean = 0.25;
  for (const bool zero_mean : {true, false}) {
    for (const Index modes : {0, 3}) {
      p.zero_mean = zero_mean;
      p.modes = modes;
      const Grid grid = box(b.cells, b.extent, periodic_grid);
      BOOST_TEST(largest_difference(draw_field(GaussianField(p), grid, 5), direct_sum(b, grid, p, 5)) < series_tolerance);
    }
  }
}

/// Sum over samples of a(x_i) a(x_j), per pair of cells.
std::vector<double> mean_products(const RandomField& field, const Grid& grid, const std::vector<std::pair<std::size_t, std::size_t>>& pairs,
                                  Index samples) {
  std::vector<double> sums(pairs.size(), 0.0);
  for (Index s = 0; s < samples; ++s) {
    const auto a = draw_field(field, grid, s);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      sums[i] += a[pairs[i].first] * a[pairs[i].second] / static_cast<double>(samples);
    }
  }
  return sums;
}

double covariance(const Box& b, const Grid& grid, const GaussianParameters& p, std::size_t i, std::size_t j) {
  double sum = 0.0;
  for_each_mode(b, p.modes, [&](std::uint64_t /*number*/, double eigenvalue, const auto& function) {
    sum +=
        std::pow(deviation(p, eigenvalue), 2) * function(grid.center(static_cast<Index>(i))) * function(grid.center(static_cast<Index>(j)));
  });
  return sum;
}

CovarianceSpectrum spectrum_of(const std::vector<BasisAxis>& axes, double alpha, double tau, bool without_constant = true) {
  return {axes, alpha, tau, without_constant};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_grf)

BOOST_AUTO_TEST_CASE(draws_are_the_series_summed_term_by_term) {
  for (const std::string boundary : {"neumann", "dirichlet", "periodic"}) {
    for (const Index n : {1, 2, 7, 8}) {
      check_against_direct_sum(boundary, {{boundary}, {n}, {1.5}});
    }
    check_against_direct_sum(boundary, {{boundary, boundary}, {6, 5}, {1.0, 2.0}});
    check_against_direct_sum(boundary, {{boundary, boundary, boundary}, {3, 4, 5}, {1.0, 0.8, 2.0}});
  }
}

BOOST_AUTO_TEST_CASE(auto_is_periodic_along_periodic_axes_and_neumann_along_others) {
  check_against_direct_sum("auto", {{"neumann", "neumann"}, {6, 5}, {1.0, 2.0}});
  check_against_direct_sum("auto", {{"periodic", "periodic"}, {6, 5}, {1.0, 2.0}}, true);
  GaussianParameters p;
  Grid grid = box({6, 4, 3});
  grid.axes[1].periodic = true;
  const Box mixed{{"neumann", "periodic", "neumann"}, {6, 4, 3}, {1.0, 1.0, 1.0}};
  BOOST_TEST(largest_difference(draw_field(GaussianField(p), grid), direct_sum(mixed, grid, p, 0)) < series_tolerance);
}

BOOST_AUTO_TEST_CASE(variance_and_covariance_at_points_are_the_analytic_ones) {
  // (1/M) sum g_i g_j has the standard error sqrt((v_i v_j + c_ij²) / M), by Isserlis' theorem; four of them are allowed.
  constexpr Index samples = 4000;
  for (const std::string boundary : {"neumann", "dirichlet", "periodic"}) {
    GaussianParameters p;
    p.boundary = boundary;
    const Grid grid = box({8, 6}, {1.0, 1.5});
    const Box b{{boundary, boundary}, {8, 6}, {1.0, 1.5}};
    const std::vector<std::pair<std::size_t, std::size_t>> pairs{{0, 0}, {21, 21}, {47, 47}, {0, 1}, {21, 27}, {0, 47}};
    const auto found = mean_products(GaussianField(p), grid, pairs, samples);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto [first, second] = pairs[i];
      const double expected = covariance(b, grid, p, first, second);
      const double product = covariance(b, grid, p, first, first) * covariance(b, grid, p, second, second);
      BOOST_TEST(std::abs(found[i] - expected) < 4.0 * std::sqrt((product + expected * expected) / samples));
    }
  }
}

BOOST_AUTO_TEST_CASE(traces_agree_with_closed_forms) {
  const auto tolerance = boost::test_tools::tolerance(1e-12);
  const double length = 1.7;
  const auto cosine = std::vector<BasisAxis>{{BasisKind::cosine, 4, length}};
  const auto sine = std::vector<BasisAxis>{{BasisKind::sine, 4, length}};
  const auto fourier = std::vector<BasisAxis>{{BasisKind::fourier, 4, length}};
  BOOST_TEST(full_trace(spectrum_of(cosine, 1.0, 0.0)) == length * length / 6.0, tolerance);     // zeta(2)
  BOOST_TEST(full_trace(spectrum_of(sine, 2.0, 0.0)) == std::pow(length, 4) / 90.0, tolerance);  // zeta(4)
  BOOST_TEST(full_trace(spectrum_of(fourier, 1.0, 0.0)) == length * length / 12.0, tolerance);
  BOOST_TEST(full_trace(spectrum_of(cosine, 0.51, 0.0)) == std::pow(length / pi, 1.02) * std::riemann_zeta(1.02),
             boost::test_tools::tolerance(1e-11));
  for (const double tau : {0.3, 3.0, 40.0}) {
    // Sum over all integers of 1/((2 pi k/L)² + tau²) = L coth(tau L/2) / (2 tau).
    BOOST_TEST(full_trace(spectrum_of(fourier, 1.0, tau, false)) == length / (2.0 * tau * std::tanh(0.5 * tau * length)), tolerance);
  }
  const BasisAxis unit_wave{BasisKind::fourier, 4, 2.0 * pi};  // eigenvalues k²
  // Sum over the square lattice of (k² + l²)^(−2) = 4 zeta(2) G, with Catalan's constant G (Lorenz, Hardy).
  BOOST_TEST(full_trace(spectrum_of({unit_wave, unit_wave}, 2.0, 0.0)) == 4.0 * pi * pi / 6.0 * 0.91596559417721901505, tolerance);
  // Lennard-Jones sums of the simple cubic lattice, r^−6 and r^−12 (Borwein et al., Lattice Sums Then and Now, 2013).
  BOOST_TEST(full_trace(spectrum_of({unit_wave, unit_wave, unit_wave}, 3.0, 0.0)) == 8.40192397, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(full_trace(spectrum_of({unit_wave, unit_wave, unit_wave}, 6.0, 0.0)) == 6.20214904, boost::test_tools::tolerance(2e-9));
}

BOOST_AUTO_TEST_CASE(truncated_traces_grow_to_the_full_one) {
  // What is left out beyond m in two dimensions is below the integral over the rest of the plane, about (L/pi)² pi/4 ((pi m/L)²)^(1−alpha).
  const std::vector<BasisAxis> axes{{BasisKind::cosine, 4, 1.0}, {BasisKind::sine, 4, 2.0}};
  const auto spectrum = spectrum_of(axes, 3.0, 2.0);
  const double full = full_trace(spectrum);
  double previous = 0.0;
  for (const Index modes : {4, 16, 64}) {
    const double truncated = truncated_trace(spectrum, modes);
    BOOST_TEST(truncated > previous);
    BOOST_TEST(truncated < full);
    BOOST_TEST(full - truncated < 2.0 * std::pow(pi * static_cast<double>(modes) / 2.0, -4.0));
    previous = truncated;
  }
}

BOOST_AUTO_TEST_CASE(unit_variance_divides_by_the_root_of_the_average_variance) {
  GaussianParameters p;
  p.sigma = 0.7;
  const Grid grid = box({8, 12}, {1.0, 3.0});
  const auto plain = draw_field(GaussianField(p), grid);
  const std::vector<BasisAxis> axes{{BasisKind::cosine, 8, 1.0}, {BasisKind::cosine, 12, 3.0}};
  for (const Index modes : {0, 5}) {
    p.modes = modes;
    p.normalise = "covariance";
    const auto covariance_draw = draw_field(GaussianField(p), grid);
    p.normalise = "unit_variance";
    const auto unit_draw = draw_field(GaussianField(p), grid);
    const auto spectrum = spectrum_of(axes, p.alpha, p.tau);
    const double factor = std::sqrt(3.0 / (modes > 0 ? truncated_trace(spectrum, modes) : full_trace(spectrum)));
    for (std::size_t i = 0; i < unit_draw.size(); ++i) {
      BOOST_TEST(std::abs(unit_draw[i] - factor * covariance_draw[i]) < 1e-14);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_sample_average_of_the_pointwise_variance_is_one) {
  // Average over samples and cells of g²; its standard error is at most sqrt(2/M) = 0.045, its bias the tail beyond 32 modes, 1e-3.
  GaussianParameters p;
  p.normalise = "unit_variance";
  const Grid grid = box({32, 32});
  const GaussianField field(p);
  double sum = 0.0;
  for (Index s = 0; s < 1000; ++s) {
    for (const double g : draw_field(field, grid, s)) {
      sum += g * g / (1000.0 * 1024.0);
    }
  }
  BOOST_TEST(std::abs(sum - 1.0) < 0.1);
}

BOOST_AUTO_TEST_CASE(without_the_constant_mode_every_sample_has_the_mean) {
  // The other cosines and waves that the grid carries sum to zero over the cells' centres.
  for (const std::string boundary : {"neumann", "periodic"}) {
    GaussianParameters p;
    p.boundary = boundary;
    p.mean = 2.0;
    const auto a = draw_field(GaussianField(p), box({6, 9}));
    BOOST_TEST(std::abs(std::accumulate(a.begin(), a.end(), 0.0) / 54.0 - 2.0) < 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(with_modes_limited_a_sample_is_the_same_function_at_every_resolution) {
  for (const std::string boundary : {"neumann", "dirichlet", "periodic"}) {
    GaussianParameters p;
    p.boundary = boundary;
    p.modes = 5;
    const GaussianField field(p);
    const Grid coarse = box({10, 12}, {1.0, 2.0});
    const auto a = draw_field(field, coarse);
    // Centres of n cells are centres of 3 n cells.
    const auto b = draw_field(field, box({30, 36}, {1.0, 2.0}));
    for (std::size_t i = 0; i < 10; ++i) {
      for (std::size_t j = 0; j < 12; ++j) {
        BOOST_TEST(std::abs(a[i * 12 + j] - b[(3 * i + 1) * 36 + 3 * j + 1]) < 1e-12);
      }
    }
    // Centres of 2 n cells are others: the coarse grid's modes are summed there.
    const Grid fine = box({20, 24}, {1.0, 2.0});
    BOOST_TEST(largest_difference(draw_field(field, fine), direct_sum({{boundary, boundary}, {10, 12}, {1.0, 2.0}}, fine, p, 0)) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(with_all_modes_resolutions_differ_by_a_falling_tail) {
  // The tail's mean square beyond n modes falls like n^(d − 2 alpha) = n^−3: by a factor 8 from n to 2 n; 4 is asked, over 20 samples.
  GaussianParameters p;
  p.alpha = 2.0;
  const GaussianField field(p);
  check_resolutions_converge(field, {8, 16, 32, 64}, 20);
}

BOOST_AUTO_TEST_CASE(streams_samples_attempts_and_seeds_differ_and_repeat) {
  const GaussianField field{GaussianParameters{}};
  const Grid grid = box({8, 8});
  const auto draw = [&](Sample sample, std::string_view stream) {
    std::vector<double> values(64);
    field.draw(grid, sample, stream, values);
    return values;
  };
  const Sample sample = sample_number(3);
  const auto first = draw(sample, "a");
  BOOST_TEST(first == draw(sample, "a"), boost::test_tools::per_element());
  Sample attempt = sample;
  attempt.attempt = 1;
  for (const auto& other : {draw(sample, "b"), draw(sample_number(4), "a"), draw(sample_number(3, 1), "a"), draw(attempt, "a")}) {
    BOOST_TEST(largest_difference(first, other) > 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(threads_that_share_a_field_draw_the_same_bits) {
  check_threads_share(GaussianField{GaussianParameters{}}, GaussianField{GaussianParameters{}}, {box({16, 16}), box({8, 8, 8})});
}

BOOST_AUTO_TEST_CASE(fields_without_a_variance_are_refused) {
  GaussianParameters rough;
  rough.alpha = 1.0;
  BOOST_CHECK_THROW(draw_field(GaussianField(rough), box({4, 4})), InputError);
  rough.modes = 3;
  BOOST_CHECK_NO_THROW(draw_field(GaussianField(rough), box({4, 4})));
  GaussianParameters flat;
  flat.tau = 0.0;
  BOOST_CHECK_NO_THROW(draw_field(GaussianField(flat), box({4, 4})));
  flat.zero_mean = false;
  BOOST_CHECK_THROW(draw_field(GaussianField(flat), box({4, 4})), InputError);
  Diagnostics diagnostics;
  flat.check(Value(Table{}), diagnostics);
  BOOST_TEST(diagnostics.has_errors());
  BOOST_CHECK_THROW(draw_field(GaussianField(GaussianParameters{}), box({4}).side(0, false)), InputError);
}

BOOST_AUTO_TEST_CASE(lognormal_fields_are_exponentials_and_have_their_moments) {
  Value table{Table{}};
  table.set("type", "lognormal");
  table.set("sigma", 0.5);
  table.set("mean", 0.3);
  table.set("boundary", "periodic");
  const auto field = create<RandomField>(table);
  GaussianParameters p;
  p.sigma = 0.5;
  p.mean = 0.3;
  p.boundary = "periodic";
  p.normalise = "unit_variance";
  const Grid grid = box({24});
  const auto g = draw_field(GaussianField(p), grid);
  const auto a = draw_field(*field, grid);
  for (std::size_t i = 0; i < a.size(); ++i) {
    BOOST_TEST(a[i] == std::exp(g[i]));
  }
  // One cell over M samples. Periodic fields are stationary: the pointwise variance is sigma² (up to a tail of 1e-4).
  constexpr Index samples = 4000;
  const double w = std::exp(0.25);
  const double mean = std::exp(0.3) * std::sqrt(w);
  const double variance = (w - 1.0) * w * std::exp(0.6);
  double sum = 0.0;
  double squares = 0.0;
  for (Index s = 0; s < samples; ++s) {
    const double value = draw_field(*field, grid, s)[7];
    sum += value;
    squares += (value - mean) * (value - mean);
  }
  BOOST_TEST(std::abs(sum / samples - mean) < 4.0 * std::sqrt(variance / samples));
  const double kurtosis = w * w * w * w + 2.0 * w * w * w + 3.0 * w * w - 3.0;
  BOOST_TEST(std::abs(squares / samples - variance) < 4.0 * variance * std::sqrt((kurtosis - 1.0) / samples));
}

BOOST_AUTO_TEST_CASE(thresholds_take_the_sign_of_the_field_and_either_value_equally_often) {
  const auto field = create<RandomField>(Value("grf_threshold"));
  const Grid grid = box({8, 8});
  GaussianParameters p;
  p.boundary = "neumann";
  const GaussianField gaussian(p);
  constexpr Index samples = 2500;
  Index above = 0;
  for (Index s = 0; s < samples; ++s) {
    const auto a = draw_field(*field, grid, s);
    above += a[19] == 12.0 ? 1 : 0;
    if (s < 3) {
      const auto g = draw_field(gaussian, grid, s);
      for (std::size_t i = 0; i < a.size(); ++i) {
        BOOST_TEST(a[i] == (g[i] < 0.0 ? 3.0 : 12.0));
      }
    }
  }
  BOOST_TEST(std::abs(static_cast<double>(above) / samples - 0.5) < 4.0 * 0.5 / std::sqrt(static_cast<double>(samples)));
}

BOOST_AUTO_TEST_CASE(seeds_mean_the_same_fields_for_ever) {
  // Philox, the normal quantile and the series evaluated independently, in Python with 40 digits (mpmath). The uniforms' bits are exact;
  // the quantile is allowed its 1e-15, the transform a few roundings.
  const Draws draws = sample_number(0).draws("test");
  BOOST_TEST(draws.uniform(1) == 0x1.4ffc939616565p-1);
  BOOST_TEST(draws.uniform(2) == 0x1.62c034018a9edp-1);
  BOOST_TEST(draws.uniform(3) == 0x1.d9b521082a63fp-1);
  BOOST_TEST(draws.normal(1) == 0.4021790783670852, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(draws.normal(2) == 0.5040094836020373, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(draws.normal(3) == 1.4410167869353803, boost::test_tools::tolerance(1e-15));
  const std::vector<double> expected{0.21411277109994153,  0.01220148541043801,  -0.08766586806553504,  0.012148083290411447,
                                     -0.09208482823200281, 0.02561316940189261,  -0.028415477205546807, -0.04963046044496093,
                                     0.06999006577729404,  -0.05699012019210065, -0.059827834195097955, 0.040549013355266554};
  BOOST_TEST(largest_difference(draw_field(GaussianField{GaussianParameters{}}, box({4, 3})), expected) < 1e-15);
}

BOOST_AUTO_TEST_SUITE_END()

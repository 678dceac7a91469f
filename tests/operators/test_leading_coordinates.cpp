// Fields whose leading random variables are coordinates of a point set, against modes sorted by brute force and series summed term by term.

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/fields/leading_modes.hpp>
#include <kindred/operators/fields/matern_spectrum.hpp>
#include <kindred/operators/fields/spectral_basis.hpp>

#include "problem_tables.hpp"
#include "random_sample.hpp"

using namespace kindred;
using namespace kindred::test;
using std::numbers::pi;

namespace {

/// Coordinates that differ from stream to stream, none of them near an end.
std::vector<double> some_coordinates(std::size_t count, double start = 0.37) {
  std::vector<double> u(count);
  for (std::size_t j = 0; j < count; ++j) {
    u[j] = std::fmod(start + 0.6180339887498949 * static_cast<double>(j), 1.0);
  }
  return u;
}

std::vector<double> draw_leading(const RandomField& field, const Grid& grid, std::vector<double> coordinates, Index index = 0) {
  Sample sample = sample_number(index);
  sample.leading.push_back({"other", {0.5, 0.5}});
  sample.leading.push_back({"test", std::move(coordinates)});
  std::vector<double> values(static_cast<std::size_t>(grid.size()));
  field.draw(grid, sample, "test", values);
  return values;
}

/// The first modes of a box of at most `most` wave numbers an axis by sorting all of them.
std::vector<std::uint64_t> sorted_modes(const std::vector<ModeAxis>& axes, Index most, std::size_t count) {
  std::vector<std::pair<double, std::uint64_t>> modes;
  const auto functions = [&](std::size_t a) {
    std::vector<std::pair<double, std::uint64_t>> list;  // square of the frequency, number
    if (a >= axes.size()) {
      return std::vector<std::pair<double, std::uint64_t>>{{0.0, 0}};
    }
    const Index end = axes[a].first + (axes[a].limit > 0 ? std::min(axes[a].limit, most) : most);
    for (Index k = axes[a].first; k < end; ++k) {
      const double square = std::pow(axes[a].frequency * static_cast<double>(k), 2);
      const auto wave = static_cast<std::uint64_t>(k);
      if (axes[a].paired && k > 0) {
        list.emplace_back(square, 2 * wave - 1);
        list.emplace_back(square, 2 * wave);
      } else {
        list.emplace_back(square, wave);
      }
    }
    return list;
  };
  for (const auto& [x, nx] : functions(0)) {
    for (const auto& [y, ny] : functions(1)) {
      for (const auto& [z, nz] : functions(2)) {
        modes.emplace_back(x + y + z, nx | (ny << 21U) | (nz << 42U));
      }
    }
  }
  std::sort(modes.begin(), modes.end());
  std::vector<std::uint64_t> numbers;
  for (std::size_t j = 0; j < std::min(count, modes.size()); ++j) {
    numbers.push_back(modes[j].second);
  }
  return numbers;
}

/// The uniform numbers that the field would draw for its leading modes.
std::vector<double> own_uniforms(const std::vector<std::uint64_t>& modes, Index index) {
  std::vector<double> u;
  for (const std::uint64_t mode : modes) {
    u.push_back(sample_number(index).draws("test").uniform(mode));
  }
  return u;
}

std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> difference(a.size());
  std::transform(a.begin(), a.end(), b.begin(), difference.begin(), std::minus<>());
  return difference;
}

/// What coordinates change in a sample must be the same function on n and on 3 n cells a side, which share their centres.
void check_same_function(const Value& table, int dimension, std::size_t count, double tolerance) {
  const auto field = create<RandomField>(table);
  constexpr Index n = 12;
  const std::vector<Index> cells(static_cast<std::size_t>(dimension), n);
  const std::vector<Index> fine_cells(static_cast<std::size_t>(dimension), 3 * n);
  const Grid coarse = box(cells);
  const Grid fine = box(fine_cells);
  const auto u = some_coordinates(count);
  const auto on_coarse = differences(draw_leading(*field, coarse, u, 3), draw_field(*field, coarse, 3));
  const auto on_fine = differences(draw_leading(*field, fine, u, 3), draw_field(*field, fine, 3));
  double largest = 0.0;
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < (dimension > 1 ? n : 1); ++j) {
      const Index at = dimension > 1 ? i * n + j : i;
      const Index fine_at = dimension > 1 ? (3 * i + 1) * 3 * n + 3 * j + 1 : 3 * i + 1;
      largest = std::max(largest, std::abs(on_coarse[static_cast<std::size_t>(at)] - on_fine[static_cast<std::size_t>(fine_at)]));
    }
  }
  BOOST_TEST(largest < tolerance);
  BOOST_TEST(largest_difference(on_coarse, std::vector<double>(on_coarse.size(), 0.0)) > 0.1);
}

std::vector<std::string> streams(const std::string& problem, const Entries& entries, const std::vector<Index>& cells) {
  return create<Problem>(typed(problem, entries), make_domain(grid_table(cells), Value(Table{})))->random_streams();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_leading_coordinates)

BOOST_AUTO_TEST_CASE(modes_come_by_frequency_and_then_by_number) {
  // Squares whose sums are either exact or irrational in different ways: no two differ by rounding alone.
  const std::vector<std::vector<ModeAxis>> boxes{
      {{1.0, false, 0, 0}},
      {{1.0, false, 1, 0}},
      {{1.0, true, 0, 0}, {1.0, true, 0, 0}},
      {{1.0, false, 0, 0}, {std::cbrt(2.0), false, 0, 3}},
      {{1.0, true, 0, 0}, {std::cbrt(3.0), false, 1, 0}, {std::cbrt(0.7), true, 0, 2}},
  };
  for (const auto& axes : boxes) {
    for (const std::size_t count : {std::size_t{1}, std::size_t{17}, std::size_t{100}}) {
      BOOST_TEST(leading_modes(axes, count, false) == sorted_modes(axes, 120, count), boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(the_constant_is_left_out_and_finite_sets_end) {
  const std::vector<ModeAxis> cosines{{1.0, false, 0, 3}, {1.0, false, 0, 2}};
  BOOST_TEST(mode_count(cosines, false) == 6);
  BOOST_TEST(mode_count(cosines, true) == 5);
  BOOST_TEST(leading_modes(cosines, 100, true) ==
                 (std::vector<std::uint64_t>{1, mode_number(0, 1, 0), mode_number(1, 1, 0), 2, mode_number(2, 1, 0)}),
             boost::test_tools::per_element());
  const std::vector<ModeAxis> sines{{1.0, false, 1, 3}};
  BOOST_TEST(mode_count(sines, true) == 3);
  BOOST_TEST(leading_modes(sines, 1, true).front() == 1);
  const std::vector<ModeAxis> waves{{1.0, true, 0, 2}, {1.0, true, 0, 2}};
  BOOST_TEST(mode_count(waves, false) == 9);
  BOOST_TEST(leading_modes(waves, 100, false).size() == 9);
}

BOOST_AUTO_TEST_CASE(coordinates_equal_to_the_fields_own_numbers_change_no_bit) {
  struct Case {
    const char* boundary;
    std::vector<ModeAxis> axes;
  };
  const std::vector<Case> cases{{"neumann", {{1.0, false, 0, 0}, {0.5, false, 0, 0}}},
                                {"dirichlet", {{1.0, false, 1, 0}, {0.5, false, 1, 0}}},
                                {"periodic", {{2.0, true, 0, 0}, {1.0, true, 0, 0}}}};
  for (const auto& c : cases) {
    for (const bool zero_mean : {true, false}) {
      const auto field = create<RandomField>(typed("grf", {{"boundary", c.boundary}, {"zero_mean", zero_mean}}));
      for (const Index cells : {4, 9, 16}) {  // the smallest lacks some of the modes
        const Grid grid = box({cells, cells}, {1.0, 2.0});
        const auto u = own_uniforms(leading_modes(c.axes, 50, zero_mean), 2);
        BOOST_TEST(draw_leading(*field, grid, u, 2) == draw_field(*field, grid, 2), boost::test_tools::per_element());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(gaussian_fields_take_quantiles_of_the_coordinates) {
  // On the unit interval with cosines, without the constant: coordinate j − 1 is that of cos(j pi x).
  const auto field = create<RandomField>(typed("grf", {{"alpha", 2.0}, {"tau", 3.0}, {"sigma", 1.5}, {"boundary", "neumann"}}));
  const Grid grid = box({40});
  const auto u = some_coordinates(7);
  const auto changed = differences(draw_leading(*field, grid, u, 1), draw_field(*field, grid, 1));
  for (std::size_t cell = 0; cell < changed.size(); ++cell) {
    const double x = grid.center(static_cast<Index>(cell))[0];
    double expected = 0.0;
    for (std::size_t j = 1; j <= u.size(); ++j) {
      const double k = static_cast<double>(j);
      const double normal = normal_quantile(u[j - 1]) - sample_number(1).draws("test").normal(j);
      expected += 1.5 / (k * k * pi * pi + 9.0) * normal * std::sqrt(2.0) * std::cos(k * pi * x);
    }
    BOOST_TEST(std::abs(changed[cell] - expected) < 1e-13);  // 47 terms below 1, a few roundings of 1e-16 each
  }
}

BOOST_AUTO_TEST_CASE(a_sample_is_the_same_function_at_every_resolution) {
  // Terms below 1 each, up to 40 of them here, and both sides add up to a thousand others: 1e-13.
  check_same_function(typed("grf", {{"sigma", 10.0}}), 1, 5, 1e-12);
  check_same_function(typed("grf", {{"sigma", 10.0}, {"boundary", "periodic"}, {"zero_mean", false}}), 2, 40, 1e-12);
  check_same_function(typed("grf", {{"sigma", 10.0}, {"boundary", "dirichlet"}}), 2, 40, 1e-12);
  check_same_function(typed("matern", {{"length", 0.3}, {"method", "spectral"}}), 1, 16, 1e-12);
  check_same_function(typed("matern", {{"length", 0.3}, {"method", "spectral"}}), 2, 100, 1e-12);
  // On the grid's points the spectrum holds the aliases of the waves beyond: those of spectral density (k/12)^-(2 nu + 1) = 4e-11 of the
  // first ones'.
  check_same_function(typed("matern", {{"length", 0.3}, {"smoothness", 7.5}}), 1, 5, 1e-9);
}

BOOST_AUTO_TEST_CASE(matern_fields_take_coordinates_by_spectral_density) {
  // Different lengths along the axes: importance is measured in correlation lengths.
  Array lengths;
  lengths.emplace_back(0.1);
  lengths.emplace_back(0.25);
  for (const char* method : {"spectral", "circulant_embedding"}) {
    const auto field = create<RandomField>(typed("matern", {{"smoothness", 1.5}, {"lengths", Value(lengths)}, {"method", method}}));
    const double along_x = static_cast<double>(torus_multiple(1.5, 0.1, 0.5e-4));
    const double along_y = static_cast<double>(torus_multiple(1.5, 0.25, 0.5e-4));
    const std::vector<ModeAxis> axes{{0.1 / along_x, true, 0, 0}, {0.25 / along_y, true, 0, 0}};
    const auto modes = leading_modes(axes, 60, false);
    for (const Index cells : {3, 16}) {
      const Grid grid = box({cells, cells});
      const auto drawn = draw_field(*field, grid, 4);
      // Coefficients are products of the same numbers in another order: a few roundings each.
      BOOST_TEST(largest_difference(draw_leading(*field, grid, own_uniforms(modes, 4), 4), drawn) < 1e-14);
      BOOST_TEST(largest_difference(draw_leading(*field, grid, some_coordinates(60), 4), drawn) > 0.1);
    }
  }
}

BOOST_AUTO_TEST_CASE(functions_of_gaussian_fields_pass_the_coordinates_on) {
  const Grid grid = box({10, 10});
  const auto u = some_coordinates(20);
  const auto gaussian = draw_leading(*create<RandomField>(typed("grf", {{"normalise", "unit_variance"}})), grid, u);
  auto expected = gaussian;
  std::transform(expected.begin(), expected.end(), expected.begin(), [](double g) { return std::exp(g); });
  const auto lognormal = create<RandomField>(typed("lognormal", {{"tau", 3.0}}));
  BOOST_TEST(draw_leading(*lognormal, grid, u) == expected, boost::test_tools::per_element());
  std::transform(gaussian.begin(), gaussian.end(), expected.begin(), [](double g) { return g < 0.0 ? 3.0 : 12.0; });
  BOOST_TEST(draw_leading(*create<RandomField>(typed("grf_threshold")), grid, u) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(uniform_and_chebyshev_fields_take_theirs_in_order) {
  const Grid grid = box({5});
  const auto uniform = create<RandomField>(typed("uniform", {{"low", -2.0}, {"high", 6.0}}));
  BOOST_TEST(uniform->leading_variables(grid) == 1);
  BOOST_TEST(draw_leading(*uniform, grid, {0.25, 0.9}) == std::vector<double>(5, 0.0), boost::test_tools::per_element());

  const auto chebyshev = create<RandomField>(typed("chebyshev", {{"terms", 3}}));
  BOOST_TEST(chebyshev->leading_variables(grid) == 3);
  const double last = 2.0 * sample_number(0).draws("test").uniform(2) - 1.0;
  const auto values = draw_leading(*chebyshev, grid, {0.75, 0.625});
  for (std::size_t cell = 0; cell < values.size(); ++cell) {
    const double x = grid.center(static_cast<Index>(cell))[0];
    BOOST_TEST(std::abs(values[cell] - (0.5 + 0.25 * x + last * (2.0 * x * x - 1.0))) < 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(random_streams_are_those_of_random_inputs_in_their_order) {
  BOOST_TEST(streams("darcy", {}, {8, 8}) == std::vector<std::string>{"problem.coefficient"}, boost::test_tools::per_element());
  BOOST_TEST(streams("darcy", {{"forcing", typed("grf")}}, {8, 8}) == (std::vector<std::string>{"problem.coefficient", "problem.forcing"}),
             boost::test_tools::per_element());
  BOOST_TEST(streams("poisson", {{"forcing", "sin(pi*x)"}}, {8}).empty());
  BOOST_TEST(streams("convection_diffusion", {{"stream_function", typed("grf")}}, {4, 4, 4}) ==
                 (std::vector<std::string>{"problem.potential_x", "problem.potential_y", "problem.potential_z"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

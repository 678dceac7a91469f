#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/operators/fields/random_field.hpp>

// Grids and samples of the tests of fields, and what holds for every field.

namespace kindred::test {

/// A box at the origin; sides of length 1 unless given.
inline Grid box(const std::vector<Index>& cells, const std::vector<double>& extent = {}, bool periodic = false) {
  Grid grid;
  for (std::size_t a = 0; a < cells.size(); ++a) {
    grid.axes.push_back({"xyz"[a], cells[a], 0.0, extent.empty() ? 1.0 : extent[a], periodic});
  }
  return grid;
}

inline Sample sample_number(Index index, std::uint64_t seed = 2025) {
  Sample sample;
  sample.index = index;
  sample.seed = seed;
  return sample;
}

inline std::vector<double> draw_field(const RandomField& field, const Grid& grid, Index index = 0, std::string_view stream = "test") {
  std::vector<double> values(static_cast<std::size_t>(grid.size()));
  field.draw(grid, sample_number(index), stream, values);
  return values;
}

inline double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  BOOST_REQUIRE(a.size() == b.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

/// Draws of one-dimensional fields on n cells and on 3 n, which share their centres: the mean square of the differences must fall by 4 from
/// each n to the next, twice as large.
inline void check_resolutions_converge(const RandomField& field, const std::vector<Index>& cells, Index samples) {
  double previous = std::numeric_limits<double>::infinity();
  for (const Index n : cells) {
    double sum = 0.0;
    for (Index s = 0; s < samples; ++s) {
      const auto coarse = draw_field(field, box({n}), s);
      const auto fine = draw_field(field, box({3 * n}), s);
      for (std::size_t i = 0; i < coarse.size(); ++i) {
        sum += std::pow(coarse[i] - fine[3 * i + 1], 2) / static_cast<double>(n);
      }
    }
    BOOST_TEST(sum < previous / 4.0);
    previous = sum;
  }
}

/// Eight threads draw on two grids in turn from `shared`, a field that has not drawn yet: the bits of `alone`, a field like it.
inline void check_threads_share(const RandomField& alone, const RandomField& shared, const std::vector<Grid>& grids) {
  std::vector<std::vector<double>> expected;
  for (Index s = 0; s < 8; ++s) {
    expected.push_back(draw_field(alone, grids[static_cast<std::size_t>(s % 2)], s));
  }
  std::vector<std::vector<double>> found(8);
  std::vector<std::thread> threads;
  for (Index s = 0; s < 8; ++s) {
    threads.emplace_back([&, s] { found[static_cast<std::size_t>(s)] = draw_field(shared, grids[static_cast<std::size_t>(s % 2)], s); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  for (std::size_t s = 0; s < 8; ++s) {
    BOOST_TEST(found[s] == expected[s], boost::test_tools::per_element());
  }
}

}  // namespace kindred::test

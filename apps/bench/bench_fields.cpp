// Draws of Gaussian random fields per second, beside what they cannot do without: one fast transform of that size, and, as the
// yardstick of the normals, the C++ library's sequential generator filling as many cells (which is neither addressable by
// sample and mode nor the same on every platform). Stationary Matérn fields on the same grids, free (a part of a torus of twice the
// side) and periodic, beside the product with a Cholesky factor of their covariance, and what the first draw costs.

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include <kindred/operators/fields/gaussian_field.hpp>
#include <kindred/operators/fields/matern_field.hpp>

using namespace kindred;

namespace {

Grid make_grid(const benchmark::State& state) {
  Grid grid;
  for (int a = 0; a < state.range(1); ++a) {
    grid.axes.push_back({"xyz"[a], state.range(0), 0.0, 1.0, false});
  }
  return grid;
}

void report(benchmark::State& state, Index cells) {
  state.counters["draws/s"] = benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["cells/s"] = benchmark::Counter(static_cast<double>(state.iterations() * cells), benchmark::Counter::kIsRate);
}

void gaussian_field(benchmark::State& state, const char* boundary) {
  const Grid grid = make_grid(state);
  GaussianParameters parameters;
  parameters.boundary = boundary;
  const GaussianField field(parameters);
  std::vector<double> values(static_cast<std::size_t>(grid.size()));
  Sample sample;
  for (auto _ : state) {
    field.draw(grid, sample, "bench", values);
    benchmark::DoNotOptimize(values.data());
    ++sample.index;
  }
  report(state, grid.size());
}

void matern_field(benchmark::State& state, const char* boundary) {
  const Grid grid = make_grid(state);
  MaternParameters parameters;
  parameters.boundary = boundary;
  const MaternField field(parameters);
  std::vector<double> values(static_cast<std::size_t>(grid.size()));
  Sample sample;
  field.draw(grid, sample, "bench", values);
  for (auto _ : state) {
    field.draw(grid, sample, "bench", values);
    benchmark::DoNotOptimize(values.data());
    ++sample.index;
  }
  report(state, grid.size());
}

void matern_first_draw(benchmark::State& state) {
  const Grid grid = make_grid(state);
  std::vector<double> values(static_cast<std::size_t>(grid.size()));
  for (auto _ : state) {
    MaternField({}).draw(grid, {}, "bench", values);
    benchmark::DoNotOptimize(values.data());
  }
  report(state, grid.size());
}

/// Lower factor of the covariance matrix of a free Matérn field of smoothness 3/2, column by column. O(cells³).
std::vector<std::vector<double>> cholesky_factor(const Grid& grid, double length) {
  const auto cells = static_cast<std::size_t>(grid.size());
  std::vector<std::vector<double>> columns(cells);
  for (std::size_t j = 0; j < cells; ++j) {
    columns[j].resize(cells - j);
    const auto there = grid.center(static_cast<Index>(j));
    for (std::size_t i = j; i < cells; ++i) {
      const auto here = grid.center(static_cast<Index>(i));
      const double z = std::sqrt(3.0) / length * std::hypot(here[0] - there[0], here[1] - there[1], here[2] - there[2]);
      columns[j][i - j] = (1.0 + z) * std::exp(-z);
    }
    for (std::size_t k = 0; k < j; ++k) {
      const double* column = columns[k].data() + (j - k);
      const double factor = column[0];
      for (std::size_t i = 0; i < cells - j; ++i) {
        columns[j][i] -= factor * column[i];
      }
    }
    const double pivot = std::sqrt(columns[j][0]);
    std::transform(columns[j].begin(), columns[j].end(), columns[j].begin(), [pivot](double c) { return c / pivot; });
  }
  return columns;
}

void cholesky_draw(benchmark::State& state) {
  const Grid grid = make_grid(state);
  const auto factor = cholesky_factor(grid, 0.1);
  std::vector<double> values(static_cast<std::size_t>(grid.size()));
  std::uint64_t sample = 0;
  for (auto _ : state) {
    const Draws draws(1, "bench", sample++);
    std::fill(values.begin(), values.end(), 0.0);
    for (std::size_t j = 0; j < values.size(); ++j) {
      const double normal = draws.normal(j);
      for (std::size_t i = j; i < values.size(); ++i) {
        values[i] += normal * factor[j][i - j];
      }
    }
    benchmark::DoNotOptimize(values.data());
  }
  report(state, grid.size());
}

void transform_alone(benchmark::State& state, BasisKind kind) {
  const Grid grid = make_grid(state);
  std::vector<BasisAxis> axes;
  for (const auto& axis : grid.axes) {
    axes.push_back({kind, axis.cells, axis.extent});
  }
  const SpectralBasis basis(axes);
  fftw::Buffer data(basis.size());
  for (auto _ : state) {
    std::fill(data.data(), data.data() + data.size(), 1.0);
    basis.synthesize(data);
    benchmark::DoNotOptimize(data.data());
  }
  report(state, grid.size());
}

void counter_based_normals(benchmark::State& state) {
  const Grid grid = make_grid(state);
  std::vector<double> values(static_cast<std::size_t>(grid.size()));
  std::uint64_t sample = 0;
  for (auto _ : state) {
    const Draws draws(1, "bench", sample++);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = draws.normal(i);
    }
    benchmark::DoNotOptimize(values.data());
  }
  report(state, grid.size());
}

void library_normals(benchmark::State& state) {
  const Grid grid = make_grid(state);
  std::vector<double> values(static_cast<std::size_t>(grid.size()));
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal;
  for (auto _ : state) {
    std::generate(values.begin(), values.end(), [&] { return normal(generator); });
    benchmark::DoNotOptimize(values.data());
  }
  report(state, grid.size());
}

/// Cells per axis, dimension.
void sizes(benchmark::internal::Benchmark* b) { b->Args({64, 2})->Args({128, 2})->Args({256, 2})->Args({32, 3}); }

BENCHMARK_CAPTURE(gaussian_field, neumann, "neumann")->Apply(sizes);
BENCHMARK_CAPTURE(gaussian_field, periodic, "periodic")->Apply(sizes);
BENCHMARK_CAPTURE(matern_field, free, "free")->Args({16, 2})->Args({32, 2})->Apply(sizes);
BENCHMARK_CAPTURE(matern_field, periodic, "periodic")->Apply(sizes);
BENCHMARK(matern_first_draw)->Apply(sizes);
BENCHMARK(cholesky_draw)->Args({16, 2})->Args({32, 2})->Args({10, 3});
BENCHMARK_CAPTURE(transform_alone, neumann, BasisKind::cosine)->Apply(sizes);
BENCHMARK_CAPTURE(transform_alone, periodic, BasisKind::fourier)->Apply(sizes);
BENCHMARK(counter_based_normals)->Apply(sizes);
BENCHMARK(library_normals)->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();

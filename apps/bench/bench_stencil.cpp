// Bandwidth of the matrix-free stencil product beside that of memcpy, in the same run.
//
// An apply must read 2d + 1 coefficients and x, and write y: 8 (2d + 3) bytes per cell. memcpy moves as many bytes in all
// (half read, half written), so that the two columns of bytes_per_second compare directly. Sizes go from the caches to memory.

#include <algorithm>
#include <cstring>
#include <vector>

#include <benchmark/benchmark.h>

#include <kindred/operators/stencil_operator.hpp>

namespace {

using kindred::Axis;
using kindred::Grid;
using kindred::Index;
using kindred::StencilOperator;

Grid cube(int dimension, Index n) {
  Grid grid;
  for (int axis = 0; axis < dimension; ++axis) {
    grid.axes.push_back(Axis{static_cast<char>('x' + axis), n, 0.0, 1.0, false});
  }
  return grid;
}

std::int64_t bytes_moved(int dimension, Index cells) { return 8 * (2 * dimension + 3) * cells; }

StencilOperator laplacian(int dimension, Index n) {
  StencilOperator a(cube(dimension, n));
  std::fill(a.center.begin(), a.center.end(), 2.0 * dimension);
  for (int axis = 0; axis < dimension; ++axis) {
    std::fill(a.lower[static_cast<std::size_t>(axis)].begin(), a.lower[static_cast<std::size_t>(axis)].end(), -1.0);
    std::fill(a.upper[static_cast<std::size_t>(axis)].begin(), a.upper[static_cast<std::size_t>(axis)].end(), -1.0);
  }
  return a;
}

void apply(benchmark::State& state) {
  const auto dimension = static_cast<int>(state.range(0));
  const StencilOperator a = laplacian(dimension, state.range(1));
  const std::vector<double> x(a.center.size(), 1.0);
  std::vector<double> y(x.size());
  for (auto _ : state) {
    a.apply(x, y);
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * bytes_moved(dimension, a.size()));
}

void copy(benchmark::State& state) {
  const auto dimension = static_cast<int>(state.range(0));
  const Index cells = cube(dimension, state.range(1)).size();
  const auto half = static_cast<std::size_t>(bytes_moved(dimension, cells) / 2);
  const std::vector<char> source(half, 1);
  std::vector<char> target(half);
  for (auto _ : state) {
    std::memcpy(target.data(), source.data(), half);
    benchmark::DoNotOptimize(target.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(2 * half));
}

void replace_values(benchmark::State& state) {
  const kindred::petsc::Session session;
  const StencilOperator a = laplacian(static_cast<int>(state.range(0)), state.range(1));
  kindred::petsc::Matrix matrix;
  a.assemble(matrix);
  for (auto _ : state) {
    a.assemble(matrix);
  }
  state.SetItemsProcessed(state.iterations() * a.size());
}

void fingerprint(benchmark::State& state) {
  const StencilOperator a = laplacian(static_cast<int>(state.range(0)), state.range(1));
  for (auto _ : state) {
    benchmark::DoNotOptimize(a.fingerprint());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(a.bytes()));
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"dimension", "n"});
  for (const Index n : {1 << 10, 1 << 16, 1 << 22}) {
    benchmark->Args({1, n});
  }
  for (const Index n : {64, 128, 256, 1024}) {
    benchmark->Args({2, n});
  }
  for (const Index n : {16, 64, 160}) {
    benchmark->Args({3, n});
  }
}

BENCHMARK(apply)->Apply(sizes);
BENCHMARK(copy)->Apply(sizes);
BENCHMARK(replace_values)->ArgNames({"dimension", "n"})->Args({1, 1 << 16})->Args({2, 128})->Args({2, 1024})->Args({3, 64});
BENCHMARK(fingerprint)->ArgNames({"dimension", "n"})->Args({2, 128})->Args({2, 1024});

}  // namespace

BENCHMARK_MAIN();

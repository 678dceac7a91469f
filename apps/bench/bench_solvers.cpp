// Time per system in a chain of Darcy systems (coefficient 3 and 12, Dirichlet, f = 1) for the solvers that one would consider:
// factorisations with kept symbolic work, and conjugate gradients with the usual preconditioners, all to a true relative residual
// of 1e-8. Set-up counts: every system has its own matrix. The first system, which also pays for pattern, ordering and symbolic
// factor, is not timed.
//
// Read the `cpu` column and compare within one run. Counters: iterations, and the part of the time that is set-up.
// bench_solvers --benchmark_filter='256x256'

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <kindred/apps/bench/darcy_systems.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

using namespace kindred;
using namespace kindred::bench;

namespace {

constexpr Index chain_length = 4;

struct Contender {
  std::string name;
  Value solver;
  std::map<int, Index> largest;  ///< cells per axis, by dimension, up to which it is run
};

std::vector<Contender> contenders() {
  return {
      {"cholesky_petsc", table({{"type", "direct"}, {"package", "petsc"}}), {{2, 512}, {3, 24}}},
      {"cholesky_cholmod", table({{"type", "direct"}, {"package", "cholmod"}}), {{2, 512}, {3, 32}}},
      {"cg_boomeramg", conjugate_gradients("hypre"), {{2, 512}, {3, 32}}},
      {"cg_gamg", conjugate_gradients("gamg"), {{2, 512}, {3, 32}}},
      {"cg_icc", conjugate_gradients("icc"), {{2, 512}, {3, 32}}},
      {"auto", table({{"type", "auto"}}), {{2, 512}, {3, 32}}},
  };
}

void solve_chain(benchmark::State& state, const Value& solver, int dimension, Index cells) {
  const petsc::Session session;
  const auto systems = draw_systems(table({{"type", "darcy"}}), dimension, cells, chain_length);
  Sequence sequence(create<Solver>(solver), create<Guess>(Value("zero")));
  std::vector<double> x(systems.front().rhs.size());
  sequence.solve(systems.back(), x);
  std::size_t next = 0;
  double iterations = 0.0;
  double setup = 0.0;
  double total = 0.0;
  for (auto _ : state) {
    const SolveReport report = sequence.solve(systems[next], x);
    if (!report.converged) {
      state.SkipWithError(report.reason_text.c_str());
      break;
    }
    next = (next + 1) % systems.size();
    iterations += report.iterations;
    setup += report.seconds_setup;
    total += report.seconds_setup + report.seconds_solve;
  }
  state.counters["iterations"] = benchmark::Counter(iterations, benchmark::Counter::kAvgIterations);
  state.counters["setup_part"] = total > 0.0 ? setup / total : 0.0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::pair<int, std::vector<Index>>> grids{{2, {32, 64, 128, 256, 320, 512}}, {3, {8, 12, 16, 20, 24, 32}}};
  for (const auto& [dimension, sizes] : grids) {
    for (const Index cells : sizes) {
      for (const Contender& contender : contenders()) {
        if (cells <= contender.largest.at(dimension)) {
          const std::string size = dimension == 2 ? fmt::format("{0}x{0}", cells) : fmt::format("{0}x{0}x{0}", cells);
          benchmark::RegisterBenchmark(fmt::format("{}/{}", size, contender.name).c_str(), [solver = contender.solver, d = dimension,
                                                                                            n = cells](benchmark::State& state) {
            solve_chain(state, solver, d, n);
          })->Unit(benchmark::kMillisecond);
        }
      }
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

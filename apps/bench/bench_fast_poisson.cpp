// Conjugate gradients with the fast Poisson preconditioners against BoomerAMG, system by system in turn, all to a true relative residual
// of 1e-8, set-up counted: every system has its own matrix. Two Darcy families with zero Dirichlet values: a lognormal coefficient
// (a Gaussian field of alpha 2.5, tau 7) and one of two values (3 and 12). The first system, which also pays for the pattern and the
// transforms' tables, is not timed.
//
// Prints medians over the systems in milliseconds, and the median of the ratios to BoomerAMG; `cpu` and the ratio are the process's own
// time, the other columns are by the clock. `pc` and `mult` are the parts of one solve that PETSc's log gives to PCApply and MatMult,
// `rest` what remains of it: the vectors' work, and all of a solve that PETSc has no part in.
// bench_fast_poisson 99 255 -systems 30

#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <kindred/apps/bench/darcy_systems.hpp>
#include <kindred/core/base/clock.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

using namespace kindred;
using namespace kindred::bench;

namespace {

struct Contender {
  std::string name;
  Value solver;
};

std::vector<Contender> contenders() {
  return {{"cg + boomeramg", conjugate_gradients("hypre")},
          {"cg + dst", conjugate_gradients("dst")},
          {"cg + scaled_dst", conjugate_gradients("scaled_dst")},
          {"family, deterministic", table({{"type", "family"}, {"deterministic", true}})}};
}

struct Family {
  std::string name;
  Value coefficient;
};

std::vector<Family> families() {
  return {{"lognormal", table({{"type", "lognormal"}, {"alpha", 2.5}, {"tau", 7.0}, {"sigma", 0.19}})},
          {"two values", table({{"type", "grf_threshold"}, {"alpha", 2.0}, {"tau", 3.0}})}};
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double logged_seconds(const char* event) {
  PetscLogEvent id = -1;
  PetscEventPerfInfo info{};
  KINDRED_PETSC(PetscLogEventGetId(event, &id));
  KINDRED_PETSC(PetscLogEventGetPerfInfo(0, id, &info));
  return info.time;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Seconds of every system.
struct Timings {
  std::vector<double> cpu, total, setup, pc, mult, ratio;
  double iterations = 0.0;
};

void compare(const Family& family, Index cells, Index count) {
  const std::vector<LinearSystem> systems =
      draw_systems(table({{"type", "darcy"}, {"coefficient", family.coefficient}}), 2, cells, count + 1);
  const std::vector<Contender> all = contenders();
  std::vector<Sequence> sequences;
  std::vector<Timings> timings(all.size());
  for (const Contender& contender : all) {
    sequences.emplace_back(create<Solver>(contender.solver), create<Guess>(Value("zero")));
  }
  std::vector<double> x(systems.front().rhs.size());
  for (Index s = 0; s <= count; ++s) {
    for (std::size_t c = 0; c < all.size(); ++c) {
      const double pc = logged_seconds("PCApply");
      const double mult = logged_seconds("MatMult");
      const double cpu = cpu_seconds();
      const auto start = Clock::now();
      const SolveReport report = sequences[c].solve(systems[static_cast<std::size_t>(s)], x);
      const double seconds = seconds_since(start);
      const double cpu_spent = cpu_seconds() - cpu;
      if (!report.converged) {
        fmt::print("{}: {}\n", all[c].name, report.reason_text);
      }
      if (s == 0) {
        continue;
      }
      Timings& t = timings[c];
      t.cpu.push_back(cpu_spent);
      t.total.push_back(seconds);
      t.setup.push_back(report.seconds_setup);
      t.pc.push_back(logged_seconds("PCApply") - pc);
      t.mult.push_back(logged_seconds("MatMult") - mult);
      t.ratio.push_back(timings.front().cpu.back() / cpu_spent);
      t.iterations += static_cast<double>(report.iterations) / static_cast<double>(count);
    }
  }
  fmt::print("{} {}x{}\n{:24}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>8}{:>10}\n", family.name, cells, cells, "", "cpu", "total", "set-up",
             "pc", "mult", "rest", "its", "ratio");
  for (std::size_t c = 0; c < all.size(); ++c) {
    const Timings& t = timings[c];
    const double total = median(t.total);
    const double setup = median(t.setup);
    const double pc = median(t.pc);
    const double mult = median(t.mult);
    fmt::print("{:24}{:10.3f}{:10.3f}{:10.3f}{:10.3f}{:10.3f}{:10.3f}{:8.1f}{:10.2f}\n", all[c].name, 1e3 * median(t.cpu), 1e3 * total,
               1e3 * setup, 1e3 * pc, 1e3 * mult, 1e3 * (total - setup - pc - mult), t.iterations, median(t.ratio));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const petsc::Session session;
  KINDRED_PETSC(PetscLogDefaultBegin());
  std::vector<Index> sizes;
  Index count = 30;
  for (int k = 1; k < argc; ++k) {
    if (std::string(argv[k]) == "-systems" && k + 1 < argc) {
      count = std::stol(argv[++k]);
    } else {
      sizes.push_back(std::stol(argv[k]));
    }
  }
  if (sizes.empty()) {
    sizes = {99, 255};
  }
  for (const Family& family : families()) {
    for (const Index cells : sizes) {
      compare(family, cells, count);
    }
  }
  return 0;
}

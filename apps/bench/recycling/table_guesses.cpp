#include <array>

#include <fmt/format.h>

#include <kindred/apps/bench/recycling/methods.hpp>
#include <kindred/apps/bench/recycling/tables.hpp>

namespace kindred::bench {
namespace {

constexpr Index side = 50;
constexpr Index snapshots = 50;
constexpr const char* baseline = "zero";

/// Conjugate gradients with Jacobi, and with a preconditioner that is the same for all systems.
struct Solver {
  const char* name;
  const char* pc_type;
};
constexpr std::array solvers{Solver{"jacobi", "jacobi"}, Solver{"scaled_dst", "scaled_dst"}};

struct GuessChoice {
  const char* name;
  const char* toml;
};
constexpr std::array guess_choices{
    GuessChoice{"zero", "\"zero\""},
    GuessChoice{"previous", "\"previous\""},
    GuessChoice{"nearest", "\"nearest\""},
    GuessChoice{"reduced_basis", "{ type = \"reduced_basis\", size = 64 }"},
    GuessChoice{"reduced_basis, sampled", "{ type = \"reduced_basis\", size = 64, projection = \"sampled\" }"},
};

/// PETSc forgets a guess's history whenever the matrix changes, unless it is told to reuse the preconditioner.
constexpr std::array petsc_guesses{
    GuessChoice{"petsc pod", "-ksp_guess_type pod -ksp_guess_pod_size 50"},
    GuessChoice{"petsc fischer", "-ksp_guess_type fischer -ksp_guess_fischer_model 1,50"},
    GuessChoice{"petsc pod, pc reused", "-ksp_guess_type pod -ksp_guess_pod_size 50 -ksp_reuse_preconditioner"},
    GuessChoice{"petsc fischer, pc reused", "-ksp_guess_type fischer -ksp_guess_fischer_model 1,50 -ksp_reuse_preconditioner"},
};

}  // namespace

Table guesses(const Options& options) {
  constexpr double rtol = 1e-8;
  Table table{"guesses",
              fmt::format("Darcy at {0} x {0} nodes, log a of d parameters and standard deviation 0.7, CG, rtol 1e-8, after {1} systems",
                          side, snapshots),
              {},
              {}};
  for (const Index d : {1, 2, 4, 8}) {
    for (const Solver& solver : solvers) {
      const std::string problem = fmt::format("d = {}, {}", d, solver.name);
      Comparison comparison{problem, darcy_with_parameters(side, d), rtol, snapshots, {}};
      for (const GuessChoice& guess : guess_choices) {
        comparison.contenders.push_back(deck_contender(
            guess.name, fmt::format("type = \"petsc\"\nksp_type = \"cg\"\npc_type = \"{}\"\nrtol = {}", solver.pc_type, rtol), guess.toml));
      }
      for (const GuessChoice& guess : petsc_guesses) {
        comparison.contenders.push_back(contender({guess.name, "cg", solver.pc_type, guess.toml}, rtol));
      }
      std::vector<Row> rows = compare(comparison, options);
      add_ratio(rows, problem, baseline, "speed over zero", &Row::seconds_median);
      table.rows.insert(table.rows.end(), rows.begin(), rows.end());
    }
  }
  table.remarks.emplace_back("A leaves out the applications that a guess makes, up to one for each snapshot; they are in the times.");
  return table;
}

}  // namespace kindred::bench

#pragma once

#include <string>
#include <utility>
#include <vector>

#include <kindred/operators/problems/problem.hpp>

// Deck tables and systems for the benchmarks of solvers.

namespace kindred::bench {

inline Value table(const std::vector<std::pair<std::string, Value>>& members) {
  Value t{Table{}};
  for (const auto& [key, value] : members) {
    t.set(key, value);
  }
  return t;
}

/// Conjugate gradients with one of PETSc's preconditioners.
inline Value conjugate_gradients(const char* pc_type) { return table({{"type", "petsc"}, {"ksp_type", "cg"}, {"pc_type", pc_type}}); }

/// Samples 0, 1, … of a problem with zero values on all sides of the unit square or cube.
inline std::vector<LinearSystem> draw_systems(const Value& problem_table, int dimension, Index cells, Index count) {
  const Value grid = table({{"n", Value(Array(static_cast<std::size_t>(dimension), Value(cells)))}});
  const auto problem = create<Problem>(problem_table, make_domain(grid, Value(Table{})));
  std::vector<LinearSystem> systems;
  for (Index index = 0; index < count; ++index) {
    Sample sample;
    sample.index = index;
    sample.seed = 1;
    systems.push_back(problem->assemble(problem->draw(sample)));
  }
  return systems;
}

}  // namespace kindred::bench

#pragma once

#include <string>

#include <kindred/apps/bench/recycling/measure.hpp>

namespace kindred::bench {

/// Conjugate gradients with hypre's PFMG, the multigrid for structured grids, which wants its own kind of matrix. Systems must be stencils
/// on a two-dimensional grid without periodic sides.
Contender pfmg_contender(const std::string& name, double rtol);

}  // namespace kindred::bench

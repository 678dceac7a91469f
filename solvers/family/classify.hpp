#pragma once

#include <kindred/operators/stencil_operator.hpp>

namespace kindred {

/// What the coefficients of a stencil say about fast Poisson solvers as preconditioners.
struct StencilFacts {
  bool constant = false;            ///< equal couplings along every axis, but for rounding: the fast transform solves it
  bool negative_couplings = false;  ///< all couplings have the sign of diffusion
  double contrast = 1.0;            ///< largest over smallest coupling, the worst axis
  double largest_step = 1.0;        ///< largest ratio of two couplings next to each other on an axis
  /// True if one step makes up a large part of the contrast: a coefficient that jumps, where scaling by the diagonal hurts.
  [[nodiscard]] bool jumps() const;
};

/// Cost: one pass over the coefficients.
StencilFacts stencil_facts(const StencilOperator& matrix);

}  // namespace kindred

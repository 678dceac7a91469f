#pragma once

#include <string>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// What one solve did. `converged` is judged by the solver; the residual is recomputed by the sequence driver.
struct SolveReport {
  bool converged = false;
  int reason = 0;           ///< PETSc's KSPConvergedReason where PETSc solved, else 1 (converged); -1: failed by the true residual
  std::string reason_text;  ///< `CONVERGED_RTOL`
  int iterations = 0;
  Index operator_applications = 0;
  Index preconditioner_applications = 0;
  double residual_norm = 0.0;      ///< true ||b - A x||; a solver may leave its own here
  double residual_relative = 0.0;  ///< true ||b - A x|| / ||b||; the absolute norm if b = 0
  double seconds_setup = 0.0;
  double seconds_solve = 0.0;
};

}  // namespace kindred

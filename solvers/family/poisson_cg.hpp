#pragma once

#include <memory>
#include <span>
#include <vector>

#include <kindred/operators/linear_system.hpp>
#include <kindred/operators/stencil_operator.hpp>
#include <kindred/solvers/family/fast_poisson.hpp>
#include <kindred/solvers/report.hpp>

namespace kindred {

/// Conjugate gradients for diffusion on a grid, preconditioned by a fast Poisson solver: what PETSc's `cg` with `dst` or `scaled_dst` does,
/// on the stencil's own arrays, without a sparse matrix, and with sums in strands that the vector unit can do. One iteration reads or
/// writes some 24 arrays of n doubles, and the preconditioner's own two. Nothing is kept from one system to the next but what does not
/// enter results: the solution is a function of system and guess, bit for bit.
class PoissonCg {
 public:
  struct Settings {
    bool scaled = false;                      ///< as pc_type scaled_dst, else as dst
    Precision precision = Precision::single;  ///< of the preconditioner
    double rtol = 1e-8;                       ///< ‖b − A x‖ ≤ rtol ‖b‖, the true one
    int max_iterations = 10'000;
  };

  /// True for stencils of negative couplings that this solver knows: periodic axes need three cells.
  [[nodiscard]] static bool knows(const StencilOperator& stencil);

  /// @param system symmetric and positive definite, its matrix is `stencil`
  /// @param solution the guess on entry
  SolveReport solve(const LinearSystem& system, const StencilOperator& stencil, std::span<double> solution, const Settings& settings);

 private:
  void prepare(const StencilOperator& stencil, const Settings& settings);
  double precondition(bool project);
  double iterate(const LinearSystem& system, const StencilOperator& stencil, std::span<double> solution, double target, int most,
                 double norm, SolveReport& report);
  double residual(const LinearSystem& system, const StencilOperator& stencil, std::span<const double> solution);

  std::unique_ptr<FastPoisson> poisson_;
  std::vector<double> weights_;  ///< scaled: D^{-1/2}
  std::vector<double> r_, z_, p_, q_;
};

}  // namespace kindred

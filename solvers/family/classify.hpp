#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <kindred/operators/linear_system.hpp>
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

/// What a stream of systems has shown so far.
struct FamilyFacts {
  Index systems = 0;
  bool constant_operator = true;  ///< all matrices were equal
  bool symmetric = true;
  bool positive_definite = true;
  bool stencil = true;                ///< all matrices were StencilOperators
  bool constant_coefficients = true;  ///< and all of constant coefficients
  Index rhs_rank = 0;                 ///< dimensions that the right-hand sides span, counted up to a limit
  bool rhs_rank_limited = false;      ///< the limit was reached: the rank may be larger
};

/// Collects FamilyFacts. Keeps an orthonormal basis of the right-hand sides: 8 n bytes per dimension.
class FamilyClassifier {
 public:
  /// @param most_dimensions up to which the rank of the right-hand sides is counted
  /// @param tolerance part of a right-hand side outside the others' span that counts as rounding
  explicit FamilyClassifier(Index most_dimensions = 32, double tolerance = 1e-10);

  /// Cost: a fingerprint, one pass over the coefficients, 4 n per dimension.
  const FamilyFacts& observe(const LinearSystem& system);
  [[nodiscard]] const FamilyFacts& facts() const { return facts_; }

 private:
  void count_dimension(const std::vector<double>& rhs);

  Index most_;
  double tolerance_;
  FamilyFacts facts_;
  std::optional<std::uint64_t> fingerprint_;
  std::vector<std::vector<double>> basis_;
};

}  // namespace kindred

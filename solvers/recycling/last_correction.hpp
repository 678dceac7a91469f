#pragma once

#include <functional>

#include <petscvec.h>

#include <kindred/core/petsc/petsc.hpp>

namespace kindred::recycling {

/// The correction s of the last solve and its image p = A s. A refresh drops from a recycle space what was particular to the right-hand
/// side, so that the same one took more steps the next time; with this pair beside the space a solve with the same operator begins from the
/// best multiple of s, and a multiple of the last right-hand side takes no step. Per solve 20 n flops and what the method's own part costs.
class LastCorrection {
 public:
  /// What differs between methods.
  struct Method {
    std::function<PetscErrorCode(Vec s, Vec p)> apply;    ///< p = A s; asked for only where finish() was given no residual
    std::function<PetscErrorCode(Vec s, Vec p)> deflate;  ///< makes the pair orthogonal to the space, whose part of x is found without it
    std::function<PetscErrorCode(Vec s, Vec p, Vec*)> dual;  ///< t with tᵀ(r - α p) = 0 for the best α: p, s, or M⁻¹p
  };

  /// At the start of a solve: x += α s and r -= α p, if the operator is that of the last solve. Then keeps the guess that came in, and its
  /// residual, until finish().
  PetscErrorCode begin(bool same_operator, Vec x, Vec r, const Method& method);
  /// At the end of a solve that has converged.
  /// @param r  b - A x, or the recurrence's; may be null
  PetscErrorCode finish(Vec x, Vec r);
  void forget() { *this = LastCorrection(); }
  /// α of the last begin(); 0 if it has changed nothing.
  [[nodiscard]] double factor() const { return factor_; }

 private:
  PetscErrorCode best_multiple(Vec r, const Method& method);

  enum class State { empty, begun, held };
  State state_ = State::empty;
  bool image_known_ = false;
  double factor_ = 0.0;
  petsc::Vector correction_;  ///< s; during a solve the guess
  petsc::Vector image_;       ///< p; during a solve the guess's residual
};

}  // namespace kindred::recycling

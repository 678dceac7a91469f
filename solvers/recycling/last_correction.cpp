#include <kindred/solvers/recycling/last_correction.hpp>

#include <cmath>

#include <kindred/solvers/recycling/petsc_compat.hpp>

namespace kindred::recycling {
namespace {

constexpr double within_space = 1e-8;  // of ‖p‖: if less is left of it outside the space, that is largely rounding

}  // namespace

PetscErrorCode LastCorrection::best_multiple(Vec r, const Method& method) {
  double before = 0.0;
  double after = 0.0;
  double numerator = 0.0;
  double denominator = 0.0;
  Vec dual = nullptr;
  PetscFunctionBegin;
  PetscCall(image_known_ ? success : method.apply(correction_, image_));
  PetscCall(VecNorm(image_, NORM_2, &before));
  PetscCall(method.deflate(correction_, image_));
  PetscCall(VecNorm(image_, NORM_2, &after));
  if (!(after > within_space * before)) {
    PetscFunctionReturn(success);
  }
  PetscCall(method.dual(correction_, image_, &dual));
  PetscCall(VecDot(r, dual, &numerator));
  PetscCall(VecDot(image_, dual, &denominator));
  if (denominator > 0.0 && std::isfinite(numerator / denominator)) {
    factor_ = numerator / denominator;
  }
  PetscFunctionReturn(success);
}

PetscErrorCode LastCorrection::begin(bool same_operator, Vec x, Vec r, const Method& method) {
  PetscFunctionBegin;
  factor_ = 0.0;
  if (state_ == State::held && same_operator) {
    PetscCall(best_multiple(r, method));
    PetscCall(VecAXPY(x, factor_, correction_));
    PetscCall(VecAXPY(r, -factor_, image_));
  } else {
    PetscCall(VecDuplicate(x, correction_.slot()));
    PetscCall(VecDuplicate(x, image_.slot()));
  }
  PetscCall(VecAXPBY(correction_, 1.0, -factor_, x));
  PetscCall(VecAXPBY(image_, 1.0, factor_, r));
  state_ = State::begun;
  PetscFunctionReturn(success);
}

PetscErrorCode LastCorrection::finish(Vec x, Vec r) {
  PetscFunctionBegin;
  if (state_ == State::begun) {
    PetscCall(VecAYPX(correction_, -1.0, x));
    image_known_ = r != nullptr;
    PetscCall(image_known_ ? VecAXPY(image_, -1.0, r) : success);
    state_ = State::held;
  }
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling

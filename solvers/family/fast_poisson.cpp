#include <kindred/solvers/family/fast_poisson.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/solvers/family/modal_factor.hpp>
#include <kindred/solvers/family/slice_transform.hpp>

namespace kindred {
namespace {

void check(const ConstantOperator& model) {
  if (model.axes.empty() || model.axes.size() > 3) {
    throw InputError(fmt::format("a fast Poisson solver needs a grid of 1 to 3 dimensions, not {}", model.axes.size()));
  }
  if (!std::isfinite(model.reaction) || model.reaction < 0.0) {
    throw InputError(
        fmt::format("the reaction of a fast Poisson solver is {}, "
                    "but it must be finite and not negative",
                    model.reaction));
  }
  for (std::size_t k = 0; k < model.axes.size(); ++k) {
    const ConstantAxis& axis = model.axes[k];
    if (axis.cells < 1) {
      throw InputError(fmt::format("axis {} of a fast Poisson solver has {} cells: give at least one", k, axis.cells));
    }
    if (!std::isfinite(axis.coupling) || axis.coupling <= 0.0) {
      throw InputError(
          fmt::format("the coupling along axis {} of a fast Poisson solver is "
                      "{}, but it must be positive and finite",
                      k, axis.coupling));
    }
    for (const double side : axis.side) {
      if (!axis.periodic && !(side >= 0.0 && std::isfinite(side))) {
        throw InputError(
            fmt::format("a side of axis {} adds {} couplings to the diagonal, "
                        "but it must add a finite number from 0",
                        k, side));
      }
    }
  }
}

/// The model with sides that the transforms can do.
ConstantOperator invertible(ConstantOperator model) {
  check(model);
  for (std::size_t k = 1; k < model.axes.size(); ++k) {
    model.axes[k].side = transformable_sides(model.axes[k]);
  }
  return model;
}

/// True if a factor made for `a` serves `b`: everything is proportional to the
/// first coupling.
bool proportional(const ConstantOperator& a, const ConstantOperator& b) {
  bool same = a.relative(a.reaction) == b.relative(b.reaction) && (a.axes.front().periodic || a.axes.front().side == b.axes.front().side);
  for (std::size_t k = 1; k < a.axes.size(); ++k) {
    same = same && a.relative(a.axes[k].coupling) == b.relative(b.axes[k].coupling);
  }
  return same;
}

std::vector<const std::vector<double>*> eigenvalues(const SliceTransform& slices) {
  std::vector<const std::vector<double>*> all;
  for (const AxisTransform& t : slices.axes()) {
    all.push_back(&t.eigenvalues);
  }
  return all;
}

bool is_smooth(Index n) {
  for (const Index prime : {2, 3, 5, 7, 11, 13}) {
    while (n % prime == 0) {
      n /= prime;
    }
  }
  return n == 1;
}

}  // namespace

FastPoisson::FastPoisson(const ConstantOperator& model, PlanEffort effort)
    : model_(invertible(model)),
      slices_(std::make_unique<SliceTransform>(std::vector<ConstantAxis>(model_.axes.begin() + 1, model_.axes.end()), effort)),
      factor_(std::make_unique<ModalFactor>(model_, eigenvalues(*slices_))) {}

FastPoisson::~FastPoisson() = default;
FastPoisson::FastPoisson(FastPoisson&&) noexcept = default;
FastPoisson& FastPoisson::operator=(FastPoisson&&) noexcept = default;

bool FastPoisson::update(const ConstantOperator& model) {
  ConstantOperator next = invertible(model);
  bool same = next.axes.size() == model_.axes.size();
  for (std::size_t k = 0; same && k < next.axes.size(); ++k) {
    const ConstantAxis& a = model_.axes[k];
    const ConstantAxis& b = next.axes[k];
    same = a.cells == b.cells && a.periodic == b.periodic && (k == 0 || a.periodic || a.side == b.side);
  }
  if (!same) {
    return false;
  }
  if (!proportional(model_, next)) {
    factor_ = std::make_unique<ModalFactor>(next, eigenvalues(*slices_));
  }
  model_ = std::move(next);
  return true;
}

const ConstantOperator& FastPoisson::inverted() const { return model_; }

Index FastPoisson::size() const { return model_.size(); }

/// Transforms groups of slices, two to a place, and eliminates them while they
/// are in the cache.
void FastPoisson::forward(const double* b, const double* weights) {
  const Index slices = model_.axes.front().cells;
  const Index cells = slices_->cells();
  const auto at = [&](const double* array, Index j) { return array == nullptr || j >= slices ? nullptr : array + j * cells; };
  factor_->start();
  for (Index start = 0; start < slices; start += 2 * slices_->batch()) {
    const Index pairs = std::min(slices_->batch(), (slices - start + 1) / 2);
    for (Index p = 0; p < pairs; ++p) {
      const Index j = start + 2 * p;
      slices_->load(p, at(b, j), at(b, j + 1), at(weights, j), at(weights, j + 1));
    }
    slices_->transform(pairs);
    for (Index p = 0; p < pairs; ++p) {
      const Index j = start + 2 * p;
      slices_->to_modes(p, factor_->slice(j), factor_->slice(j + 1));
      factor_->forward(j);
      if (j + 1 < slices) {
        factor_->forward(j + 1);
      }
    }
  }
}

void FastPoisson::backward(double* x, const double* weights) {
  const Index slices = model_.axes.front().cells;
  const Index cells = slices_->cells();
  const double scale = 1.0 / model_.axes.front().coupling;
  const auto at = [&](auto* array, Index j) { return array == nullptr || j >= slices ? nullptr : array + j * cells; };
  const std::vector<double> none(static_cast<std::size_t>(slices % 2 != 0 ? slices_->modes() : 0), 0.0);
  const Index group = 2 * slices_->batch();
  for (Index start = (slices - 1) / group * group; start >= 0; start -= group) {
    const Index pairs = std::min(slices_->batch(), (slices - start + 1) / 2);
    for (Index p = pairs; p-- > 0;) {
      const Index j = start + 2 * p;
      const double* const second = j + 1 < slices ? factor_->backward(j + 1) : none.data();
      slices_->from_modes(p, factor_->backward(j), second);
    }
    slices_->transform(pairs);
    for (Index p = 0; p < pairs; ++p) {
      const Index j = start + 2 * p;
      slices_->store(p, scale, at(x, j), at(x, j + 1), at(weights, j), at(weights, j + 1));
    }
  }
}

void FastPoisson::solve(const double* b, double* x, const double* weights) {
  forward(b, weights);
  factor_->turn();
  backward(x, weights);
}

std::size_t FastPoisson::bytes() const { return factor_->bytes() + slices_->bytes(); }

std::vector<Index> FastPoisson::slow_lengths() const {
  std::vector<Index> slow;
  for (const AxisTransform& t : slices_->axes()) {
    if (!is_smooth(t.length)) {
      slow.push_back(t.length);
    }
  }
  return slow;
}

}  // namespace kindred

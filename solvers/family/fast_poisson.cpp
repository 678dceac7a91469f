#include <kindred/solvers/family/fast_poisson.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>
#include <kindred/solvers/family/modal_factor.hpp>
#include <kindred/solvers/family/slice_transform.hpp>

namespace kindred {
namespace {

void check(const ConstantOperator& model) {
  if (model.axes.empty() || model.axes.size() > 3) {
    throw InputError(fmt::format("a fast Poisson solver needs a grid of 1 to 3 dimensions, not {}", model.axes.size()));
  }
  if (!std::isfinite(model.reaction) || model.reaction < 0.0) {
    throw InputError(fmt::format("the reaction of a fast Poisson solver is {}, but it must be finite and not negative", model.reaction));
  }
  for (std::size_t k = 0; k < model.axes.size(); ++k) {
    const ConstantAxis& axis = model.axes[k];
    if (axis.cells < 1) {
      throw InputError(fmt::format("axis {} of a fast Poisson solver has {} cells: give at least one", k, axis.cells));
    }
    if (!std::isfinite(axis.coupling) || axis.coupling <= 0.0) {
      throw InputError(
          fmt::format("the coupling along axis {} of a fast Poisson solver is {}, but it must be positive and finite", k, axis.coupling));
    }
    for (const double side : axis.side) {
      if (!axis.periodic && !(side >= 0.0 && std::isfinite(side))) {
        throw InputError(
            fmt::format("a side of axis {} adds {} couplings to the diagonal, but it must add a finite number from 0", k, side));
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

/// True if a factor made for `a` serves `b`: everything is proportional to the first coupling.
bool proportional(const ConstantOperator& a, const ConstantOperator& b) {
  bool same = a.relative(a.reaction) == b.relative(b.reaction) && (a.axes.front().periodic || a.axes.front().side == b.axes.front().side);
  for (std::size_t k = 1; k < a.axes.size(); ++k) {
    same = same && a.relative(a.axes[k].coupling) == b.relative(b.axes[k].coupling);
  }
  return same;
}

std::vector<const std::vector<double>*> eigenvalues(const std::vector<AxisTransform>& axes) {
  std::vector<const std::vector<double>*> all;
  all.reserve(axes.size());
  for (const AxisTransform& t : axes) {
    all.push_back(&t.eigenvalues);
  }
  return all;
}

/// The largest modulus, in eight strands for the vector unit.
KINDRED_MULTIVERSION double largest_modulus(Index n, const double* b) {
  constexpr Index strands = 8;
  double largest[strands] = {};
  const auto raise = [](double& most, double x) __attribute__((always_inline)) { most = std::abs(x) > most ? std::abs(x) : most; };
  const Index whole = n - n % strands;
  for (Index i = 0; i < whole; i += strands) {
    for (Index l = 0; l < strands; ++l) {
      raise(largest[l], b[i + l]);
    }
  }
  for (Index i = whole; i < n; ++i) {
    raise(largest[i - whole], b[i]);
  }
  return *std::ranges::max_element(largest);
}

/// A power of two that brings the modulus near 1: it changes no significant bit. 1 for zero and for what is not finite.
double scale_for(double modulus) {
  int exponent = 0;
  if (modulus > 0.0 && std::isfinite(modulus)) {
    std::frexp(modulus, &exponent);
  }
  return std::ldexp(1.0, -exponent);
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

/// What depends on the precision.
struct FastPoisson::Steps {
  virtual ~Steps() = default;
  virtual void refactor(const ConstantOperator& model) = 0;
  virtual void solve(const double* b, double* x, double coupling, const double* weights) = 0;
  [[nodiscard]] virtual const std::vector<AxisTransform>& axes() const = 0;
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

template <class Real>
struct FastPoisson::StepsOf final : Steps {
  static constexpr Index group = SliceTransform<Real>::batch;

  explicit StepsOf(const ConstantOperator& model)
      : transform(std::vector<ConstantAxis>(model.axes.begin() + 1, model.axes.end())),
        factor(model, eigenvalues(transform.axes()), group),
        slices(model.axes.front().cells),
        size(model.size()) {}

  void refactor(const ConstantOperator& model) override { factor = ModalFactor<Real>(model, eigenvalues(transform.axes()), group); }

  /// Transforms a group of slices and eliminates them while they are in the cache.
  void solve(const double* b, double* x, double coupling, const double* weights) override {
    const double down = sizeof(Real) < sizeof(double) ? scale_for(largest_modulus(size, b)) : 1.0;
    const auto at = [&](auto* array, Index j) { return array == nullptr ? nullptr : array + j * transform.cells(); };
    factor.start();
    for (Index j = 0; j < slices; j += group) {
      transform.forward(std::min(group, slices - j), down, at(b, j), at(weights, j), factor.slice(j), factor.stride());
      factor.forward(j);
    }
    factor.turn();
    const double up = 1.0 / (down * coupling);
    for (Index j = (slices - 1) / group * group; j >= 0; j -= group) {
      factor.backward(j);
      transform.backward(std::min(group, slices - j), up, factor.slice(j), factor.stride(), at(weights, j), at(x, j));
    }
  }

  [[nodiscard]] const std::vector<AxisTransform>& axes() const override { return transform.axes(); }
  [[nodiscard]] std::size_t bytes() const override { return factor.bytes() + transform.bytes(); }

  SliceTransform<Real> transform;
  ModalFactor<Real> factor;
  Index slices;
  Index size;
};

FastPoisson::FastPoisson(const ConstantOperator& model, Precision precision) : model_(invertible(model)), precision_(precision) {
  if (precision == Precision::single) {
    steps_ = std::make_unique<StepsOf<float>>(model_);
  } else {
    steps_ = std::make_unique<StepsOf<double>>(model_);
  }
}

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
    steps_->refactor(next);
  }
  model_ = std::move(next);
  return true;
}

const ConstantOperator& FastPoisson::inverted() const { return model_; }

Index FastPoisson::size() const { return model_.size(); }

Precision FastPoisson::precision() const { return precision_; }

void FastPoisson::solve(const double* b, double* x, const double* weights) { steps_->solve(b, x, model_.axes.front().coupling, weights); }

std::size_t FastPoisson::bytes() const { return steps_->bytes(); }

std::vector<Index> FastPoisson::slow_lengths() const {
  std::vector<Index> slow;
  for (const AxisTransform& t : steps_->axes()) {
    if (!is_smooth(t.length)) {
      slow.push_back(t.length);
    }
  }
  return slow;
}

}  // namespace kindred

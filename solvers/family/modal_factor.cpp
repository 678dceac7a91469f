#include <kindred/solvers/family/modal_factor.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>

namespace kindred {
namespace {

KINDRED_MULTIVERSION void eliminate(Index n, const double* e, const double* previous, double* __restrict current) {
  for (Index k = 0; k < n; ++k) {
    current[k] += e[k] * previous[k];
  }
}

KINDRED_MULTIVERSION void substitute(Index n, const double* e, const double* next, double* __restrict current) {
  for (Index k = 0; k < n; ++k) {
    current[k] = e[k] * (current[k] + next[k]);
  }
}

KINDRED_MULTIVERSION void accumulate(Index n, const double* z, const double* r, double* __restrict sum) {
  for (Index k = 0; k < n; ++k) {
    sum[k] += z[k] * r[k];
  }
}

KINDRED_MULTIVERSION void subtract_product(Index n, const double* x, const double* z, const double* factor, double* __restrict out) {
  for (Index k = 0; k < n; ++k) {
    out[k] = x[k] - factor[k] * z[k];
  }
}

/// Solution of mean zero along one line whose operator is the second difference
/// with Neumann or periodic ends, by the fluxes.
void solve_singular_line(bool periodic, std::vector<double>& line) {
  const auto n = static_cast<double>(line.size());
  const double mean = std::accumulate(line.begin(), line.end(), 0.0) / n;
  double flux = 0.0;
  for (double& r : line) {
    r = flux += r - mean;
  }
  const double circulation = periodic ? std::accumulate(line.begin(), line.end(), 0.0) / n : 0.0;
  double x = 0.0;
  for (double& f : line) {
    x -= std::exchange(f, x) - circulation;
  }
  const double level = std::accumulate(line.begin(), line.end(), 0.0) / n;
  for (double& value : line) {
    value -= level;
  }
}

/// Sums of one eigenvalue per axis, in C order.
std::vector<double> modal_diagonal(const ConstantOperator& model, const std::vector<const std::vector<double>*>& eigenvalues) {
  std::vector<double> lambda{model.relative(model.reaction)};
  for (std::size_t a = 0; a < eigenvalues.size(); ++a) {
    const double ratio = model.relative(model.axes[a + 1].coupling);
    std::vector<double> sums;
    sums.reserve(lambda.size() * eigenvalues[a]->size());
    for (const double l : lambda) {
      for (const double mu : *eigenvalues[a]) {
        sums.push_back(l + ratio * mu);
      }
    }
    lambda = std::move(sums);
  }
  return lambda;
}

}  // namespace

ModalFactor::ModalFactor(const ConstantOperator& model, const std::vector<const std::vector<double>*>& eigenvalues)
    : slices_(model.axes.front().cells), periodic_(model.axes.front().periodic), singular_(model.singular()) {
  const std::vector<double> lambda = modal_diagonal(model, eigenvalues);
  modes_ = static_cast<Index>(lambda.size());
  e_.resize(static_cast<std::size_t>(slices_ * modes_));
  work_.resize(static_cast<std::size_t>((slices_ + slices_ % 2) * modes_));
  zero_.assign(lambda.size(), 0.0);
  line_.resize(singular_ ? static_cast<std::size_t>(slices_) : 0);
  eliminate_pivots(lambda, periodic_ ? std::array<double, 2>{0.0, 0.0} : model.axes.front().side);
  if (periodic_) {
    correct_periodic();
  }
}

void ModalFactor::eliminate_pivots(const std::vector<double>& lambda, const std::array<double, 2>& side) {
  std::vector<double> previous = zero_;
  for (Index j = 0; j < slices_; ++j) {
    double* const e = e_.data() + j * modes_;
    const double ends = (j > 0 ? 1.0 : side[0]) + (j + 1 < slices_ ? 1.0 : side[1]);
    for (std::size_t k = singular_ ? 1 : 0; k < previous.size(); ++k) {
      const double pivot = ends + lambda[k] - previous[k];
      if (!(pivot > 0.0)) {
        throw InputError(
            "a fast Poisson solver was given an operator that is not positive "
            "definite: check sides, couplings and reaction");
      }
      e[k] = previous[k] = 1.0 / pivot;
    }
    if (singular_) {
      e[0] = 0.0;
    }
  }
}

/// z = B⁻¹ u for every mode, with this factor itself.
void ModalFactor::correct_periodic() {
  z_.assign(e_.size(), 0.0);
  sum_ = zero_;
  out_ = {zero_, zero_};
  correction_.assign(zero_.size(), 1.0);
  if (slices_ < 2) {
    return;
  }
  std::ranges::fill(work_, 0.0);
  std::fill_n(slice(0), modes_, 1.0);
  std::fill_n(slice(slices_ - 1), modes_, -1.0);
  for (Index j = 1; j < slices_; ++j) {
    eliminate(modes_, e_.data() + (j - 1) * modes_, slice(j - 1), slice(j));
  }
  for (Index j = slices_; j-- > 0;) {
    substitute(modes_, e_.data() + j * modes_, j + 1 < slices_ ? slice(j + 1) : zero_.data(), slice(j));
  }
  std::copy_n(work_.begin(), z_.size(), z_.begin());
  for (std::size_t k = 0; k < correction_.size(); ++k) {
    correction_[k] = 1.0 / (1.0 + slice(0)[k] - slice(slices_ - 1)[k]);
  }
}

void ModalFactor::start() { std::ranges::fill(sum_, 0.0); }

void ModalFactor::forward(Index j) {
  double* const current = slice(j);
  if (singular_) {
    line_[static_cast<std::size_t>(j)] = std::exchange(current[0], 0.0);
  }
  if (periodic_) {
    accumulate(modes_, z_.data() + j * modes_, current, sum_.data());
  }
  if (j > 0) {
    eliminate(modes_, e_.data() + (j - 1) * modes_, slice(j - 1), current);
  }
}

void ModalFactor::turn() {
  if (singular_) {
    solve_singular_line(periodic_, line_);
  }
  for (std::size_t k = 0; k < sum_.size(); ++k) {
    sum_[k] *= correction_[k];
  }
}

const double* ModalFactor::backward(Index j) {
  double* result = slice(j);
  substitute(modes_, e_.data() + j * modes_, j + 1 < slices_ ? slice(j + 1) : zero_.data(), result);
  if (periodic_) {
    double* const out = out_[static_cast<std::size_t>(j % 2)].data();
    subtract_product(modes_, result, z_.data() + j * modes_, sum_.data(), out);
    result = out;
  }
  if (singular_) {
    result[0] = line_[static_cast<std::size_t>(j)];  // where e is zero: the next slice does not see it
  }
  return result;
}

std::size_t ModalFactor::bytes() const { return sizeof(double) * (e_.size() + work_.size() + z_.size() + 5 * zero_.size() + line_.size()); }

}  // namespace kindred

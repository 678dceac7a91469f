#include <kindred/solvers/family/modal_factor.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>

namespace kindred {
namespace {

// Every vector operation for float and for double.

template <class Real>
[[gnu::always_inline]] inline void add_product(Index n, const Real* factor, const Real* x, Real* __restrict sum) {
  for (Index k = 0; k < n; ++k) {
    sum[k] += factor[k] * x[k];
  }
}

template <class Real>
[[gnu::always_inline]] inline void substitute_line(Index n, const Real* e, const Real* next, Real* __restrict current) {
  for (Index k = 0; k < n; ++k) {
    current[k] = e[k] * (current[k] + next[k]);
  }
}

template <class Real>
[[gnu::always_inline]] inline void subtract_product(Index n, const Real* factor, const Real* x, Real* __restrict difference) {
  for (Index k = 0; k < n; ++k) {
    difference[k] -= factor[k] * x[k];
  }
}

KINDRED_MULTIVERSION void accumulate(Index n, const float* factor, const float* x, float* sum) { add_product(n, factor, x, sum); }
KINDRED_MULTIVERSION void accumulate(Index n, const double* factor, const double* x, double* sum) { add_product(n, factor, x, sum); }
KINDRED_MULTIVERSION void substitute(Index n, const float* e, const float* next, float* current) { substitute_line(n, e, next, current); }
KINDRED_MULTIVERSION void substitute(Index n, const double* e, const double* next, double* current) {
  substitute_line(n, e, next, current);
}
KINDRED_MULTIVERSION void correct(Index n, const float* z, const float* factor, float* x) { subtract_product(n, z, factor, x); }
KINDRED_MULTIVERSION void correct(Index n, const double* z, const double* factor, double* x) { subtract_product(n, z, factor, x); }

/// Solution of mean zero along one line whose operator is the second difference with Neumann or periodic ends, by the fluxes.
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

/// The next slice's pivots, as reciprocals. @returns false if one is not positive
KINDRED_MULTIVERSION bool next_pivots(Index n, double ends, const double* lambda, double* __restrict reciprocal) {
  double least = std::numeric_limits<double>::infinity();
  for (Index k = 0; k < n; ++k) {
    const double pivot = ends + lambda[k] - reciprocal[k];
    least = pivot > least ? least : pivot;  // keeps a NaN
    reciprocal[k] = 1.0 / pivot;
  }
  return n == 0 || least > 0.0;
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

template <class Real>
Index padded(Index modes) {
  constexpr Index line = 64 / sizeof(Real);
  constexpr Index quarter_page = 1024 / sizeof(Real);
  return modes % quarter_page == 0 ? modes + line : modes;
}

}  // namespace

template <class Real>
ModalFactor<Real>::ModalFactor(const ConstantOperator& model, const std::vector<const std::vector<double>*>& eigenvalues, Index group)
    : slices_(model.axes.front().cells), group_(group), periodic_(model.axes.front().periodic), singular_(model.singular()) {
  const std::vector<double> lambda = modal_diagonal(model, eigenvalues);
  modes_ = static_cast<Index>(lambda.size());
  stride_ = padded<Real>(modes_);
  e_.resize(static_cast<std::size_t>(slices_ * stride_));
  work_.resize(static_cast<std::size_t>((slices_ + group - 1) / group * group * stride_));
  zero_.assign(lambda.size(), Real{0});
  line_.resize(singular_ ? static_cast<std::size_t>(slices_) : 0);
  eliminate_pivots(lambda, periodic_ ? std::array<double, 2>{0.0, 0.0} : model.axes.front().side);
  if (periodic_) {
    correct_periodic();
  }
}

template <class Real>
void ModalFactor<Real>::eliminate_pivots(const std::vector<double>& lambda, const std::array<double, 2>& side) {
  std::vector<double> previous(lambda.size(), 0.0);
  for (Index j = 0; j < slices_; ++j) {
    const double ends = (j > 0 ? 1.0 : side[0]) + (j + 1 < slices_ ? 1.0 : side[1]);
    const Index first = singular_ ? 1 : 0;
    if (!next_pivots(modes_ - first, ends, lambda.data() + first, previous.data() + first)) {
      throw InputError("a fast Poisson solver was given an operator that is not positive definite: check sides, couplings and reaction");
    }
    std::ranges::transform(previous, e_.begin() + j * stride_, [](double e) { return static_cast<Real>(e); });
  }
}

/// z = B⁻¹ u for every mode, with this factor itself.
template <class Real>
void ModalFactor<Real>::correct_periodic() {
  z_.assign(e_.size(), Real{0});
  sum_ = zero_;
  next_ = zero_;
  correction_.assign(zero_.size(), Real{1});
  if (slices_ < 2) {
    return;
  }
  std::ranges::fill(work_, Real{0});
  std::fill_n(slice(0), modes_, Real{1});
  std::fill_n(slice(slices_ - 1), modes_, Real{-1});
  for (Index j = 1; j < slices_; ++j) {
    accumulate(modes_, e_.data() + (j - 1) * stride_, slice(j - 1), slice(j));
  }
  substitute_down(0, slices_, zero_.data());
  std::copy_n(work_.begin(), z_.size(), z_.begin());
  for (std::size_t k = 0; k < correction_.size(); ++k) {
    correction_[k] = Real{1} / (Real{1} + slice(0)[k] - slice(slices_ - 1)[k]);
  }
}

/// Slices end − 1 to first. @param next the solution in slice `end`, before its correction
template <class Real>
void ModalFactor<Real>::substitute_down(Index first, Index end, const Real* next) {
  for (Index j = end; j-- > first;) {
    substitute(modes_, e_.data() + j * stride_, next, slice(j));
    next = slice(j);
  }
}

template <class Real>
void ModalFactor<Real>::start() {
  std::ranges::fill(sum_, Real{0});
}

template <class Real>
void ModalFactor<Real>::forward(Index first) {
  for (Index j = first; j < end_of(first); ++j) {
    Real* const current = slice(j);
    if (singular_) {
      line_[static_cast<std::size_t>(j)] = std::exchange(current[0], Real{0});
    }
    if (periodic_) {
      accumulate(modes_, z_.data() + j * stride_, current, sum_.data());
    }
    if (j > 0) {
      accumulate(modes_, e_.data() + (j - 1) * stride_, slice(j - 1), current);
    }
  }
}

template <class Real>
void ModalFactor<Real>::turn() {
  if (singular_) {
    solve_singular_line(periodic_, line_);
  }
  for (std::size_t k = 0; k < sum_.size(); ++k) {
    sum_[k] *= correction_[k];
  }
}

template <class Real>
void ModalFactor<Real>::backward(Index first) {
  const Index end = end_of(first);
  const Real* const above = end == slices_ ? zero_.data() : periodic_ ? next_.data() : slice(end);
  substitute_down(first, end, above);
  if (periodic_) {
    std::copy_n(slice(first), modes_, next_.data());
    for (Index j = first; j < end; ++j) {
      correct(modes_, z_.data() + j * stride_, sum_.data(), slice(j));
    }
  }
  for (Index j = first; singular_ && j < end; ++j) {
    slice(j)[0] = static_cast<Real>(line_[static_cast<std::size_t>(j)]);  // where e is zero: the group below does not see it
  }
}

template <class Real>
std::size_t ModalFactor<Real>::bytes() const {
  return sizeof(Real) * (e_.size() + work_.size() + z_.size() + zero_.size() + sum_.size() + correction_.size() + next_.size()) +
         sizeof(double) * line_.size();
}

template class ModalFactor<float>;
template class ModalFactor<double>;

}  // namespace kindred

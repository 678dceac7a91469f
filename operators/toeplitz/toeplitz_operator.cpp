#include <kindred/operators/toeplitz/toeplitz_operator.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <kindred/operators/csr_arrays.hpp>
#include <kindred/operators/toeplitz/levels.hpp>

namespace kindred {
namespace {

/// 2 n_a − 1; 1 where n_a is.
std::vector<Index> tap_extents(const std::vector<Index>& extents) {
  std::vector<Index> result(extents);
  for (Index& n : result) {
    n = 2 * n - 1;
  }
  return result;
}

Index product(const std::vector<Index>& extents) {
  Index result = 1;
  for (const Index n : extents) {
    result *= n;
  }
  return result;
}

std::vector<double> require_taps(const std::vector<Index>& extents, std::vector<double> taps) {
  require_levels(extents, "Toeplitz");
  if (const Index expected = product(tap_extents(extents)); static_cast<Index>(taps.size()) != expected) {
    throw InputError(fmt::format("a Toeplitz matrix of {} rows has the product of 2 n - 1 taps over its levels, here {}, and {} were given",
                                 product(extents), expected, taps.size()));
  }
  return taps;
}

fftconv::ConvolutionPlan<double> make_plan(const std::vector<Index>& extents, std::span<const double> taps,
                                           const ConvolutionOptions& options, Index columns) {
  fftconv::Description description;
  description.data = extents;
  description.kernel = tap_extents(extents);
  description.mode = fftconv::Mode::same;
  description.batch = columns;
  description.method = options.method;
  description.threads = options.threads;
  fftconv::ConvolutionPlan<double> plan(description);
  plan.set_kernel(taps);
  return plan;
}

}  // namespace

ToeplitzOperator::ToeplitzOperator(std::vector<Index> extents, std::vector<double> taps, const ConvolutionOptions& options)
    : extents_(std::move(extents)),
      taps_(require_taps(extents_, std::move(taps))),
      size_(product(extents_)),
      columns_(std::max<Index>(options.columns, 1)),
      plan_(make_plan(extents_, taps_, options, 1)),
      pattern_(hash_levels("toeplitz", extents_)),
      fingerprint_(hash_values(pattern_, taps_)) {
  if (columns_ > 1) {
    block_plan_ = std::make_unique<fftconv::ConvolutionPlan<double>>(make_plan(extents_, taps_, options, columns_));
  }
}

void ToeplitzOperator::apply(std::span<const double> x, std::span<double> y) const { plan_.apply(x, y); }

void ToeplitzOperator::apply_transpose(std::span<const double> x, std::span<double> y) const { plan_.apply_adjoint(x, y); }

void ToeplitzOperator::apply_columns(std::span<const double> x, std::span<double> y) const {
  const auto n = static_cast<std::size_t>(size_);
  if (x.size() != y.size() || x.size() % n != 0) {
    throw InputError(fmt::format("a Toeplitz matrix of {} rows is applied to {} numbers with {} for the result: give whole vectors", n,
                                 x.size(), y.size()));
  }
  for (std::size_t done = 0; done < x.size();) {
    const std::size_t block = n * static_cast<std::size_t>(columns_);
    const bool whole = block_plan_ && x.size() - done >= block;
    const std::size_t count = whole ? block : n;
    (whole ? *block_plan_ : plan_).apply(x.subspan(done, count), y.subspan(done, count));
    done += count;
  }
}

void ToeplitzOperator::diagonal(std::span<double> entries) const { std::ranges::fill(entries, taps_[taps_.size() / 2]); }

std::size_t ToeplitzOperator::bytes() const {
  return taps_.capacity() * sizeof(double) + plan_.describe().spectrum_bytes + (block_plan_ ? block_plan_->describe().spectrum_bytes : 0);
}

double ToeplitzOperator::tap(const Lag& lag) const {
  std::size_t place = 0;
  for (std::size_t a = 0; a < extents_.size(); ++a) {
    place = place * static_cast<std::size_t>(2 * extents_[a] - 1) + static_cast<std::size_t>(lag[a] + extents_[a] - 1);
  }
  return taps_[place];
}

bool ToeplitzOperator::symmetric() const { return std::equal(taps_.begin(), taps_.end(), taps_.rbegin()); }

std::vector<double> toeplitz_taps(const std::vector<Index>& extents, const std::function<double(const ToeplitzOperator::Lag&)>& t) {
  std::array<Index, 3> around = require_levels(extents, "Toeplitz");
  const std::array<Index, 3> n = around;
  for (Index& count : around) {
    count = 2 * count - 1;
  }
  std::vector<double> taps(static_cast<std::size_t>(around[0] * around[1] * around[2]));
  for_each_position(around, [&](const auto& at, std::size_t place) {
    taps[place] = t({at[0] - n[0] + 1, at[1] - n[1] + 1, at[2] - n[2] + 1});
  });
  return taps;
}

petsc::Matrix toeplitz_matrix(std::vector<Index> extents, std::vector<double> taps, const ConvolutionOptions& options) {
  petsc::Matrix matrix;
  std::make_shared<ToeplitzOperator>(std::move(extents), std::move(taps), options)->assemble(matrix);
  return matrix;
}

}  // namespace kindred

#include <kindred/operators/problems/free_space_operator.hpp>

#include <algorithm>
#include <bit>
#include <functional>
#include <mutex>
#include <numeric>
#include <optional>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/csr_arrays.hpp>

namespace kindred {
namespace {

std::uint64_t hash_of(const fftconv::FreeSpaceDescription& description) {
  std::uint64_t hash = mix_bits(fnv1a("free_space") ^ static_cast<std::uint64_t>(description.kernel));
  hash = mix_bits(hash ^ static_cast<std::uint64_t>(description.function.equation));
  hash = mix_bits(hash ^ std::bit_cast<std::uint64_t>(description.function.wave_number));
  for (const Index n : description.cells) {
    hash = mix_bits(hash ^ static_cast<std::uint64_t>(n));
  }
  return hash_values(hash, description.spacings);
}

Index cells_of(const fftconv::FreeSpaceDescription& description) {
  return std::accumulate(description.cells.begin(), description.cells.end(), Index{1}, std::multiplies<>());
}

}  // namespace

FreeSpaceField::FreeSpaceField(const fftconv::FreeSpaceDescription& description, bool gradient)
    : potential_(description), size_(cells_of(description)), fingerprint_(hash_of(description)) {
  for (int axis = 0; gradient && axis < description.function.dimension; ++axis) {
    auto derivative = description;
    derivative.derivative = axis;
    gradient_.emplace_back(derivative);
  }
}

std::shared_ptr<const FreeSpaceField> FreeSpaceField::shared(const fftconv::FreeSpaceDescription& description, bool gradient) {
  static std::mutex mutex;
  static std::shared_ptr<const FreeSpaceField> last;
  const std::scoped_lock lock(mutex);
  if (!last || last->fingerprint() != hash_of(description) || last->gradient().empty() == gradient) {
    last.reset();  // before the next takes memory
    last = std::make_shared<const FreeSpaceField>(description, gradient);
  }
  return last;
}

FreeSpaceOperator::FreeSpaceOperator(std::shared_ptr<const FreeSpaceField> field, std::vector<double> potential)
    : field_(std::move(field)), potential_(std::move(potential)) {}

void FreeSpaceOperator::apply(std::span<const double> x, std::span<double> y) const {
  if (potential_.empty()) {
    std::copy(x.begin(), x.end(), y.begin());
    return;
  }
  std::vector<double> density(x.size());
  std::transform(x.begin(), x.end(), potential_.begin(), density.begin(), std::multiplies<>());
  field_->potential().apply(density, y);
  std::transform(x.begin(), x.end(), y.begin(), y.begin(), std::plus<>());
}

void FreeSpaceOperator::apply_transpose(std::span<const double> x, std::span<double> y) const {
  if (potential_.empty()) {
    std::copy(x.begin(), x.end(), y.begin());
    return;
  }
  field_->potential().apply(x, y);  // G is even: its own transpose
  for (std::size_t cell = 0; cell < y.size(); ++cell) {
    y[cell] = x[cell] + potential_[cell] * y[cell];
  }
}

void FreeSpaceOperator::diagonal(std::span<double> entries) const {
  std::fill(entries.begin(), entries.end(), 1.0);
  for (std::size_t cell = 0; cell < potential_.size(); ++cell) {
    entries[cell] += field_->potential().self() * potential_[cell];
  }
}

std::uint64_t FreeSpaceOperator::pattern() const { return mix_bits(fnv1a("free_space") ^ static_cast<std::uint64_t>(size())); }

std::uint64_t FreeSpaceOperator::fingerprint() const { return hash_values(field_->fingerprint(), potential_); }

std::size_t FreeSpaceOperator::bytes() const {
  return sizeof(*this) + potential_.size() * sizeof(double) + field_->potential().plan().describe().spectrum_bytes;
}

}  // namespace kindred

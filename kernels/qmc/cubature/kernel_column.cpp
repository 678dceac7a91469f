#include <kindred/kernels/qmc/cubature/kernel_column.hpp>

#include <algorithm>

namespace kindred::qmc {
namespace {

constexpr std::size_t most_kept = std::size_t{1} << 24U;

}  // namespace

KernelColumn::KernelColumn(const Sampler& sampler, Invariance invariance, int order)
    : sampler_(sampler),
      kernel_{
          .invariance = invariance, .weights = std::vector<double>(static_cast<std::size_t>(sampler.dimensions()), 1.0), .orders = {order}},
      origin_(kernel_.weights.size()) {
  check(kernel_);
  sampler_.fill<std::uint64_t>(origin_, 0, 1);
}

void KernelColumn::evaluate(double weight, std::span<double> out) {
  keep(out.size());
  const std::size_t d = origin_.size();
  const std::size_t kept = std::min(out.size(), kept_.size() / d);
  std::ranges::fill(out.first(kept), 0.0);
  for (std::size_t k = 0; k < kept * d; k += block) {
    include_part(weight, std::span(kept_).subspan(k, block), out.subspan(k / (d * block) * block, block));
  }
  std::ranges::fill(kernel_.weights, weight);
  kernel_minus_scale(kernel_, sampler_, Order::natural, kept, out.size(), origin_, out.subspan(kept));
}

/// The values at so many points, or as many as there is room for.
void KernelColumn::keep(std::size_t points) {
  const std::size_t size = origin_.size() * block;
  while (kept_.size() < points * origin_.size() && kept_.size() + size <= most_kept) {
    const std::uint64_t first = kept_.size() / origin_.size();
    kept_.resize(kept_.size() + size);
    kernel_parts(kernel_, sampler_, Order::natural, first, first + block, origin_, std::span(kept_).last(size));
  }
}

}  // namespace kindred::qmc

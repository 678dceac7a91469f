#include <kindred/kernels/qmc/cubature/kernel_column.hpp>

#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>
#include <kindred/kernels/qmc/spectral/kernel_parts.hpp>

namespace kindred::qmc {
namespace {

constexpr std::size_t most_kept = std::size_t{1} << 24U;

/// One coordinate of a block.
template <class Part>
void fill(std::span<const std::uint64_t> difference, double scale, const Part& part, double* out) {
  for (std::size_t i = 0; i < difference.size(); ++i) {
    out[i] = scale * part(difference[i]);
  }
}

void shift_invariant(std::span<const std::uint64_t> difference, int order, double* out) {
  constexpr double squared = 4.0 * std::numbers::pi * std::numbers::pi;
  switch (order) {
    case 1:
      return fill(difference, squared / 2.0, bernoulli<2>, out);
    case 2:
      return fill(difference, -squared * squared / 24.0, bernoulli<4>, out);
    case 3:
      return fill(difference, squared * squared * squared / 720.0, bernoulli<6>, out);
    default:
      return fill(difference, -squared * squared * squared * squared / 40320.0, bernoulli<8>, out);
  }
}

void digital_invariant(std::span<const std::uint64_t> difference, int order, double* out) {
  constexpr double scale = 1.0 / 20.0;
  switch (order) {
    case 1:
      return fill(difference, scale, walsh_series<1>, out);
    case 2:
      return fill(difference, scale, walsh_series<2>, out);
    case 3:
      return fill(difference, scale, walsh_series<3>, out);
    default:
      return fill(difference, scale, walsh_series<4>, out);
  }
}

/// A_d of one block.
KINDRED_MULTIVERSION void accumulate(double theta, const double* values, std::size_t dimensions, double* out) {
  for (std::size_t i = 0; i < KernelColumn::block; ++i) {
    out[i] = 0.0;
  }
  for (std::size_t j = 0; j < dimensions; ++j, values += KernelColumn::block) {
    for (std::size_t i = 0; i < KernelColumn::block; ++i) {
      out[i] += theta * values[i] * (1.0 + out[i]);
    }
  }
}

}  // namespace

KernelColumn::KernelColumn(const Sampler& sampler, CoordinateKernel kernel, int order)
    : sampler_(sampler), kernel_(kernel), order_(order), origin_(static_cast<std::size_t>(sampler.dimensions())) {
  if (order < 1 || order > 4) {
    throw InputError("qmc: kernels of order " + std::to_string(order) + "; 1 to 4 are there");
  }
  words_.resize(origin_.size() * block);
  sampler_.fill<std::uint64_t>(origin_, 0, 1);
}

void KernelColumn::evaluate(double theta, std::span<double> out) {
  const std::size_t d = origin_.size();
  const std::size_t size = d * block;
  std::vector<double> computed;
  for (std::size_t first = 0; first < out.size(); first += block) {
    const std::size_t begin = first * d;
    if (begin + size <= kept_.size()) {
      accumulate(theta, kept_.data() + begin, d, out.data() + first);
      continue;
    }
    const bool keep = begin + size <= most_kept;
    std::vector<double>& target = keep ? kept_ : computed;
    target.resize(keep ? begin + size : size);
    double* values = target.data() + (keep ? begin : 0);
    kernel_values(first, values);
    accumulate(theta, values, d, out.data() + first);
  }
}

/// Of all coordinates at points first … first + block − 1.
void KernelColumn::kernel_values(std::uint64_t first, double* out) {
  FillOptions options;
  options.layout = Layout::dimension_major;
  sampler_.fill<std::uint64_t>(words_, first, first + block, options);
  const bool lattice = kernel_ == CoordinateKernel::shift_invariant;
  for (std::size_t k = 0; k < words_.size(); ++k) {
    words_[k] = lattice ? words_[k] - origin_[k / block] : words_[k] ^ origin_[k / block];
  }
  (lattice ? shift_invariant : digital_invariant)(words_, order_, out);
}

}  // namespace kindred::qmc

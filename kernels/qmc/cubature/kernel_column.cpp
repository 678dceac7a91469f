#include <kindred/kernels/qmc/cubature/kernel_column.hpp>

#include <bit>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>
#include <kindred/kernels/qmc/bits.hpp>

namespace kindred::qmc {
namespace {

constexpr std::size_t most_kept = std::size_t{1} << 24U;

/// Bernoulli's polynomials in s = t (1 − t): B_2 = 1/6 − s, B_4 = s² − 1/30.
KINDRED_MULTIVERSION void shift_invariant(const std::uint64_t* difference, std::size_t count, int order, double* out) {
  constexpr double squared = 4.0 * std::numbers::pi * std::numbers::pi;
  const double first = order == 1 ? squared / 12.0 : squared * squared / 720.0;
  const double linear = order == 1 ? -squared / 2.0 : 0.0;
  const double quadratic = order == 1 ? 0.0 : -squared * squared / 24.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double t = to_double(difference[i]);
    const double s = t * (1.0 - t);
    out[i] = first + s * (linear + s * quadratic);
  }
}

/// Sums of Walsh functions by the position β of the first digit 1 of x: 2 − 6 · 2^(−β), and 3/2 − β x − (5/2) 2^(−β).
/// J. Baldeaux, J. Dick, G. Leobacher, D. Nuyens and F. Pillichshammer, Efficient calculation of the worst-case error and (fast)
/// component-by-component construction of higher order polynomial lattice rules, Numer. Algorithms 59 (2012) 403-431.
void digital_invariant(const std::uint64_t* difference, std::size_t count, int order, double* out) {
  constexpr double scale = 1.0 / 20.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double leading = to_double(std::bit_floor(difference[i]));
    const double beta = std::countl_zero(difference[i]) + 1.0;
    out[i] = scale * (order == 1 ? 2.0 - 6.0 * leading : 1.5 - beta * to_double(difference[i]) - 2.5 * leading);
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
  if (order != 1 && order != 2) {
    throw InputError("qmc: kernels of order " + std::to_string(order) + "; 1 and 2 are there");
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
  (lattice ? shift_invariant : digital_invariant)(words_.data(), words_.size(), order_, out);
}

}  // namespace kindred::qmc

#include <kindred/kernels/qmc/construction/orbits.hpp>

#include <algorithm>
#include <cmath>

#include <kindred/kernels/multiversion.hpp>
#include <kindred/kernels/qmc/spectral/fourier.hpp>

namespace kindred::qmc {
namespace {

using Complex = std::complex<double>;

/// a ← a conj(b) c, as pairs of numbers.
KINDRED_MULTIVERSION void multiply_spectra(double* b, const double* omega, double scale, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) {
    const double real = b[2 * k];
    const double imaginary = b[2 * k + 1];
    b[2 * k] = scale * (omega[2 * k] * real + omega[2 * k + 1] * imaginary);
    b[2 * k + 1] = scale * (omega[2 * k + 1] * real - omega[2 * k] * imaginary);
  }
}

KINDRED_MULTIVERSION void extend_products(double* sums, const double* omega, double weight, std::size_t count) {
  for (std::size_t g = 0; g < count; ++g) {
    sums[g] += weight * omega[g] * (1.0 + sums[g]);
  }
}

KINDRED_MULTIVERSION void extend_order(double* sums, const double* smaller, const double* omega, double weight, std::size_t count) {
  for (std::size_t g = 0; g < count; ++g) {
    sums[g] += weight * omega[g] * smaller[g];
  }
}

KINDRED_MULTIVERSION void add_constant_multiple(double* sums, const double* omega, double weight, std::size_t count) {
  for (std::size_t g = 0; g < count; ++g) {
    sums[g] += weight * omega[g];
  }
}

/// By halves, so that rounding grows with the logarithm of the count only.
double pairwise_sum(const double* values, std::size_t count) {
  if (count <= 64) {
    double sum = 0.0;
    for (std::size_t k = 0; k < count; ++k) {
      sum += values[k];
    }
    return sum;
  }
  return pairwise_sum(values, count / 2) + pairwise_sum(values + count / 2, count - count / 2);
}

}  // namespace

OrbitKernel::OrbitKernel(const LatticeSpace& space, const OrbitLevels& levels) : values_(levels.size()), spectra_(levels.size()) {
  const std::vector<double> omega = kernel_values(space, levels.last());
  const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(levels.last());
  for (int level = 0; level <= levels.last(); ++level) {
    const std::size_t length = OrbitLevels::length(level);
    double* values = values_.data() + OrbitLevels::offset(level);
    std::uint64_t i = level == 0 ? 0 : n >> static_cast<unsigned>(level);
    double squares = 0.0;
    for (std::size_t g = 0; g < length; ++g) {
      values[g] = omega[std::min(i, n - i)];
      squares += values[g] * values[g];
      i = (5 * i) & (n - 1);
    }
    sums_.push_back(OrbitLevels::multiplicity(level) * pairwise_sum(values, length));
    rms_.push_back(std::sqrt(squares / static_cast<double>(length)));
    const auto spectrum = std::span(spectra_).subspan(OrbitLevels::offset(level), length);
    std::copy_n(values, length, spectrum.begin());
    inverse_bit_reversed_fourier(spectrum);
  }
}

void OrbitKernel::correlate(int level, std::span<Complex> b) const {
  // Natural order in, bit-reversed order between, natural order out: the inverse transform first, which conjugates the spectra.
  inverse_bit_reversed_fourier(b);
  const double scale = OrbitLevels::multiplicity(level) * std::sqrt(static_cast<double>(b.size()));
  multiply_spectra(reinterpret_cast<double*>(b.data()), reinterpret_cast<const double*>(spectra_.data() + OrbitLevels::offset(level)),
                   scale, b.size());
  bit_reversed_fourier(b);
}

OrbitSums::OrbitSums(const OrbitLevels& levels, const LatticeWeights& weights, int dimensions)
    : levels_(levels), ratios_(weights.order_ratios) {
  if (ratios_.size() > static_cast<std::size_t>(dimensions)) {
    ratios_.resize(static_cast<std::size_t>(dimensions));
  }
  sums_.assign(std::max<std::size_t>(1, ratios_.size()), std::vector<double>(levels.size(), 0.0));
}

void OrbitSums::next_factor(int level, std::span<Complex> b) const {
  const std::size_t offset = OrbitLevels::offset(level);
  if (ratios_.empty()) {
    std::copy_n(sums_.front().begin() + static_cast<std::ptrdiff_t>(offset), b.size(), b.begin());
    return;
  }
  std::ranges::fill(b, 0.0);
  for (std::size_t order = 1; order < ratios_.size(); ++order) {
    const double* sums = sums_[order - 1].data() + offset;
    for (std::size_t g = 0; g < b.size(); ++g) {
      b[g].real(b[g].real() + ratios_[order] * sums[g]);
    }
  }
}

void OrbitSums::extend(const OrbitKernel& kernel, double weight, std::size_t h) {
  for (int level = 0; level <= levels_.last(); ++level) {
    const auto omega = kernel.level(level);
    const std::size_t rotation = h % omega.size();
    // g < length − rotation, and those that come round again
    const auto pieces = {std::pair{std::size_t{0}, omega.subspan(rotation)}, std::pair{omega.size() - rotation, omega.first(rotation)}};
    for (const auto& [first, rotated] : pieces) {
      const std::size_t at = OrbitLevels::offset(level) + first;
      if (ratios_.empty()) {
        extend_products(sums_.front().data() + at, rotated.data(), weight, rotated.size());
        continue;
      }
      for (std::size_t order = ratios_.size() - 1; order > 0; --order) {
        extend_order(sums_[order].data() + at, sums_[order - 1].data() + at, rotated.data(), ratios_[order] * weight, rotated.size());
      }
      add_constant_multiple(sums_.front().data() + at, rotated.data(), ratios_.front() * weight, rotated.size());
    }
  }
}

double OrbitSums::level_sum(int level) const {
  double sum = 0.0;
  for (const auto& sums : sums_) {
    sum += pairwise_sum(sums.data() + OrbitLevels::offset(level), OrbitLevels::length(level));
  }
  return OrbitLevels::multiplicity(level) * sum;
}

}  // namespace kindred::qmc

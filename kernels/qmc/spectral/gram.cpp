#include <kindred/kernels/qmc/spectral/gram.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/fill.hpp>
#include <kindred/kernels/qmc/spectral/fourier.hpp>
#include <kindred/kernels/qmc/spectral/roots_of_unity.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>

namespace kindred::qmc {
namespace {

using Complex = std::complex<double>;

/// A lattice's point 1 is half a period from point 0 in every coordinate, as no other sum of multiples of the index is.
bool is_lattice(const Sampler& points) {
  if (!std::holds_alternative<AdditivePoints>(SamplerAccess::points(points)) || points.max_points() < 2) {
    return false;
  }
  for (int j = 0; j < points.dimensions(); ++j) {
    if (points.word(1, j) - points.word(0, j) != std::uint64_t{1} << 63U) {
      return false;
    }
  }
  return true;
}

void check_group(const Sampler& points, const ProductKernel& kernel, Order order) {
  check(kernel);
  const bool periodic = kernel.invariance == Invariance::shift;
  if (points.replicates() != 1 || points.dimensions() != kernel.dimensions()) {
    throw InputError("Gram: points of " + std::to_string(points.dimensions()) + " dimensions and " + std::to_string(points.replicates()) +
                     " replicates under a kernel of " + std::to_string(kernel.dimensions()) +
                     " dimensions: as many and one replicate are needed (Randomization::first_replicate chooses it)");
  }
  if (periodic && (!is_lattice(points) || order != Order::natural)) {
    throw InputError("Gram: a shift-invariant kernel needs a lattice in natural order, shifted or not");
  }
  if (!periodic && !std::holds_alternative<LinearNet>(SamplerAccess::points(points))) {
    throw InputError("Gram: a digitally shift-invariant kernel needs a digital net, unscrambled, digitally shifted or linearly scrambled");
  }
}

std::vector<std::uint64_t> first_point(const Sampler& points) {
  std::vector<std::uint64_t> words(static_cast<std::size_t>(points.dimensions()));
  points.fill<std::uint64_t>(words, 0, 1);
  return words;
}

/// Sums of squares, their roots, times n^(1/2): transforms of columns are unnormalised.
void scale_by_root(std::span<double> values, std::size_t n) {
  const double root = std::sqrt(static_cast<double>(n));
  for (double& value : values) {
    value *= root;
  }
}

/// Eigenvalues are sums of positive terms: below zero is rounding.
void clip(std::span<double> eigenvalues) {
  for (double& value : eigenvalues) {
    value = std::max(value, 0.0);
  }
}

std::vector<Complex> half_spectrum(std::span<const double> values) {
  std::vector<Complex> spectrum(values.size() / 2 + 1);
  bit_reversed_fourier(values, spectrum);
  return spectrum;
}

std::vector<double> real_parts(std::span<const Complex> values) {
  std::vector<double> parts(values.size());
  std::ranges::transform(values, parts.begin(), [](const Complex& value) { return value.real(); });
  return parts;
}

/// λ_k + Re(w_k b_k), k = 0 … n, from λ and the transform b of the further half, k = 0 … n/2 of each.
std::vector<double> joined(std::span<const double> eigenvalues, std::span<const Complex> b, std::size_t n) {
  const auto order = static_cast<std::size_t>(std::countr_zero(n)) + 1;
  const Roots w = roots_of_unity(static_cast<int>(order))[order];
  const double root = std::sqrt(static_cast<double>(n));
  std::vector<double> all(n + 1);
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t mirrored = std::min(k, n - k);
    const double imaginary = k == mirrored ? b[mirrored].imag() : -b[mirrored].imag();
    all[k] = eigenvalues[mirrored] + root * (w.real[k] * b[mirrored].real() - w.imaginary[k] * imaginary);
  }
  all[n] = eigenvalues[0] - root * b[0].real();
  return all;
}

}  // namespace

Gram::Gram(const Sampler& points, std::uint64_t n, ProductKernel kernel, Order order)
    : points_(points), kernel_(std::move(kernel)), order_(order), periodic_(kernel_.invariance == Invariance::shift), size_(n) {
  check_group(points_, kernel_, order_);
  if (!std::has_single_bit(n) || n > points_.max_points()) {
    throw InputError("Gram: " + std::to_string(n) + " points: a power of two of at most " + std::to_string(points_.max_points()));
  }
  eigenvalues_ = column(0, n);
  if (periodic_) {
    eigenvalues_ = real_parts(half_spectrum(eigenvalues_));
  } else {
    walsh_hadamard(eigenvalues_);
  }
  scale_by_root(eigenvalues_, n);
  clip(eigenvalues_);
}

std::vector<double> Gram::column(std::uint64_t n0, std::uint64_t n1) const {
  std::vector<double> values(n1 - n0);
  kernel_minus_scale(kernel_, points_, order_, n0, n1, first_point(points_), values);
  return values;
}

void Gram::extend() {
  const std::size_t n = size_;
  if (n > points_.max_points() / 2) {
    throw InputError("Gram: " + std::to_string(n) + " of " + std::to_string(points_.max_points()) + " points cannot be doubled");
  }
  std::vector<double> further = column(n, 2 * n);
  if (periodic_) {
    eigenvalues_ = joined(eigenvalues_, half_spectrum(further), n);
  } else {
    walsh_hadamard(further);
    scale_by_root(further, n);
    eigenvalues_.insert(eigenvalues_.end(), further.begin(), further.end());
    join_walsh_hadamard(std::span(eigenvalues_).first(n), std::span(eigenvalues_).subspan(n), 1.0);
  }
  clip(eigenvalues_);
  size_ = 2 * n;
}

std::vector<double> Gram::with_noise(double noise, const char* user, bool invert) const {
  if (!(noise >= 0.0) || !std::isfinite(noise)) {
    throw InputError("Gram::" + std::string(user) + ": noise " + std::to_string(noise) + ": a variance is not negative");
  }
  std::vector<double> values = eigenvalues_;
  values[0] += static_cast<double>(size_) * kernel_.scale;
  for (double& value : values) {
    value += noise;
    if (invert && !(value > 0.0)) {
      throw SolveError("Gram::" + std::string(user) + ": the matrix of " + std::to_string(size_) +
                       " points is singular to rounding: give noise, take fewer points or a lower order of the kernel");
    }
  }
  return values;
}

std::vector<double> Gram::eigenvalues() const {
  std::vector<double> values = with_noise(0.0, "eigenvalues", false);
  for (std::size_t k = values.size(); k < size_; ++k) {
    values.push_back(values[size_ - k]);
  }
  return values;
}

/// Coefficient k of every row times factor[k].
template <class Factor>
void Gram::scale_coefficients(std::span<double> rows, const Factor& factor) const {
  if (rows.size() % size_ != 0) {
    throw InputError("Gram: " + std::to_string(rows.size()) + " values are no rows of " + std::to_string(size_));
  }
  std::vector<Complex> spectrum(periodic_ ? size_ / 2 + 1 : 0);
  for (std::size_t first = 0; first < rows.size(); first += size_) {
    const auto row = rows.subspan(first, size_);
    if (periodic_) {
      bit_reversed_fourier(row, spectrum);
      for (std::size_t k = 0; k < spectrum.size(); ++k) {
        spectrum[k] *= factor(k);
      }
      inverse_bit_reversed_fourier(spectrum, row);
    } else {
      walsh_hadamard(row);
      for (std::size_t k = 0; k < size_; ++k) {
        row[k] *= factor(k);
      }
      walsh_hadamard(row);
    }
  }
}

void Gram::multiply(std::span<double> rows, double noise) const {
  const auto values = with_noise(noise, "multiply", false);
  scale_coefficients(rows, [&](std::size_t k) { return values[k]; });
}

void Gram::solve(std::span<double> rows, double noise) const {
  const auto values = with_noise(noise, "solve", true);
  scale_coefficients(rows, [&](std::size_t k) { return 1.0 / values[k]; });
}

double Gram::log_determinant(double noise) const {
  const auto values = with_noise(noise, "log_determinant", true);
  double sum = 0.0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    sum += multiplicity(k) * std::log(values[k]);
  }
  return sum;
}

double Gram::negative_log_likelihood(std::span<const double> y, double noise) const {
  if (y.size() != size_) {
    throw InputError("Gram::negative_log_likelihood: " + std::to_string(y.size()) + " values at " + std::to_string(size_) + " points");
  }
  const auto values = with_noise(noise, "negative_log_likelihood", true);
  std::vector<double> squares(values.size());
  if (periodic_) {
    std::ranges::transform(half_spectrum(y), squares.begin(), [](const Complex& c) { return std::norm(c); });
  } else {
    std::vector<double> coefficients(y.begin(), y.end());
    walsh_hadamard(coefficients);
    std::ranges::transform(coefficients, squares.begin(), [](double c) { return c * c; });
  }
  double sum = static_cast<double>(size_) * std::log(2.0 * std::numbers::pi);
  for (std::size_t k = 0; k < values.size(); ++k) {
    sum += multiplicity(k) * (squares[k] / values[k] + std::log(values[k]));
  }
  return 0.5 * sum;
}

}  // namespace kindred::qmc

#include <kindred/operators/toeplitz/circulant_operator.hpp>

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <kindred/operators/csr_arrays.hpp>
#include <kindred/operators/fields/fftw.hpp>
#include <kindred/operators/toeplitz/levels.hpp>

namespace kindred {
namespace {

Index count_of(const std::array<Index, 3>& levels) { return levels[0] * levels[1] * levels[2]; }

Index rows(const std::vector<Index>& extents) { return count_of(require_levels(extents, "circulant")); }

/// Rows of the last level, and how many there are of them.
struct LastLevel {
  Index length;
  Index rows;
};

LastLevel last_level(const std::vector<Index>& extents) {
  const Index n = rows(extents);
  return {extents.back(), n / extents.back()};
}

void require_count(std::size_t given, Index expected, const char* what) {
  if (static_cast<Index>(given) != expected) {
    throw InputError(fmt::format("a circulant matrix of these extents has {} {}, and {} were given", expected, what, given));
  }
}

fftconv::ConvolutionPlan<double> make_plan(const std::vector<Index>& extents, const ConvolutionOptions& options) {
  rows(extents);
  fftconv::Description description;
  description.data = extents;
  description.kernel = extents;
  description.mode = fftconv::Mode::periodic;
  description.method = options.method;
  description.threads = options.threads;
  return fftconv::ConvolutionPlan<double>(description);
}

std::vector<int> fftw_extents(const std::vector<Index>& extents) {
  std::vector<int> all;
  for (const Index n : extents) {
    if (n > std::numeric_limits<int>::max()) {
      throw InputError(fmt::format("a circulant matrix has {} rows in one level, more than FFTW's transforms can number", n));
    }
    all.push_back(static_cast<int>(n));
  }
  return all;
}

/// Mean of all eigenvalues, those of the other half counted too.
double diagonal_of(const CirculantSpectrum& spectrum) {
  const auto [length, outer] = last_level(spectrum.extents);
  double sum = 0.0;
  std::size_t place = 0;
  for (Index row = 0; row < outer; ++row) {
    for (Index k = 0; k <= length / 2; ++k) {
      const bool alone = k == 0 || 2 * k == length;
      sum += (alone ? 1.0 : 2.0) * spectrum.eigenvalues[place++].real();
    }
  }
  return sum / static_cast<double>(length * outer);
}

std::span<const double> real_numbers(const CirculantSpectrum& spectrum) {
  return {reinterpret_cast<const double*>(spectrum.eigenvalues.data()), 2 * spectrum.eigenvalues.size()};
}

}  // namespace

CirculantOperator::CirculantOperator(std::vector<Index> extents, std::vector<double> column, const ConvolutionOptions& options)
    : extents_(std::move(extents)),
      size_(rows(extents_)),
      plan_(make_plan(extents_, options)),
      pattern_(hash_levels("circulant", extents_)) {
  require_count(column.size(), size_, "entries in its first column");
  plan_.set_kernel(column);
  diagonal_ = column.front();
  fingerprint_ = hash_values(pattern_, column);
}

CirculantOperator::CirculantOperator(CirculantSpectrum spectrum, const ConvolutionOptions& options)
    : extents_(spectrum.extents), size_(rows(extents_)), plan_(make_plan(extents_, options)), pattern_(hash_levels("circulant", extents_)) {
  plan_.set_spectrum(spectrum.eigenvalues);
  diagonal_ = diagonal_of(spectrum);
  fingerprint_ = hash_values(pattern_ + 1, real_numbers(spectrum));
}

void CirculantOperator::apply(std::span<const double> x, std::span<double> y) const { plan_.apply(x, y); }

void CirculantOperator::apply_transpose(std::span<const double> x, std::span<double> y) const { plan_.apply_adjoint(x, y); }

void CirculantOperator::diagonal(std::span<double> entries) const { std::ranges::fill(entries, diagonal_); }

CirculantSpectrum circulant_spectrum(std::vector<Index> extents, std::span<const double> column) {
  const auto [length, outer] = last_level(extents);
  require_count(column.size(), length * outer, "entries in its first column");
  const Index padded = 2 * (length / 2 + 1);
  fftw::Buffer data(outer * padded);
  const auto plan = fftw::real_to_complex_plan(fftw_extents(extents));
  for (Index row = 0; row < outer; ++row) {
    std::copy_n(column.begin() + row * length, length, data.data() + row * padded);
  }
  fftw::execute_real_to_complex(plan, data);
  const auto* numbers = reinterpret_cast<const std::complex<double>*>(data.data());
  return {std::move(extents), {numbers, numbers + data.size() / 2}};
}

std::vector<double> circulant_column(const CirculantSpectrum& spectrum) {
  const CirculantOperator matrix(spectrum);
  std::vector<double> unit(static_cast<std::size_t>(matrix.size()));
  std::vector<double> column(unit.size());
  unit.front() = 1.0;
  matrix.apply(unit, column);
  return column;
}

petsc::Matrix circulant_matrix(std::vector<Index> extents, std::vector<double> column, const ConvolutionOptions& options) {
  petsc::Matrix matrix;
  std::make_shared<CirculantOperator>(std::move(extents), std::move(column), options)->assemble(matrix);
  return matrix;
}

}  // namespace kindred

#include <kindred/operators/fields/spectral_basis.hpp>

#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred {
namespace {

constexpr Index maximum_cells = Index{1} << 20U;  // numbers of functions, up to twice a wave number, fit into 21 bits

fftw_r2r_kind transform_kind(BasisKind kind) {
  switch (kind) {
    case BasisKind::cosine:
      return FFTW_REDFT01;
    case BasisKind::sine:
      return FFTW_RODFT01;
    case BasisKind::fourier:
      break;
  }
  return FFTW_HC2R;
}

using Function = SpectralBasis::Function;

/// FFTW counts every term of these sums twice, except the first of REDFT01 and HC2R and the last of RODFT01.
Function cosine_function(const BasisAxis& axis, Index slot) {
  return {eigenvalue(axis, slot), 1.0 / std::sqrt(slot == 0 ? axis.extent : 2.0 * axis.extent), static_cast<std::uint64_t>(slot), slot,
          slot};
}

Function sine_function(const BasisAxis& axis, Index slot) {
  const Index k = slot + 1;
  return {eigenvalue(axis, k), k == axis.cells ? std::sqrt(2.0 / axis.extent) : 1.0 / std::sqrt(2.0 * axis.extent),
          static_cast<std::uint64_t>(k), k, slot};
}

/// FFTW's half-complex order: real parts of k = 0 … n/2, then imaginary parts from the highest k down to 1.
Function fourier_function(const BasisAxis& axis, Index slot) {
  const bool sine = 2 * slot > axis.cells;
  const Index k = sine ? axis.cells - slot : slot;
  const auto number = static_cast<std::uint64_t>(k == 0 ? 0 : (sine ? 2 * k : 2 * k - 1));
  const double scale = 2 * k == axis.cells ? 0.0 : 1.0 / std::sqrt(k == 0 ? axis.extent : 2.0 * axis.extent);
  return {eigenvalue(axis, k), scale, number, k, k};
}

Function function_at(const BasisAxis& axis, Index slot) {
  switch (axis.kind) {
    case BasisKind::cosine:
      return cosine_function(axis, slot);
    case BasisKind::sine:
      return sine_function(axis, slot);
    case BasisKind::fourier:
      break;
  }
  return fourier_function(axis, slot);
}

/// Shifts a fourier axis by half a cell: a cos(k(x + h/2)) + b sin(k(x + h/2)) in terms of cos(k x) and sin(k x), as HC2R wants
/// them (the imaginary part is minus the sine's coefficient).
void rotate_half_cell(double* data, Index outer, Index cells, Index inner) {
  for (Index k = 1; 2 * k < cells; ++k) {
    const double angle = std::numbers::pi * static_cast<double>(k) / static_cast<double>(cells);
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    for (Index block = 0; block < outer; ++block) {
      double* real = data + (block * cells + k) * inner;
      double* imaginary = data + (block * cells + cells - k) * inner;
      for (Index i = 0; i < inner; ++i) {
        const double a = real[i];
        const double b = imaginary[i];
        real[i] = a * c + b * s;
        imaginary[i] = a * s - b * c;
      }
    }
  }
}

}  // namespace

double eigenvalue(const BasisAxis& axis, Index wave_number) {
  const double frequency =
      (axis.kind == BasisKind::fourier ? 2.0 : 1.0) * std::numbers::pi * static_cast<double>(wave_number) / axis.extent;
  return frequency * frequency;
}

void SpectralBasis::require(std::span<const BasisAxis> axes) {
  if (axes.empty() || axes.size() > 3) {
    throw InputError(
        fmt::format("a Gaussian random field needs a grid of one to three axes, this one has {}; the sides of a one-dimensional grid take "
                    "constants and expressions",
                    axes.size()));
  }
  for (std::size_t a = 0; a < axes.size(); ++a) {
    if (axes[a].cells < 1 || axes[a].cells > maximum_cells) {
      throw InputError(
          fmt::format("a Gaussian random field takes 1 to {} cells per axis; axis {} has {}", maximum_cells, a, axes[a].cells));
    }
  }
}

SpectralBasis::SpectralBasis(std::vector<BasisAxis> axes) : axes_(std::move(axes)) {
  require(axes_);
  std::vector<int> cells;
  std::vector<fftw_r2r_kind> kinds;
  functions_.fill({Function{}});
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    functions_[a].clear();
    for (Index slot = 0; slot < axes_[a].cells; ++slot) {
      functions_[a].push_back(function_at(axes_[a], slot));
    }
    cells.push_back(static_cast<int>(axes_[a].cells));
    kinds.push_back(transform_kind(axes_[a].kind));
    size_ *= axes_[a].cells;
  }
  plan_ = fftw::real_plan(cells, kinds);
}

void SpectralBasis::synthesize(fftw::Buffer& data) const {
  Index outer = 1;
  Index inner = size_;
  for (const auto& axis : axes_) {
    inner /= axis.cells;
    if (axis.kind == BasisKind::fourier) {
      rotate_half_cell(data.data(), outer, axis.cells, inner);
    }
    outer *= axis.cells;
  }
  fftw::execute(plan_, data);
}

}  // namespace kindred

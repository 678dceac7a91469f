#include <kindred/operators/fields/matern_field.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <kindred/operators/fields/spectral_basis.hpp>

namespace kindred {
namespace {

constexpr Index largest_torus = Index{1} << 31U;  // cells: 16 GiB a draw

double correlation_length(const MaternParameters& p, const Axis& axis) {
  const auto coordinate = static_cast<std::size_t>(axis.name - 'x');
  if (p.lengths.empty()) {
    return p.length;
  }
  if (coordinate >= p.lengths.size()) {
    throw InputError(fmt::format("the field \"matern\" has {} lengths, and none for the axis {}: give one per axis of the grid",
                                 p.lengths.size(), axis.name));
  }
  return p.lengths[coordinate];
}

/// The torus around a grid. @throws InputError if there is none that could be used
std::vector<MaternAxis> torus_axes(const MaternParameters& p, const Grid& grid) {
  std::vector<MaternAxis> axes;
  const double tolerance = p.tolerance / std::max(1, grid.dimension());
  double cells = 1.0;
  for (const auto& axis : grid.axes) {
    const bool periodic = p.boundary == "periodic" || (p.boundary == "auto" && axis.periodic);
    const double length = correlation_length(p, axis);
    const Index multiple = periodic ? 1 : torus_multiple(p.smoothness, length / axis.extent, tolerance);
    axes.push_back({multiple * axis.cells, static_cast<double>(multiple) * axis.extent, length});
    cells *= static_cast<double>(axes.back().cells);
  }
  if (cells > static_cast<double>(largest_torus)) {
    throw InputError(fmt::format(
        "this Matérn field is part of one on a torus of {:.3g} cells, {:.3g} GiB a draw: shorten its length, raise its tolerance, or "
        "coarsen the grid",
        cells, cells * 8.0 / 1073741824.0));
  }
  return axes;
}

std::vector<BasisAxis> basis_axes(const std::vector<MaternAxis>& torus) {
  std::vector<BasisAxis> axes;
  axes.reserve(torus.size());
  for (const auto& axis : torus) {
    axes.push_back({BasisKind::fourier, axis.cells, axis.period});
  }
  return axes;
}

/// The sine of the highest wave of an even number of cells, ±1 at the centres: a grid's covariance needs it.
void keep_highest_sine(SpectralBasis::Function& f, const BasisAxis& axis) {
  if (2 * f.wave_number == axis.cells) {
    f.scale = 1.0 / std::sqrt(axis.extent);
    f.number += 1;  // of the sine that follows the cosine
  }
}

}  // namespace

/// What draws on one grid share: the torus, its waves, and the standard deviation of every coefficient by wave numbers.
struct MaternField::Spectrum {
  Spectrum(const MaternParameters& parameters, std::vector<MaternAxis> torus);
  /// Fills the coefficients of one sample, in the order of `SpectralBasis::synthesize`.
  void draw_coefficients(const Draws& draws, fftw::Buffer& data) const;

  std::vector<MaternAxis> axes;
  SpectralBasis basis;
  std::array<std::vector<SpectralBasis::Function>, 3> waves;
  std::vector<double> deviation;  ///< C order over the wave numbers; 0: left out
};

MaternField::Spectrum::Spectrum(const MaternParameters& p, std::vector<MaternAxis> torus)
    : axes(std::move(torus)), basis(basis_axes(axes)), waves(basis.functions()) {
  deviation = p.spectral() ? torus_spectrum(p.smoothness, axes) : grid_spectrum(p.smoothness, axes);
  double volume = 1.0;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    volume *= axes[a].period;
    for (auto& wave : waves[a]) {
      if (!p.spectral()) {
        keep_highest_sine(wave, basis.axes()[a]);
      } else if (p.modes > 0 && wave.position >= p.modes) {
        wave.scale = 0.0;
      }
    }
  }
  // A wave of less than 1e-20 of the variance is not worth a random number: 2^31 of them would change the covariance by 2e-11.
  std::transform(deviation.begin(), deviation.end(), deviation.begin(),
                 [&](double variance) { return variance > 1e-20 * volume ? p.sigma * std::sqrt(variance) : 0.0; });
}

void MaternField::Spectrum::draw_coefficients(const Draws& draws, fftw::Buffer& data) const {
  const Index along_y = axes.size() > 1 ? axes[1].cells / 2 + 1 : 1;
  const Index along_z = axes.size() > 2 ? axes[2].cells / 2 + 1 : 1;
  Index slot = 0;
  for (const auto& x : waves[0]) {
    for (const auto& y : waves[1]) {
      const double* row = deviation.data() + (x.wave_number * along_y + y.wave_number) * along_z;
      for (const auto& z : waves[2]) {
        const double scale = row[z.wave_number] * x.scale * y.scale * z.scale;
        data[slot++] = scale > 0.0 ? scale * draws.normal(mode_number(x.number, y.number, z.number)) : 0.0;
      }
    }
  }
}

MaternField::MaternField(MaternParameters parameters) : parameters_(std::move(parameters)) {}
MaternField::~MaternField() = default;

std::shared_ptr<const MaternField::Spectrum> MaternField::spectrum(const Grid& grid) const {
  auto axes = torus_axes(parameters_, grid);
  const std::scoped_lock lock(mutex_);
  if (latest_ == nullptr || latest_->axes != axes) {
    latest_ = std::make_shared<const Spectrum>(parameters_, std::move(axes));
  }
  return latest_;
}

void MaternField::require_drawable(const Grid& grid, Index /*count*/) const {
  SpectralBasis::require(basis_axes(torus_axes(parameters_, grid)));
}

double MaternField::reached_minimum(const Grid& /*grid*/) const {
  return parameters_.transform == "threshold" ? std::min(parameters_.values[0], parameters_.values[1])
                                              : std::numeric_limits<double>::infinity();
}

void MaternField::draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const {
  const auto shared = spectrum(grid);
  fftw::Buffer data(shared->basis.size());
  shared->draw_coefficients(sample.draws(stream), data);
  shared->basis.synthesize(data);
  const auto cells_along = [](const auto& axes, std::size_t a) { return a < axes.size() ? axes[a].cells : 1; };
  const Index nx = cells_along(grid.axes, 0);
  const Index ny = cells_along(grid.axes, 1);
  const Index nz = cells_along(grid.axes, 2);
  const Index torus_ny = cells_along(shared->axes, 1);
  const Index torus_nz = cells_along(shared->axes, 2);
  auto value = values.begin();
  for (Index i = 0; i < nx; ++i) {
    for (Index j = 0; j < ny; ++j) {
      const double* row = data.data() + (i * torus_ny + j) * torus_nz;
      value = std::transform(row, row + nz, value, [&](double g) { return parameters_.mean + g; });
    }
  }
  if (parameters_.transform == "exponential") {
    std::transform(values.begin(), values.end(), values.begin(), [](double g) { return std::exp(g); });
  } else if (parameters_.transform == "threshold") {
    std::transform(values.begin(), values.end(), values.begin(), [&](double g) { return parameters_.values[g < 0.0 ? 0 : 1]; });
  }
}

}  // namespace kindred

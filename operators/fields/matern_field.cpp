#include <kindred/operators/fields/matern_field.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <kindred/operators/fields/spectral_basis.hpp>
#include <kindred/operators/fields/torus_field.hpp>

namespace kindred {
namespace {

constexpr Index largest_torus = Index{1} << 31U;  // cells: 16 GiB a draw

double correlation_length(const MaternParameters& p, const Axis& axis) {
  const auto coordinate = static_cast<std::size_t>(axis.name - 'x');
  if (p.lengths.empty()) {
    return p.length;
  }
  if (coordinate >= p.lengths.size()) {
    throw InputError(
        fmt::format("the lengths of the field \"matern\" end before the axis {}: give one for every axis of the grid", axis.name));
  }
  return p.lengths[coordinate];
}

/// The torus around a grid. @throws InputError if there is none that could be used
std::vector<MaternAxis> torus_axes(const MaternParameters& p, const Grid& grid) {
  const auto periodic = [&](const Axis& axis) { return p.boundary == "periodic" || (p.boundary == "auto" && axis.periodic); };
  const auto periodic_axes = static_cast<int>(std::count_if(grid.axes.begin(), grid.axes.end(), periodic));
  const double tolerance = p.tolerance / std::max(1, grid.dimension() - periodic_axes);
  std::vector<MaternAxis> axes;
  double cells = 1.0;
  for (const auto& axis : grid.axes) {
    const double length = correlation_length(p, axis);
    const Index multiple = periodic(axis) ? 1 : torus_multiple(p.smoothness, length / axis.extent, tolerance, periodic_axes);
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

/// @throws InputError for a torus that SpectralBasis would refuse
void require_waves(const std::vector<MaternAxis>& torus) {
  std::vector<BasisAxis> axes;
  axes.reserve(torus.size());
  for (const auto& axis : torus) {
    axes.push_back({BasisKind::fourier, axis.cells, axis.period});
  }
  SpectralBasis::require(axes);
}

std::vector<TorusAxis> part_of(const std::vector<MaternAxis>& torus, const Grid& grid) {
  std::vector<TorusAxis> axes;
  for (std::size_t a = 0; a < torus.size(); ++a) {
    axes.push_back({torus[a].cells, torus[a].period, grid.axes[a].cells});
  }
  return axes;
}

/// Frequencies in inverse correlation lengths, of which the spectral density is a falling function.
std::vector<ModeAxis> mode_axes(const std::vector<MaternAxis>& torus, Index modes) {
  std::vector<ModeAxis> axes;
  axes.reserve(torus.size());
  for (const auto& axis : torus) {
    axes.push_back({axis.length / axis.period, true, 0, modes});
  }
  return axes;
}

/// The standard deviation of every coefficient by wave numbers.
std::vector<double> deviations(const MaternParameters& p, const std::vector<MaternAxis>& torus) {
  auto deviation = p.spectral() ? torus_spectrum(p.smoothness, torus) : grid_spectrum(p.smoothness, torus);
  double volume = 1.0;
  for (const auto& axis : torus) {
    volume *= axis.period;
  }
  // A wave of less than 1e-20 of the variance is not worth a random number: 2^31 of them would change the covariance by 2e-11.
  std::transform(deviation.begin(), deviation.end(), deviation.begin(),
                 [&](double variance) { return variance > 1e-20 * volume ? p.sigma * std::sqrt(variance) : 0.0; });
  return deviation;
}

}  // namespace

/// What draws on one grid share.
struct MaternField::Spectrum {
  Spectrum(const MaternParameters& p, const std::vector<MaternAxis>& torus, const Grid& grid)
      : axes(torus), field(TorusWaves(part_of(torus, grid), !p.spectral(), p.modes), deviations(p, torus), mode_axes(torus, p.modes)) {}

  std::vector<MaternAxis> axes;
  TorusField field;
};

MaternField::MaternField(MaternParameters parameters) : parameters_(std::move(parameters)) {}
MaternField::~MaternField() = default;

std::shared_ptr<const MaternField::Spectrum> MaternField::spectrum(const Grid& grid) const {
  const auto axes = torus_axes(parameters_, grid);
  const std::scoped_lock lock(mutex_);
  if (latest_ == nullptr || latest_->axes != axes || latest_->field.axes() != part_of(axes, grid)) {
    require_waves(axes);
    latest_ = std::make_shared<const Spectrum>(parameters_, axes, grid);
  }
  return latest_;
}

void MaternField::require_drawable(const Grid& grid, Index /*count*/) const { require_waves(torus_axes(parameters_, grid)); }

Index MaternField::leading_variables(const Grid& grid) const {
  return mode_count(mode_axes(torus_axes(parameters_, grid), parameters_.modes), false);
}

double MaternField::reached_minimum(const Grid& /*grid*/) const {
  if (parameters_.transform == "threshold") {
    return std::min(parameters_.values[0], parameters_.values[1]);
  }
  return parameters_.transform == "exponential" ? std::numeric_limits<double>::infinity() : parameters_.mean;
}

void MaternField::draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const {
  spectrum(grid)->field.draw(sample, stream, values);
  std::transform(values.begin(), values.end(), values.begin(), [&](double g) { return parameters_.mean + g; });
  if (parameters_.transform == "exponential") {
    std::transform(values.begin(), values.end(), values.begin(), [](double g) { return std::exp(g); });
  } else if (parameters_.transform == "threshold") {
    std::transform(values.begin(), values.end(), values.begin(), [&](double g) { return parameters_.values[g < 0.0 ? 0 : 1]; });
  }
}

}  // namespace kindred

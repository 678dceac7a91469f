#include <kindred/operators/fields/matern_field.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <kindred/kernels/random/normals.hpp>
#include <kindred/operators/fields/leading_modes.hpp>
#include <kindred/operators/fields/spectral_basis.hpp>
#include <kindred/operators/fields/torus_waves.hpp>

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

/// Draws the coefficients along the last axis of a torus, those of the other axes given.
class CoefficientRow {
 public:
  CoefficientRow(const Sample& sample, std::string_view stream, const std::vector<TorusWaves::Wave>& waves)
      : sample_(sample), key_(stream_key(sample.seed, stream)), waves_(waves), scales_(waves.size()), normals_(waves.size()) {
    places_.resize(waves.size());
    numbers_.resize(waves.size());
  }

  [[nodiscard]] std::size_t size() const { return waves_.size(); }

  /// @param number, @param shift  of the mode: `number` plus the wave's own, shifted by so many bits
  /// @param deviations  by wave number, for a factor of 1
  void draw(std::uint64_t number, unsigned shift, double factor, const double* deviations, double* coefficients) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < waves_.size(); ++i) {
      const auto& wave = waves_[i];
      coefficients[i] = 0.0;
      places_[count] = i;
      numbers_[count] = number | (wave.number << shift);
      scales_[count] = factor * wave.scale * deviations[wave.wave_number];
      count += scales_[count] != 0.0 ? 1 : 0;
    }
    kernels::draw_normals(key_, static_cast<std::uint64_t>(sample_.index), sample_.attempt, std::span(numbers_).first(count),
                          std::span(normals_).first(count));
    for (std::size_t k = 0; k < count; ++k) {
      coefficients[places_[k]] = scales_[k] * normals_[k];
    }
  }

 private:
  const Sample& sample_;
  std::uint64_t key_;
  const std::vector<TorusWaves::Wave>& waves_;
  std::vector<std::size_t> places_;
  std::vector<std::uint64_t> numbers_;
  std::vector<double> scales_;
  std::vector<double> normals_;
};

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

}  // namespace

/// What draws on one grid share: the torus' waves, and the standard deviation of every coefficient by wave numbers.
struct MaternField::Spectrum {
  Spectrum(const MaternParameters& parameters, const std::vector<MaternAxis>& torus, const Grid& grid);
  /// The coefficients of one sample, in the order of `TorusWaves::synthesize`.
  void draw_coefficients(const Sample& sample, std::string_view stream, fftw::Buffer& data) const;

  std::vector<MaternAxis> axes;
  TorusWaves waves;
  std::vector<double> deviation;  ///< C order over the wave numbers; 0: left out
  LeadingModes leading;

 private:
  /// The coefficient of the wave at these positions along the axes.
  [[nodiscard]] LeadingModes::Coefficient coefficient(const std::array<Index, 3>& at) const;
};

MaternField::Spectrum::Spectrum(const MaternParameters& p, const std::vector<MaternAxis>& torus, const Grid& grid)
    : axes(torus),
      waves(part_of(torus, grid), !p.spectral(), p.modes),
      deviation(p.spectral() ? torus_spectrum(p.smoothness, torus) : grid_spectrum(p.smoothness, torus)),
      leading(mode_axes(torus, p.modes), false, LeadingModes::carried_numbers(waves.waves()),
              [this](const auto& at) { return coefficient(at); }) {
  double volume = 1.0;
  for (const auto& axis : axes) {
    volume *= axis.period;
  }
  // A wave of less than 1e-20 of the variance is not worth a random number: 2^31 of them would change the covariance by 2e-11.
  std::transform(deviation.begin(), deviation.end(), deviation.begin(),
                 [&](double variance) { return variance > 1e-20 * volume ? p.sigma * std::sqrt(variance) : 0.0; });
}

void MaternField::Spectrum::draw_coefficients(const Sample& sample, std::string_view stream, fftw::Buffer& data) const {
  CoefficientRow row(sample, stream, waves.waves().back());
  const std::vector<TorusWaves::Wave> none{{0, 0, 1.0}};
  const std::size_t last = axes.size() - 1;
  const auto& outer = last > 0 ? waves.waves()[0] : none;
  const auto& middle = last > 1 ? waves.waves()[1] : none;
  const Index along_middle = last > 1 ? axes[1].cells / 2 + 1 : 1;
  const Index along_row = axes[last].cells / 2 + 1;
  double* place = data.data();
  for (const auto& x : outer) {
    for (const auto& y : middle) {
      const double* deviations = deviation.data() + (x.wave_number * along_middle + y.wave_number) * along_row;
      row.draw(mode_number(x.number, y.number, 0), static_cast<unsigned>(21 * last), x.scale * y.scale, deviations, place);
      place += row.size();
    }
  }
  leading.put(sample.leading_coordinates(stream), {data.data(), static_cast<std::size_t>(data.size())});
}

LeadingModes::Coefficient MaternField::Spectrum::coefficient(const std::array<Index, 3>& at) const {
  LeadingModes::Coefficient result{0, 1.0};
  Index entry = 0;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    const auto& along_axis = waves.waves()[a];
    const auto& wave = along_axis[static_cast<std::size_t>(at[a])];
    result.place = result.place * std::ssize(along_axis) + at[a];
    result.deviation *= wave.scale;
    entry = entry * (axes[a].cells / 2 + 1) + wave.wave_number;
  }
  result.deviation *= deviation[static_cast<std::size_t>(entry)];
  return result;
}

MaternField::MaternField(MaternParameters parameters) : parameters_(std::move(parameters)) {}
MaternField::~MaternField() = default;

std::shared_ptr<const MaternField::Spectrum> MaternField::spectrum(const Grid& grid) const {
  const auto axes = torus_axes(parameters_, grid);
  const std::scoped_lock lock(mutex_);
  if (latest_ == nullptr || latest_->axes != axes || latest_->waves.axes() != part_of(axes, grid)) {
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
  const auto shared = spectrum(grid);
  fftw::Buffer coefficients(shared->waves.size());
  shared->draw_coefficients(sample, stream, coefficients);
  shared->waves.synthesize(coefficients, values);
  std::transform(values.begin(), values.end(), values.begin(), [&](double g) { return parameters_.mean + g; });
  if (parameters_.transform == "exponential") {
    std::transform(values.begin(), values.end(), values.begin(), [](double g) { return std::exp(g); });
  } else if (parameters_.transform == "threshold") {
    std::transform(values.begin(), values.end(), values.begin(), [&](double g) { return parameters_.values[g < 0.0 ? 0 : 1]; });
  }
}

}  // namespace kindred

#include <kindred/operators/fields/gaussian_field.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <kindred/kernels/random/normals.hpp>
#include <kindred/operators/fields/leading_modes.hpp>
#include <kindred/operators/fields/spectral_sum.hpp>

namespace kindred {
namespace {

BasisKind basis_kind(const std::string& boundary, bool periodic_axis) {
  if (boundary == "periodic" || (boundary == "auto" && periodic_axis)) {
    return BasisKind::fourier;
  }
  return boundary == "dirichlet" ? BasisKind::sine : BasisKind::cosine;
}

std::vector<BasisAxis> basis_axes(const Grid& grid, const std::string& boundary) {
  std::vector<BasisAxis> axes;
  axes.reserve(grid.axes.size());
  for (const auto& axis : grid.axes) {
    axes.push_back({basis_kind(boundary, axis.periodic), axis.cells, axis.extent});
  }
  return axes;
}

std::vector<ModeAxis> mode_axes(const std::vector<BasisAxis>& axes, Index modes) {
  std::vector<ModeAxis> result;
  result.reserve(axes.size());
  for (const auto& axis : axes) {
    const double half_waves = axis.kind == BasisKind::fourier ? 2.0 : 1.0;
    result.push_back({half_waves / axis.extent, axis.kind == BasisKind::fourier, axis.kind == BasisKind::sine ? 1 : 0, modes});
  }
  return result;
}

/// Factor of the deviations of all modes: sigma, or what makes it the field's standard deviation.
/// @throws InputError if the series has no finite variance on these axes, or none that could be normalised
double series_factor(const GaussianParameters& p, const CovarianceSpectrum& covariance) {
  const bool divergent = p.modes == 0 && 2.0 * p.alpha <= static_cast<double>(covariance.axes.size());
  const bool normalised = p.normalise == "unit_variance";
  if (!divergent && !normalised && p.tau != 0.0) {
    return p.sigma;
  }
  const double trace = p.modes > 0 ? truncated_trace(covariance, p.modes) : full_trace(covariance);  // refuses a series that diverges
  if (!normalised) {
    return p.sigma;
  }
  if (!(trace > 0.0)) {
    throw InputError("a Gaussian random field with modes = 1 and zero_mean = true is constant: its variance cannot be normalised");
  }
  double volume = 1.0;
  for (const auto& axis : covariance.axes) {
    volume *= axis.extent;
  }
  return p.sigma * std::sqrt(volume / trace);
}

}  // namespace

/// What draws on one grid share: the basis and, in FFTW's order and scale, the standard deviation of every coefficient.
struct GaussianField::Spectrum {
  Spectrum(const GaussianParameters& parameters, std::vector<BasisAxis> axes);
  void tabulate(const GaussianParameters& parameters, const CovarianceSpectrum& covariance, double sigma);
  /// The coefficients of one sample.
  void draw_coefficients(const Sample& sample, std::string_view stream, std::span<double> data) const;

  SpectralBasis basis;
  std::vector<double> deviation;  ///< 0: the mode is left out
  LeadingModes leading;
};

GaussianField::Spectrum::Spectrum(const GaussianParameters& p, std::vector<BasisAxis> axes)
    : basis(std::move(axes)),
      leading(mode_axes(basis.axes(), p.modes), p.zero_mean, LeadingModes::carried_numbers(basis.functions()),
              [this](const std::array<Index, 3>& at) {
                const auto& functions = basis.functions();
                const Index place = (at[0] * std::ssize(functions[1]) + at[1]) * std::ssize(functions[2]) + at[2];
                return LeadingModes::Coefficient{place, deviation[static_cast<std::size_t>(place)]};
              }) {
  const CovarianceSpectrum covariance{basis.axes(), p.alpha, p.tau, p.zero_mean};
  tabulate(p, covariance, series_factor(p, covariance));
}

void GaussianField::Spectrum::tabulate(const GaussianParameters& p, const CovarianceSpectrum& covariance, double sigma) {
  const auto& [along_x, along_y, along_z] = basis.functions();
  const bool drop_constant = p.zero_mean && covariance.has_constant();
  const auto kept = [&](const SpectralBasis::Function& f) { return p.modes == 0 || f.position < p.modes; };
  deviation.reserve(static_cast<std::size_t>(basis.size()));
  for (const auto& x : along_x) {
    for (const auto& y : along_y) {
      for (const auto& z : along_z) {
        const double scale = x.scale * y.scale * z.scale;
        const double level = x.eigenvalue + y.eigenvalue + z.eigenvalue + p.tau * p.tau;
        const bool constant = x.wave_number + y.wave_number + z.wave_number == 0;
        const bool present = scale > 0.0 && kept(x) && kept(y) && kept(z) && !(constant && drop_constant);
        deviation.push_back(present ? sigma * scale * std::pow(level, -0.5 * p.alpha) : 0.0);
      }
    }
  }
}

void GaussianParameters::check(const Value& table, Diagnostics& diagnostics) const {
  if (tau == 0.0 && !zero_mean && boundary != "dirichlet") {
    const Value* place = table.find("tau");
    diagnostics.error(place != nullptr ? place->location : table.location, "tau = 0 gives the constant mode an infinite variance",
                      "set zero_mean = true, tau > 0, or boundary = \"dirichlet\"");
  }
  if (modes == 1 && zero_mean && boundary != "dirichlet") {
    const Value* place = table.find("modes");
    diagnostics.error(place != nullptr ? place->location : table.location,
                      "modes = 1 keeps the constant mode alone, and zero_mean leaves it out", "set modes of at least 2, or 0 for all");
  }
}

GaussianField::GaussianField(GaussianParameters parameters) : parameters_(std::move(parameters)) {}
GaussianField::~GaussianField() = default;

std::shared_ptr<const GaussianField::Spectrum> GaussianField::spectrum(const Grid& grid) const {
  auto axes = basis_axes(grid, parameters_.boundary);
  const std::scoped_lock lock(mutex_);
  if (latest_ == nullptr || latest_->basis.axes() != axes) {
    latest_ = std::make_shared<const Spectrum>(parameters_, std::move(axes));
  }
  return latest_;
}

void GaussianField::require_drawable(const Grid& grid, Index /*count*/) const {
  auto axes = basis_axes(grid, parameters_.boundary);
  SpectralBasis::require(axes);
  series_factor(parameters_, {std::move(axes), parameters_.alpha, parameters_.tau, parameters_.zero_mean});
}

double GaussianField::reached_minimum(const Grid& /*grid*/) const {
  const bool average_kept = parameters_.zero_mean && parameters_.boundary != "dirichlet";
  return average_kept ? parameters_.mean : std::numeric_limits<double>::infinity();
}

/// Modes are numbered by their functions; only those that are present cost a random number.
void GaussianField::Spectrum::draw_coefficients(const Sample& sample, std::string_view stream, std::span<double> data) const {
  constexpr std::size_t batch = 1024;
  std::vector<std::uint64_t> numbers;
  std::vector<std::size_t> places;
  std::vector<double> normals(batch);
  numbers.reserve(batch);
  places.reserve(batch);
  const auto flush = [&] {
    const auto drawn = std::span(normals).first(numbers.size());
    kernels::draw_normals(stream_key(sample.seed, stream), static_cast<std::uint64_t>(sample.index), sample.attempt, numbers, drawn);
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      data[places[i]] = deviation[places[i]] * drawn[i];
    }
    numbers.clear();
    places.clear();
  };
  std::fill(data.begin(), data.end(), 0.0);
  std::size_t slot = 0;
  for (const auto& x : basis.functions()[0]) {
    for (const auto& y : basis.functions()[1]) {
      for (const auto& z : basis.functions()[2]) {
        if (deviation[slot] > 0.0) {
          places.push_back(slot);
          numbers.push_back(mode_number(x.number, y.number, z.number));
          if (numbers.size() == batch) {
            flush();
          }
        }
        ++slot;
      }
    }
  }
  flush();
  leading.put(sample.leading_coordinates(stream), data);
}

Index GaussianField::leading_variables(const Grid& grid) const {
  return mode_count(mode_axes(basis_axes(grid, parameters_.boundary), parameters_.modes), parameters_.zero_mean);
}

void GaussianField::draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const {
  const auto shared = spectrum(grid);
  fftw::Buffer data(shared->basis.size());
  shared->draw_coefficients(sample, stream, {data.data(), static_cast<std::size_t>(data.size())});
  shared->basis.synthesize(data);
  std::transform(data.data(), data.data() + data.size(), values.begin(), [&](double g) { return parameters_.mean + g; });
}

}  // namespace kindred

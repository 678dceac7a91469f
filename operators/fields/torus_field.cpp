#include <kindred/operators/fields/torus_field.hpp>

#include <utility>

#include <kindred/kernels/random/normals.hpp>
#include <kindred/operators/fields/spectral_basis.hpp>

namespace kindred {
namespace {

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

}  // namespace

TorusField::TorusField(TorusWaves waves, std::vector<double> deviations, std::vector<ModeAxis> importance)
    : waves_(std::move(waves)),
      deviations_(std::move(deviations)),
      leading_(std::move(importance), false, LeadingModes::carried_numbers(waves_.waves()),
               [this](const auto& at) { return coefficient(at); }) {}

void TorusField::draw_coefficients(const Sample& sample, std::string_view stream, fftw::Buffer& data) const {
  CoefficientRow row(sample, stream, waves_.waves().back());
  const std::vector<TorusWaves::Wave> none{{0, 0, 1.0}};
  const std::size_t last = axes().size() - 1;
  const auto& outer = last > 0 ? waves_.waves()[0] : none;
  const auto& middle = last > 1 ? waves_.waves()[1] : none;
  const Index along_middle = last > 1 ? axes()[1].cells / 2 + 1 : 1;
  const Index along_row = axes()[last].cells / 2 + 1;
  double* place = data.data();
  for (const auto& x : outer) {
    for (const auto& y : middle) {
      const double* deviations = deviations_.data() + (x.wave_number * along_middle + y.wave_number) * along_row;
      row.draw(mode_number(x.number, y.number, 0), static_cast<unsigned>(21 * last), x.scale * y.scale, deviations, place);
      place += row.size();
    }
  }
  leading_.put(sample.leading_coordinates(stream), {data.data(), static_cast<std::size_t>(data.size())});
}

LeadingModes::Coefficient TorusField::coefficient(const std::array<Index, 3>& at) const {
  LeadingModes::Coefficient result{0, 1.0};
  Index entry = 0;
  for (std::size_t a = 0; a < axes().size(); ++a) {
    const auto& along_axis = waves_.waves()[a];
    const auto& wave = along_axis[static_cast<std::size_t>(at[a])];
    result.place = result.place * std::ssize(along_axis) + at[a];
    result.deviation *= wave.scale;
    entry = entry * (axes()[a].cells / 2 + 1) + wave.wave_number;
  }
  result.deviation *= deviations_[static_cast<std::size_t>(entry)];
  return result;
}

void TorusField::draw(const Sample& sample, std::string_view stream, std::span<double> values) const {
  fftw::Buffer coefficients(waves_.size());
  draw_coefficients(sample, stream, coefficients);
  waves_.synthesize(coefficients, values);
}

}  // namespace kindred

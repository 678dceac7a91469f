#include <kindred/operators/fields/torus_waves.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kindred {
namespace {

using Wave = TorusWaves::Wave;

/// cos k at k, sin k at cells − k: the places that e^(ikx) and e^(−ikx) take.
std::vector<Wave> complex_axis(const TorusAxis& axis, bool highest_sine) {
  std::vector<Wave> waves;
  for (Index slot = 0; slot < axis.cells; ++slot) {
    const bool sine = 2 * slot > axis.cells;
    const Index k = sine ? axis.cells - slot : slot;
    const auto twice = static_cast<std::uint64_t>(2 * k);
    if (k == 0) {
      waves.push_back({0, 0, 1.0 / std::sqrt(axis.period)});
    } else if (2 * k == axis.cells) {
      waves.push_back({k, twice, highest_sine ? 1.0 / std::sqrt(axis.period) : 0.0});
    } else {
      waves.push_back({k, sine ? twice : twice - 1, 1.0 / std::sqrt(2.0 * axis.period)});
    }
  }
  return waves;
}

/// Re and Im of the coefficient of e^(ikx), k = 0 … cells/2: (cos − i sin)/2.
std::vector<Wave> real_axis(const TorusAxis& axis, bool highest_sine) {
  std::vector<Wave> waves;
  for (Index k = 0; k <= axis.cells / 2; ++k) {
    const auto twice = static_cast<std::uint64_t>(2 * k);
    if (k == 0) {
      waves.insert(waves.end(), {{0, 0, 1.0 / std::sqrt(axis.period)}, {}});
    } else if (2 * k == axis.cells) {
      waves.insert(waves.end(), {{k, twice, highest_sine ? 1.0 / std::sqrt(axis.period) : 0.0}, {}});
    } else {
      const double scale = 1.0 / std::sqrt(2.0 * axis.period);
      waves.insert(waves.end(), {{k, twice - 1, scale}, {k, twice, -scale}});
    }
  }
  return waves;
}

}  // namespace

TorusWaves::TorusWaves(std::vector<TorusAxis> axes, bool highest_sine, Index limit) : axes_(std::move(axes)) {
  const std::size_t last = axes_.size() - 1;
  for (std::size_t a = 0; a <= last; ++a) {
    waves_.push_back(a == last ? real_axis(axes_[a], highest_sine) : complex_axis(axes_[a], highest_sine));
    for (auto& wave : waves_.back()) {
      wave.scale = limit > 0 && wave.wave_number >= limit ? 0.0 : wave.scale;
    }
    size_ *= static_cast<Index>(waves_.back().size());
  }
  Index inner = size_;
  for (const auto& waves : waves_) {
    inner /= static_cast<Index>(waves.size());
    inner_.push_back(inner);
  }
  for (Index k = 0; k <= axes_[last].cells / 2; ++k) {
    const double angle = std::numbers::pi * static_cast<double>(k) / static_cast<double>(axes_[last].cells);
    half_cell_.insert(half_cell_.end(), {std::cos(angle), std::sin(angle)});
  }
  for (std::size_t a = 0; a <= last; ++a) {
    std::vector<fftw::Repetition> repetitions;
    for (std::size_t before = 0; before < a; ++before) {
      repetitions.push_back({axes_[before].box_cells, inner_[before] / 2});
    }
    if (a == last) {
      plans_.push_back(fftw::complex_to_real_plan(axes_[a].cells, repetitions));
    } else {
      repetitions.push_back({inner_[a] / 2, 1});
      plans_.push_back(fftw::backward_plan(axes_[a].cells, inner_[a] / 2, repetitions));
    }
  }
}

/// From C cos(k(x + h/2)) + S sin(k(x + h/2)), C and S complex, to the coefficients of e^(ikx) and e^(−ikx).
void TorusWaves::combine_sines(double* data, std::size_t axis) const {
  const Index cells = axes_[axis].cells;
  for (Index k = 1; 2 * k < cells; ++k) {
    const double angle = std::numbers::pi * static_cast<double>(k) / static_cast<double>(cells);
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    double* plus = data + k * inner_[axis];
    double* minus = data + (cells - k) * inner_[axis];
    for (Index i = 0; i < inner_[axis]; i += 2) {
      const double plus_re = plus[i] + minus[i + 1];  // C − iS
      const double plus_im = plus[i + 1] - minus[i];
      const double minus_re = plus[i] - minus[i + 1];  // C + iS
      const double minus_im = plus[i + 1] + minus[i];
      plus[i] = c * plus_re - s * plus_im;
      plus[i + 1] = c * plus_im + s * plus_re;
      minus[i] = c * minus_re + s * minus_im;
      minus[i + 1] = c * minus_im - s * minus_re;
    }
  }
}

void TorusWaves::shift_half_cell(double* row) const {
  const Index cells = axes_.back().cells;
  for (Index k = 1; 2 * k < cells; ++k) {
    const double re = row[2 * k];
    const double im = row[2 * k + 1];
    const double c = half_cell_[static_cast<std::size_t>(2 * k)];
    const double s = half_cell_[static_cast<std::size_t>(2 * k + 1)];
    row[2 * k] = c * re - s * im;
    row[2 * k + 1] = c * im + s * re;
  }
}

void TorusWaves::synthesize(fftw::Buffer& coefficients, std::span<double> values) const {
  std::vector<double*> blocks{coefficients.data()};  // one for every kept cell of the axes that are done
  for (std::size_t a = 0; a + 1 < axes_.size(); ++a) {
    for (double* block : blocks) {
      combine_sines(block, a);
    }
    fftw::execute_complex(plans_[a], coefficients);
    std::vector<double*> kept;
    kept.reserve(blocks.size() * static_cast<std::size_t>(axes_[a].box_cells));
    for (double* block : blocks) {
      for (Index i = 0; i < axes_[a].box_cells; ++i) {
        kept.push_back(block + i * inner_[a]);
      }
    }
    blocks = std::move(kept);
  }
  for (double* row : blocks) {
    shift_half_cell(row);
  }
  fftw::execute_complex_to_real(plans_.back(), coefficients);
  auto value = values.begin();
  for (const double* row : blocks) {
    value = std::copy_n(row, axes_.back().box_cells, value);
  }
}

}  // namespace kindred

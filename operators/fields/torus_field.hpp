#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include <kindred/operators/fields/leading_modes.hpp>
#include <kindred/operators/fields/torus_waves.hpp>
#include <kindred/operators/sample.hpp>

namespace kindred {

/// A stationary Gaussian field of mean zero on a torus, seen on a box that is part of it,
///   g(x) = sum over k of sqrt(Var xi_k) zeta_k phi_k(x),
/// phi_k the orthonormal waves of the torus, zeta_k independent standard normals. zeta_k depends on (seed, stream, sample, k) alone, or is
/// the quantile of a leading coordinate: the same function for every number of cells on a torus of the same periods, up to the waves that
/// the grid cannot carry. Thread-safe.
class TorusField {
 public:
  /// @param deviations  sqrt(Var xi_k) for wave numbers k_i = 0 … cells_i/2, in C order, the same for sine and cosine; 0: left out
  /// @param importance  frequencies by which leading coordinates go to the waves, one for each axis
  TorusField(TorusWaves waves, std::vector<double> deviations, std::vector<ModeAxis> importance);
  TorusField(const TorusField&) = delete;
  TorusField& operator=(const TorusField&) = delete;

  [[nodiscard]] const std::vector<TorusAxis>& axes() const { return waves_.axes(); }
  /// One normal for every wave and one fast transform, 8 bytes a cell of the torus.
  void draw(const Sample& sample, std::string_view stream, std::span<double> values) const;

 private:
  void draw_coefficients(const Sample& sample, std::string_view stream, fftw::Buffer& data) const;
  /// The coefficient of the wave at these positions along the axes.
  [[nodiscard]] LeadingModes::Coefficient coefficient(const std::array<Index, 3>& at) const;

  TorusWaves waves_;
  std::vector<double> deviations_;
  LeadingModes leading_;
};

}  // namespace kindred

#pragma once

#include <array>

#include <kindred/kernels/fftconv/free_space/greens_function.hpp>

namespace kindred::fftconv {

/// Means of a Green's function over a cell, as a function of where its centre lies from the target: the "integrated Green's function"
/// (J. Qiang, S. Lidia, R. Ryne, C. Limborg-Deprey, Three-dimensional quasistatic model for high brightness beam dynamics simulation,
/// Phys. Rev. ST Accel. Beams 9 (2006) 044204). Near the target Poisson's part comes from the closed form of the integral, by its values at
/// the cell's corners, and what the others' functions have besides it by Gauss-Legendre rules; beyond four cells, where the corners' values
/// cancel, everything by such rules, with as many points as the distance asks for 15 digits.
template <class Value>
class CellMean {
 public:
  /// @param spacings  of the cell along every axis; in two dimensions the first is unused
  CellMean(const GreensFunction& function, const std::array<double, 3>& spacings);
  /// @param offset  of the cell's centre; in two dimensions the first number is unused
  Value operator()(const std::array<double, 3>& offset) const;

 private:
  GreensFunction function_;
  std::array<double, 3> spacings_;
  double near_;  ///< distance up to which the closed form is used
};

extern template class CellMean<double>;
extern template class CellMean<std::complex<double>>;

}  // namespace kindred::fftconv

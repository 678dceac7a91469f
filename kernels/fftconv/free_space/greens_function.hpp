#pragma once

#include <complex>

namespace kindred::fftconv {

/// Equations in all of space, with a point source's solution G(r). What is not determined by the equation alone: u decays, of Poisson's
/// equation in two dimensions it grows as −log(r)/(2π) ∫f, and of Helmholtz's it is outgoing, u ~ e^{ikr} for a time factor e^{−iωt}.
enum class FreeSpaceEquation {
  poisson,    ///< −Δu = f:         1/(4πr), in two dimensions −log(r)/(2π)
  screened,   ///< −Δu + κ²u = f:   e^{−κr}/(4πr), in two dimensions K₀(κr)/(2π)
  helmholtz,  ///< −Δu − k²u = f:   e^{ikr}/(4πr), in three dimensions only
};

struct GreensFunction {
  FreeSpaceEquation equation = FreeSpaceEquation::poisson;
  int dimension = 3;
  double wave_number = 0.0;  ///< κ or k, positive, 1/length; none for Poisson's equation

  /// Value: double, or std::complex<double>, which Helmholtz's equation needs.
  /// @param r  positive distance
  template <class Value>
  [[nodiscard]] Value at(double r) const;
  /// G(r) less Poisson's G(r): bounded where r goes to zero.
  template <class Value>
  [[nodiscard]] Value less_singular(double r) const;
};

/// @throws InputError for a dimension other than 2 and 3, a wave number that does not fit the equation, or Helmholtz's equation in two
/// dimensions
void require(const GreensFunction& function);

/// Fourier transform ∫ G(|x|) e^{−iξ·x} dx over the ball |x| < R, for |ξ| = s: an entire function. Sources and targets at distances up to R
/// do not see that G ends there, and what was a singular integral becomes a sum over frequencies that converges faster than any power
/// (F. Vico, L. Greengard, M. Ferrando, Fast convolution with free-space Green's functions, J. Comput. Phys. 323 (2016) 191-203).
template <class Value>
class TruncatedTransform {
 public:
  TruncatedTransform(const GreensFunction& function, double radius);
  /// Exact for s = 0, for s R ≥ 1 a few units of rounding of its largest value there, with s R between them less exact.
  Value operator()(double s) const;

 private:
  [[nodiscard]] Value at_zero() const;

  GreensFunction function_;
  double radius_;
  double first_ = 0.0;   ///< e^{−κR}, R log R or κR K₁(κR)
  double second_ = 0.0;  ///< R K₀(κR)
  Value at_zero_{};
};

extern template class TruncatedTransform<double>;
extern template class TruncatedTransform<std::complex<double>>;

}  // namespace kindred::fftconv

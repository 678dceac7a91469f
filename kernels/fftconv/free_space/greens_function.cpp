#include <kindred/kernels/fftconv/free_space/greens_function.hpp>

#include <cmath>
#include <numbers>
#include <string>
#include <type_traits>

#include <math.h>  // j0, j1: POSIX

#include <kindred/core/base/error.hpp>

namespace kindred::fftconv {
namespace {

using std::numbers::pi;

double sinc(double x) { return x == 0.0 ? 1.0 : std::sin(x) / x; }

/// ∫ e^{zr} r dr over (0, 1) = (1 − (1 − z) e^z) / z² = Σ_{n≥0} zⁿ (n + 1) / (n + 2)!
template <class Value>
Value first_moment(Value z) {
  if (std::abs(z) > 1.0) {
    return (1.0 - (1.0 - z) * std::exp(z)) / (z * z);
  }
  Value sum = 0.0;
  Value term = 0.5;  // zⁿ / (n + 2)!
  for (int n = 0; n < 20; ++n) {
    sum += term * (n + 1.0);
    term *= z / (n + 3.0);
  }
  return sum;
}

/// (1 − x K₁(x)) / x² = Σ_{n≥0} (ψ(n+1) + ψ(n+2) − 2 log(x/2)) (x²/4)ⁿ / (4 n! (n+1)!)      (DLMF 10.31.1)
double screened_mean_2d(double x) {
  if (x > 2.0) {
    return (1.0 - x * std::cyl_bessel_k(1.0, x)) / (x * x);
  }
  double sum = 0.0;
  double term = 0.25;
  double digamma = -2.0 * std::numbers::egamma + 1.0;
  for (int n = 0; n < 16; ++n) {
    sum += term * (digamma - 2.0 * std::log(0.5 * x));
    digamma += 1.0 / (n + 1) + 1.0 / (n + 2);
    term *= 0.25 * x * x / ((n + 1) * (n + 2));
  }
  return sum;
}

/// (e^{iφ} − 1) / (iφ)
std::complex<double> mean_wave(double phase) {
  return sinc(0.5 * phase) * std::complex<double>(std::cos(0.5 * phase), std::sin(0.5 * phase));
}

}  // namespace

void require(const GreensFunction& function) {
  if (function.dimension != 2 && function.dimension != 3) {
    throw InputError("free-space potentials have 2 or 3 dimensions, not " + std::to_string(function.dimension));
  }
  const bool poisson = function.equation == FreeSpaceEquation::poisson;
  if (poisson ? function.wave_number != 0.0 : !(function.wave_number > 0.0 && std::isfinite(function.wave_number))) {
    throw InputError(
        "the wave number of this Green's function is " + std::to_string(function.wave_number) +
        (poisson ? ": Poisson's equation has none, leave it at 0" : ": it must be positive; without one the equation is poisson"));
  }
  if (function.equation == FreeSpaceEquation::helmholtz && function.dimension == 2) {
    throw InputError("Helmholtz's equation in free space is provided in three dimensions only");
  }
}

template <class Value>
Value GreensFunction::at(double r) const {
  if (dimension == 2) {
    return equation == FreeSpaceEquation::poisson ? -std::log(r) / (2.0 * pi) : std::cyl_bessel_k(0.0, wave_number * r) / (2.0 * pi);
  }
  const double coulomb = 1.0 / (4.0 * pi * r);
  const double phase = wave_number * r;
  if (equation == FreeSpaceEquation::helmholtz) {
    if constexpr (!std::is_same_v<Value, double>) {
      return {coulomb * std::cos(phase), coulomb * std::sin(phase)};
    }
  }
  return coulomb * std::exp(-phase);
}

template <class Value>
Value GreensFunction::less_singular(double r) const {
  const double phase = wave_number * r;
  switch (equation) {
    case FreeSpaceEquation::poisson:
      return 0.0;
    case FreeSpaceEquation::screened:
      return dimension == 2 ? (std::cyl_bessel_k(0.0, phase) + std::log(r)) / (2.0 * pi) : std::expm1(-phase) / (4.0 * pi * r);
    case FreeSpaceEquation::helmholtz:
      if constexpr (!std::is_same_v<Value, double>) {
        return std::complex<double>(0.0, wave_number / (4.0 * pi)) * mean_wave(phase);
      }
  }
  return 0.0;
}

template <class Value>
TruncatedTransform<Value>::TruncatedTransform(const GreensFunction& function, double radius) : function_(function), radius_(radius) {
  require(function);
  if (std::is_same_v<Value, double> && function.equation == FreeSpaceEquation::helmholtz) {
    throw InputError("Helmholtz's Green's function is complex: use std::complex<double>");
  }
  const double x = function.wave_number * radius;
  if (function.dimension == 3) {
    first_ = std::exp(-x);
  } else if (function.equation == FreeSpaceEquation::poisson) {
    first_ = radius * std::log(radius);
  } else {
    first_ = x * std::cyl_bessel_k(1.0, x);
    second_ = radius * std::cyl_bessel_k(0.0, x);
  }
  at_zero_ = at_zero();
}

template <class Value>
Value TruncatedTransform<Value>::at_zero() const {
  const double x = function_.wave_number * radius_;
  const double square = radius_ * radius_;
  switch (function_.equation) {
    case FreeSpaceEquation::poisson:
      return function_.dimension == 3 ? 0.5 * square : square * (0.25 - 0.5 * std::log(radius_));
    case FreeSpaceEquation::screened:
      return square * (function_.dimension == 3 ? first_moment(-x) : screened_mean_2d(x));
    case FreeSpaceEquation::helmholtz:
      if constexpr (!std::is_same_v<Value, double>) {
        return square * first_moment(std::complex<double>(0.0, x));
      }
  }
  return {};
}

template <class Value>
Value TruncatedTransform<Value>::operator()(double s) const {
  if (s == 0.0) {
    return at_zero_;
  }
  const double k = function_.wave_number;
  const double phase = s * radius_;
  if (function_.dimension == 2) {
    if (function_.equation == FreeSpaceEquation::poisson) {
      return (1.0 - ::j0(phase)) / (s * s) - first_ * ::j1(phase) / s;
    }
    return (1.0 + second_ * s * ::j1(phase) - first_ * ::j0(phase)) / (s * s + k * k);
  }
  switch (function_.equation) {
    case FreeSpaceEquation::poisson: {
      const double half = std::sin(0.5 * phase) / s;
      return 2.0 * half * half;
    }
    case FreeSpaceEquation::screened:
      return (1.0 - first_ * (std::cos(phase) + k / s * std::sin(phase))) / (s * s + k * k);
    case FreeSpaceEquation::helmholtz:
      if constexpr (!std::is_same_v<Value, double>) {
        // ∫ e^{ikr} sin(sr)/s dr over (0, R): without the removable singularity of the quotient by k² − s²
        const std::complex<double> difference = mean_wave((k + s) * radius_) - mean_wave((k - s) * radius_);
        return difference * std::complex<double>(0.0, -0.5 * radius_ / s);
      }
  }
  return {};
}

template double GreensFunction::at<double>(double) const;
template std::complex<double> GreensFunction::at<std::complex<double>>(double) const;
template double GreensFunction::less_singular<double>(double) const;
template std::complex<double> GreensFunction::less_singular<std::complex<double>>(double) const;
template class TruncatedTransform<double>;
template class TruncatedTransform<std::complex<double>>;

}  // namespace kindred::fftconv

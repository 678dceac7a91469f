#pragma once

#include <cmath>
#include <utility>

#include <kindred/kernels/fftconv/cuda/element.hpp>

#if defined(__CUDACC__)
#define KINDRED_FUSED_INLINE __host__ __device__ __forceinline__
#else
#define KINDRED_FUSED_INLINE [[gnu::always_inline]] inline
#endif

// Butterflies of two points whose root is applied first: every one is six multiply-adds, all of them named, so that the bits are the same
// on every processor.

namespace kindred::fftconv::fused {

using device::Complex;

/// f(0), f(1), …, f(n − 1), of constants.
template <int n, class F>
KINDRED_FUSED_INLINE void unrolled(const F& f) {
  [&]<int... i>(std::integer_sequence<int, i...>) { (f(std::integral_constant<int, i>{}), ...); }
  (std::make_integer_sequence<int, n>{});
}

/// cos(2π k / 128), 0 ≤ k ≤ 32
constexpr double cosine(int k) {
  constexpr double values[] = {1.0,
                               0.9987954562051724,
                               0.9951847266721969,
                               0.989176509964781,
                               0.9807852804032304,
                               0.970031253194544,
                               0.9569403357322088,
                               0.9415440651830208,
                               0.9238795325112867,
                               0.9039892931234433,
                               0.881921264348355,
                               0.8577286100002721,
                               0.8314696123025452,
                               0.8032075314806449,
                               0.773010453362737,
                               0.7409511253549591,
                               0.7071067811865476,
                               0.6715589548470184,
                               0.6343932841636455,
                               0.5956993044924334,
                               0.5555702330196022,
                               0.5141027441932218,
                               0.47139673682599764,
                               0.4275550934302821,
                               0.3826834323650898,
                               0.33688985339222005,
                               0.2902846772544624,
                               0.2429801799032639,
                               0.19509032201612828,
                               0.14673047445536175,
                               0.0980171403295606,
                               0.049067674327418015,
                               0.0};
  return values[k];
}

/// exp(−2πi k / 128)
template <class Real, int k>
KINDRED_FUSED_INLINE constexpr Complex<Real> constant_root() {
  constexpr int turn = ((k % 128) + 128) % 128;
  constexpr double c = cosine(turn % 32);
  constexpr double s = cosine(32 - turn % 32);
  constexpr auto re = static_cast<Real>(turn < 32 ? c : turn < 64 ? -s : turn < 96 ? -c : s);
  constexpr auto im = static_cast<Real>(turn < 32 ? -s : turn < 64 ? -c : turn < 96 ? s : c);
  return {re, im};
}

template <class Real>
KINDRED_FUSED_INLINE Complex<Real> product(Complex<Real> a, Complex<Real> b) {
  return {std::fma(a.re, b.re, -(a.im * b.im)), std::fma(a.re, b.im, a.im * b.re)};
}

/// Quarters of a turn are exact and cost nothing: signs and exchanges are part of the instructions that use them.
template <int k, class Real>
KINDRED_FUSED_INLINE Complex<Real> times_root(Complex<Real> w) {
  constexpr int turn = ((k % 128) + 128) % 128;
  if constexpr (turn >= 64) {
    const Complex<Real> half = times_root<turn - 64>(w);
    return {-half.re, -half.im};
  } else if constexpr (turn >= 32) {
    const Complex<Real> quarter = times_root<turn - 32>(w);
    return {quarter.im, -quarter.re};
  } else if constexpr (turn > 0) {
    return product(w, constant_root<Real, turn>());
  } else {
    return w;
  }
}

/// (a, b) ← (a + w b, a − w b), the difference as 2 a − (a + w b).
template <class Real>
KINDRED_FUSED_INLINE void butterfly(Complex<Real>& a, Complex<Real>& b, Complex<Real> w) {
  const Complex<Real> sum{std::fma(-w.im, b.im, std::fma(w.re, b.re, a.re)), std::fma(w.im, b.re, std::fma(w.re, b.im, a.im))};
  b = {std::fma(Real{2}, a.re, -sum.re), std::fma(Real{2}, a.im, -sum.im)};
  a = sum;
}

/// With w = exp(−2πi k / 128).
template <int k, class Real>
KINDRED_FUSED_INLINE void butterfly(Complex<Real>& a, Complex<Real>& b) {
  constexpr int turn = ((k % 128) + 128) % 128;
  if constexpr (turn % 32 != 0) {
    butterfly(a, b, constant_root<Real, turn>());
  } else {
    const Complex<Real> c = times_root<turn>(b);
    b = {a.re - c.re, a.im - c.im};
    a = {a.re + c.re, a.im + c.im};
  }
}

/// The same of real numbers, whose imaginary parts are not looked at.
template <int k, class Real>
KINDRED_FUSED_INLINE void real_butterfly(Complex<Real>& a, Complex<Real>& b) {
  constexpr Complex<Real> w = constant_root<Real, k>();
  const Real im = w.im * b.re;
  const Real difference = std::fma(-w.re, b.re, a.re);
  a = {std::fma(w.re, b.re, a.re), im};
  b = {difference, -im};
}

}  // namespace kindred::fftconv::fused

#include <kindred/kernels/fftconv/fold.hpp>

#include <kindred/kernels/multiversion.hpp>

namespace kindred::fftconv {
namespace {

template <class Real>
[[gnu::always_inline]] inline void in_real(const Real* x, Real re, Real im, Index count, Real* sums) {
  for (Index s = 0; s < count; ++s) {
    sums[2 * s] += re * x[s];
    sums[2 * s + 1] += im * x[s];
  }
}

template <class Real>
[[gnu::always_inline]] inline void out_real(const Real* v, Real re, Real im, Index count, Real* out, bool add) {
  if (add) {
    for (Index s = 0; s < count; ++s) {
      out[s] += re * v[2 * s] - im * v[2 * s + 1];
    }
  } else {
    for (Index s = 0; s < count; ++s) {
      out[s] = re * v[2 * s] - im * v[2 * s + 1];
    }
  }
}

template <class Real>
[[gnu::always_inline]] inline void complex_numbers(const Real* v, Real re, Real im, Index count, Real* out, bool add) {
  for (Index s = 0; s < count; ++s) {
    const Real a = re * v[2 * s] - im * v[2 * s + 1];
    const Real b = re * v[2 * s + 1] + im * v[2 * s];
    out[2 * s] = add ? out[2 * s] + a : a;
    out[2 * s + 1] = add ? out[2 * s + 1] + b : b;
  }
}

KINDRED_MULTIVERSION void in_real_of(const float* x, float re, float im, Index count, float* sums) { in_real(x, re, im, count, sums); }
KINDRED_MULTIVERSION void in_real_of(const double* x, double re, double im, Index count, double* sums) { in_real(x, re, im, count, sums); }
KINDRED_MULTIVERSION void out_real_of(const float* v, float re, float im, Index count, float* out, bool add) {
  out_real(v, re, im, count, out, add);
}
KINDRED_MULTIVERSION void out_real_of(const double* v, double re, double im, Index count, double* out, bool add) {
  out_real(v, re, im, count, out, add);
}
KINDRED_MULTIVERSION void complex_of(const float* v, float re, float im, Index count, float* out, bool add) {
  complex_numbers(v, re, im, count, out, add);
}
KINDRED_MULTIVERSION void complex_of(const double* v, double re, double im, Index count, double* out, bool add) {
  complex_numbers(v, re, im, count, out, add);
}

template <class Real>
const Real* reals(const std::complex<Real>* values) {
  return reinterpret_cast<const Real*>(values);
}
template <class Real>
Real* reals(std::complex<Real>* values) {
  return reinterpret_cast<Real*>(values);
}

}  // namespace

void fold_in(const float* x, std::complex<float> factor, Index count, std::complex<float>* sums) {
  in_real_of(x, factor.real(), factor.imag(), count, reals(sums));
}
void fold_in(const double* x, std::complex<double> factor, Index count, std::complex<double>* sums) {
  in_real_of(x, factor.real(), factor.imag(), count, reals(sums));
}
void fold_in(const std::complex<float>* x, std::complex<float> factor, Index count, std::complex<float>* sums) {
  complex_of(reals(x), factor.real(), factor.imag(), count, reals(sums), true);
}
void fold_in(const std::complex<double>* x, std::complex<double> factor, Index count, std::complex<double>* sums) {
  complex_of(reals(x), factor.real(), factor.imag(), count, reals(sums), true);
}

void fold_out(const std::complex<float>* v, std::complex<float> factor, Index count, float* out, bool add) {
  out_real_of(reals(v), factor.real(), factor.imag(), count, out, add);
}
void fold_out(const std::complex<double>* v, std::complex<double> factor, Index count, double* out, bool add) {
  out_real_of(reals(v), factor.real(), factor.imag(), count, out, add);
}
void fold_out(const std::complex<float>* v, std::complex<float> factor, Index count, std::complex<float>* out, bool add) {
  complex_of(reals(v), factor.real(), factor.imag(), count, reals(out), add);
}
void fold_out(const std::complex<double>* v, std::complex<double> factor, Index count, std::complex<double>* out, bool add) {
  complex_of(reals(v), factor.real(), factor.imag(), count, reals(out), add);
}

}  // namespace kindred::fftconv

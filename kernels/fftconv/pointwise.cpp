#include <kindred/kernels/fftconv/pointwise.hpp>

#include <kindred/kernels/multiversion.hpp>

namespace kindred::fftconv {
namespace {

template <class Real, bool add>
[[gnu::always_inline]] inline void multiply_all(const Real* values, const Real* factors, Real sign, Real* out, Index numbers) {
  for (Index i = 0; i < numbers; i += 2) {
    const Real im = sign * factors[i + 1];
    const Real a = values[i] * factors[i] - values[i + 1] * im;
    const Real b = values[i] * im + values[i + 1] * factors[i];
    out[i] = add ? out[i] + a : a;
    out[i + 1] = add ? out[i + 1] + b : b;
  }
}

template <class Real>
[[gnu::always_inline]] inline void multiply_all(const Real* values, const Real* factors, bool conjugate, Real* out, bool add,
                                                Index numbers) {
  const Real sign = conjugate ? Real(-1) : Real(1);
  if (add) {
    multiply_all<Real, true>(values, factors, sign, out, numbers);
  } else {
    multiply_all<Real, false>(values, factors, sign, out, numbers);
  }
}

KINDRED_MULTIVERSION void multiply_numbers(const float* values, const float* factors, bool conjugate, float* out, bool add, Index numbers) {
  multiply_all(values, factors, conjugate, out, add, numbers);
}
KINDRED_MULTIVERSION void multiply_numbers(const double* values, const double* factors, bool conjugate, double* out, bool add,
                                           Index numbers) {
  multiply_all(values, factors, conjugate, out, add, numbers);
}

template <class Real>
void multiply_complex(const std::complex<Real>* values, const std::complex<Real>* factors, bool conjugate, std::complex<Real>* out,
                      bool add, Index count) {
  multiply_numbers(reinterpret_cast<const Real*>(values), reinterpret_cast<const Real*>(factors), conjugate, reinterpret_cast<Real*>(out),
                   add, 2 * count);
}

}  // namespace

void multiply_spectra(const std::complex<float>* values, const std::complex<float>* factors, bool conjugate, std::complex<float>* out,
                      bool add, Index count) {
  multiply_complex(values, factors, conjugate, out, add, count);
}
void multiply_spectra(const std::complex<double>* values, const std::complex<double>* factors, bool conjugate, std::complex<double>* out,
                      bool add, Index count) {
  multiply_complex(values, factors, conjugate, out, add, count);
}

}  // namespace kindred::fftconv

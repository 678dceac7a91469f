#pragma once

#include <complex>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {

/// sums_s ← sums_s + factor x_s
void fold_in(const float* x, std::complex<float> factor, Index count, std::complex<float>* sums);
void fold_in(const double* x, std::complex<double> factor, Index count, std::complex<double>* sums);
void fold_in(const std::complex<float>* x, std::complex<float> factor, Index count, std::complex<float>* sums);
void fold_in(const std::complex<double>* x, std::complex<double> factor, Index count, std::complex<double>* sums);

/// out_s ← factor v_s, its real part if out is real; add: to what is there.
void fold_out(const std::complex<float>* v, std::complex<float> factor, Index count, float* out, bool add);
void fold_out(const std::complex<double>* v, std::complex<double> factor, Index count, double* out, bool add);
void fold_out(const std::complex<float>* v, std::complex<float> factor, Index count, std::complex<float>* out, bool add);
void fold_out(const std::complex<double>* v, std::complex<double> factor, Index count, std::complex<double>* out, bool add);

}  // namespace kindred::fftconv

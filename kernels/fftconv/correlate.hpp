#pragma once

#include <complex>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {

/// out_i ← Σ_k taps_k x_{i + k}, 0 ≤ i < outputs; add: to what is there. Sums of 64 products, which are then added: errors grow like
/// (64 + count / 64) eps. Vectorised over i: the order of the additions, and with it the bits, are the same on every processor.
void correlate(const float* x, const float* taps, Index count, float* out, Index outputs, bool add);
void correlate(const double* x, const double* taps, Index count, double* out, Index outputs, bool add);
void correlate(const std::complex<float>* x, const std::complex<float>* taps, Index count, std::complex<float>* out, Index outputs,
               bool add);
void correlate(const std::complex<double>* x, const std::complex<double>* taps, Index count, std::complex<double>* out, Index outputs,
               bool add);

}  // namespace kindred::fftconv

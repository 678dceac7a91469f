#pragma once

#include <complex>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {

/// out_i ← factors_i values_i, or its addition to what is there; conjugate: the factors' conjugates. out may be values.
void multiply_spectra(const std::complex<float>* values, const std::complex<float>* factors, bool conjugate, std::complex<float>* out,
                      bool add, Index count);
void multiply_spectra(const std::complex<double>* values, const std::complex<double>* factors, bool conjugate, std::complex<double>* out,
                      bool add, Index count);

}  // namespace kindred::fftconv

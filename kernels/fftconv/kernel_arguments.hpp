#pragma once

#include <complex>
#include <span>

#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// @throws InputError as ConvolutionPlan::set_kernel()
template <class Value>
void require_kernel(const Description& description, std::span<const Value> taps);

/// @throws InputError as ConvolutionPlan::set_spectrum()
template <class Value>
void require_spectrum(const Description& description, std::span<const std::complex<Real<Value>>> spectrum);

}  // namespace kindred::fftconv

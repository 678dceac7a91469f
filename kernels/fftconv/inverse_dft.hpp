#pragma once

#include <complex>
#include <span>
#include <vector>

#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// x_j = (1/n) Σ_k exp(2πi j k / n) X_k along all axes, natural order, any extents; O(n log n), by radices up to 61 and by chirps (L.
/// Bluestein, A linear filtering approach to the computation of discrete Fourier transform, IEEE Trans. Audio Electroacoust. 18 (1970)
/// 451-455). For what is done once: no fast code.
void inverse_dft(std::span<std::complex<double>> values, std::span<const Index> extents);

/// The kernel with this spectrum, as ConvolutionPlan::set_spectrum() takes it.
template <class Value>
std::vector<Value> kernel_of_spectrum(std::span<const std::complex<Real<Value>>> spectrum, std::span<const Index> extents);

}  // namespace kindred::fftconv

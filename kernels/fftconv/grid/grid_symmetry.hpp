#pragma once

#include <complex>
#include <span>
#include <vector>

#include <kindred/kernels/fftconv/grid/grid_layout.hpp>
#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// What a kernel is found to be, number for number, about the centres of its axes.
struct Symmetry {
  bool hermitian = true;  ///< h(−r) is the conjugate of h(r): the spectrum is real
  bool even_x = true;     ///< h(−x, y, z) = h(x, y, z)
  bool even_y = true;
};

/// @param taps  dense, x.given × y.given × z.given
template <class Value>
Symmetry symmetry_of(const GridLayout& layout, const std::vector<Value>& taps);

/// Of the kernel with a spectrum as ConvolutionPlan::set_spectrum() takes it.
template <class Value>
Symmetry symmetry_of_spectrum(const GridLayout& layout, std::span<const std::complex<Real<Value>>> spectrum);

/// Makes a kernel over the data's extents exactly so symmetric, by averages of what is equal but for rounding.
template <class Value>
void impose(const Symmetry& symmetry, const GridLayout& layout, std::vector<Value>& taps);

}  // namespace kindred::fftconv

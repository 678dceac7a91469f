#pragma once

#include <memory>

#include <kindred/kernels/fftconv/convolver.hpp>

namespace kindred::fftconv {

/// Whether make_grid_convolver() takes this: two or three axes. Extents may be any; periodic ones with other prime factors than 2, 3, 5
/// and 7 are done as convolutions of twice the length.
bool grid_can(const Description& description);

/// Convolutions over two or three axes in which no zero is stored and no padded array ever exists.
/// The contiguous axis is transformed first, real data by right-angle convolution; its frequencies lie as rows of `lanes`, and for one row
/// after the other the remaining axes are padded, transformed, multiplied and transformed back in a plane that fits the caches, as
/// residues of the period (J. Bowman, M. Roberts, SIAM J. Sci. Comput. 33 (2011) 386-406; for one row of one axis: R. Hockney,
/// Methods Comput. Phys. 9 (1970) 135-211). Kernels much shorter than the first axis: blocks along it (overlap-save).
/// Kernels that are even have real spectra, and along an axis of which they are even, half of it is kept.
/// @param description  as require() wants it; batch, strides, method and effort are not looked at
/// @throws InputError unless grid_can()
template <class Value>
std::unique_ptr<Convolver<Value>> make_grid_convolver(const Description& description);

extern template std::unique_ptr<Convolver<float>> make_grid_convolver(const Description&);
extern template std::unique_ptr<Convolver<double>> make_grid_convolver(const Description&);
extern template std::unique_ptr<Convolver<std::complex<float>>> make_grid_convolver(const Description&);
extern template std::unique_ptr<Convolver<std::complex<double>>> make_grid_convolver(const Description&);

}  // namespace kindred::fftconv

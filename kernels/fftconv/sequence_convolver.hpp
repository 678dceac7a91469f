#pragma once

#include <memory>

#include <kindred/kernels/fftconv/convolver.hpp>
#include <kindred/kernels/fftconv/sequence_shape.hpp>

namespace kindred::fftconv {

/// Convolutions over one axis by the transforms of engine/, as `shape` says. Threads share the blocks, or the residues of one transform.
/// Kernels h_{c + k} = conj(h_{c − k}) about the middle of a mode same have real spectra, of half the size.
template <class Value>
std::unique_ptr<Convolver<Value>> make_sequence_convolver(const Description& description, const SequenceShape& shape);

}  // namespace kindred::fftconv

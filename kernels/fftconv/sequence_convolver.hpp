#pragma once

#include <memory>

#include <kindred/kernels/fftconv/convolver.hpp>

namespace kindred::fftconv {

/// Convolutions over one axis by the transforms of engine/. Real numbers: right-angle convolution, the period is twice the complex
/// length.

/// One transform of the least padded length. Periodic lengths are their own period where they are `lanes` times a product of 2, 3, 5, 7;
/// others are extended by their own numbers.
template <class Value>
std::unique_ptr<Convolver<Value>> make_sequence_convolver(const Description& description);

/// Overlap-save: blocks of the output, each from as many numbers as a short transform holds, without an effect on each other.
/// @param period  numbers of a block with its overlap, more than the taps; 0: the one that the cost model prefers
template <class Value>
std::unique_ptr<Convolver<Value>> make_overlap_save_convolver(const Description& description, Index period = 0);

}  // namespace kindred::fftconv

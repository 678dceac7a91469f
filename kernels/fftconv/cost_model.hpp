#pragma once

#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

/// Times on one core of a machine that stands for others, from measurements that were made once: what is chosen by them is the same
/// everywhere and always. apps/bench/fftconv/calibrate.cpp prints them.

/// Transform of `length` complex numbers, the product with a spectrum, and the way back.
template <class Real>
double transform_seconds(Index length);

/// The complex length with which overlap-save takes least time.
template <class Value>
Index best_block_length(const Axis& axis);

/// Transforms of `residues` residues there and back, folding included.
template <class Value>
double hybrid_seconds(Index length, Index residues);

/// The number of residues with which a period of `numbers` complex numbers takes least time.
template <class Value>
Index best_residues(Index numbers);

}  // namespace kindred::fftconv

#pragma once

#include <kindred/kernels/fftconv/axis.hpp>

namespace kindred::fftconv {

/// Seconds on one core of a machine that stands for others (an AMD EPYC of the fourth generation, 1 MiB of second-level cache), from
/// measurements that were made once: what is chosen by them is the same everywhere and always. apps/bench/fftconv/bench_calibration.cpp
/// prints them.

/// A transform of `length` complex numbers from padded data, the product with a spectrum, and the way back.
template <class Real>
double transform_seconds(Index length, Index residues);

/// As transform_seconds(), of a block that data fill.
template <class Real>
double block_seconds(Index length);

/// FFTW's transforms of estimated plans there and back, `numbers` complex numbers of the spectrum.
template <class Real>
double fftw_seconds(Index numbers);

/// The sum itself, of one array and one input.
template <class Value>
double direct_seconds(const Geometry& geometry);

}  // namespace kindred::fftconv

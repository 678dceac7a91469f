#pragma once

#include <memory>

#include <kindred/kernels/fftconv/convolver.hpp>

namespace kindred::fftconv {

/// FFTW's transforms of arrays padded with zeros to the least period 2^a 3^b 5^c 7^d (· 11 or 13) along every axis; periodic axes have
/// their own extent.
/// @throws InputError if the library was built without FFTW
template <class Value>
std::unique_ptr<Convolver<Value>> make_fftw_convolver(const Description& description);

/// The least number from `least` with the prime factors 2, 3, 5, 7 and at most one 11 or 13.
Index fftw_good_length(Index least);

}  // namespace kindred::fftconv

#pragma once

#include <memory>

#include <kindred/kernels/fftconv/convolver.hpp>

namespace kindred::fftconv {

/// The sum itself, any mode and number of axes. Θ(outputs · taps).
template <class Value>
std::unique_ptr<Convolver<Value>> make_direct_convolver(const Description& description);

}  // namespace kindred::fftconv

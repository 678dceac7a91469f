#pragma once

#include <memory>

#include <kindred/kernels/fftconv/convolver.hpp>

namespace kindred::fftconv {

template <class Value>
struct Choice {
  std::unique_ptr<Convolver<Value>> convolver;
  Method method = Method::direct;
  std::string reason;
};

/// The convolver of the method that is asked for, or of the one that takes least time by the cost model.
/// @throws InputError for a method that cannot do this, naming those that can
template <class Value>
Choice<Value> choose(const Description& description);

extern template Choice<float> choose(const Description&);
extern template Choice<double> choose(const Description&);
extern template Choice<std::complex<float>> choose(const Description&);
extern template Choice<std::complex<double>> choose(const Description&);

}  // namespace kindred::fftconv

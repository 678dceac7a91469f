#pragma once

#include <complex>
#include <type_traits>

#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv {

template <class Value>
constexpr bool is_complex = !std::is_same_v<Value, Real<Value>>;

template <class Value>
Value conjugate(const Value& value) {
  if constexpr (is_complex<Value>) {
    return std::conj(value);
  } else {
    return value;
  }
}

/// The product by its definition, without the library's look after infinities.
template <class Value>
Value multiply(const Value& a, const Value& b) {
  if constexpr (is_complex<Value>) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
  } else {
    return a * b;
  }
}

}  // namespace kindred::fftconv

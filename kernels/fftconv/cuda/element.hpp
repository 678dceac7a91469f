#pragma once

#include <complex>
#include <type_traits>

#include <kindred/core/base/philox.hpp>

// Numbers as kernels see them: std::complex has no functions for device code, but its numbers lie in memory as these do.

namespace kindred::fftconv::device {

template <class Real>
struct alignas(2 * sizeof(Real)) Complex {
  Real re;
  Real im;
};

template <class Real>
KINDRED_HOST_DEVICE constexpr Complex<Real> operator+(Complex<Real> a, Complex<Real> b) {
  return {a.re + b.re, a.im + b.im};
}
template <class Real>
KINDRED_HOST_DEVICE constexpr Complex<Real> operator*(Complex<Real> a, Complex<Real> b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
template <class Real>
KINDRED_HOST_DEVICE constexpr Complex<Real> operator*(Complex<Real> a, Real b) {
  return {a.re * b, a.im * b};
}
template <class Real>
KINDRED_HOST_DEVICE constexpr Complex<Real> conjugate(Complex<Real> a) {
  return {a.re, -a.im};
}
KINDRED_HOST_DEVICE constexpr float conjugate(float a) { return a; }
KINDRED_HOST_DEVICE constexpr double conjugate(double a) { return a; }

template <class Real>
KINDRED_HOST_DEVICE constexpr bool is_zero(Complex<Real> a) {
  return a.re == 0 && a.im == 0;
}
KINDRED_HOST_DEVICE constexpr bool is_zero(float a) { return a == 0; }
KINDRED_HOST_DEVICE constexpr bool is_zero(double a) { return a == 0; }

template <class Value>
struct ElementOf {
  using type = Value;
  using Real = Value;
};
template <class Number>
struct ElementOf<std::complex<Number>> {
  using type = Complex<Number>;
  using Real = Number;
};
/// float → float, std::complex<float> → Complex<float>
template <class Value>
using Element = typename ElementOf<Value>::type;

template <class Value>
Element<Value> element(const Value& value) {
  if constexpr (std::is_arithmetic_v<Value>) {
    return value;
  } else {
    return {value.real(), value.imag()};
  }
}
template <class Value>
const Element<Value>* elements(const Value* values) {
  return reinterpret_cast<const Element<Value>*>(values);
}
template <class Value>
Element<Value>* elements(Value* values) {
  return reinterpret_cast<Element<Value>*>(values);
}

}  // namespace kindred::fftconv::device

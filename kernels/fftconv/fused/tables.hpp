#pragma once

#include <span>
#include <vector>

#include <kindred/kernels/fftconv/fused/job.hpp>
#include <kindred/kernels/fftconv/fused/shape.hpp>
#include <kindred/kernels/fftconv/plan.hpp>

namespace kindred::fftconv::fused {

/// Numbers of Value of a transform's period.
template <class Value>
constexpr Index period_of(const Shape& shape) {
  return std::is_arithmetic_v<Value> ? 2 * Index{shape.numbers()} : Index{shape.numbers()};
}

/// The roots of unity that Thread reads, rounded once.
template <class Value>
std::vector<Complex<Real<Value>>> roots_of(const Shape& shape);

/// Transforms of kernels, divided by the period, in the order in which Thread has them: [kernel][residue][element c][thread]. Computed in
/// double for float, in long double for double. What is beyond the period is folded: with its sign for complex numbers, with the opposite
/// one for real ones.
/// @param taps  kernels × count
template <class Value>
std::vector<Complex<Real<Value>>> spectra_of(const Shape& shape, std::span<const Value> taps, Index kernels);

}  // namespace kindred::fftconv::fused

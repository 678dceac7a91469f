#pragma once

#include <algorithm>
#include <cstdint>

#include <kindred/core/base/types.hpp>
#include <kindred/kernels/fftconv/cuda/element.hpp>

namespace kindred::fftconv::fused {

using device::Complex;
using device::Element;

template <class Scalar>
struct PartsOf {
  using type = Scalar;
};
template <class Real>
struct PartsOf<Complex<Real>> {
  using type = Real;
};

/// One side of a convolution: arrays of numbers, `step` apart, and which of them a block takes.
struct Side {
  Index length = 0;  ///< numbers of an array
  Index step = 1;
  Index array = 0;  ///< from one array to the next
  Index first = 0;  ///< number at place 0 of the first block; may be negative
};

/// Places lo … hi − 1 of a block's period are numbers of an array; that of place p lies at `at + p · step`.
struct Places {
  Index at = 0;
  int lo = 0;
  int hi = 0;
};

/// Block b of array a makes numbers b · hop … of the array that is written, `hop` of them or what is left: it reads as many and `overlap`
/// more, number read.first + b · hop + p to place p, is transformed, multiplied and transformed back, and number b · hop + p + write.first
/// is then at place p:
///   out ← alpha · post ∘ result + beta · out.
/// Scalar: float, double, Complex of these.
template <class Scalar>
struct Job {
  using Real = typename PartsOf<Scalar>::type;

  const Scalar* in = nullptr;
  Scalar* out = nullptr;
  const Scalar* pre = nullptr;   ///< laid out as in; null: ones
  const Scalar* post = nullptr;  ///< laid out as out; null: ones
  Side read;
  Side write;  ///< first ≤ 0
  int hop = 0;
  int overlap = 0;
  bool wraps = false;      ///< what lies before and behind an array is its other end; at most one length away
  bool conjugate = false;  ///< the spectrum
  bool aligned = true;     ///< complex numbers, to their size
  Scalar alpha{};
  Scalar beta{};
  const Complex<Real>* tables = nullptr;
  const Complex<Real>* spectra = nullptr;
  Index spectrum_array = 0;  ///< from one array's to the next; 0: shared
  std::uint32_t blocks = 1;  ///< of an array
  std::uint32_t items = 0;   ///< blocks of all arrays
};

/// Numbers that a block makes.
template <class Scalar>
KINDRED_HOST_DEVICE int count_written(const Job<Scalar>& job, std::uint32_t block) {
  const Index left = job.write.length - static_cast<Index>(block) * job.hop;
  return static_cast<int>(left < job.hop ? left : job.hop);
}

template <class Scalar>
KINDRED_HOST_DEVICE Places places_written(const Job<Scalar>& job, std::uint32_t array, std::uint32_t block) {
  const Index start = job.write.first + static_cast<Index>(block) * job.hop;
  const auto lo = static_cast<int>(-job.write.first);
  const int hi = lo + count_written(job, block);
  return {static_cast<Index>(array) * job.write.array + start * job.write.step, lo, hi};
}

/// @param part  0; of arrays that wrap also 1: what lies before them, 2: behind
template <class Scalar>
KINDRED_HOST_DEVICE Places places_read(const Job<Scalar>& job, std::uint32_t array, std::uint32_t block, int part) {
  const int span = count_written(job, block) + job.overlap;
  const auto clamped = [&](Index x) { return static_cast<int>(x < 0 ? 0 : x > span ? span : x); };
  const Index start = job.read.first + static_cast<Index>(block) * job.hop;
  const Index at = static_cast<Index>(array) * job.read.array + start * job.read.step;
  const int lo = clamped(-start);
  const int hi = clamped(job.read.length - start);
  const Index turn = job.read.length * job.read.step;
  return part == 0 ? Places{at, lo, hi} : part == 1 ? Places{at + turn, 0, lo} : Places{at - turn, hi, span};
}

}  // namespace kindred::fftconv::fused

#pragma once

#include <cstddef>

#include <kindred/kernels/fftconv/engine/lane_transform.hpp>
#include <kindred/kernels/qmc/aligned.hpp>

// The engine's inner loops, compiled once per instruction set (kernels_portable.cpp, kernels_avx2.cpp, kernels_avx512.cpp) from the .inc
// files. All perform the same additions and multiplications: the same bits from each.

namespace kindred::fftconv {

/// The transform of length radix · part as `part` butterflies, then `radix` transforms of length part:
///   y_{k, j} = exp(−2πi j k / (radix · part)) Σ_t exp(−2πi t k / radix) x_{t part + j}.
template <class Real>
struct LaneTransform<Real>::Pass {
  Index radix = 1;
  Index part = 1;
  qmc::LineVector<Real> roots;  ///< [j][k − 1] pairs (real, imaginary) of exp(−2πi j k / (radix · part)); empty where part is 1
};

template <class Real>
struct PassList {
  const typename LaneTransform<Real>::Pass* passes;
  Index count;
};

/// The first pass of SequenceTransform, of `lanes` numbers m apart at a time.
template <class Real>
struct FirstPass {
  bool shifted = false;
  Real phases[2 * lanes<Real>] = {};    ///< exp(−2πi t shift / lanes)
  Real unphases[2 * lanes<Real>] = {};  ///< their conjugates, divided by the length
  /// Roots exp(−2πi s (r + shift) / M): [s / lanes][r], real parts for `lanes` s, then imaginary ones.
  qmc::LineVector<Real> roots;
};

/// How a sequence's numbers lie in memory.
enum class Source {
  real,    ///< real numbers, the imaginary parts are zero (input) or not wanted (output)
  halves,  ///< real and imaginary parts apart
  pairs,   ///< (real, imaginary)
};

/// `blocks` times `lanes` consecutive numbers of each of `lanes` streams; a stream advances by its step from block to block.
template <class Real>
struct Streams {
  Source source = Source::real;
  const Real* real[lanes<Real>] = {};
  const Real* imaginary[lanes<Real>] = {};
  Index real_step[lanes<Real>] = {};
  Index imaginary_step[lanes<Real>] = {};
  Index first_block = 0;
  Index blocks = 0;
};

template <class Real>
struct EngineKernels {
  const char* instruction_set;
  void (*forward)(const PassList<Real>& passes, Real* rows);
  void (*backward)(const PassList<Real>& passes, Real* rows);
  void (*convolve)(const PassList<Real>& passes, Real* rows, const Real* spectrum, SpectrumForm form, bool conjugate);
  void (*multiply)(Real* rows, Index count, const Real* spectrum, SpectrumForm form, bool conjugate, Real* sums);
  void (*copy_rows)(const RowCopy<Real>& copy);
  /// `rows` of the first of the blocks.
  void (*load)(const FirstPass<Real>& pass, const Streams<Real>& streams, Real* rows);
  /// The streams are written to.
  void (*store)(const FirstPass<Real>& pass, const Streams<Real>& streams, const Real* rows, bool add);
};

template <class Real>
struct EngineKernelSets {
  static const EngineKernels<Real> portable;
  static const EngineKernels<Real> avx2;
  static const EngineKernels<Real> avx512;
};
template <>
const EngineKernels<float> EngineKernelSets<float>::portable;
template <>
const EngineKernels<float> EngineKernelSets<float>::avx2;
template <>
const EngineKernels<float> EngineKernelSets<float>::avx512;
template <>
const EngineKernels<double> EngineKernelSets<double>::portable;
template <>
const EngineKernels<double> EngineKernelSets<double>::avx2;
template <>
const EngineKernels<double> EngineKernelSets<double>::avx512;

/// Of the instruction set that qmc::block_kernels() chose, or use_engine_kernels().
template <class Real>
const EngineKernels<Real>& engine_kernels();

/// For tests: from now on those of `instruction_set`, a name out of qmc::runnable_block_kernels().
void use_engine_kernels(const char* instruction_set);

}  // namespace kindred::fftconv

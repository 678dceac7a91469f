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

/// Parts of a period that one residue of SequenceTransform may consist of, at most: 2 q for real numbers, q for complex ones.
constexpr Index most_folds = 16;

/// The first pass of one residue of SequenceTransform: of `lanes` numbers m apart at a time,
///   x_t = Σ_u phases[u][t] · (number s of stream u lanes + t),   y_r = roots[s][r] Σ_t exp(−2πi t r / lanes) x_t,
/// and back. Real numbers are streams of their own; (real, imaginary) pairs are complex ones.
template <class Real>
struct FirstPass {
  bool plain = false;              ///< all phases are 1
  qmc::LineVector<Real> phases;    ///< [u][t] pairs
  qmc::LineVector<Real> unphases;  ///< [u][t] their conjugates, divided by the length
  /// roots[s][r] = exp(−2πi s (r + shift) / M). Short transforms: [s / lanes][r], real parts for `lanes` s, then imaginary ones. Long ones:
  /// products of a fine table, [r] for s < lanes, and a coarse one, [s / lanes][r] pairs for the multiples of `lanes`.
  qmc::LineVector<Real> roots;
  qmc::LineVector<Real> coarse;  ///< empty: none
};

/// `blocks` times `lanes` consecutive numbers of each stream; a stream advances by its step from block to block.
template <class Real>
struct Streams {
  bool pairs = false;
  Index folds = 0;  ///< that take part
  Index first_block = 0;
  Index blocks = 0;
  const Real* phases[most_folds];  ///< of each fold
  const Real* at[most_folds][lanes<Real>];
  Index step[most_folds][lanes<Real>];
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

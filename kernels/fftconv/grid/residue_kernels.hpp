#pragma once

#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

namespace kindred::fftconv {

/// The outermost step of a transform over a period of `residues` · m rows, m = radix · part, from rows anywhere to dense ones: with s = j +
/// t part,
///   y_{0, k, j} = exp(−2πi j k / m) Σ_t exp(−2πi t k / radix) (x_s + x_{m + s}),
///   y_{1, k, j} = exp(−2πi j (2 k + 1) / 2m) Σ_t exp(−2πi t k / radix) exp(−2πi t / (2 radix)) (x_s − x_{m + s});
/// with one residue y_0 of x_s alone. What is left are transforms of length part.
template <class Real>
struct ResiduePass {
  Index radix = 1;
  Index part = 1;
  Index residues = 1;
  LineVector<Real> roots;        ///< [j][k] of residue 0, pairs
  LineVector<Real> other_roots;  ///< [j][k] of residue 1
  Real turns[16] = {};           ///< exp(−2πi t / (2 radix)), pairs

  [[nodiscard]] Index length() const { return radix * part; }
};

/// Rows s of [first, last) at row + s · stride; others are zero (input) or not wanted (output).
template <class Number>
struct RowRange {
  Number* row = nullptr;
  Index first = 0;
  Index last = 0;
};

/// Rows of a period: places below m, and from m on.
template <class Number>
struct PeriodRows {
  RowRange<Number> low, high;
  Index stride = 0;
};

template <class Real>
struct ResidueKernels {
  void (*forward)(const ResiduePass<Real>& pass, const PeriodRows<const Real>& in, Real* out);
  /// The transposed conjugate of forward(): not divided by anything.
  void (*backward)(const ResiduePass<Real>& pass, const Real* in, const PeriodRows<Real>& out);
};

template <class Real>
struct ResidueKernelSets {
  static const ResidueKernels<Real> portable;
  static const ResidueKernels<Real> avx2;
  static const ResidueKernels<Real> avx512;
};
#define KINDRED_DECLARE(set)                                 \
  template <>                                                \
  const ResidueKernels<float> ResidueKernelSets<float>::set; \
  template <>                                                \
  const ResidueKernels<double> ResidueKernelSets<double>::set;
KINDRED_DECLARE(portable)
KINDRED_DECLARE(avx2)
KINDRED_DECLARE(avx512)
#undef KINDRED_DECLARE

/// Of the same instruction set as engine_kernels().
template <class Real>
const ResidueKernels<Real>& residue_kernels();

}  // namespace kindred::fftconv

#pragma once

#include <cstddef>
#include <cstdint>

#include <kindred/kernels/bessel/log_bessel.hpp>

namespace kindred::kernels::bessel {

/// The log-Bessel functions compiled for one instruction set. Scalars and arrays give the same bits, and so do the instruction sets with
/// fused multiply-adds; `portable_instructions` on a processor without them rounds otherwise, within the same bounds. `v_stride` and
/// `x_stride` are 0 for an argument of one element.
struct InstructionSet {
  double (*value)(BesselFunction f, Accuracy accuracy, double v, double x);
  void (*doubles)(BesselFunction f, Accuracy accuracy, const double* v, int v_stride, const double* x, int x_stride, double* out,
                  std::int64_t begin, std::int64_t end);
  void (*floats)(BesselFunction f, const float* v, int v_stride, const float* x, int x_stride, float* out, std::int64_t begin,
                 std::int64_t end);
  /// Maximum-likelihood concentrations of von Mises-Fisher distributions (concentration.hpp), v = p/2 - 1.
  void (*concentrations)(double v, std::size_t count, const double* mean_resultant_lengths, const double* spreads, double* concentrations);
  /// exp of a piecewise polynomial (piecewise_exponential.hpp).
  void (*piecewise_exponential)(const double* coefficients, std::int64_t first, std::int64_t inner, std::size_t count, const double* z,
                                double* out);
};

extern const InstructionSet portable_instructions;
#if defined(__x86_64__) && defined(__GNUC__)
#define KINDRED_BESSEL_X86_64 1
extern const InstructionSet x86_64_v3_instructions;  ///< AVX2 and fused multiply-add
extern const InstructionSet x86_64_v4_instructions;  ///< AVX-512
#endif

/// The widest that this processor has.
const InstructionSet& instructions();

}  // namespace kindred::kernels::bessel

#pragma once

#include <cstdint>
#include <cstring>

#include <kindred/core/base/philox.hpp>

// The log-Bessel kernels are small branch-free functions of plain values. The same source is compiled for scalar calls, for vectorised
// loops once per instruction set, and for CUDA. Every translation unit names its instruction set in KINDRED_BESSEL_TARGET; all functions
// live in an inline namespace of that name, so that the linker never replaces portable code by code for another processor.

#if !defined(KINDRED_BESSEL_TARGET)
#define KINDRED_BESSEL_TARGET portable
#endif

#define KINDRED_BESSEL_INLINE KINDRED_HOST_DEVICE [[gnu::always_inline]] inline

/// Before a loop over elements: no iteration reads what another writes.
#if defined(__GNUC__) && !defined(__clang__)
#define KINDRED_BESSEL_VECTORISE _Pragma("GCC ivdep")
#elif defined(__clang__)
#define KINDRED_BESSEL_VECTORISE _Pragma("clang loop vectorize(assume_safety)")
#else
#define KINDRED_BESSEL_VECTORISE
#endif

#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__CUDA_ARCH__)
#define KINDRED_BESSEL_FMA 1
#else
#define KINDRED_BESSEL_FMA 0
#endif

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

/// a b + c: one rounding where the processor has the instruction, two elsewhere.
KINDRED_BESSEL_INLINE double mul_add(double a, double b, double c) {
#if KINDRED_BESSEL_FMA
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

KINDRED_BESSEL_INLINE double square_root(double a) { return __builtin_sqrt(a); }

KINDRED_BESSEL_INLINE std::uint64_t to_bits(double value) {
  std::uint64_t bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  return bits;
}

KINDRED_BESSEL_INLINE double from_bits(std::uint64_t bits) {
  double value = 0.0;
  __builtin_memcpy(&value, &bits, sizeof(value));
  return value;
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

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

#if defined(__CUDA_ARCH__)

// The correctly rounded quotient and root without the branch by which CUDA's own look after numbers at the edge of the range: a branch
// keeps the compiler from interleaving two elements. Newton's iteration from the hardware's 20 bits, then the residual (P. Markstein,
// "IA-64 and Elementary Functions", 2000). Arguments, results and reciprocals are normal numbers.

__device__ __forceinline__ double divide(double a, double b) {
  double r;
  asm("rcp.approx.ftz.f64 %0, %1;" : "=d"(r) : "d"(b));
  double e = __fma_rn(-b, r, 1.0);
  r = __fma_rn(r, __fma_rn(e, e, e), r);
  e = __fma_rn(-b, r, 1.0);
  r = __fma_rn(r, e, r);
  const double q = __dmul_rn(a, r);
  return __fma_rn(__fma_rn(-b, q, a), r, q);
}

__device__ __forceinline__ double square_root(double a) {
  double y;
  asm("rsqrt.approx.ftz.f64 %0, %1;" : "=d"(y) : "d"(a));
  const double e = __fma_rn(a, -__dmul_rn(y, y), 1.0);
  y = __fma_rn(__fma_rn(e, 0.375, 0.5), __dmul_rn(e, y), y);
  const double root = __dmul_rn(a, y);
  return __fma_rn(__fma_rn(-root, root, a), __dmul_rn(0.5, y), root);
}

#else

KINDRED_BESSEL_INLINE double divide(double a, double b) { return a / b; }
KINDRED_BESSEL_INLINE double square_root(double a) { return __builtin_sqrt(a); }

#endif

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

/// condition ? a : b, with both evaluated: a compiler that may not compute what the source does not ask for would make the latter a branch,
/// which no loop is vectorised over.
KINDRED_BESSEL_INLINE double select(bool condition, double a, double b) {
#if defined(__CUDA_ARCH__)
  return condition ? a : b;
#else
  const std::uint64_t mask = std::uint64_t{0} - static_cast<std::uint64_t>(condition);
  return from_bits((to_bits(a) & mask) | (to_bits(b) & ~mask));
#endif
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel

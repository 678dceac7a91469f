#pragma once

#include <cstdint>

#include <kindred/kernels/fftconv/half/number.hpp>
#include <kindred/kernels/qmc/unroll.hpp>

// Small complex matrix products of a warp. The code of the kernels is written for a `Warp`, of which there are two: the device's
// (device_warp.cuh) is a thread, which knows its own lane and issues tensor-core instructions; the host's, in the tests, has all 32 lanes
// and carries out what these instructions are documented to do. A Warp has
//   Registers<T, n>            n numbers a lane: r(lane, i)
//   each(f)                    f(lane): on the device once, with the own lane
//   sync()                     orders the lanes' accesses to shared memory
//   largest(r)                 the greatest of Registers<std::uint32_t, 1>, for all lanes
//   load_transposed<columns>   ldmatrix.trans: a 16 × columns matrix of 16-bit numbers as a right factor
//   multiply<Format, columns, depth>(d, a, b)   d += a b: d 16 × columns, a 16 × depth, b depth × columns; each 8 or 16
//
// Fragments as mma.sync.m16n8k16 (PTX ISA, "Warp-level matrix fragments") lays them out; g = lane / 4, t = lane mod 4, the columns
// {2t, 2t + 1} of a register in its low and high half:
//   left factor   register 0: row g, 1: row g + 8 of columns 2t, 2t + 1; 2, 3: the same of columns 2t + 8, 2t + 9
//   right factor  register 2j + h: rows 2t + 8h, 2t + 8h + 1 of column g + 8j
//   sum           number 4j + 2h + e: row g + 8h, column 8j + 2t + e
// So the rounded sum is the next product's left factor as it lies (its columns are summed over), and, with registers 1 and 2 exchanged, the
// right factor that is its transpose (its columns are again summed over): no exchange between lanes.

namespace kindred::fftconv::half {

#if defined(__CUDA_ARCH__)
#define KINDRED_PRAGMA(text) _Pragma(#text)
#define KINDRED_UNROLL_BY(count) KINDRED_PRAGMA(unroll(count))
#else
#define KINDRED_UNROLL_BY(count)
#endif

/// 16 bytes, read and written at once.
struct alignas(16) Quad {
  std::uint32_t word[4];
};

struct alignas(8) Complex {
  float re;
  float im;
};
struct alignas(16) ComplexPair {
  Complex number[2];
};

/// Of tables that nobody writes meanwhile.
template <class T>
KINDRED_HOST_DEVICE T read(const T* from) {
#if defined(__CUDA_ARCH__)
  T value;
  if constexpr (sizeof(T) == 16) {
    *reinterpret_cast<uint4*>(&value) = __ldg(reinterpret_cast<const uint4*>(from));
  } else {
    static_assert(sizeof(T) == 8);
    *reinterpret_cast<uint2*>(&value) = __ldg(reinterpret_cast<const uint2*>(from));
  }
  return value;
#else
  return *from;
#endif
}

/// As read(), again wherever it stands: what is used once in a loop does not occupy registers all the time.
KINDRED_HOST_DEVICE inline ComplexPair read_again(const ComplexPair* from) {
#if defined(__CUDA_ARCH__)
  ComplexPair value;
  asm volatile("ld.global.nc.v4.f32 {%0, %1, %2, %3}, [%4];"
               : "=f"(value.number[0].re), "=f"(value.number[0].im), "=f"(value.number[1].re), "=f"(value.number[1].im)
               : "l"(from));
  return value;
#else
  return *from;
#endif
}

/// One rounding in each multiply-add, on every processor.
KINDRED_HOST_DEVICE inline float multiply_add(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

KINDRED_HOST_DEVICE inline Complex product(Complex a, Complex b) {
  return {multiply_add(a.re, b.re, -(a.im * b.im)), multiply_add(a.re, b.im, a.im * b.re)};
}
/// a b, or a · conj(b)
KINDRED_HOST_DEVICE inline Complex product(Complex a, Complex b, bool conjugate) { return product(a, {b.re, conjugate ? -b.im : b.im}); }

template <class Warp>
using Fragment = typename Warp::template Registers<std::uint32_t, 4>;
template <class Warp>
using Sum = typename Warp::template Registers<float, 8>;

template <class Warp>
struct ComplexFragment {
  Fragment<Warp> re;
  Fragment<Warp> im;
};
template <class Warp>
struct ComplexSum {
  Sum<Warp> re;
  Sum<Warp> im;
};

/// Row and column of number i of a sum.
KINDRED_HOST_DEVICE constexpr int sum_row(int lane, int i) { return lane / 4 + 4 * (i & 2); }
KINDRED_HOST_DEVICE constexpr int sum_column(int lane, int i) { return 2 * (lane % 4) + 2 * (i & 4) + (i & 1); }

template <int numbers, class Warp>
KINDRED_HOST_DEVICE void clear(const Warp& warp, Sum<Warp>& sum) {
  warp.each([&](int lane) {
    KINDRED_UNROLL
    for (int i = 0; i < numbers; ++i) {
      sum(lane, i) = 0.0F;
    }
  });
}

template <class Warp>
KINDRED_HOST_DEVICE Fragment<Warp> negated(const Warp& warp, const Fragment<Warp>& from) {
  Fragment<Warp> to;
  warp.each([&](int lane) {
    KINDRED_UNROLL
    for (int i = 0; i < 4; ++i) {
      to(lane, i) = from(lane, i) ^ 0x80008000U;
    }
  });
  return to;
}

/// A constant matrix: [re, im][lane] in memory.
template <class Warp>
KINDRED_HOST_DEVICE ComplexFragment<Warp> read_matrix(const Warp& warp, const Quad* table) {
  ComplexFragment<Warp> matrix;
  warp.each([&](int lane) {
    const Quad re = read(table + lane);
    const Quad im = read(table + 32 + lane);
    KINDRED_UNROLL
    for (int i = 0; i < 4; ++i) {
      matrix.re(lane, i) = re.word[i];
      matrix.im(lane, i) = im.word[i];
    }
  });
  return matrix;
}

/// Which parts of a complex product are not known to be zero, or are wanted.
struct Parts {
  bool right_imaginary = true;
  bool sum_imaginary = true;
};

/// d += a b.
template <class Format, int columns, int depth, class Warp>
KINDRED_HOST_DEVICE void multiply(const Warp& warp, ComplexSum<Warp>& d, const ComplexFragment<Warp>& a, const ComplexFragment<Warp>& b,
                                  Parts parts = {}) {
  warp.template multiply<Format, columns, depth>(d.re, a.re, b.re);
  if (parts.right_imaginary) {
    warp.template multiply<Format, columns, depth>(d.re, negated(warp, a.im), b.im);
  }
  if (parts.sum_imaginary) {
    warp.template multiply<Format, columns, depth>(d.im, a.im, b.re);
    if (parts.right_imaginary) {
      warp.template multiply<Format, columns, depth>(d.im, a.re, b.im);
    }
  }
}

/// Rounds a sum of `columns` columns into a factor; transposed: into the right factor that is its transpose.
template <class Format, int columns, bool transposed, class Warp>
KINDRED_HOST_DEVICE void round_sum(const Warp& warp, const Sum<Warp>& sum, Fragment<Warp>& to) {
  warp.each([&](int lane) {
    KINDRED_UNROLL
    for (int j = 0; j < columns / 8; ++j) {
      KINDRED_UNROLL
      for (int h = 0; h < 2; ++h) {
        to(lane, transposed ? 2 * h + j : 2 * j + h) = Format::round(sum(lane, 4 * j + 2 * h), sum(lane, 4 * j + 2 * h + 1));
      }
    }
  });
}
template <class Format, int columns, bool transposed, class Warp>
KINDRED_HOST_DEVICE ComplexFragment<Warp> rounded(const Warp& warp, const ComplexSum<Warp>& sum) {
  ComplexFragment<Warp> to;
  round_sum<Format, columns, transposed>(warp, sum.re, to.re);
  round_sum<Format, columns, transposed>(warp, sum.im, to.im);
  return to;
}

}  // namespace kindred::fftconv::half

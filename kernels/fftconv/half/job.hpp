#pragma once

#include <kindred/core/base/types.hpp>
#include <kindred/kernels/fftconv/half/fragments.hpp>

namespace kindred::fftconv::half {

/// exp(−2πi (k + s) n / M), n = 16 m + j: the product of two table entries in fp32. Tables: [k][16], [k][M / (16 · radix)].
struct Twiddles {
  const Complex* low = nullptr;   ///< (k + s) j
  const Complex* high = nullptr;  ///< (k + s) 16 m
  int high_count = 0;             ///< m
};

/// A stage that transforms the first digit of rows: the matrix F ⊗ 1 where there are more rows than values of the digit.
struct StageTables {
  const Quad* forward = nullptr;   ///< F with the shift of frequencies, times a power of two near 1/√radix
  const Quad* backward = nullptr;  ///< its adjoint
};

/// The innermost 16 × 16 (or 16 × 8) numbers of every block: see Core.
struct CoreTables {
  const Quad* first = nullptr;             ///< times 1/4, as a left factor: [block][re, im][lane]
  const Quad* first_adjoint = nullptr;     ///< as a left factor
  const Quad* last = nullptr;              ///< columns ordered by |frequency|, times 1/4, as a right factor
  const Quad* last_adjoint = nullptr;      ///< columns likewise, as a left factor
  const Complex* twiddles = nullptr;       ///< as the sum behind the first digit: [4][lane][2]
  const Complex* twiddles_back = nullptr;  ///< their conjugates, as the transposed one
};

/// The last digit's values are stored by their distance from frequency zero: 0, r − 1, 1, r − 2, …
KINDRED_HOST_DEVICE constexpr int digit_at(int position, int radix) {
  return position % 2 == 0 ? position / 2 : radix - (position + 1) / 2;
}

/// Values of a first digit that are kept.
struct Kept {
  std::uint64_t bits[2] = {~std::uint64_t{0}, ~std::uint64_t{0}};
  [[nodiscard]] KINDRED_HOST_DEVICE bool operator()(int value) const {
    return ((bits[value >> 6] >> (static_cast<unsigned>(value) & 63U)) & 1U) != 0;
  }
};

/// Where arrays lie and how they are cut into blocks. Block b is the numbers start + b · hop + j, 0 ≤ j < N, zero outside [0, in_length);
/// numbers from, from + 1, … of its result are b · hop, … of the output.
struct Arrays {
  const std::uint16_t* in = nullptr;
  std::uint16_t* out = nullptr;
  const std::uint16_t* pre = nullptr;
  const std::uint16_t* post = nullptr;
  Index in_length = 0;
  Index out_length = 0;
  Index batch = 0;
  Index blocks = 1;
  Index start = 0;
  Index hop = 0;
  Index from = 0;  ///< a multiple of 8
};

/// out ← the convolution of all arrays, in one kernel.
struct FusedJob {
  Arrays arrays;
  StageTables stage;
  CoreTables core;
  const Quad* spectra = nullptr;  ///< pairs of fp16 in the order of the innermost sums: [kernel][block's][M / 256][columns / 8][lane]
  const float* scales = nullptr;  ///< of the kernels' results; nullptr: ones
  Index kernels = 1;
  bool spectrum_per_block = false;  ///< blocks are the values of a digit that was transformed before
  bool conjugate = false;
  bool half_band = false;  ///< the last 8 values of the last digit are zero
  Kept kept;               ///< values of the first digit, or with spectrum_per_block of the one before
  float alpha = 1.0F;
  Twiddles outer;  ///< with spectrum_per_block: of the digit that was transformed before; conjugated and multiplied at the end
};

/// The first digit of transforms that are longer than shared memory, before and after the fused kernel.
struct OuterJob {
  Arrays arrays;                       ///< blocks = 1; the period is 2 M
  std::uint16_t* workspace = nullptr;  ///< [array][value of the digit][re, im][columns]
  std::uint32_t* largest = nullptr;    ///< of every array: the greatest |number| as a 16-bit word
  StageTables stage;
  Twiddles twiddles;
  int log_columns = 0;  ///< M / radix
  const float* scales = nullptr;
  Index kernels = 1;
  Kept kept;
  float alpha = 1.0F;
};

}  // namespace kindred::fftconv::half

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <kindred/kernels/fftconv/description.hpp>

namespace kindred::fftconv {

/// Numbers of 16 bits: IEEE binary16 (11 digits, 6e-8 … 65504) or bfloat16 (8 digits, the range of float).
enum class HalfFormat { fp16, bf16 };

/// How the transforms are carried out.
enum class HalfMethod {
  automatic,     ///< the first that can do it; overlap_save also where it transforms less than 3/4 of the numbers
  one_pass,      ///< a kernel that reads and writes every number once: periods 256 … 32768
  overlap_save,  ///< the same kernel, an array cut into blocks: kernels much shorter than the data ("partial" convolutions)
  two_level,     ///< a first digit of the transform through memory before and after it: periods 65536 … 4194304
};

/// Which frequencies of the kernel are kept ("frequency-sparse" convolutions); the others count as zero. Whole rows and columns of the
/// small matrix products are left out, never single frequencies. With the digits k = k_1 + N_1 (k_2 + N_2 (…)) of a frequency
/// (k − 1/4)/M cycles a number, M half the period (HalfReport::digits lists N_1, N_2, …):
struct HalfBand {
  /// Values of the *last* digit, those nearest to frequency zero: |f| < last / (2 N_p) cycles a number, a low-pass. 0: all of them. Half
  /// of them or fewer save half of the work of the two innermost stages.
  int last = 0;
  /// For every value of the *first* digit, whether it is kept; empty: all. Every N_1-th frequency; saves all that lies within.
  std::vector<bool> first;
};

/// A convolution of real arrays of 16-bit numbers along one axis, dense in memory.
struct HalfDescription {
  Index data = 1;            ///< numbers of an array, L
  Index kernel = 1;          ///< taps, K
  Mode mode = Mode::causal;  ///< any but periodic
  Index batch = 1;           ///< arrays
  Index kernels = 1;         ///< array b is convolved with kernel b mod kernels: as many as the batch's fastest axis ("channels") has, or 1
  HalfFormat format = HalfFormat::fp16;
  HalfMethod method = HalfMethod::automatic;
  Index period = 0;  ///< a power of two from 256 to 4194304; 0: the least that does
  HalfBand band = {};
  bool own_workspace = true;  ///< false: every apply() brings its own
};

/// What a half-precision convolution came to.
struct HalfReport {
  std::string precision = "half_fast";  ///< never chosen unless asked for by name
  HalfMethod method = HalfMethod::one_pass;
  HalfFormat format = HalfFormat::fp16;
  Index period = 0;                 ///< numbers of a block with its zeros, N; the complex transform has M = N/2
  std::vector<int> digits;          ///< N_1, N_2, … with M = Π N_i
  Index blocks = 1;                 ///< of an array
  Index hop = 0;                    ///< output numbers of a block
  int threads = 0;                  ///< of a thread block of the fused kernel
  std::size_t shared_bytes = 0;     ///< of a thread block of the fused kernel
  std::size_t workspace_bytes = 0;  ///< of an apply()
  std::size_t spectrum_bytes = 0;   ///< kept
  double bytes_moved = 0.0;         ///< through device memory by one apply() without gates, spectra once
  double tensor_operations = 0.0;   ///< of the matrix products of one apply(), zeros of sparse bands left out; a multiply-add counts two

  /// Several lines for people.
  [[nodiscard]] std::string text() const;
};

}  // namespace kindred::fftconv

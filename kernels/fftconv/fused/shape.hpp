#pragma once

#include <algorithm>

#include <kindred/core/base/philox.hpp>
#include <kindred/core/base/types.hpp>

namespace kindred::fftconv::fused {

/// How the threads of a GPU share a transform of 2^log_length complex numbers. A thread keeps 2^log_elements of them in registers and
/// carries out radices of at most so many points on them; between passes they go through shared memory.
///
/// The storage is a bit-reversed order in place: pass i splits blocks of 2^block_bits(i) neighbouring places into 2^bits[i] blocks. Element
/// c of thread t lies in pass i at place
///   (t / q) 2^block_bits(i) + (t mod q) + q c,  q = 2^(block_bits(i) − log_elements),
/// so that the numbers that go from one pass to the next stay within groups of q neighbouring threads.
struct Shape {
  static constexpr int most_passes = 4;
  int log_length = 0;
  int log_elements = 0;
  int passes = 0;
  int residues = 1;            ///< transforms of a period, one after another: every residues-th frequency each
  int bits[most_passes] = {};  ///< radices

  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int length() const { return 1 << log_length; }
  /// Complex numbers of a period.
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int numbers() const { return residues << log_length; }
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int elements() const { return 1 << log_elements; }
  /// Of a transform.
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int threads() const { return 1 << (log_length - log_elements); }
  /// Of a thread block, which carries out several short transforms.
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int block_threads() const { return threads() < 128 ? 128 : threads(); }
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int transforms() const { return block_threads() / threads(); }
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int block_bits(int pass) const {
    int result = log_length;
    for (int i = 0; i < pass; ++i) {
      result -= bits[i];
    }
    return result;
  }
  /// q above.
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int stride(int pass) const { return 1 << (block_bits(pass) - log_elements); }
  /// Where a place lies in shared memory: the numbers that the threads of half a warp (a quarter, for doubles) read or write at once lie in
  /// as many banks, in every pass.
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int padded(int place) const { return place + (place >> log_elements); }
  /// Complex numbers of shared memory for a transform.
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int shared_numbers() const { return padded(length()); }
  /// The frequency that is left in element c of a thread by the transform of a residue.
  [[nodiscard]] constexpr int frequency(int thread, int c, int residue = 0) const {
    int result = 0;
    for (int bit = 0; bit < log_length; ++bit) {
      result = 2 * result + ((((thread << log_elements) + c) >> bit) & 1);
    }
    return residues * result + residue;
  }

  // Roots of unity in device memory, a table for each residue, see tables.hpp: for each pass the 2^j-th powers of a root, j < bits[pass],
  // one after another.
  /// Of the passes forward, from the second: a root for each block.
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int forward_roots(int pass) const {
    int at = 0;
    for (int i = 1; i < pass; ++i) {
      at += bits[i] << (log_length - block_bits(i));
    }
    return at;
  }
  /// Of the passes back, up to the last but one of the forward ones: a root for each of `stride(pass)` threads.
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int backward_roots(int pass) const {
    int at = forward_roots(passes);
    for (int i = 0; i < pass; ++i) {
      at += bits[i] * stride(i);
    }
    return at;
  }
  /// Of the twist that undoes the frequencies' shift: a root for each thread.
  [[nodiscard]] KINDRED_HOST_DEVICE constexpr int twist() const { return backward_roots(passes - 1); }
  [[nodiscard]] constexpr int table_numbers() const { return twist() + threads(); }
};

/// Periods in complex numbers: 2^7 … 2^14. Of doubles 2^13 is what a multiprocessor has registers for, and a period of 2^14 is two
/// residues.
template <class Real>
constexpr int least_log_length = 7;
template <class Real>
constexpr int most_log_length = 14;

/// As few passes as the registers allow: 16 elements a thread, and 32 floats where that saves one. The first and the last pass are of the
/// full radix: roots of the first are constants, and roots of the last want one set a thread.
template <class Real>
KINDRED_HOST_DEVICE constexpr Shape shape_of(int log_period) {
  const int most = 4;
  Shape shape;
  shape.residues = sizeof(Real) == 8 && log_period == 14 ? 2 : 1;
  const int log_length = shape.residues == 2 ? log_period - 1 : log_period;
  shape.log_length = log_length;
  const bool saves = (log_length + most) / (most + 1) < (log_length + most - 1) / most;
  shape.log_elements = sizeof(Real) == 4 && saves ? most + 1 : most;
  const int full = shape.log_elements;
  shape.passes = (log_length + full - 1) / full;
  shape.bits[shape.passes - 1] = full;
  int rest = log_length - full;
  for (int pass = 0; pass < shape.passes - 1; ++pass) {
    const int left = shape.passes - 1 - pass;
    shape.bits[pass] = pass == 0 && left > 1 ? full : (rest + left - 1) / left;
    rest -= shape.bits[pass];
  }
  return shape;
}

}  // namespace kindred::fftconv::fused

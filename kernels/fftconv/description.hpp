#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {

/// Which part of y_n = Σ_k h_k x_{n−k} is wanted, along every axis; L numbers of data, K of kernel.
enum class Mode {
  full,      ///< all L + K − 1
  same,      ///< L of them, centred: from (K − 1) / 2, rounded down
  valid,     ///< those that no edge takes part in: |L − K| + 1, from min(L, K) − 1
  causal,    ///< the first L
  periodic,  ///< L: indices modulo L; a longer kernel is folded
};

enum class Method {
  automatic,     ///< chosen by the cost model
  direct,        ///< the sum itself; every output number has its own relative accuracy
  overlap_save,  ///< one axis: blocks of the data, each padded to a short transform
  fft,           ///< one transform of the least padded length, in the order that needs no permutation
  hybrid,  ///< the same padded length as several short transforms: nothing is multiplied by a stored zero, work memory of about the data
  fftw,    ///< FFTW's transforms of zero-padded arrays
};

/// How long FFTW may look for plans. Measured ones are kept in a wisdom file in the user's cache folder; their last bits may differ from
/// machine to machine and from one plan to the next.
enum class Effort { estimate, measure, patient };

/// How the numbers of a batch of arrays lie in memory, in elements; strides may be negative.
struct Strides {
  std::vector<Index> axes;  ///< one for each axis; empty: dense, C order
  Index batch = 0;          ///< from one array to the next; 0: dense, after all inputs
  Index input = 0;          ///< from one of several inputs (outputs of the adjoint) to the next; 0: dense
};

/// What a plan is for. Arrays are in C order: the last axis is the contiguous one of dense arrays.
struct Description {
  std::vector<Index> data;    ///< extents of one array, 1 to 3 axes
  std::vector<Index> kernel;  ///< extents of one kernel, as many axes
  Mode mode = Mode::full;
  Index batch = 1;                ///< arrays
  Index inputs = 1;               ///< y = Σ_j h_j ∗ x_j, summed before the one inverse transform
  bool kernel_per_array = false;  ///< batch × inputs kernels instead of inputs kernels for all
  Strides in = {};
  Strides out = {};
  Method method = Method::automatic;
  Effort effort = Effort::estimate;
  int threads = 1;  ///< 0: one for every core
};

/// @throws InputError naming the member and what to do: no axis or more than three, extents < 1 or of different number, a valid mode where
/// neither operand covers the other along all axes, products that exceed 2^62, strides of the wrong number, overlapping outputs
void require(const Description& description);

/// Extents of one output array.
std::vector<Index> output_extents(const Description& description);

/// Numbers within one period that are enough along an axis so that nothing wanted is touched by what wraps around:
/// full, causal L + K − 1; same L + ⌈(K − 1)/2⌉; valid max(L, K); periodic L.
Index least_period(Mode mode, Index data, Index kernel);

/// Index of the full convolution that the output begins with, along an axis.
Index first_output(Mode mode, Index data, Index kernel);

/// What a plan came to.
struct Report {
  Method method = Method::direct;
  std::string reason;               ///< one line: why this method
  std::vector<Index> padded;        ///< period of the transforms along every axis; empty for the direct method
  std::size_t workspace_bytes = 0;  ///< for each thread
  std::size_t spectrum_bytes = 0;   ///< kept with the plan; before the kernel is set, at most
  double predicted_bytes = 0.0;     ///< moved through memory by one apply()
  double predicted_seconds = 0.0;   ///< of one apply() on one core, by the cost model
  std::string instruction_set;

  /// Several lines for people.
  [[nodiscard]] std::string text() const;
};

}  // namespace kindred::fftconv
